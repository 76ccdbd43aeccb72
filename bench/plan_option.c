/* plan_option.c - the command line of a command that the runner drives: --plan FILE and nothing else. */
#include "bench/plan_option.h"

#include <argp.h>
#include <errno.h>
#include <stddef.h>

#include "lib/command.h"

enum { KEY_PLAN = 'p' };

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	const char **path = state->input;

	switch (key) {
	case KEY_PLAN:
		*path = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return EINVAL;
	case ARGP_KEY_END:
		if (*path == NULL)
			argp_error(state, "--plan is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const char *
plan_option(int argc, char *argv[], const char *about, const char *doc)
{
	const struct argp_option options[] = {{"plan", KEY_PLAN, "FILE", 0, about, 0}, {0}};
	const struct argp argp = {.options = options, .parser = parse, .doc = doc};
	const char *path = NULL;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &path);
	return path;
}
