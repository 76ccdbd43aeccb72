/* section_rtt.c - round trips before and after anycast, city by city, and what physics allows. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

static double
number_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static double
figure(const json_t *place, const char *kind, const char *statistic)
{
	return number_of(json_object_get(place, kind), statistic);
}

/* "hkg and lax", or "hkg, lax and fra". */
static void
names_of(const json_t *sites, char *out, size_t size)
{
	size_t n = json_array_size(sites), used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && used < size; i++) {
		const char *name =
			json_string_value(json_object_get(json_array_get(sites, i), "site"));

		used += (size_t)snprintf(out + used, size - used, "%s%.24s",
			i == 0		     ? ""
				: i + 1 == n ? " and "
					     : ", ",
			name == NULL ? "?" : name);
	}
}

static void
change(struct buf *b, double before_ms, double after_ms)
{
	char text[SHOW_BYTES];
	double ratio = (after_ms - before_ms) / before_ms;

	if (isnan(ratio) || !(before_ms > 0))
		html_num(b, SHOW_NONE);
	else {
		html_raw(b, "<td class=\"n\">");
		html_text(b, ratio > 0 ? "+" : "−");
		html_text(b, show_share(fabs(ratio), text));
		html_raw(b, "</td>");
	}
}

static void
row(struct buf *b, const char *title, const json_t *place, const char *statistic)
{
	const char *site = json_string_value(json_object_get(place, "anycast_site"));
	double mean_ms = figure(place, "mean_ms", statistic);
	double any_ms = figure(place, "anycast_ms", statistic);
	double bound_ms = number_of(json_object_get(place, "bound"), "rtt_ms");
	char text[SHOW_BYTES];

	html_row(b);
	html_rowhead(b, title);
	html_num(b, show_rtt(mean_ms, text));
	html_num(b, show_rtt(figure(place, "nearer_ms", statistic), text));
	html_num(b, show_rtt(any_ms, text));
	change(b, mean_ms, any_ms);
	html_cell(b, site == NULL ? SHOW_NONE : site);
	html_num(b, show_rtt(bound_ms, text));
	if (bound_ms > 0 && !isnan(any_ms))
		snprintf(text, sizeof(text), "%.2f", any_ms / bound_ms);
	else
		snprintf(text, sizeof(text), "%s", SHOW_NONE);
	html_num(b, text);
	html_row_end(b);
}

static void
heading(struct buf *b, const json_t *all)
{
	double before_ms = figure(all, "mean_ms", "mean");
	double after_ms = figure(all, "anycast_ms", "mean");
	char before[SHOW_BYTES], after[SHOW_BYTES];

	html_raw(b, "<section id=\"rtt\"><h2>");
	if (isnan(before_ms) || isnan(after_ms))
		html_raw(b, "Round trips before and after anycast");
	else
		html_textf(b, "Anycast takes the mean round trip from %s to %s",
			show_rtt(before_ms, before), show_rtt(after_ms, after));
	html_raw(b, "</h2>\n");
}

void
section_rtt(struct buf *b, const struct result *r)
{
	static const char *const columns[] = {"City", "Mean of the sites", "Nearer site", "Anycast",
		"Change", "Served by", "Bound", "Anycast / bound"};
	const json_t *u = json_object_get(r->root, "unicast");
	const json_t *all = json_object_get(u, "all");
	json_t *place, *cities = json_object_get(u, "cities");
	char sites[160], probes[SHOW_BYTES], answers[SHOW_BYTES];
	const char *city;

	if (!json_is_object(u) || !(figure(all, "anycast_ms", "n") > 0))
		return;
	heading(b, all);
	names_of(json_object_get(u, "sites"), sites, sizeof(sites));
	html_raw(b, "<p>");
	html_textf(b,
		"Before: the unicast service at %s, asked by the same %s probes beside the anycast "
		"address (%s answers). A client that asks its sites in turn sees their mean, one "
		"that "
		"has learnt the nearer. Medians over the probes, before any fault; the bound is "
		"light "
		"in a straight fibre to the nearest anycast site and back (n = 1.468).",
		sites, show_count(number_of(u, "probes"), probes),
		show_count(number_of(u, "n"), answers));
	html_raw(b, "</p>\n");
	html_table(b, "Round trips before and after anycast");
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (i == 0 || i == 5)
			html_col(b, columns[i]);
		else
			html_col_num(b, columns[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	json_object_foreach(cities, city, place)
	{
		if (figure(place, "anycast_ms", "n") > 0)
			row(b, result_city_title(r, city), place, "p50");
	}
	row(b, "Mean over all probes", all, "mean");
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}
