/* cmd_compare.c - catchment compare: a run beside its baseline, and whether it has become slower. */
#include <getopt.h>
#include <stdio.h>

#include "lib/command.h"
#include "lib/talk.h"
#include "reports/commands.h"
#include "reports/compare.h"

static void
help(FILE *to)
{
	fputs("Usage: catchment compare [--json] BASELINE RUN\n"
	      "Compare a run with a baseline: the file that 'catchment baseline' made, or another "
	      "run.\n\n"
	      "  --json   as JSON (catchment.compare/1) on stdout\n"
	      "  --help   this text\n\n"
	      "Exit status: 0 pass, 1 it is slower, 2 usage or bad input, 3 environment, 4 "
	      "inconclusive or not "
	      "comparable.\n",
		to);
}

/* What else is amiss with the run: the gate is about its figures alone. */
static void
tell_noted(const struct baseline *b)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(b->json, "noted"), i, one) if (json_is_string(one))
		talk_note("%s", json_string_value(one));
}

static int
print(const struct compare *c, bool as_json)
{
	json_t *json;

	if (!as_json) {
		compare_print(c, stdout);
		return compare_exit_code(c->verdict);
	}
	json = compare_json(c);
	if (json == NULL ||
		json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) < 0) {
		talk_error("out of memory, or a name is not UTF-8");
		json_decref(json);
		return EXIT_ENVIRONMENT;
	}
	putchar('\n');
	json_decref(json);
	return compare_exit_code(c->verdict);
}

int
cmd_compare(int argc, char *argv[])
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
	/* All trials there are, at one look: what it says stands. */
	static const struct compare_rule rule = {.scenarios = 1, .last = true};
	struct baseline *baseline = NULL, *run = NULL;
	struct compare *compare = NULL;
	struct err e = {0};
	bool as_json = false;
	int c, code = EXIT_USAGE;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			help(stdout);
			return EXIT_GOOD;
		}
		if (c == '?')
			return EXIT_USAGE;
		as_json |= c == 'j';
	}
	if (argc - optind != 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (baseline_load(argv[optind], &baseline, &e) < 0 ||
		baseline_load(argv[optind + 1], &run, &e) < 0 ||
		compare_make(baseline, run, &rule, &compare, &e) < 0)
		talk_error("%s", e.text);
	else {
		tell_noted(run);
		code = print(compare, as_json);
	}
	compare_free(compare);
	baseline_free(run);
	baseline_free(baseline);
	return code;
}
