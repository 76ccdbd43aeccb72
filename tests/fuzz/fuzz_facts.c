/* fuzz_facts.c - any bytes as two capture files that are analyzed together, and what is said of them. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/analyze/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A query ends in one way, and what is an answer is counted in one way. */
static void
check(const struct facts *f)
{
	size_t n;
	const struct dns_server *s = dns_facts_servers(f->dns, &n);

	for (size_t i = 0; i < n; i++) {
		uint64_t answered = s[i].answered[0] + s[i].answered[1];

		if (s[i].queries[0] + s[i].queries[1] !=
			answered + s[i].unanswered + s[i].answered_elsewhere + s[i].open +
				s[i].forgotten)
			abort();
		if (s[i].answers !=
			answered + s[i].duplicates + s[i].late + s[i].mismatched + s[i].orphans +
				s[i].transfer_messages)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct facts_options options = {5 * NS_PER_S, NS_PER_S, 1, 1024};
	char one[32], two[32];
	const char *paths[] = {one, two};
	int fd = memfd_create("capture", MFD_CLOEXEC);
	struct source_record rec;
	struct source *s;
	struct facts f;
	struct err e;
	FILE *nowhere = fopen("/dev/null", "w");

	if (fd < 0 || nowhere == NULL || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(one, sizeof(one), "/proc/self/fd/%d", fd);
	snprintf(two, sizeof(two), "/proc/self/fd/%d", fd);
	/* What a fuzzer packs is gzip's to fear. */
	if (size > 1 && data[0] != 0x1f && data[0] != 0x28 && data[0] != 0xfd && data[0] != 'B' &&
		data[0] != 0x04 && source_open(paths, 1 + size % 2, &s, &e) == 0) {
		if (facts_init(&f, &options) < 0)
			abort();
		while (source_next(s, &rec) == 1)
			facts_take(&f, &rec);
		facts_finish(&f);
		check(&f);
		json_decref(facts_json(&f, s));
		facts_text(&f, s, nowhere);
		facts_done(&f);
		source_free(s);
	}
	fclose(nowhere);
	close(fd);
	return 0;
}
