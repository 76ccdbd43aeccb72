/* cmd_capture.c - `catchment capture`: capture at many interfaces, from a plan file. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/capture/capture.h"
#include "bench/capture/plan.h"
#include "bench/commands.h"
#include "lib/command.h"
#include "lib/stopfd.h"
#include "lib/talk.h"

enum {
	KEY_PLAN = 'p',
	NICE = -10 /* a ring that is read too late loses packets; where refused, so be it */
};

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
	{"plan", KEY_PLAN, "FILE", 0, "where to capture (schema catchment.capture-plan/1)", 0},
	{0}};

static const struct argp argp = {.options = options,
	.parser = parse,
	.doc = "Capture at many interfaces, from a plan file, until SIGTERM.\v"
	       "Prints {\"ready\":true} when every interface is open. Then on SIGTERM takes out of "
	       "the "
	       "kernel what was captured until that moment and writes the stats that the plan "
	       "names."};

static int
capture(const struct capture_plan *p)
{
	int stop_fd, status = EXIT_GOOD;
	struct capture *c;
	struct err e;

	(void)setpriority(PRIO_PROCESS, 0, NICE);
	if (stopfd_open(&stop_fd, &e) < 0 || capture_open(p, &c, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	puts("{\"ready\":true}");
	fflush(stdout);
	if (capture_run(c, stop_fd, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	if (capture_stats_write(c, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	capture_free(c);
	close(stop_fd);
	return status;
}

int
cmd_capture(int argc, char *argv[])
{
	struct options o = {0};
	struct capture_plan *p;
	struct err e;
	int status;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (capture_plan_load(o.plan_path, &p, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	status = capture(p);
	capture_plan_free(p);
	return status;
}
