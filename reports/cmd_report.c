/* cmd_report.c - catchment report: write report.html, and what CI reads, from a run directory. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/stat.h>

#include "lib/command.h"
#include "lib/talk.h"
#include "reports/ci.h"
#include "reports/commands.h"
#include "reports/matrix.h"
#include "reports/report.h"
#include "reports/summary.h"

static void
help(FILE *to)
{
	fputs("Usage: catchment report [--strict] [--openmetrics FILE] [--ci SYSTEM] RUN...\n"
	      "       catchment report --pair RUN RUN\n"
	      "       catchment report --summary [--json] [--strict] DIR|RUN...\n"
	      "       catchment report --matrix [--json] DIR\n"
	      "Read RUN/result.json, write RUN/report.html and what CI reads: junit.xml, "
	      "summary.md,\n"
	      "metrics.json, metrics.txt. Print the page's path.\n\n"
	      "  --strict   a missed documented target is a failure in junit.xml; with --summary, "
	      "exit 1\n"
	      "  --summary  of the runs in folder DIR, or of these, one page: each documented "
	      "claim "
	      "and\n"
	      "             what was measured on each variant; DIR/summary.html and summary.json, "
	      "of "
	      "RUN...\n"
	      "             the page on stdout\n"
	      "  --pair     two runs side by side: write pair.html in the second's folder\n"
	      "  --matrix   the runs of a matrix (catchment run --matrix) side by side, and "
	      "DIR/matrix.html\n"
	      "  --json     the summary as JSON on stdout, nothing written; the matrix as JSON\n"
	      "  --openmetrics FILE\n"
	      "             the figures of all these runs as one OpenMetrics text\n"
	      "  --ci SYSTEM\n"
	      "             say it as CI wants it: github, gitlab, plain; auto: as the "
	      "environment\n"
	      "             tells; default: none\n"
	      "  --help     this text\n\n"
	      "Exit status: 0 written, 1 with --summary --strict a target was missed, 2 usage or "
	      "bad input, 3 no gnuplot or it failed.\n",
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
report_each(int argc, char *argv[], bool is_strict, enum ci_kind ci)
{
	int worst = EXIT_GOOD;

	for (int i = 0; i < argc; i++) {
		struct err e = {0};
		int rc = report_run_strict(argv[i], is_strict, &e);

		if (rc == 0)
			rc = ci_tell_run(ci, argv[i], is_strict, &e);
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

static bool
is_run(const char *dir)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/result.json", dir);
	return access(path, F_OK) == 0;
}

static bool
has_missed(const struct summary *s)
{
	for (size_t v = 0; v < s->n_variants; v++)
		if (summary_count(s, v, TARGET_MISSED) > 0)
			return true;
	return false;
}

/* A folder of runs gets its files; of runs named one by one there is no folder, so stdout has it. */
static int
summarize(const char *const dirs[], size_t n, bool as_json, bool is_strict)
{
	bool folder = n == 1 && !is_run(dirs[0]), missed;
	struct summary *s = NULL;
	struct buf page = {0};
	struct err e = {0};
	int rc;

	if (folder && !as_json) {
		rc = report_summary(dirs[0], &e);
		if (rc == 0)
			printf("%s/summary.html\n", dirs[0]);
	} else {
		rc = folder ? summary_gather(dirs[0], &s, &e) : summary_of(dirs, n, &s, &e);
		if (rc == 0 && as_json) {
			json_t *json = summary_as_json(s);

			json_dumpf(json, stdout, JSON_INDENT(1));
			putchar('\n');
			json_decref(json);
		} else if (rc == 0) {
			rc = summary_page(s, &page, &e);
			fwrite(page.data, 1, page.len, stdout);
		}
	}
	if (rc < 0)
		talk_error("%s", e.text);
	if (rc == 0 && is_strict && s == NULL)
		rc = summary_gather(dirs[0], &s, &e);
	missed = rc == 0 && is_strict && has_missed(s);
	buf_done(&page);
	summary_free(s);
	if (fflush(stdout) != 0) {
		talk_error("cannot write to stdout");
		return EXIT_ENVIRONMENT;
	}
	return rc < 0 ? exit_code_of(rc) : missed ? EXIT_MISSED : EXIT_GOOD;
}

static int
report_one_matrix(const char *dir, bool as_json)
{
	struct err e = {0};
	int rc = report_matrix(dir, as_json, stdout, &e);

	if (rc < 0)
		talk_error("%s", e.text);
	return rc < 0 ? exit_code_of(rc) : EXIT_GOOD;
}

/* One text of them all, once each has its report. */
static int
write_openmetrics(const char *const dirs[], size_t n, const char *path, int code)
{
	struct err e = {0};
	int rc = path == NULL || code == EXIT_USAGE ? 0 : report_openmetrics(dirs, n, path, &e);

	if (rc == 0)
		return code;
	talk_error("%s", e.text);
	return exit_code_of(rc) > code ? exit_code_of(rc) : code;
}

static int
pair(const char *a, const char *b)
{
	struct err e = {0};
	struct stat one, other;
	int rc;

	if (stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
		one.st_ino == other.st_ino) {
		talk_error("--pair: %s and %s are the same run", a, b);
		return EXIT_USAGE;
	}
	rc = report_pair(a, b, &e);

	if (rc < 0)
		talk_error("%s", e.text);
	else
		printf("%s/pair.html\n", b);
	return rc < 0 ? exit_code_of(rc) : EXIT_GOOD;
}

int
cmd_report(int argc, char *argv[])
{
	static const struct option options[] = {{"strict", no_argument, NULL, 's'},
		{"summary", no_argument, NULL, 'S'}, {"pair", no_argument, NULL, 'p'},
		{"json", no_argument, NULL, 'j'}, {"openmetrics", required_argument, NULL, 'o'},
		{"matrix", no_argument, NULL, 'm'}, {"ci", required_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'}, {0}};
	bool is_strict = false, is_summary = false, is_matrix = false, is_pair = false,
	     as_json = false;
	const char *openmetrics = NULL, *ci_word = "none";
	enum ci_kind ci;
	int c, code;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			help(stdout);
			return EXIT_GOOD;
		}
		if (c == '?')
			return EXIT_USAGE;
		is_strict |= c == 's';
		is_summary |= c == 'S';
		is_pair |= c == 'p';
		as_json |= c == 'j';
		is_matrix |= c == 'm';
		openmetrics = c == 'o' ? optarg : openmetrics;
		ci_word = c == 'c' ? optarg : ci_word;
	}
	if (ci_kind(ci_word, &ci) < 0) {
		talk_error("--ci: '%s' is none of auto, none, plain, github, gitlab", ci_word);
		return EXIT_USAGE;
	}
	if (optind == argc || (as_json && !is_summary && !is_matrix) ||
		(is_matrix &&
			(argc - optind != 1 || is_summary || is_strict || openmetrics != NULL)) ||
		(is_pair && (argc - optind != 2 || is_summary || is_matrix)) ||
		(is_summary && (openmetrics != NULL || ci != CI_NONE))) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (is_matrix)
		return report_one_matrix(argv[optind], as_json);
	if (is_pair)
		return pair(argv[optind], argv[optind + 1]);
	if (is_summary)
		return summarize((const char *const *)argv + optind, (size_t)(argc - optind),
			as_json, is_strict);
	code = report_each(argc - optind, argv + optind, is_strict, ci);
	return write_openmetrics(
		(const char *const *)argv + optind, (size_t)(argc - optind), openmetrics, code);
}
