/* cmd_sweep.c - catchment sweep: its options, as one object that says all that decides what is measured. */
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "reports/sweep.h"
#include "scenarios/commands.h"
#include "scenarios/sweep.h"

/* A folder's name: what is made in it has to fit into SWEEP_DIR_BYTES too. */
enum { OUT_MAX = 300, RESUME_MAX = 500 };

enum { KEY_SEED = 256, KEY_UNCALIBRATED, KEY_QUICK, KEY_RESUME, KEY_LIST, KEY_JSON, KEY_KNOBS };

struct sweep_args {
	json_t *asked;
	const char *out, *resume;
	bool list, json;
	int asked_key; /* of the last option given that says what is measured; 0: none */
	int run_key;   /* of the last that a list could not heed */
};

static const struct argp_option options[] = {
	{"vary", 'V', "KNOB=A,B,...", 0, "a knob and its values; for several all combinations", 0},
	{"trials", 'n', "N", 0, "how often each combination is replayed (default: 1)", 0},
	{"idle", 'i', "T", 0,
		"how long each lab is left alone first, 0 or 1s to 10h (default: 30s)", 0},
	{"variant", 'v', "NAME", 0, "configuration of the service (default: documented)", 0},
	{"layer", 'l', "DIR", 0, "your own files on top, and your knobs in DIR/knobs.yaml", 0},
	{"knobs", KEY_KNOBS, "FILE", 0, "a file with knobs of your own; may be repeated", 0},
	{"topology", 't', "FILE", 0, "another network than the bench's own", 0},
	{"rootfs", 'r', "DIR", 0, "a root file system of your own with the daemons", 0},
	{"probes", 'p', "N", 0, "vantage points, whatever the scenario says", 0},
	{"rate", 'q', "QPS", 0, "queries per second of each, whatever the scenario says", 0},
	{"out", 'o', "DIR", 0, "where the sweep's folder goes (default: runs)", 0},
	{"seed", KEY_SEED, "N", 0, "of everything random (default: 1)", 0},
	{"no-calibration", KEY_UNCALIBRATED, NULL, 0, "do not measure the instrument itself first",
		0},
	{"quick", KEY_QUICK, NULL, 0, "the scenario as short as its expectations allow", 0},
	{"resume", KEY_RESUME, "DIR", 0, "go on with a sweep that was interrupted: its folder", 0},
	{"list", KEY_LIST, NULL, 0, "list the variant's knobs, a line each", 0},
	{"json", KEY_JSON, NULL, 0, "print the result, or the list, as JSON", 0},
	{0},
};

static const char *
flag_of(int key)
{
	for (const struct argp_option *o = options; o->name != NULL; o++)
		if (o->key == key)
			return o->name;
	return "?";
}

static void
append(struct sweep_args *a, const char *key, const char *text)
{
	json_t *list = json_object_get(a->asked, key);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(a->asked, key, list);
	}
	json_array_append_new(list, json_string(text));
}

/* A path as it will still be when somebody resumes from elsewhere. One that is not there is told later. */
static void
whole_path(const char *path, char out[static PATH_MAX])
{
	if (realpath(path, out) == NULL)
		snprintf(out, PATH_MAX, "%.4000s", path);
}

static int
take_whole(struct sweep_args *a, const char *key, const char *flag, const char *arg, uint64_t max,
	struct err *e)
{
	uint64_t value;

	if (num_u64(arg, 1, max, &value) < 0)
		return err_set(e, EINVAL, "--%s: '%s' is not a whole number from 1 to %llu", flag,
			arg, (unsigned long long)max);
	json_object_set_new(a->asked, key, json_integer((json_int_t)value));
	return 0;
}

static int
take_idle(struct sweep_args *a, const char *arg, struct err *e)
{
	int64_t ns;

	if (num_duration_ns(arg, &ns) < 0 || (ns != 0 && ns < NS_PER_S) || ns > 36000 * NS_PER_S)
		return err_set(
			e, EINVAL, "--idle: '%s' is neither 0 nor a time from 1s to 10h", arg);
	json_object_set_new(a->asked, "idle_s", json_real((double)ns / 1e9));
	return 0;
}

static int
take_rate(struct sweep_args *a, const char *arg, struct err *e)
{
	double qps;

	if (num_qps(arg, &qps) < 0 || qps < 1 || qps > 1000)
		return err_set(e, EINVAL, "--rate: '%s' is not 1 to 1000 queries a second", arg);
	json_object_set_new(a->asked, "rate_qps", json_real(qps));
	return 0;
}

/* One option that says what is measured, from the command line or from the environment. */
static int
take(struct sweep_args *a, int key, const char *arg, struct err *e)
{
	char path[PATH_MAX];

	switch (key) {
	case 'V':
		append(a, "vary", arg);
		return 0;
	case 'n':
		return take_whole(a, "trials", "trials", arg, 1000, e);
	case 'p':
		return take_whole(a, "probes", "probes", arg, 2000, e);
	case KEY_SEED:
		return take_whole(a, "seed", "seed", arg, 1000000000, e);
	case 'i':
		return take_idle(a, arg, e);
	case 'q':
		return take_rate(a, arg, e);
	case 'v':
		json_object_set_new(a->asked, "variant", json_string(arg));
		return 0;
	case 'l':
	case KEY_KNOBS:
		whole_path(arg, path);
		append(a, key == 'l' ? "layers" : "knob_files", path);
		return 0;
	case 't':
	case 'r':
		whole_path(arg, path);
		json_object_set_new(
			a->asked, key == 't' ? "topology" : "rootfs", json_string(path));
		return 0;
	case KEY_UNCALIBRATED:
		json_object_set_new(a->asked, "no_calibration", json_true());
		return 0;
	case KEY_QUICK:
		json_object_set_new(a->asked, "quick", json_true());
		return 0;
	default:
		return -ENOENT;
	}
}

static void
take_scenario(struct sweep_args *a, const char *arg, struct argp_state *state)
{
	char path[PATH_MAX];

	if (json_object_get(a->asked, "scenario") != NULL)
		argp_error(state, "one scenario at a time: '%s' is a second", arg);
	if (strchr(arg, '/') != NULL || strstr(arg, ".yaml") != NULL)
		whole_path(arg, path);
	else
		snprintf(path, sizeof(path), "%.255s", arg);
	json_object_set_new(a->asked, "scenario", json_string(path));
}

static void
check_options(const struct sweep_args *a, struct argp_state *state)
{
	const char *scenario = json_string_value(json_object_get(a->asked, "scenario"));

	if (a->list && a->resume != NULL)
		argp_error(state, "--list or --resume, not both");
	if (a->list && (a->run_key != 0 || scenario != NULL))
		argp_error(state, "--list runs nothing: %s%s does not go with it",
			scenario != NULL ? "" : "--",
			scenario != NULL ? scenario : flag_of(a->run_key));
	if (a->resume != NULL && (a->asked_key != 0 || scenario != NULL))
		argp_error(state, "--resume goes on as it was begun: %s%s does not go with it",
			scenario != NULL ? "" : "--",
			scenario != NULL ? scenario : flag_of(a->asked_key));
	if (a->list || a->resume != NULL)
		return;
	if (scenario == NULL)
		argp_error(state, "which scenario? 'catchment run --list' names them");
	if (json_object_get(a->asked, "vary") == NULL)
		argp_error(state, "which knobs? --vary KNOB=A,B,...; --list names them");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct sweep_args *a = state->input;
	struct err e;
	int rc;

	switch (key) {
	case 'o':
		if (arg[0] == '\0')
			argp_error(state, "--out: an empty name is no folder");
		a->out = arg;
		a->run_key = a->asked_key = key;
		return 0;
	case KEY_RESUME:
		if (arg[0] == '\0')
			argp_error(state, "--resume: an empty name is no folder");
		if (strlen(arg) > RESUME_MAX)
			argp_error(
				state, "--resume: a name of more than %d characters", RESUME_MAX);
		a->resume = arg;
		return 0;
	case KEY_LIST:
		a->list = true;
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		take_scenario(a, arg, state);
		return 0;
	case ARGP_KEY_END:
		check_options(a, state);
		return 0;
	default:
		break;
	}
	rc = take(a, key, arg, &e);
	if (rc == -ENOENT)
		return ARGP_ERR_UNKNOWN;
	if (rc < 0)
		argp_error(state, "%s", e.text);
	a->asked_key = key;
	if (key != 'v' && key != 'l' && key != 't' && key != KEY_KNOBS)
		a->run_key = key;
	return 0;
}

/* What neither the command line nor a sweep that was begun says. */
static int
from_environment(struct sweep_args *a)
{
	static const struct {
		const char *flag, *key;
		int option;
	} rows[] = {{"variant", "variant", 'v'}, {"topology", "topology", 't'},
		{"rootfs", "rootfs", 'r'}, {"layer", "layers", 'l'}, {"trials", "trials", 'n'},
		{"idle", "idle_s", 'i'}};
	struct err e;

	a->out = a->out != NULL ? a->out : command_env("out") ? command_env("out") : "runs";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = command_env(rows[i].flag);

		if (text == NULL || json_object_get(a->asked, rows[i].key) != NULL)
			continue;
		if (take(a, rows[i].option, text, &e) < 0) {
			talk_error("from the environment: %s", e.text);
			return -EINVAL;
		}
	}
	return 0;
}

static void
fill_in(json_t *asked)
{
	static const char *const lists[] = {"layers", "knob_files", "vary", NULL};

	for (size_t i = 0; lists[i] != NULL; i++)
		if (json_object_get(asked, lists[i]) == NULL)
			json_object_set_new(asked, lists[i], json_array());
	if (json_object_get(asked, "trials") == NULL)
		json_object_set_new(asked, "trials", json_integer(1));
	if (json_object_get(asked, "seed") == NULL)
		json_object_set_new(asked, "seed", json_integer(1));
	if (json_object_get(asked, "idle_s") == NULL)
		json_object_set_new(asked, "idle_s", json_real(30));
}

static int
print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(1));
	putchar('\n');
	return EXIT_GOOD;
}

static int
list(struct sweep *s, bool as_json)
{
	if (sweep_load_knobs(s) < 0)
		return EXIT_USAGE;
	if (as_json) {
		json_t *value = sweep_list_json(s);

		print_json(value);
		json_decref(value);
	} else {
		sweep_list(s, stdout);
	}
	return EXIT_GOOD;
}

/* A new sweep's folder, with its journal in it before a lab is built. */
static int
make_folder(struct sweep *s, const char *out, struct err *e)
{
	char stamp[17];
	int rc;

	if (strlen(out) > OUT_MAX)
		return err_set(
			e, ENAMETOOLONG, "--out: a name of more than %d characters", OUT_MAX);
	wall_stamp(wall_now(), stamp);
	snprintf(s->dir, sizeof(s->dir), "%.300s/sweep-%.40s-%.40s-%s", out, s->scenario->name,
		s->lab.variant, stamp);
	if (access(s->dir, F_OK) == 0)
		return err_set(e, EEXIST, "%s exists", s->dir);
	rc = fs_mkdirs(s->dir, e);
	return rc == 0 ? sweep_write(s, e) : rc;
}

static int
tell(struct sweep *s, bool as_json, int code)
{
	char path[SWEEP_DIR_BYTES + 16];
	struct err e;
	json_t *doc;

	if (report_sweep(s->dir, &e) < 0) {
		talk_error("%s", e.text);
		code = code == EXIT_INTERRUPTED ? code : EXIT_ENVIRONMENT;
	}
	if (!as_json) {
		sweep_print(s, stdout);
		printf("\n%s/sweep.html\n", s->dir);
		return code;
	}
	snprintf(path, sizeof(path), "%s/sweep.json", s->dir);
	doc = json_load_file(path, 0, NULL);
	print_json(doc);
	json_decref(doc);
	return code;
}

static int
run(struct sweep *s, const struct sweep_args *a)
{
	char rootfs[PATH_MAX];
	struct err e = {0};
	int rc = 0;

	if (a->resume != NULL) {
		snprintf(s->dir, sizeof(s->dir), "%.500s", a->resume);
		rc = sweep_read_asked(s->dir, &s->asked, &e);
	}
	if (rc < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	if (sweep_load(s) < 0)
		return EXIT_USAGE;
	rc = lab_find_rootfs(&s->lab, rootfs, &e);
	if (rc == 0)
		rc = a->resume != NULL ? sweep_read_found(s, &e) : make_folder(s, a->out, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return a->resume != NULL || rc == -ENAMETOOLONG || rc == -EINVAL ? EXIT_USAGE
										 : EXIT_ENVIRONMENT;
	}
	stop_install();
	return tell(s, a->json, sweep_run(s));
}

int
cmd_sweep(int argc, char *argv[])
{
	static const struct argp argp = {options, parse, "SCENARIO --vary KNOB=A,B,...",
		"Replay a scenario at every combination of some knobs' values, each in a lab of "
		"its "
		"own: outage against cost.\v"
		"The table is printed on stdout, with it the path of the report. Exit status: 0 "
		"every "
		"combination has a valid trial, 2 bad input, 3 environment, 4 one or more have "
		"none, "
		"130 interrupted.",
		NULL, NULL, NULL};
	struct sweep_args a = {.asked = json_object()};
	struct sweep *s = calloc(1, sizeof(*s));
	int code = EXIT_USAGE;

	if (s == NULL || a.asked == NULL)
		abort();
	argp_err_exit_status = EXIT_USAGE;
	s->command = argv;
	if (argp_parse(&argp, argc, argv, 0, NULL, &a) == 0 && from_environment(&a) == 0) {
		fill_in(a.asked);
		if (a.resume == NULL)
			s->asked = json_incref(a.asked);
		code = a.list ? list(s, a.json) : run(s, &a);
	}
	json_decref(a.asked);
	sweep_done(s);
	free(s);
	return code;
}
