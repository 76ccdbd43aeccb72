/* fuzz_scenario.c - any bytes as a scenario; one without complaints has to hold together. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bench's own network where it is, else one city, so that the target also runs elsewhere. */
static const struct topology *
network(void)
{
	static const char small[] = "cities:\n  hkg: {lat: 22, lon: 114}\n";
	static struct topology *t;

	if (t == NULL && topology_load("lab/topology.yaml", &t, NULL) < 0 &&
		topology_parse("t", small, sizeof(small) - 1, &t) < 0)
		abort();
	return t;
}

static void
check(const struct scenario *s, const struct topology *t)
{
	int64_t before_ns = 0;

	if (s->name[0] == '\0' || s->title[0] == '\0' || s->probes < 1 ||
		s->layers_len > SCENARIO_LAYERS || s->settings_len > SCENARIO_SETTINGS)
		abort();
	for (size_t i = 0; i < s->actions_len; i++) {
		const struct action *a = &s->actions[i];

		if (a->at_ns < before_ns || a->target == NULL || a->line < 1 ||
			(a->node[0] != '\0' && topology_node(t, a->node) < 0))
			abort();
		before_ns = a->at_ns;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scenario *s;

	/* Nothing lies beside it: what it is like, its scripts and layers are not there. */
	if (scenario_parse("/nonexistent/s.yaml", (const char *)data, size, network(), &s) < 0)
		abort();
	if (conf_complaints(s->conf) == 0)
		check(s, network());
	scenario_free(s);
	return 0;
}
