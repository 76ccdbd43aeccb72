/* summary_page.c - the summary as one HTML page: the sentence, the claims with both variants side by side, the runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "reports/finding.h"
#include "reports/html.h"
#include "reports/show.h"
#include "reports/summary.h"
#include "reports/verdict.h"

static const char summary_css[] =
	".ledger td{min-width:12rem;max-width:26rem}.ledger .fam{min-width:0}"
	".ledger .said{font-size:.94em;display:block;overflow-wrap:anywhere;margin:.1rem 0}"
	".ledger .runs{font-size:.92em}.ledger td a{white-space:normal}"
	".ledger p{margin:.1rem 0;max-width:none}.ledger .claim th{padding-top:.7rem}"
	"@media (max-width:44rem){.ledger thead{display:none}.ledger caption{display:block}.ledger "
	"table,.ledger tbody,.ledger "
	"tr,"
	".ledger td,.ledger "
	"th{display:block;border-bottom:0;min-width:0;max-width:none;padding:.1rem 0}"
	".ledger td:before{content:attr(data-variant);color:var(--mute);display:block}"
	".ledger tbody{border-bottom:1px solid var(--grid);padding:.4rem 0}"
	".ledger td.fam:before{content:none}.ledger td.empty{display:none}}\n";

static void
sign_and_word(struct buf *b, enum target_verdict v)
{
	buf_addf(b, "<span class=\"v %s\">%s ", verdict_class(v), verdict_sign(v));
	html_text(b, verdict_word(v));
	html_raw(b, "</span>");
}

/* "scenario" with a sign, linked to its report where that lies below the page. */
static void
run_link(struct buf *b, const struct summary_finding *f, bool with_sign)
{
	if (with_sign)
		buf_addf(b, "<span class=\"%s\">%s</span> ", verdict_class(f->target->verdict),
			verdict_sign(f->target->verdict));
	if (f->link != NULL) {
		struct buf path = {0}, anchor = {0};

		buf_addf(&path, "%s/report.html", f->link);
		if (f->target != NULL)
			buf_addf(&anchor, "target-%s", f->target->id);
		html_link_to(b, path.data, anchor.data, f->run->scenario);
		buf_done(&path);
		buf_done(&anchor);
	} else {
		html_text(b, f->run->scenario);
	}
}

#define SAID_OPEN_BYTES 80 /* of a program's words that stand in the table; more is folded */

/* What was asked of a program, and its words: evidence, of which a routing table's dump is a screenful. */
static void
said(struct buf *b, const struct target *t)
{
	bool is_long;

	if (t->said == NULL || t->said[0] == '\0')
		return;
	is_long = strlen(t->said) > SAID_OPEN_BYTES;
	if (is_long) {
		html_raw(b, "<details class=\"said\"><summary>");
		html_text(b, t->said_of == NULL ? "what it said" : t->said_of);
		html_raw(b, "</summary><code>");
	} else {
		html_raw(b, " <span class=\"said\">");
		if (t->said_of != NULL)
			html_textf(b, "%s: ", t->said_of);
		html_raw(b, "<code>");
	}
	html_text(b, t->said);
	buf_add(b, is_long ? "</code></details>" : "</code></span>");
}

/* The measured figure in words, or what was said and seen. */
static void
measured(struct buf *b, const struct summary_finding *f)
{
	const struct target *t = f->target;
	char figure[FINDING_WORDS_BYTES], n[SHOW_BYTES];

	if (t->metric != NULL && (t->verdict != TARGET_NOT_JUDGED || !isnan(t->measured))) {
		html_textf(
			b, " %s %s", finding_statistic(t->statistic), finding_measured(t, figure));
		html_textf(b, " (n = %s", show_count(t->n, n));
		if (t->share_over_ratio > 0 && t->trials == 1)
			html_text(b, ", missed in the only trial");
		else if (t->share_over_ratio > 0 && !isnan(t->trials))
			html_textf(b, ", missed in %.0f of %.0f trials",
				round(t->share_over_ratio * t->trials), t->trials);
		else if (!isnan(t->trials) && t->trials > 0)
			html_textf(b, " in %.0f trial%s", t->trials, t->trials > 1 ? "s" : "");
		html_textf(b, "%s)", finding_close(t));
		if (t->why != NULL &&
			(t->verdict == TARGET_REFUTED || t->verdict == TARGET_MODELLED ||
				t->verdict == TARGET_MODELLED_NOT || t->beside != NULL))
			html_textf(b, ": %s", t->why);
	} else if (t->why != NULL) {
		html_textf(b, ": %s", t->why);
	}
	if (summary_by_checks(f))
		html_text(b,
			f->run->trials > 1 ? " (by checks; the trials' figures are invalid)"
					   : " (by checks; the trial's figures are invalid)");
	said(b, t);
}

static void
cell(struct buf *b, const struct summary_row *row, const struct summary_cell *c, bool is_elsewhere,
	const char *variant)
{
	const struct summary_finding *f = summary_gravest(c);

	html_raw(b, "<td");
	html_attr(b, "data-variant", variant);
	html_raw(b, ">");
	if (f == NULL && is_elsewhere) {
		html_raw(b, "<span class=\"mute\">judged in another row of this claim</span></td>");
		return;
	}
	if (f == NULL) {
		sign_and_word(b, TARGET_NOT_JUDGED);
		html_textf(b, ": %s",
			row->not_judged != NULL ? row->not_judged
						: "no run of this variant judges it");
		html_raw(b, "</td>");
		return;
	}
	sign_and_word(b, f->target->verdict);
	measured(b, f);
	html_raw(b, "<p class=\"runs\">");
	for (size_t i = 0; i < c->len; i++) {
		buf_add(b, i == 0 ? "" : " · ");
		run_link(b, &c->list[i], c->len > 1);
	}
	html_raw(b, "</p></td>");
}

static const char *
family_title(const char *family)
{
	return family == NULL ? "" : strcmp(family, "v4") == 0 ? "IPv4" : "IPv6";
}

/* What was documented: the ledger's own words, else the figure that was compared with. */
static void
documented(struct buf *b, const struct summary *s, const struct summary_row *row)
{
	char figure[FINDING_WORDS_BYTES];

	if (row->figure != NULL && row->figure[0] != '\0') {
		html_textf(b, " · documented: %s", row->figure);
		return;
	}
	for (size_t v = 0; v < s->n_variants; v++) {
		const struct summary_finding *f = summary_gravest(&row->cells[v]);

		if (f == NULL || isnan(f->target->target))
			continue;
		html_textf(b, " · documented: %s", finding_documented(f->target, figure));
		return;
	}
}

static void
claim(struct buf *b, const struct summary *s, const struct summary_row *row)
{
	buf_addf(b, "<tr class=\"claim\"><th scope=\"rowgroup\" colspan=\"%zu\"><div",
		s->n_variants + 1);
	html_attr(b, "id", row->id);
	html_raw(b, ">");
	html_text(b, row->id);
	html_raw(b, " <span>");
	html_text(b, row->claim);
	documented(b, s, row);
	html_raw(b, "</span>");
	if (row->known != NULL && row->known[0] != '\0') {
		html_raw(b, " <span class=\"mute\">Known beforehand: ");
		html_text(b, row->known);
		if (row->source != NULL && row->source[0] != '\0')
			html_textf(b, " [%s]", row->source);
		html_raw(b, "</span>");
	}
	html_raw(b, "</div></th></tr>\n");
}

static bool
is_judged(const struct summary *s, const struct summary_row *row)
{
	for (size_t v = 0; v < s->n_variants; v++)
		if (row->cells[v].len > 0)
			return true;
	return false;
}

/* Has another row of the same claim a finding on that variant? Then this one's empty cell says nothing. */
static bool
is_judged_elsewhere(const struct summary *s, size_t row, size_t variant)
{
	size_t first = row, end = row + 1;

	while (s->rows[first].follows)
		first--;
	while (end < s->n_rows && s->rows[end].follows)
		end++;
	for (size_t i = first; i < end; i++)
		if (i != row && s->rows[i].cells[variant].len > 0)
			return true;
	return false;
}

static void
ledger(struct buf *b, const struct summary *s)
{
	html_raw(b, "<section class=\"ledger\">");
	html_table(b,
		"What the runbook claims, and what was measured; of several runs the gravest "
		"finding "
		"is told, a sign for each");
	html_raw(b, "<thead><tr>");
	html_col(b, "");
	for (size_t v = 0; v < s->n_variants; v++)
		html_col(b, s->variants[v]);
	html_raw(b, "</tr></thead>\n");
	for (size_t i = 0; i < s->n_rows; i++) {
		const struct summary_row *row = &s->rows[i];

		if (!is_judged(s, row) && !row->follows)
			continue;
		if (!row->follows) {
			html_raw(b, "<tbody>");
			claim(b, s, row);
		}
		html_raw(b, "<tr><td class=\"fam\">");
		html_text(b,
			row->family != NULL || i + 1 == s->n_rows || !s->rows[i + 1].follows
				? family_title(row->family)
				: "both");
		html_raw(b, "</td>");
		for (size_t v = 0; v < s->n_variants; v++)
			cell(b, row, &row->cells[v], is_judged_elsewhere(s, i, v), s->variants[v]);
		html_raw(b, "</tr>\n");
		if (i + 1 == s->n_rows || !s->rows[i + 1].follows)
			html_raw(b, "</tbody>\n");
	}
	html_table_end(b);
	html_raw(b, "</section>\n");
}

static void
not_judged(struct buf *b, const struct summary *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_rows; i++)
		n += !is_judged(s, &s->rows[i]);
	if (n == 0)
		return;
	html_raw(b, "<section><h2>");
	html_textf(b, "Not judged: %zu claim%s, and why", n, n == 1 ? "" : "s");
	html_raw(b, "</h2>\n<dl>\n");
	for (size_t i = 0; i < s->n_rows; i++) {
		const struct summary_row *row = &s->rows[i];

		if (is_judged(s, row))
			continue;
		html_raw(b, "<dt>");
		html_text(b, row->id);
		html_raw(b, "</dt><dd>");
		html_text(b, row->claim);
		if (row->figure != NULL && row->figure[0] != '\0')
			html_textf(b, " · documented: %s", row->figure);
		html_raw(b, " <span class=\"mute\">– not judged: ");
		html_text(b,
			row->not_judged != NULL ? row->not_judged : "none of these runs judges it");
		html_raw(b, "</span></dd>\n");
	}
	html_raw(b, "</dl></section>\n");
}

static void
run_row(struct buf *b, const struct summary *s, size_t i)
{
	const struct result *r = s->runs[i];
	const struct summary_finding f = {r, s->links[i], NULL};
	struct verdict v;
	struct buf missed = {0};
	char trials[SHOW_BYTES];

	verdict_of(r, &v);
	html_raw(b, "<tr><th scope=\"row\">");
	run_link(b, &f, false);
	html_raw(b, "</th>");
	html_cell(b, r->variant == NULL ? SHOW_NONE : r->variant);
	snprintf(trials, sizeof(trials), "%zu of %.0f", result_valid_trials(r),
		isnan(r->trials) ? 0 : r->trials);
	html_num(b, trials);
	html_raw(b, "<td class=\"w\">");
	html_text(b, v.text);
	if (v.kind == VERDICT_BROKEN || v.kind == VERDICT_INCONCLUSIVE)
		verdict_say_missed(&missed, r);
	if (missed.len > 0)
		html_textf(b, "; %s", missed.data);
	b->failed |= missed.failed;
	buf_done(&missed);
	html_raw(b, "</td></tr>\n");
}

static void
runs(struct buf *b, const struct summary *s)
{
	static const char *const names[] = {"Scenario", "Variant", "Valid trials", "Found"};

	html_raw(b, "<section><h2>");
	html_textf(b, "The runs: %zu", s->n_runs);
	html_raw(b, "</h2>\n");
	html_table(b, "Each run has a report of its own");
	html_columns(b, names, 4, 4);
	for (size_t i = 0; i < s->n_runs; i++)
		run_row(b, s, i);
	html_raw(b, "</tbody>");
	html_table_end(b);
	if (s->unreadable > 0)
		html_textf(b, "%zu folders could not be read and are left out.", s->unreadable);
	html_raw(b, "</section>\n");
}

/* Of the runs that say something; 0: none does. */
static size_t
least_trials(const struct summary *s)
{
	size_t least = 0;

	for (size_t i = 0; i < s->n_runs; i++) {
		size_t n = result_valid_trials(s->runs[i]);

		if (n > 0 && (least == 0 || n < least))
			least = n;
	}
	return least;
}

int
summary_page(const struct summary *s, struct buf *b, struct err *e)
{
	struct buf sentence = {0};
	char least[SHOW_BYTES];

	summary_say(s, &sentence);
	html_page(b, sentence.data != NULL ? sentence.data : "", summary_css);
	html_raw(b, "<header><p class=\"meta\">Documented claims, judged by measurement</p>\n<h1>");
	html_text(b, sentence.data);
	html_raw(b, "</h1>\n<p>");
	if (least_trials(s) > 0 && least_trials(s) < VERDICT_QUICK_LOOK)
		html_textf(b,
			"A quick look: the least of the runs that judge by figures has %s valid "
			"trial%s, a "
			"figure "
			"to publish needs %d. ",
			show_count((double)least_trials(s), least), least_trials(s) == 1 ? "" : "s",
			VERDICT_QUICK_LOOK);
	summary_amiss_say(b, s);
	html_raw(b,
		"IPv4 and IPv6 are judged apart. A verdict is computed from measurements every "
		"time; none is written down.</p></header>\n");
	ledger(b, s);
	summary_amiss_section(b, s);
	not_judged(b, s);
	runs(b, s);
	html_raw(b, "</main>\n</body></html>\n");
	b->failed |= sentence.failed;
	buf_done(&sentence);
	return buf_check(b, e);
}
