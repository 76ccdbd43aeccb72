/* cmd_record.c - `catchment record`: record routes and log lines, from a plan file. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "bench/record/record.h"
#include "bench/record/plan.h"
#include "bench/commands.h"
#include "lib/command.h"
#include "lib/stopfd.h"
#include "lib/talk.h"

enum { KEY_PLAN = 'p' };

struct options {
	const char *plan_path;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_PLAN:
		o->plan_path = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return EINVAL;
	case ARGP_KEY_END:
		if (o->plan_path == NULL)
			argp_error(state, "--plan is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"plan", KEY_PLAN, "FILE", 0, "what to record (schema catchment.record-plan/1)", 0}, {0}};

static const struct argp argp = {.options = options,
	.parser = parse,
	.doc = "Record routes and log lines, from a plan file, until SIGTERM.\v"
	       "Prints {\"ready\":true} when the routes as they are have been written and every "
	       "log is "
	       "watched. Then on SIGTERM takes what was told until that moment and writes the "
	       "stats that "
	       "the plan names."};

static int
record(const struct record_plan *p)
{
	int stop_fd, status = EXIT_GOOD;
	struct record *r;
	struct err e;

	if (stopfd_open(&stop_fd, &e) < 0 || record_open(p, &r, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	puts("{\"ready\":true}");
	fflush(stdout);
	if (record_run(r, stop_fd, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	record_free(r);
	close(stop_fd);
	return status;
}

int
cmd_record(int argc, char *argv[])
{
	struct options o = {0};
	struct record_plan *p;
	struct err e;
	int status;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (record_plan_load(o.plan_path, &p, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	status = record(p);
	record_plan_free(p);
	return status;
}
