/* test_query_wire.c - queries on the wire, and mixes of them: what lib/dns and ldns read of what we write. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h> /* before ldns, which would make a bool of its own */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "bench/load/qtype.h"
#include "bench/load/queries.h"
#include "lib/dns.h"
#include "lib/dnswrite.h"
#include "lib/rng.h"
#include "tests/unit/bench/query_look.h"

enum { OPTION_NSID = 3, OPTION_SUBNET = 8 };

/* ---- names ---- */

static void
same_as_ldns(const char *text)
{
	uint8_t ours[DNS_NAME_WIRE_BYTES];
	int n = dnswrite_name(text, strlen(text), ours);
	ldns_rdf *theirs = NULL;

	assert_int_equal(ldns_str2rdf_dname(&theirs, text), LDNS_STATUS_OK);
	assert_int_equal(n, ldns_rdf_size(theirs));
	assert_memory_equal(ours, ldns_rdf_data(theirs), (size_t)n);
	ldns_rdf_deep_free(theirs);
}

/* As lib/dns writes a name, and with every byte that text may hold. */
static void
test_names(void **state)
{
	char text[DNS_NAME_TEXT_BYTES];
	struct rng rng;

	(void)state;
	same_as_ldns("www.example.com");
	same_as_ldns("www.example.com.");
	same_as_ldns(".");
	same_as_ldns("_dns.a-b.\\.\\\\\\;.\\000\\255.example");
	rng_init(&rng, 1);
	for (int i = 0; i < 20000; i++) {
		uint8_t wire[DNS_NAME_WIRE_BYTES], again[DNS_NAME_WIRE_BYTES];
		size_t n = 0, labels = 1 + rng_below(&rng, 8);

		for (size_t l = 0; l < labels; l++) {
			size_t len = 1 + rng_below(&rng, rng_below(&rng, 4) == 0 ? 63 : 12);

			if (n + 1 + len + 1 > sizeof(wire))
				break;
			wire[n++] = (uint8_t)len;
			for (size_t b = 0; b < len; b++) {
				uint8_t byte = (uint8_t)rng_below(&rng, 256);

				wire[n++] = byte >= 'A' && byte <= 'Z' ? 'x' : byte;
			}
		}
		wire[n++] = 0;
		assert_int_equal(dns_name_text(wire, n, 0, text, NULL), 0);
		assert_int_equal(dnswrite_name(text, strlen(text), again), n);
		assert_memory_equal(wire, again, n);
		same_as_ldns(text);
	}
}

static int
refused(const char *text)
{
	uint8_t out[DNS_NAME_WIRE_BYTES];

	return dnswrite_name(text, strlen(text), out);
}

static void
test_name_limits(void **state)
{
	char label[66] = "", name[300] = "";

	(void)state;
	memset(label, 'a', 63);
	assert_int_equal(refused(label), 65);
	label[63] = 'a';
	assert_int_equal(refused(label), DNSWRITE_NAME_LABEL);
	/* 3 labels of 63 and one of 61 are 255 bytes with the root. */
	for (int i = 0; i < 4; i++)
		snprintf(name + strlen(name), sizeof(name) - strlen(name), "%.*s.", i < 3 ? 63 : 61,
			label);
	assert_int_equal(refused(name), 255);
	same_as_ldns(name);
	name[strlen(name) - 1] = 'a';
	assert_int_equal(refused(name), DNSWRITE_NAME_LONG);
	strcat(name, ".");
	assert_int_equal(refused(name), DNSWRITE_NAME_LONG);
	assert_int_equal(refused(""), DNSWRITE_NAME_EMPTY);
	assert_int_equal(refused(".."), DNSWRITE_NAME_EMPTY);
	assert_int_equal(refused(".a"), DNSWRITE_NAME_EMPTY);
	assert_int_equal(refused("a..b"), DNSWRITE_NAME_EMPTY);
	assert_int_equal(refused("a b"), DNSWRITE_NAME_CHARACTER);
	assert_int_equal(refused("a\xc3\xa4"), DNSWRITE_NAME_CHARACTER);
	assert_int_equal(refused("a\\"), DNSWRITE_NAME_ESCAPE);
	assert_int_equal(refused("a\\25"), DNSWRITE_NAME_ESCAPE);
	assert_int_equal(refused("a\\256"), DNSWRITE_NAME_ESCAPE);
	assert_int_equal(refused("a\\2x5"), DNSWRITE_NAME_ESCAPE);
}

static void
test_types(void **state)
{
	uint16_t type = 0, again = 0;
	char text[QTYPE_TEXT_BYTES];

	(void)state;
	for (unsigned i = 1; i < 65536; i++) {
		qtype_show((uint16_t)i, text);
		assert_int_equal(qtype_parse(text, strlen(text), &again), 0);
		assert_int_equal(again, i);
	}
	assert_int_equal(qtype_parse("aaaa", 4, &type), 0);
	assert_int_equal(type, DNS_TYPE_AAAA);
	assert_int_equal(qtype_parse("AAAAX", 4, &type), 0);
	assert_int_equal(qtype_parse("TYPE0", 5, &type), -EINVAL);
	assert_int_equal(qtype_parse("TYPE65536", 9, &type), -EINVAL);
	assert_int_equal(qtype_parse("TYPE1x", 6, &type), -EINVAL);
	assert_int_equal(qtype_parse("", 0, &type), -EINVAL);
	assert_true(qtype_asks(DNS_TYPE_A) && qtype_asks(255) && qtype_asks(65280));
	assert_false(qtype_asks(252) || qtype_asks(251) || qtype_asks(DNS_TYPE_OPT));
}

/* ---- how they are dressed ---- */

/* The data of an option in what ldns keeps of an OPT; its length, -1 without it. */
static int
option_of(const ldns_pkt *pkt, unsigned code, const uint8_t **ret)
{
	const ldns_rdf *data = ldns_pkt_edns_data(pkt);
	size_t len = data == NULL ? 0 : ldns_rdf_size(data);
	const uint8_t *p = data == NULL ? NULL : ldns_rdf_data(data);

	for (size_t at = 0; at + 4 <= len;) {
		unsigned this = ldns_read_uint16(p + at), bytes = ldns_read_uint16(p + at + 2);

		assert_true(at + 4 + bytes <= len);
		*ret = p + at + 4;
		if (this == code)
			return (int)bytes;
		at += 4 + bytes;
	}
	return -1;
}

static void
same_subnet(const ldns_pkt *pkt, const struct inet *subnet)
{
	const uint8_t *data = NULL;
	int len = option_of(pkt, OPTION_SUBNET, &data);
	uint8_t addr[16] = {0};

	if (subnet == NULL) {
		assert_int_equal(len, -1);
		return;
	}
	/* RFC 7871 6: no more bytes than the prefix has. */
	assert_int_equal(len, 4 + (subnet->len + 7) / 8);
	assert_int_equal(ldns_read_uint16(data), subnet->family == AF_INET ? 1 : 2);
	assert_int_equal(data[2], subnet->len);
	assert_int_equal(data[3], 0);
	memcpy(addr, data + 4, (size_t)len - 4);
	assert_memory_equal(addr, subnet->addr, sizeof(addr));
}

/* One query, read by both. */
static void
same_dress(const struct query *one, const struct query_form *f, const struct inet *subnet)
{
	const uint8_t *nsid = NULL;
	struct dns_msg m;
	ldns_pkt *pkt;
	ldns_rr *question;

	assert_int_equal(dns_read(one->wire, one->len, &m), 0);
	assert_int_equal(ldns_wire2pkt(&pkt, one->wire, one->len), LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_qdcount(pkt), 1);
	question = ldns_rr_list_rr(ldns_pkt_question(pkt), 0);
	assert_int_equal(ldns_rr_get_type(question), one->qtype);
	assert_int_equal(m.qtype, one->qtype);
	assert_int_equal(ldns_rr_get_class(question), LDNS_RR_CLASS_IN);
	assert_int_equal(ldns_pkt_rd(pkt), f->recurse);
	assert_int_equal(m.flags, f->recurse ? DNS_RD : 0);
	assert_int_equal(ldns_pkt_get_opcode(pkt), LDNS_PACKET_QUERY);
	assert_int_equal(ldns_pkt_edns(pkt), f->edns_bytes > 0);
	assert_int_equal(m.has_opt, f->edns_bytes > 0);
	assert_int_equal(ldns_pkt_edns_udp_size(pkt), f->edns_bytes);
	assert_int_equal(m.udp_bytes, f->edns_bytes);
	assert_int_equal(ldns_pkt_edns_do(pkt), f->dnssec_ok);
	assert_int_equal(m.dnssec_ok, f->dnssec_ok);
	assert_int_equal(option_of(pkt, OPTION_NSID, &nsid), f->nsid ? 0 : -1);
	assert_int_equal(m.nsid != NULL, f->nsid);
	same_subnet(pkt, subnet);
	ldns_pkt_free(pkt);
}

static void
test_forms(void **state)
{
	static const char *const prefixes[] = {"192.0.2.0/24", "2001:db8::/32", "10.128.0.0/9",
		"0.0.0.0/0", "2001:db8:1:2:3:4:5:6/128", "198.51.100.7/32", "::/0"};
	enum { PREFIXES = sizeof(prefixes) / sizeof(prefixes[0]) };
	struct inet subnets[PREFIXES];
	unsigned tried = 0;

	(void)state;
	for (size_t i = 0; i < PREFIXES; i++)
		assert_int_equal(inet_parse(prefixes[i], &subnets[i]), 0);
	for (unsigned bits = 0; bits < 64; bits++) {
		struct query_form f = {.edns_bytes = bits & 1 ? 4096 : 512,
			.dnssec_ok = bits & 2,
			.nsid = bits & 4,
			.recurse = bits & 8,
			.random_prefix = bits & 16,
			.ecs = subnets,
			.ecs_n = bits & 32 ? PREFIXES : 0};
		struct queries *q;
		struct err e;

		if (bits % 8 == 0 && f.ecs_n == 0)
			f.edns_bytes = 0;
		assert_int_equal(
			queries_from_name("www.Example.com", DNS_TYPE_AAAA, &f, &q, &e), 0);
		assert_int_equal(queries_len(q), f.ecs_n > 0 ? f.ecs_n : 1);
		for (size_t i = 0; i < queries_len(q); i++) {
			struct query one = queries_at(q, i);
			char name[DNS_NAME_TEXT_BYTES];

			same_dress(&one, &f, f.ecs_n > 0 ? &subnets[i] : NULL);
			name_at(q, i, name);
			assert_string_equal(
				f.random_prefix ? strchr(name, '.') + 1 : name, "www.example.com.");
			assert_int_equal(one.random_len > 0, f.random_prefix);
			assert_int_equal(one.due_ns, -1);
			if (one.random_len > 0)
				assert_int_equal(one.wire[one.random_at - 1], one.random_len);
			tried++;
		}
		queries_free(q);
	}
	assert_true(tried > 64);
}

/* The bytes that are to be fresh are the first label and nothing else. */
static void
test_fresh_label(void **state)
{
	struct query_form f = {.random_prefix = true};
	uint8_t copy[512];
	struct queries *q;
	struct query one;
	struct dns_msg m;
	struct err e;
	char name[256];

	(void)state;
	assert_int_equal(queries_from_name("example.", DNS_TYPE_A, &f, &q, &e), 0);
	one = queries_at(q, 0);
	memcpy(copy, one.wire, one.len);
	memset(copy + one.random_at, 'z', one.random_len);
	assert_int_equal(dns_read(copy, one.len, &m), 0);
	assert_int_equal(strspn(m.qname, "z"), one.random_len);
	assert_string_equal(m.qname + one.random_len, ".example.");
	queries_free(q);
	/* 242 bytes leave room for 1 + 12, 243 do not. */
	for (size_t n = 0; n < sizeof(name) - 1; n++)
		name[n] = n % 60 == 59 ? '.' : 'a';
	name[240] = '\0';
	assert_int_equal(queries_from_name(name, DNS_TYPE_A, &f, &q, &e), 0);
	assert_int_equal(queries_at(q, 0).len, 12 + 255 - 1 + 4);
	queries_free(q);
	name[240] = 'a';
	name[241] = 'a';
	name[242] = '\0';
	assert_int_equal(queries_from_name(name, DNS_TYPE_A, &f, &q, &e), -ENAMETOOLONG);
}

/* ---- mixes ---- */

static void
test_mix(void **state)
{
	static const char *const list[] = {
		"a.example A 30", "b.example AAAA 20", "c.example MX 50", "d.example"};
	struct inet subnets[3];
	struct query_form f = {.edns_bytes = 1232, .ecs = subnets, .ecs_n = 3};
	struct buf mistakes = {0};
	struct queries *q, *other;
	struct err e;
	size_t same = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char text[16];

		snprintf(text, sizeof(text), "10.%zu.0.0/16", i);
		assert_int_equal(inet_parse(text, &subnets[i]), 0);
	}
	assert_int_equal(queries_from_list(list, 4, &f, 1, &q, &mistakes, &e), 0);
	/* 101 have no divisor with 3: three rounds, and each has each of the subnets as often. */
	assert_int_equal(queries_len(q), 303);
	assert_int_equal(asked(q, "a.example.", DNS_TYPE_A), 90);
	assert_int_equal(asked(q, "b.example.", DNS_TYPE_AAAA), 60);
	assert_int_equal(asked(q, "c.example.", 15), 150);
	assert_int_equal(asked(q, "d.example.", DNS_TYPE_A), 3);
	for (size_t i = 0; i < queries_len(q); i++) {
		struct query one = queries_at(q, i);

		same_dress(&one, &f, &subnets[i % 3]);
	}
	/* Repeatable, and not in another order by chance. */
	assert_int_equal(queries_from_list(list, 4, &f, 1, &other, &mistakes, &e), 0);
	for (size_t i = 0; i < queries_len(q); i++)
		assert_int_equal(queries_at(q, i).qtype, queries_at(other, i).qtype);
	queries_free(other);
	assert_int_equal(queries_from_list(list, 4, &f, 2, &other, &mistakes, &e), 0);
	for (size_t i = 0; i < queries_len(q); i++)
		same += queries_at(q, i).qtype == queries_at(other, i).qtype;
	assert_true(same < queries_len(q));
	queries_free(other);
	queries_free(q);
}

static void
test_mix_mistakes(void **state)
{
	static const char *const list[] = {
		"a.example A 0", "a.example A 1 2", "", "a.example A x", "a.example NOSUCH"};
	const struct query_form plain = {0};
	struct buf mistakes = {0};
	struct queries *q;
	struct err e;

	(void)state;
	assert_int_equal(queries_from_list(list, 5, &plain, 1, &q, &mistakes, &e), -EINVAL);
	assert_non_null(strstr(mistakes.data, "'0' is no weight"));
	assert_non_null(strstr(mistakes.data, "'2' is too much"));
	assert_non_null(strstr(mistakes.data, "'' is no name"));
	assert_non_null(strstr(mistakes.data, "'x' is no weight"));
	assert_non_null(strstr(mistakes.data, "'NOSUCH' is no record type"));
	buf_done(&mistakes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names),
		cmocka_unit_test(test_name_limits), cmocka_unit_test(test_types),
		cmocka_unit_test(test_forms), cmocka_unit_test(test_fresh_label),
		cmocka_unit_test(test_mix), cmocka_unit_test(test_mix_mistakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
