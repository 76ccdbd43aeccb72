/* analyze.c - from a run directory to result.json: trial by trial, then the whole. */
#include "bench/analyze/analyze.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/analyze/bgplog.h"
#include "bench/analyze/bgpwire.h"
#include "bench/analyze/budget.h"
#include "bench/analyze/catchment.h"
#include "bench/analyze/clients.h"
#include "bench/analyze/damage.h"
#include "bench/analyze/loads.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/resolvers.h"
#include "bench/analyze/result.h"
#include "bench/analyze/rfc_bgp.h"
#include "bench/analyze/rtt.h"
#include "bench/analyze/run.h"
#include "bench/analyze/sides.h"
#include "bench/analyze/soak.h"
#include "bench/analyze/steady.h"
#include "bench/analyze/streams.h"
#include "bench/analyze/tick.h"
#include "bench/analyze/timeline.h"
#include "bench/analyze/verdicts.h"
#include "lib/fs.h"

/*
 * The captures, read once for all who ask. Without a plan there are none: that makes a trial invalid
 * where a node's withdraw is to be measured. Returns 0 or -ENOMEM.
 */
static int
read_captures(const struct run *r, struct trial *t, struct bgplog **ret)
{
	struct budget_marks *marks;
	struct err why;
	int rc = budget_marks_new(t, &marks);

	if (rc < 0)
		return rc;
	rc = bgplog_read(r->dir, t->dir, budget_marks_want, marks, ret, &why);
	budget_marks_free(marks);

	if (rc == -ENOMEM)
		return rc;
	if (rc == 0)
		damage_note_captures(r, t, *ret);
	if (rc < 0 && r->fault_node != NULL && t->has_fault)
		trial_invalid(t, "%s", why.text);
	return 0;
}

/*
 * What all trials share is only added to once the trial is known to be valid. The queries, most
 * of the memory, live no longer than their trial's turn.
 */
static int
analyze_trial(struct run *r, struct trial *t, struct err *e)
{
	struct bgplog *log = NULL;
	int rc = trial_load(r, t, e);

	if (rc < 0)
		return rc;
	rc = streams_measure(r, t);
	if (rc == 0)
		rc = read_captures(r, t, &log);
	if (rc == 0)
		rc = bgpwire_measure(r, t, log);
	if (rc == 0)
		tick_measure(r, t, log);
	if (rc == 0) {
		rc = budget_measure(r, t, log, e);
		if (rc < 0) {
			bgplog_free(log);
			return rc;
		}
	}
	if (rc == 0)
		rc = sides_measure(r, t);
	if (rc == 0)
		rc = steady_measure(r, t);
	if (rc == 0)
		rc = clients_measure(r, t);
	if (rc == 0)
		rc = resolvers_measure(t);
	if (rc == 0)
		rc = timeline_measure(r, t);
	if (rc == 0)
		rc = soak_measure(r, t, log);
	if (rc == 0 && t->valid) {
		rc = catchment_add(r, t);
		if (rc == 0)
			rc = rfc_bgp_add(r, t, log);
		if (rc == 0)
			rc = rtt_measure(r, t);
		expect_add(r, t);
		for (size_t i = 0; i < t->streams; i++)
			if (t->stream[i].affected)
				r->city[t->stream[i].city].affected = true;
	}
	bgplog_free(log);
	trial_forget_queries(t);
	return rc < 0 ? err_sys(e, -rc, "%s/%s", r->dir, t->dir) : 0;
}

static int
write_result(const struct run *r, struct err *e)
{
	char path[PATH_MAX], *text;
	json_t *o = result_json(r);
	int rc;

	if (o == NULL)
		return err_sys(e, ENOMEM, "%s/result.json", r->dir);
	text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(o);
	if (text == NULL)
		return err_sys(e, ENOMEM, "%s/result.json", r->dir);
	snprintf(path, sizeof(path), "%s/result.json", r->dir);
	rc = fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}

bool
analyze_has_metric(const char *name)
{
	const char *const *names;
	size_t n = metric_names(&names);

	while (n > 0)
		if (strcmp(names[--n], name) == 0)
			return true;
	return loads_is_metric(name, NULL);
}

bool
analyze_load_of_metric(const char *metric, char *ret_name, size_t name_bytes)
{
	size_t len;

	if (!loads_is_metric(metric, &len))
		return false;
	snprintf(ret_name, name_bytes, "%.*s", (int)len, metric + strlen("load_"));
	return true;
}

/* What was measured once is not replaced by nothing: trials that were pruned to save room cannot be analyzed again. */
static int
anything_left(const struct run *r, struct err *e)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/result.json", r->dir);
	if (stat(path, &st) < 0)
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "%s: is no regular file", path);
	for (size_t i = 0; i < r->trials; i++) {
		snprintf(path, sizeof(path), "%s/%s", r->dir, r->trial[i].dir);
		if (stat(path, &st) == 0)
			return 0;
	}
	if (r->trials == 0)
		return 0;
	return err_set(e, EINVAL,
		"%s: no folder of its trials (%zu) is there any more: result.json stays as it is",
		r->dir, r->trials);
}

int
analyze_run(const char *run_dir, struct err *e)
{
	struct run *r = malloc(sizeof(*r));
	struct err unheard;
	int rc;

	if (e == NULL)
		e = &unheard;
	if (r == NULL)
		return err_sys(e, ENOMEM, "%s", run_dir);
	rc = run_open(r, run_dir, e);
	if (rc == 0) {
		rc = anything_left(r, e);
		if (rc == 0)
			rfc_accuracy_read(r);
		for (size_t i = 0; i < r->trials && rc == 0; i++)
			rc = analyze_trial(r, &r->trial[i], e);
		if (rc == 0)
			rc = write_result(r, e);
		run_done(r);
	}
	free(r);
	return rc;
}
