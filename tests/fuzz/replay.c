/* replay.c - give files to a fuzz target, one after another: for compilers that have no libFuzzer. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
replay(const char *path)
{
	uint8_t *data = NULL;
	long size_bytes;
	FILE *from = fopen(path, "rb");
	int rc = -1;

	if (from == NULL)
		return -1;
	if (fseek(from, 0, SEEK_END) < 0 || (size_bytes = ftell(from)) < 0)
		goto out;
	rewind(from);
	/* Exactly as long as the input, so that the sanitizer sees each byte read beyond it. */
	data = malloc(size_bytes > 0 ? (size_t)size_bytes : 1);
	if (data == NULL || fread(data, 1, (size_t)size_bytes, from) != (size_t)size_bytes)
		goto out;
	LLVMFuzzerTestOneInput(data, (size_t)size_bytes);
	rc = 0;
out:
	free(data);
	fclose(from);
	return rc;
}

int
main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		/* Before, not after: the last line of output names the input that broke it. */
		printf("%s\n", argv[i]);
		fflush(stdout);
		if (replay(argv[i]) < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
			return 1;
		}
	}
	return 0;
}
