/* test_tcp.c - queries over TCP to a server that misbehaves by plan: each outcome counted exactly, over both families. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
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

#include "lib/answers.h"
#include "lib/dns.h"
#include "lib/fs.h"
#include "lib/stopfd.h"
#include "probes/engine.h"
#include "probes/plan.h"
#include "tests/unit/loopback.h"

enum { PORT = 5310, TIMEOUT_MS = 1000, HELD = 256, BIG = 65535, SLOW_MS = 120 };

/* What the server does with a query, by its number modulo KINDS. */
enum kind {
	GOOD,
	SPLIT,	     /* in pieces of one byte to half of it, with pauses */
	SILENCE,     /* takes the query and says nothing */
	MID_SILENCE, /* begins the answer, and no more */
	CLOSES,	     /* at once, without a word */
	MID_CLOSE,
	MID_RESET,
	WRONG_ID, /* and then the right one */
	WRONG_NAME_ONLY,
	JUNK,
	EMPTY,	  /* a message of no bytes */
	OVERSIZE, /* the longest message there is, the answer in front of it */
	TRAILING, /* more bytes behind the answer */
	SERVFAIL,
	TRUNCATED,
	NO_NSID,
	SLOW,
	KINDS
};

static char dir[] = "/tmp/test_tcp.XXXXXX";
static char plan_path[64];
static int stop_fd;

static struct server {
	pthread_t thread[2];
	int fd[2];
	atomic_bool done;
	atomic_int held_len, queries, foreign;
	int held[HELD];
} server;

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || stopfd_open(&stop_fd, NULL) < 0)
		return -1;
	snprintf(plan_path, sizeof(plan_path), "%s/plan.json", dir);
	return enter_loopback();
}

static int
teardown(void **state)
{
	(void)state;
	close(stop_fd);
	return fs_remove_tree(dir, NULL);
}

/* ---- the server ---- */

/* Its length, then the query turned into an answer: one TXT record and the OPT with or without NSID. */
static size_t
make_answer(
	const uint8_t *query, const struct dns_msg *msg, uint16_t flags, bool nsid, uint8_t *out)
{
	static const uint8_t rr[] = {0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 10, 9, 'c', 'a', 't',
		'c', 'h', 'm', 'e', 'n', 't'};
	static const uint8_t opt[] = {
		0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 7, 0, 3, 0, 3, 'h', 'k', 'g'};
	size_t n = msg->question_end_bytes, opt_len = nsid ? sizeof(opt) : sizeof(opt) - 7;

	memcpy(out + 2, query, n);
	out[4] = (uint8_t)((DNS_QR | flags) >> 8);
	out[5] = (uint8_t)flags;
	out[9] = 1; /* one answer */
	memcpy(out + 2 + n, rr, sizeof(rr));
	n += sizeof(rr);
	memcpy(out + 2 + n, opt, opt_len);
	if (!nsid)
		out[2 + n + opt_len - 1] = 0;
	n += opt_len;
	out[0] = (uint8_t)(n >> 8);
	out[1] = (uint8_t)n;
	return n + 2;
}

static void
put(int fd, const uint8_t *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(fd, data + done, len - done, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static void
put_split(int fd, const uint8_t *data, size_t len)
{
	put(fd, data, 1);
	poll(NULL, 0, 5);
	put(fd, data + 1, len / 2);
	poll(NULL, 0, 5);
	put(fd, data + 1 + len / 2, len - 1 - len / 2);
}

/* Returns whether the connection is to be left open. */
static bool
respond(int fd, enum kind kind, const uint8_t *query, const struct dns_msg *msg)
{
	static const uint8_t junk[] = {0, 3, 1, 2, 3}, empty[] = {0, 0};
	static const struct linger at_once = {1, 0};
	static _Thread_local uint8_t out[2 + BIG];
	uint16_t flags = kind == SERVFAIL ? DNS_SERVFAIL : kind == TRUNCATED ? DNS_TC : 0;
	size_t len = make_answer(query, msg, flags, kind != NO_NSID, out);

	switch (kind) {
	case SILENCE:
		return true;
	case MID_SILENCE:
		put(fd, out, 20);
		return true;
	case CLOSES:
		return false;
	case MID_CLOSE:
		put(fd, out, len - 1);
		return false;
	case MID_RESET:
		put(fd, out, len - 1);
		poll(NULL, 0, 20); /* what was sent must arrive before the reset */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		return false;
	case JUNK:
		put(fd, junk, sizeof(junk));
		return true;
	case EMPTY:
		put(fd, empty, sizeof(empty));
		return true;
	case WRONG_ID:
		out[3] ^= 1;
		put(fd, out, len);
		out[3] ^= 1;
		break;
	case WRONG_NAME_ONLY:
		out[2 + DNS_HEADER_BYTES + 15]++; /* the last digit of the number */
		put(fd, out, len);
		return true;
	case OVERSIZE:
		memset(out + len, 0xa5, 2 + BIG - len);
		out[0] = out[1] = 0xff;
		len = 2 + BIG;
		break;
	case TRAILING:
		memset(out + len, 0xff, 100);
		len += 100;
		break;
	case SLOW:
		poll(NULL, 0, SLOW_MS);
		break;
	default:
		break;
	}
	if (kind == SPLIT)
		put_split(fd, out, len);
	else
		put(fd, out, len);
	return true;
}

static void
serve(int fd)
{
	uint8_t wire[600];
	struct dns_msg msg;
	unsigned int stream = 99, number = 0;
	size_t n = 0;

	while (n < 2 || n < 2 + (size_t)(wire[0] << 8 | wire[1])) {
		ssize_t got = recv(fd, wire + n, sizeof(wire) - n, 0);

		if (got <= 0) {
			close(fd);
			return;
		}
		n += (size_t)got;
	}
	server.queries++;
	if (n != 2 + (size_t)(wire[0] << 8 | wire[1]) || dns_read(wire + 2, n - 2, &msg) < 0 ||
		msg.nsid == NULL || (msg.flags & DNS_RD) != 0 ||
		sscanf(msg.qname, "s%5u-q%8u-", &stream, &number) != 2)
		server.foreign++;
	else if (respond(fd, number % KINDS, wire + 2, &msg) && server.held_len < HELD) {
		server.held[server.held_len++] = fd;
		return;
	}
	close(fd);
}

static void *
run_server(void *arg)
{
	int fd = *(int *)arg;

	while (!server.done) {
		struct pollfd pfd = {fd, POLLIN, 0};

		if (poll(&pfd, 1, 5) > 0) {
			int client = accept(fd, NULL, NULL);

			if (client >= 0)
				serve(client);
		}
	}
	return NULL;
}

static void
start_server(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	struct sockaddr_in6 at6 = {.sin6_family = AF_INET6,
		.sin6_port = htons(PORT),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int on = 1;

	memset(&server, 0, sizeof(server));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < 2; i++) {
		server.fd[i] = socket(i ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
		setsockopt(server.fd[i], SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		assert_int_equal(
			bind(server.fd[i], i ? (struct sockaddr *)&at6 : (struct sockaddr *)&at,
				i ? sizeof(at6) : sizeof(at)),
			0);
		assert_int_equal(listen(server.fd[i], 64), 0);
		assert_int_equal(
			pthread_create(&server.thread[i], NULL, run_server, &server.fd[i]), 0);
	}
}

static void
end_server(void)
{
	server.done = true;
	for (int i = 0; i < 2; i++) {
		pthread_join(server.thread[i], NULL);
		close(server.fd[i]);
	}
	for (int i = 0; i < server.held_len; i++)
		close(server.held[i]);
}

/* ---- the engine under test ---- */

static struct plan *
load(double rate_qps, int duration_ms, const char *streams)
{
	struct plan *p = NULL;
	struct err e = {0};
	char text[2048];
	int n = snprintf(text, sizeof(text),
		"{\"schema\": \"catchment.probe-plan/1\", \"seed\": 7, \"rate_qps\": %g, "
		"\"duration_ms\": %d, \"timeout_ms\": %d, \"zone\": \"probe.example.\", "
		"\"expect_txt\": \"catchment\", \"streams\": [%s]}",
		rate_qps, duration_ms, TIMEOUT_MS, streams);

	assert_int_equal(fs_write(plan_path, text, (size_t)n, NULL), 0);
	if (plan_load(plan_path, &p, &e) < 0)
		fail_msg("%s", e.text);
	return p;
}

#define V4                                                                                         \
	"{\"transport\": \"tcp\", \"source\": \"127.0.0.9\", \"target\": \"127.0.0.1\", "          \
	"\"port\": 5310, \"netns\": \"/proc/self/ns/net\"}"
#define V6 "{\"transport\": \"tcp\", \"source\": \"::1\", \"target\": \"::1\", \"port\": 5310}"
#define CLOSED                                                                                     \
	"{\"transport\": \"tcp\", \"source\": \"127.0.0.9\", \"target\": \"127.0.0.1\", "          \
	"\"port\": 5311}"
#define NOWHERE "{\"transport\": \"tcp\", \"source\": \"127.0.0.9\", \"target\": \"203.0.113.1\"}"

static enum answers_status
expected(unsigned int stream, unsigned int seq)
{
	static const enum answers_status by_kind[KINDS] = {[GOOD] = ANSWERS_GOOD,
		[SPLIT] = ANSWERS_GOOD,
		[SILENCE] = ANSWERS_UNANSWERED,
		[MID_SILENCE] = ANSWERS_UNANSWERED,
		[CLOSES] = ANSWERS_SHORT,
		[MID_CLOSE] = ANSWERS_SHORT,
		[MID_RESET] = ANSWERS_RESET,
		[WRONG_ID] = ANSWERS_GOOD,
		[WRONG_NAME_ONLY] = ANSWERS_UNANSWERED,
		[JUNK] = ANSWERS_DAMAGED,
		[EMPTY] = ANSWERS_DAMAGED,
		[OVERSIZE] = ANSWERS_GOOD,
		[TRAILING] = ANSWERS_GOOD,
		[SERVFAIL] = ANSWERS_WRONG_RCODE,
		[TRUNCATED] = ANSWERS_TRUNCATED,
		[NO_NSID] = ANSWERS_NO_NSID,
		[SLOW] = ANSWERS_GOOD};

	return stream == 2    ? ANSWERS_REFUSED
		: stream == 3 ? ANSWERS_SEND_FAILED
			      : by_kind[seq % KINDS];
}

/* The parts of an answered query's time stand in order. Returns whether the kernel stamped the answer. */
static bool
check_times(const struct answers_query *q)
{
	int64_t whole_ns = wall_diff_ns(q->received, q->sent);

	assert_int_equal(q->tcp.flags & ANSWERS_KERNEL_CONNECT, ANSWERS_KERNEL_CONNECT);
	assert_true(q->tcp.connect_ns > 0);
	assert_true(q->tcp.asked.ns >= q->sent.ns + q->tcp.connect_ns);
	assert_true(q->received.ns > q->tcp.asked.ns);
	if (q->seq % KINDS == SLOW) {
		assert_true(whole_ns >= SLOW_MS * NS_PER_MS);
		assert_true(q->tcp.connect_ns < SLOW_MS * NS_PER_MS);
	}
	return q->tcp.flags & ANSWERS_KERNEL_RECEIVED;
}

static void
check_records(const struct plan *p, unsigned int queries)
{
	unsigned int next[4] = {0}, strays[ANSWERS_STRAY_KINDS] = {0};
	unsigned int good = 0, stamped = 0;
	struct answers_record r;
	struct answers *a;
	struct err e;

	assert_int_equal(answers_open(p->answers_path, &a, &e), 0);
	while (answers_next(a, &r)) {
		const struct answers_query *q = &r.query;

		if (r.type == ANSWERS_STRAY) {
			strays[r.stray.kind]++;
			continue;
		}
		assert_int_equal(q->seq, next[q->stream]++);
		assert_true(q->over_tcp);
		if (q->status != expected(q->stream, q->seq))
			fail_msg("stream %u query %u (kind %u) is %s", q->stream, q->seq,
				q->seq % KINDS, answers_status_name(q->status));
		assert_int_equal(q->received.ns == 0,
			q->status == ANSWERS_UNANSWERED || q->status == ANSWERS_SEND_FAILED);
		assert_int_equal(q->tcp.connect_ns == 0, q->stream >= 2);
		if (q->status == ANSWERS_GOOD) {
			assert_string_equal(answers_nsid(a, q->nsid), "hkg");
			good++;
			stamped += check_times(q);
		}
	}
	assert_true(stamped > good / 2); /* the kernel begins a while after it was asked to */
	for (int i = 0; i < 4; i++)
		assert_int_equal(next[i], queries);
	assert_int_equal(strays[ANSWERS_MISMATCH], 2 * 2 * queries / KINDS); /* id and name */
	assert_int_equal(answers_damaged(a), 0);
	answers_free(a);
}

static void
every_outcome(void **state)
{
	enum { QUERIES = 2 * KINDS };
	const struct engine_stats *s;
	struct engine *en;
	struct plan *p;
	struct err e = {0};

	(void)state;
	need_lab();
	p = load(20, QUERIES * 50, V4 "," V6 "," CLOSED "," NOWHERE);
	start_server();
	assert_int_equal(engine_open(p, &en, &e), 0);
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	end_server();
	s = engine_stats(en);
	assert_int_equal(s->queries, 4 * QUERIES);
	assert_int_equal(s->lateness.count, 4 * QUERIES);
	assert_int_equal(s->send_errnos[ENETUNREACH], QUERIES);
	assert_int_equal(s->by_status[ANSWERS_REFUSED], QUERIES);
	assert_int_equal(s->rtt.count, 0); /* that is for UDP */
	assert_int_equal(s->lanes->len, 1);
	assert_int_equal(s->lanes->list[0].rtt.count, s->by_status[ANSWERS_GOOD]);
	assert_int_equal(s->lanes->list[0].connect.count, s->by_status[ANSWERS_GOOD]);
	check_records(p, QUERIES);
	assert_int_equal(server.foreign, 0);
	assert_int_equal(server.queries, 2 * QUERIES);
	engine_free(en);
	plan_free(p);
}

/* Beside UDP streams that are due all the time, TCP ones keep their rate, and each answer its stream. */
static void
beside_udp(void **state)
{
	unsigned int n[2] = {0};
	struct answers_record r;
	struct answers *a;
	struct engine *en;
	struct plan *p;
	struct err e = {0};

	(void)state;
	need_lab();
	p = load(1000, 500,
		"{\"source\": \"127.0.0.9\", \"target\": \"127.0.0.1\", \"port\": 5311},"
		"{\"transport\": \"tcp\", \"rate_qps\": 20, \"source\": \"127.0.0.9\", "
		"\"target\": \"127.0.0.1\", \"port\": 5311}");
	assert_int_equal(engine_open(p, &en, &e), 0);
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	assert_int_equal(engine_stats(en)->lanes->len, 2);
	assert_int_equal(answers_open(p->answers_path, &a, &e), 0);
	while (answers_next(a, &r)) {
		int64_t gap_ns = r.query.stream == 0 ? NS_PER_MS : 50 * NS_PER_MS;

		assert_int_equal(r.query.seq, n[r.query.stream]++);
		assert_int_equal(r.query.over_tcp, r.query.stream == 1);
		assert_int_equal(r.query.status,
			r.query.stream == 0 ? ANSWERS_UNREACHABLE : ANSWERS_REFUSED);
		assert_true(r.query.sent.ns >=
			answers_t0_wall(a).ns + r.query.seq * gap_ns - NS_PER_MS / 2);
	}
	assert_int_equal(n[0], 500);
	assert_int_equal(n[1], 10);
	answers_free(a);
	engine_free(en);
	plan_free(p);
}

static atomic_bool udp_done;

/* Every answer over UDP is truncated. */
static void *
run_truncating(void *arg)
{
	int fd = *(int *)arg;

	while (!udp_done) {
		struct pollfd pfd = {fd, POLLIN, 0};
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		uint8_t query[600], out[1000];
		struct dns_msg msg;
		ssize_t n = poll(&pfd, 1, 5) > 0
			? recvfrom(fd, query, sizeof(query), 0, (struct sockaddr *)&from, &len)
			: 0;

		if (n <= 0 || dns_read(query, (size_t)n, &msg) < 0)
			continue;
		n = (ssize_t)make_answer(query, &msg, DNS_TC, true, out) - 2;
		sendto(fd, out + 2, (size_t)n, 0, (struct sockaddr *)&from, len);
		sendto(fd, out + 2, (size_t)n, 0, (struct sockaddr *)&from, len); /* a copy */
	}
	return NULL;
}

/* A truncated answer is asked for again over TCP, once, and that decides; the name is of the large ones. */
static void
falls_back(void **state)
{
	enum { QUERIES = 2 * KINDS };
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	unsigned int next = 0;
	struct answers_record r;
	struct answers *a;
	struct engine *en;
	struct plan *p;
	struct err e = {0};
	pthread_t thread;
	int fd;

	(void)state;
	need_lab();
	p = load(20, QUERIES * 50,
		"{\"service\": \"large\", \"transport\": \"udp+tcp\", \"source\": "
		"\"127.0.0.9\", \"target\": \"127.0.0.1\", \"port\": 5310}");
	start_server();
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	udp_done = false;
	assert_int_equal(pthread_create(&thread, NULL, run_truncating, &fd), 0);
	assert_int_equal(engine_open(p, &en, &e), 0);
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	udp_done = true;
	pthread_join(thread, NULL);
	close(fd);
	end_server();
	assert_int_equal(server.queries, QUERIES); /* the copies were not asked for */
	assert_int_equal(server.foreign, 0);
	assert_int_equal(answers_open(p->answers_path, &a, &e), 0);
	while (answers_next(a, &r)) {
		if (r.type == ANSWERS_STRAY)
			continue;
		assert_int_equal(r.query.seq, next++);
		assert_false(r.query.over_tcp); /* it began over UDP */
		assert_true((r.query.flags & ANSWERS_FELL_BACK) != 0);
		if (r.query.status != expected(0, r.query.seq))
			fail_msg("query %u (kind %u) is %s", r.query.seq, r.query.seq % KINDS,
				answers_status_name(r.query.status));
	}
	assert_int_equal(next, QUERIES);
	answers_free(a);
	engine_free(en);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_outcome),
		cmocka_unit_test(beside_udp), cmocka_unit_test(falls_back)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
