/* foresee.c - under which conditions a run will be measured, as far as that is known before there is a lab. */
#include "scenarios/foresee.h"

#include <unistd.h>

#include "lab/rootless.h"
#include "reports/baseline_run.h"
#include "reports/compare.h"
#include "scenarios/lastmile.h"
#include "scenarios/plans.h"
#include "scenarios/provenance.h"
#include "scenarios/record.h"

/* Whichever seed: conditions do not hang on what is drawn. */
enum { ANY_SEED = 1 };

/* What result.json will say of it. */
static json_t *
result_json(const struct foresight *f)
{
	json_t *plan =
		json_pack("{s:o}", "streams", plan_anycast(f->topology, NULL, f->scenario->probes));
	json_t *result;

	last_mile_plan(plan, f->topology, f->last_mile, ANY_SEED);
	result = json_pack("{s:f, s:I, s:o}", "gap_ms", 1000 / f->scenario->rate_qps, "streams",
		(json_int_t)json_array_size(json_object_get(plan, "streams")), "timeline",
		record_timeline_json(f->scenario));
	if (json_object_get(plan, "last_mile") != NULL)
		json_object_set(result, "last_mile", json_object_get(plan, "last_mile"));
	json_decref(plan);
	return result;
}

json_t *
foresee_conditions(const struct foresight *f)
{
	json_t *result = result_json(f), *provenance = provenance_host_json(f->rootfs);
	json_t *conditions;

	json_object_set_new(
		provenance, "rootless", json_boolean(geteuid() != 0 || rootless_inside()));
	conditions = baseline_conditions(result, provenance);
	if (f->rootfs == NULL)
		json_object_del(conditions, "packages");
	json_decref(result);
	json_decref(provenance);
	return conditions;
}

int
foresee_comparable(const struct foresight *f, const struct baseline *baseline, struct err *e)
{
	/* Measured as the baseline was; whether each trial's tick is found is another thing. */
	enum gate_phase phase = f->scenario->phase_window_ns == 0 ? GATE_PHASE_NONE
		: baseline->phase == GATE_PHASE_RANDOM		  ? GATE_PHASE_RANDOM
								  : GATE_PHASE_LOCKED;
	json_t *known = foresee_conditions(f);
	int rc = compare_foresee(baseline, phase, known, e);

	json_decref(known);
	return rc;
}
