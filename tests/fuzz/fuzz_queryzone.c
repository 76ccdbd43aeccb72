/* fuzz_queryzone.c - any bytes as a zone file: what comes of it are queries that lib/dns reads. */
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
	const struct query_form form = {.edns_bytes = 512};
	struct query_zone zone = {.origin = "example.com", .absent_ratio = 0.1, .seed = 1};
	int fd = memfd_create("queries", MFD_CLOEXEC);
	struct buf mistakes = {0};
	struct queries *q;
	char path[64];
	struct err e;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	zone.path = path;
	if (queries_from_zone(&zone, &form, &q, &mistakes, &e) == 0) {
		for (size_t i = 0; i < queries_len(q); i++) {
			struct query one = queries_at(q, i);
			struct dns_msg m;

			if (dns_read(one.wire, one.len, &m) < 0 || m.qtype != one.qtype)
				abort();
		}
		queries_free(q);
	}
	buf_done(&mistakes);
	close(fd);
	return 0;
}
