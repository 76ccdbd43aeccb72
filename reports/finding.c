/* finding.c - a judged target in the words of an engineer, made from its metric, statistic, unit and figures. */
#include "reports/finding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/outage.h"
#include "reports/show.h"

enum { SAID_MAX = 80 }; /* bytes of a program's words that a sentence takes */

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool
is_time(const char *unit)
{
	return is(unit, "ns") || is(unit, "us") || is(unit, "ms") || is(unit, "s");
}

static bool
is_count(const char *unit)
{
	return unit != NULL && unit[0] != '\0' && !is_time(unit) && !is(unit, "ratio") &&
		!is(unit, "qps");
}

const char *
finding_statistic(const char *statistic)
{
	return is(statistic, "max")    ? "worst"
		: is(statistic, "p50") ? "median"
		: is(statistic, "min") ? "least"
		: statistic == NULL    ? "measured"
				       : statistic;
}

/* "lookups" of a metric that counts those that failed: "failed lookups", in the headline and in the table. */
static const char *
unit_of(const struct target *t)
{
	return is(t->unit, "lookups") && t->metric != NULL && strstr(t->metric, "failures") != NULL
		? "failed lookups"
		: t->unit;
}

const char *
finding_documented(const struct target *t, char out[static FINDING_WORDS_BYTES])
{
	const char *c = t->comparison == NULL ? "<=" : t->comparison;
	char figure[SHOW_BYTES];
	const char *word = is(c, "<") ? "under"
		: is(c, ">")	      ? "over"
		: is(c, ">=")	      ? "at least"
		: is_time(t->unit)    ? "within"
				      : "at most";

	if (isnan(t->target))
		snprintf(out, FINDING_WORDS_BYTES, "%s", SHOW_NONE);
	else if (t->figure != NULL && t->figure[0] != '\0') {
		/* "at least 200 rounds" is of how many, where none may fail. */
		if (t->target != 0 || !is_count(t->unit))
			return t->figure;
		snprintf(out, FINDING_WORDS_BYTES, "none in %.80s", t->figure);
	} else if (t->target == 0 && is(c, "<=") && is_count(t->unit))
		snprintf(out, FINDING_WORDS_BYTES, "none");
	else
		snprintf(out, FINDING_WORDS_BYTES, "%s %s", word,
			show_stated(t->target, unit_of(t), figure));
	return out;
}

/* Missed without a figure: what was to come by then never came. */
const char *
finding_measured(const struct target *t, char out[static FINDING_WORDS_BYTES])
{
	char figure[SHOW_BYTES];

	snprintf(out, FINDING_WORDS_BYTES, "%s",
		isnan(t->measured) && t->verdict == TARGET_MISSED
			? "never"
			: show_against(t->measured, t->target, unit_of(t), figure));
	return out;
}

const char *
finding_close(const struct target *t)
{
	return t->close ? ", " FINDING_CLOSE : "";
}

bool
finding_is_same(const struct target *a, const struct target *b)
{
	return strcmp(a->id, b->id) == 0 && a->verdict == b->verdict;
}

bool
finding_is_first(const struct result *r, const struct target *t)
{
	for (const struct target *other = r->targets; other < t; other++)
		if (finding_is_same(other, t))
			return false;
	return true;
}

/* A copy of t with the figure of both families: the worse of them. */
static struct target
both_families(const struct result *r, const struct target *t)
{
	bool is_floor = t->comparison != NULL && t->comparison[0] == '>';
	struct target both = *t;

	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *o = &r->targets[i];

		if (!finding_is_same(o, t))
			continue;
		if (isnan(both.measured))
			continue;
		if (isnan(o->measured) ||
			(is_floor ? o->measured < both.measured : o->measured > both.measured)) {
			both.measured = o->measured;
			both.close = o->close;
		}
	}
	return both;
}

/* "first_good_answer_ms": "first good answer". */
static void
noun_of(const struct target *t, char out[static FINDING_WORDS_BYTES])
{
	size_t len, unit = t->unit == NULL ? 0 : strlen(t->unit);

	snprintf(out, FINDING_WORDS_BYTES, "%.80s", t->metric == NULL ? t->id : t->metric);
	len = strlen(out);
	if (is_time(t->unit) && len > unit + 1 && out[len - unit - 1] == '_' &&
		strcmp(out + len - unit, t->unit) == 0)
		out[len - unit - 1] = '\0';
	for (char *p = out; t->metric != NULL && *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
}

const char *
finding_worse(const struct result *r, const struct target *t, char out[static FINDING_WORDS_BYTES])
{
	struct target both = both_families(r, t);

	return finding_measured(&both, out);
}

bool
finding_is_count(const struct target *t)
{
	return is_count(t->unit);
}

void
finding_say_counts(struct buf *b, const struct result *r, const struct target *t)
{
	char text[SHOW_BYTES];
	const char *between = "";

	for (size_t i = 0; i < r->n_targets; i++) {
		if (!finding_is_same(&r->targets[i], t))
			continue;
		buf_addf(b, "%s%s", between, show_count(r->targets[i].measured, text));
		between = " + ";
	}
	buf_addf(b, " %s", unit_of(t));
}

const char *
finding_title(const struct target *t, char out[static FINDING_WORDS_BYTES])
{
	char noun[FINDING_WORDS_BYTES];

	if (t->metric == NULL)
		return t->documented == NULL ? "" : t->documented;
	noun_of(t, noun);
	if (is_count(t->unit) || t->statistic == NULL)
		snprintf(out, FINDING_WORDS_BYTES, "%s", noun);
	else
		snprintf(out, FINDING_WORDS_BYTES, "%.12s %.80s", finding_statistic(t->statistic),
			noun);
	return out;
}

/* Each family's own figure, as the table has it: their sum, or the worst trial of both, it has not. */
static void
say_counts(struct buf *b, const struct result *r, const struct target *t)
{
	char text[SHOW_BYTES];
	size_t n = 0, said = 0;

	for (size_t i = 0; i < r->n_targets; i++)
		n += finding_is_same(&r->targets[i], t);
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *o = &r->targets[i];

		if (!finding_is_same(o, t))
			continue;
		buf_addf(b, "%s%s", said++ > 0 ? " and " : "", show_count(o->measured, text));
		if (n > 1 && (is(o->family, "v4") || is(o->family, "v6")))
			buf_addf(b, " (%s)", is(o->family, "v4") ? "IPv4" : "IPv6");
	}
}

static void
say_count(struct buf *b, const struct result *r, const struct target *t, const char *noun)
{
	char all[SHOW_BYTES];

	if (t->trials > 1)
		buf_addf(b, "%s",
			is(t->statistic, "max") ? "up to " : finding_statistic(t->statistic));
	if (t->trials > 1 && !is(t->statistic, "max"))
		buf_add(b, " ");
	say_counts(b, r, t);
	if (!is(t->metric, "streams_with_loss")) {
		buf_addf(b, " %s",
			!is(unit_of(t), t->unit)
				? (t->measured > 0 && t->measured <= 1 ? "failed lookup"
								       : unit_of(t))
				: noun);
		return;
	}
	if (!isnan(r->streams_count))
		buf_addf(b, " of %s", show_count(r->streams_count, all));
	buf_add(b, " streams lost queries");
	outage_say_how_long(b, r);
}

/* The family, where the other one fared differently. */
static const char *
family_of(const struct result *r, const struct target *t)
{
	for (size_t i = 0; i < r->n_targets; i++)
		if (strcmp(r->targets[i].id, t->id) == 0 && r->targets[i].verdict != t->verdict)
			return is(t->family, "v4")    ? " over IPv4"
				: is(t->family, "v6") ? " over IPv6"
						      : "";
	return "";
}

/* A withdraw that did not last: clients lost what they had found. */
static void
say_flaps(struct buf *b, const struct result *r, const struct target *t)
{
	double most = 0;

	for (size_t i = 0; i < r->n_trials; i++)
		if (r->trial[i].valid)
			most = fmax(most, r->trial[i].withdraw_flaps);
	if (is(t->metric, "withdraw_ms") && most > 0)
		buf_addf(b, ", and came back %s%.0f time%s while the fault lasted",
			t->trials > 1 ? "up to " : "", most, most > 1 ? "s" : "");
}

/* A dump of a program is evidence, no finding: what was asked stands for it. */
static bool
is_raw(const struct target *t)
{
	return t->said_of != NULL && t->said != NULL && strlen(t->said) > SAID_MAX;
}

/* A claim that no figure judges, in its own words; then what was shown, where that is short. */
static void
say_check(struct buf *b, const struct target *t)
{
	bool has_words = t->documented != NULL && t->documented[0] != '\0';
	const char *shown = is_raw(t) ? (has_words ? NULL : t->said_of)
		: t->said != NULL     ? t->said
				      : t->why;

	if (has_words)
		buf_addf(b, "%.160s (%.60s)", t->documented, t->id);
	else
		buf_addf(b, "%.60s", t->id);
	if (shown != NULL && shown[0] != '\0')
		buf_addf(b, ": %.200s", shown);
}

/* "worst withdraw 3.49 s"; what never came has no figure. */
static void
say_figure(struct buf *b, const struct target *t, const struct target *both)
{
	char noun[FINDING_WORDS_BYTES], text[FINDING_WORDS_BYTES];

	noun_of(t, noun);
	if (!isnan(both->measured) || t->verdict != TARGET_MISSED)
		buf_addf(b, "%s %s %s", finding_statistic(t->statistic), noun,
			finding_measured(both, text));
	else if (is(t->metric, "withdraw_ms"))
		buf_add(b, "the route was never withdrawn");
	else
		buf_addf(b, "%s never came", noun);
}

void
finding_say(struct buf *b, const struct result *r, const struct target *t)
{
	struct target both = both_families(r, t);
	char noun[FINDING_WORDS_BYTES], text[FINDING_WORDS_BYTES];
	struct buf over = {0};

	if (isnan(t->target) || (isnan(t->measured) && t->verdict != TARGET_MISSED)) {
		say_check(b, t);
		return;
	}
	noun_of(t, noun);
	if (t->verdict == TARGET_MODELLED || t->verdict == TARGET_MODELLED_NOT ||
		t->verdict == TARGET_REFUTED)
		buf_addf(b, "%.60s: ", t->id);
	if (is_count(t->unit) && !isnan(both.measured))
		say_count(b, r, &both, noun);
	else
		say_figure(b, t, &both);
	buf_addf(b, "%s (documented: %s%s)", family_of(r, t), finding_documented(t, text),
		finding_close(&both));
	say_flaps(b, r, t);
	if (t->trials > 1 && t->verdict == TARGET_MISSED && finding_say_trials_over(&over, r, t)) {
		snprintf(text, sizeof(text), "%.0f of %.0f trials", t->trials, t->trials);
		if (is(over.data, text))
			buf_addf(b, ", in each of %.0f trials", t->trials);
		else
			buf_addf(b, ", missed in %s", over.data);
	}
	b->failed |= over.failed;
	buf_done(&over);
}
