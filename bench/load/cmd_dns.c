/* cmd_dns.c - `catchment load dns`: its options, and what becomes of them. */
#include <argp.h>

#include "bench/load/kinds.h"
#include "lib/command.h"
#include "lib/talk.h"

static const struct argp argp = {
	.args_doc = "ADDRESS...", .doc = "Ask DNS servers by the clock, at a rate."};

int
load_dns(int argc, char *argv[])
{
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	talk_error("no address given");
	return EXIT_USAGE;
}
