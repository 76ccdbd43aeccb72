/* verdict.c - what a run found, in one sentence and one word. */
#include "reports/verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reports/show.h"

const char *
verdict_sign(enum target_verdict v)
{
	static const char *const signs[] = {"–", "✓", "✗", "⊘", "≈"};

	return signs[v];
}

const char *
verdict_word(enum target_verdict v)
{
	static const char *const words[] = {"not judged", "met", "missed", "refuted", "modelled"};

	return words[v];
}

/* How a target is spoken of when trials are counted; the last one fits any. */
static const struct {
	const char *id, *noun, *verb;
} wordings[] = {
	{"crash-withdraw", "crash", "withdrawn"},
	{"bfd-subsecond", "silent link loss", "repaired"},
	{"carrier-seamless", "carrier outage", "repaired"},
	{"srv6-50ms", "link cut", "repaired"},
};

static void append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void
append(char *text, size_t size, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + used, size - used, fmt, ap);
	va_end(ap);
}

/* Is this family measured at all in this run? */
static bool
is_in_play(const struct result *r, bool v6)
{
	for (size_t i = 0; i < r->n_trials; i++)
		if (r->trial[i].valid &&
			!isnan(v6 ? r->trial[i].withdraw_ms.v6 : r->trial[i].withdraw_ms.v4))
			return true;
	return false;
}

/*
 * Trials over a withdraw target in either family; a withdraw that never came is over. NaN when
 * trials do not tell.
 */
static double
trials_over(const struct result *r, const struct target *t, double *ret_n)
{
	bool v4 = is_in_play(r, false), v6 = is_in_play(r, true);
	double over = 0, n = 0;

	if (t->metric == NULL || strncmp(t->metric, "withdraw", 8) != 0 || (!v4 && !v6))
		return NAN;
	for (size_t i = 0; i < r->n_trials; i++) {
		struct family_ms w = r->trial[i].withdraw_ms;

		if (!r->trial[i].valid)
			continue;
		n++;
		over += (v4 && !(w.v4 <= t->target)) || (v6 && !(w.v6 <= t->target));
	}
	*ret_n = n;
	return n == 0 ? NAN : over;
}

/* The worst of the rows with the same id and verdict: the families are one finding. NaN: never. */
static double
worst_measured(const struct result *r, const struct target *t)
{
	double worst = t->measured;

	for (size_t i = 0; i < r->n_targets; i++)
		if (strcmp(r->targets[i].id, t->id) == 0 && r->targets[i].verdict == t->verdict) {
			if (isnan(r->targets[i].measured))
				return NAN;
			worst = fmax(worst, r->targets[i].measured);
		}
	return worst;
}

static void
counted(const struct result *r, const struct target *t, char *text, size_t size)
{
	char measured[SHOW_BYTES], target[SHOW_BYTES], bound[SHOW_BYTES];
	const char *noun = "trial", *verb = NULL;
	double n = t->trials, over = trials_over(r, t, &n);

	if (isnan(over))
		over = round(t->share_over_ratio * t->trials);
	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++)
		if (strcmp(t->id, wordings[i].id) == 0) {
			noun = wordings[i].noun;
			verb = wordings[i].verb;
		}
	if (isnan(worst_measured(r, t)))
		snprintf(measured, sizeof(measured), "never");
	else
		show_against(worst_measured(r, t), t->target, t->unit, measured);
	show_stated(t->target, t->unit, target);
	if (t->verdict == TARGET_MISSED) {
		append(text, size, "%.0f of %.0f %s%s ", over, n, noun,
			n > 1 ? (strcmp(noun, "crash") == 0 || strstr(noun, "loss") != NULL ? "es"
											    : "s")
			      : "");
		if (verb != NULL)
			append(text, size, "%s %s later than the documented %s (worst %s)",
				over > 1 || over < 1 ? "were" : "was", verb, target, measured);
		else
			append(text, size, "went over the documented %s of %s (worst %s)", target,
				t->id, measured);
		return;
	}
	append(text, size, "%s%.0f %s%s ", n > 1 ? "all " : "", n, noun,
		n > 1 ? (strcmp(noun, "crash") == 0 || strstr(noun, "loss") != NULL ? "es" : "s")
		      : "");
	if (verb != NULL)
		append(text, size, "%s %s within the documented %s (worst %s)",
			n > 1 ? "were" : "was", verb, target, measured);
	else
		append(text, size, "stayed within the documented %s of %s (worst %s)", target,
			t->id, measured);
	if (!isnan(t->miss_bound_ratio))
		append(text, size,
			"; with no miss in %.0f, up to %s may still miss it (95 %% confidence)", n,
			show_share(t->miss_bound_ratio, bound));
}

static void
say_target(const struct result *r, const struct target *t, char *text, size_t size)
{
	static const char *const heads[] = {"Not judged", "Met", "Missed", "Refuted", "Modelled"};
	char measured[SHOW_BYTES], target[SHOW_BYTES];
	bool is_time = t->unit != NULL && strcmp(t->unit, "ms") == 0;
	bool is_count = t->n > 0 && t->statistic != NULL && strcmp(t->statistic, "max") == 0 &&
		is_time && !isnan(t->target) &&
		(t->verdict == TARGET_MET ? !isnan(t->measured) : !isnan(t->share_over_ratio));

	append(text, size, "%s: ", heads[t->verdict]);
	if (is_count && (t->verdict == TARGET_MET || t->verdict == TARGET_MISSED)) {
		counted(r, t, text, size);
	} else if (!isnan(t->measured) && !isnan(t->target)) {
		append(text, size, "%.60s measured %s%s%s where %s is documented", t->id,
			t->statistic == NULL ? "" : t->statistic, t->statistic == NULL ? "" : " ",
			show_against(worst_measured(r, t), t->target, t->unit, measured),
			show_stated(t->target, t->unit, target));
	} else {
		append(text, size, "%.60s%s%.200s", t->id, t->why == NULL ? "" : ": ",
			t->why == NULL ? "" : t->why);
	}
}

/* The row that heads the page: the first missed one, else refuted, met, modelled. */
static const struct target *
leading_target(const struct result *r)
{
	static const enum target_verdict order[] = {
		TARGET_MISSED, TARGET_REFUTED, TARGET_MET, TARGET_MODELLED};

	for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++)
		for (size_t i = 0; i < r->n_targets; i++)
			if (r->targets[i].verdict == order[o])
				return &r->targets[i];
	return NULL;
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
	append(text, size, "%zu of %zu expectations did not hold: %.120s", broken(r),
		r->n_expectations, first->text == NULL ? "(no text)" : first->text);
	if (first->measured != NULL)
		append(text, size, " (measured: %.120s)", first->measured);
}

static const char *
first_reason(const struct result *r)
{
	for (size_t i = 0; i < r->n_trials; i++)
		if (!r->trial[i].valid && r->trial[i].n_invalid_because > 0)
			return r->trial[i].invalid_because[0];
	return NULL;
}

static void
say_state(const struct result *r, size_t valid, char *text, size_t size)
{
	double invalid = isnan(r->invalid_trials) ? 0 : r->invalid_trials;
	const char *why = first_reason(r);

	if (r->interrupted || !r->complete) {
		append(text, size, "%s",
			r->interrupted ? "The run was interrupted" : "The run is incomplete");
		if (!isnan(r->trials_planned))
			append(text, size, " after %.0f of %.0f trials", r->trials,
				r->trials_planned);
		append(text, size, ". ");
	}
	if (invalid > 0 && valid > 0)
		append(text, size, "%.0f of %.0f trials %s invalid and not counted%s%.100s. ",
			invalid, r->trials, invalid > 1 ? "are" : "is", why == NULL ? "" : ": ",
			why == NULL ? "" : why);
	if (valid > 0 && valid < VERDICT_QUICK_LOOK)
		append(text, size, "Quick look, n = %zu: a figure to publish needs %d trials. ",
			valid, VERDICT_QUICK_LOOK);
}

void
verdict_of(const struct result *r, struct verdict *v)
{
	const struct target *t = leading_target(r);
	size_t valid = result_valid_trials(r), n_broken = broken(r);

	*v = (struct verdict){.kind = VERDICT_GOOD};
	if (r->interrupted || !r->complete)
		append(v->text, sizeof(v->text), "%s",
			r->interrupted ? "Interrupted. " : "Incomplete. ");
	if (valid == 0) {
		const char *why = first_reason(r);

		char all[64];

		v->kind = VERDICT_INCONCLUSIVE;
		snprintf(all, sizeof(all), "all %.8g trials were invalid", r->trials);
		if (r->trials > 0)
			append(v->text, sizeof(v->text), "Inconclusive: %s%s%.150s",
				r->trials > 1 ? all : "the only trial was invalid",
				why == NULL ? "" : ": ", why == NULL ? "" : why);
		else
			append(v->text, sizeof(v->text), "Inconclusive: no trial was finished");
	} else if (n_broken > 0) {
		v->kind = VERDICT_BROKEN;
		say_broken(r, v->text, sizeof(v->text));
		if (t != NULL && t->verdict != TARGET_NOT_JUDGED) {
			say_target(r, t, v->aside, sizeof(v->aside));
			append(v->aside, sizeof(v->aside), ". ");
		}
	} else if (t != NULL) {
		v->kind = t->verdict == TARGET_MISSED || t->verdict == TARGET_REFUTED
			? VERDICT_MISSED
			: VERDICT_GOOD;
		say_target(r, t, v->text, sizeof(v->text));
	} else if (r->n_expectations > 0) {
		append(v->text, sizeof(v->text),
			"All %zu expectations held; no documented target was judged",
			r->n_expectations);
	} else {
		append(v->text, sizeof(v->text), "No documented target was judged");
	}
	say_state(r, valid, v->aside, sizeof(v->aside));
}
