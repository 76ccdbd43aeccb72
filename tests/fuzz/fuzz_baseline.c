/* fuzz_baseline.c - any bytes as a baseline that is compared with itself, and as a comparison that is read and written. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reports/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was read can be told and written. */
static void
tell(const struct compare *c, FILE *to)
{
	json_t *json = compare_json(c);

	if (json == NULL)
		abort();
	json_decref(json);
	compare_print(c, to);
}

static void
as_baseline(const char *path, FILE *to)
{
	static const struct compare_rule rule = {.scenarios = 1, .last = true};
	struct baseline *b;
	struct compare *c;
	struct err e = {0};

	if (baseline_load(path, &b, &e) < 0) {
		if (e.text[0] == '\0')
			abort();
		return;
	}
	free(baseline_text(b));
	if (b->trials <= 100 && compare_make(b, b, &rule, &c, &e) == 0) {
		/* Nothing differs from itself, and nothing is slower than itself. */
		if (c->n_differs > 0 || c->verdict == GATE_FAIL)
			abort();
		tell(c, to);
		compare_free(c);
	}
	baseline_free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("baseline", MFD_CLOEXEC);
	FILE *nowhere = fopen("/dev/null", "w");
	struct compare *c;
	struct err e = {0};
	char path[32];

	if (fd < 0 || nowhere == NULL || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	as_baseline(path, nowhere);
	if (compare_read_file(path, &c, &e) == 0) {
		tell(c, nowhere);
		compare_free(c);
	} else if (e.text[0] == '\0') {
		abort();
	}
	fclose(nowhere);
	close(fd);
	return 0;
}
