/* cmd_calibrate.c - catchment calibrate: how wrong the instrument itself is, here and now. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lib/command.h"
#include "lib/fs.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "scenarios/calibrate.h"
#include "scenarios/commands.h"
#include "scenarios/record.h"

enum { MAX_LAYERS = 12, KEY_SEED = 256, KEY_KEEP };

struct args {
	struct lab_options lab;
	const char *layers[MAX_LAYERS + 1];
	size_t layers_len;
	const char *out;
	struct scenario probes;
	uint64_t seed;
	bool json, keep;
};

static const struct argp_option options[] = {
	{"name", 'n', "NAME", 0, "in a lab that is up, instead of one of its own", 0},
	{"variant", 'v', "NAME", 0, "configuration of the service (default: documented)", 0},
	{"layer", 'l', "DIR", 0, "your own files on top: DIR/NODE/etc/...; may be repeated", 0},
	{"topology", 't', "FILE", 0, "another network than the bench's own", 0},
	{"rootfs", 'r', "DIR", 0, "a root file system of your own with the daemons", 0},
	{"probes", 'p', "N", 0, "vantage points (default: 350)", 0},
	{"rate", 'q', "QPS", 0, "queries per second of each (default: 10)", 0},
	{"out", 'o', "DIR", 0, "where the calibration's folder goes (default: runs)", 0},
	{"seed", KEY_SEED, "N", 0, "of the query names (default: 1)", 0},
	{"keep-captures", KEY_KEEP, NULL, 0, "do not delete the captures once measured", 0},
	{"json", 'j', NULL, 0, "print the result as JSON", 0},
	{0},
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	uint64_t n;

	switch (key) {
	case 'n':
		a->lab.name = arg;
		break;
	case 'v':
		a->lab.variant = arg;
		break;
	case 'l':
		if (a->layers_len == MAX_LAYERS)
			argp_error(state, "more than %d layers", MAX_LAYERS);
		a->layers[a->layers_len++] = arg;
		break;
	case 't':
		a->lab.topology = arg;
		break;
	case 'r':
		a->lab.rootfs = arg;
		break;
	case 'p':
		if (num_u64(arg, 1, 2000, &n) < 0)
			argp_error(
				state, "--probes: '%s' is not a whole number from 1 to 2000", arg);
		a->probes.probes = (unsigned int)n;
		break;
	case 'q':
		if (num_qps(arg, &a->probes.rate_qps) < 0 || a->probes.rate_qps < 1 ||
			a->probes.rate_qps > 1000)
			argp_error(state, "--rate: '%s' is not 1 to 1000 queries a second", arg);
		break;
	case 'o':
		if (arg[0] == '\0')
			argp_error(state, "--out: an empty name is no folder");
		a->out = arg;
		break;
	case KEY_SEED:
		if (num_u64(arg, 1, 1000000000, &a->seed) < 0)
			argp_error(state, "--seed: '%s' is not a whole number from 1", arg);
		break;
	case KEY_KEEP:
		a->keep = true;
		break;
	case 'j':
		a->json = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void
from_environment(struct args *a)
{
	a->lab.name = command_env("name");
	a->lab.variant = command_env("variant");
	a->lab.topology = command_env("topology");
	a->lab.rootfs = command_env("rootfs");
	a->out = command_env("out") ? command_env("out") : "runs";
	if (command_env("layer") != NULL)
		a->layers[a->layers_len++] = command_env("layer");
}

static void
print_blackouts(const json_t *list)
{
	const json_t *one;
	size_t i;

	puts("blackout    dark for     seen as  off by   streams  off by at most  beyond a gap");
	json_array_foreach(list, i, one)
	{
		double error_ms = json_number_value(json_object_get(one, "union_error_ms"));
		double expected_ms = json_number_value(json_object_get(one, "expected_ms"));

		printf("%5g ms  %7.1f ms  %7.1f ms  %+5.1f ms  %7lld  %11.1f ms  %12lld\n",
			json_number_value(json_object_get(one, "asked_ms")), expected_ms,
			expected_ms + error_ms, error_ms,
			(long long)json_integer_value(json_object_get(one, "streams")),
			json_number_value(
				json_object_get(json_object_get(one, "stream_error_ms"), "max")),
			(long long)json_integer_value(json_object_get(one, "streams_off")));
	}
}

static void
print_summary(const char *what, const json_t *s)
{
	printf("%-38s p50 %7.1f  p99 %8.1f  max %8.1f us  n = %lld\n", what,
		json_number_value(json_object_get(s, "p50")),
		json_number_value(json_object_get(s, "p99")),
		json_number_value(json_object_get(s, "max")),
		(long long)json_integer_value(json_object_get(s, "n")));
}

static void
print_text(const json_t *result, const char *dir)
{
	const json_t *why;
	size_t i;

	print_blackouts(json_object_get(result, "blackouts"));
	putchar('\n');
	print_summary("links: delay beyond what they were told",
		json_object_get(result, "delay_error_us"));
	print_summary(
		"round trips: probe minus capture", json_object_get(result, "rtt_difference_us"));
	putchar('\n');
	if (json_is_true(json_object_get(result, "good")))
		puts("good");
	json_array_foreach(json_object_get(result, "why"), i, why)
		printf("not good: %s\n", json_string_value(why));
	talk_step("kept in %s/calibration", dir);
}

static int
in_lab(struct args *a, struct lab *lab, char *const *argv, struct err *e)
{
	char id[80], dir[640], stamp[17];
	const struct targets none = {0};
	const struct record_head head = {.id = id,
		.variant = a->lab.variant ? a->lab.variant : "documented",
		.seed = a->seed,
		.command = argv};
	struct calibrate_plan plan = {.lab = lab,
		.scenario = &a->probes,
		.run_dir = dir,
		.seed = a->seed,
		.keep_captures = a->keep};
	json_t *record = NULL, *result = NULL;
	int rc;

	wall_stamp(wall_now(), stamp);
	snprintf(id, sizeof(id), "calibrate-%.40s-%s", head.variant, stamp);
	snprintf(dir, sizeof(dir), "%.480s/%s", a->out, id);
	rc = fs_mkdirs(dir, e);
	if (rc == 0)
		rc = record_new(&head, lab, &a->probes, &none, &record, e);
	if (rc == 0)
		rc = record_write(record, dir, false, false, e);
	if (rc == 0)
		rc = calibrate(&plan, &result, e);
	if (record != NULL &&
		record_write(record, dir, rc == 0, rc == -EINTR, rc < 0 ? NULL : e) < 0 && rc == 0)
		rc = -EIO;
	if (rc == 0 && a->json) {
		json_dumpf(result, stdout, JSON_INDENT(1));
		putchar('\n');
	} else if (rc == 0) {
		print_text(result, dir);
	}
	if (rc == 0 && !json_is_true(json_object_get(result, "good")))
		rc = 1;
	json_decref(record);
	json_decref(result);
	return rc;
}

int
cmd_calibrate(int argc, char *argv[])
{
	static const struct argp argp = {options, parse, NULL,
		"Measure the instrument itself: blackouts of known length, the delay of links "
		"against captures at both ends, round trips against captures.\v"
		"Exit status: 0 within its limits, 4 not, 2 bad input, 3 environment, 130 "
		"interrupted.",
		NULL, NULL, NULL};
	struct args a = {.seed = 1,
		.probes = {.name = "calibrate",
			.title = "The instrument itself",
			.summary = "blackouts, delays and round trips",
			.probes = 350,
			.rate_qps = 10,
			.timeout_ns = 2 * NS_PER_S}};
	struct lab *lab = NULL;
	struct err e = {0};
	int rc;

	from_environment(&a);
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	a.lab.layers = a.layers;
	stop_install();
	if (conf_parse("catchment calibrate", "", 0, &a.probes.conf) < 0)
		abort();
	if (a.lab.name != NULL) {
		rc = lab_open(a.lab.name, &lab, &e);
	} else {
		char name[48];

		snprintf(name, sizeof(name), "calibrate-%d", (int)getpid());
		a.lab.name = name;
		rc = lab_up(&a.lab, &lab, &e);
		a.lab.name = NULL;
	}
	if (rc == 0)
		rc = in_lab(&a, lab, argv, &e);
	lab_close(lab);
	conf_free(a.probes.conf);
	if (rc < 0)
		talk_error("%s", e.text);
	return command_again(rc == 0	? EXIT_GOOD
			: rc == 1	? EXIT_INCONCLUSIVE
			: rc == -EINTR	? EXIT_INTERRUPTED
			: rc == -EINVAL ? EXIT_USAGE
			: rc == -EDOM	? EXIT_MISSED
					: EXIT_ENVIRONMENT,
		argv);
}
