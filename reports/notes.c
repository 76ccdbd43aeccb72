/* notes.c - what somebody who only looks at the margin of a change must know of a run, the gravest first. */
#include "reports/notes.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "reports/finding.h"
#include "reports/show.h"
#include "reports/verdict.h"

const char *
note_word(enum note_level level)
{
	static const char *const words[] = {"error", "warning", "notice"};

	return words[level];
}

static struct note *add(struct notes *n, enum note_level level, const char *title, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

static struct note *
add(struct notes *n, enum note_level level, const char *title, const char *fmt, ...)
{
	struct note *note;
	va_list ap;

	n->list = realloc(n->list, (n->len + 1) * sizeof(*n->list));
	if (n->list == NULL)
		abort();
	note = &n->list[n->len++];
	*note = (struct note){.level = level};
	snprintf(note->title, sizeof(note->title), "%s", title);
	va_start(ap, fmt);
	vsnprintf(note->text, sizeof(note->text), fmt, ap);
	va_end(ap);
	return note;
}

size_t
notes_unhealed(const struct result *r)
{
	return json_array_size(json_object_get(r->run_root, "unhealed"));
}

static void
of_run(const struct result *r, const char *name, struct notes *n)
{
	size_t unhealed = notes_unhealed(r);
	struct verdict v;
	char title[NOTE_TITLE_BYTES];

	verdict_of(r, &v);
	snprintf(title, sizeof(title), "%s: inconclusive", name);
	if (v.kind == VERDICT_INCONCLUSIVE)
		add(n, NOTE_ERROR, title, "%s", v.text);
	else if (r->interrupted || !r->complete)
		add(n, NOTE_ERROR, name, "%s after %.0f trials",
			r->interrupted ? "interrupted" : "incomplete", r->trials);
	else if (r->invalid_trials > 0)
		add(n, NOTE_NOTICE, name, "%.0f of %.0f trials are invalid and not counted",
			r->invalid_trials, r->trials);
	if (unhealed > 0)
		add(n, NOTE_ERROR, name, "after %zu trial%s the lab was not as before", unhealed,
			unhealed == 1 ? "" : "s");
}

static void
of_expectations(const struct result *r, const char *name, struct notes *n)
{
	char title[NOTE_TITLE_BYTES];

	snprintf(title, sizeof(title), "%s: not as expected", name);
	for (size_t i = 0; i < r->n_expectations && result_valid_trials(r) > 0; i++) {
		const struct expectation *x = &r->expectations[i];

		if (!x->held)
			add(n, NOTE_ERROR, title, "expected %s; measured: %s",
				x->text == NULL ? "(no text)" : x->text,
				x->measured == NULL ? "nothing" : x->measured)
				->line = x->line >= 1 && x->line < 1e6 ? (unsigned int)x->line : 0;
	}
}

static void
of_targets(const struct result *r, const char *name, bool is_strict, struct notes *n)
{
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *t = &r->targets[i];
		enum note_level level = t->verdict != TARGET_MISSED ? NOTE_NOTICE
			: is_strict				    ? NOTE_ERROR
								    : NOTE_WARNING;
		struct buf said = {0};
		char title[NOTE_TITLE_BYTES];

		if ((t->verdict != TARGET_MISSED && t->verdict != TARGET_REFUTED) ||
			!finding_is_first(r, t))
			continue;
		finding_say(&said, r, t);
		snprintf(title, sizeof(title), "%s: %.60s %s", name, t->id,
			verdict_word(t->verdict));
		add(n, level, title, "%s", said.data == NULL ? "" : said.data);
		buf_done(&said);
	}
}

static void
of_gate(const struct compare *g, const char *name, struct notes *n)
{
	char title[NOTE_TITLE_BYTES], was[SHOW_BYTES], is[SHOW_BYTES], by[GATED_BYTES];
	bool any = false;

	for (size_t i = 0; i < g->n_metrics; i++) {
		const struct compare_metric *m = &g->metrics[i];

		if (m->judged.verdict != GATE_FAIL)
			continue;
		any = true;
		snprintf(title, sizeof(title), "%s: %.60s is worse than the baseline", name,
			m->name);
		add(n, NOTE_ERROR, title, "median %s, it was %s: shifted by %s. %s",
			show_value(m->judged.p50, m->unit, is),
			show_value(m->judged.baseline_p50, m->unit, was), gated_change(m, by),
			m->judged.why);
	}
	snprintf(title, sizeof(title), "%s: %s beside the baseline", name,
		gate_verdict_words(g->verdict));
	if (g->verdict == GATE_NOT_COMPARABLE)
		add(n, NOTE_WARNING, title, "%s", g->why);
	else if (g->verdict == GATE_INCONCLUSIVE || (g->verdict == GATE_FAIL && !any))
		add(n, NOTE_ERROR, title, "%s", g->why);
}

static int
by_level(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	return x->level != y->level ? (x->level > y->level) - (x->level < y->level)
				    : strcmp(x->title, y->title);
}

void
notes_of(const struct result *r, bool is_strict, struct notes *ret)
{
	const char *file = json_string_value(json_object_get(r->run_root, "scenario_file"));
	char name[100];

	*ret = (struct notes){0};
	snprintf(ret->file, sizeof(ret->file), "%s", file == NULL ? "" : file);
	snprintf(name, sizeof(name), "%.48s on %.40s", r->scenario,
		r->variant == NULL ? "default" : r->variant);
	of_run(r, name, ret);
	if (r->gated != NULL)
		of_gate(r->gated, name, ret);
	of_expectations(r, name, ret);
	of_targets(r, name, is_strict, ret);
	if (ret->len > 1)
		qsort(ret->list, ret->len, sizeof(ret->list[0]), by_level);
}

void
notes_done(struct notes *n)
{
	free(n->list);
	*n = (struct notes){0};
}
