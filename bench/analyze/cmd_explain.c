/* cmd_explain.c - catchment explain RUN --probe P: one probe's outage, packet by packet. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/explain.h"
#include "bench/analyze/streams.h"
#include "bench/commands.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/talk.h"

static const char help_text[] =
	"Usage: catchment explain RUN --probe P [--trial N] [--stream S] [--json]\n"
	"Tell what one probe's outage was made of: its queries, each boundary between fault and\n"
	"first good answer with the packet, route or line that shows it, the ways before and "
	"after.\n"
	"\n"
	"  --probe P      which probe, by its number in the probe plan\n"
	"  --trial N      which trial (the first that is valid)\n"
	"  --stream S     which of its streams (the first that was affected)\n"
	"  --json         the same as JSON (catchment.explain/1)\n"
	"\n"
	"Exit status: 0 told, 2 bad input, or no such probe, trial or stream, 3 no memory.\n";

struct arguments {
	const char *run;
	const char *probe, *trial, *stream;
	bool as_json;
};

struct choice {
	uint64_t probe, trial, stream;
	bool has_trial, has_stream;
};

static bool
read_arguments(int argc, char *argv[], struct arguments *a)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--probe") == 0 ? &a->probe
			: strcmp(argv[i], "--trial") == 0	     ? &a->trial
			: strcmp(argv[i], "--stream") == 0	     ? &a->stream
								     : NULL;

		if (value != NULL && i + 1 == argc) {
			talk_error("explain: %s wants a number; see --help", argv[i]);
			return false;
		}
		if (value != NULL) {
			*value = argv[++i];
		} else if (strcmp(argv[i], "--json") == 0) {
			a->as_json = true;
		} else if (argv[i][0] == '-' || a->run != NULL) {
			talk_error("explain: '%s' is not understood; see --help", argv[i]);
			return false;
		} else {
			a->run = argv[i];
		}
	}
	if (a->run == NULL)
		talk_error("explain: which run directory? see --help");
	return a->run != NULL;
}

static bool
take_number(const char *flag, const char *text, uint64_t min, uint64_t *ret, bool *ret_has)
{
	if (text == NULL)
		text = command_env(flag);
	*ret_has = text != NULL;
	if (text == NULL || num_u64(text, min, INT32_MAX, ret) == 0)
		return true;
	talk_error("explain: --%s: '%s' is no number from %d on", flag, text, (int)min);
	return false;
}

static bool
read_choice(const struct arguments *a, struct choice *c)
{
	bool has_probe;

	if (!take_number("probe", a->probe, 0, &c->probe, &has_probe) ||
		!take_number("trial", a->trial, 1, &c->trial, &c->has_trial) ||
		!take_number("stream", a->stream, 0, &c->stream, &c->has_stream))
		return false;
	if (!has_probe)
		talk_error("explain: which probe? --probe P; see --help");
	return has_probe;
}

static struct trial *
find_trial(struct run *r, const struct choice *c)
{
	for (size_t i = 0; i < r->trials; i++)
		if (!c->has_trial || (uint64_t)r->trial[i].number == c->trial)
			return &r->trial[i];
	if (r->trials == 0)
		talk_error("%s: the run has no trial", r->dir);
	else
		talk_error("%s: no trial %llu; there are 1 to %d", r->dir,
			(unsigned long long)c->trial, r->trial[r->trials - 1].number);
	return NULL;
}

/*
 * Load the trial that is asked for, else the first that is valid; where none is, the first of all. Only a loaded one tells
 * whether it is.
 */
static int
load_trial(struct run *r, const struct choice *c, struct trial **t, struct err *e)
{
	struct trial *first = *t;
	int rc = trial_load(r, first, e);

	if (rc < 0 || c->has_trial || first->valid)
		return rc;
	for (size_t i = 1; i < r->trials; i++) {
		rc = trial_load(r, &r->trial[i], e);
		if (rc < 0)
			return rc;
		if (r->trial[i].valid) {
			*t = &r->trial[i];
			trial_forget_queries(first);
			talk_note("trial %d: the first that is valid", (*t)->number);
			return 0;
		}
		trial_forget_queries(&r->trial[i]);
	}
	return 0;
}

static void
say_which(const struct run *r, const struct trial *t, const struct choice *c)
{
	int low = INT32_MAX, high = -1;
	char ids[200] = "";
	size_t at = 0;

	for (size_t i = 0; i < t->streams; i++) {
		const struct stream *s = &t->stream[i];

		low = s->probe < low ? s->probe : low;
		high = s->probe > high ? s->probe : high;
		if ((uint64_t)s->probe == c->probe && at < sizeof(ids))
			at += (size_t)snprintf(
				ids + at, sizeof(ids) - at, "%s%u", at == 0 ? "" : ", ", s->id);
	}
	if (at > 0)
		talk_error("%s/%s: probe %llu has no stream %llu of the anycast service; it has %s",
			r->dir, t->dir, (unsigned long long)c->probe, (unsigned long long)c->stream,
			ids);
	else if (high < 0)
		talk_error("%s/%s: there are no probes", r->dir, t->dir);
	else
		talk_error("%s/%s: no probe %llu; there are %d to %d", r->dir, t->dir,
			(unsigned long long)c->probe, low, high);
}

/* The stream that was asked for; else the probe's first one that was affected, or the first of all. */
static const struct stream *
find_stream(const struct trial *t, const struct choice *c)
{
	const struct stream *found = NULL;

	for (size_t i = 0; i < t->streams; i++) {
		const struct stream *s = &t->stream[i];

		if ((uint64_t)s->probe != c->probe || (c->has_stream && s->id != c->stream))
			continue;
		if (found == NULL || (!found->affected && s->affected))
			found = s;
	}
	return found;
}

static int
print_unaffected(const struct trial *t, const struct stream *s, const struct run *r, bool as_json)
{
	const char *why = !s->affected
		? "was not affected: no query lost, nothing answered wrongly or by another site"
		: "has no good answer before the restore";

	if (as_json) {
		json_t *o = json_pack("{s:s, s:i, s:i, s:I, s:b, s:n, s:s}", "schema",
			"catchment.explain/1", "trial", t->number, "probe", s->probe, "stream",
			(json_int_t)s->id, "affected", s->affected, "budget", "why", why);

		json_dumpf(o, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(o);
	} else {
		printf("trial %d: stream %u of probe %d in %s %s\n", t->number, s->id, s->probe,
			r->city[s->city].name, why);
	}
	return EXIT_GOOD;
}

static int
tell(const struct run *r, const struct trial *t, const struct stream *s, const struct bgplog *log,
	bool as_json)
{
	struct budget_stream *budget = malloc(sizeof(*budget));
	struct budget_basis basis;
	struct explain x = {&basis, s, budget};

	if (budget == NULL || budget_basis_open(r, t, log, &basis) < 0) {
		free(budget);
		talk_error("%s: out of memory", r->dir);
		return EXIT_ENVIRONMENT;
	}
	budget_of_stream(&basis, s, budget);
	if (as_json) {
		json_t *o = explain_json(&x);

		json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		putchar('\n');
		json_decref(o);
	} else {
		explain_print(&x);
	}
	budget_basis_close(&basis);
	free(budget);
	return EXIT_GOOD;
}

static int
explain_trial(struct run *r, struct trial *t, const struct choice *c, bool as_json)
{
	struct budget_marks *marks = NULL;
	struct bgplog *log = NULL;
	const struct stream *s;
	struct err e;
	int rc = load_trial(r, c, &t, &e), code;

	if (rc == 0)
		rc = streams_measure(r, t);
	if (rc == 0)
		rc = budget_marks_new(t, &marks);
	if (rc < 0) {
		talk_error("%s/%s: out of memory", r->dir, t->dir);
		return EXIT_ENVIRONMENT;
	}
	s = find_stream(t, c);
	if (s == NULL) {
		say_which(r, t, c);
		code = EXIT_USAGE;
	} else if (!t->has_fault || !s->affected || budget_first_good(s) == NULL) {
		code = print_unaffected(t, s, r, as_json);
	} else if (bgplog_read(r->dir, t->dir, budget_marks_want, marks, &log, &e) < 0) {
		talk_error("%s", e.text);
		code = e.code == ENOMEM ? EXIT_ENVIRONMENT : EXIT_USAGE;
	} else {
		code = tell(r, t, s, log, as_json);
	}
	bgplog_free(log);
	budget_marks_free(marks);
	return code;
}

int
cmd_explain(int argc, char *argv[])
{
	struct arguments a = {0};
	struct choice c = {0};
	struct trial *t;
	struct run *r;
	struct err e;
	int code = EXIT_USAGE;

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0) {
			fputs(help_text, stdout);
			return EXIT_GOOD;
		}
	if (!read_arguments(argc, argv, &a) || !read_choice(&a, &c))
		return EXIT_USAGE;
	r = malloc(sizeof(*r));
	if (r == NULL) {
		talk_error("%s: out of memory", a.run);
		return EXIT_ENVIRONMENT;
	}
	if (run_open(r, a.run, &e) < 0) {
		talk_error("%s", e.text);
		free(r);
		return EXIT_USAGE;
	}
	t = find_trial(r, &c);
	if (t != NULL)
		code = explain_trial(r, t, &c, a.as_json);
	run_done(r);
	free(r);
	return code;
}
