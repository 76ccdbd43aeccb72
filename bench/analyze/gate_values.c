/* gate_values.c - one figure per trial and metric, for the regression gate. */
#include "bench/analyze/gate_values.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "bench/analyze/metrics.h"
#include "lib/gate_metrics.h"

/* Those of one trial; samples come trial after trial, but not all metrics promise that. */
static int
of_trial(const struct metric *m, int trial, const char *statistic, double *ret)
{
	struct samples *own = samples_new();
	int rc = own == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < m->samples->n && rc == 0; i++)
		if (m->samples->trial[i] == trial)
			rc = samples_add(own, m->samples->value[i], trial);
	*ret = rc == 0 && own->n > 0 ? metric_statistic(own, statistic) : (double)NAN;
	samples_free(own);
	return rc;
}

static int
add_metric(const struct run *r, const struct gate_metric *g, json_t *list)
{
	struct metric m;
	double value;
	int rc = metric_collect(r, g->name, FAMILIES, &m);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	for (size_t i = 0; i < r->trials && rc == 0; i++) {
		if (!r->trial[i].valid)
			continue;
		rc = of_trial(&m, r->trial[i].number, g->statistic, &value);
		if (rc == 0 && !isnan(value))
			rc = json_object_set_new(
				json_array_get(list, i), g->name, json_number(value));
	}
	metric_done(&m);
	return rc;
}

json_t *
gate_values_json(const struct run *r)
{
	json_t *list = json_array();
	int rc = list == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < r->trials && rc == 0; i++)
		rc = json_array_append_new(list, json_object());
	for (int k = 0; k < GATE_METRICS && rc == 0; k++)
		rc = add_metric(r, &gate_metrics[k], list);
	if (rc == 0)
		return list;
	json_decref(list);
	return NULL;
}
