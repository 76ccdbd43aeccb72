/* query_look.h - what tests of queries ask of them. */
#ifndef TESTS_UNIT_BENCH_QUERY_LOOK_H
#define TESTS_UNIT_BENCH_QUERY_LOOK_H

#include "bench/load/queries.h"
#include "lib/dns.h"

static inline void
name_at(const struct queries *q, size_t i, char out[static DNS_NAME_TEXT_BYTES])
{
	struct query one = queries_at(q, i);

	assert_int_equal(dns_name_text(one.wire, one.len, DNS_HEADER_BYTES, out, NULL), 0);
}

/* How many ask for this name (NULL: any) and type (0: any). */
static inline size_t
asked(const struct queries *q, const char *name, uint16_t qtype)
{
	char text[DNS_NAME_TEXT_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < queries_len(q); i++) {
		name_at(q, i, text);
		n += (name == NULL || strcmp(text, name) == 0) &&
			(qtype == 0 || queries_at(q, i).qtype == qtype);
	}
	return n;
}

#endif
