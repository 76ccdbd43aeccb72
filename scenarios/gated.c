/* gated.c - a run beside its baseline. */
#include "scenarios/gated.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/talk.h"
#include "reports/report.h"

void
gate_done(struct gate *g)
{
	compare_free(g->compare);
	g->compare = NULL;
}

/* A folder of baselines has one for the variant, or one for whatever variant. */
static int
file_of(const char *path, const char *scenario, const char *variant, char ret[static PATH_MAX],
	struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, errno, "%s", path);
	snprintf(ret, PATH_MAX, "%s/result.json", path);
	if (!S_ISDIR(st.st_mode) || access(ret, F_OK) == 0) {
		snprintf(ret, PATH_MAX, "%s", path);
		return 0;
	}
	snprintf(ret, PATH_MAX, "%s/%s-%s.json", path, scenario, variant);
	if (access(ret, F_OK) == 0)
		return 0;
	snprintf(ret, PATH_MAX, "%s/%s.json", path, scenario);
	if (access(ret, F_OK) == 0)
		return 0;
	return err_set(e, ENOENT, "%s: has neither %s-%s.json nor %s.json", path, scenario, variant,
		scenario);
}

int
gate_find(const char *path, const char *scenario, const char *variant, struct baseline **ret,
	struct err *e)
{
	char file[PATH_MAX];
	struct baseline *b;
	int rc = file_of(path, scenario, variant, file, e);

	if (rc == 0)
		rc = baseline_load(file, &b, e);
	if (rc < 0)
		return rc;
	if (strcmp(b->scenario, scenario) == 0) {
		*ret = b;
		return 0;
	}
	rc = err_set(
		e, EINVAL, "%s: is the baseline of %s, not of %s", file, b->scenario, scenario);
	baseline_free(b);
	return rc;
}

int
gate_look(struct gate *g, const char *run_dir, bool last, struct err *e)
{
	const struct compare_rule rule = {.scenarios = g->scenarios, .last = last};
	struct baseline *run;
	int rc = baseline_load(run_dir, &run, e);

	if (rc < 0)
		return rc;
	gate_done(g);
	rc = compare_make(g->baseline, run, &rule, &g->compare, e);
	baseline_free(run);
	if (rc < 0)
		return rc;
	if (g->confirms != NULL)
		snprintf(g->compare->confirms, sizeof(g->compare->confirms), "%s", g->confirms);
	return compare_write(g->compare, run_dir, e);
}

static int
graver(int a, int b)
{
	static const int order[] = {EXIT_GOOD, EXIT_MISSED, EXIT_INCONCLUSIVE, EXIT_USAGE,
		EXIT_ENVIRONMENT, EXIT_INTERRUPTED};

	for (size_t i = sizeof(order) / sizeof(order[0]); i-- > 0;)
		if (a == order[i] || b == order[i])
			return order[i];
	return a;
}

/* The verdict, in the run's folder. */
static int
show(const struct run_plan *plan, const struct compare *c, const char *dir)
{
	struct err e;
	int rc = compare_write(c, dir, &e);

	if (rc == 0)
		rc = report_run_strict(dir, plan->strict, &e);
	if (rc < 0)
		talk_error("%s", e.text);
	return rc;
}

/* Runs it again in a fresh lab. Returns that run's exit code. */
static int
confirm(const struct run_plan *plan, struct compare *first, const char *dir)
{
	struct run_plan again = *plan;
	struct gate gate = *plan->gate;
	struct compare unconfirmed = *first; /* what it points to stays the first's */
	int code;

	talk_step("%s", first->why);
	/* Should this be the last that is heard of us: a fail that nothing confirmed is none. */
	compare_conclude(&unconfirmed, NULL);
	if (show(plan, &unconfirmed, dir) < 0)
		return EXIT_ENVIRONMENT;
	talk_step("once more, in a fresh lab, before that counts");
	session_drop(plan->session);
	gate.confirms = first->run;
	gate.compare = NULL;
	again.gate = &gate;
	again.seed = gate.again_seed;
	again.alone = gate.again;
	code = run_scenario(&again, NULL);
	compare_conclude(
		first, code == EXIT_INTERRUPTED || code == EXIT_ENVIRONMENT ? NULL : gate.compare);
	gate_done(&gate);
	return code;
}

int
gated_run(const struct run_plan *plan, char ret_dir[RUN_DIR_BYTES], bool *ret_failed)
{
	int code = run_scenario(plan, ret_dir);
	struct compare *c = plan->gate->compare;

	*ret_failed = false;
	if (c == NULL)
		return code;
	if (c->verdict == GATE_FAIL && code != EXIT_INTERRUPTED && code != EXIT_ENVIRONMENT) {
		int again = confirm(plan, c, ret_dir);

		if (again == EXIT_INTERRUPTED || again == EXIT_ENVIRONMENT)
			code = graver(code, again);
		if (show(plan, c, ret_dir) < 0)
			code = graver(code, EXIT_ENVIRONMENT);
	}
	*ret_failed = c->verdict == GATE_FAIL;
	talk_step("%s", c->why);
	return graver(code, compare_exit_code(c->verdict));
}
