/* gate.c - how often the gate cries wolf, and how often it finds what it must: a simulation with its own verdict. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/num.h"
#include "tests/sim/gate_model.h"

struct tally {
	int verdict[GATE_VERDICTS];
	double trials;
	int n;
};

static struct tally
play(const struct gate_model *m, double shift_ms, int rounds, uint64_t seed)
{
	struct tally t = {.n = rounds};
	struct rng rng;

	rng_init(&rng, seed);
	for (int i = 0; i < rounds; i++) {
		struct gate_outcome o = model_gate(&rng, m, shift_ms);

		t.verdict[o.verdict]++;
		t.trials += o.trials;
	}
	return t;
}

static double
share(const struct tally *t, enum gate_verdict v)
{
	return (double)t->verdict[v] / t->n;
}

int
main(int argc, char *argv[])
{
	static const double shifts_ms[] = {0, 100, 150, 200, 300, 500, 1000};
	const struct gate_model *const models[] = {&model_locked, &model_random};
	uint64_t rounds = 5000;
	int bad = 0;

	if (argc > 2 || (argc == 2 && num_u64(argv[1], 100, 10000000, &rounds) < 0)) {
		fprintf(stderr, "Usage: gate [ROUNDS]   (default 5000; 100 to 10000000)\n");
		return 2;
	}
	printf("%-8s %9s %8s %8s %14s %12s   n = %llu each\n", "phase", "shift", "fail", "pass",
		"inconclusive", "mean trials", (unsigned long long)rounds);
	for (int p = 0; p < 2; p++)
		for (size_t i = 0; i < sizeof(shifts_ms) / sizeof(shifts_ms[0]); i++) {
			struct tally t = play(models[p], shifts_ms[i], (int)rounds, 1 + i);
			const char *verdict = "";

			if (shifts_ms[i] <= 0) {
				bad += share(&t, GATE_FAIL) > 0.02;
				verdict = share(&t, GATE_FAIL) > 0.02 ? "  over 2 %"
								      : "  at most 2 %: holds";
			} else if (p == 0 && shifts_ms[i] >= 300) {
				bad += share(&t, GATE_FAIL) < 0.95;
				verdict = share(&t, GATE_FAIL) < 0.95 ? "  below 95 %"
								      : "  at least 95 %: holds";
			}
			printf("%-8s %+6.0f ms %7.2f%% %7.2f%% %13.2f%% %12.1f%s\n",
				gate_phase_name(models[p]->phase), shifts_ms[i],
				100 * share(&t, GATE_FAIL), 100 * share(&t, GATE_PASS),
				100 * share(&t, GATE_INCONCLUSIVE), t.trials / t.n, verdict);
		}
	return bad > 0;
}
