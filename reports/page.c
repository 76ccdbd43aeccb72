/* page.c - the report as one HTML page: which sections there are, and in what order. */
#include "reports/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/citymap.h"
#include "reports/homecoming.h"
#include "reports/html.h"
#include "reports/outage.h"
#include "reports/show.h"
#include "reports/verdict.h"

/* What was lost, in the fault and when it was undone, is a finding too, whatever the targets say. */
static void
clients(struct buf *b, const struct result *r, const struct verdict *v)
{
	struct homecoming h;
	struct buf said = {0};

	homecoming_of(r, &h);
	buf_add(&said, v->clients);
	buf_add(&said, said.len > 0 && h.lost > 0 ? " " : "");
	homecoming_say_lost(&said, &h);
	if (h.moved > 0) {
		buf_add(&said, said.len > 0 ? " " : "");
		homecoming_say_moved(&said, r);
	}
	if (said.len > 0) {
		html_raw(b, "<p class=\"found\">");
		html_text(b, said.data);
		html_raw(b, "</p>\n");
	}
	b->failed |= said.failed;
	buf_done(&said);
}

/* "20 of 24 trials valid · 350 streams at 10 q/s each · sampling gap 100 ms"; a bench has no streams. */
static void
of_what(struct buf *b, const struct result *r)
{
	size_t valid = result_valid_trials(r), trials = isnan(r->trials) ? 0 : (size_t)r->trials;
	char streams[SHOW_BYTES], rate[SHOW_BYTES], gap[SHOW_BYTES];

	if (valid == trials && trials > 0)
		html_textf(b, "%zu %s", trials, trials == 1 ? "trial" : "trials, all valid");
	else
		html_textf(
			b, "%zu of %zu %s valid", valid, trials, trials == 1 ? "trial" : "trials");
	if (isnan(r->streams_count))
		return;
	html_textf(b, " · %s streams at %s q/s each · sampling gap %s",
		show_count(r->streams_count, streams), show_count(r->rate_qps, rate),
		show_ms_stated(r->gap_ms, gap));
}

static void
top(struct buf *b, const struct result *r, const struct verdict *v)
{
	static const char *const signs[] = {"✓", "✗", "✗", "?", "–"};
	static const char *const classes[] = {"good", "bad", "bad", "bad", "none"};
	bool is_open = r->interrupted || !r->complete ||
		(r->gated != NULL && r->gated->verdict == GATE_NOT_COMPARABLE);
	enum verdict_kind kind =
		is_open && v->kind == VERDICT_GOOD ? VERDICT_INCONCLUSIVE : v->kind;

	/* What was asked is whether it became worse; the targets that it missed before as well are in the sentence. */
	if (r->gated != NULL && r->gated->verdict == GATE_PASS && kind == VERDICT_MISSED)
		kind = VERDICT_GOOD;

	buf_addf(b, "<header class=\"%s\"><p class=\"meta\">", classes[kind]);
	html_textf(b, "%s · %s", r->title == NULL ? r->scenario : r->title, r->scenario);
	if (r->variant != NULL)
		html_textf(b, " · variant %s", r->variant);
	html_raw(b, "</p>\n");
	if (r->summary != NULL && (r->title == NULL || strcmp(r->summary, r->title) != 0)) {
		html_raw(b, "<p class=\"meta\">");
		html_text(b, r->summary);
		html_raw(b, "</p>\n");
	}
	buf_addf(b, "<h1><span class=\"sign\" aria-hidden=\"true\">%s</span> ", signs[kind]);
	html_text(b, v->text);
	html_raw(b, "</h1>\n");
	clients(b, r, v);
	html_raw(b, "<p>");
	html_text(b, v->aside);
	html_raw(b, "</p>\n<p class=\"meta\">");
	of_what(b, r);
	html_raw(b, "</p></header>\n");
}

static int
figures_after_targets(struct buf *b, const struct scene *s, struct err *e)
{
	int rc = plot_timeline(b, s, e);

	return rc < 0 ? rc : plot_cities(b, s, e);
}

/* Who was hit, in words; how long the loss was is in the figure's title below. A bench has no cities. */
static void
outage_heading(struct buf *b, const struct result *r)
{
	struct buf said = {0};

	if (r->n_cities > 0 && result_valid_trials(r) > 0)
		outage_say_where(&said, r);
	html_raw(b, "<section id=\"outage\"><h2>");
	html_text(b,
		said.len > 0		   ? said.data
			: r->n_cities == 0 ? "What was measured"
					   : "The outage: no trial was valid");
	html_raw(b, "</h2>\n");
	b->failed |= said.failed;
	buf_done(&said);
}

static int
outage(struct buf *b, const struct scene *s, struct err *e)
{
	int rc;

	outage_heading(b, s->result);
	rc = plot_loss(b, s, e);
	section_cities(b, s->result);
	if (rc == 0)
		rc = plot_answers(b, s, e);
	section_metrics(b, s->result);
	html_raw(b, "</section>\n");
	return rc;
}

int
page_write(struct buf *b, const struct result *r, struct err *e)
{
	struct palette palette;
	struct scene scene = {r, &palette, result_median_trial(r)};
	struct verdict v;
	char title[sizeof(v.text) + 64];
	int rc;

	palette_init(&palette, r);
	verdict_of(r, &v);
	snprintf(title, sizeof(title), "%s: %s", r->scenario, v.text);
	html_page(b, title, citymap_css);
	top(b, r, &v);
	section_glance(b, r);
	rc = figures_after_targets(b, &scene, e);
	if (rc == 0)
		rc = outage(b, &scene, e);
	if (rc == 0)
		rc = section_phases(b, &scene, e);
	if (rc < 0)
		return rc;
	section_gate(b, r->gated);
	section_targets(b, r);
	section_soak(b, r);
	section_resolvers(b, r);
	section_sides(b, r);
	section_load(b, r);
	section_throughput(b, r);
	section_bgp(b, r);
	section_restore(b, r);
	section_catchment(b, r, &palette);
	rc = plot_rtt(b, &scene, e);
	if (rc < 0)
		return rc;
	section_rtt(b, r);
	section_trials(b, r);
	rc = section_each_trial(b, &scene, e);
	if (rc < 0)
		return rc;
	section_expectations(b, r);
	section_calibration(b, r);
	section_noise(b, r);
	section_provenance(b, r);
	html_raw(b, "</main>\n</body></html>\n");
	return buf_check(b, e);
}
