/* test_dns.c - the DNS reader against ldns, against hostile bytes, and against what it wrote itself. */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <ldns/ldns.h>

#include "lib/dns.h"
#include "lib/rng.h"

static void
add_rr(ldns_pkt *pkt, ldns_pkt_section section, const char *text)
{
	ldns_rr *rr = NULL;

	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 60, NULL, NULL), LDNS_STATUS_OK);
	assert_true(ldns_pkt_push_rr(pkt, section, rr));
}

/* An answer as a server would write it, compressed by ldns; what is in it depends on the seed. */
static uint8_t *
make_answer(struct rng *r, size_t *ret_len)
{
	static const char *const zones[] = {
		"probe.example.", "example.", ".", "a.b.c.d.e.f.probe.example."};
	static const ldns_rr_type types[] = {
		LDNS_RR_TYPE_TXT, LDNS_RR_TYPE_SOA, LDNS_RR_TYPE_AAAA, LDNS_RR_TYPE_NS};
	const char *zone = zones[rng_below(r, 4)];
	uint8_t nsid[12] = {0, 3, 0, 8, 'p', 'o', 'p', '-', 'h', 'k', 'g', '1'}, *wire;
	char name[300], line[600];
	ldns_pkt *pkt = ldns_pkt_new();

	snprintf(name, sizeof(name), "S%05u-q%08u-Ab.%s", (unsigned)rng_below(r, 350),
		(unsigned)rng_below(r, 100000), strcmp(zone, ".") == 0 ? "" : zone);
	ldns_pkt_push_rr(pkt, LDNS_SECTION_QUESTION, ldns_rr_new_frm_type(types[rng_below(r, 4)]));
	ldns_rr_set_owner(ldns_rr_list_rr(ldns_pkt_question(pkt), 0), ldns_dname_new_frm_str(name));
	ldns_rr_set_question(ldns_rr_list_rr(ldns_pkt_question(pkt), 0), true);
	ldns_pkt_set_id(pkt, (uint16_t)rng_u64(r));
	ldns_pkt_set_qr(pkt, true);
	ldns_pkt_set_aa(pkt, rng_below(r, 2) != 0);
	ldns_pkt_set_tc(pkt, rng_below(r, 2) != 0);
	ldns_pkt_set_rcode(pkt, (uint8_t)rng_below(r, 6));
	for (uint64_t i = rng_below(r, 3); i > 0; i--) {
		snprintf(line, sizeof(line), "%s 5 IN TXT \"catchment\" \"%u\"", name, (unsigned)i);
		add_rr(pkt, LDNS_SECTION_ANSWER, line);
	}
	if (rng_below(r, 2) != 0)
		add_rr(pkt, LDNS_SECTION_AUTHORITY,
			"probe.example. 60 IN SOA ns.probe.example. h.probe.example. 1 2 3 4 5");
	if (rng_below(r, 2) != 0)
		add_rr(pkt, LDNS_SECTION_ADDITIONAL, "ns.probe.example. 60 IN A 192.0.2.1");
	if (rng_below(r, 4) != 0) {
		ldns_pkt_set_edns_udp_size(pkt, 1232);
		ldns_pkt_set_edns_extended_rcode(pkt, (uint8_t)rng_below(r, 3));
		ldns_pkt_set_edns_do(pkt, rng_below(r, 2) != 0);
		if (rng_below(r, 2) != 0)
			ldns_pkt_set_edns_data(
				pkt, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_NONE, sizeof(nsid), nsid));
	}
	assert_int_equal(ldns_pkt2wire(&wire, pkt, ret_len), LDNS_STATUS_OK);
	ldns_pkt_free(pkt);
	return wire;
}

static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* Header and question as both read them. */
static void
compare_head(const struct dns_msg *msg, const ldns_pkt *pkt)
{
	const ldns_rr *q = ldns_rr_list_rr(ldns_pkt_question(pkt), 0);
	char *name;

	assert_int_equal(msg->id, ldns_pkt_id(pkt));
	assert_int_equal(msg->rcode & 0xf, ldns_pkt_get_rcode(pkt));
	assert_int_equal((msg->flags & DNS_TC) != 0, ldns_pkt_tc(pkt));
	assert_int_equal((msg->flags & DNS_QR) != 0, ldns_pkt_qr(pkt));
	if (q == NULL)
		return;
	name = ldns_rdf2str(ldns_rr_owner(q));
	lower(name);
	assert_string_equal(msg->qname, name);
	assert_int_equal(msg->qtype, ldns_rr_get_type(q));
	assert_int_equal(msg->qclass, ldns_rr_get_class(q));
	free(name);
}

/* Everything that both say must be the same. */
static void
compare(const struct dns_msg *msg, const ldns_pkt *pkt)
{
	ldns_rr_list *answer = ldns_pkt_answer(pkt);
	unsigned int extended = ldns_pkt_edns(pkt) ? ldns_pkt_edns_extended_rcode(pkt) : 0;
	const ldns_rr *txt = NULL;

	compare_head(msg, pkt);
	assert_int_equal(msg->rcode >> 4, extended);
	assert_int_equal(msg->has_opt, ldns_pkt_edns(pkt));
	if (msg->has_opt) {
		assert_int_equal(msg->udp_bytes, ldns_pkt_edns_udp_size(pkt));
		assert_int_equal(msg->dnssec_ok, ldns_pkt_edns_do(pkt));
	}
	for (size_t i = 0; txt == NULL && i < ldns_rr_list_rr_count(answer); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(answer, i)) == LDNS_RR_TYPE_TXT)
			txt = ldns_rr_list_rr(answer, i);
	assert_int_equal(msg->txt != NULL, txt != NULL);
	for (size_t i = 0, at = 0; txt != NULL && i < ldns_rr_rd_count(txt); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(txt, i);

		assert_true(at + ldns_rdf_size(rdf) <= msg->txt_len_bytes);
		assert_memory_equal(msg->txt + at, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
		at += ldns_rdf_size(rdf);
	}
}

static void
agrees_with_ldns(void **state)
{
	struct rng r;

	(void)state;
	rng_init(&r, 1);
	for (int i = 0; i < 2000; i++) {
		struct dns_msg msg;
		ldns_pkt *pkt;
		size_t len;
		uint8_t *wire = make_answer(&r, &len);

		assert_int_equal(ldns_wire2pkt(&pkt, wire, len), LDNS_STATUS_OK);
		assert_int_equal(dns_read(wire, len, &msg), 0);
		compare(&msg, pkt);
		if (ldns_pkt_edns_data(pkt) != NULL) {
			assert_int_equal(msg.nsid_len_bytes, 8);
			assert_memory_equal(msg.nsid, "pop-hkg1", 8);
		} else {
			assert_null(msg.nsid);
		}
		ldns_pkt_free(pkt);
		for (size_t cut = 0; cut < len; cut++) {
			uint8_t *exact =
				malloc(cut ? cut : 1); /* so that ASan sees one byte too far */

			assert_non_null(exact);
			memcpy(exact, wire, cut);
			assert_int_equal(dns_read(exact, cut, &msg), -EBADMSG);
			free(exact);
		}
		LDNS_FREE(wire);
	}
}

/*
 * Bytes changed at random: where both still read it, they read the same header and question. Not the
 * records: ldns goes on behind the RDATA it understood, not where RDLENGTH says.
 */
static void
agrees_on_damage(void **state)
{
	struct rng r;
	int both = 0, only_ldns = 0;

	(void)state;
	rng_init(&r, 2);
	for (int i = 0; i < 20000; i++) {
		struct dns_msg msg;
		ldns_pkt *pkt = NULL;
		size_t len;
		uint8_t *wire = make_answer(&r, &len);
		bool theirs;

		for (uint64_t n = 1 + rng_below(&r, 3); n > 0; n--)
			wire[rng_below(&r, len)] = (uint8_t)rng_u64(&r);
		theirs = ldns_wire2pkt(&pkt, wire, len) == LDNS_STATUS_OK;
		if (dns_read(wire, len, &msg) < 0) {
			only_ldns += theirs;
		} else if (theirs) {
			both++;
			compare_head(&msg, pkt);
		}
		if (theirs)
			ldns_pkt_free(pkt);
		LDNS_FREE(wire);
	}
	assert_true(both > 5000);
	assert_true(only_ldns < both / 20); /* forward pointers, options that overrun */
}

static void
names(void **state)
{
	uint8_t loop[] = {1, 'a', 0xc0, 0}, forward[] = {0xc0, 2, 0}, self[] = {0xc0, 0},
		reserved[] = {0x40, 0}, wire[3] = {1, 'x', 0};
	uint8_t chain[600] = {0}, longest[256] = {0};
	char text[DNS_NAME_TEXT_BYTES];
	size_t next = 99;

	(void)state;
	assert_int_equal(dns_name_text(loop, 4, 0, text, &next), -EBADMSG);
	assert_int_equal(dns_name_text(forward, 3, 0, text, &next), -EBADMSG);
	assert_int_equal(dns_name_text(self, 2, 0, text, &next), -EBADMSG);
	assert_int_equal(dns_name_text(reserved, 2, 0, text, &next), -EBADMSG);
	assert_int_equal(dns_name_text(self, 2, 7, text, &next), -EBADMSG);
	assert_int_equal(next, 99);
	for (int b = 0; b < 256; b++) {
		ldns_rdf *rdf;
		char *theirs;

		wire[1] = (uint8_t)b;
		assert_int_equal(dns_name_text(wire, 3, 0, text, &next), 0);
		assert_int_equal(next, 3);
		rdf = ldns_dname_new_frm_data(3, wire);
		theirs = ldns_rdf2str(rdf);
		lower(theirs);
		assert_string_equal(text, theirs);
		free(theirs);
		ldns_rdf_deep_free(rdf);
	}
	/* a pointer to a pointer to ..., each backwards: allowed, and ends */
	for (size_t i = 1; i < 300; i++) {
		size_t target = i == 1 ? 0 : 2 * (i - 1);

		chain[2 * i] = (uint8_t)(0xc0 | target >> 8);
		chain[2 * i + 1] = (uint8_t)target;
	}
	assert_int_equal(dns_name_text(chain, sizeof(chain), 598, text, &next), 0);
	assert_string_equal(text, ".");
	assert_int_equal(next, 600);
	/* 255 bytes of wire are a name, each byte escaped; 256 are not */
	for (size_t i = 0; i < 192; i += 64) {
		longest[i] = 63;
		memset(longest + i + 1, 0xff, 63);
	}
	longest[192] = 61;
	memset(longest + 193, 0xff, 61);
	assert_int_equal(dns_name_text(longest, 255, 0, text, NULL), 0);
	assert_int_equal(strlen(text), DNS_NAME_TEXT_BYTES - 1);
	longest[192] = 62;
	longest[254] = 0xff;
	assert_int_equal(dns_name_text(longest, 256, 0, text, NULL), -EBADMSG);
}

static void
queries(void **state)
{
	uint8_t wire[DNS_QUERY_MAX_BYTES];
	char name[300] = "";
	struct dns_msg msg;
	ldns_pkt *pkt;
	int len = dns_query_write("s00000-q00000000-ab12.probe.example.", DNS_TYPE_TXT, 1232, wire);

	(void)state;
	assert_true(len > 0);
	dns_set_id(wire, 0xabcd);
	dns_patch_digits(wire + DNS_HEADER_BYTES + 2, 5, 349);
	dns_patch_digits(wire + DNS_HEADER_BYTES + 9, 8, 12345);
	assert_int_equal(ldns_wire2pkt(&pkt, wire, (size_t)len), LDNS_STATUS_OK);
	assert_int_equal(dns_read(wire, (size_t)len, &msg), 0);
	compare(&msg, pkt);
	assert_string_equal(msg.qname, "s00349-q00012345-ab12.probe.example.");
	assert_int_equal(msg.id, 0xabcd);
	assert_int_equal(msg.udp_bytes, 1232);
	assert_non_null(msg.nsid);
	assert_int_equal(msg.nsid_len_bytes, 0);
	assert_int_equal(dns_read_question(wire, msg.question_end_bytes, &msg), 0);
	assert_int_equal(dns_read(wire, msg.question_end_bytes, &msg), -EBADMSG);
	assert_int_equal(dns_read_question(wire, msg.question_end_bytes - 1, &msg), -EBADMSG);
	ldns_pkt_free(pkt);

	assert_true(dns_query_write(".", DNS_TYPE_NS, 512, wire) == 12 + 1 + 4 + 15);
	assert_int_equal(dns_query_write("a..b", DNS_TYPE_A, 512, wire), -EINVAL);
	assert_int_equal(dns_query_write("a b", DNS_TYPE_A, 512, wire), -EINVAL);
	memset(name, 'a', 64);
	assert_int_equal(dns_query_write(name, DNS_TYPE_A, 512, wire), -EINVAL);
	for (int i = 0; i < 254; i++)
		name[i] = i % 2 ? '.' : 'a'; /* 127 labels of one byte: 255 on the wire */
	assert_int_equal(dns_query_write(name, DNS_TYPE_A, 512, wire), DNS_QUERY_MAX_BYTES);
	name[254] = 'a';
	assert_int_equal(dns_query_write(name, DNS_TYPE_A, 512, wire), -EINVAL);
}

static void
texts(void **state)
{
	static const uint8_t one[] = "\x03"
				     "abc",
			     two[] = "\x01"
				     "a\x00\x02"
				     "bc",
			     cut[] = "\x04"
				     "abc";

	(void)state;
	assert_true(dns_txt_is(one, 4, "abc"));
	assert_true(dns_txt_is(two, 6, "abc"));
	assert_false(dns_txt_is(one, 4, "abcd"));
	assert_false(dns_txt_is(one, 4, "ab"));
	assert_false(dns_txt_is(cut, 4, "abc"));
	assert_false(dns_txt_is(one, 0, ""));
	assert_true(dns_txt_is((const uint8_t *)"", 1, ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_ldns),
		cmocka_unit_test(agrees_on_damage), cmocka_unit_test(names),
		cmocka_unit_test(queries), cmocka_unit_test(texts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
