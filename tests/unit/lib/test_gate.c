/* test_gate.c - the rule of the regression gate: each of its ways out, Holm by hand, and a short simulation. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/gate.h"
#include "lib/gate_metrics.h"
#include "lib/rank.h"
#include "tests/sim/gate_model.h"

enum { BASE = 30 };

/* 3000, 3001, ... */
static void
ramp(double *v, size_t n, double from, double step)
{
	for (size_t i = 0; i < n; i++)
		v[i] = from + step * (double)i;
}

static int
one(enum gate_phase phase, int look, bool last, const double *base, size_t base_n,
	const double *run, size_t n, struct gate_judged *j)
{
	const struct gate_rule rule = {phase, look, last, 1};
	const struct gate_samples in = {base, run, base_n, n, true};

	return gate_decide(&rule, &in, 1, j);
}

static void
every_way_out(void **state)
{
	double base[BASE], run[20];
	struct gate_judged j;

	(void)state;
	ramp(base, BASE, 3000, 2);
	/* As the baseline. */
	ramp(run, 5, 3010, 8);
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, false, base, BASE, run, 5, &j), GATE_PASS);
	assert_true(j.p_value > GATE_PASS_P && fabs(j.limit - 0.05 * 3029) < 0.01);
	/* 200 ms: sure, and over the limit of 5 %. */
	ramp(run, 5, 3229, 1);
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, false, base, BASE, run, 5, &j), GATE_FAIL);
	assert_true(j.shift > j.limit && j.p_value < j.alpha && fabs(j.alpha - 0.001) < 1e-12);
	/* The same in random phase: over no limit of 10 %. */
	assert_int_equal(one(GATE_PHASE_RANDOM, 0, false, base, BASE, run, 5, &j), GATE_PASS);
	assert_true(fabs(j.limit - 0.1 * 3029) < 0.01 && j.p_value < j.alpha);
	/* 80 ms: sure, but the whole interval is below the limit. */
	ramp(run, 5, 3109, 1);
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, false, base, BASE, run, 5, &j), GATE_PASS);
	assert_true(j.p_value < 0.001 && j.shift_high < j.limit);
	/* Two of five are late: neither. */
	ramp(run, 5, 3030, 10);
	run[3] = run[4] = 3400;
	assert_int_equal(
		one(GATE_PHASE_LOCKED, 0, false, base, BASE, run, 5, &j), GATE_INCONCLUSIVE);
	assert_non_null(strstr(j.why, "more trials"));
	assert_int_equal(
		one(GATE_PHASE_LOCKED, 0, true, base, BASE, run, 5, &j), GATE_INCONCLUSIVE);
	assert_null(strstr(j.why, "more trials"));
	/* Faster is no fault. */
	ramp(run, 5, 2000, 10);
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, false, base, BASE, run, 5, &j), GATE_PASS);
	assert_true(j.shift < -900);
}

static void
what_never_came(void **state)
{
	double base[BASE], run[5];
	struct gate_judged j;

	(void)state;
	ramp(base, BASE, 3000, 2);
	for (int i = 0; i < 5; i++)
		run[i] = INFINITY;
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, false, base, BASE, run, 5, &j), GATE_FAIL);
	assert_true(isinf(j.shift) && isinf(j.p50));
	/* Neither did the baseline's: no change, but nothing that could have failed. */
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, false, run, 5, run, 5, &j), GATE_INCONCLUSIVE);
	assert_true(fabs(j.shift) < 1e-9);
	assert_int_equal(j.verdict, GATE_NOT_GATED);
	assert_non_null(strstr(j.why, "never had it"));
	/* Nor does a run that has it pass, against a baseline that never did. */
	assert_int_equal(
		one(GATE_PHASE_LOCKED, 0, false, run, 5, base, BASE, &j), GATE_INCONCLUSIVE);
	assert_int_equal(j.verdict, GATE_NOT_GATED);
	/* Half of the baseline's: the median is never. */
	for (int i = 0; i < BASE; i += 2)
		base[i] = INFINITY;
	ramp(run, 5, 3000, 1);
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, false, base, BASE, run, 5, &j), GATE_PASS);
}

static void
too_few_to_tell(void **state)
{
	double base[BASE], run[5];
	struct gate_judged j;

	(void)state;
	ramp(base, 5, 3000, 2);
	ramp(run, 5, 3600, 2);
	/* 5 against 5: 1/252 at best. */
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, true, base, 5, run, 5, &j), GATE_INCONCLUSIVE);
	assert_non_null(strstr(j.why, "cannot tell"));
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, true, base, 1, run, 1, &j), GATE_INCONCLUSIVE);
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, true, base, 0, run, 5, &j), GATE_INCONCLUSIVE);
	assert_true(isnan(j.p_value) && strstr(j.why, "baseline has no values") != NULL);
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, true, base, 5, run, 0, &j), GATE_INCONCLUSIVE);
	assert_non_null(strstr(j.why, "this run has no values"));
	run[2] = NAN;
	assert_int_equal(one(GATE_PHASE_LOCKED, 0, true, base, 5, run, 5, &j), -EINVAL);
	assert_int_equal(one(GATE_PHASE_LOCKED, 3, true, base, 5, run, 2, &j), -EINVAL);
	assert_int_equal(one(GATE_PHASE_LOCKED, -1, true, base, 5, run, 2, &j), -EINVAL);
}

/* Three metrics: the least p has a third of alpha, the next a half. One that is shown only takes no share. */
static void
holm_over_metrics_and_scenarios(void **state)
{
	double base[BASE], slow[5], late[5], plain[5];
	struct gate_rule rule = {GATE_PHASE_LOCKED, 0, false, 1};
	struct gate_samples in[4] = {{base, plain, BASE, 5, true}, {base, slow, BASE, 5, true},
		{base, late, BASE, 5, true}, {base, slow, BASE, 5, false}};
	struct gate_judged j[4];

	(void)state;
	ramp(base, BASE, 3000, 10);
	ramp(plain, 5, 3050, 40);
	ramp(slow, 5, 3800, 1);
	ramp(late, 5, 3285, 200);
	assert_int_equal(gate_decide(&rule, in, 4, j), GATE_FAIL);
	assert_true(fabs(j[1].alpha - 0.001 / 3) < 1e-12 && j[1].verdict == GATE_FAIL);
	assert_true(fabs(j[2].alpha - 0.001 / 2) < 1e-12);
	assert_true(j[0].verdict == GATE_PASS);
	assert_true(j[3].verdict == GATE_NOT_GATED && isnan(j[3].alpha) && j[3].shift > 0);
	/* Of ten scenarios each has a tenth; then 3e-6 still is below. */
	rule.scenarios = 10;
	assert_int_equal(gate_decide(&rule, in, 4, j), GATE_FAIL);
	assert_true(fabs(j[1].alpha - 0.0001 / 3) < 1e-13);
	rule.scenarios = 1000;
	assert_int_equal(gate_decide(&rule, in, 4, j), GATE_INCONCLUSIVE);
	rule.scenarios = 0;
	assert_int_equal(gate_decide(&rule, in, 4, j), -EINVAL);
	/* Only shown: there is nothing to pass. */
	rule.scenarios = 1;
	assert_int_equal(gate_decide(&rule, in + 3, 1, j), GATE_INCONCLUSIVE);
	assert_int_equal(gate_decide(&rule, in, 0, j), GATE_INCONCLUSIVE);
}

static void
names_and_looks(void **state)
{
	(void)state;
	for (int v = 0; v < GATE_VERDICTS; v++) {
		enum gate_verdict back;

		assert_int_equal(
			gate_verdict_of(gate_verdict_name((enum gate_verdict)v), &back), 0);
		assert_int_equal(back, v);
	}
	for (int p = GATE_PHASE_NONE; p <= GATE_PHASE_RANDOM; p++) {
		enum gate_phase back;

		assert_int_equal(gate_phase_of(gate_phase_name((enum gate_phase)p), &back), 0);
		assert_int_equal(back, p);
	}
	assert_int_equal(gate_phase_of("lockd", &(enum gate_phase){0}), -ENOENT);
	assert_int_equal(gate_verdict_of("passed", &(enum gate_verdict){0}), -ENOENT);
	assert_int_equal(gate_look_at(4), -1);
	assert_int_equal(gate_look_at(5), 0);
	assert_int_equal(gate_look_at(19), 1);
	assert_int_equal(gate_look_at(1000), 2);
	for (int k = 0; k < GATE_METRICS; k++)
		assert_int_equal(gate_metric_of(gate_metrics[k].name), k);
	assert_int_equal(gate_metric_of("withdraw"), -1);
}

static int
failures(const struct gate_model *m, double shift_ms, int rounds)
{
	struct rng rng;
	int failed = 0;

	rng_init(&rng, 42);
	for (int i = 0; i < rounds; i++)
		failed += model_gate(&rng, m, shift_ms).verdict == GATE_FAIL;
	return failed;
}

/* What `make gate-simulation` shows with more rounds. The seed is fixed: it is the same each time. */
static void
few_false_alarms_and_few_misses(void **state)
{
	(void)state;
	assert_in_range(failures(&model_locked, 0, 300), 0, 6);
	assert_in_range(failures(&model_locked, 300, 200), 190, 200);
	assert_in_range(failures(&model_random, 0, 200), 0, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_out),
		cmocka_unit_test(what_never_came),
		cmocka_unit_test(too_few_to_tell),
		cmocka_unit_test(holm_over_metrics_and_scenarios),
		cmocka_unit_test(names_and_looks),
		cmocka_unit_test(few_false_alarms_and_few_misses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
