/* verdict.c - what a run found, in one sentence and one word. */
#include "reports/verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/finding.h"
#include "reports/notes.h"
#include "reports/outage.h"
#include "reports/verdict_state.h"

const char *
verdict_sign(enum target_verdict v)
{
	static const char *const signs[] = {"–", "✓", "✗", "⊘", "≈", "≉"};

	return signs[v];
}

const char *
verdict_word(enum target_verdict v)
{
	static const char *const words[] = {"not judged", "met", "missed", "refuted",
		"modelled to hold", "modelled not to hold"};

	return words[v];
}

const char *
verdict_class(enum target_verdict v)
{
	static const char *const classes[] = {
		"mute", "met", "missed", "refuted", "modelled", "modelled"};

	return classes[v];
}

const char *
verdict_name(enum target_verdict v)
{
	return v == TARGET_MODELLED || v == TARGET_MODELLED_NOT ? "modelled" : verdict_word(v);
}

void
verdict_say_missed(struct buf *b, const struct result *r)
{
	static const enum target_verdict order[] = {TARGET_REFUTED, TARGET_MISSED};

	for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++) {
		const char *before = verdict_word(order[o]), *between = ": ";

		for (size_t i = 0; i < r->n_targets; i++) {
			const struct target *t = &r->targets[i];

			if (t->verdict != order[o] || !finding_is_first(r, t))
				continue;
			buf_addf(b, "%s%s%s%s", b->len > 0 && before[0] != '\0' ? "; " : "", before,
				between, t->id);
			before = "";
			between = ", ";
		}
	}
}

#define CLAUSES_BYTES 300 /* a sentence that has grown beyond takes no further clause */
#define LEAD_CLAUSES                                                                               \
	2 /* of a headline with several claims missed, or with more than LEAD_MOST in all */
#define LEAD_MOST 3

/*
 * What was found, worst first: "Missed: …; …. Met: …", the clauses from number `from` up to `to`.
 * Returns the number of the first clause that was not said; *ret_all is how many there are.
 */
static size_t
say_targets(
	const struct result *r, size_t from, size_t to, char *text, size_t size, size_t *ret_all)
{
	static const struct {
		enum target_verdict verdict;
		const char *head;
	} order[] = {{TARGET_MISSED, "Missed"}, {TARGET_REFUTED, "Refuted"}, {TARGET_MET, "Met"},
		{TARGET_MODELLED_NOT, "Modelled not to hold"},
		{TARGET_MODELLED, "Modelled to hold"}};
	struct buf b = {0};
	size_t n = 0, next = from;

	for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++) {
		const char *before = order[o].head, *between = ": ";

		for (size_t i = 0; i < r->n_targets; i++) {
			const struct target *t = &r->targets[i];

			if (t->verdict != order[o].verdict || !finding_is_first(r, t))
				continue;
			if (n++ != next || next >= to || b.len > CLAUSES_BYTES)
				continue;
			next++;
			buf_addf(&b, "%s%s%s", b.len > 0 && before[0] != '\0' ? ". " : "", before,
				between);
			finding_say(&b, r, t);
			before = "";
			between = "; ";
		}
	}
	verdict_append(text, size, "%s", b.len > 0 ? b.data : "");
	buf_done(&b);
	*ret_all = n;
	return next;
}

/* Claims missed, each once. */
static size_t
missed(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_targets; i++)
		n += r->targets[i].verdict == TARGET_MISSED && finding_is_first(r, &r->targets[i]);
	return n;
}

/* Claims judged, each once for each verdict. */
static size_t
clauses(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_targets; i++)
		n += r->targets[i].verdict != TARGET_NOT_JUDGED &&
			finding_is_first(r, &r->targets[i]);
	return n;
}

/* What the headline had no room for goes below it, and how many did not fit there either. */
static void
say_rest(const struct result *r, size_t from, char *text, size_t size)
{
	size_t all = 0, next = say_targets(r, from, SIZE_MAX, text, size, &all);

	if (next < all)
		verdict_append(text, size, "; and %zu more", all - next);
	if (all > from)
		verdict_append(text, size, ". ");
}

/* Returns false if no target was judged. */
static bool
say_headline(const struct result *r, struct verdict *v)
{
	size_t all, lead = missed(r) > 1 || clauses(r) > LEAD_MOST ? LEAD_CLAUSES : SIZE_MAX;
	size_t next = say_targets(r, 0, lead, v->text, sizeof(v->text), &all);

	if (next < all && lead == SIZE_MAX)
		verdict_append(v->text, sizeof(v->text), "; and %zu more", all - next);
	else if (next < all)
		say_rest(r, next, v->aside, sizeof(v->aside) - 200);
	return all > 0;
}

static enum verdict_kind
kind_of_targets(const struct result *r)
{
	for (size_t i = 0; i < r->n_targets; i++)
		if (r->targets[i].verdict == TARGET_MISSED ||
			r->targets[i].verdict == TARGET_REFUTED)
			return VERDICT_MISSED;
	return VERDICT_GOOD;
}

static size_t
broken(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_expectations; i++)
		n += !r->expectations[i].held;
	return n;
}

static void
say_broken(const struct result *r, char *text, size_t size)
{
	const struct expectation *first = NULL;

	for (size_t i = 0; i < r->n_expectations && first == NULL; i++)
		if (!r->expectations[i].held)
			first = &r->expectations[i];
	if (first == NULL)
		return;
	if (r->n_expectations == 1)
		verdict_append(text, size, "The only expectation");
	else
		verdict_append(text, size, "%zu of %zu expectations", broken(r), r->n_expectations);
	verdict_append(text, size, " did not hold: %.120s",
		first->text == NULL ? "(no text)" : first->text);
	if (first->measured != NULL)
		verdict_append(text, size, " (measured: %.120s)", first->measured);
}

/* A check needs no clock: it counts without a valid trial. */
static void
say_checked(const struct result *r, struct verdict *v)
{
	char text[CLAUSES_BYTES * 2] = "";
	size_t all;

	say_targets(r, 0, SIZE_MAX, text, sizeof(text), &all);
	if (all > 0)
		verdict_append(
			v->aside, sizeof(v->aside), "Judged by checks alone: %.400s. ", text);
}

/* Is the loss of the streams what a claim is about, and so told with it? */
static bool
is_told(const struct result *r)
{
	for (size_t i = 0; i < r->n_targets; i++)
		if (r->targets[i].verdict != TARGET_NOT_JUDGED && r->targets[i].metric != NULL &&
			strcmp(r->targets[i].metric, "streams_with_loss") == 0)
			return true;
	return false;
}

/* What clients lost is told whatever the targets ask: first the streams of all figures, then who asks otherwise. */
static void
say_clients(const struct result *r, bool is_headline, struct verdict *v)
{
	struct buf b = {0}, beside = {0};

	if (!is_headline && !is_told(r))
		outage_say(&b, r);
	if (outage_say_beside(&beside, r))
		buf_addf(&b, "%s%s", b.len > 0 ? "; " : "", beside.data);
	if (b.len > 0 && b.data[0] >= 'a' && b.data[0] <= 'z')
		b.data[0] = (char)(b.data[0] - 'a' + 'A');
	if (b.len > 0)
		verdict_append(v->clients, sizeof(v->clients), "%s.", b.data);
	buf_done(&b);
	buf_done(&beside);
}

/* Nothing was judged: the expectations, and what clients lost, are the finding. Returns true if it says the latter. */
static bool
say_measured(const struct result *r, struct verdict *v)
{
	static const char none[] = "no documented target was judged";
	char held[64] = "The only expectation held";
	struct buf b = {0};
	bool is_said;

	if (r->n_expectations == 0)
		held[0] = '\0';
	else if (r->n_expectations > 1)
		snprintf(held, sizeof(held), "All %zu expectations held", r->n_expectations);
	is_said = outage_say(&b, r);
	verdict_append(v->text, sizeof(v->text), "%s%s%s", held, held[0] == '\0' ? "" : "; ",
		is_said ? b.data : none);
	buf_done(&b);
	if (v->text[0] >= 'a' && v->text[0] <= 'z')
		v->text[0] = (char)(v->text[0] - 'a' + 'A');
	if (is_said)
		verdict_append(v->aside, sizeof(v->aside), "%s",
			r->n_targets > 0 ? "No documented target was judged. "
					 : "This scenario judges no documented target. ");
	return is_said;
}

/* Nothing may be concluded from figures of an instrument that was off before the first trial. */
static void
doubt(const struct result *r, struct verdict *v)
{
	const char *why =
		json_string_value(json_array_get(json_object_get(r->calibration, "why"), 0));
	struct verdict before = *v;

	v->kind = VERDICT_INCONCLUSIVE;
	v->text[0] = v->aside[0] = '\0';
	verdict_append(v->text, sizeof(v->text),
		"Inconclusive: the instrument was off its limits: %.200s",
		why == NULL ? "(no reason kept)" : why);
	verdict_append(v->aside, sizeof(v->aside), "With that in mind: %.300s. %.300s", before.text,
		before.aside);
}

/* Why there is no verdict, without that word and without the figures, which the headline or the table has. */
static void
say_why(struct buf *b, const struct compare *g)
{
	const char *words = strstr(g->why, ": ");

	words = words == NULL ? g->why : words + 2;
	buf_addf(b, "%.*s.", (int)strcspn(words, ";"), words);
	if (b->len > 0 && b->data[0] >= 'a' && b->data[0] <= 'z')
		b->data[0] = (char)(b->data[0] - 'a' + 'A');
}

static const char *
cut_short(const struct result *r)
{
	return r->interrupted ? "Interrupted. " : !r->complete ? "Incomplete. " : "";
}

/* The gate has the first word: what was asked is whether something became worse. */
static void
lead_with_gate(const struct result *r, struct verdict *v)
{
	const struct compare *g = r->gated;
	struct verdict before = *v;
	const char *found = before.text + strlen(cut_short(r));
	struct buf said = {0}, rerun = {0};

	gated_say(&said, g);
	v->text[0] = '\0';
	verdict_append(v->text, sizeof(v->text), "%s%.300s", cut_short(r),
		said.data == NULL ? "" : said.data);
	buf_done(&said);
	if (g->verdict == GATE_PASS) {
		v->kind = v->kind == VERDICT_NONE ? VERDICT_GOOD : v->kind;
		verdict_append(v->text, sizeof(v->text), ". %s", found);
		return;
	}
	if (g->verdict == GATE_FAIL && v->kind != VERDICT_INCONCLUSIVE)
		v->kind = VERDICT_BROKEN;
	else if (g->verdict == GATE_INCONCLUSIVE &&
		(v->kind == VERDICT_GOOD || v->kind == VERDICT_NONE))
		v->kind = VERDICT_INCONCLUSIVE;
	v->aside[0] = '\0';
	gated_say_rerun(&rerun, g);
	if (rerun.len == 0 && g->verdict != GATE_FAIL)
		say_why(&rerun, g);
	if (rerun.len > 0)
		verdict_append(v->aside, sizeof(v->aside), "%s ", rerun.data);
	buf_done(&rerun);
	verdict_append(v->aside, sizeof(v->aside), "%.400s. %s", found, before.aside);
}

/* A run that left something behind exits with 1, so it is no good one, whatever it found. */
static void
say_unhealed(const struct result *r, struct verdict *v)
{
	size_t n = notes_unhealed(r), cut = strlen(cut_short(r));
	struct verdict before = *v;
	char said[80];

	if (n == 0)
		return;
	snprintf(said, sizeof(said), "After %zu trial%s the lab was not as before", n,
		n == 1 ? "" : "s");
	if (v->kind == VERDICT_BROKEN || v->kind == VERDICT_INCONCLUSIVE) {
		snprintf(v->aside, sizeof(v->aside), "%s. %.700s", said, before.aside);
		return;
	}
	v->kind = VERDICT_BROKEN;
	snprintf(v->text, sizeof(v->text), "%.*s%s. %.480s", (int)cut, before.text, said,
		before.text + cut);
}

void
verdict_of(const struct result *r, struct verdict *v)
{
	size_t valid = result_valid_trials(r), n_broken = broken(r);
	bool is_headline = false;

	*v = (struct verdict){.kind = VERDICT_GOOD};
	verdict_append(v->text, sizeof(v->text), "%s", cut_short(r)); /* the first word always */
	if (valid == 0) {
		v->kind = VERDICT_INCONCLUSIVE;
		verdict_say_inconclusive(r, v->text, sizeof(v->text));
		say_checked(r, v);
	} else if (n_broken > 0) {
		v->kind = VERDICT_BROKEN;
		say_broken(r, v->text, sizeof(v->text));
		say_rest(r, 0, v->aside, sizeof(v->aside) - 200);
	} else if (say_headline(r, v)) {
		v->kind = kind_of_targets(r);
	} else {
		is_headline = say_measured(r, v);
		v->kind = r->n_expectations > 0 ? VERDICT_GOOD : VERDICT_NONE;
	}
	if (valid > 0)
		say_clients(r, is_headline, v);
	verdict_say_state(r, valid, v->aside, sizeof(v->aside));
	if (valid > 0)
		verdict_say_bound(r, v->aside, sizeof(v->aside));
	if (r->gated != NULL)
		lead_with_gate(r, v);
	say_unhealed(r, v);
	if (json_is_false(json_object_get(r->calibration, "good")))
		doubt(r, v);
}
