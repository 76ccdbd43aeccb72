/* sweep_page.c - a sweep as one HTML page: the finding, the maps and plots, every figure, who serves whom, the knobs. */
#include "reports/sweep_page.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "reports/html.h"
#include "reports/show.h"
#include "reports/sweep.h"
#include "reports/verdict.h"

const char sweep_css[] =
	".pair{display:flex;flex-wrap:wrap;gap:.6rem 2.4rem;align-items:flex-start}"
	"table.heat{min-width:0;border-collapse:separate;border-spacing:3px;margin:.4rem 0}"
	"table.heat td,table.heat thead th{text-align:center;border:0}"
	"table.heat td{padding:.5rem "
	".6rem;min-width:5.6rem;border-radius:3px;vertical-align:middle}"
	"table.heat thead td{padding:0;min-width:0}table.heat th{border:0;padding:.3rem .5rem}"
	"table.heat tbody th{vertical-align:middle}table.heat th[scope=colgroup]{color:var(--mute);"
	"font-weight:500}"
	"table.heat b{display:block;font-size:1.12rem;font-weight:600}table.heat "
	"small{display:block;white-space:nowrap}"
	".outage{background:color-mix(in srgb,var(--lost) var(--h),var(--paper))}"
	".cost{background:color-mix(in srgb,var(--site0) var(--h),var(--paper))}"
	"td.none{background:var(--wash)}td.now{outline:2px solid var(--ink);outline-offset:-1px}"
	".bad{color:var(--lost-text);font-weight:600}.outage .bad,.cost .bad{color:inherit}"
	".where td.moved{font-weight:700}.where td .mute{font-weight:400}.where "
	"th[scope=col]{min-width:5.5rem}"
	"svg .grid{stroke:var(--grid);stroke-width:1}svg .tick{font-size:11.5px;fill:var(--mute)}"
	"svg .label{font-size:12.5px;fill:var(--ink)}svg .label.now{text-decoration:underline}"
	"svg .lost{font-size:12px;fill:var(--lost-text)}"
	"svg .span{stroke:var(--lost);stroke-width:3}svg "
	".median{fill:var(--paper);stroke:var(--lost);"
	"stroke-width:2}svg .worst{fill:var(--lost)}"
	"svg .front{fill:none;stroke:var(--site0);stroke-width:2;stroke-dasharray:5 4}"
	"svg .best{fill:var(--site0)}svg .beaten{fill:var(--mute)}"
	"svg .halves{stroke:var(--mute);stroke-width:1.5}"
	"tr.now th,tr.now td{background:var(--wash)}"
	"@media (max-width:44rem){table.heat td{min-width:4.4rem;padding:.4rem .3rem}table.heat "
	"th{padding:.2rem .3rem}tr.now>th[scope=row]:first-child{background:var(--wash)}}\n";

/* The settings with the least and the most worst outage; false without two that differ. */
static bool
extremes(const struct sweep_doc *d, const struct sweep_doc_item **least,
	const struct sweep_doc_item **most)
{
	*least = *most = NULL;
	for (size_t i = 0; i < d->n_items; i++) {
		const struct sweep_doc_item *item = &d->items[i];

		if (isnan(item->worst_ms))
			continue;
		if (*least == NULL || item->worst_ms < (*least)->worst_ms)
			*least = item;
		if (*most == NULL || item->worst_ms > (*most)->worst_ms)
			*most = item;
	}
	return *least != NULL && (*least)->worst_ms < (*most)->worst_ms;
}

static void
say_outage(const struct sweep_doc *d, struct buf *b)
{
	const struct sweep_doc_item *least, *most;
	char text[SHOW_BYTES], name[256];

	if (!extremes(d, &least, &most)) {
		size_t n = 0;

		for (size_t i = 0; i < d->n_items; i++)
			n += isnan(d->items[i].worst_ms) ? 0 : 1;
		if (n < 2) {
			buf_addf(b,
				"Nothing to compare yet: %zu of %zu settings %s a valid trial of "
				"%s",
				n, d->n_items, n == 1 ? "has" : "have", d->scenario);
			return;
		}
		buf_addf(b, "The outage of %s is not told apart by these settings", d->scenario);
		return;
	}
	buf_addf(b, "The worst outage of %s goes from %s (%s) to ", d->scenario,
		show_ms(least->worst_ms, text), sweep_doc_setting(d, least, false, name));
	buf_addf(b, "%s (%s)",
		isinf(most->worst_ms) ? "no return at all" : show_ms(most->worst_ms, text),
		sweep_doc_setting(d, most, false, name));
	if (isfinite(least->idle.sites_cores) && isfinite(most->idle.sites_cores))
		buf_addf(b,
			"; what the sites use when left alone, from %.1f %% to %.1f %% of a core",
			100 * least->idle.sites_cores, 100 * most->idle.sites_cores);
}

static void
say_where(const struct sweep_doc *d, struct buf *b)
{
	const char *titles[4];
	size_t cities, n = sweep_movers(d, titles, 4, &cities);

	if (cities == 0)
		buf_add(b, "There is nothing to compare yet");
	else if (n == 0)
		buf_addf(b, "No city's catchment depends on %s", d->knobs[0].name);
	else {
		for (size_t k = 0; k < d->n_knobs; k++)
			buf_addf(b, "%s%s", k > 0 ? " and " : "Turning ", d->knobs[k].name);
		buf_add(b, " moves ");
		for (size_t i = 0; i < n && i < 4; i++)
			buf_addf(b, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", titles[i]);
		if (n > 4)
			buf_addf(b, " and %zu more", n - 4);
		buf_addf(b, "; %zu of %zu cities stay where they are", cities - n, cities);
	}
}

void
sweep_say(const struct sweep_doc *d, struct buf *b)
{
	if (d->n_knobs == 0 || d->scenario == NULL)
		buf_add(b, "An empty sweep");
	else if (d->metric != NULL)
		say_outage(d, b);
	else
		say_where(d, b);
}

static double
least_valid(const struct sweep_doc *d)
{
	double least = INFINITY;

	for (size_t i = 0; i < d->n_items; i++)
		if (d->items[i].done && d->items[i].failed == NULL)
			least = fmin(least, d->items[i].valid);
	return least;
}

static void
introduce(const struct sweep_doc *d, struct buf *b)
{
	size_t done = 0, failed = 0;
	double load = 0;

	for (size_t i = 0; i < d->n_items; i++) {
		done += d->items[i].done;
		failed += d->items[i].failed != NULL;
		load = fmax(load, isnan(d->items[i].idle.load_max) ? 0 : d->items[i].idle.load_max);
	}
	html_raw(b, "<p>");
	html_textf(b, "%s, on %s; %zu settings, each in a lab of its own.",
		d->title != NULL ? d->title : "", d->variant != NULL ? d->variant : "?",
		d->n_items);
	if (done < d->n_items)
		html_textf(b, " Not complete: %zu are done.", done);
	if (failed > 0)
		html_textf(b, " %zu failed, the table says why.", failed);
	if (d->metric != NULL && isfinite(least_valid(d)) && least_valid(d) < VERDICT_QUICK_LOOK)
		html_textf(b,
			" A quick look: the least of them has %.0f valid trial%s, a figure to "
			"publish "
			"needs %d; the fault waits a random part of the check's interval, so that "
			"of few "
			"trials the worst is mostly chance.",
			least_valid(d), least_valid(d) == 1 ? "" : "s", VERDICT_QUICK_LOOK);
	if (d->idle_s > 0)
		html_textf(b, " Each was left alone for %.0f s; the host's load was up to %.1f.",
			d->idle_s, load);
	html_raw(b, "</p>");
}

static void
show_worst(struct buf *b, double ms)
{
	char text[SHOW_BYTES];

	html_num(b, isinf(ms) ? "never" : show_ms(ms, text));
}

static void
alarm_cell(struct buf *b, const struct sweep_doc_idle *idle)
{
	char text[96];

	if (isnan(idle->alarms))
		snprintf(text, sizeof(text), SHOW_NONE);
	else if (idle->alarms > 0)
		snprintf(text, sizeof(text), "%.0f (%.0f/h)", idle->alarms, idle->per_hour);
	else
		snprintf(text, sizeof(text), "0 (< %.0f/h)", ceil(idle->per_hour_bound));
	html_num(b, text);
}

/* A sum says little: which alarms they were. */
static void
alarm_kinds(struct buf *b, const struct sweep_doc_idle *idle)
{
	const struct {
		double n;
		const char *what;
	} kinds[] = {{idle->bgp_downs, "BGP session ends down"},
		{idle->bfd_downs, "BFD session ends down"}, {idle->check_failures, "failed checks"},
		{idle->verdicts, "verdicts"}, {idle->withdrawals, "withdrawals"},
		{idle->route_moves, "moves of a path"}};
	bool any = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!(kinds[i].n > 0))
			continue;
		html_textf(b, "%s%.0f %s", any ? ", " : "", kinds[i].n, kinds[i].what);
		any = true;
	}
	if (any)
		html_raw(b, ". ");
}

static void
remarks(struct buf *b, const struct sweep_doc_item *item)
{
	html_raw(b, "<td class=\"w\">");
	if (!item->done)
		html_text(b, "not done yet");
	if (item->failed != NULL)
		html_textf(b, "failed: %s. ", item->failed);
	alarm_kinds(b, &item->idle);
	if (item->done && item->failed == NULL && item->valid < item->trials &&
		item->invalid_because != NULL)
		html_textf(b, "Invalid: %.*s. ", (int)strcspn(item->invalid_because, ":"),
			item->invalid_because);
	if (item->valid > 0 && item->missed > 0)
		html_textf(b, "%zu expectation%s missed. ", item->missed,
			item->missed == 1 ? "" : "s");
	if (item->dir != NULL) {
		char path[512];

		snprintf(path, sizeof(path), "%.400s/report.html", item->dir);
		html_link_as(b, path, "report");
	}
	html_raw(b, "</td>");
}

static void
row(struct buf *b, const struct sweep_doc *d, const struct sweep_doc_item *item)
{
	const struct sweep_doc_idle *idle = &item->idle;
	char text[96];

	buf_addf(b, "<tr%s>", sweep_doc_is_now(d, item) ? " class=\"now\"" : "");
	html_rowhead(b, sweep_doc_value(&d->knobs[0], item->value[0], text));
	for (size_t k = 1; k < d->n_knobs; k++)
		html_cell(b, sweep_doc_value(&d->knobs[k], item->value[k], text));
	snprintf(text, sizeof(text), "%.0f of %.0f", item->valid, item->trials);
	html_num(b, isnan(item->valid) ? SHOW_NONE : text);
	if (d->metric != NULL) {
		html_num(b, show_ms(item->median_ms, text));
		show_worst(b, item->worst_family_ms[0]);
		show_worst(b, item->worst_family_ms[1]);
		show_worst(b, item->withdraw_ms);
		html_num(b, show_count(item->client_failures, text));
	}
	if (d->idle_s > 0) {
		html_num(b, show_share(idle->sites_cores, text));
		html_num(b, show_share(idle->nodes_cores, text));
		html_num(b, show_share(idle->emulator_cores, text));
		alarm_cell(b, idle);
	}
	remarks(b, item);
	html_raw(b, "</tr>\n");
}

static void
table(const struct sweep_doc *d, struct buf *b)
{
	static const char *const outage[] = {
		"Median", "Worst IPv4", "Worst IPv6", "Withdraw", "Lookups failed"};

	html_raw(b,
		"<section id=\"table\"><h2>Every setting</h2>\n<div class=\"scroll\">"
		"<table><caption><span>");
	html_text(b,
		d->metric != NULL && strcmp(d->metric, "loss_of_connectivity_ms") == 0
			? "Outage: time without answers, of the clients concerned"
			: d->metric != NULL
			? "Outage: from the fault to the first good answer from "
			  "elsewhere, of the clients concerned"
			: "Nothing breaks in this scenario");
	if (d->idle_s > 0)
		html_text(b,
			". Shares of a core are those of the lab left alone; false alarms as seen "
			"and as "
			"an hour, with none seen the bound of 95 % (rule of three)");
	html_raw(b, "</span></caption><thead><tr>");
	for (size_t k = 0; k < d->n_knobs; k++)
		html_col(b, d->knobs[k].name);
	html_col_num(b, "Valid trials");
	for (size_t i = 0; d->metric != NULL && i < sizeof(outage) / sizeof(outage[0]); i++)
		html_col_num(b, outage[i]);
	if (d->idle_s > 0) {
		html_col_num(b, "Sites");
		html_col_num(b, "All nodes");
		html_col_num(b, "Emulator");
		html_col_num(b, "False alarms");
	}
	html_col(b, "");
	html_raw(b, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < d->n_items; i++)
		row(b, d, &d->items[i]);
	html_raw(b, "</tbody></table></div></section>\n");
}

static void
knobs(const struct sweep_doc *d, struct buf *b)
{
	html_raw(b, "<section id=\"knobs\"><h2>The knobs</h2>\n<dl>\n");
	for (size_t k = 0; k < d->n_knobs; k++) {
		const struct sweep_doc_knob *knob = &d->knobs[k];

		html_raw(b, "<dt>");
		html_text(b, knob->name);
		html_raw(b, "</dt><dd>");
		html_text(b, knob->about);
		if (knob->now != NULL && knob->now[0] != '\0')
			html_textf(b, "; today %s%s%s", knob->now,
				knob->unit != NULL && knob->unit[0] != '\0' ? " " : "",
				knob->unit != NULL ? knob->unit : "");
		html_raw(b, " <span class=\"mute\">");
		html_text(b, knob->declared);
		html_raw(b, "</span></dd>\n");
	}
	html_raw(b, "<dt>command</dt><dd><code>");
	for (size_t i = 0; i < json_array_size(d->command); i++)
		html_textf(b, "%s%s", i > 0 ? " " : "",
			json_string_value(json_array_get(d->command, i)));
	html_raw(b, "</code></dd><dt>commit</dt><dd>");
	html_text(b, d->commit);
	html_raw(b, "</dd></dl></section>\n");
}

int
sweep_page(const struct sweep_doc *d, struct buf *b, struct err *e)
{
	struct buf sentence = {0};

	sweep_say(d, &sentence);
	html_page(b, sentence.data != NULL ? sentence.data : "", sweep_css);
	html_raw(b, "<header><p class=\"meta\">One scenario at every setting</p>\n<h1>");
	html_text(b, sentence.data);
	html_raw(b, "</h1>\n");
	introduce(d, b);
	html_raw(b, "</header>\n");
	if (d->n_knobs > 0) {
		sweep_heat(d, b);
		sweep_line(d, b);
		sweep_scatter(d, b);
		if (d->metric == NULL)
			sweep_where(d, b);
		table(d, b);
		if (d->metric != NULL)
			sweep_where(d, b);
		knobs(d, b);
	}
	html_raw(b, "</main>\n</body></html>\n");
	b->failed |= sentence.failed;
	buf_done(&sentence);
	return buf_check(b, e);
}

int
report_sweep(const char *dir, struct err *e)
{
	struct sweep_doc *d;
	struct buf page = {0};
	char path[PATH_MAX];
	int rc = sweep_doc_load(dir, &d, e);

	if (rc < 0)
		return rc;
	rc = sweep_page(d, &page, e);
	snprintf(path, sizeof(path), "%.4000s/sweep.html", dir);
	if (rc == 0)
		rc = fs_write(path, page.data, page.len, e);
	buf_done(&page);
	sweep_doc_free(d);
	return rc;
}
