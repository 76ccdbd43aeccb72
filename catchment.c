/* catchment.c - the table of commands, nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/commands.h"
#include "lab/commands.h"
#include "lib/colour.h"
#include "lib/command.h"
#include "lib/talk.h"
#include "probes/commands.h"
#include "reports/commands.h"
#include "scenarios/commands.h"

static const struct command commands[] = {
	{"doctor", "what this host offers a lab, what is missing, how to get it", cmd_doctor},
	{"lab", "bring the emulated Internet up, ask it, take it down", cmd_lab},
	{"run", "replay scenarios against it and judge what was measured", cmd_run},
	{"sweep", "replay a scenario at every setting of some knobs", cmd_sweep},
	{"calibrate", "measure the instrument itself: blackouts, delays, round trips",
		cmd_calibrate},
	{"analyze", "compute result.json from a run directory", cmd_analyze},
	{"explain", "tell one probe's outage, packet by packet", cmd_explain},
	{"report", "write report.html from a run directory", cmd_report},
	{"history", "how figures went from run to run, and what changed", cmd_history},
	{"compare", "a run beside its baseline: has it become slower?", cmd_compare},
	{"baseline", "make of runs what others are compared with", cmd_baseline},
	{"probe", "query addresses at a rate, or as many vantage points from a plan file",
		cmd_probe},
	{"load", "load a service: queries, routes, traffic, floods", cmd_load},
	{"import", "read what a real measurement network saw: RIPE Atlas", cmd_import},
	{"capture", "capture at many interfaces, from a plan file", cmd_capture},
	{"record", "record nodes' routes and services' log lines, from a plan file", cmd_record},
};

static int
help(FILE *to)
{
	fputs("Usage: catchment COMMAND [ARGUMENT...]\n"
	      "A test bench for BGP anycast DNS.\n\n",
		to);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n'catchment COMMAND --help' tells more; so does man catchment.\n", to);
	return to == stdout ? EXIT_GOOD : EXIT_USAGE;
}

/* What was printed is only said once it is written: a full disk must not pass for a good end, nor for a verdict that nobody can read. */
static int
delivered(int code)
{
	talk_clear();
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	talk_error("standard output: %s", strerror(errno));
	return code == EXIT_GOOD || code == EXIT_MISSED || code == EXIT_INCONCLUSIVE
		? EXIT_ENVIRONMENT
		: code;
}

/* Whoever closed one of the three gets /dev/null there: else what is opened next would be taken for it. */
static void
fill_standard_files(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(EXIT_ENVIRONMENT);
}

int
main(int argc, char *argv[])
{
	const char *bad;
	char name[64];

	fill_standard_files();
	if (colour_take(&argc, argv, &bad) < 0) {
		talk_error("--color: '%s' is none of auto, always, never", bad);
		return EXIT_USAGE;
	}
	if (argc < 2)
		return help(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return delivered(help(stdout));
	if (strcmp(argv[1], "--version") == 0) {
		puts("catchment " CATCHMENT_VERSION);
		return delivered(EXIT_GOOD);
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		snprintf(name, sizeof(name), "catchment %s", argv[1]);
		argv[1] = name;
		talk_answer(name);
		return delivered(commands[i].main(argc - 1, argv + 1));
	}
	talk_error("no command '%s'; 'catchment --help' lists them", argv[1]);
	return EXIT_USAGE;
}
