/* test_rfc.c - what routers did with a change, from made-up lists of messages and routes with a known truth. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/analyze/bgpwire.h"
#include "bench/analyze/rfc_bgp.h"
#include "bench/analyze/rfc_metrics.h"
#include "tests/unit/bench/made_log.h"

enum { HKG, RS1, ACC, NODES };
enum { HKG_RS1, RS1_HKG, RS1_ACC, ACC_RS1, POINTS };

static int
make(void **state)
{
	static const struct made_plan plan = {.node = {"hkg", "rs1", "acc"},
		.nodes = NODES,
		.points = POINTS,
		.ends = {{HKG, RS1}, {RS1, HKG}, {RS1, ACC}, {ACC, RS1}},
		.sessions = 3};
	struct made *m = made_new(&plan);

	if (m == NULL)
		return -1;
	m->run.gap_ms = 100;
	m->run.wire_accuracy_ms = 0.25;
	m->trial.restore_ns = FAULT_NS + 1000 * MS;
	*state = m;
	return 0;
}

static int
unmake(void **state)
{
	struct made *m = *state;

	rfc_bgp_free(m->run.bgp);
	return made_free(m);
}

static struct bgplog_entry *
add(struct made *m, double at_ms, int point, int session, enum bgplog_way way,
	enum bgplog_what what)
{
	struct bgplog_entry *x = &m->entry[m->log.entries++];

	assert_true(m->log.entries <= MOST);
	*x = (struct bgplog_entry){.at_ns = FAULT_NS + (int64_t)(at_ms * MS),
		.point = point,
		.peer = m->point[point].peer,
		.session = session,
		.way = way,
		.what = what,
		.twin = -1,
		.bytes = 50};
	return x;
}

/* An UPDATE about the prefix; path 0 withdraws it. */
static void
update(struct made *m, double at_ms, int point, int session, enum bgplog_way way, uint64_t path)
{
	struct bgplog_entry *x = add(m, at_ms, point, session, way, BGPLOG_UPDATE);

	x->path_hash = path << 8;
	x->change = (uint32_t)m->log.changes;
	x->changes = 1;
	m->change[m->log.changes++] = (struct bgplog_change){
		m->run.prefix[0], path == 0 ? BGPLOG_WITHDRAWN : BGPLOG_NLRI};
}

static void
write_routes(const struct made *m, const char *const lines[], size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/trial-001/routes.jsonl", m->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "{\"schema\":\"catchment.routes/1\"}\n");
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s\n", lines[i]);
	assert_int_equal(fclose(f), 0);
}

static const struct rfc_router *
router(const struct made *m, const char *name)
{
	for (size_t i = 0; i < m->run.bgp->routers; i++)
		if (strcmp(m->run.bgp->router[i].name, name) == 0)
			return &m->run.bgp->router[i];
	fail_msg("no router %s", name);
	return NULL;
}

static void
assert_sample(const struct samples *s, size_t i, double wanted)
{
	assert_true(i < s->n);
	if (fabs(s->value[i] - wanted) > 1e-6)
		fail_msg("sample %zu is %f, not %f", i, s->value[i], wanted);
}

/* hkg withdraws; rs1 tells acc two other paths before it withdraws as well. */
static void
a_change_passes(struct made *m)
{
	update(m, -5, HKG_RS1, 0, BGPLOG_SENT, 7); /* before the fault: not counted */
	update(m, 10, HKG_RS1, 0, BGPLOG_SENT, 0);
	update(m, 11, RS1_HKG, 0, BGPLOG_RECEIVED, 0);
	update(m, 13, RS1_ACC, 1, BGPLOG_SENT, 1);
	update(m, 14, ACC_RS1, 1, BGPLOG_RECEIVED, 1);
	update(m, 15, RS1_ACC, 1, BGPLOG_SENT, 2);
	update(m, 15.5, RS1_ACC, 1, BGPLOG_SENT, 2); /* says the same again: no step */
	update(m, 16, ACC_RS1, 1, BGPLOG_RECEIVED, 2);
	update(m, 17, RS1_ACC, 1, BGPLOG_SENT, 0);
	update(m, 18, ACC_RS1, 1, BGPLOG_RECEIVED, 0);
	add(m, 30, RS1_ACC, 1, BGPLOG_SENT, BGPLOG_KEEPALIVE)->bytes = 19;
	update(m, 1000, HKG_RS1, 0, BGPLOG_SENT, 7); /* the restore: not counted */
}

static void
exchanges_are_found(void **state)
{
	struct made *m = *state;
	const struct rfc_router *x;

	a_change_passes(m);
	assert_int_equal(rfc_bgp_add(&m->run, &m->trial, &m->log), 0);
	x = router(m, "hkg");
	assert_int_equal(x->updates_out, 1);
	assert_int_equal(x->withdraws_out, 1);
	assert_int_equal(x->unasked_out, 1);
	assert_int_equal(x->rib_ms[V4]->n, 0);
	assert_sample(x->last_out_ms, 0, 10);
	assert_sample(x->steps[V4], 0, 0);
	x = router(m, "rs1");
	assert_int_equal(x->updates_in, 1);
	assert_int_equal(x->updates_out, 4);
	assert_int_equal(x->withdraws_out, 1);
	assert_int_equal(x->messages_out, 5);
	assert_int_equal(x->bytes_out, 4 * 50 + 19);
	assert_int_equal(x->unasked_out, 0);
	assert_int_equal(x->rib_ms[V4]->n, 1);
	assert_sample(x->rib_ms[V4], 0, 6); /* to the last one told */
	assert_sample(x->steps[V4], 0, 2);
	assert_sample(x->first_in_ms, 0, 11);
	x = router(m, "acc");
	assert_int_equal(x->updates_in, 3);
	assert_int_equal(x->steps[V4]->n, 0);
	assert_int_equal(m->run.bgp->fib_trials, 0);
	assert_sample(m->run.bgp->withdraws, 0, 2);
	assert_sample(m->run.bgp->messages, 0, 6);
	assert_int_equal(m->run.bgp->hops, 2);
	assert_string_equal(m->run.bgp->hop[0].from, "hkg");
	assert_string_equal(m->run.bgp->hop[0].to, "rs1");
	assert_int_equal(m->run.bgp->hop[0].bytes, 50);
	assert_int_equal(m->run.bgp->hop[1].updates, 4);
}

/* From the latest UPDATE in to the last change before the next; of other prefixes nothing counts. */
static void
fib_changes_are_found(void **state)
{
	static const char *const lines[] = {
		"{\"at\":1799999999000000000,\"node\":\"acc\",\"op\":\"have\",\"dst\":\"203.0.113."
		"0/"
		"24\",\"via\":[{\"gw\":\"198.51.100.1\",\"if\":\"rs1\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}",
		"{\"at\":1800000000014200000,\"node\":\"acc\",\"op\":\"gone\",\"dst\":\"203.0.113."
		"0/"
		"24\",\"via\":[{\"gw\":\"198.51.100.1\",\"if\":\"rs1\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}",
		"{\"at\":1800000000014500000,\"node\":\"acc\",\"op\":\"set\",\"dst\":\"203.0.113.0/"
		"24\",\"via\":[{\"gw\":\"198.51.100.2\",\"if\":\"rs1\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}",
		"{\"at\":1800000000017000000,\"node\":\"acc\",\"op\":\"set\",\"dst\":\"198.51.100."
		"0/"
		"24\",\"via\":[{\"gw\":\"198.51.100.2\",\"if\":\"rs1\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}",
		"{\"at\":1800000000019000000,\"node\":\"acc\",\"op\":\"gone\",\"dst\":\"203.0.113."
		"0/"
		"24\",\"via\":[{\"gw\":\"198.51.100.2\",\"if\":\"rs1\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}"};
	struct made *m = *state;
	char path[128];

	a_change_passes(m);
	write_routes(m, lines, sizeof(lines) / sizeof(lines[0]));
	snprintf(path, sizeof(path), "%s/trial-001/record-stats.json", m->dir);
	assert_int_equal(fs_write(path, "{\"reading_error_us\":{\"p99\":80}}", 31, NULL), 0);
	assert_int_equal(rfc_bgp_add(&m->run, &m->trial, &m->log), 0);
	assert_int_equal(m->run.bgp->fib_trials, 1);
	assert_int_equal(router(m, "acc")->fib_ms[V4]->n, 2);
	assert_sample(router(m, "acc")->fib_ms[V4], 0, 0.5);
	assert_sample(router(m, "acc")->fib_ms[V4], 1, 1);
	assert_int_equal(router(m, "acc")->fib_ms[V6]->n, 0);
	assert_true(fabs(rfc_fib_accuracy_ms(&m->run) - 0.33) < 1e-9);
}

/* After BFD, a lost carrier or a closed session it was not the UPDATE that made the router act. */
static void
other_causes_are_no_samples(void **state)
{
	static const char *const lines[] = {
		"{\"at\":1800000000025000000,\"node\":\"acc\",\"op\":\"set\",\"dst\":\"203.0.113.0/"
		"24\",\"via\":[{\"gw\":\"198.51.100.2\",\"if\":\"rs1\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}",
		"{\"at\":1800000000041000000,\"node\":\"acc\",\"op\":\"link\",\"if\":\"rs1\","
		"\"up\":"
		"true,\"carrier\":false}",
		"{\"at\":1800000000042000000,\"node\":\"acc\",\"op\":\"gone\",\"dst\":\"203.0.113."
		"0/"
		"24\",\"via\":[{\"gw\":\"198.51.100.2\",\"if\":\"rs1\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}"};
	struct made *m = *state;

	update(m, 18, ACC_RS1, 1, BGPLOG_RECEIVED, 1);
	add(m, 20, ACC_RS1, -1, BGPLOG_SENT, BGPLOG_BFD)->state_to = 1; /* Down */
	update(m, 40, ACC_RS1, 1, BGPLOG_RECEIVED, 2);
	update(m, 50, RS1_HKG, 0, BGPLOG_RECEIVED, 3);
	add(m, 51, RS1_HKG, 0, BGPLOG_RECEIVED, BGPLOG_FIN);
	update(m, 52, RS1_ACC, 1, BGPLOG_SENT, 0);
	/* A peer that has just come is told what there is: no answer, and no exploration. */
	update(m, 60, RS1_HKG, 0, BGPLOG_RECEIVED, 4);
	add(m, 61, RS1_ACC, 2, BGPLOG_SENT, BGPLOG_OPEN);
	update(m, 62, RS1_ACC, 2, BGPLOG_SENT, 4);
	write_routes(m, lines, sizeof(lines) / sizeof(lines[0]));
	assert_int_equal(rfc_bgp_add(&m->run, &m->trial, &m->log), 0);
	assert_int_equal(router(m, "acc")->fib_ms[V4]->n, 0);
	assert_int_equal(router(m, "rs1")->rib_ms[V4]->n, 0);
	assert_int_equal(router(m, "rs1")->updates_out, 2);
	assert_int_equal(router(m, "rs1")->unasked_out, 1);
	assert_int_equal(router(m, "rs1")->steps[V4]->n, 1);
	assert_sample(router(m, "rs1")->steps[V4], 0, 0);
}

static void
two_trials_add_up(void **state)
{
	struct made *m = *state;
	json_t *o, *routers;

	o = rfc_bgp_json(&m->run);
	assert_true(json_is_null(o));
	json_decref(o);
	a_change_passes(m);
	assert_int_equal(rfc_bgp_add(&m->run, &m->trial, &m->log), 0);
	m->trial.number = 2;
	assert_int_equal(rfc_bgp_add(&m->run, &m->trial, &m->log), 0);
	o = rfc_bgp_json(&m->run);
	routers = json_object_get(o, "routers");
	assert_int_equal(json_integer_value(json_object_get(o, "trials")), 2);
	assert_int_equal(json_array_size(routers), 3);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(routers, 0), "node")), "acc");
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(routers, 2), "updates_out")), 8);
	assert_int_equal(
		json_integer_value(json_object_get(
			json_object_get(json_array_get(routers, 2), "rib_convergence_ms"), "n")),
		2);
	json_decref(o);
}

/* Measure anew what hkg sent; its last withdraw in ms after the fault, or NAN. */
static double
withdrawn_ms(struct made *m)
{
	struct trial *t = &m->trial;

	m->run.fault_node = "hkg";
	free(t->wire);
	t->wire = NULL;
	t->wires = 0;
	memset(t->withdraw, 0, sizeof(t->withdraw));
	assert_int_equal(bgpwire_measure(&m->run, t, &m->log), 0);
	assert_true(t->wire_read);
	assert_true(t->withdraw[V6].first_ns == NEVER);
	return t->withdraw[V4].first_ns == NEVER
		? (double)NAN
		: (double)(t->withdraw[V4].first_ns - FAULT_NS) / MS;
}

/* Who closes a session withdraws what it carried, once, at the first sign of it. */
static void
closing_withdraws(void **state)
{
	struct made *m = *state;
	size_t before;

	for (int i = 0; i < 3; i++) {
		snprintf(m->session[i].text[0], sizeof(m->session[i].text[0]), "192.0.2.1");
		snprintf(m->session[i].text[1], sizeof(m->session[i].text[1]), "192.0.2.2");
		m->session[i].node[0] = HKG;
		m->session[i].node[1] = RS1;
	}
	add(m, 50, HKG_RS1, 0, BGPLOG_SENT, BGPLOG_NOTIFICATION);
	add(m, 60, HKG_RS1, 0, BGPLOG_SENT, BGPLOG_FIN);
	before = m->log.entries;
	assert_true(isnan(withdrawn_ms(m))); /* nobody knows what it carried */
	update(m, 1200, HKG_RS1, 2, BGPLOG_SENT, 7);
	assert_true(fabs(withdrawn_ms(m) - 50) < 1e-9); /* told again behind the restore */
	assert_true(m->trial.wire[0].withdraws[V4]);
	assert_false(m->trial.wire[1].withdraws[V4]);
	/* Withdrawn by UPDATE before: there was nothing left to take along. */
	m->log.entries = 0;
	update(m, 10, HKG_RS1, 0, BGPLOG_SENT, 0);
	add(m, 50, HKG_RS1, 0, BGPLOG_SENT, BGPLOG_RESET);
	assert_int_equal(m->log.entries, before);
	assert_true(fabs(withdrawn_ms(m) - 10) < 1e-9);
	/* Not its own doing: the peer closed. */
	m->log.entries = 0;
	update(m, -10, HKG_RS1, 0, BGPLOG_SENT, 7);
	add(m, 50, HKG_RS1, 0, BGPLOG_RECEIVED, BGPLOG_FIN);
	assert_true(isnan(withdrawn_ms(m)));
	free(m->trial.wire);
}

/* Three neighbours, three sessions of hkg. */
static void
three_sessions(struct made *m)
{
	for (int i = 0; i < 3; i++) {
		snprintf(m->session[i].text[0], sizeof(m->session[i].text[0]), "192.0.2.1");
		snprintf(m->session[i].text[1], sizeof(m->session[i].text[1]), "192.0.2.%d", i + 2);
		m->session[i].family = 4;
		m->session[i].node[0] = HKG;
		m->session[i].node[1] = RS1;
	}
}

/* What flaps was withdrawn when all sessions had withdrawn it for the first time; how often it came back is told. */
static void
flapping_is_told(void **state)
{
	struct made *m = *state;
	const struct withdraw *w = &m->trial.withdraw[V4];

	three_sessions(m);
	update(m, 100, HKG_RS1, 0, BGPLOG_SENT, 0);
	update(m, 110, HKG_RS1, 1, BGPLOG_SENT, 0);
	update(m, 130, HKG_RS1, 2, BGPLOG_SENT, 0);
	update(m, 300, HKG_RS1, 0, BGPLOG_SENT, 7);
	update(m, 310, HKG_RS1, 1, BGPLOG_SENT, 7);
	update(m, 500, HKG_RS1, 0, BGPLOG_SENT, 0);
	update(m, 510, HKG_RS1, 1, BGPLOG_SENT, 0);
	update(m, 700, HKG_RS1, 2, BGPLOG_SENT, 7);
	update(m, 720, HKG_RS1, 2, BGPLOG_SENT, 0);
	update(m, 1100, HKG_RS1, 0, BGPLOG_SENT, 7);
	assert_true(fabs(withdrawn_ms(m) - 130) < 1e-9);
	assert_int_equal(w->flaps, 2);
	assert_int_equal(w->last_ns - FAULT_NS, 720 * MS);
	assert_int_equal(w->sessions, 3);
	assert_int_equal(w->most, 3);
	assert_int_equal(w->silent, 0);
	free(m->trial.wire);
}

/* Who keeps announcing in one session has not withdrawn; a session that says nothing is counted apart. */
static void
partial_is_no_withdraw(void **state)
{
	struct made *m = *state;
	const struct withdraw *w = &m->trial.withdraw[V4];

	three_sessions(m);
	update(m, -50, HKG_RS1, 0, BGPLOG_SENT, 7);
	add(m, -40, HKG_RS1, 2, BGPLOG_SENT, BGPLOG_KEEPALIVE);
	update(m, 110, HKG_RS1, 1, BGPLOG_SENT, 0);
	assert_true(isnan(withdrawn_ms(m)));
	assert_int_equal(w->last_ns - FAULT_NS, 110 * MS);
	assert_int_equal(w->flaps, 0);
	assert_int_equal(w->sessions, 2);
	assert_int_equal(w->most, 1);
	assert_int_equal(w->silent, 1);
	/* It follows, and that is the instant; the first session's return before that was none. */
	update(m, 200, HKG_RS1, 1, BGPLOG_SENT, 7);
	update(m, 210, HKG_RS1, 1, BGPLOG_SENT, 0);
	update(m, 400, HKG_RS1, 0, BGPLOG_SENT, 0);
	assert_true(fabs(withdrawn_ms(m) - 400) < 1e-9);
	assert_int_equal(w->flaps, 0);
	assert_int_equal(w->most, 2);
	free(m->trial.wire);
}

/* Three sessions; the made connections are of different addresses unless the test says otherwise. */
static void
lost_sessions_are_counted(void **state)
{
	struct made *m = *state;
	size_t lost = 99;

	for (int i = 0; i < MADE_SESSIONS; i++) {
		m->session[i].family = 4;
		m->session[i].addr[0][3] = 1;
		m->session[i].addr[1][3] = (uint8_t)(10 + i);
	}
	add(m, -3, HKG_RS1, 0, BGPLOG_SENT, BGPLOG_FIN); /* before the fault */
	add(m, 5, HKG_RS1, 0, BGPLOG_SENT, BGPLOG_KEEPALIVE);
	assert_int_equal(rfc_sessions_lost(&m->log, FAULT_NS, m->trial.restore_ns, &lost), 0);
	assert_int_equal(lost, 0);
	/* Killed: each of its connections ends, and each end of it shows that. */
	add(m, 6, HKG_RS1, 0, BGPLOG_SENT, BGPLOG_FIN);
	add(m, 7, RS1_HKG, 0, BGPLOG_RECEIVED, BGPLOG_FIN);
	/* What the restore ends is not the fault's: it still talked. */
	add(m, 900, RS1_ACC, 1, BGPLOG_SENT, BGPLOG_KEEPALIVE);
	add(m, 1001, RS1_ACC, 1, BGPLOG_SENT, BGPLOG_NOTIFICATION);
	add(m, 1002, RS1_ACC, 1, BGPLOG_SENT, BGPLOG_OPEN);
	assert_int_equal(rfc_sessions_lost(&m->log, FAULT_NS, m->trial.restore_ns, &lost), 0);
	assert_int_equal(lost, 1);
	/* No carrier, no end on the wire: that it opens again says it. */
	add(m, 1500, RS1_ACC, 2, BGPLOG_SENT, BGPLOG_OPEN);
	assert_int_equal(rfc_sessions_lost(&m->log, FAULT_NS, m->trial.restore_ns, &lost), 0);
	assert_int_equal(lost, 2);
	/* Or the end of it, held back until the port was up again. */
	m->entry[m->log.entries - 1].what = BGPLOG_NOTIFICATION;
	assert_int_equal(rfc_sessions_lost(&m->log, FAULT_NS, m->trial.restore_ns, &lost), 0);
	assert_int_equal(lost, 2);
	/* The same addresses the other way round are the same session. */
	m->session[2] = m->session[0];
	memcpy(m->session[2].addr[0], m->session[0].addr[1], sizeof(m->session[0].addr[0]));
	memcpy(m->session[2].addr[1], m->session[0].addr[0], sizeof(m->session[0].addr[0]));
	assert_int_equal(rfc_sessions_lost(&m->log, FAULT_NS, m->trial.restore_ns, &lost), 0);
	assert_int_equal(lost, 1);
	/* It goes into the totals. */
	assert_int_equal(rfc_bgp_add(&m->run, &m->trial, &m->log), 0);
	assert_sample(m->run.bgp->sessions_lost, 0, 1);
}

static void
metrics_have_names_and_limits(void **state)
{
	struct made *m = *state;

	assert_string_equal(
		rfc_metric_name("full_convergence_ms"), "Full Convergence Time (RFC 6412)");
	assert_null(rfc_metric_name("withdraw_ms"));
	assert_true(fabs(rfc_metric_accuracy_ms(&m->run, "loss_of_connectivity_ms") - 100) < 1e-9);
	assert_true(fabs(rfc_metric_accuracy_ms(&m->run, "withdraw_ms") - 0.25) < 1e-9);
	assert_true(isnan(rfc_metric_accuracy_ms(&m->run, "fib_convergence_ms")));
	assert_true(isnan(rfc_metric_accuracy_ms(&m->run, "unanswered_queries")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(exchanges_are_found, make, unmake),
		cmocka_unit_test_setup_teardown(fib_changes_are_found, make, unmake),
		cmocka_unit_test_setup_teardown(other_causes_are_no_samples, make, unmake),
		cmocka_unit_test_setup_teardown(two_trials_add_up, make, unmake),
		cmocka_unit_test_setup_teardown(closing_withdraws, make, unmake),
		cmocka_unit_test_setup_teardown(flapping_is_told, make, unmake),
		cmocka_unit_test_setup_teardown(partial_is_no_withdraw, make, unmake),
		cmocka_unit_test_setup_teardown(lost_sessions_are_counted, make, unmake),
		cmocka_unit_test_setup_teardown(metrics_have_names_and_limits, make, unmake),
	};

	return cmocka_run_group_tests_name("rfc", tests, NULL, NULL);
}
