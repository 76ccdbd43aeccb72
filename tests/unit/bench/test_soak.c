/* test_soak.c - rounds of withdraw and announce from made-up logs: a good soak, a stuck round, a drift, a lost session. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/analyze/soak.h"
#include "bench/analyze/soak_metrics.h"
#include "bench/analyze/verdicts.h"
#include "tests/unit/bench/made_log.h"

enum { HKG, ACC, NODES };
enum { HKG_RS1, HKG_A, ACC_IXP, POINTS };
enum { EVERY_MS = 800 };

/* What goes wrong in a made-up soak; rounds count from 1, 0: never. */
struct wrong {
	int rounds;
	int keeps_old;	  /* acc does not follow that round's withdraw */
	int stays_away;	  /* from that round on acc does not come back (damped) */
	int untold;	  /* that round's announce does not go to a */
	int session_ends; /* a's session ends in that round */
	double slower_ms; /* each round takes that much longer */
};

static int
make(void **state)
{
	static const struct made_plan plan = {.node = {"hkg", "acc"},
		.nodes = NODES,
		.points = POINTS,
		.ends = {{HKG, -1}, {HKG, -1}, {ACC, -1}},
		.sessions = 2};
	struct made *m = made_new(&plan);

	if (m == NULL)
		return -1;
	m->run.fault_node = "hkg";
	m->run.trial = &m->trial;
	m->run.trials = 1;
	m->trial.stream = &m->stream;
	m->trial.streams = 1;
	m->stream = (struct stream){.query = m->query, .family = V4};
	for (int i = 0; i < 2; i++)
		m->session[i] = (struct bgplog_session){.family = 4};
	*state = m;
	return 0;
}

static int
unmake(void **state)
{
	struct made *m = *state;

	soak_free(m->trial.soak);
	return made_free(m);
}

static struct bgplog_entry *
add(struct made *m, double at_ms, int session, enum bgplog_what what)
{
	struct bgplog_entry *x = &m->entry[m->log.entries++];

	assert_true(m->log.entries <= MOST);
	*x = (struct bgplog_entry){.at_ns = FAULT_NS + (int64_t)(at_ms * MS),
		.point = session,
		.peer = -1,
		.session = session,
		.way = BGPLOG_SENT,
		.what = what,
		.twin = -1};
	return x;
}

static void
update(struct made *m, double at_ms, int session, enum bgplog_how how)
{
	struct bgplog_entry *x = add(m, at_ms, session, BGPLOG_UPDATE);

	x->change = (uint32_t)m->log.changes;
	x->changes = 1;
	m->change[m->log.changes++] = (struct bgplog_change){m->run.prefix[0], how};
}

/* acc goes to the site at .10, or without it by the carrier at .9. */
static void
route(FILE *f, const char *op, double at_ms, int gateway)
{
	fprintf(f,
		"{\"at\":%lld,\"node\":\"acc\",\"op\":\"%s\",\"dst\":\"203.0.113.0/"
		"24\",\"metric\":32,"
		"\"type\":\"unicast\",\"proto\":12,\"via\":[{\"gw\":\"198.51.100.%d\",\"if\":"
		"\"ixp\"}]}\n",
		FAULT_NS + (long long)(at_ms * MS), op, gateway);
}

static void
play(struct made *m, const struct wrong *w)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/trial-001/routes.jsonl", m->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "{\"schema\":\"catchment.routes/1\"}\n");
	route(f, "have", -5000, 10);
	update(m, -3000, 0, BGPLOG_NLRI); /* said again before the first round: nothing */
	for (int i = 1; i <= w->rounds; i++) {
		double at = (i - 1) * EVERY_MS, slow = 17 + (i % 5) * 0.5 + w->slower_ms * i;

		update(m, at, 0, BGPLOG_WITHDRAWN);
		update(m, at + 1, 1, BGPLOG_WITHDRAWN);
		if (i != w->keeps_old && (w->stays_away == 0 || i <= w->stays_away))
			route(f, "set", at + slow, 9);
		update(m, at + 400, 0, BGPLOG_NLRI);
		if (i != w->untold)
			update(m, at + 401, 1, BGPLOG_NLRI);
		if (w->stays_away == 0 || i < w->stays_away)
			route(f, "set", at + 400 + slow / 2, 10);
		if (i == w->session_ends) {
			add(m, at + 500, 1, BGPLOG_NOTIFICATION);
			add(m, at + 501, 1, BGPLOG_FIN);
		}
	}
	assert_int_equal(fclose(f), 0);
	m->trial.end_ns = FAULT_NS + w->rounds * EVERY_MS * MS;
	m->query[0] = (struct query){.sent_ns = FAULT_NS + 10 * MS, .status = ANSWERS_UNANSWERED};
	m->query[1] = (struct query){.sent_ns = FAULT_NS + 900 * MS, .status = ANSWERS_GOOD};
	m->stream.queries = 2;
	m->run.json = json_pack("{s:{s:i}}", "rounds", "times", w->rounds);
	assert_int_equal(soak_measure(&m->run, &m->trial, &m->log), 0);
}

static double
value(struct made *m, const char *metric, const char *statistic)
{
	struct metric x;
	double v;

	assert_int_equal(metric_collect(&m->run, metric, V4, &x), 0);
	v = x.samples->n == 0 ? (double)NAN : metric_statistic(x.samples, statistic);
	metric_done(&x);
	return v;
}

static void
assert_value(struct made *m, const char *metric, double wanted)
{
	double is = value(m, metric, "max");

	if (!(fabs(is - wanted) < 1e-6))
		fail_msg("%s is %f, not %f", metric, is, wanted);
}

static void
a_good_soak(void **state)
{
	struct made *m = *state;

	play(m, &(struct wrong){.rounds = 200});
	assert_value(m, "soak_good_rounds", 200);
	assert_value(m, "soak_stuck_rounds", 0);
	assert_value(m, "soak_sessions_lost", 0);
	assert_value(m, "soak_failures", 0);
	assert_value(m, "soak_unanswered_queries", 1);
	assert_value(m, "soak_withdraw_convergence_ms", 19);
	assert_value(m, "soak_announce_convergence_ms", 9.5);
	assert_int_equal(m->trial.soak->of[V4].round[0].unanswered, 1);
	assert_int_equal(m->trial.soak->of[V4].round[0].told[SOAK_WITHDRAWN], 2);
	assert_false(m->trial.soak->of[V4].drift[SOAK_WITHDRAWN].found);
}

static void
a_router_that_keeps_the_old_route(void **state)
{
	struct made *m = *state;
	const struct soak_family *x;

	play(m, &(struct wrong){.rounds = 200, .keeps_old = 120});
	x = &m->trial.soak->of[V4];
	assert_value(m, "soak_stuck_rounds", 1);
	assert_value(m, "soak_failures", 1);
	assert_int_equal(x->stucks, 1);
	assert_int_equal(x->stuck[0].round, 120);
	assert_int_equal(x->stuck[0].half, SOAK_WITHDRAWN);
	assert_string_equal(x->stuck[0].node, "acc");
	assert_string_equal(x->stuck[0].is, "via 198.51.100.10 ixp");
	assert_string_equal(x->stuck[0].was, "via 198.51.100.9 ixp");
}

static void
a_damped_route(void **state)
{
	struct made *m = *state;

	play(m, &(struct wrong){.rounds = 200, .stays_away = 4});
	assert_value(m, "soak_stuck_rounds", 197);
	assert_int_equal(m->trial.soak->of[V4].stuck[0].round, 4);
	assert_int_equal(m->trial.soak->of[V4].stuck[0].half, SOAK_ANNOUNCED);
	assert_int_equal(m->trial.soak->of[V4].stucks, SOAK_KEPT);
	assert_value(m, "soak_good_rounds", 3);
}

/* From the first round on: what was before it is the measure, not its own end. */
static void
never_comes_back(void **state)
{
	struct made *m = *state;

	play(m, &(struct wrong){.rounds = 200, .stays_away = 1});
	assert_value(m, "soak_stuck_rounds", 200);
	assert_int_equal(m->trial.soak->of[V4].stuck[0].round, 1);
	assert_int_equal(m->trial.soak->of[V4].stuck[0].half, SOAK_ANNOUNCED);
	assert_string_equal(m->trial.soak->of[V4].stuck[0].was, "via 198.51.100.10 ixp");
}

static void
a_neighbour_not_told(void **state)
{
	struct made *m = *state;

	play(m, &(struct wrong){.rounds = 200, .untold = 7});
	assert_value(m, "soak_stuck_rounds", 1);
	assert_string_equal(m->trial.soak->of[V4].stuck[0].node, "hkg");
	assert_string_equal(m->trial.soak->of[V4].stuck[0].is, "1 neighbours told");
}

static void
slower_and_slower(void **state)
{
	struct made *m = *state;
	const struct soak_drift *d;

	play(m, &(struct wrong){.rounds = 200, .slower_ms = 0.2});
	d = &m->trial.soak->of[V4].drift[SOAK_WITHDRAWN];
	assert_true(d->known && d->found);
	assert_true(fabs(d->trend.slope - 0.2) < 0.01);
	assert_true(d->trend.low > 0);
	assert_true(d->last_fifth_ms > d->first_fifth_ms + 30);
	assert_value(m, "soak_stuck_rounds", 0);
	/* 39.8 ms in one half, 19.9 in the other, which is within the bound. */
	assert_value(m, "soak_failures", 1);
}

static void
a_session_is_lost_once(void **state)
{
	struct made *m = *state;
	const struct soak_family *x;
	json_t *o;

	play(m, &(struct wrong){.rounds = 200, .session_ends = 33});
	x = &m->trial.soak->of[V4];
	assert_value(m, "soak_sessions_lost", 1);
	assert_value(m, "soak_failures", 1);
	assert_string_equal(x->lost[0].how, "notification");
	assert_string_equal(x->lost[0].node, "hkg");
	o = soak_json(&m->trial);
	assert_int_equal(
		json_array_size(json_object_get(
			json_object_get(json_object_get(o, "v4"), "withdrawn"), "converged_ms")),
		200);
	assert_null(json_object_get(o, "v6"));
	json_decref(o);
}

/* Half of the rounds are no soak of hundreds: it says so and judges nothing. */
static void
too_few_rounds_are_not_judged(void **state)
{
	struct made *m = *state;
	json_t *list, *one;

	play(m, &(struct wrong){.rounds = 100});
	assert_value(m, "soak_good_rounds", 100);
	assert_true(isnan(value(m, "soak_failures", "max")));
	json_object_set_new(m->run.json, "judges",
		json_pack("[{s:s, s:s, s:s, s:s, s:f}]", "id", "soak", "metric", "soak_failures",
			"statistic", "max", "comparison", "<=", "target", 0.0));
	list = targets_json(&m->run, NULL);
	one = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(one, "verdict")), "not judged");
	assert_string_equal(
		json_string_value(json_object_get(one, "why")), "100 of at least 200 rounds");
	json_decref(list);
}

/* Rounds that did not take place count. */
static void
rounds_that_were_not(void **state)
{
	struct made *m = *state;

	play(m, &(struct wrong){.rounds = 198});
	m->trial.soak->planned = 200;
	assert_value(m, "soak_failures", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_good_soak, make, unmake),
		cmocka_unit_test_setup_teardown(a_router_that_keeps_the_old_route, make, unmake),
		cmocka_unit_test_setup_teardown(a_damped_route, make, unmake),
		cmocka_unit_test_setup_teardown(never_comes_back, make, unmake),
		cmocka_unit_test_setup_teardown(a_neighbour_not_told, make, unmake),
		cmocka_unit_test_setup_teardown(slower_and_slower, make, unmake),
		cmocka_unit_test_setup_teardown(a_session_is_lost_once, make, unmake),
		cmocka_unit_test_setup_teardown(too_few_rounds_are_not_judged, make, unmake),
		cmocka_unit_test_setup_teardown(rounds_that_were_not, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
