/* page.c - the report as one HTML page: which sections there are, and in what order. */
#include "reports/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/citymap.h"
#include "reports/homecoming.h"
#include "reports/html.h"
#include "reports/show.h"
#include "reports/verdict.h"

/* What was lost when the fault was undone is a finding too, whatever the targets say. */
static void
homecoming(struct buf *b, const struct result *r)
{
	struct homecoming h;
	struct buf said = {0};

	homecoming_of(r, &h);
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

static void
top(struct buf *b, const struct result *r, const struct verdict *v)
{
	static const char *const signs[] = {"✓", "✗", "✗", "?"};
	static const char *const classes[] = {"good", "bad", "bad", "bad"};
	char a[SHOW_BYTES], c[SHOW_BYTES], g[SHOW_BYTES];

	buf_addf(b, "<header class=\"%s\"><p class=\"meta\">", classes[v->kind]);
	html_textf(b, "%s · %s", r->title == NULL ? r->scenario : r->title, r->scenario);
	if (r->variant != NULL)
		html_textf(b, " · variant %s", r->variant);
	html_raw(b, "</p>\n");
	if (r->summary != NULL && (r->title == NULL || strcmp(r->summary, r->title) != 0)) {
		html_raw(b, "<p class=\"meta\">");
		html_text(b, r->summary);
		html_raw(b, "</p>\n");
	}
	buf_addf(b, "<h1><span class=\"sign\" aria-hidden=\"true\">%s</span> ", signs[v->kind]);
	html_text(b, v->text);
	html_raw(b, "</h1>\n");
	homecoming(b, r);
	html_raw(b, "<p>");
	html_text(b, v->aside);
	html_raw(b, "</p>\n<p class=\"meta\">");
	html_textf(b, "%zu valid of %.0f trials · %s streams at %s q/s each · sampling gap %s",
		result_valid_trials(r), isnan(r->trials) ? 0 : r->trials,
		show_count(r->streams_count, a), show_count(r->rate_qps, c),
		show_ms_stated(r->gap_ms, g));
	html_raw(b, "</p></header>\n");
}

static int
figures_after_targets(struct buf *b, const struct scene *s, struct err *e)
{
	int rc = plot_timeline(b, s, e);

	return rc < 0 ? rc : plot_cities(b, s, e);
}

/* How many were hit, in words; the loss is in the figure's title below. */
static void
outage_heading(struct buf *b, const struct result *r)
{
	size_t affected = 0;

	for (size_t i = 0; i < r->n_cities; i++)
		affected += r->cities[i].affected;
	html_raw(b, "<section id=\"outage\"><h2>");
	if (result_valid_trials(r) == 0)
		html_raw(b, "The outage: no trial was valid");
	else if (r->n_cities > 0)
		html_textf(b, "The outage hit %zu of %zu cities", affected, r->n_cities);
	else
		html_raw(b, "The outage");
	html_raw(b, "</h2>\n");
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
