/* cmd_dns.c - `catchment load dns`: its options, and what becomes of them. */
#include <argp.h>

#include "bench/load/kinds.h"
#include "bench/load/query_options.h"
#include "lib/command.h"
#include "lib/talk.h"

struct options {
	struct query_options queries;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	(void)arg;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = &o->queries;
	return 0;
}

static const struct argp_child children[] = {{&query_options_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {.parser = parse,
	.args_doc = "ADDRESS...",
	.doc = "Ask DNS servers by the clock, at a rate.",
	.children = children};

int
load_dns(int argc, char *argv[])
{
	struct queries *queries;
	struct options o;
	int status;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.queries.dry) {
		status = query_options_make(&o.queries, 1, &queries);
		if (status == EXIT_GOOD) {
			status = query_show(queries, o.queries.dry_n, false, stdout);
			queries_free(queries);
		}
		return status;
	}
	talk_error("no address given");
	return EXIT_USAGE;
}
