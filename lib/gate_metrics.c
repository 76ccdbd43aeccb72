/* gate_metrics.c - the table of what the gate compares. */
#include "lib/gate_metrics.h"

#include <string.h>

const struct gate_metric gate_metrics[GATE_METRICS] = {
	{"first_good_answer_ms", "ms", "median", true},
	{"loss_of_connectivity_ms", "ms", "mean", true},
	{"withdraw_ms", "ms", "median", true},
	{"full_convergence_ms", "ms", "median", false},
	{"restore_announce_ms", "ms", "median", false},
	{"unanswered_queries", "queries", "median", false},
	{"restore_unanswered_queries", "queries", "median", false},
	{"client_failures", "lookups", "median", false},
	{"resolver_failures", "lookups", "median", false},
};

int
gate_metric_of(const char *name)
{
	for (int i = 0; i < GATE_METRICS; i++)
		if (strcmp(name, gate_metrics[i].name) == 0)
			return i;
	return -1;
}
