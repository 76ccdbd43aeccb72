/* test_queries.c - queries of a load generator: what we read of them, and what ldns does. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "bench/load/queries.h"
#include "lib/dns.h"

static void
test_one(void **state)
{
	const struct query_form form = {.edns_bytes = 1232, .nsid = true, .dnssec_ok = true};
	struct queries *q;
	struct dns_msg m;
	struct query one;
	ldns_pkt *pkt;
	struct err e;

	(void)state;
	assert_int_equal(queries_from_name("www.Example.com", DNS_TYPE_AAAA, &form, &q, &e), 0);
	assert_int_equal(queries_len(q), 1);
	one = queries_at(q, 0);
	assert_int_equal(one.due_ns, -1);
	assert_int_equal(one.random_len, 0);
	assert_int_equal(dns_read(one.wire, one.len, &m), 0);
	assert_string_equal(m.qname, "www.example.com.");
	assert_int_equal(m.qtype, DNS_TYPE_AAAA);
	assert_int_equal(m.udp_bytes, 1232);
	assert_true(m.dnssec_ok && m.nsid != NULL && m.nsid_len_bytes == 0);
	assert_int_equal(m.flags, 0);
	assert_int_equal(ldns_wire2pkt(&pkt, one.wire, one.len), LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_edns_udp_size(pkt), 1232);
	assert_true(ldns_pkt_edns_do(pkt));
	ldns_pkt_free(pkt);
	queries_free(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_one)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
