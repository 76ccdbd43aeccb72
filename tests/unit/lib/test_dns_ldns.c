/*
 * test_dns_ldns.c - the DNS reader against ldns on each message of captures and of the fuzzer's corpus, whole and damaged.
 *
 * What both accept has the same fields. Who alone accepts what, and why that is right, is `enum difference`.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <ldns/ldns.h>
#include <zlib.h>

#include "lib/dns.h"
#include "lib/pkt.h"
#include "lib/rng.h"

enum { MESSAGE_BYTES = 4096, MUTATIONS = 100, CAPTURE_MUTATIONS = 8 };

enum difference {
	SAME,
	BOTH_REFUSE,
	/*
	 * Looser: we read no further than what we tell. Owner names of records are stepped over, their
	 * pointers not followed; RDATA is not looked into. Proof: with plain owners and RDATA of a type
	 * that nobody defines, ldns accepts it too.
	 */
	LOOSER_RECORDS,
	/* Stricter: RFC 6891 6.1.1 allows one OPT, and it belongs to the root. */
	STRICTER_OPT,
	/* Stricter: an OPT whose options do not fill its RDATA exactly; ldns does not look into it. */
	STRICTER_OPTIONS,
	/* Stricter: a pointer into the very labels before it is no "prior occurrence" (RFC 1035 4.1.4). */
	STRICTER_NAME,
	DIFFERENCES
};

static const char *const names[] = {"same", "both refuse", "looser: records", "stricter: OPT",
	"stricter: options", "stricter: names"};
static uint64_t seen[DIFFERENCES];

/* ---- a message, its records known by place ---- */

struct rr {
	size_t at, type_at, rdata_at, end;
	uint16_t type;
};

static uint16_t
u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* The place behind a name, 0 if there is none. */
static size_t
behind_name(const uint8_t *wire, size_t len, size_t at)
{
	while (at < len) {
		if (wire[at] == 0)
			return at + 1;
		if ((wire[at] & 0xc0) == 0xc0)
			return at + 2 <= len ? at + 2 : 0;
		if (wire[at] > 63)
			return 0;
		at += 1u + wire[at];
	}
	return 0;
}

static bool
next_rr(const uint8_t *wire, size_t len, size_t at, struct rr *ret)
{
	size_t name_end = behind_name(wire, len, at);

	if (name_end == 0 || name_end + 10 > len)
		return false;
	*ret = (struct rr){at, name_end, name_end + 10, name_end + 10 + u16(wire + name_end + 8),
		u16(wire + name_end)};
	return ret->end <= len;
}

/*
 * The message with nothing left that we do not read: owners the root, RDATA of a type of private use.
 * An OPT in the additional section stays.
 */
static size_t
make_plain(const uint8_t *wire, size_t len, const struct dns_msg *m, uint8_t *out)
{
	size_t at = m->question_end_bytes, n = at, first_additional, all;
	struct rr rr;

	memcpy(out, wire, n);
	first_additional = (size_t)m->ancount + m->nscount;
	all = first_additional + m->arcount;
	for (size_t i = 0; i < all; i++) {
		assert_true(next_rr(wire, len, at, &rr));
		out[n++] = 0;
		memcpy(out + n, wire + rr.type_at, rr.end - rr.type_at);
		if (i < first_additional || rr.type != DNS_TYPE_OPT)
			out[n] = 0xff, out[n + 1] = 0;
		n += rr.end - rr.type_at;
		at = rr.end;
	}
	return n;
}

static ldns_status
ldns_says(const uint8_t *wire, size_t len, ldns_pkt **ret)
{
	*ret = NULL;
	return ldns_wire2pkt(ret, wire, len);
}

static bool
ldns_accepts(const uint8_t *wire, size_t len)
{
	ldns_pkt *pkt;
	bool good = ldns_says(wire, len, &pkt) == LDNS_STATUS_OK;

	if (good)
		ldns_pkt_free(pkt);
	return good;
}

/* ---- what both accept ---- */

static void
same_question(const struct dns_msg *m, const ldns_pkt *pkt)
{
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(pkt), 0);
	const ldns_rdf *owner = ldns_rr_owner(question);
	char name[DNS_NAME_TEXT_BYTES];

	assert_int_equal(
		dns_name_text(ldns_rdf_data(owner), ldns_rdf_size(owner), 0, name, NULL), 0);
	assert_string_equal(m->qname, name);
	assert_int_equal(m->qtype, ldns_rr_get_type(question));
	assert_int_equal(m->qclass, ldns_rr_get_class(question));
}

static void
same_opt(const struct dns_msg *m, ldns_pkt *pkt)
{
	const ldns_rdf *data = ldns_pkt_edns_data(pkt);
	const uint8_t *p = data == NULL ? NULL : ldns_rdf_data(data), *nsid = NULL;
	size_t left = data == NULL ? 0 : ldns_rdf_size(data), nsid_len = 0;

	assert_int_equal(m->udp_bytes, ldns_pkt_edns_udp_size(pkt));
	assert_int_equal(m->dnssec_ok, ldns_pkt_edns_do(pkt));
	assert_int_equal(m->rcode,
		ldns_pkt_get_rcode(pkt) | (unsigned int)ldns_pkt_edns_extended_rcode(pkt) << 4);
	while (left >= 4) {
		if (u16(p) == 3 && nsid == NULL) {
			nsid = p + 4;
			nsid_len = u16(p + 2);
		}
		left -= 4u + u16(p + 2);
		p += 4u + u16(p + 2);
	}
	assert_int_equal(m->nsid != NULL, nsid != NULL);
	if (nsid != NULL) {
		assert_int_equal(m->nsid_len_bytes, nsid_len);
		assert_memory_equal(m->nsid, nsid, nsid_len);
	}
}

static void
same_txt(const struct dns_msg *m, const ldns_pkt *pkt)
{
	const ldns_rr_list *answers = ldns_pkt_answer(pkt);

	for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(answers, i);
		size_t at = 0;

		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_TXT)
			continue;
		for (size_t k = 0; k < ldns_rr_rd_count(rr); k++) {
			const ldns_rdf *string = ldns_rr_rdf(rr, k);

			assert_true(at + ldns_rdf_size(string) <= m->txt_len_bytes);
			assert_memory_equal(
				m->txt + at, ldns_rdf_data(string), ldns_rdf_size(string));
			at += ldns_rdf_size(string);
		}
		assert_int_equal(at, m->txt_len_bytes);
		return;
	}
	assert_null(m->txt);
}

static void
same_fields(const struct dns_msg *m, ldns_pkt *pkt)
{
	assert_int_equal(m->id, ldns_pkt_id(pkt));
	assert_int_equal((m->flags & DNS_QR) != 0, ldns_pkt_qr(pkt));
	assert_int_equal((m->flags & DNS_AA) != 0, ldns_pkt_aa(pkt));
	assert_int_equal((m->flags & DNS_TC) != 0, ldns_pkt_tc(pkt));
	assert_int_equal((m->flags & DNS_RD) != 0, ldns_pkt_rd(pkt));
	assert_int_equal((m->flags & DNS_RA) != 0, ldns_pkt_ra(pkt));
	assert_int_equal(m->flags >> 11 & 15, ldns_pkt_get_opcode(pkt));
	assert_int_equal(m->flags & 15, ldns_pkt_get_rcode(pkt));
	assert_int_equal(m->qdcount, ldns_pkt_qdcount(pkt));
	assert_int_equal(m->ancount, ldns_pkt_ancount(pkt));
	assert_int_equal(m->nscount, ldns_pkt_nscount(pkt));
	assert_int_equal(m->arcount, ldns_pkt_arcount(pkt) + m->has_opt);
	if (m->qdcount > 0)
		same_question(m, pkt);
	if (m->has_opt)
		same_opt(m, pkt);
	same_txt(m, pkt);
}

/* ---- what one alone accepts ---- */

static enum difference
looser(const uint8_t *wire, size_t len, const struct dns_msg *m)
{
	static uint8_t plain[2 * MESSAGE_BYTES + 64];

	if (!ldns_accepts(plain, make_plain(wire, len, m, plain))) {
		print_error("ldns refuses what we accept: ");
		for (size_t i = 0; i < len; i++)
			print_error("%02x", wire[i]);
		fail_msg("for no known reason");
	}
	return LOOSER_RECORDS;
}

/* Why do we refuse what ldns accepts? Each answer is looked for in the bytes. */
static enum difference
stricter(const uint8_t *wire, size_t len)
{
	size_t at = DNS_HEADER_BYTES, first_additional = (size_t)u16(wire + 6) + u16(wire + 8),
	       all = first_additional + u16(wire + 10), opts = 0;
	char name[DNS_NAME_TEXT_BYTES];
	struct rr rr;

	for (unsigned i = 0; i < u16(wire + 4); i++) {
		if (i == 0 && dns_name_text(wire, len, at, name, NULL) < 0)
			return STRICTER_NAME;
		at = behind_name(wire, len, at) + 4;
	}
	for (size_t i = 0; i < all && next_rr(wire, len, at, &rr); i++, at = rr.end) {
		if (i < first_additional || rr.type != DNS_TYPE_OPT)
			continue;
		if (++opts > 1 || wire[rr.at] != 0)
			return STRICTER_OPT;
		for (size_t p = rr.rdata_at; p < rr.end; p += 4u + u16(wire + p + 2))
			if (p + 4 > rr.end || p + 4 + u16(wire + p + 2) > rr.end)
				return STRICTER_OPTIONS;
	}
	print_error("we refuse what ldns accepts: ");
	for (size_t i = 0; i < len; i++)
		print_error("%02x", wire[i]);
	fail_msg("for no known reason");
	return SAME;
}

static void
compare(const uint8_t *wire, size_t len)
{
	static struct dns_msg m;
	ldns_pkt *pkt;
	bool theirs = ldns_says(wire, len, &pkt) == LDNS_STATUS_OK;
	bool ours = dns_read(wire, len, &m) == 0;
	enum difference what = SAME;

	if (ours && theirs)
		same_fields(&m, pkt);
	else if (ours)
		what = looser(wire, len, &m);
	else if (theirs)
		what = stricter(wire, len);
	else
		what = BOTH_REFUSE;
	seen[what]++;
	if (theirs)
		ldns_pkt_free(pkt);
}

static void
mutate(struct rng *r, const uint8_t *wire, size_t len)
{
	static const uint8_t odd[] = {0, 1, 3, 0x29, 0x3f, 0x40, 0x7f, 0xc0, 0xff};
	uint8_t copy[MESSAGE_BYTES];
	size_t n = len;

	if (len == 0)
		return;
	memcpy(copy, wire, len);
	for (uint64_t i = 1 + rng_below(r, 3); i > 0; i--) {
		size_t at = (size_t)rng_below(r, n);

		switch (rng_below(r, 5)) {
		case 0:
			copy[at] ^= (uint8_t)(1u << rng_below(r, 8));
			break;
		case 1:
			copy[at] = odd[rng_below(r, sizeof(odd))];
			break;
		case 2: /* a count */
			if (n >= DNS_HEADER_BYTES)
				copy[5 + 2 * rng_below(r, 4)] = (uint8_t)rng_below(r, 4);
			break;
		case 3: /* some bytes twice */
			if (n + 16 < sizeof(copy)) {
				memmove(copy + at + 8, copy + at, n - at);
				n += 8;
			}
			break;
		default:
			n = at + 1;
		}
	}
	compare(copy, n);
}

/* ---- where messages come from ---- */

static unsigned messages;

static void
try(struct rng *r, const uint8_t *wire, size_t len, int mutations)
{
	if (len > MESSAGE_BYTES)
		return;
	messages++;
	compare(wire, len);
	for (int i = 0; i < mutations; i++)
		mutate(r, wire, len);
}

static void
try_capture(struct rng *r, const char *path)
{
	uint8_t head[24], frame[65536];
	uint32_t record[4];
	gzFile from = gzopen(path, "rb");
	struct pkt_view v;

	assert_non_null(from);
	assert_int_equal(gzread(from, head, sizeof(head)), sizeof(head));
	while (gzread(from, record, sizeof(record)) == (int)sizeof(record)) {
		assert_true(record[2] <= sizeof(frame));
		assert_int_equal(gzread(from, frame, record[2]), (int)record[2]);
		if (pkt_dissect(PKT_LINK_ETHERNET, frame, record[2], &v) == 0 &&
			v.proto == PKT_UDP && !v.fragment && (v.sport == 53 || v.dport == 53))
			try(r, v.payload, v.payload_bytes, CAPTURE_MUTATIONS);
	}
	gzclose(from);
}

static void
test_captures(void **state)
{
	struct rng r;

	(void)state;
	rng_init(&r, 1);
	messages = 0;
	memset(seen, 0, sizeof(seen));
	try_capture(&r, "tests/data/captures/hardened-carrier-tyo.pcap.gz");
	try_capture(&r, "tests/data/captures/hardened-drain-hkg.pcap.gz");
	try_capture(&r, "tests/golden/data/captures/dns.pcap");
	assert_true(messages > 1000);
	assert_true(seen[SAME] > messages);
	for (int i = 0; i < DIFFERENCES; i++)
		print_message("captures: %-18s %llu\n", names[i], (unsigned long long)seen[i]);
}

static void
test_corpus(void **state)
{
	struct dirent *entry;
	DIR *folder = opendir("tests/fuzz/corpus/dns");
	uint8_t wire[MESSAGE_BYTES];
	char path[512];
	struct rng r;

	(void)state;
	assert_non_null(folder);
	rng_init(&r, 2);
	messages = 0;
	memset(seen, 0, sizeof(seen));
	while ((entry = readdir(folder)) != NULL) {
		FILE *from;
		size_t n;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "tests/fuzz/corpus/dns/%s", entry->d_name);
		from = fopen(path, "rb");
		assert_non_null(from);
		n = fread(wire, 1, sizeof(wire), from);
		fclose(from);
		try(&r, wire, n, MUTATIONS);
	}
	closedir(folder);
	assert_true(messages > 0);
	for (int i = 0; i < DIFFERENCES; i++)
		print_message("corpus: %-18s %llu\n", names[i], (unsigned long long)seen[i]);
}

/* One message for each way to be stricter or looser. */
static void
test_classes(void **state)
{
	static const struct {
		enum difference what;
		size_t len;
		const char *wire;
	} cases[] = {
		{SAME, 17, "\0\1\0\0\0\1\0\0\0\0\0\0\0\0\1\0\1"},
		{SAME, 22, "\0\1\0\0\0\2\0\0\0\0\0\0\0\0\1\0\1\0\0\2\0\1"},
		{SAME, 28, "\0\1\0\0\0\1\0\0\0\0\0\1\0\0\1\0\1\0\0\51\4\320\0\0\0\0\0\0"},
		{BOTH_REFUSE, 16, "\0\1\0\0\0\1\0\0\0\0\0\0\0\0\1\0"},
		{BOTH_REFUSE, 18, "\0\1\0\0\0\1\0\0\0\0\0\0\300\14\0\1\0\1"},
		/* an A record of three bytes */
		{LOOSER_RECORDS, 31,
			"\0\1\0\0\0\1\0\1\0\0\0\0\0\0\1\0\1\0\0\1\0\1\0\0\0\0\0\3\1\2\3"},
		{STRICTER_OPT, 39,
			"\0\1\0\0\0\1\0\0\0\0\0\2\0\0\1\0\1\0\0\51\4\320\0\0\0\0\0\0"
			"\0\0\51\4\320\0\0\0\0\0\0"},
		{STRICTER_OPTIONS, 31,
			"\0\1\0\0\0\1\0\0\0\0\0\1\0\0\1\0\1\0\0\51\4\320\0\0\0\0\0\3\0\3\0"},
		/* a label of one zero byte, and a pointer to that byte */
		{STRICTER_NAME, 20, "\0\1\0\0\0\1\0\0\0\0\0\0\1\0\300\15\0\1\0\1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(seen, 0, sizeof(seen));
		compare((const uint8_t *)cases[i].wire, cases[i].len);
		if (seen[cases[i].what] != 1)
			fail_msg("case %zu is not of the class %s", i, names[cases[i].what]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
