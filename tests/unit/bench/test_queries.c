/* test_queries.c - the sources of queries: files as dnsperf reads them, zones, and captures as tshark does. */
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

#include "bench/load/queries.h"
#include "lib/dns.h"
#include "tests/unit/bench/query_look.h"

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
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_file),
		cmocka_unit_test(test_file_mistakes), cmocka_unit_test(test_dnsperf),
		cmocka_unit_test(test_zone), cmocka_unit_test(test_zone_shares),
		cmocka_unit_test(test_zone_mistakes), cmocka_unit_test(test_replay_tshark),
		cmocka_unit_test(test_replay_to)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
