/* cmd_import.c - `catchment import`: what a real measurement network saw, in our files and words. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/command.h"
#include "lib/talk.h"
#include "probes/commands.h"
#include "probes/import/intake.h"
#include "probes/import/keep.h"
#include "probes/import/table.h"

enum { KEY_OUT = 'o', KEY_JSON = 'j', INSTANT_BYTES = 32 };

struct options {
	const char *network;
	char **files;
	int files_len;
	const char *out;
	bool json;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_OUT:
		o->out = arg;
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			return ARGP_ERR_UNKNOWN; /* the rest comes at once */
		o->network = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->files = state->argv + state->next;
		o->files_len = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		if (o->network == NULL)
			argp_error(state, "no network given; it can import from: atlas");
		else if (strcmp(o->network, "atlas") != 0)
			argp_error(state, "no network '%s'; it can import from: atlas", o->network);
		else if (o->files_len == 0)
			argp_error(state, "no file given");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"out", KEY_OUT, "DIR", 0, "also write DIR/answers and DIR/catchment.json", 0},
	{"json", KEY_JSON, NULL, 0, "print the table as JSON (schema catchment.import/1)", 0}, {0}};

static const struct argp argp = {.options = options,
	.parser = parse,
	.args_doc = "atlas FILE...",
	.doc = "Read DNS results of RIPE Atlas, and print which site serves how many of its "
	       "probes, "
	       "how far away.\v"
	       "A FILE is a JSON array of results, or has one a line; either may be compressed "
	       "with "
	       "gzip; '-' is standard input."};

static int
read_files(const struct options *o, struct tally *t, struct err *first_bad, struct err *e)
{
	for (int i = 0; i < o->files_len; i++) {
		const char *name = strcmp(o->files[i], "-") == 0 ? "standard input" : o->files[i];
		struct elements *in;
		int rc = elements_open(o->files[i], &in, e);

		if (rc < 0)
			return rc;
		rc = intake_read(in, name, t, first_bad, e);
		elements_close(in);
		if (rc < 0)
			return rc;
	}
	if (t->results == 0)
		return err_set(e, EBADMSG, "%s: no results in %s", o->files[0],
			o->files_len == 1 ? "it" : "it and the others");
	if (t->rows_len == 0)
		return err_set(e, EBADMSG,
			"none of the %" PRIu64 " results can be used; the first: %s", t->results,
			first_bad->text);
	return tally_close(t, e);
}

static int
compare_ids(const void *va, const void *vb)
{
	int64_t a = *(const int64_t *)va, b = *(const int64_t *)vb;

	return (a > b) - (a < b);
}

static json_t *
measurements(const struct tally *t)
{
	int64_t *ids = calloc(t->streams_len + 1, sizeof(*ids));
	json_t *list = json_array();

	if (ids == NULL)
		return list;
	for (uint32_t i = 0; i < t->streams_len; i++)
		ids[i] = t->streams[i].measurement;
	qsort(ids, t->streams_len, sizeof(*ids), compare_ids);
	for (uint32_t i = 0; i < t->streams_len; i++)
		if (i == 0 || ids[i] != ids[i - 1])
			json_array_append_new(list, json_integer(ids[i]));
	free(ids);
	return list;
}

static json_t *
summary(const struct options *o, const struct table *table, const struct err *first_bad)
{
	const struct tally *t = table->tally;
	json_t *files = json_array(), *list = table_json(table), *all;

	for (int i = 0; i < o->files_len; i++)
		json_array_append_new(files, json_string(o->files[i]));
	all = json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:s?, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
		"schema", "catchment.import/1", "network", "ripe-atlas", "files", files,
		"measurements", measurements(t), "results", (json_int_t)t->results, "bad_results",
		(json_int_t)t->bad_results, "first_bad",
		first_bad->code != 0 ? first_bad->text : NULL, "duplicates",
		(json_int_t)t->duplicates, "clock_unsure", (json_int_t)t->clock_unsure, "probes",
		(json_int_t)table->probes, "streams", (json_int_t)t->streams_len, "first_wall_ns",
		(json_int_t)table->first_ns, "last_wall_ns", (json_int_t)table->last_ns,
		"catchment", list);
	return all;
}

static const char *
instant(int64_t ns, char out[static INSTANT_BYTES])
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL || strftime(out, INSTANT_BYTES, "%FT%TZ", &tm) == 0)
		snprintf(out, INSTANT_BYTES, "?");
	return out;
}

static void
print_text(const struct table *table, const json_t *all)
{
	const struct tally *t = table->tally;
	const json_t *ids = json_object_get(all, "measurements"), *id;
	char first[INSTANT_BYTES], last[INSTANT_BYTES];
	size_t i;

	printf("RIPE Atlas, measurement%s", json_array_size(ids) == 1 ? "" : "s");
	json_array_foreach(ids, i, id)
	{
		if (i == 8) {
			printf(" and %zu more", json_array_size(ids) - i);
			break;
		}
		printf(" %" PRId64, (int64_t)json_integer_value(id));
	}
	printf(", %s to %s\n%" PRIu64 " results of %" PRIu64 " probes",
		instant(table->first_ns, first), instant(table->last_ns, last), t->results,
		table->probes);
	if (t->duplicates > 0)
		printf(", %" PRIu64 " answers twice", t->duplicates);
	if (t->clock_unsure > 0)
		printf(", %" PRIu64 " with a clock that may be wrong", t->clock_unsure);
	putchar('\n');
	table_print(table, stdout);
}

/* What the reader should know of what was left out. */
static void
say(const struct tally *t, const struct err *first_bad, uint64_t unnamed)
{
	if (t->bad_results > 0)
		talk_note("%" PRIu64 " of %" PRIu64 " results cannot be used; the first: %s",
			t->bad_results, t->results, first_bad->text);
	if (unnamed > 0)
		talk_note("%" PRIu64
			  " answers have no site in the answers file, which has room for %d "
			  "names",
			unnamed, ANSWERS_NSIDS);
}

static int
import(const struct options *o, struct tally *t)
{
	struct table table = {0};
	struct err e, first_bad = {0};
	uint64_t unnamed = 0;
	json_t *all = NULL;
	int status = EXIT_GOOD;

	if (read_files(o, t, &first_bad, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	if (table_make(t, &table, &e) < 0 || (all = summary(o, &table, &first_bad)) == NULL) {
		talk_error("out of memory");
		status = EXIT_ENVIRONMENT;
	} else if (o->out != NULL && keep_write(o->out, t, all, &unnamed, &e) < 0) {
		talk_error("%s", e.text);
		status = e.code == EEXIST ? EXIT_USAGE : EXIT_ENVIRONMENT;
	} else {
		if (o->json) {
			json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
			putchar('\n');
		} else {
			print_text(&table, all);
		}
		say(t, &first_bad, unnamed);
	}
	json_decref(all);
	table_done(&table);
	return status;
}

int
cmd_import(int argc, char *argv[])
{
	struct options o = {.out = command_env("out")};
	struct tally *t;
	struct err e;
	int status;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (tally_new(&t, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	status = import(&o, t);
	tally_free(t);
	return status;
}
