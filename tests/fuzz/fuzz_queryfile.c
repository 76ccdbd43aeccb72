/* fuzz_queryfile.c - any bytes as a query file: what comes of it are queries that lib/dns reads. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/load/queries.h"
#include "lib/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each is a whole query with the label that is to be fresh where it says. */
static void
check(const struct queries *q, const struct query_form *form)
{
	struct dns_msg m;

	for (size_t i = 0; i < queries_len(q); i++) {
		struct query one = queries_at(q, i);

		if (dns_read(one.wire, one.len, &m) < 0 || m.qtype != one.qtype || m.qdcount != 1 ||
			m.has_opt != (form->edns_bytes > 0) || one.due_ns != -1)
			abort();
		if ((one.random_len > 0) != form->random_prefix ||
			(one.random_len > 0 && one.wire[one.random_at - 1] != one.random_len))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct query_form forms[] = {
		{0}, {.edns_bytes = 1232, .nsid = true, .random_prefix = true}};
	int fd = memfd_create("queries", MFD_CLOEXEC);
	struct buf mistakes = {0};
	struct queries *q;
	char path[64];
	struct err e;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < 2; i++) {
		if (queries_from_file(path, &forms[i], &q, &mistakes, &e) == 0) {
			if (queries_len(q) == 0)
				abort();
			check(q, &forms[i]);
			queries_free(q);
		}
		buf_done(&mistakes);
	}
	close(fd);
	return 0;
}
