/*
 * gate_model.h - the gate played through on trials that are drawn, not measured: doc/method.md, "The gate, simulated".
 *
 * A trial's detection takes base + shift, what its lab adds to all its trials, what the trial adds, and in some trials a
 * long delay. In random phase the tick adds its own share. The gate sees three figures of it, which err together and a little apart.
 */
#ifndef TESTS_SIM_GATE_MODEL_H
#define TESTS_SIM_GATE_MODEL_H

#include <math.h>

#include "lib/gate.h"
#include "lib/rng.h"

enum { MODEL_METRICS = 3, MODEL_BASELINE_LABS = 3 };

struct gate_model {
	enum gate_phase phase;
	double base_ms, period_ms; /* of the detection; of the health check */
	double lab_sd_ms, trial_sd_ms, figure_sd_ms;
	double late_ratio, late_mean_ms; /* trials that a busy host delays, and by how much */
};

struct gate_outcome {
	enum gate_verdict verdict;
	int trials; /* that it took, those of the confirming run too */
};

struct model_set {
	double value[MODEL_METRICS][GATE_BASELINE_TRIALS];
	size_t n;
};

/* Box and Muller. */
static inline double
model_normal(struct rng *rng)
{
	double u = 1 - rng_unit(rng);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * rng_unit(rng));
}

static inline void
model_add(struct rng *rng, const struct gate_model *m, double lab_ms, double shift_ms,
	struct model_set *set)
{
	double at_ms = m->base_ms + lab_ms + shift_ms + m->trial_sd_ms * model_normal(rng);

	if (m->phase == GATE_PHASE_RANDOM)
		at_ms += m->period_ms * (rng_unit(rng) - 0.5);
	if (rng_unit(rng) < m->late_ratio)
		at_ms -= m->late_mean_ms * log(1 - rng_unit(rng));
	for (int k = 0; k < MODEL_METRICS; k++)
		set->value[k][set->n] = at_ms + (k == 0 ? 0 : m->figure_sd_ms * model_normal(rng));
	set->n++;
}

/* One set of looks, in a lab of its own. */
static inline enum gate_verdict
model_looks(struct rng *rng, const struct gate_model *m, const struct model_set *baseline,
	double shift_ms, int *trials)
{
	double lab_ms = m->lab_sd_ms * model_normal(rng);
	struct model_set set = {.n = 0};
	int verdict = GATE_INCONCLUSIVE;

	for (int look = 0; look < GATE_LOOKS && verdict == GATE_INCONCLUSIVE; look++) {
		struct gate_rule rule = {m->phase, look, look == GATE_LOOKS - 1, 1};
		struct gate_samples in[MODEL_METRICS];
		struct gate_judged judged[MODEL_METRICS];

		while (set.n < gate_looks[look].trials) {
			model_add(rng, m, lab_ms, shift_ms, &set);
			(*trials)++;
		}
		for (int k = 0; k < MODEL_METRICS; k++)
			in[k] = (struct gate_samples){
				baseline->value[k], set.value[k], baseline->n, set.n, true};
		verdict = gate_decide(&rule, in, MODEL_METRICS, judged);
	}
	return (enum gate_verdict)verdict;
}

/* Baseline, looks, and if they fail the confirming run: what `catchment run --baseline` does. */
static inline struct gate_outcome
model_gate(struct rng *rng, const struct gate_model *m, double shift_ms)
{
	struct model_set baseline = {.n = 0};
	struct gate_outcome o = {0};

	for (int lab = 0; lab < MODEL_BASELINE_LABS; lab++) {
		double lab_ms = m->lab_sd_ms * model_normal(rng);

		for (int i = 0; i < GATE_BASELINE_TRIALS / MODEL_BASELINE_LABS; i++)
			model_add(rng, m, lab_ms, 0, &baseline);
	}
	o.verdict = model_looks(rng, m, &baseline, shift_ms, &o.trials);
	if (o.verdict == GATE_FAIL &&
		model_looks(rng, m, &baseline, shift_ms, &o.trials) != GATE_FAIL)
		o.verdict = GATE_INCONCLUSIVE;
	return o;
}

/* dns-crash on `documented`: its check every 2 s; the spreads are above those measured (doc/method.md). */
static const struct gate_model model_locked = {
	GATE_PHASE_LOCKED, 3100, 2000, 20, 60, 15, 0.05, 300};
static const struct gate_model model_random = {
	GATE_PHASE_RANDOM, 3100, 2000, 20, 60, 15, 0.05, 300};

#endif
