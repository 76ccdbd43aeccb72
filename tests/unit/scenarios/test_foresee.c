/* test_foresee.c - what a run will be measured under is known before there is a lab, as a stored baseline of such a run has it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "scenarios/foresee.h"
#include "scenarios/scenario_load.h"

#define SCENARIO "./tests/bench/gate-crash.yaml"
#define BASELINE "tests/lab/gate-elsewhere.json"

struct ground {
	struct topology *topology;
	struct scenario *scenario;
	struct baseline *baseline;
};

static void
setup(struct ground *g)
{
	struct err e = {0};

	assert_int_equal(topology_load("lab/topology.yaml", &g->topology, &e), 0);
	assert_int_equal(scenario_load(SCENARIO, g->topology, &g->scenario, &e), 0);
	assert_int_equal(baseline_load(BASELINE, &g->baseline, &e), 0);
}

static void
teardown(struct ground *g)
{
	baseline_free(g->baseline);
	scenario_free(g->scenario);
	topology_free(g->topology);
}

/* That baseline is of another machine; all else is of this scenario. */
static void
as_it_will_be(void **state)
{
	struct ground g;
	struct foresight f;
	struct err e = {0};
	json_t *conditions;

	(void)state;
	setup(&g);
	f = (struct foresight){.scenario = g.scenario, .topology = g.topology};
	assert_int_equal(foresee_comparable(&f, g.baseline, &e), -EXDEV);
	assert_non_null(strstr(e.text, "machine cpu"));
	assert_null(strstr(e.text, "package"));
	conditions = foresee_conditions(&f);
	assert_null(json_object_get(conditions, "packages"));
	json_object_set(json_object_get(g.baseline->json, "conditions"), "machine",
		json_object_get(conditions, "machine"));
	json_decref(conditions);
	if (foresee_comparable(&f, g.baseline, &e) != 0)
		fail_msg("%s", e.text);
	/* A root file system of which no package is known has other versions than the baseline's. */
	f.rootfs = "/nowhere";
	assert_int_equal(foresee_comparable(&f, g.baseline, &e), -EXDEV);
	assert_non_null(strstr(e.text, "package"));
	teardown(&g);
}

static void
what_was_asked_for(void **state)
{
	const struct topo_last_mile far = {
		.median_ns = 8 * NS_PER_MS, .spread = 2, .max_ns = NS_PER_S};
	static const char *const said[] = {"gap between queries, ms (100.0, ", "streams (120, 7)",
		"timeline (", "last mile (none, "};
	struct ground g;
	struct foresight f;
	struct err e = {0};
	json_t *conditions, *was;

	(void)state;
	setup(&g);
	g.scenario->rate_qps = 30;
	g.scenario->probes = 7;
	g.scenario->actions[0].at_ns += NS_PER_MS;
	f = (struct foresight){.scenario = g.scenario, .topology = g.topology, .last_mile = &far};
	conditions = foresee_conditions(&f);
	was = json_object_get(g.baseline->json, "conditions");
	json_object_set(was, "machine", json_object_get(conditions, "machine"));
	json_decref(conditions);
	assert_int_equal(foresee_comparable(&f, g.baseline, &e), -EXDEV);
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (strstr(e.text, said[i]) == NULL)
			fail_msg("'%s' is not in: %s", said[i], e.text);
	/* Nothing in it waits for a tick, and the baseline's trials were locked to one. */
	g.scenario->phase_window_ns = 0;
	conditions = foresee_conditions(&f);
	json_object_update(was, conditions);
	json_decref(conditions);
	assert_int_equal(foresee_comparable(&f, g.baseline, &e), -EXDEV);
	assert_non_null(strstr(e.text, "fault phase (locked, none)"));
	teardown(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_it_will_be),
		cmocka_unit_test(what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
