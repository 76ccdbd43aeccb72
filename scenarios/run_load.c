/* run_load.c - the scenarios that catchment run is asked for, by name, by path or all, and everything wrong with them at once. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lab/lab.h"
#include "lib/talk.h"
#include "scenarios/judges.h"
#include "scenarios/run_args.h"
#include "scenarios/scenario_load.h"

static int
load_one(struct run_args *a, struct loaded *l, const char *path, bool named)
{
	struct scenario *s;
	struct err e;

	if (l->len == MAX_SCENARIOS) {
		talk_error("more than %d scenarios", MAX_SCENARIOS);
		return -EINVAL;
	}
	if (scenario_load(path, l->topology, &s, &e) < 0) {
		talk_error("%s", e.text);
		return -EINVAL;
	}
	l->scenarios[l->len++] = s;
	if (a->batch.probes != 0)
		s->probes = a->batch.probes;
	if (a->batch.rate_qps > 0)
		s->rate_qps = a->batch.rate_qps;
	scenario_check_loads(s);
	judges_check(s, l->targets);
	if (conf_report(s->conf) == 0 && (s->fits || !named || a->list)) {
		if (a->batch.quick || a->batch.brief)
			scenario_shorten(s, true);
		return 0;
	}
	if (conf_complaints(s->conf) == 0) {
		talk_error("%s is for another variant: --variant %s", s->name, s->variants);
		return -EINVAL;
	}
	talk_error("%s: %zu mistake%s", path, conf_complaints(s->conf),
		conf_complaints(s->conf) == 1 ? "" : "s");
	return -EINVAL;
}

static int
load_all(struct run_args *a, struct loaded *l)
{
	char pattern[PLACE_BYTES + 32];
	glob_t found;
	int rc = 0;

	snprintf(pattern, sizeof(pattern), "%s/scenarios/*.yaml", a->data);
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *slash = strrchr(found.gl_pathv[i], '/');

		if (strcmp(slash + 1, "targets.yaml") != 0 &&
			load_one(a, l, found.gl_pathv[i], false) < 0)
			rc = -EINVAL;
	}
	globfree(&found);
	return rc;
}

static int
load_named(struct run_args *a, struct loaded *l, const char *name)
{
	char path[PATH_MAX];
	struct err e;

	if (scenario_find(a->data, name, path, &e) == 0)
		return load_one(a, l, path, true);
	talk_error("%s", e.text);
	return -EINVAL;
}

/* Everything of one variant; all mistakes are told. */
static int
load(struct run_args *a, struct loaded *l)
{
	struct lab_options lab = a->batch.lab;
	char path[PLACE_BYTES + 32];
	struct err e;
	int rc;

	lab.variant = l->variant;
	rc = lab_validate(&lab, &l->topology, &e);
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/scenarios/targets.yaml", a->data);
		rc = targets_load(path, &l->targets, &e);
	}
	if (rc < 0) {
		talk_error("%s", e.text);
		return rc;
	}
	if (conf_report(l->targets->conf) > 0)
		return -EINVAL;
	if (a->list || a->targets)
		return load_all(a, l);
	for (size_t i = 0; i < a->names_len; i++)
		if ((strcmp(a->names[i], "all") == 0 ? load_all(a, l)
						     : load_named(a, l, a->names[i])) < 0)
			rc = -EINVAL;
	return rc;
}

int
run_args_load(struct run_args *a)
{
	const char *asked = a->batch.lab.variant;
	struct err e;
	int rc = place_data(a->data, &e);

	if (rc < 0) {
		talk_error("%s", e.text);
		return rc;
	}
	a->loaded[a->loaded_len++].variant = asked != NULL ? asked : "documented";
	if (run_args_all(a) && asked == NULL && a->batch.lab.topology == NULL)
		a->loaded[a->loaded_len++].variant = "hardened";
	for (size_t i = 0; rc == 0 && i < a->loaded_len; i++)
		rc = load(a, &a->loaded[i]);
	return rc;
}

void
run_args_unload(struct run_args *a)
{
	for (size_t i = 0; i < a->loaded_len; i++) {
		for (size_t k = 0; k < a->loaded[i].len; k++)
			scenario_free(a->loaded[i].scenarios[k]);
		targets_free(a->loaded[i].targets);
		topology_free(a->loaded[i].topology);
	}
}
