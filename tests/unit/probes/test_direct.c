/* test_direct.c - asking addresses from the command line: what is refused, what is sent, what is told. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/dns.h"
#include "lib/fs.h"
#include "lib/mono.h"
#include "lib/stopfd.h"
#include "probes/direct.h"
#include "probes/engine.h"
#include "probes/summary.h"

enum { QUERIES = 24 };

static char dir[] = "/tmp/test_direct.XXXXXX";
static char answers_path[64];
static int stop_fd;

/* Every fourth query gets no answer, every sixth NXDOMAIN, every fifth also one with another id. */
struct responder {
	pthread_t thread;
	int fd;
	uint16_t port;
	atomic_bool done;
	unsigned int seen;
	struct dns_msg queries[QUERIES];
	size_t len_bytes[QUERIES];
};

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || stopfd_open(&stop_fd, NULL) < 0)
		return -1;
	snprintf(answers_path, sizeof(answers_path), "%s/answers", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	close(stop_fd);
	return fs_remove_tree(dir, NULL);
}

static void
answer(struct responder *r, const uint8_t *query, size_t len, const struct sockaddr_in *to)
{
	static const uint8_t rr[] = {
		0xc0, 12, 0, 16, 0, 3, 0, 0, 0, 0, 0, 5, 4, 'f', 'r', 'a', '1'};
	const struct dns_msg *q = &r->queries[r->seen];
	uint8_t out[600];
	size_t n = q->question_end_bytes;

	(void)len;
	memcpy(out, query, n);
	memset(out + 6, 0, 6);
	out[2] = DNS_QR >> 8;
	out[3] = r->seen % 6 == 5 ? DNS_NXDOMAIN : DNS_NOERROR;
	out[7] = 1;
	memcpy(out + n, rr, sizeof(rr));
	n += sizeof(rr);
	if (r->seen % 5 == 4) {
		dns_set_id(out, (uint16_t)(q->id + 1));
		sendto(r->fd, out, n, 0, (const struct sockaddr *)to, sizeof(*to));
		dns_set_id(out, q->id);
	}
	if (r->seen % 4 != 3)
		sendto(r->fd, out, n, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void *
respond(void *context)
{
	struct responder *r = context;
	struct pollfd p = {.fd = r->fd, .events = POLLIN};

	while (!atomic_load(&r->done) && r->seen < QUERIES) {
		struct sockaddr_in from;
		socklen_t from_len = sizeof(from);
		static uint8_t wire[600];
		ssize_t n;

		if (poll(&p, 1, 20) <= 0)
			continue;
		n = recvfrom(r->fd, wire, sizeof(wire), 0, (struct sockaddr *)&from, &from_len);
		if (n < 0 || dns_read(wire, (size_t)n, &r->queries[r->seen]) < 0)
			continue;
		r->len_bytes[r->seen] = (size_t)n;
		answer(r, wire, (size_t)n, &from);
		r->seen++;
	}
	return NULL;
}

static void
start(struct responder *r)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);

	memset(r, 0, sizeof(*r));
	r->fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(r->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(r->fd, (struct sockaddr *)&at, &len), 0);
	r->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&r->thread, NULL, respond, r), 0);
}

static void
finish(struct responder *r)
{
	atomic_store(&r->done, true);
	pthread_join(r->thread, NULL);
	close(r->fd);
}

static struct direct
asking(char *const *addresses, int n)
{
	return (struct direct){.addresses = addresses,
		.addresses_len = n,
		.name = "Id.Server",
		.type = "TXT",
		.class = "CH",
		.answers_path = answers_path,
		.rate_qps = 100,
		.may_send_more = true,
		.count = QUERIES,
		.timeout_ns = 1000 * NS_PER_MS,
		.port = 53,
		.seed = 1};
}

static void
run(const struct plan *p)
{
	struct engine *en;
	struct err e;

	assert_int_equal(engine_open(p, &en, &e), 0);
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	engine_free(en);
}

static void
the_same_question_each_time(void **state)
{
	static struct responder r;
	char *addresses[] = {(char[]){"127.0.0.1"}};
	struct direct d = asking(addresses, 1);
	struct summary s;
	struct plan *p;
	struct err e;

	(void)state;
	start(&r);
	d.port = r.port;
	assert_int_equal(direct_plan(&d, &p, &e), 0);
	run(p);
	finish(&r);
	assert_int_equal(r.seen, QUERIES);
	for (unsigned int i = 0; i < QUERIES; i++) {
		assert_string_equal(r.queries[i].qname, "id.server.");
		assert_int_equal(r.queries[i].qclass, DNS_CLASS_CHAOS);
		assert_int_equal(r.queries[i].flags, 0);
		assert_false(r.queries[i].has_opt);
		assert_int_equal(r.len_bytes[i], r.queries[i].question_end_bytes);
		for (unsigned int k = 0; k < i; k++)
			assert_int_not_equal(r.queries[k].id, r.queries[i].id);
	}
	assert_int_equal(summary_read(answers_path, p, &s, &e), 0);
	assert_int_equal(s.targets[0].sent, QUERIES);
	assert_int_equal(s.targets[0].answered, QUERIES * 3 / 4);
	assert_int_equal(s.targets[0].by_status[ANSWERS_UNANSWERED], QUERIES / 4);
	assert_int_equal(s.targets[0].rcodes[DNS_NXDOMAIN], 2); /* 5, 17; 11, 23 are silent */
	assert_int_equal(s.targets[0].rcodes[DNS_NOERROR], QUERIES * 3 / 4 - 2);
	assert_int_equal(s.targets[0].strays[ANSWERS_MISMATCH], 4); /* 4, 9, 14, 19 */
	assert_int_equal(s.nsids_len, 1);
	assert_string_equal(answers_nsid(s.answers, 0), "fra1");
	assert_int_equal(s.targets[0].nsids[0], QUERIES * 3 / 4);
	assert_int_equal(s.targets[0].rtts_len, QUERIES * 3 / 4);
	assert_true(s.targets[0].rtt_us[0] > 0);
	assert_int_equal(summary_silent(&s), 0);
	summary_done(&s);
	plan_free(p);
}

static void
names_nsid_and_recursion_when_asked_for(void **state)
{
	static struct responder r;
	char *addresses[] = {(char[]){"127.0.0.1"}};
	struct direct d = asking(addresses, 1);
	struct plan *p;
	struct err e;

	(void)state;
	start(&r);
	d.port = r.port;
	d.unique = d.nsid = d.recurse = true;
	d.class = "in";
	d.type = "type257";
	d.count = 3;
	assert_int_equal(direct_plan(&d, &p, &e), 0);
	run(p);
	finish(&r);
	assert_int_equal(r.seen, 3);
	for (unsigned int i = 0; i < 3; i++) {
		assert_non_null(strstr(r.queries[i].qname, ".id.server."));
		assert_int_equal(r.queries[i].qclass, DNS_CLASS_IN);
		assert_int_equal(r.queries[i].qtype, 257);
		assert_int_equal(r.queries[i].flags, DNS_RD);
		assert_true(r.queries[i].has_opt);
		assert_non_null(r.queries[i].nsid);
	}
	assert_string_not_equal(r.queries[0].qname, r.queries[1].qname);
	plan_free(p);
}

/* What makes no sense is refused before a socket sends anything. */
static void
refusals(void **state)
{
	static const struct {
		const char *address, *name, *type, *source, *why;
		double rate_qps;
		bool more;
	} cases[] = {
		{"127.0.0.1/8", "a", "TXT", NULL,
			"address '127.0.0.1/8' is not an IPv4 or IPv6 address", 1, false},
		{"::", "a", "TXT", NULL, "address '::' is not the address of one host", 1, false},
		{"ff02::1", "a", "TXT", NULL, "address 'ff02::1' is not the address of one host", 1,
			false},
		{"255.255.255.255", "a", "TXT", NULL,
			"address '255.255.255.255' is not the address of one host", 1, false},
		{"127.0.0.1", "a b", "TXT", NULL,
			"name 'a b' is not a domain name of letters, digits, '-' and '_'", 1,
			false},
		{"127.0.0.1", "", "TXT", NULL,
			"name '' is not a domain name of letters, digits, '-' and '_'", 1, false},
		{"127.0.0.1", "a", "AXFR", NULL,
			"type 'AXFR' is not known; TYPE and a number will do", 1, false},
		{"127.0.0.1", "a", "TYPE252", NULL, "type 'TYPE252' is not one to ask repeatedly",
			1, false},
		{"127.0.0.1", "a", "A", "::1",
			"address '127.0.0.1' and source '::1' are of different families", 1, false},
		{"127.0.0.1", "a", "A", NULL,
			"rate 10.5: at most 10 queries a second to an address, unless "
			"--i-may-send-more says that it can take more",
			10.5, false},
		{"127.0.0.1", "a", "A", NULL,
			"rate 1001: at most 1000 queries a second to an address", 1001, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char address[64];
		char *addresses[] = {address};
		struct direct d = asking(addresses, 1);
		struct plan *p = NULL;
		struct err e = {0};

		snprintf(address, sizeof(address), "%s", cases[i].address);
		d.name = cases[i].name;
		d.type = cases[i].type;
		d.source = cases[i].source;
		d.rate_qps = cases[i].rate_qps;
		d.may_send_more = cases[i].more;
		d.count = 1;
		assert_true(direct_plan(&d, &p, &e) < 0);
		assert_null(p);
		assert_string_equal(e.text, cases[i].why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_question_each_time),
		cmocka_unit_test(names_nsid_and_recursion_when_asked_for),
		cmocka_unit_test(refusals)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
