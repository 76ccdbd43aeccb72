/* fuzz_queryreplay.c - any bytes as a capture to replay: what comes of it are queries in the order of time. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/load/queries.h"
#include "lib/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t packed[][2] = {
		{0x1f, 0x8b}, {0x28, 0xb5}, {0xfd, '7'}, {'B', 'Z'}, {0x04, 0x22}};
	int fd = memfd_create("replay", MFD_CLOEXEC);
	char path[64];
	const char *paths[] = {path};
	const struct query_replay what = {.paths = paths, .paths_n = 1};
	int64_t last_ns = 0;
	struct queries *q;
	struct dns_msg m;
	struct err e;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	/* What is packed starts another program: that is not what is tried here. */
	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (size >= 2 && data[0] == packed[i][0] && data[1] == packed[i][1])
			size = 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (size > 0 && queries_from_replay(&what, &q, &e) == 0) {
		for (size_t i = 0; i < queries_len(q); i++) {
			struct query one = queries_at(q, i);

			if (dns_read(one.wire, one.len, &m) < 0 || m.qtype != one.qtype ||
				(m.flags & DNS_QR) != 0 || one.due_ns < last_ns)
				abort();
			last_ns = one.due_ns;
		}
		if (queries_at(q, 0).due_ns != 0)
			abort();
		queries_free(q);
	}
	close(fd);
	return 0;
}
