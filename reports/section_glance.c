/* section_glance.c - the table above the fold: each figure, its baseline and change, its target, and the verdict. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/finding.h"
#include "reports/gated.h"
#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"
#include "reports/verdict.h"

/* What does not fit above the fold is below it anyway. */
#define ROWS_MAX 8

static void
verdict_cell(struct buf *b, const char *class, const char *sign, const char *word, const char *more)
{
	buf_addf(b, "<td class=\"v %s\">%s %s", class, sign, word);
	if (more[0] != '\0') {
		html_raw(b, " <span class=\"mute\">");
		html_text(b, more);
		html_raw(b, "</span>");
	}
	html_raw(b, "</td>");
}

/* A figure that a narrow page does not tear from its unit. */
static void
num_whole(struct buf *b, const char *before, const char *figure)
{
	html_raw(b, "<td class=\"n\">");
	html_text(b, before);
	html_raw(b, "<span class=\"share\">");
	html_text(b, figure);
	html_raw(b, "</span></td>");
}

/* The change, and below it its interval; both may break between figures, not within. */
static void
change_cell(struct buf *b, const struct compare_metric *s)
{
	char change[GATED_BYTES], *to;

	html_raw(b, "<td class=\"n\"><span class=\"share\">");
	html_text(b, gated_change(s, change));
	html_raw(b, "</span>");
	gated_interval(s, change);
	to = strstr(change, " to ");
	if (to != NULL) {
		*to = '\0';
		html_raw(b, "<br><span class=\"mute\"><span class=\"share\">");
		html_textf(b, "%s to", change);
		html_raw(b, "</span> <span class=\"share\">");
		html_text(b, to + strlen(" to "));
		html_raw(b, "</span></span>");
	}
	html_raw(b, "</td>");
}

static void
gated_row(struct buf *b, const struct compare_metric *s)
{
	char text[SHOW_BYTES], change[GATED_BYTES];
	struct compare_metric of_limit = *s;

	html_row(b);
	html_raw(b, "<th scope=\"row\">");
	html_text(b, gated_title(s, change));
	html_raw(b, " <span class=\"mute\">median trial</span></th>");
	num_whole(b, "", gated_median(s->judged.p50, s->n, s->unit, text));
	num_whole(b, "", show_value(s->judged.baseline_p50, s->unit, text));
	change_cell(b, s);
	of_limit.judged.shift = s->judged.limit;
	if (isnan(s->judged.limit))
		num_whole(b, "", SHOW_NONE);
	else
		num_whole(b, "≤ ", gated_change(&of_limit, change));
	verdict_cell(b, gated_class(s->judged.verdict), gated_sign(s->judged.verdict),
		gate_verdict_words(s->judged.verdict), "");
	html_row_end(b);
}

/* "3.18 s", the worse of both families; of counts "34 + 29 failed lookups", as they are of different clients. */
static void
measured_cell(struct buf *b, const struct result *r, const struct target *t)
{
	char text[FINDING_WORDS_BYTES];
	struct buf said = {0};

	if (finding_is_count(t) && !isnan(t->measured))
		finding_say_counts(&said, r, t);
	else
		buf_add(&said, finding_worse(r, t, text));
	html_num(b, said.data);
	b->failed |= said.failed;
	buf_done(&said);
}

/* The family, of a claim that fares differently over the other. */
static const char *
family_alone(const struct result *r, const struct target *t)
{
	for (size_t i = 0; i < r->n_targets; i++)
		if (strcmp(r->targets[i].id, t->id) == 0 && r->targets[i].verdict != t->verdict &&
			t->family != NULL)
			return strcmp(t->family, "v4") == 0 ? " IPv4" : " IPv6";
	return "";
}

static void
target_row(struct buf *b, const struct result *r, const struct target *t)
{
	char text[FINDING_WORDS_BYTES];
	struct buf over = {0};

	html_row(b);
	html_raw(b, "<th scope=\"row\"><a");
	buf_add(b, " href=\"#target-");
	html_text(b, t->id);
	html_raw(b, "\">");
	html_text(b, t->id);
	html_raw(b, "</a> <span class=\"mute\">");
	html_text(b, finding_title(t, text));
	html_text(b, family_alone(r, t));
	html_raw(b, "</span></th>");
	measured_cell(b, r, t);
	if (r->gated != NULL)
		html_raw(b, "<td class=\"n mute\">–</td><td class=\"n mute\">–</td>");
	html_raw(b, "<td class=\"n t\">");
	html_text(b, finding_documented(t, text));
	html_raw(b, "</td>");
	if (t->trials > 1 && t->verdict == TARGET_MISSED)
		finding_say_trials_over(&over, r, t);
	verdict_cell(b, verdict_class(t->verdict), verdict_sign(t->verdict),
		verdict_word(t->verdict), over.data == NULL ? "" : over.data);
	b->failed |= over.failed;
	buf_done(&over);
	html_row_end(b);
}

/* What no target asks for is told all the same: what clients lost, and when they were answered again. */
struct measured {
	const char *metric, *title;
	bool is_count, is_loss; /* is_loss: nothing to tell where nothing was lost */
};

static const struct measured measured[] = {
	{"streams_with_loss", "streams that lost queries", true, false},
	{"wrong_answer_queries", "queries answered wrongly", true, true},
	{"loss_of_connectivity_ms", "longest loss of a stream", false, true},
	{"first_good_answer_ms", "worst first good answer", false, false},
	{"withdraw_ms", "worst withdraw", false, false},
	{"resolver_failures", "failed lookups of real resolvers", true, false},
	{"tcp_unanswered_queries", "queries lost over TCP", true, true},
	{"large_unanswered_queries", "queries for large answers lost", true, true},
};

/* Has a row of targets or of the gate told it? */
static bool
is_told(const struct result *r, const char *metric)
{
	for (size_t i = 0; i < r->n_targets; i++)
		if (r->targets[i].metric != NULL && strcmp(r->targets[i].metric, metric) == 0)
			return true;
	for (size_t i = 0; r->gated != NULL && i < r->gated->n_metrics; i++)
		if (strcmp(r->gated->metrics[i].name, metric) == 0 &&
			r->gated->metrics[i].judged.verdict != GATE_NOT_GATED)
			return true;
	return false;
}

static void
measured_row(
	struct buf *b, const struct result *r, const struct measured *x, const struct metric *m)
{
	char text[SHOW_BYTES], all[SHOW_BYTES], cell[3 * SHOW_BYTES];
	bool of_all = strcmp(x->metric, "streams_with_loss") == 0 && !isnan(r->streams_count);

	html_row(b);
	html_raw(b, "<th scope=\"row\">");
	html_text(b, x->title);
	if (strcmp(x->metric, "first_good_answer_ms") == 0 && result_is_elsewhere(r))
		html_text(b, " from another PoP");
	if (x->is_count && result_valid_trials(r) > 1)
		html_raw(b, " <span class=\"mute\">worst trial</span>");
	html_raw(b, "</th>");
	if (m->missing > 0)
		snprintf(cell, sizeof(cell), "never for %s of %s", show_count(m->missing, text),
			show_count(m->stats.n, all));
	else
		snprintf(cell, sizeof(cell), "%s%s%s",
			x->is_count ? show_count(m->stats.max, text)
				    : show_ms_within(m->stats.max,
					      x->is_loss ? m->accuracy_ms : NAN, text),
			of_all ? " of " : "", of_all ? show_count(r->streams_count, all) : "");
	html_num(b, cell);
	for (int i = 0; i < (r->gated == NULL ? 1 : 3); i++)
		html_raw(b, "<td class=\"n mute\">–</td>");
	html_raw(b, "<td class=\"mute\">no target</td>");
	html_row_end(b);
}

static void
measured_rows(struct buf *b, const struct result *r)
{
	for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
		const struct metric *m = result_metric(r, measured[i].metric);

		/* What came in no trial is nothing that was to come; but clients always wait for an answer. */
		if (m == NULL || !(m->stats.n > 0) ||
			(!(fmax(0, m->missing) < m->stats.n) &&
				strcmp(m->name, "first_good_answer_ms") != 0) ||
			is_told(r, measured[i].metric) ||
			(measured[i].is_loss && !(m->stats.max > 0)))
			continue;
		measured_row(b, r, &measured[i], m);
	}
}

/* Is there anything to put above the fold beside targets and the gate? */
static bool
is_measured(const struct result *r)
{
	for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
		const struct metric *m = result_metric(r, measured[i].metric);

		if (m != NULL && m->stats.n > 0)
			return true;
	}
	return false;
}

static void
head(struct buf *b, const struct result *r)
{
	char caption[200];
	size_t valid = result_valid_trials(r);

	snprintf(caption, sizeof(caption), "%zu valid %s%s; a sum is IPv4 + IPv6%s%.80s%s", valid,
		valid == 1 ? "trial" : "trials",
		valid > 0 && valid < VERDICT_QUICK_LOOK ? ", a quick look" : "",
		r->gated == NULL ? "" : "; baseline: ", r->gated == NULL ? "" : r->gated->baseline,
		r->gated == NULL ? "" : "; below a change its 95 % interval");
	html_table(b, caption);
	html_raw(b, "<thead>");
	html_row(b);
	html_col(b, "Metric");
	html_col_num(b, "This run");
	if (r->gated != NULL) {
		html_col_num(b, "Baseline");
		html_col_num(b, "Change");
	}
	html_col_num(b, "Target");
	html_col(b, "Verdict");
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
}

/* Worst first; an id and verdict has one row for both families. Returns how many were left out. */
static size_t
target_rows(struct buf *b, const struct result *r)
{
	static const enum target_verdict order[] = {TARGET_MISSED, TARGET_REFUTED, TARGET_MET,
		TARGET_MODELLED_NOT, TARGET_MODELLED, TARGET_NOT_JUDGED};
	size_t n = 0, left = 0;

	for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++)
		for (size_t i = 0; i < r->n_targets; i++) {
			const struct target *t = &r->targets[i];

			if (t->verdict != order[o] || !finding_is_first(r, t))
				continue;
			if (n++ < ROWS_MAX)
				target_row(b, r, t);
			else
				left++;
		}
	return left;
}

void
section_glance(struct buf *b, const struct result *r)
{
	size_t left;

	if (r->n_targets == 0 && r->gated == NULL && !is_measured(r))
		return;
	buf_add(b,
		r->gated == NULL ? "<section id=\"glance\">"
				 : "<section id=\"glance\" class=\"gated\">");
	head(b, r);
	for (size_t i = 0; r->gated != NULL && i < r->gated->n_metrics; i++)
		if (r->gated->metrics[i].judged.verdict != GATE_NOT_GATED)
			gated_row(b, &r->gated->metrics[i]);
	left = target_rows(b, r);
	if (result_valid_trials(r) > 0)
		measured_rows(b, r);
	html_raw(b, "</tbody>");
	html_table_end(b);
	if (left > 0) {
		html_raw(b, "<p class=\"meta\"><a href=\"#targets\">");
		html_textf(b, "%zu more below", left);
		html_raw(b, "</a></p>\n");
	}
	html_raw(b, "</section>\n");
}
