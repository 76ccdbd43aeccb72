/*
 * test_queries.c - queries of a load generator: what lib/dns reads of them, and what ldns, dnsperf and tshark do.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h> /* before ldns, which would make a bool of its own */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "bench/load/qtype.h"
#include "bench/load/queries.h"
#include "lib/dns.h"
#include "lib/dnswrite.h"
#include "lib/rng.h"

enum { OPTION_NSID = 3, OPTION_SUBNET = 8 };

/* A file of these lines; its path is unlinked by `forget`. */
static const char *
file_of(const char *text)
{
	static char path[64];
	FILE *f;
	int fd;

	strcpy(path, "/tmp/test_queries.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void
name_at(const struct queries *q, size_t i, char out[static DNS_NAME_TEXT_BYTES])
{
	struct query one = queries_at(q, i);

	assert_int_equal(dns_name_text(one.wire, one.len, DNS_HEADER_BYTES, out, NULL), 0);
}

/* How many ask for this name (NULL: any) and type (0: any). */
static size_t
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

/* ---- files ---- */

static int
from_file(const char *text, struct queries **ret, struct buf *mistakes, struct err *e)
{
	const struct query_form plain = {0};
	const char *path = file_of(text);
	int rc = queries_from_file(path, &plain, ret, mistakes, e);

	assert_int_equal(unlink(path), 0);
	return rc;
}

static void
test_file(void **state)
{
	struct buf mistakes = {0};
	struct queries *q;
	struct err e;

	(void)state;
	assert_int_equal(
		from_file("a.example A\n;\n\n \t\n ; x\n\tb.example\tAAAA\t\r\nc.example TYPE99 "
			  "rest ; of it\n. ns",
			&q, &mistakes, &e),
		0);
	assert_int_equal(queries_len(q), 4);
	assert_int_equal(asked(q, "a.example.", DNS_TYPE_A), 1);
	assert_int_equal(asked(q, "b.example.", DNS_TYPE_AAAA), 1);
	assert_int_equal(asked(q, "c.example.", 99), 1);
	assert_int_equal(asked(q, ".", DNS_TYPE_NS), 1);
	assert_null(mistakes.data);
	queries_free(q);
}

static void
test_file_mistakes(void **state)
{
	struct buf mistakes = {0};
	struct queries *q;
	struct err e;
	size_t lines = 0;

	(void)state;
	assert_int_equal(
		from_file("a A\nb\nc..d A\nd NOSUCH\ne AXFR\nf\x1b[2J A\ng \n", &q, &mistakes, &e),
		-EINVAL);
	for (const char *p = mistakes.data; *p != '\0'; p++)
		lines += *p == '\n';
	assert_int_equal(lines, QUERIES_MISTAKES);
	assert_non_null(strstr(mistakes.data, ":2: 'b' has no type"));
	assert_non_null(strstr(mistakes.data, ":3: 'c..d' is no name"));
	assert_non_null(strstr(mistakes.data, ":4: 'NOSUCH' is no record type"));
	assert_non_null(strstr(mistakes.data, ":5: 'AXFR' is not asked"));
	assert_non_null(strstr(mistakes.data, ":6: 'f?[2J' is no name"));
	assert_non_null(strstr(e.text, "6 of its lines"));
	buf_done(&mistakes);
	assert_int_equal(from_file("; nothing\n\n", &q, &mistakes, &e), -EINVAL);
	assert_non_null(strstr(e.text, "no query"));
	assert_int_equal(
		queries_from_file("/nonexistent/q", &(struct query_form){0}, &q, &mistakes, &e),
		-ENOENT);
}

/* What dnsperf sends of a file, to a socket of ours: the same questions in the same order. */
static void
test_dnsperf(void **state)
{
	static const char *const path = "tests/data/queries/mix.txt";
	const struct query_form plain = {0};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(to);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct buf mistakes = {0};
	struct queries *q;
	char port[8];
	struct err e;
	pid_t pid;

	(void)state;
	if (access("/usr/bin/dnsperf", X_OK) != 0)
		skip();
	assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &len), 0);
	snprintf(port, sizeof(port), "%u", ntohs(to.sin_port));
	assert_int_equal(queries_from_file(path, &plain, &q, &mistakes, &e), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) != NULL)
			execl("/usr/bin/dnsperf", "dnsperf", "-s", "127.0.0.1", "-p", port, "-d",
				path, "-n", "1", "-t", "0.2", "-W", (char *)NULL);
		_exit(127);
	}
	for (size_t i = 0; i < queries_len(q); i++) {
		struct query one = queries_at(q, i);
		struct pollfd p = {.fd = fd, .events = POLLIN};
		struct dns_msg theirs, ours;
		uint8_t got[512];
		ssize_t n;

		assert_int_equal(poll(&p, 1, 20000), 1);
		n = recv(fd, got, sizeof(got), 0);
		assert_true(n > 0);
		assert_int_equal(dns_read(got, (size_t)n, &theirs), 0);
		assert_int_equal(dns_read(one.wire, one.len, &ours), 0);
		assert_string_equal(ours.qname, theirs.qname);
		assert_int_equal(ours.qtype, theirs.qtype);
		assert_int_equal(n, one.len);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(recv(fd, port, sizeof(port), MSG_DONTWAIT), -1);
	close(fd);
	queries_free(q);
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

/* ---- zones ---- */

static const char *const zone_path = "tests/data/queries/example.zone";

static struct queries *
from_zone(const struct query_zone *z, const struct query_form *f)
{
	struct buf mistakes = {0};
	struct queries *q = NULL;
	struct err e = {0};

	if (queries_from_zone(z, f, &q, &mistakes, &e) < 0)
		fail_msg("%s", e.text);
	return q;
}

static void
test_zone(void **state)
{
	const struct query_zone z = {.path = zone_path, .origin = "example.com", .seed = 1};
	const struct query_form plain = {0};
	struct queries *q = from_zone(&z, &plain);
	char name[DNS_NAME_TEXT_BYTES];
	size_t fresh = 0;

	(void)state;
	assert_int_equal(queries_len(q), 12);
	assert_int_equal(asked(q, "example.com.", 0), 3);
	assert_int_equal(asked(q, "www.example.com.", DNS_TYPE_A), 1);
	assert_int_equal(asked(q, "www.example.com.", DNS_TYPE_AAAA), 1);
	assert_int_equal(asked(q, "child.example.com.", DNS_TYPE_NS), 1);
	assert_int_equal(asked(q, "old.example.com.", LDNS_RR_TYPE_DNAME), 1);
	assert_int_equal(asked(q, "ns.child.example.com.", 0), 0);
	assert_int_equal(asked(q, "below.old.example.com.", 0), 0);
	assert_int_equal(asked(q, "elsewhere.example.net.", 0), 0);
	assert_int_equal(asked(q, NULL, LDNS_RR_TYPE_NSEC), 0);
	for (size_t i = 0; i < queries_len(q); i++) {
		if (queries_at(q, i).random_len == 0)
			continue;
		name_at(q, i, name);
		assert_string_equal(strchr(name, '.'), ".pool.example.com.");
		fresh++;
	}
	assert_int_equal(fresh, 1);
	queries_free(q);
}

static void
test_zone_shares(void **state)
{
	const struct query_share types[] = {{DNS_TYPE_A, 3}, {DNS_TYPE_AAAA, 1}};
	const struct query_zone z = {.path = zone_path,
		.origin = "example.com",
		.types = types,
		.types_n = 2,
		.absent_ratio = 0.2,
		.seed = 1};
	const struct query_form plain = {0};
	struct queries *q = from_zone(&z, &plain);
	char name[DNS_NAME_TEXT_BYTES];
	size_t absent = 0, n = queries_len(q);

	(void)state;
	assert_true(n >= 1000);
	assert_in_range(asked(q, NULL, DNS_TYPE_A), n * 3 / 4 - 2, n * 3 / 4 + 2);
	assert_int_equal(asked(q, NULL, DNS_TYPE_A) + asked(q, NULL, DNS_TYPE_AAAA), n);
	for (size_t i = 0; i < n; i++) {
		name_at(q, i, name);
		absent += queries_at(q, i).random_len > 0 &&
			strcmp(strchr(name, '.'), ".example.com.") == 0;
	}
	assert_in_range(absent, n / 5 - 2, n / 5 + 2);
	queries_free(q);
}

static void
zone_refused(const struct query_zone *z, const char *why)
{
	const struct query_form plain = {0};
	struct buf mistakes = {0};
	struct queries *q;
	struct err e;

	assert_true(queries_from_zone(z, &plain, &q, &mistakes, &e) < 0);
	if (strstr(e.text, why) == NULL &&
		(mistakes.data == NULL || strstr(mistakes.data, why) == NULL))
		fail_msg("'%s' does not say '%s'", e.text, why);
	buf_done(&mistakes);
}

static void
test_zone_mistakes(void **state)
{
	const struct query_share none[] = {{LDNS_RR_TYPE_LOC, 1}};
	struct query_zone z = {.path = "/nonexistent/zone", .seed = 1};

	(void)state;
	zone_refused(&z, "No such file");
	z.path = zone_path;
	z.types = none;
	z.types_n = 1;
	zone_refused(&z, "nothing of the type LOC");
	z = (struct query_zone){.path = zone_path, .origin = "a..b"};
	zone_refused(&z, "--origin");
	z = (struct query_zone){.path = file_of("$ORIGIN x.\n@ 1 IN A 192.0.2.1\n")};
	zone_refused(&z, "no SOA");
	unlink(z.path);
	z.path = file_of("$ORIGIN x.\n@ 1 IN SOA a b 1 2 3 4 5\nw 1 IN A 1.2.3\nv 1 IN NOSUCH x");
	zone_refused(&z, ":3: ");
	zone_refused(&z, ":4: ");
	unlink(z.path);
	z.path = file_of("$ORIGIN x.\n@ 1 IN SOA a b 1 2 3 4 5\n* 1 IN A 192.0.2.1\n");
	z.absent_ratio = 0.5;
	zone_refused(&z, "wildcard");
	unlink(z.path);
}

/* ---- captures ---- */

/* What tshark sees in a capture: as many queries, of the same names, at the same instants. */
static void
same_as_tshark(const char *path)
{
	const struct query_replay r = {.paths = &path, .paths_n = 1};
	char command[512], line[2048], name[DNS_NAME_TEXT_BYTES];
	struct queries *q;
	size_t i = 0;
	struct err e;
	FILE *f;

	if (queries_from_replay(&r, &q, &e) < 0)
		fail_msg("%s", e.text);
	snprintf(command, sizeof(command),
		"tshark -r %s -Y 'dns.flags.response == 0 && !icmp && !icmpv6 && (udp.dstport == "
		"53 || "
		"tcp.dstport == 53)' -T fields -e frame.time_epoch -e dns.qry.name -e dns.qry.type "
		"2>/dev/null",
		path);
	f = popen(command, "r");
	assert_non_null(f);
	for (int64_t first_ns = -1; fgets(line, sizeof(line), f) != NULL; i++) {
		char *at = line, *when = strsep(&at, "\t"), *what = strsep(&at, "\t");
		char *dot = strchr(when, '.'), *end;
		int64_t ns = strtoll(when, &end, 10) * 1000000000 + strtoll(dot + 1, NULL, 10);

		assert_ptr_equal(end, dot);
		assert_int_equal(strlen(dot), 10);
		first_ns = first_ns < 0 ? ns : first_ns;
		assert_true(i < queries_len(q));
		assert_int_equal(queries_at(q, i).due_ns, ns - first_ns);
		assert_int_equal(queries_at(q, i).qtype, strtol(at, NULL, 10));
		name_at(q, i, name);
		name[strlen(name) - 1] = '\0';
		assert_string_equal(name, what);
	}
	pclose(f);
	assert_int_equal(i, queries_len(q));
	queries_free(q);
}

static void
test_replay_tshark(void **state)
{
	(void)state;
	if (access("/usr/bin/tshark", X_OK) != 0)
		skip();
	same_as_tshark("tests/golden/data/captures/dns.pcap");
	same_as_tshark("tests/golden/data/captures/cooked.pcap");
	same_as_tshark("tests/data/captures/hardened-drain-hkg.pcap.gz");
	same_as_tshark("tests/data/captures/hardened-carrier-tyo.pcap.gz");
}

static void
test_replay_to(void **state)
{
	const char *path = "tests/golden/data/captures/dns.pcap",
		   *none = "tests/golden/data/captures/bgp.pcapng",
		   *cut = "tests/golden/data/captures/cut.pcap";
	struct inet to;
	struct query_replay r = {.paths = &path, .paths_n = 1, .to = &to};
	struct queries *q;
	struct err e;

	(void)state;
	assert_int_equal(inet_parse("203.0.113.54", &to), 0);
	assert_int_equal(queries_from_replay(&r, &q, &e), 0);
	assert_int_equal(queries_len(q), 2);
	assert_int_equal(queries_at(q, 0).due_ns, 0);
	assert_int_equal(queries_at(q, 1).due_ns, 12000000);
	queries_free(q);
	assert_int_equal(inet_parse("2001:db8:53::/48", &to), 0);
	assert_int_equal(queries_from_replay(&r, &q, &e), 0);
	assert_int_equal(queries_len(q), 1);
	queries_free(q);
	assert_int_equal(inet_parse("198.51.100.0/24", &to), 0);
	assert_int_equal(queries_from_replay(&r, &q, &e), -ENOENT);
	r = (struct query_replay){.paths = &none, .paths_n = 1};
	assert_int_equal(queries_from_replay(&r, &q, &e), -ENOENT);
	r.paths = &cut;
	assert_int_equal(queries_from_replay(&r, &q, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "cut.pcap: byte "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names),
		cmocka_unit_test(test_name_limits), cmocka_unit_test(test_types),
		cmocka_unit_test(test_forms), cmocka_unit_test(test_fresh_label),
		cmocka_unit_test(test_file), cmocka_unit_test(test_file_mistakes),
		cmocka_unit_test(test_dnsperf), cmocka_unit_test(test_mix),
		cmocka_unit_test(test_mix_mistakes), cmocka_unit_test(test_zone),
		cmocka_unit_test(test_zone_shares), cmocka_unit_test(test_zone_mistakes),
		cmocka_unit_test(test_replay_tshark), cmocka_unit_test(test_replay_to)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
