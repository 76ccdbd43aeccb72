/* cmd_analyze.c - catchment analyze RUN: write result.json, say what it found. */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "bench/analyze/analyze.h"
#include "bench/analyze/run.h"
#include "bench/commands.h"
#include "lib/command.h"
#include "lib/talk.h"

static const char help_text[] =
	"Usage: catchment analyze RUN [--json]\n"
	"Compute RUN/result.json from a run directory, and print what it says.\n"
	"\n"
	"  --json   print result.json itself\n"
	"\n"
	"Exit status: 0 all expectations held, 1 one did not, 2 bad input, 4 no valid trial.\n";

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static void
print_number(const json_t *v)
{
	if (json_is_number(v))
		printf("%.6g", json_number_value(v));
	else
		printf("never");
}

static void
print_targets(const json_t *result)
{
	const json_t *t;
	size_t i;

	json_array_foreach(json_object_get(result, "targets"), i, t)
	{
		const char *family = text_of(t, "family");
		bool judged = strcmp(text_of(t, "verdict"), "not judged") != 0;

		printf("target %s%s%s: %s", text_of(t, "id"), family[0] == '\0' ? "" : " ", family,
			text_of(t, "verdict"));
		if (judged) {
			printf(", %s ", text_of(t, "statistic"));
			print_number(json_object_get(t, "measured"));
			printf(" %s, documented %s ", text_of(t, "unit"), text_of(t, "comparison"));
			print_number(json_object_get(t, "target"));
		}
		printf(" (%s)\n", text_of(t, "why"));
	}
}

static void
print_metrics(json_t *result)
{
	const char *name;
	json_t *m;

	json_object_foreach(json_object_get(result, "metrics"), name, m)
	{
		printf("metric %s: median ", name);
		print_number(json_object_get(m, "p50"));
		printf(" (");
		print_number(json_object_get(m, "min"));
		printf(" to ");
		print_number(json_object_get(m, "max"));
		printf(") %s, n = %lld\n", text_of(m, "unit"),
			(long long)json_integer_value(json_object_get(m, "n")));
	}
}

static void
print_expectations(const json_t *result)
{
	const json_t *x;
	size_t i;

	json_array_foreach(json_object_get(result, "expectations"), i, x)
	{
		const json_t *held = json_object_get(x, "held");

		printf("expect %s: %s, %s\n", text_of(x, "text"),
			json_is_true(held)	      ? "held"
				: json_is_false(held) ? "missed"
						      : "not judged",
			text_of(x, "measured"));
	}
}

static void
print_trials(const json_t *result)
{
	const json_t *t, *why;
	size_t i, k;

	printf("%s %s: %lld trials, %lld invalid\n", text_of(result, "scenario"),
		text_of(result, "variant"),
		(long long)json_integer_value(json_object_get(result, "trials")),
		(long long)json_integer_value(json_object_get(result, "invalid_trials")));
	json_array_foreach(json_object_get(result, "per_trial"), i, t)
		json_array_foreach(json_object_get(t, "invalid_because"), k, why)
			printf("%s is invalid: %s\n", text_of(t, "dir"), json_string_value(why));
}

static int
missed_expectations(const json_t *result)
{
	const json_t *x;
	int missed = 0;
	size_t i;

	json_array_foreach(json_object_get(result, "expectations"), i, x) missed +=
		json_is_false(json_object_get(x, "held"));
	return missed;
}

static int
show(const char *dir, bool as_json)
{
	char path[PATH_MAX];
	json_t *result;
	struct err e;
	int missed, code = EXIT_GOOD;

	snprintf(path, sizeof(path), "%s/result.json", dir);
	if (json_file(path, &result, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	missed = missed_expectations(result);
	if (as_json) {
		json_dumpf(result, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
		putchar('\n');
	} else {
		print_trials(result);
		print_targets(result);
		print_metrics(result);
		print_expectations(result);
	}
	if (json_integer_value(json_object_get(result, "trials")) <=
		json_integer_value(json_object_get(result, "invalid_trials")))
		code = EXIT_INCONCLUSIVE;
	else if (missed > 0)
		code = EXIT_MISSED;
	json_decref(result);
	return code;
}

int
cmd_analyze(int argc, char *argv[])
{
	const char *dir = NULL;
	bool as_json = false;
	struct err e;
	int rc;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(help_text, stdout);
			return EXIT_GOOD;
		}
		if (strcmp(argv[i], "--json") == 0) {
			as_json = true;
		} else if (argv[i][0] == '-' || dir != NULL) {
			talk_error("analyze: '%s' is not understood; see --help", argv[i]);
			return EXIT_USAGE;
		} else {
			dir = argv[i];
		}
	}
	if (dir == NULL) {
		talk_error("analyze: which run directory? see --help");
		return EXIT_USAGE;
	}
	rc = analyze_run(dir, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return rc == -ENOMEM || rc == -ENOSPC || rc == -EACCES ? EXIT_ENVIRONMENT
								       : EXIT_USAGE;
	}
	return show(dir, as_json);
}
