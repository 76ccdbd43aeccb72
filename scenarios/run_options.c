/* run_options.c - the options of catchment run, and which of them go together. */
#include <argp.h>
#include <errno.h>
#include <string.h>

#include "lib/command.h"
#include "lib/gate.h"
#include "lib/num.h"
#include "lib/talk.h"
#include "scenarios/run_args.h"

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
	KEY_RESUME,
	KEY_PHASE,
	KEY_SHORT,
	KEY_BASELINE,
	KEY_CI,
	KEY_MATRIX
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
	{"baseline", KEY_BASELINE, "FILE|DIR", 0,
		"gate: has it become slower than that? Looks after 5, 10 and 20 trials", 0},
	{"short", KEY_SHORT, NULL, 0,
		"each trial as short as its expectations allow, as many as --trials says", 0},
	{"phase", KEY_PHASE, "random|locked", 0,
		"how the fault lies to the health check's tick (default: random)", 0},
	{"resume", KEY_RESUME, "DIR", 0, "go on with a run of all that was interrupted: its folder",
		0},
	{"matrix", KEY_MATRIX, "AXIS=A,B...", 0,
		"one scenario over variant=, layer= or suite= (of Debian: other daemons), side by "
		"side; may be repeated",
		0},
	{"ci", KEY_CI, "SYSTEM", 0,
		"also say it as CI wants it: github, gitlab, plain, none (default: auto, as the "
		"environment tells)",
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

bool
run_args_all(const struct run_args *a)
{
	for (size_t i = 0; i < a->names_len; i++)
		if (strcmp(a->names[i], "all") == 0)
			return true;
	return false;
}

static int
read_phase(struct run_args *a, const char *text)
{
	a->batch.plan.locked = strcmp(text, "locked") == 0;
	a->batch.phase_given = true;
	return a->batch.plan.locked || strcmp(text, "random") == 0 ? 0 : -EINVAL;
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

/* What a matrix is of, and what its cells choose themselves. */
static void
check_matrix(struct run_args *a, struct argp_state *state)
{
	for (size_t i = 0; i < a->matrix.n_axes; i++) {
		enum matrix_kind kind = a->matrix.axes[i].kind;

		if (kind == MATRIX_VARIANT && a->batch.lab.variant != NULL)
			argp_error(state, "--matrix variant: --variant does not go with it");
		if (kind == MATRIX_SUITE && a->batch.lab.rootfs != NULL)
			argp_error(state, "--matrix suite: --rootfs does not go with it");
		if (kind == MATRIX_LAYER && a->batch.layers_len == BATCH_LAYERS)
			argp_error(state, "more than %d layers", BATCH_LAYERS);
	}
	if (a->resume != NULL)
		argp_error(state, "--matrix: --resume does not go with it");
	if (a->baseline != NULL)
		argp_error(state, "--matrix is shown, not gated: --baseline does not go with it");
	if (a->names_len != 1 || run_args_all(a))
		argp_error(state, "--matrix is of one scenario");
}

/* Options that do not go together. */
static void
check_options(struct run_args *a, struct argp_state *state)
{
	if (a->list || a->targets) {
		check_list_options(a, state);
		return;
	}
	if (a->json && a->matrix.n_axes == 0)
		argp_error(state, "--json goes with --targets or --matrix");
	if (a->matrix.n_axes > 0)
		check_matrix(a, state);
	if (run_args_all(a) && a->names_len > 1)
		argp_error(state, "all is every scenario: no other name goes with it");
	if (a->resume != NULL && a->names_len == 0)
		a->names[a->names_len++] = "all";
	else if (a->resume != NULL && !run_args_all(a))
		argp_error(state, "--resume goes with all");
	if (a->names_len == 0)
		argp_error(state, "which scenario? --list names them");
	if (a->baseline != NULL && (a->batch.quick || a->resume != NULL || run_args_all(a)))
		argp_error(state, "--baseline goes with scenarios by name, not with %s",
			a->resume != NULL	 ? "--resume"
				: a->batch.quick ? "--quick (but with --short)"
						 : "all");
	if (a->baseline != NULL && a->batch.plan.trials > 0 &&
		((size_t)a->batch.plan.trials < gate_looks[0].trials ||
			(size_t)a->batch.plan.trials > gate_looks[GATE_LOOKS - 1].trials))
		argp_error(state,
			"--baseline: a gate takes %zu to %zu trials, as few as it is sure with; "
			"--trials says %d: leave it out, or say the most it may take",
			gate_looks[0].trials, gate_looks[GATE_LOOKS - 1].trials,
			a->batch.plan.trials);
	if (a->batch.quick && a->batch.plan.trials > 1)
		argp_error(state, "--quick is one trial, --trials says %d", a->batch.plan.trials);
}

/* Options that a list could not heed. */
static bool
only_runs(int key)
{
	static const int keys[] = {'n', 'p', 'q', 'o', 'a', KEY_SEED, KEY_LAST_MILE, KEY_KEEP,
		KEY_UNCALIBRATED, KEY_STRICT, KEY_QUICK, KEY_RESUME, KEY_PHASE, KEY_SHORT,
		KEY_BASELINE, KEY_CI, KEY_MATRIX};

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
	case KEY_BASELINE:
		if (arg[0] == '\0')
			argp_error(state, "--baseline: an empty name is no file");
		a->baseline = arg;
		break;
	case KEY_SHORT:
		a->batch.brief = true;
		break;
	case KEY_PHASE:
		if (read_phase(a, arg) < 0)
			argp_error(state, "--phase: '%s' is not random or locked", arg);
		break;
	case KEY_RESUME:
		if (arg[0] == '\0')
			argp_error(state, "--resume: an empty name is no folder");
		if (strlen(arg) >= sizeof(a->batch.dir))
			argp_error(state, "--resume: a name of more than %zu characters",
				sizeof(a->batch.dir) - 1);
		a->resume = arg;
		break;
	case KEY_MATRIX:
		if (matrix_add(&a->matrix, arg, &e) < 0)
			argp_error(state, "%s", e.text);
		break;
	case KEY_CI:
		if (ci_kind(arg, &a->batch.plan.ci) < 0)
			argp_error(state, "--ci: '%s' is none of auto, none, plain, github, gitlab",
				arg);
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
	a->baseline = command_env("baseline");
	if (command_env("layer") != NULL)
		a->batch.layers[a->batch.layers_len++] = command_env("layer");
	text = command_env("trials");
	if (text != NULL && num_u64(text, 1, 1000, &value) < 0) {
		talk_error("CATCHMENT_TRIALS: '%s' is not a whole number from 1 to 1000", text);
		return -EINVAL;
	}
	a->batch.plan.trials = text != NULL ? (int)value : 0;
	text = command_env("ci");
	if (ci_kind(text, &a->batch.plan.ci) < 0) {
		talk_error("CATCHMENT_CI: '%s' is none of auto, none, plain, github, gitlab", text);
		return -EINVAL;
	}
	text = command_env("matrix");
	if (text != NULL && matrix_add(&a->matrix, text, &e) < 0) {
		talk_error("CATCHMENT_MATRIX: %s", e.text);
		return -EINVAL;
	}
	text = command_env("last-mile");
	if (text != NULL && last_mile_parse(text, &a->last_mile, &e) < 0) {
		talk_error("CATCHMENT_LAST_MILE: %s", e.text);
		return -EINVAL;
	}
	if (text != NULL)
		a->batch.plan.last_mile = &a->last_mile;
	a->batch.last_mile = text;
	text = command_env("phase");
	if (text != NULL && read_phase(a, text) < 0) {
		talk_error("CATCHMENT_PHASE: '%s' is not random or locked", text);
		return -EINVAL;
	}
	return 0;
}

int
run_args_read(struct run_args *a, int argc, char *argv[])
{
	static const struct argp argp = {options, parse, "SCENARIO...|all",
		"Replay scenarios in a lab of their own, measure, judge, report.\v"
		"A SCENARIO is a name that --list shows, or the path of a file of yours. The path "
		"of "
		"each report is printed on stdout. Exit status: 0 good, 1 an expectation missed, 2 "
		"bad "
		"input, 3 environment, 4 inconclusive, 130 interrupted.",
		NULL, NULL, NULL};

	argp_err_exit_status = EXIT_USAGE;
	if (from_environment(a) < 0 || argp_parse(&argp, argc, argv, 0, NULL, a) != 0)
		return -EINVAL;
	a->batch.lab.layers = a->batch.layers;
	a->batch.out = a->batch.plan.out;
	a->batch.plan.out = a->batch.plan.out ? a->batch.plan.out : "runs";
	a->batch.plan.command = argv;
	return 0;
}
