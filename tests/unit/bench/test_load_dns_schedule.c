/* test_load_dns_schedule.c - schedules, the search for the knee and the table of what is under way: no clock, no socket. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/load/dns_ramp.h"
#include "bench/load/dns_schedule.h"
#include "bench/load/dns_stats.h"
#include "bench/load/dns_track.h"
#include "lib/mono.h"

enum { MANY = 4096 };

/* All queries of one thread. Returns how many. */
static size_t
walk(const struct schedule *s, unsigned int thread, unsigned int threads, uint64_t *numbers,
	int64_t *due_ns)
{
	struct schedule_walk w;
	size_t n = 0;

	schedule_begin(&w, s, thread, threads);
	while (n < MANY && schedule_next(&w, &numbers[n], &due_ns[n]))
		n++;
	return n;
}

static uint64_t numbers[MANY];
static int64_t due_ns[MANY];

static void
test_constant(void **state)
{
	struct schedule s = {.steps = {{1000, NS_PER_S}}, .steps_len = 1};

	(void)state;
	assert_int_equal(walk(&s, 0, 1, numbers, due_ns), 1000);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(numbers[i], i);
		assert_int_equal(due_ns[i], i * NS_PER_MS);
	}
	assert_int_equal(schedule_queries(&s), 1000);
	assert_int_equal(schedule_length_ns(&s), NS_PER_S);
}

/* The millionth gap of a rate that is no whole number of nanoseconds is where it belongs. */
static void
test_no_drift(void **state)
{
	struct schedule s = {.steps = {{30000, 100 * NS_PER_S}}, .steps_len = 1};
	struct schedule_walk w;
	uint64_t number = 0, n = 0;
	int64_t due = 0;

	(void)state;
	schedule_begin(&w, &s, 0, 1);
	while (schedule_next(&w, &number, &due))
		n++;
	assert_int_equal(n, 3000000);
	assert_true(llabs(due - 2999999 * NS_PER_S / 30000) <= 1);
}

/* Three threads send together what one sends alone, at the same instants. */
static void
test_threads(void **state)
{
	struct schedule s = {.steps = {{700, NS_PER_S}, {1234.5, NS_PER_S / 2}}, .steps_len = 2};
	size_t alone = walk(&s, 0, 1, numbers, due_ns), together = 0;
	static uint64_t some_numbers[MANY];
	static int64_t some_due_ns[MANY];

	(void)state;
	assert_int_equal(alone, 700 + 618);
	for (unsigned int t = 0; t < 3; t++) {
		size_t n = walk(&s, t, 3, some_numbers, some_due_ns);

		for (size_t i = 0; i < n; i++) {
			assert_int_equal(some_numbers[i], i * 3 + t);
			assert_int_equal(some_due_ns[i], due_ns[some_numbers[i]]);
		}
		together += n;
	}
	assert_int_equal(together, alone);
}

static void
test_steps(void **state)
{
	struct schedule s = {0};
	struct err e;
	size_t n;

	(void)state;
	assert_int_equal(schedule_read_steps("100:1s,1k:500ms,10:1s", &s, &e), 0);
	assert_int_equal(s.steps_len, 3);
	n = walk(&s, 0, 1, numbers, due_ns);
	assert_int_equal(n, 100 + 500 + 10);
	assert_int_equal(due_ns[99], 990 * NS_PER_MS);
	assert_int_equal(due_ns[100], NS_PER_S);
	assert_int_equal(due_ns[101], NS_PER_S + NS_PER_MS);
	assert_int_equal(due_ns[600], NS_PER_S + NS_PER_S / 2);
	s.count = 150;
	assert_int_equal(walk(&s, 0, 1, numbers, due_ns), 150);
	assert_int_equal(schedule_queries(&s), 150);
}

static void
test_bad_steps(void **state)
{
	static const char *const bad[] = {
		"", "100", "100:", ":1s", "100:1s,", "0:1s", "1:0", "100:1s;5:1s", "x:1s", "-1:1s"};
	struct schedule s;
	struct err e;
	char many[1024] = "1:1s";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(schedule_read_steps(bad[i], &s, &e), -EINVAL);
	for (int i = 0; i < SCHEDULE_STEPS_MAX; i++)
		strcat(many, ",1:1s");
	assert_int_equal(schedule_read_steps(many, &s, &e), -EINVAL);
}

static void
test_poisson(void **state)
{
	struct schedule s = {
		.kind = SCHEDULE_POISSON, .steps = {{2000, NS_PER_S}}, .steps_len = 1, .seed = 7};
	static int64_t again_ns[MANY];
	double sum = 0, squares = 0, gap;
	size_t n = walk(&s, 0, 1, numbers, due_ns);

	(void)state;
	assert_int_equal(
		walk(&s, 0, 1, numbers, again_ns), n); /* the same seed, the same schedule */
	assert_memory_equal(due_ns, again_ns, n * sizeof(due_ns[0]));
	assert_in_range(n, 1800, 2200);
	for (size_t i = 1; i < n; i++) {
		assert_true(due_ns[i] >= due_ns[i - 1]);
		gap = (double)(due_ns[i] - due_ns[i - 1]);
		sum += gap;
		squares += gap * gap;
	}
	gap = sum / (double)(n - 1);
	/* of an exponential distribution the standard deviation is the mean */
	assert_true(fabs(sqrt(squares / (double)(n - 1) - gap * gap) / gap - 1) < 0.1);
	s.seed = 8;
	assert_true(walk(&s, 0, 1, numbers, again_ns) != n ||
		memcmp(due_ns, again_ns, n * sizeof(due_ns[0])) != 0);
}

static void
test_replay(void **state)
{
	struct query_form form = {0};
	struct queries *q;
	struct err e;
	struct schedule s = {.kind = SCHEDULE_REPLAY, .speed = 2};

	(void)state;
	assert_int_equal(queries_from_name("a.example", 1, &form, &q, &e), 0);
	s.queries = q;
	assert_int_equal(walk(&s, 0, 1, numbers, due_ns), 1);
	assert_int_equal(schedule_queries(&s), 1);
	queries_free(q);
}

/* ---- what is under way ---- */

static void
test_track(void **state)
{
	struct track_query closed;
	struct track t;

	(void)state;
	assert_int_equal(track_init(&t, 65534), 0);
	for (int i = 0; i < TRACK_IDS; i++) {
		int id = track_claim(&t, (uint64_t)i);

		assert_int_equal(id, (65534 + i) % TRACK_IDS);
		t.queries[id].sent_ns = i;
	}
	assert_int_equal(t.open, TRACK_IDS);
	assert_int_equal(track_claim(&t, 1), -1);
	assert_true(track_is(&t.queries[65534], 0));
	assert_false(track_is(&t.queries[65535], 0));
	track_close(&t, &t.queries[65535], TRACK_ANSWERED);
	assert_int_equal(track_expire(&t, 3, &closed), 1);
	assert_int_equal(closed.sent_ns, 0);
	assert_int_equal(track_expire(&t, 3, &closed), 1);
	assert_int_equal(closed.sent_ns, 2); /* the one between was answered */
	assert_int_equal(track_expire(&t, 3, &closed), 0);
	assert_int_equal(t.open, TRACK_IDS - 3);
	assert_int_equal(track_state(&t.queries[65534]), TRACK_EXPIRED);
	assert_int_equal(track_state(&t.queries[65535]), TRACK_ANSWERED);
	track_done(&t);
}

/* One query that waits for ever does not stop the others. */
static void
test_track_round(void **state)
{
	struct track_query closed;
	struct track t;

	(void)state;
	assert_int_equal(track_init(&t, 0), 0);
	assert_int_equal(track_claim(&t, 9), 0);
	t.queries[0].sent_ns = 1;
	for (int i = 1; i < 3 * TRACK_IDS; i++) {
		int id = track_claim(&t, 5);

		assert_true(id > 0);
		t.queries[id].sent_ns = 100;
		track_close(&t, &t.queries[id], TRACK_ANSWERED);
	}
	assert_int_equal(track_state(&t.queries[0]), TRACK_OPEN);
	assert_int_equal(track_expire(&t, 50, &closed), 1);
	assert_int_equal(closed.sent_ns, 1);
	assert_int_equal(t.open, 0);
	track_done(&t);
}

/* ---- the knee ---- */

/* A service that loses when more than `limit_qps` come. */
static struct ramp_try
serve(double rate_qps, double limit_qps)
{
	return (struct ramp_try){.rate_qps = rate_qps,
		.sent_qps = rate_qps,
		.loss_ratio = rate_qps > limit_qps ? 0.2 : 0,
		.p99_ns = NS_PER_MS};
}

static struct ramp
search(double from_qps, double to_qps, double limit_qps)
{
	struct ramp r = {.from_qps = from_qps,
		.to_qps = to_qps,
		.within_ratio = 0.05,
		.loss_max_ratio = 0.001,
		.p99_max_ns = 10 * NS_PER_MS};
	double rate_qps;

	while ((rate_qps = ramp_next(&r)) > 0)
		ramp_note(&r, serve(rate_qps, limit_qps));
	return r;
}

static void
test_knee(void **state)
{
	struct ramp r = search(1000, 1000000, 77000);

	(void)state;
	assert_true(r.held_qps <= 77000 && r.held_qps * 1.05 >= 77000);
	assert_string_equal(ramp_outcome(&r), "the knee");
	r = search(1000, 50000, 77000);
	assert_true(r.held_qps == 50000);
	assert_string_equal(ramp_outcome(&r), "the highest rate asked for held");
	r = search(1000, 50000, 300); /* below where it began */
	assert_true(r.held_qps <= 300 && r.held_qps * 1.05 >= 300);
	r = search(1000, 50000, 0);
	assert_string_equal(ramp_outcome(&r), "no rate held");
	r.tries_len = 0;
	assert_string_equal(ramp_outcome(&r), "ended before a rate was tried");
}

/* One failure at a rate that holds else is not believed. */
static void
test_knee_hiccup(void **state)
{
	struct ramp r = {.from_qps = 1000,
		.to_qps = 64000,
		.within_ratio = 0.05,
		.loss_max_ratio = 0.001,
		.p99_max_ns = 10};
	double rate_qps;
	int n = 0;

	(void)state;
	while ((rate_qps = ramp_next(&r)) > 0) {
		struct ramp_try t = {.rate_qps = rate_qps, .p99_ns = n == 2 ? 11 : 1};

		t.why = n == 4 ? RAMP_GENERATOR : RAMP_HELD;
		ramp_note(&r, t);
		n++;
	}
	assert_true(r.held_qps == 64000);
	assert_int_equal(r.tries[2].why, RAMP_SLOW);
	assert_int_equal(r.tries[4].why, RAMP_GENERATOR);
	assert_int_equal(n, 9); /* 1, 2, 4, 4, 8, 8, 16, 32, 64 thousand */
}

static void
test_generator_limit(void **state)
{
	struct ramp r = {.from_qps = 1000,
		.to_qps = 64000,
		.within_ratio = 0.05,
		.loss_max_ratio = 0.001,
		.p99_max_ns = 10};
	double rate_qps;

	(void)state;
	while ((rate_qps = ramp_next(&r)) > 0)
		ramp_note(&r,
			(struct ramp_try){.rate_qps = rate_qps,
				.why = rate_qps > 9000 ? RAMP_GENERATOR : RAMP_HELD});
	assert_true(r.held_qps <= 9000 && r.held_qps * 1.05 >= 9000);
	assert_string_equal(ramp_outcome(&r), "the generator's limit, not the service's");
}

/* ---- counts ---- */

static void
test_merge(void **state)
{
	static struct dns_stats a, b;

	(void)state;
	a = (struct dns_stats){
		.sent = 3, .answered = 2, .timed_out = 1, .first_sent_ns = 50, .last_sent_ns = 60};
	b = (struct dns_stats){.sent = 4,
		.answered = 1,
		.unreachable = 3,
		.first_sent_ns = 40,
		.last_sent_ns = 55};
	dns_stats_add_errno(&a, ENOBUFS);
	dns_stats_add_errno(&b, EPERM);
	dns_stats_add_errno(&b, ENOBUFS);
	hist_add(&a.latency, 10);
	hist_add(&b.latency, 30);
	dns_stats_merge(&a, &b);
	assert_int_equal(a.sent, 7);
	assert_int_equal(dns_stats_lost(&a), 4);
	assert_int_equal(a.first_sent_ns, 40);
	assert_int_equal(a.last_sent_ns, 60);
	assert_int_equal(a.send_errnos[0].code, ENOBUFS);
	assert_int_equal(a.send_errnos[0].count, 2);
	assert_int_equal(a.send_errnos[1].code, EPERM);
	assert_int_equal(a.latency.count, 2);
	assert_int_equal(a.latency.max_ns, 30);
	for (int code = 200; code < 200 + 2 * DNS_ERRNOS; code++)
		dns_stats_add_errno(&a, code);
	assert_int_equal(a.send_errnos[DNS_ERRNOS - 1].count, 2 * DNS_ERRNOS - (DNS_ERRNOS - 3));
}

static void
test_tick_deviation(void **state)
{
	uint16_t *ticks = calloc(DNS_TICKS, sizeof(*ticks));
	struct dns_stats *s = calloc(1, sizeof(*s));

	(void)state;
	s->ticks = ticks;
	for (int i = 0; i < 100; i++)
		ticks[i] = i % 2 == 0 ? 4 : 6;
	assert_true(fabs(dns_stats_tick_deviation(s, 0, 100) - sqrt(100.0 / 99)) < 1e-9);
	assert_true(isnan(dns_stats_tick_deviation(s, 5, 6)));
	free(s);
	free(ticks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constant),
		cmocka_unit_test(test_no_drift),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_bad_steps),
		cmocka_unit_test(test_poisson),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_track),
		cmocka_unit_test(test_track_round),
		cmocka_unit_test(test_knee),
		cmocka_unit_test(test_knee_hiccup),
		cmocka_unit_test(test_generator_limit),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_tick_deviation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
