/* cmd_analyze.c - catchment analyze RUN: write result.json, say what it found; or CAPTURE...: cmd_facts.c. */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/analyze/analyze.h"
#include "bench/analyze/cmd_facts.h"
#include "bench/analyze/run.h"
#include "bench/commands.h"
#include "lib/command.h"
#include "lib/mono.h"
#include "lib/num.h"
#include "lib/talk.h"

static const char help_text[] =
	"Usage: catchment analyze RUN [--json]\n"
	"       catchment analyze CAPTURE... [--json] [--expiry TIME] [--quiet TIME]\n"
	"Compute RUN/result.json from a run directory, and print what it says. Or read captures\n"
	"(pcap or pcapng, several as one in order of time, packed ones too; - is standard input)\n"
	"and print what they say of DNS, BGP, BFD, OSPF and VRRP.\n"
	"\n"
	"  --json         print result.json itself, or the captures' facts as JSON\n"
	"  --expiry TIME  how long a DNS answer is in time (5s)\n"
	"  --quiet TIME   how long no BGP UPDATE comes between two bursts (5s)\n"
	"\n"
	"Exit status: 0 all expectations held, 1 one did not, 2 bad input, 3 the environment,\n"
	"4 no valid trial.\n";

enum { MAX_CAPTURES = 1000 };

struct arguments {
	bool as_json;
	int64_t expiry_ns, quiet_ns;
	size_t paths;
	const char *path[MAX_CAPTURES];
};

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

/* In the ledger's own words, else the figure that is compared with. */
static void
print_documented(const json_t *target)
{
	const char *figure = text_of(target, "figure");

	if (figure[0] != '\0') {
		printf("%s", figure);
		return;
	}
	printf("%s ", text_of(target, "comparison"));
	print_number(json_object_get(target, "target"));
}

static void
print_targets(const json_t *result)
{
	const json_t *t;
	size_t i;

	json_array_foreach(json_object_get(result, "targets"), i, t)
	{
		const char *family = text_of(t, "family");
		bool judged = strcmp(text_of(t, "verdict"), "not judged") != 0 &&
			json_is_string(json_object_get(t, "metric"));

		printf("target %s%s%s: %s", text_of(t, "id"), family[0] == '\0' ? "" : " ", family,
			text_of(t, "verdict"));
		if (judged) {
			printf(", %s ", text_of(t, "statistic"));
			print_number(json_object_get(t, "measured"));
			printf(" %s, documented ", text_of(t, "unit"));
			print_documented(t);
			if (json_is_true(json_object_get(t, "close")))
				printf(", within one gap of the figure");
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

/* The figures stand without it; that it is damaged is not for the reader to find out. */
static void
print_damage(const json_t *result)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(result, "evidence_damaged"), i, line)
		talk_note("damaged evidence: %s", json_string_value(line));
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
	print_damage(result);
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

static int
analyze_one_run(const char *dir, bool as_json)
{
	struct err e;
	int rc = analyze_run(dir, &e);

	if (rc < 0) {
		talk_error("%s", e.text);
		return rc == -ENOMEM || rc == -ENOSPC || rc == -EACCES ? EXIT_ENVIRONMENT
								       : EXIT_USAGE;
	}
	return show(dir, as_json);
}

/* A duration from the command line, or from the environment where `text` is NULL. */
static bool
take_duration(const char *flag, const char *text, int64_t *ret_ns)
{
	if (text == NULL)
		text = command_env(flag);
	if (text == NULL || (num_duration_ns(text, ret_ns) == 0 && *ret_ns > 0))
		return true;
	talk_error("analyze: --%s: '%s' is no time above 0, like 5s", flag, text);
	return false;
}

static bool
read_arguments(int argc, char *argv[], struct arguments *a)
{
	const char *expiry = NULL, *quiet = NULL;

	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--expiry") == 0 ? &expiry
			: strcmp(argv[i], "--quiet") == 0	      ? &quiet
								      : NULL;

		if (value != NULL && i + 1 == argc) {
			talk_error("analyze: %s wants a time; see --help", argv[i]);
			return false;
		}
		if (value != NULL) {
			*value = argv[++i];
		} else if (strcmp(argv[i], "--json") == 0) {
			a->as_json = true;
		} else if ((argv[i][0] == '-' && argv[i][1] != '\0') || a->paths == MAX_CAPTURES) {
			talk_error("analyze: '%s' is not understood; see --help", argv[i]);
			return false;
		} else {
			a->path[a->paths++] = argv[i];
		}
	}
	return take_duration("expiry", expiry, &a->expiry_ns) &&
		take_duration("quiet", quiet, &a->quiet_ns);
}

int
cmd_analyze(int argc, char *argv[])
{
	static struct arguments a;
	struct stat st;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(help_text, stdout);
			return EXIT_GOOD;
		}
	}
	a = (struct arguments){.expiry_ns = 5 * NS_PER_S, .quiet_ns = 5 * NS_PER_S};
	if (!read_arguments(argc, argv, &a))
		return EXIT_USAGE;
	if (a.paths == 0) {
		talk_error("analyze: which run directory, or which captures? see --help");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < a.paths; i++) {
		if (stat(a.path[i], &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		if (a.paths == 1)
			return analyze_one_run(a.path[0], a.as_json);
		talk_error("analyze: %s is a folder; a run is analyzed alone", a.path[i]);
		return EXIT_USAGE;
	}
	return cmd_facts(a.path, a.paths, a.expiry_ns, a.quiet_ns, a.as_json);
}
