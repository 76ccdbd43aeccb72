/* cmd_probe.c - `catchment probe`: query as many vantage points, from a plan file. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/stopfd.h"
#include "lib/talk.h"
#include "probes/commands.h"
#include "probes/engine.h"
#include "probes/plan.h"
#include "probes/stats.h"

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
	{"plan", KEY_PLAN, "FILE", 0, "who asks whom, how often (schema catchment.probe-plan/1)",
		0},
	{0}};

static const struct argp argp = {.options = options,
	.parser = parse,
	.doc = "Query as many vantage points, from a plan file, until its duration is over or "
	       "SIGTERM.\v"
	       "Prints {\"ready\":true} when every socket is open, then sends by the clock, "
	       "whatever "
	       "is answered. Writes the answers file and the stats that the plan names."};

static int
probe(const struct plan *p)
{
	struct engine *en;
	struct err e;
	int stop_fd, status = EXIT_GOOD;

	if (stopfd_open(&stop_fd, &e) < 0 || engine_open(p, &en, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	puts("{\"ready\":true}");
	fflush(stdout);
	if (engine_run(en, stop_fd, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	if (probe_stats_write(p, engine_stats(en), &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	engine_free(en);
	close(stop_fd);
	return status;
}

int
cmd_probe(int argc, char *argv[])
{
	struct options o = {0};
	struct plan *p;
	struct err e;
	int status;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (plan_load(o.plan_path, &p, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	status = probe(p);
	plan_free(p);
	return status;
}
