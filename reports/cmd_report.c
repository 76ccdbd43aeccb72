/* cmd_report.c - catchment report: write report.html and junit.xml from a run directory. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "lib/command.h"
#include "lib/talk.h"
#include "reports/commands.h"
#include "reports/report.h"

static void
help(FILE *to)
{
	fputs("Usage: catchment report [--strict] RUN...\n"
	      "Read RUN/result.json, write RUN/report.html and RUN/junit.xml, print the page's "
	      "path.\n\n"
	      "  --strict   a missed documented target is a failure in junit.xml\n"
	      "  --help     this text\n\n"
	      "Exit status: 0 written, 2 usage or bad input, 3 no gnuplot or it failed.\n",
		to);
}

/* What a person can do about it decides: mend the input, or mend the machine. */
static int
exit_code_of(int rc)
{
	switch (-rc) {
	case ENOENT:
	case EINVAL:
	case EFBIG:
	case ENOTDIR:
	case EISDIR:
	case ENAMETOOLONG:
		return EXIT_USAGE;
	default:
		return EXIT_ENVIRONMENT;
	}
}

static int
report_each(int argc, char *argv[], bool is_strict)
{
	int worst = EXIT_GOOD;

	for (int i = 0; i < argc; i++) {
		struct err e = {0};
		int rc = report_run_strict(argv[i], is_strict, &e);

		if (rc < 0) {
			int code = exit_code_of(rc);

			talk_error("%s", e.text);
			worst = code > worst ? code : worst;
		} else if (printf("%s/report.html\n", argv[i]) < 0) {
			worst = EXIT_ENVIRONMENT;
		}
	}
	if (fflush(stdout) != 0) {
		talk_error("cannot write to stdout");
		worst = EXIT_ENVIRONMENT;
	}
	return worst;
}

int
cmd_report(int argc, char *argv[])
{
	static const struct option options[] = {
		{"strict", no_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {0}};
	bool is_strict = false;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			help(stdout);
			return EXIT_GOOD;
		}
		if (c != 's')
			return EXIT_USAGE;
		is_strict = true;
	}
	if (optind == argc) {
		help(stderr);
		return EXIT_USAGE;
	}
	return report_each(argc - optind, argv + optind, is_strict);
}
