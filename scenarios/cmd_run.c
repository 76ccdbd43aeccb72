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
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "scenarios/commands.h"
#include "scenarios/lastmile.h"
#include "scenarios/run.h"

enum { MAX_SCENARIOS = 64, MAX_LAYERS = 12 };
enum { KEY_KEEP = 256, KEY_STRICT, KEY_LIST, KEY_SEED, KEY_UNCALIBRATED, KEY_LAST_MILE };

struct run_args {
	struct run_plan plan;
	struct topo_last_mile last_mile;
	const char *layers[MAX_LAYERS + 1];
	size_t layers_len;
	const char *names[MAX_SCENARIOS];
	size_t names_len;
	unsigned int probes; /* 0: as the scenario says */
	double rate_qps;
	bool list;
	/* what was loaded */
	char data[PLACE_BYTES];
	struct topology *topology;
	struct targets *targets;
	struct scenario *scenarios[MAX_SCENARIOS];
	size_t scenarios_len;
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
	{"list", KEY_LIST, NULL, 0, "list the scenarios, a line each", 0},
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

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct run_args *a = state->input;
	struct err e;

	switch (key) {
	case 'n':
		a->plan.trials = (int)whole(state, "trials", arg, 1000);
		break;
	case 'v':
		a->plan.lab.variant = arg;
		break;
	case 'l':
		if (a->layers_len == MAX_LAYERS)
			argp_error(state, "more than %d layers", MAX_LAYERS);
		a->layers[a->layers_len++] = arg;
		break;
	case 't':
		a->plan.lab.topology = arg;
		break;
	case 'r':
		a->plan.lab.rootfs = arg;
		break;
	case 'p':
		a->probes = (unsigned int)whole(state, "probes", arg, 2000);
		break;
	case 'q':
		if (num_qps(arg, &a->rate_qps) < 0 || a->rate_qps < 1 || a->rate_qps > 1000)
			argp_error(state, "--rate: '%s' is not 1 to 1000 queries a second", arg);
		break;
	case 'o':
		if (arg[0] == '\0')
			argp_error(state, "--out: an empty name is no folder");
		a->plan.out = arg;
		break;
	case 'a':
		a->plan.lab.any_catchment = true;
		break;
	case KEY_SEED:
		a->plan.seed = whole(state, "seed", arg, 1000000000);
		break;
	case KEY_LAST_MILE:
		if (last_mile_parse(arg, &a->last_mile, &e) < 0)
			argp_error(state, "--last-mile: %s", e.text);
		a->plan.last_mile = &a->last_mile;
		break;
	case KEY_KEEP:
		a->plan.keep = true;
		break;
	case KEY_UNCALIBRATED:
		a->plan.uncalibrated = true;
		break;
	case KEY_STRICT:
		a->plan.strict = true;
		break;
	case KEY_LIST:
		a->list = true;
		break;
	case ARGP_KEY_ARG:
		if (a->names_len == MAX_SCENARIOS)
			argp_error(state, "more than %d scenarios", MAX_SCENARIOS);
		a->names[a->names_len++] = arg;
		break;
	case ARGP_KEY_END:
		if (a->names_len == 0 && !a->list)
			argp_error(state, "which scenario? --list names them");
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

	a->plan.lab.variant = command_env("variant");
	a->plan.lab.topology = command_env("topology");
	a->plan.lab.rootfs = command_env("rootfs");
	a->plan.out = command_env("out");
	if (command_env("layer") != NULL)
		a->layers[a->layers_len++] = command_env("layer");
	text = command_env("trials");
	if (text != NULL && num_u64(text, 1, 1000, &value) < 0) {
		talk_error("CATCHMENT_TRIALS: '%s' is not a whole number from 1 to 1000", text);
		return -EINVAL;
	}
	a->plan.trials = text != NULL ? (int)value : 1;
	text = command_env("last-mile");
	if (text != NULL && last_mile_parse(text, &a->last_mile, &e) < 0) {
		talk_error("CATCHMENT_LAST_MILE: %s", e.text);
		return -EINVAL;
	}
	if (text != NULL)
		a->plan.last_mile = &a->last_mile;
	return 0;
}

static int
load_one(struct run_args *a, const char *path, bool named)
{
	struct scenario *s;
	struct err e;

	if (a->scenarios_len == MAX_SCENARIOS)
		return 0;
	if (scenario_load(path, a->topology, &s, &e) < 0) {
		talk_error("%s", e.text);
		return -EINVAL;
	}
	a->scenarios[a->scenarios_len++] = s;
	if (a->probes != 0)
		s->probes = a->probes;
	if (a->rate_qps > 0)
		s->rate_qps = a->rate_qps;
	for (size_t i = 0; i < s->judges_len; i++)
		if (targets_find(a->targets, s->judges[i]) == NULL)
			conf_complain(s->conf,
				conf_at(s->conf, conf_get(s->conf, conf_root(s->conf), "judges"),
					i),
				"judges: the ledger has no '%s'", s->judges[i]);
	if (conf_report(s->conf) == 0 && (s->fits || !named || a->list))
		return 0;
	if (conf_complaints(s->conf) == 0) {
		talk_error("%s is for another variant: --variant %s", s->name, s->variants);
		return -EINVAL;
	}
	talk_error("%s: %zu mistake%s", path, conf_complaints(s->conf),
		conf_complaints(s->conf) == 1 ? "" : "s");
	return -EINVAL;
}

static int
load_all(struct run_args *a)
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
			load_one(a, found.gl_pathv[i], false) < 0)
			rc = -EINVAL;
	}
	globfree(&found);
	return rc;
}

/* A scenario is named by its file in scenarios/, or is a path to a file of the user's. */
static int
load_named(struct run_args *a, const char *name)
{
	char path[PLACE_BYTES + 300];

	if (strchr(name, '/') != NULL || strstr(name, ".yaml") != NULL)
		return load_one(a, name, true);
	snprintf(path, sizeof(path), "%s/scenarios/%.255s.yaml", a->data, name);
	if (access(path, R_OK) == 0 && strcmp(name, "targets") != 0)
		return load_one(a, path, true);
	talk_error("no scenario '%s'; 'catchment run --list' names them", name);
	return -EINVAL;
}

static int
load(struct run_args *a)
{
	char path[PLACE_BYTES + 32];
	struct err e;
	int rc = place_data(a->data, &e);

	if (rc == 0)
		rc = lab_validate(&a->plan.lab, &a->topology, &e);
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/scenarios/targets.yaml", a->data);
		rc = targets_load(path, &a->targets, &e);
	}
	if (rc < 0) {
		talk_error("%s", e.text);
		return rc;
	}
	if (conf_report(a->targets->conf) > 0)
		return -EINVAL;
	if (a->list)
		return load_all(a);
	for (size_t i = 0; i < a->names_len; i++)
		if ((strcmp(a->names[i], "all") == 0 ? load_all(a) : load_named(a, a->names[i])) <
			0)
			rc = -EINVAL;
	return rc;
}

static void
unload(struct run_args *a)
{
	for (size_t i = 0; i < a->scenarios_len; i++)
		scenario_free(a->scenarios[i]);
	targets_free(a->targets);
	topology_free(a->topology);
}

/* Environment troubles weigh more than a missed expectation, an interrupt more than all. */
static int
worse(int a, int b)
{
	static const int order[] = {EXIT_GOOD, EXIT_MISSED, EXIT_INCONCLUSIVE, EXIT_USAGE,
		EXIT_ENVIRONMENT, EXIT_INTERRUPTED};

	for (size_t i = sizeof(order) / sizeof(order[0]); i-- > 0;)
		if (a == order[i] || b == order[i])
			return order[i];
	return a;
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
	struct run_args a = {.plan = {.trials = 1, .seed = 1}};
	int code = EXIT_GOOD;

	if (from_environment(&a) < 0)
		return EXIT_USAGE;
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	a.plan.lab.layers = a.layers;
	a.plan.out = a.plan.out ? a.plan.out : "runs";
	a.plan.command = argv;
	if (load(&a) < 0) {
		unload(&a);
		return EXIT_USAGE;
	}
	stop_install();
	for (size_t i = 0; i < a.scenarios_len && code != EXIT_INTERRUPTED; i++) {
		if (a.list) {
			printf("%-18s %s\n", a.scenarios[i]->name, a.scenarios[i]->summary);
			continue;
		}
		if (!a.scenarios[i]->fits) {
			talk_note("%s is skipped: it is for another variant (%s)",
				a.scenarios[i]->name, a.scenarios[i]->variants);
			continue;
		}
		a.plan.scenario = a.scenarios[i];
		a.plan.targets = a.targets;
		talk_step("%s: %s, %d trial%s", a.scenarios[i]->name, a.scenarios[i]->title,
			a.plan.trials, a.plan.trials == 1 ? "" : "s");
		code = worse(code, run_scenario(&a.plan));
	}
	unload(&a);
	return code;
}
