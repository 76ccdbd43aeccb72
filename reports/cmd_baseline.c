/* cmd_baseline.c - catchment baseline: what the gate is to compare with, of one run or of several, as a file to commit. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/talk.h"
#include "reports/baseline.h"
#include "reports/commands.h"

static void
help(FILE *to)
{
	fputs("Usage: catchment baseline RUN... [--out FILE]\n"
	      "Make a baseline of a run, or of several of one scenario, each from a lab of its "
	      "own.\n\n"
	      "  -o, --out FILE  write it there (default: stdout)\n"
	      "      --help      this text\n\n"
	      "Exit status: 0 written, 2 usage, or a run that makes no baseline, 3 environment.\n",
		to);
}

/* A run that was cut short, or has nothing to compare, is no measure for others. */
static int
check(const struct baseline *b, const char *path)
{
	if (b->interrupted)
		talk_error("%s: it was interrupted: no baseline is made of it", path);
	else if (b->trials == 0)
		talk_error("%s: it has no valid trial: no baseline is made of it", path);
	else if (b->off_limits[0] != '\0')
		talk_error("%s: the instrument was off its limits (%s): no baseline is made of it",
			path, b->off_limits);
	else if (baseline_is_gated(b) && !baseline_ever_came(b))
		talk_error("%s: none of its gated figures ever came: nothing could be slower than "
			   "that, no baseline is made of it",
			path);
	else if (!baseline_is_gated(b))
		talk_error("%s: it has none of the figures that are gated: nothing broke in it, or "
			   "nobody felt it",
			path);
	else
		return 0;
	return -EINVAL;
}

static int
gather(int n, char *paths[], struct baseline **ret)
{
	struct baseline *all = NULL, *one;
	struct err e = {0};
	int rc = 0;

	for (int i = 0; i < n && rc == 0; i++) {
		rc = baseline_load(paths[i], &one, &e);
		if (rc < 0) {
			talk_error("%s", e.text);
			break;
		}
		rc = check(one, paths[i]);
		if (rc == 0 && all == NULL) {
			all = one;
			continue;
		}
		if (rc == 0 && (rc = baseline_join(all, one, &e)) < 0)
			talk_error("%s", e.text);
		baseline_free(one);
	}
	if (rc < 0)
		baseline_free(all);
	else
		*ret = all;
	return rc;
}

static void
tell_noted(const struct baseline *b)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(b->json, "noted"), i, one) if (json_is_string(one))
		talk_note("%s", json_string_value(one));
}

static int
deliver(const struct baseline *b, const char *out)
{
	char *text = baseline_text(b);
	struct err e = {0};
	int rc = 0;

	if (text == NULL) {
		talk_error("out of memory");
		return EXIT_ENVIRONMENT;
	}
	if (out == NULL) {
		puts(text);
	} else {
		char *line = NULL;

		if (asprintf(&line, "%s\n", text) < 0)
			abort();
		rc = fs_write(out, line, strlen(line), &e);
		free(line);
	}
	free(text);
	if (rc < 0)
		talk_error("%s", e.text);
	return rc < 0 ? EXIT_ENVIRONMENT : EXIT_GOOD;
}

int
cmd_baseline(int argc, char *argv[])
{
	static const struct option options[] = {
		{"out", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'}, {0}};
	const char *out = NULL;
	struct baseline *b = NULL;
	int c, code;

	optind = 0;
	while ((c = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (c == 'h') {
			help(stdout);
			return EXIT_GOOD;
		}
		if (c == '?')
			return EXIT_USAGE;
		out = optarg;
	}
	if (optind == argc) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (out != NULL && out[0] == '\0') {
		talk_error("--out: an empty name is no file");
		return EXIT_USAGE;
	}
	if (gather(argc - optind, argv + optind, &b) < 0)
		return EXIT_USAGE;
	tell_noted(b);
	if (b->trials < GATE_BASELINE_TRIALS)
		talk_note("%zu trial%s: a gate wants %d in a baseline, better from several labs",
			b->trials, b->trials == 1 ? "" : "s", GATE_BASELINE_TRIALS);
	code = deliver(b, out);
	baseline_free(b);
	return code;
}
