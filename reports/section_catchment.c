/* section_catchment.c - who was served by whom before, during and after, and how far away that is. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/homecoming.h"
#include "reports/html.h"
#include "reports/moves.h"
#include "reports/page.h"
#include "reports/show.h"

static const char *
family_title(const char *family)
{
	return family == NULL ? SHOW_NONE : strcmp(family, "v6") == 0 ? "IPv6" : "IPv4";
}

static void
dot(struct buf *b, const struct palette *p, const char *site)
{
	buf_addf(b, "<span class=\"dot\" style=\"background:var(%s)\" aria-hidden=\"true\"></span>",
		colour_css(strcmp(site, "none") == 0 ? COLOUR_UNANSWERED : palette_fill(p, site)));
}

/* Sites by share; a share of all is not printed, a site under half a per cent is. */
static void
shares(struct buf *b, const struct palette *p, const struct shares *s)
{
	char text[SHOW_BYTES];
	bool done[SHARES_MAX] = {false};

	html_raw(b, "<td>");
	if (s->n == 0)
		html_text(b, SHOW_NONE);
	for (size_t k = 0; k < s->n; k++) {
		size_t best = 0;

		while (best + 1 < s->n && done[best])
			best++;
		for (size_t i = best; i < s->n; i++)
			if (!done[i] && s->ratio[i] > s->ratio[best])
				best = i;
		done[best] = true;
		html_raw(b, "<span class=\"share\">");
		dot(b, p, s->site[best]);
		html_text(b, strcmp(s->site[best], "none") == 0 ? "no answer" : s->site[best]);
		if (s->ratio[best] < 1)
			html_textf(b, " %s", show_share(s->ratio[best], text));
		html_raw(b, "</span> ");
	}
	html_raw(b, "</td>");
}

static void
row(struct buf *b, const struct result *r, const struct palette *p, const struct catchment *c)
{
	char text[SHOW_BYTES];
	double before_ms = c->rtt_ms[WHEN_BEFORE].p50;

	html_row(b);
	html_rowhead(b, c->title == NULL ? result_city_title(r, c->city) : c->title);
	html_cell(b, family_title(c->family));
	html_cell(b, c->expected == NULL ? SHOW_NONE : c->expected);
	for (size_t w = 0; w < WHEN_COUNT; w++)
		shares(b, p, &c->shares[w]);
	for (size_t w = 0; w < WHEN_COUNT; w++)
		html_num(b, show_rtt(c->rtt_ms[w].p50, text));
	html_num(b, show_rtt(c->path_rtt_ms, text));
	if (isnan(before_ms - c->path_rtt_ms))
		html_num(b, SHOW_NONE);
	else {
		double off_ms = before_ms - c->path_rtt_ms;

		html_raw(b, "<td class=\"n\">");
		html_text(b, off_ms > 0 ? "+" : "−");
		html_text(b, show_rtt(fabs(off_ms), text));
		html_raw(b, "</td>");
	}
	html_row_end(b);
}

/* Sentences are too wide for the table of figures. */
static void
reasons(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"City", "Family", "Expected", "Why there"};
	bool any = false;

	for (size_t i = 0; i < r->n_catchment; i++)
		any |= r->catchment[i].reason != NULL;
	if (!any)
		return;
	html_raw(b, "<details><summary>Why each city is expected where it is</summary>\n");
	html_table(b, "What the topology's routing policy says");
	html_columns(b, names, sizeof(names) / sizeof(names[0]), 4);
	for (size_t i = 0; i < r->n_catchment; i++) {
		const struct catchment *c = &r->catchment[i];

		html_row(b);
		html_rowhead(b, c->title == NULL ? result_city_title(r, c->city) : c->title);
		html_cell(b, family_title(c->family));
		html_cell(b, c->expected == NULL ? SHOW_NONE : c->expected);
		html_cell(b, c->reason == NULL ? SHOW_NONE : c->reason);
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</details>\n");
}

static bool
is_as_expected(const struct catchment *c)
{
	for (size_t i = 0; c->expected != NULL && i < c->shares[WHEN_BEFORE].n; i++)
		if (strcmp(c->shares[WHEN_BEFORE].site[i], c->expected) == 0)
			return c->shares[WHEN_BEFORE].ratio[i] > 0.99;
	return false;
}

static void
heading(struct buf *b, const struct result *r, size_t as_expected)
{
	struct homecoming h;
	struct buf said = {0};

	html_raw(b, "<section id=\"catchment\"><h2>Catchment: ");
	if (result_valid_trials(r) == 0)
		html_raw(b, "no trial was valid");
	else
		html_textf(
			b, "%zu of %zu as expected before the fault", as_expected, r->n_catchment);
	homecoming_of(r, &h);
	if (h.trials > 0 && h.moved == 0 && h.mixed == 0)
		html_raw(b, ", all as before after the return");
	else if (h.trials > 0 && h.moved == 0)
		html_textf(b, ", after the return all mostly as before (%zu not wholly)", h.mixed);
	else if (h.trials > 0)
		html_textf(b, ", %zu %s after the return", h.moved,
			h.moved == 1 ? "is elsewhere" : "are elsewhere");
	html_raw(b, "</h2>\n<p>");
	homecoming_say_moved(&said, r);
	html_text(b, said.data);
	html_raw(b, "</p>\n");
	b->failed |= said.failed;
	buf_done(&said);
}

void
section_catchment(struct buf *b, const struct result *r, const struct palette *p)
{
	static const char *const text_columns[] = {
		"City", "Family", "Expected", "Before", "During", "After"};
	static const char *const num_columns[] = {
		"RTT before", "RTT during", "RTT after", "Path RTT", "Measured − path"};
	size_t as_expected = 0;

	if (r->n_catchment == 0)
		return;
	for (size_t i = 0; i < r->n_catchment; i++)
		as_expected += is_as_expected(&r->catchment[i]);
	heading(b, r, as_expected);
	section_map(b, r, p);
	moves_write(b, r);
	html_table(b,
		"For each city and family the share of answers by PoP; RTT is the median, path RTT "
		"what the topology's delays add up to");
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(text_columns) / sizeof(text_columns[0]); i++)
		html_col(b, text_columns[i]);
	for (size_t i = 0; i < sizeof(num_columns) / sizeof(num_columns[0]); i++)
		html_col_num(b, num_columns[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < r->n_catchment; i++)
		row(b, r, p, &r->catchment[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
	reasons(b, r);
	html_raw(b, "</section>\n");
}
