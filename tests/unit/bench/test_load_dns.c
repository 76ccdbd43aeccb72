/* test_load_dns.c - the load against a responder that misbehaves by plan: each outcome counted exactly. */
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

#include "bench/load/dns_run.h"
#include "bench/load/dns_show.h"
#include "lib/dns.h"
#include "lib/fs.h"

enum { EACH = 20, WIRE_BYTES = 1024, CONNECTIONS = 64 };

/* What the responder does with the n-th query that it sees: kind n modulo KINDS. */
enum kind {
	GOOD,
	SERVFAIL,
	REFUSED,
	SILENCE,
	TWICE,
	TRUNCATED,
	WRONG_ID,
	WRONG_NAME,
	JUNK,
	A_QUERY,     /* not an answer: no QR */
	NO_QUESTION, /* FORMERR, header only */
	OTHER_CASE,
	WITH_NSID,
	KINDS
};

struct responder {
	pthread_t thread;
	int fd;
	bool tcp;
	int drop_after; /* TCP: close the connection after so many queries, once; 0: never */
	bool always_good;
	atomic_bool done;
	unsigned int seen;
	uint16_t port;
};

static struct queries *queries;

static int
setup(void **state)
{
	struct query_form form = {.edns_bytes = 1232, .nsid = true};
	struct err e;

	(void)state;
	return queries_from_name("www.example", DNS_TYPE_A, &form, &queries, &e);
}

static int
teardown(void **state)
{
	(void)state;
	queries_free(queries);
	return 0;
}

/* ---- the responder ---- */

static size_t
add_nsid(uint8_t *wire, size_t len)
{
	static const uint8_t opt[] = {
		0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 7, 0, 3, 0, 3, 'h', 'k', 'g'};

	len -= 15; /* the query's OPT with an empty NSID */
	memcpy(wire + len, opt, sizeof(opt));
	return len + sizeof(opt);
}

/* Returns how many bytes to send, and how often. */
static size_t
answer(const struct responder *r, uint8_t *wire, size_t len, int *ret_times)
{
	enum kind kind = r->always_good ? GOOD : (enum kind)(r->seen % KINDS);

	*ret_times = kind == SILENCE ? 0 : kind == TWICE ? 2 : 1;
	wire[2] |= kind == A_QUERY ? 0 : 0x80;
	switch (kind) {
	case SERVFAIL:
		wire[3] |= DNS_SERVFAIL;
		break;
	case REFUSED:
		wire[3] |= DNS_REFUSED;
		break;
	case TRUNCATED:
		wire[2] |= 2;
		break;
	case WRONG_ID:
		wire[0] ^= 0x80; /* half the ids away: none that was used */
		break;
	case WRONG_NAME:
		wire[DNS_HEADER_BYTES + 1] ^= 1;
		break;
	case JUNK:
		return 5;
	case NO_QUESTION:
		memset(wire + 4, 0, 8);
		wire[3] |= DNS_FORMERR;
		return DNS_HEADER_BYTES;
	case OTHER_CASE:
		wire[DNS_HEADER_BYTES + 1] = 'W';
		break;
	case WITH_NSID:
		return add_nsid(wire, len);
	default:
		break;
	}
	return len;
}

static void
respond_udp(struct responder *r)
{
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	uint8_t wire[WIRE_BYTES];
	ssize_t n = recvfrom(
		r->fd, wire, sizeof(wire), MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);
	size_t len;
	int times;

	if (n < DNS_HEADER_BYTES)
		return;
	len = answer(r, wire, (size_t)n, &times);
	r->seen++;
	while (times-- > 0)
		sendto(r->fd, wire, len, 0, (struct sockaddr *)&from, from_len);
}

/* Whole messages only: the tests send few enough that each read brings whole ones. */
static bool
respond_tcp(struct responder *r, int fd)
{
	uint8_t in[65536], out[WIRE_BYTES];
	ssize_t n = recv(fd, in, sizeof(in), 0);
	size_t at = 0, len;
	int times;

	while (n > 0 && at + 2 < (size_t)n) {
		len = (size_t)in[at] << 8 | in[at + 1];
		memcpy(out + 2, in + at + 2, len);
		at += 2 + len;
		len = answer(r, out + 2, len, &times);
		r->seen++;
		out[0] = (uint8_t)(len >> 8);
		out[1] = (uint8_t)len;
		while (times-- > 0)
			send(fd, out, len + 2, MSG_NOSIGNAL);
		if (r->drop_after > 0 && r->seen == (unsigned int)r->drop_after)
			return false;
	}
	return n > 0;
}

static void *
respond(void *arg)
{
	struct responder *r = arg;
	struct pollfd p[CONNECTIONS] = {{.fd = r->fd, .events = POLLIN}};
	nfds_t n = 1;

	while (!atomic_load(&r->done)) {
		poll(p, n, 10);
		if ((p[0].revents & POLLIN) != 0 && !r->tcp)
			respond_udp(r);
		else if ((p[0].revents & POLLIN) != 0 && n < CONNECTIONS)
			p[n++] = (struct pollfd){.fd = accept(r->fd, NULL, NULL), .events = POLLIN};
		for (nfds_t i = 1; i < n; i++)
			if ((p[i].revents & POLLIN) != 0 && !respond_tcp(r, p[i].fd)) {
				close(p[i].fd);
				p[i] = p[--n];
			}
	}
	for (nfds_t i = 1; i < n; i++)
		close(p[i].fd);
	return NULL;
}

static void
start(struct responder *r)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);

	r->fd = socket(AF_INET, r->tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	assert_int_equal(bind(r->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(r->fd, (struct sockaddr *)&at, &len), 0);
	if (r->tcp)
		assert_int_equal(listen(r->fd, CONNECTIONS), 0);
	r->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&r->thread, NULL, respond, r), 0);
}

static void
stop(struct responder *r)
{
	atomic_store(&r->done, true);
	pthread_join(r->thread, NULL);
	close(r->fd);
}

/* ---- the loads ---- */

static struct sockaddr_storage target;

/* `count` queries as fast as may be asked for without being late on a busy machine: lateness is not what is tested. */
static struct dns_plan
plan(uint16_t port, uint64_t count)
{
	struct inet loopback;

	assert_int_equal(inet_parse("127.0.0.1", &loopback), 0);
	inet_sockaddr(&loopback, port, &target);
	return (struct dns_plan){.queries = queries,
		.targets = &target,
		.targets_len = 1,
		.threads = 1,
		.sockets = 1,
		.stamps = true,
		.send_stamps = true,
		.schedule = {.steps = {{1000, 60 * NS_PER_S}}, .steps_len = 1, .count = count},
		.timeout_ns = 2 * NS_PER_S,
		.late_ns = 60 * NS_PER_S,
		.late_ratio = 0.01,
		.bucket_ns = 100 * NS_PER_MS,
		.seed = 1};
}

static struct dns_result
run(const struct dns_plan *p)
{
	struct dns_result r;
	struct err e;

	if (dns_run(p, true, &r, &e) < 0)
		fail_msg("%s", e.text);
	/* each query came to one end */
	assert_int_equal(r.stats.sent,
		r.stats.answered + r.stats.timed_out + r.stats.unreachable +
			r.stats.lost_connection);
	assert_int_equal(r.stats.latency.count, r.stats.answered);
	return r;
}

static void
assert_classes(const struct dns_result *r, uint64_t each)
{
	const struct dns_stats *s = &r->stats;
	const char *name;
	uint64_t answered;

	assert_int_equal(s->sent, KINDS * each);
	/* all but silence, wrong id, wrong name, junk and a query */
	assert_int_equal(s->answered, (KINDS - 5) * each);
	assert_int_equal(s->timed_out, 5 * each);
	assert_int_equal(s->rcodes[DNS_NOERROR], 5 * each);
	assert_int_equal(s->rcodes[DNS_SERVFAIL], each);
	assert_int_equal(s->rcodes[DNS_REFUSED], each);
	assert_int_equal(s->rcodes[DNS_FORMERR], each);
	assert_int_equal(s->duplicate, each);
	assert_int_equal(s->truncated, each);
	assert_int_equal(s->mismatch, 2 * each);
	assert_int_equal(s->malformed, 2 * each);
	assert_int_equal(s->late, 0);
	assert_int_equal(s->send_failed + s->not_sent, 0);
	assert_int_equal(dns_timeline_site(r->timeline, 1, &name, &answered), 1);
	assert_string_equal(name, "hkg");
	assert_int_equal(answered, each);
	assert_int_equal(dns_timeline_site(r->timeline, 2, &name, &answered), 0);
}

static void
test_udp(void **state)
{
	struct responder responder = {0};
	struct dns_plan p;
	struct dns_result r;

	(void)state;
	start(&responder);
	p = plan(responder.port, KINDS * EACH);
	r = run(&p);
	stop(&responder);
	assert_classes(&r, EACH);
	assert_int_equal(dns_judge(&p, &r), DNS_GOOD);
	dns_result_done(&r);
}

/* The same by the other ways to send, from several threads and sockets. */
static void
test_many(void **state)
{
	static const enum wire_type types[] = {WIRE_UDP, WIRE_UDP_SEGMENT};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct responder responder = {0};
		struct dns_plan p;
		struct dns_result r;

		start(&responder);
		p = plan(responder.port, KINDS * EACH);
		p.wire = types[i];
		p.threads = 2;
		p.sockets = 3;
		p.schedule.kind = SCHEDULE_ASAP;
		p.window = 40;
		r = run(&p);
		stop(&responder);
		assert_classes(&r, EACH);
		dns_result_done(&r);
	}
}

/* The kernel says when each query left, in the order of their numbers, and its error queue is empty afterwards. */
static void
test_send_stamps(void **state)
{
	struct responder responder = {0};
	struct wire_buffers *buffers;
	struct wire_setup s = {.type = WIRE_UDP, .stamps = true, .send_stamps = true};
	struct wire_out out[WIRE_BATCH];
	struct sockaddr_in *to = (struct sockaddr_in *)(void *)&s.target;
	uint8_t query[12] = {0};
	struct wire_in error;
	struct wire w;
	struct err e;

	(void)state;
	start(&responder);
	to->sin_family = AF_INET;
	to->sin_port = htons(responder.port);
	to->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(wire_buffers_new(&buffers), 0);
	s.buffers = buffers;
	assert_int_equal(wire_open(&s, &w, &e), 0);
	assert_true(w.send_stamps);
	for (int round = 1; round <= 3; round++) {
		struct pollfd p = {.fd = w.fd};
		int64_t begin_ns, end_ns, last_ns;

		for (int i = 0; i < WIRE_BATCH; i++)
			out[i] = (struct wire_out){.bytes = query, .len = sizeof(query)};
		wire_buffers_clock(buffers);
		begin_ns = last_ns = mono_now().ns - 20 * NS_PER_US;
		assert_int_equal(wire_send(&w, out, WIRE_BATCH), WIRE_BATCH);
		end_ns = mono_now().ns + 20 * NS_PER_US;
		for (int i = 0; i < WIRE_BATCH; last_ns = out[i++].sent_ns)
			assert_true(out[i].sent_ns >= last_ns);
		assert_true(out[0].sent_ns >= begin_ns && last_ns <= end_ns);
		assert_int_equal(w.numbered, round * WIRE_BATCH);
		assert_int_equal(poll(&p, 1, 0), 0); /* POLLERR: a stamp that was not taken */
	}
	/* One that nobody took, as where a queue stands before the interface: asking for errors takes it away. */
	assert_int_equal(send(w.fd, query, sizeof(query), 0), sizeof(query));
	assert_int_equal(poll(&(struct pollfd){.fd = w.fd}, 1, 1000), 1);
	assert_int_equal(wire_error(&w, &error), 0);
	assert_int_equal(poll(&(struct pollfd){.fd = w.fd}, 1, 0), 0);
	wire_close(&w);
	wire_buffers_free(buffers);
	stop(&responder);
}

static void
test_tcp(void **state)
{
	struct responder responder = {.tcp = true};
	struct dns_plan p;
	struct dns_result r;

	(void)state;
	start(&responder);
	p = plan(responder.port, KINDS * EACH);
	p.wire = WIRE_TCP;
	p.stamps = false;
	r = run(&p);
	stop(&responder);
	assert_classes(&r, EACH);
	dns_result_done(&r);
}

/* A connection that breaks takes what was under way with it, no more; a new one is made. */
static void
test_tcp_broken(void **state)
{
	struct responder responder = {.tcp = true, .always_good = true, .drop_after = 50};
	struct dns_plan p;
	struct dns_result r;

	(void)state;
	start(&responder);
	p = plan(responder.port, 300);
	p.wire = WIRE_TCP;
	p.stamps = false;
	r = run(&p);
	stop(&responder);
	assert_int_equal(r.stats.timed_out, 0);
	assert_int_equal(r.stats.sent + r.stats.send_failed, 300);
	assert_int_equal(r.stats.answered + r.stats.lost_connection, r.stats.sent);
	assert_true(r.stats.answered >= 50);
	assert_true(responder.seen > 50); /* on the second connection */
	dns_result_done(&r);
}

static void
test_closed_port(void **state)
{
	struct responder responder = {0};
	struct dns_plan p;
	struct dns_result r;
	struct err e;

	(void)state;
	start(&responder);
	stop(&responder); /* nobody listens there now */
	p = plan(responder.port, 30);
	p.timeout_ns = 300 * NS_PER_MS;
	r = run(&p);
	assert_int_equal(r.stats.sent, 30);
	assert_true(r.stats.unreachable > 0); /* the kernel limits ICMP errors: not each is told */
	assert_int_equal(r.stats.answered, 0);
	assert_int_equal(dns_judge(&p, &r), DNS_NOTHING);
	dns_result_done(&r);
	p.wire = WIRE_TCP;
	assert_int_equal(dns_run(&p, true, &r, &e), -ECONNREFUSED);
	assert_non_null(strstr(e.text, "127.0.0.1 over TCP"));
}

/* Who cannot keep a schedule says so, and does not send on and on. */
static void
test_late(void **state)
{
	struct responder responder = {.always_good = true};
	struct dns_plan p;
	struct dns_result r;

	(void)state;
	start(&responder);
	p = plan(responder.port, 0);
	p.schedule.steps[0] = (struct schedule_step){50e6, 100 * NS_PER_MS};
	p.timeout_ns = 100 * NS_PER_MS;
	p.late_ns = NS_PER_US;
	r = run(&p);
	stop(&responder);
	assert_int_equal(r.stats.sent + r.stats.not_sent + r.stats.send_failed, 5000000);
	assert_true(r.stats.not_sent > 0);
	assert_true(r.stats.generator_late > 0);
	assert_int_equal(dns_judge(&p, &r), DNS_LATE);
	dns_result_done(&r);
}

/* ---- what is told ---- */

static void
test_told(void **state)
{
	struct responder responder = {0};
	char dir[] = "/tmp/test_load_dns.XXXXXX", path[64], *text, *line, *rest;
	json_int_t sent = 0, answered = 0, at_site = 0;
	struct dns_plan p;
	struct dns_result r;
	struct err e;
	json_t *o;

	(void)state;
	start(&responder);
	p = plan(responder.port, KINDS * EACH);
	r = run(&p);
	stop(&responder);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/timeline", dir);
	assert_int_equal(dns_timeline_write(r.timeline, path, r.began, &e), 0);
	assert_int_equal(fs_read(path, 1 << 20, &text, NULL, &e), 0);
	line = strtok_r(text, "\n", &rest);
	o = json_loads(line, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(o, "schema")), "catchment.load-timeline/1");
	json_decref(o);
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
		json_t *site;
		size_t i;

		o = json_loads(line, 0, NULL);
		assert_non_null(o);
		sent += json_integer_value(json_object_get(o, "sent"));
		answered += json_integer_value(json_object_get(o, "answered"));
		json_array_foreach(json_object_get(o, "sites"), i, site) at_site +=
			json_integer_value(json_object_get(site, "answered"));
		json_decref(o);
	}
	free(text);
	assert_int_equal(sent, r.stats.sent);
	assert_int_equal(answered, r.stats.answered);
	assert_int_equal(at_site, answered);

	snprintf(path, sizeof(path), "%s/metrics", dir);
	assert_int_equal(dns_write_openmetrics(&p, &r, path, &e), 0);
	assert_int_equal(fs_read(path, 1 << 20, &text, NULL, &e), 0);
	assert_non_null(
		strstr(text, "catchment_load_dns_queries_total{outcome=\"answered\"} 160 "));
	assert_non_null(strstr(text, "catchment_load_dns_answers_total{rcode=\"SERVFAIL\"} 20 "));
	assert_non_null(
		strstr(text, "catchment_load_dns_latency_seconds_bucket{le=\"+Inf\"} 160 "));
	assert_non_null(strstr(text, "catchment_load_dns_site_answers_total{site=\"hkg\"} 20 "));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	free(text);

	o = dns_show_json(&p, &r);
	assert_int_equal(json_integer_value(json_object_get(o, "sent")), KINDS * EACH);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(o, "lost"), "timed_out")),
		5 * EACH);
	assert_string_equal(json_string_value(json_object_get(o, "verdict")), "good");
	json_decref(o);
	dns_result_done(&r);
	assert_int_equal(fs_remove_tree(dir, &e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_send_stamps),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_tcp_broken),
		cmocka_unit_test(test_closed_port),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
