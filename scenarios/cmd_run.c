/* cmd_run.c - catchment run: its options, the scenarios meant, and everything wrong with them at once. */
#include <argp.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lab/place.h"
#include "lib/command.h"
#include "lib/fs.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "reports/report.h"
#include "scenarios/commands.h"
#include "scenarios/judges.h"
#include "scenarios/lastmile.h"
#include "scenarios/batch.h"
#include "scenarios/batch_journal.h"
#include "scenarios/batch_order.h"
#include "scenarios/run.h"

enum { MAX_SCENARIOS = 64 };
enum { MAX_VARIANTS = 2 };
enum {
	KEY_KEEP = 256,
	KEY_STRICT,
	KEY_LIST,
	KEY_SEED,
	KEY_UNCALIBRATED,
	KEY_LAST_MILE,
	KEY_TARGETS,
	KEY_JSON,
	KEY_QUICK,
	KEY_RESUME
};

/* What the input says for one variant. */
struct loaded {
	const char *variant;
	struct topology *topology;
	struct targets *targets;
	struct scenario *scenarios[MAX_SCENARIOS];
	size_t len;
};

struct run_args {
	struct batch batch;
	struct topo_last_mile last_mile;
	const char *names[MAX_SCENARIOS];
	size_t names_len;
	const char *resume; /* folder of a batch that was interrupted */
	json_t *journal;    /* of it */
	bool list, targets, json;
	int run_key; /* of the last option given that only a run can heed; 0: none */
	/* what was loaded */
	char data[PLACE_BYTES];
	struct loaded loaded[MAX_VARIANTS];
	size_t loaded_len;
	struct batch_item items[MAX_SCENARIOS * MAX_VARIANTS];
};

static const struct argp_option options[] = {
	{"trials", 'n', "N", 0, "how often each scenario is replayed (default: 1)", 0},
	{"variant", 'v', "NAME", 0, "configuration of the service (default: documented)", 0},
	{"layer", 'l', "DIR", 0, "your own files on top: DIR/NODE/etc/...; may be repeated", 0},
	{"topology", 't', "FILE", 0, "another network than the bench's own", 0},
	{"rootfs", 'r', "DIR", 0, "a root file system of your own with the daemons", 0},
	{"probes", 'p', "N", 0, "vantage points, whatever the scenario says", 0},
	{"rate", 'q', "QPS", 0, "queries per second of each, whatever the scenario says", 0},
	{"out", 'o', "DIR", 0, "where the run's folder goes (default: runs)", 0},
	{"seed", KEY_SEED, "N", 0, "of everything random (default: 1)", 0},
	{"last-mile", KEY_LAST_MILE, "median=T[,spread=X][,max=T]", 0,
		"what clients' last mile adds to a round trip, modelled (default: as the topology "
		"says); none: nothing",
		0},
	{"any-catchment", 'a', NULL, 0, "do not insist on the catchments the topology expects", 0},
	{"keep", KEY_KEEP, NULL, 0, "leave a failed lab standing", 0},
	{"no-calibration", KEY_UNCALIBRATED, NULL, 0, "do not measure the instrument itself first",
		0},
	{"strict", KEY_STRICT, NULL, 0, "a missed documented target is a failure as well", 0},
	{"quick", KEY_QUICK, NULL, 0,
		"one trial each, as short as its expectations allow, nothing repeated", 0},
	{"resume", KEY_RESUME, "DIR", 0, "go on with a run of all that was interrupted: its folder",
		0},
	{"list", KEY_LIST, NULL, 0, "list the scenarios, a line each", 0},
	{"targets", KEY_TARGETS, NULL, 0, "list the documented claims and what judges each", 0},
	{"json", KEY_JSON, NULL, 0, "the same as JSON", 0},
	{0},
};

static uint64_t
whole(struct argp_state *state, const char *flag, const char *arg, uint64_t max)
{
	uint64_t value = 0;

	if (num_u64(arg, 1, max, &value) < 0)
		argp_error(state, "--%s: '%s' is not a whole number from 1 to %llu", flag, arg,
			(unsigned long long)max);
	return value;
}

static const char *
flag_of(int key)
{
	for (const struct argp_option *o = options; o->name != NULL; o++)
		if (o->key == key)
			return o->name;
	return "?";
}

static bool
wants_all(const struct run_args *a)
{
	for (size_t i = 0; i < a->names_len; i++)
		if (strcmp(a->names[i], "all") == 0)
			return true;
	return false;
}

/* A list is of everything and runs nothing: what it could not heed is refused. */
static void
check_list_options(struct run_args *a, struct argp_state *state)
{
	const char *what = a->list ? "list" : "targets";

	if (a->list && a->targets)
		argp_error(state, "--list or --targets, not both");
	if (a->list && a->json)
		argp_error(state, "--json goes with --targets");
	if (a->names_len > 0)
		argp_error(state, "--%s runs nothing: '%s' does not go with it", what, a->names[0]);
	if (a->run_key != 0)
		argp_error(state, "--%s runs nothing: --%s does not go with it", what,
			flag_of(a->run_key));
}

/* Options that do not go together. */
static void
check_options(struct run_args *a, struct argp_state *state)
{
	if (a->list || a->targets) {
		check_list_options(a, state);
		return;
	}
	if (a->json)
		argp_error(state, "--json goes with --targets");
	if (wants_all(a) && a->names_len > 1)
		argp_error(state, "all is every scenario: no other name goes with it");
	if (a->resume != NULL && a->names_len == 0)
		a->names[a->names_len++] = "all";
	else if (a->resume != NULL && !wants_all(a))
		argp_error(state, "--resume goes with all");
	if (a->names_len == 0)
		argp_error(state, "which scenario? --list names them");
	if (a->batch.quick && a->batch.plan.trials > 1)
		argp_error(state, "--quick is one trial, --trials says %d", a->batch.plan.trials);
}

/* Options that a list could not heed. */
static bool
only_runs(int key)
{
	static const int keys[] = {'n', 'p', 'q', 'o', 'a', KEY_SEED, KEY_LAST_MILE, KEY_KEEP,
		KEY_UNCALIBRATED, KEY_STRICT, KEY_QUICK, KEY_RESUME};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (key == keys[i])
			return true;
	return false;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct run_args *a = state->input;
	struct err e;

	if (only_runs(key))
		a->run_key = key;
	switch (key) {
	case 'n':
		a->batch.plan.trials = (int)whole(state, "trials", arg, 1000);
		break;
	case 'v':
		a->batch.lab.variant = arg;
		break;
	case 'l':
		if (a->batch.layers_len == BATCH_LAYERS)
			argp_error(state, "more than %d layers", BATCH_LAYERS);
		a->batch.layers[a->batch.layers_len++] = arg;
		break;
	case 't':
		a->batch.lab.topology = arg;
		break;
	case 'r':
		a->batch.lab.rootfs = arg;
		break;
	case 'p':
		a->batch.probes = (unsigned int)whole(state, "probes", arg, 2000);
		break;
	case 'q':
		if (num_qps(arg, &a->batch.rate_qps) < 0 || a->batch.rate_qps < 1 ||
			a->batch.rate_qps > 1000)
			argp_error(state, "--rate: '%s' is not 1 to 1000 queries a second", arg);
		break;
	case 'o':
		if (arg[0] == '\0')
			argp_error(state, "--out: an empty name is no folder");
		a->batch.plan.out = arg;
		break;
	case 'a':
		a->batch.lab.any_catchment = true;
		break;
	case KEY_SEED:
		a->batch.plan.seed = whole(state, "seed", arg, 1000000000);
		break;
	case KEY_LAST_MILE:
		if (last_mile_parse(arg, &a->last_mile, &e) < 0)
			argp_error(state, "--last-mile: %s", e.text);
		a->batch.plan.last_mile = &a->last_mile;
		a->batch.last_mile = arg;
		break;
	case KEY_KEEP:
		a->batch.plan.keep = true;
		break;
	case KEY_UNCALIBRATED:
		a->batch.plan.uncalibrated = true;
		break;
	case KEY_STRICT:
		a->batch.plan.strict = true;
		break;
	case KEY_QUICK:
		a->batch.quick = true;
		break;
	case KEY_RESUME:
		a->resume = arg;
		break;
	case KEY_LIST:
		a->list = true;
		break;
	case KEY_TARGETS:
		a->targets = true;
		break;
	case KEY_JSON:
		a->json = true;
		break;
	case ARGP_KEY_ARG:
		if (a->names_len == MAX_SCENARIOS)
			argp_error(state, "more than %d scenarios", MAX_SCENARIOS);
		a->names[a->names_len++] = arg;
		break;
	case ARGP_KEY_END:
		check_options(a, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* A flag's value from the environment goes through the same parser as the flag's. */
static int
from_environment(struct run_args *a)
{
	const char *text;
	uint64_t value;
	struct err e;

	a->batch.lab.variant = command_env("variant");
	a->batch.lab.topology = command_env("topology");
	a->batch.lab.rootfs = command_env("rootfs");
	a->batch.plan.out = command_env("out");
	if (command_env("layer") != NULL)
		a->batch.layers[a->batch.layers_len++] = command_env("layer");
	text = command_env("trials");
	if (text != NULL && num_u64(text, 1, 1000, &value) < 0) {
		talk_error("CATCHMENT_TRIALS: '%s' is not a whole number from 1 to 1000", text);
		return -EINVAL;
	}
	a->batch.plan.trials = text != NULL ? (int)value : 0;
	text = command_env("last-mile");
	if (text != NULL && last_mile_parse(text, &a->last_mile, &e) < 0) {
		talk_error("CATCHMENT_LAST_MILE: %s", e.text);
		return -EINVAL;
	}
	if (text != NULL)
		a->batch.plan.last_mile = &a->last_mile;
	a->batch.last_mile = text;
	return 0;
}

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
	judges_check(s, l->targets);
	if (conf_report(s->conf) == 0 && (s->fits || !named || a->list)) {
		if (a->batch.quick)
			batch_shorten(s);
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

/* A scenario is named by its file in scenarios/, or is a path to a file of the user's. */
static int
load_named(struct run_args *a, struct loaded *l, const char *name)
{
	char path[PLACE_BYTES + 300];

	if (strchr(name, '/') != NULL || strstr(name, ".yaml") != NULL)
		return load_one(a, l, name, true);
	snprintf(path, sizeof(path), "%s/scenarios/%.255s.yaml", a->data, name);
	if (access(path, R_OK) == 0 && strcmp(name, "targets") != 0)
		return load_one(a, l, path, true);
	talk_error("no scenario '%s'; 'catchment run --list' names them", name);
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

/* `all` is of both variants, where the bench's own network is meant and none is asked for. */
static int
load_variants(struct run_args *a)
{
	const char *asked = a->batch.lab.variant;
	struct err e;
	int rc = place_data(a->data, &e);

	if (rc < 0) {
		talk_error("%s", e.text);
		return rc;
	}
	a->loaded[a->loaded_len++].variant = asked != NULL ? asked : "documented";
	if (wants_all(a) && asked == NULL && a->batch.lab.topology == NULL)
		a->loaded[a->loaded_len++].variant = "hardened";
	for (size_t i = 0; rc == 0 && i < a->loaded_len; i++)
		rc = load(a, &a->loaded[i]);
	return rc;
}

static void
unload(struct run_args *a)
{
	for (size_t i = 0; i < a->loaded_len; i++) {
		for (size_t k = 0; k < a->loaded[i].len; k++)
			scenario_free(a->loaded[i].scenarios[k]);
		targets_free(a->loaded[i].targets);
		topology_free(a->loaded[i].topology);
	}
}

static void
fill_batch(struct run_args *a)
{
	a->batch.items = a->items;
	for (size_t i = 0; i < a->loaded_len; i++) {
		struct loaded *l = &a->loaded[i];

		for (size_t k = 0; k < l->len; k++) {
			if (!l->scenarios[k]->fits) {
				talk_note("%s is skipped: it is for another variant (%s)",
					l->scenarios[k]->name, l->scenarios[k]->variants);
				continue;
			}
			a->items[a->batch.len++] = (struct batch_item){.scenario = l->scenarios[k],
				.targets = l->targets,
				.variant = l->variant};
		}
	}
	batch_order(a->items, a->batch.len);
}

/* The folder of a run of all: a new one, or the one to go on in. */
static int
choose_folder(struct run_args *a)
{
	char stamp[17];
	struct err e;

	if (a->resume != NULL)
		snprintf(a->batch.dir, sizeof(a->batch.dir), "%s", a->resume);
	else if (!wants_all(a))
		return 0;
	else {
		wall_stamp(wall_now(), stamp);
		snprintf(a->batch.dir, sizeof(a->batch.dir), "%.400s/all-%s", a->batch.plan.out,
			stamp);
	}
	a->batch.plan.out = a->batch.dir;
	if (fs_mkdirs(a->batch.dir, &e) == 0)
		return 0;
	talk_error("%s", e.text);
	return -EIO;
}

/* The summary of all, also of what there is after an interrupt. */
static int
summarize(struct run_args *a, int code)
{
	char path[BATCH_DIR_BYTES + 24];
	struct err e;
	FILE *out;

	if (a->batch.dir[0] == '\0')
		return code;
	snprintf(path, sizeof(path), "%s/targets.json", a->batch.dir);
	out = fopen(path, "we");
	if (out != NULL) {
		judges_print(
			a->loaded[0].targets, a->loaded[0].scenarios, a->loaded[0].len, true, out);
		fclose(out);
	}
	if (report_summary(a->batch.dir, &e) < 0) {
		talk_error("%s", e.text);
		return code == EXIT_GOOD || code == EXIT_MISSED ? EXIT_ENVIRONMENT : code;
	}
	printf("%s/summary.html\n", a->batch.dir);
	return code;
}

static int
run_batch(struct run_args *a)
{
	int code;

	if (choose_folder(a) < 0)
		return EXIT_ENVIRONMENT;
	a->batch.plan.trials = a->batch.plan.trials > 0 ? a->batch.plan.trials : 1;
	a->batch.plan.seed = a->batch.plan.seed > 0 ? a->batch.plan.seed : 1;
	fill_batch(a);
	if (a->journal != NULL)
		batch_journal_apply(&a->batch, a->journal);
	stop_install();
	code = batch_run(&a->batch);
	code = summarize(a, code);
	return code;
}

static int
list(struct run_args *a)
{
	struct loaded *l = &a->loaded[0];

	if (a->targets)
		return judges_print(l->targets, l->scenarios, l->len, a->json, stdout) > 0
			? EXIT_USAGE
			: EXIT_GOOD;
	for (size_t i = 0; i < l->len; i++)
		printf("%-18s %s\n", l->scenarios[i]->name, l->scenarios[i]->summary);
	return EXIT_GOOD;
}

/* What the batch to go on with was asked for. */
static int
read_journal(struct run_args *a)
{
	struct err e = {0};
	int rc;

	if (a->resume == NULL)
		return 0;
	snprintf(a->batch.dir, sizeof(a->batch.dir), "%s", a->resume);
	rc = batch_journal_read(&a->batch, &a->journal, &e);
	if (rc == 0 && a->batch.last_mile != NULL) {
		rc = last_mile_parse(a->batch.last_mile, &a->last_mile, &e);
		a->batch.plan.last_mile = &a->last_mile;
	}
	if (rc < 0)
		talk_error("%s", e.text);
	return rc;
}

int
cmd_run(int argc, char *argv[])
{
	static const struct argp argp = {options, parse, "SCENARIO...|all",
		"Replay scenarios in a lab of their own, measure, judge, report.\v"
		"A SCENARIO is a name that --list shows, or the path of a file of yours. The path "
		"of "
		"each report is printed on stdout. Exit status: 0 good, 1 an expectation missed, 2 "
		"bad "
		"input, 3 environment, 4 inconclusive, 130 interrupted.",
		NULL, NULL, NULL};
	struct run_args *a = calloc(1, sizeof(*a));
	int code = EXIT_USAGE;

	if (a == NULL)
		abort();
	argp_err_exit_status = EXIT_USAGE;
	if (from_environment(a) < 0 || argp_parse(&argp, argc, argv, 0, NULL, a) != 0) {
		free(a);
		return EXIT_USAGE;
	}
	a->batch.lab.layers = a->batch.layers;
	a->batch.plan.out = a->batch.plan.out ? a->batch.plan.out : "runs";
	a->batch.plan.command = argv;
	if (read_journal(a) == 0 && load_variants(a) == 0)
		code = a->list || a->targets ? list(a) : run_batch(a);
	unload(a);
	json_decref(a->batch.kept);
	json_decref(a->journal);
	free(a);
	return code;
}
