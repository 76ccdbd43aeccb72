/* test_engine.c - the engine against a responder that misbehaves by plan: each outcome counted exactly. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

enum { PORT = 5300, CLOSED_PORT = 5301, QUERIES = 120, TIMEOUT_MS = 1000, LATE_BEFORE = 60 };

/* What the responder does with a query, by its number modulo KINDS. */
enum kind {
	GOOD,
	SERVFAIL,
	WRONG_DATA,
	SILENCE,
	TWICE,
	NO_NSID,
	TRUNCATED,
	LATE,
	WRONG_SOURCE,
	WRONG_ID,
	JUNK,
	WRONG_NAME,
	KINDS
};

struct held {
	uint8_t wire[600];
	size_t len;
	struct sockaddr_in to;
	struct mono when;
};

struct responder {
	pthread_t thread;
	int fd, other_fd;
	atomic_bool done;
	bool silent;
	unsigned int stop_after; /* queries, then comes SIGTERM; 0: never */
	bool insist;		 /* again and again */
	unsigned int seen;
	unsigned int asked[QUERIES]; /* how often each number came */
	uint16_t ids[QUERIES];
	struct held held[QUERIES];
	size_t held_len;
	bool foreign; /* a name that should not have been asked */
};

static char dir[] = "/tmp/test_engine.XXXXXX";
static char plan_path[64];
static int stop_fd;
static struct responder responder;

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

/* ---- the responder ---- */

static int
open_udp(const char *address, uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, address, &at.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* Turn the query into an answer: one TXT record and the OPT with or without NSID. */
static size_t
make_answer(const uint8_t *query, size_t question_end, const char *txt, const char *nsid,
	uint16_t flags, uint8_t *out)
{
	size_t n = question_end, txt_len = strlen(txt), nsid_len = strlen(nsid);
	const uint8_t rr[] = {
		0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, (uint8_t)(txt_len + 1), (uint8_t)txt_len};
	const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, (uint8_t)(nsid_len + 4), 0, 3, 0,
		(uint8_t)nsid_len};

	memcpy(out, query, n);
	out[2] = (uint8_t)((DNS_QR | flags) >> 8);
	out[3] = (uint8_t)flags;
	out[7] = 1; /* one answer */
	memcpy(out + n, rr, sizeof(rr));
	memcpy(out + n + sizeof(rr), txt, txt_len);
	n += sizeof(rr) + txt_len;
	memcpy(out + n, opt, sizeof(opt));
	memcpy(out + n + sizeof(opt), nsid, nsid_len);
	n += sizeof(opt) + nsid_len;
	if (nsid_len == 0) { /* leave the option out */
		n -= 4;
		out[n - 1] = 0;
	}
	return n;
}

static void
reply(int fd, const void *wire, size_t len, const struct sockaddr_in *to)
{
	sendto(fd, wire, len, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void
respond(struct responder *r, enum kind kind, const uint8_t *query, size_t question_end,
	const struct sockaddr_in *to)
{
	struct held *h;
	uint8_t out[600];
	uint16_t flags = kind == SERVFAIL ? DNS_SERVFAIL : kind == TRUNCATED ? DNS_TC : 0;
	size_t len = make_answer(query, question_end, kind == WRONG_DATA ? "stale" : "catchment",
		kind == NO_NSID ? "" : "hkg", flags, out);

	switch (kind) {
	case SILENCE:
		return;
	case LATE:
		h = &r->held[r->held_len++];
		memcpy(h->wire, out, len);
		h->len = len;
		h->to = *to;
		h->when = mono_add(mono_now(), (TIMEOUT_MS + 50) * NS_PER_MS);
		return;
	case WRONG_SOURCE:
		reply(r->other_fd, out, len, to);
		return;
	case WRONG_ID:
		out[1] ^= 1;
		break;
	case JUNK:
		len = 3;
		break;
	case WRONG_NAME:
		out[DNS_HEADER_BYTES + 15]++; /* the last digit of the number */
		break;
	case TWICE:
		reply(r->fd, out, len, to);
		break;
	default:
		break;
	}
	reply(r->fd, out, len, to);
}

static void
take_query(struct responder *r)
{
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	uint8_t wire[600];
	struct dns_msg msg;
	unsigned int stream = 99, number = QUERIES;
	ssize_t n = recvfrom(
		r->fd, wire, sizeof(wire), MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);
	enum kind kind;

	if (n < 0)
		return;
	r->seen++;
	if (dns_read(wire, (size_t)n, &msg) < 0 || msg.qtype != DNS_TYPE_TXT || msg.nsid == NULL ||
		sscanf(msg.qname, "s%5u-q%8u-", &stream, &number) != 2 || stream != 0 ||
		strcmp(msg.qname + 25, ".probe.example.") != 0) {
		r->foreign = true;
		return;
	}
	if (number < QUERIES) {
		r->asked[number]++;
		r->ids[number] = msg.id;
	}
	if (r->silent)
		return;
	kind = number % KINDS;
	respond(r, kind == LATE && number >= LATE_BEFORE ? GOOD : kind, wire,
		msg.question_end_bytes, &from);
}

static void
stop_us(struct responder *r)
{
	kill(getpid(), SIGTERM);
	if (!r->insist)
		r->stop_after = 0;
}

static void *
run_responder(void *arg)
{
	struct responder *r = arg;
	size_t next_held = 0;

	while (!r->done) {
		struct pollfd pfd = {r->fd, POLLIN, 0};

		if (poll(&pfd, 1, 5) > 0)
			take_query(r);
		for (; next_held < r->held_len && mono_left_ms(r->held[next_held].when) == 0;
			next_held++)
			reply(r->fd, r->held[next_held].wire, r->held[next_held].len,
				&r->held[next_held].to);
		if (r->stop_after > 0 && r->seen >= r->stop_after)
			stop_us(r);
	}
	return NULL;
}

static struct responder *
start_responder(bool silent, unsigned int stop_after, bool insist)
{
	struct responder *r = &responder;

	memset(r, 0, sizeof(*r));
	r->silent = silent;
	r->stop_after = stop_after;
	r->insist = insist;
	r->fd = open_udp("127.0.0.1", PORT);
	r->other_fd = open_udp("127.0.0.2", PORT);
	assert_int_equal(pthread_create(&r->thread, NULL, run_responder, r), 0);
	return r;
}

static void
end_responder(struct responder *r)
{
	r->done = true;
	pthread_join(r->thread, NULL);
	close(r->fd);
	close(r->other_fd);
	stopfd_asked(stop_fd); /* what came too late for the engine is not for the next test */
}

/* ---- the engine under test ---- */

static struct plan *
load(double rate_qps, int duration_ms, int timeout_ms, const char *streams)
{
	struct plan *p = NULL;
	struct err e = {0};
	char text[2048];
	int n = snprintf(text, sizeof(text),
		"{\"schema\": \"catchment.probe-plan/1\", \"seed\": 7, \"rate_qps\": %g, "
		"\"duration_ms\": %d, \"timeout_ms\": %d, \"zone\": \"probe.example.\", "
		"\"expect_txt\": \"catchment\", \"streams\": [%s]}",
		rate_qps, duration_ms, timeout_ms, streams);

	assert_int_equal(fs_write(plan_path, text, (size_t)n, NULL), 0);
	if (plan_load(plan_path, &p, &e) < 0)
		fail_msg("%s", e.text);
	return p;
}

static struct engine *
open_engine(const struct plan *p)
{
	struct engine *en = NULL;
	struct err e = {0};

	if (engine_open(p, &en, &e) < 0)
		fail_msg("%s", e.text);
	return en;
}

#define TO_RESPONDER                                                                               \
	"{\"id\": 0, \"source\": \"127.0.0.9\", \"target\": \"127.0.0.1\", \"port\": 5300}"
#define TO_CLOSED                                                                                  \
	"{\"id\": 1, \"source\": \"127.0.0.9\", \"target\": \"127.0.0.1\", \"port\": 5301, "       \
	"\"netns\": \"/proc/self/ns/net\"}"
#define TO_NOWHERE   "{\"id\": 2, \"source\": \"127.0.0.9\", \"target\": \"203.0.113.1\"}"
#define TO_CLOSED_V6 "{\"id\": 3, \"source\": \"::1\", \"target\": \"::1\", \"port\": 5301}"

static enum answers_status
expected(unsigned int stream, unsigned int seq)
{
	static const enum answers_status by_kind[KINDS] = {[GOOD] = ANSWERS_GOOD,
		[SERVFAIL] = ANSWERS_WRONG_RCODE,
		[WRONG_DATA] = ANSWERS_WRONG_DATA,
		[SILENCE] = ANSWERS_UNANSWERED,
		[TWICE] = ANSWERS_GOOD,
		[NO_NSID] = ANSWERS_NO_NSID,
		[TRUNCATED] = ANSWERS_TRUNCATED,
		[LATE] = ANSWERS_UNANSWERED,
		[WRONG_SOURCE] = ANSWERS_UNANSWERED,
		[WRONG_ID] = ANSWERS_UNANSWERED,
		[JUNK] = ANSWERS_UNANSWERED,
		[WRONG_NAME] = ANSWERS_UNANSWERED};

	if (stream == 0)
		return seq % KINDS == LATE && seq >= LATE_BEFORE ? ANSWERS_GOOD
								 : by_kind[seq % KINDS];
	return stream == 2 ? ANSWERS_SEND_FAILED : ANSWERS_UNREACHABLE;
}

/* Every query once, in order, at its time or after, with the status that the responder meant. */
static void
check_records(const struct plan *p)
{
	unsigned int next[4] = {0}, strays[ANSWERS_STRAY_KINDS] = {0};
	struct answers_record r;
	struct answers *a;
	struct err e;

	assert_int_equal(answers_open(p->answers_path, &a, &e), 0);
	assert_int_equal(answers_streams(a), 4);
	while (answers_next(a, &r)) {
		const struct answers_query *q = &r.query;
		int64_t due_ns;

		if (r.type == ANSWERS_STRAY) {
			assert_int_equal(r.stray.stream, 0);
			strays[r.stray.kind]++;
			continue;
		}
		assert_int_equal(q->seq, next[q->stream]++);
		if (q->status != expected(q->stream, q->seq))
			fail_msg("stream %u query %u is %s", q->stream, q->seq,
				answers_status_name(q->status));
		due_ns = answers_t0_wall(a).ns + (int64_t)(q->seq * 4 + q->stream) * 5 * NS_PER_MS;
		assert_true(q->sent.ns >= due_ns - NS_PER_MS);
		if (q->received.ns != 0)
			assert_true(q->received.ns >= q->sent.ns);
		assert_int_equal(q->received.ns == 0,
			q->status == ANSWERS_UNANSWERED || q->status == ANSWERS_SEND_FAILED);
		assert_int_equal((q->flags & ANSWERS_HAS_DUPLICATE) != 0,
			q->stream == 0 && q->seq % KINDS == TWICE);
		if (q->status == ANSWERS_GOOD)
			assert_string_equal(answers_nsid(a, q->nsid), "hkg");
		if (q->status == ANSWERS_WRONG_RCODE)
			assert_int_equal(q->rcode, DNS_SERVFAIL);
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(next[i], QUERIES);
	assert_int_equal(strays[ANSWERS_LATE], LATE_BEFORE / KINDS);
	assert_int_equal(strays[ANSWERS_DUPLICATE], QUERIES / KINDS);
	assert_int_equal(strays[ANSWERS_WRONG_SOURCE], QUERIES / KINDS);
	assert_int_equal(strays[ANSWERS_MISMATCH], 2 * QUERIES / KINDS); /* id, name */
	assert_int_equal(strays[ANSWERS_MALFORMED], QUERIES / KINDS);
	assert_int_equal(answers_damaged(a), 0);
	answers_free(a);
}

static int
by_value(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void
every_outcome(void **state)
{
	const struct engine_stats *s;
	struct responder *r;
	struct engine *en;
	struct plan *p;
	struct err e = {0};
	size_t same = 0;

	(void)state;
	need_lab();
	p = load(50, QUERIES * 20, TIMEOUT_MS,
		TO_RESPONDER "," TO_CLOSED "," TO_NOWHERE "," TO_CLOSED_V6);
	r = start_responder(false, 0, false);
	en = open_engine(p);
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	end_responder(r);
	s = engine_stats(en);
	assert_int_equal(s->queries, 4 * QUERIES);
	assert_int_equal(s->lateness.count, 4 * QUERIES);
	assert_int_equal(s->send_errnos[ENETUNREACH], QUERIES);
	assert_int_equal(s->duplicated, QUERIES / KINDS);
	assert_int_equal(s->icmp_unmatched + s->icmp_other + s->receive_dropped + s->forced, 0);
	assert_false(s->told_to_stop);
	check_records(p);
	assert_false(r->foreign);
	for (int i = 0; i < QUERIES; i++)
		assert_int_equal(r->asked[i], 1);
	qsort(r->ids, QUERIES, sizeof(r->ids[0]), by_value);
	for (int i = 1; i < QUERIES; i++)
		same += r->ids[i] == r->ids[i - 1];
	assert_true(same < 5); /* random ids of 16 bits; the seed is fixed, so this is not luck */
	engine_free(en);
	plan_free(p);
}

/*
 * The engine is held up until all queries are overdue: each is still sent, its lateness recorded.
 * In such a burst an ICMP error comes before the next query leaves, and must not stop that.
 */
static void
catches_up_openly(void **state)
{
	unsigned int n = 0;
	struct answers_record r;
	struct answers *a;
	struct engine *en;
	struct plan *p;
	struct err e = {0};
	struct mono all_due;

	(void)state;
	need_lab();
	p = load(640, 100, 1000,
		"{\"source\": \"127.0.0.9\", \"target\": \"127.0.0.1\", \"port\": 5301}");
	en = open_engine(p);
	all_due = mono_add(mono_now(), 150 * NS_PER_MS); /* t0 comes within 50 ms */
	while (mono_left_ms(all_due) > 0)
		poll(NULL, 0, mono_left_ms(all_due));
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	assert_int_equal(engine_stats(en)->queries, 64);
	assert_int_equal(engine_stats(en)->by_status[ANSWERS_UNREACHABLE], 64);
	assert_int_equal(answers_open(p->answers_path, &a, &e), 0);
	while (answers_next(a, &r)) {
		int64_t due_ns = answers_t0_wall(a).ns + n * (1000 * NS_PER_MS / 640);

		assert_int_equal(r.query.seq, n++);
		assert_true(r.query.sent.ns >= due_ns + 20 * NS_PER_MS);
		assert_true(r.query.lateness_ns >= 20 * NS_PER_MS);
	}
	assert_int_equal(n, 64);
	answers_free(a);
	engine_free(en);
	plan_free(p);
}

/* Told to stop: no more is sent, what is under way is waited for. */
static void
stops_when_told(void **state)
{
	const struct engine_stats *s;
	struct responder *r;
	struct engine *en;
	struct plan *p;
	struct err e = {0};

	(void)state;
	need_lab();
	p = load(200, 0, 200, TO_RESPONDER);
	r = start_responder(true, 20, false);
	en = open_engine(p);
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	end_responder(r);
	s = engine_stats(en);
	assert_true(s->told_to_stop);
	assert_true(s->queries >= 20);
	assert_int_equal(s->by_status[ANSWERS_UNANSWERED], s->queries);
	engine_free(en);
	plan_free(p);
}

static void
second_stop_leaves_pending(void **state)
{
	struct mono before = mono_now();
	struct responder *r;
	struct engine *en;
	struct plan *p;
	struct err e = {0};

	(void)state;
	need_lab();
	p = load(100, 0, 60000, TO_RESPONDER);
	r = start_responder(true, 5, true);
	en = open_engine(p);
	assert_int_equal(engine_run(en, stop_fd, &e), 0);
	end_responder(r);
	assert_true(engine_stats(en)->by_status[ANSWERS_PENDING] >= 5);
	assert_true(mono_diff_ns(mono_now(), before) < 60 * NS_PER_S);
	engine_free(en);
	plan_free(p);
}

static void
full_disk_ends_it(void **state)
{
	struct rlimit was, small;
	struct responder *r;
	struct answers_record rec;
	struct answers *a;
	struct engine *en;
	struct plan *p;
	struct err e = {0};
	unsigned int n = 0;

	(void)state;
	need_lab();
	p = load(500, 600000, 50, TO_RESPONDER);
	r = start_responder(false, 0, false);
	en = open_engine(p);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 3000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(engine_run(en, stop_fd, &e), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	end_responder(r);
	assert_non_null(strstr(e.text, "answers: cannot write: File too large"));
	assert_int_equal(answers_open(p->answers_path, &a, &e), 0);
	while (answers_next(a, &rec))
		n++;
	assert_in_range(n, 60, 3000 / 32);
	assert_int_equal(answers_cut_bytes(a), 0);
	answers_free(a);
	engine_free(en);
	plan_free(p);
}

static void
open_says_what_and_where(void **state)
{
	struct engine *en = NULL;
	struct plan *p;
	struct err e = {0};

	(void)state;
	need_lab();
	p = load(1, 1, 50,
		TO_RESPONDER ",{\"node\": \"acc-hkg\", \"source\": \"127.0.0.9\", "
			     "\"target\": \"127.0.0.1\", \"netns\": \"/proc/1/nope\"}");
	assert_int_equal(engine_open(p, &en, &e), -ENOENT);
	assert_string_equal(e.text,
		"stream 1 (acc-hkg): cannot enter network namespace /proc/1/nope: No such file or "
		"directory");
	assert_null(en);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_outcome),
		cmocka_unit_test(catches_up_openly), cmocka_unit_test(stops_when_told),
		cmocka_unit_test(second_stop_leaves_pending), cmocka_unit_test(full_disk_ends_it),
		cmocka_unit_test(open_says_what_and_where)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
