/* digest.c - a run as a page of Markdown: what CI shows beside a change. */
#include "reports/digest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/finding.h"
#include "reports/markdown.h"
#include "reports/notes.h"
#include "reports/show.h"
#include "reports/verdict.h"

static const char *
sign_of(enum verdict_kind kind)
{
	return kind == VERDICT_GOOD	       ? "✅"
		: kind == VERDICT_MISSED       ? "⚠️"
		: kind == VERDICT_INCONCLUSIVE ? "❔"
		: kind == VERDICT_NONE	       ? "ℹ️"
					       : "❌";
}

static void
head(struct buf *b, const struct result *r)
{
	struct verdict v;

	verdict_of(r, &v);
	if (v.kind == VERDICT_GOOD && (r->interrupted || !r->complete))
		v.kind = VERDICT_INCONCLUSIVE;
	buf_addf(b, "## %s ", sign_of(v.kind));
	markdown_textf(b, "%s on %s", r->scenario, r->variant == NULL ? "default" : r->variant);
	buf_add(b, "\n\n**");
	markdown_text(b, v.text);
	buf_add(b, ".** ");
	if (v.clients[0] != '\0') {
		markdown_text(b, v.clients);
		buf_add(b, " ");
	}
	markdown_text(b, v.aside);
	buf_add(b, "\n\n");
}

static void
gate(struct buf *b, const struct compare *g)
{
	static const char *const names[] = {
		"beside the baseline", "verdict", "baseline", "now", "change", "n"};
	const char *word = gate_verdict_words(g->verdict), *why = g->why;

	if (strncmp(why, word, strlen(word)) == 0 && why[strlen(word)] == ':')
		why += strlen(word) + strspn(why + strlen(word), ": ");
	buf_addf(b, "**Gate: %s.** ", word);
	markdown_text(b, why);
	buf_add(b, "\n\n");
	for (size_t i = 0; i < g->n_differs; i++) {
		const struct compare_differs *x = &g->differs[i];

		buf_add(b, "- differs: ");
		markdown_textf(b, "%s: %s, now %s", x->what,
			x->baseline[0] == '\0' ? "none" : x->baseline,
			x->run[0] == '\0' ? "none" : x->run);
		buf_add(b, "\n");
	}
	buf_add(b, g->n_differs > 0 ? "\n" : "");
	if (g->n_metrics == 0)
		return;
	markdown_head(b, names, 6, 2);
	for (size_t i = 0; i < g->n_metrics; i++) {
		const struct compare_metric *m = &g->metrics[i];
		char was[SHOW_BYTES], is[SHOW_BYTES], by[GATED_BYTES], name[GATED_BYTES], n[64];

		snprintf(n, sizeof(n), "%zu / %zu", m->baseline_n, m->n);
		markdown_row(b,
			(const char *const[]){gated_title(m, name),
				gate_verdict_words(m->judged.verdict),
				gated_median(m->judged.baseline_p50, m->baseline_n, m->unit, was),
				gated_median(m->judged.p50, m->n, m->unit, is), gated_change(m, by),
				n},
			6);
	}
	buf_add(b, "\n");
}

static void
targets(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"claim", "verdict", "documented", "measured", "n"};

	if (r->n_targets == 0)
		return;
	markdown_head(b, names, 5, 3);
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *t = &r->targets[i];
		char documented[FINDING_WORDS_BYTES], measured[FINDING_WORDS_BYTES], id[128],
			word[48], n[SHOW_BYTES], figure[FINDING_WORDS_BYTES + 48];

		snprintf(id, sizeof(id), "%.100s%s%.16s", t->id, t->family == NULL ? "" : " ",
			t->family == NULL ? "" : t->family);
		snprintf(word, sizeof(word), "%s %s", verdict_sign(t->verdict),
			verdict_word(t->verdict));
		snprintf(figure, sizeof(figure), "%s %s",
			t->statistic == NULL ? "" : finding_statistic(t->statistic),
			finding_measured(t, measured));
		markdown_row(b,
			(const char *const[]){id, word, finding_documented(t, documented),
				t->metric != NULL	  ? figure
					: t->said != NULL ? t->said
							  : SHOW_NONE,
				show_count(t->n, n)},
			5);
	}
	buf_add(b, "\n");
}

static void
expectations(struct buf *b, const struct result *r)
{
	size_t held = 0;

	for (size_t i = 0; i < r->n_expectations; i++)
		held += r->expectations[i].held;
	if (r->n_expectations == 0 || result_valid_trials(r) == 0)
		return;
	buf_addf(b, "%zu of %zu expectations held.\n", held, r->n_expectations);
	for (size_t i = 0; i < r->n_expectations; i++) {
		const struct expectation *x = &r->expectations[i];

		if (x->held)
			continue;
		buf_add(b, "- ✗ ");
		markdown_textf(b, "line %.0f: %s; measured: %s", isnan(x->line) ? 0 : x->line,
			x->text == NULL ? "" : x->text, x->measured == NULL ? "" : x->measured);
		buf_add(b, "\n");
	}
	buf_add(b, "\n");
}

static void
figures(struct buf *b, const struct result *r)
{
	static const char *const wanted[] = {"withdraw_ms", "first_good_answer_ms",
		"loss_of_connectivity_ms", "full_convergence_ms", "longest_outage_ms",
		"client_failures", "resolver_failures", "restore_announce_ms"};
	static const char *const names[] = {"metric", "median", "p99", "worst", "n"};
	bool any = false;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct metric *m = result_metric(r, wanted[i]);
		char p50[SHOW_BYTES], p99[SHOW_BYTES], max[SHOW_BYTES], n[SHOW_BYTES];

		if (m == NULL || !(m->stats.n > 0))
			continue;
		if (!any)
			markdown_head(b, names, 5, 1);
		any = true;
		markdown_row(b,
			(const char *const[]){m->name, show_value(m->stats.p50, m->unit, p50),
				show_value(m->stats.p99, m->unit, p99),
				m->missing > 0 ? "never" : show_value(m->stats.max, m->unit, max),
				show_count(m->stats.n, n)},
			5);
	}
	buf_add(b, any ? "\n" : "");
}

static void
provenance(struct buf *b, const struct result *r)
{
	struct buf again = {0};
	const char *name, *before = "With ";
	json_t *value;
	size_t i;

	json_object_foreach(json_object_get(r->provenance, "packages"), name, value)
	{
		if (!json_is_string(value))
			continue;
		markdown_textf(b, "%s%s %s", before, name, json_string_value(value));
		before = ", ";
	}
	buf_add(b, before[0] == ',' ? ".\n" : "");
	if (json_array_size(r->command) == 0)
		return;
	json_array_foreach(r->command, i, value)
	{
		buf_addf(&again, "%s%s", i == 0 ? "" : " ",
			json_is_string(value) ? json_string_value(value) : "?");
	}
	buf_add(b, "\n<details><summary>The command that does it again</summary>\n\n");
	markdown_code(b, again.data == NULL ? "" : again.data);
	buf_add(b, "\n</details>\n");
	buf_done(&again);
}

int
digest_write(struct buf *b, const struct result *r, struct err *e)
{
	head(b, r);
	if (r->gated != NULL)
		gate(b, r->gated);
	targets(b, r);
	expectations(b, r);
	figures(b, r);
	provenance(b, r);
	buf_add(b, "\n");
	return buf_check(b, e);
}
