/* cmd_load.c - `catchment load`: the table of kinds, nothing else. */
#include <stdio.h>
#include <string.h>

#include "bench/commands.h"
#include "bench/load/kinds.h"
#include "lib/command.h"
#include "lib/talk.h"

static const struct command kinds[] = {
	{"dns", "queries at a rate, a schedule, or as many as a server answers", load_dns},
	{"bgp", "a routing table of the Internet's size, and its changes", load_bgp},
	{"flood", "queries from many forged sources, inside a lab only", load_flood},
	{"net", "how fast a way through the network is, TCP and UDP", load_net},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static int
help(FILE *to)
{
	fputs("Usage: catchment load KIND [ARGUMENT...]\n"
	      "Load for a service in the lab, or for your own.\n\n",
		to);
	for (size_t i = 0; i < KINDS; i++)
		fprintf(to, "  %-6s %s\n", kinds[i].name, kinds[i].summary);
	fputs("\nIt sends to loopback and inside network namespaces; elsewhere only with "
	      "--elsewhere.\n"
	      "'catchment load KIND --help' tells more; so does man catchment-load.\n",
		to);
	return to == stdout ? EXIT_GOOD : EXIT_USAGE;
}

int
cmd_load(int argc, char *argv[])
{
	char name[64];

	if (argc < 2)
		return help(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return help(stdout);
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		snprintf(name, sizeof(name), "catchment load %s", argv[1]);
		argv[1] = name;
		return command_again(kinds[i].main(argc - 1, argv + 1), argv + 1);
	}
	talk_error("no load of the kind '%s'; 'catchment load --help' lists them", argv[1]);
	return EXIT_USAGE;
}
