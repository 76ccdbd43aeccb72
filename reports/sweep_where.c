/* sweep_where.c - who serves each city at each setting: what a knob that steers is turned for. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/html.h"
#include "reports/show.h"
#include "reports/sweep_page.h"

static bool
is_first(const struct sweep_doc *d, size_t item, size_t service)
{
	const struct sweep_doc_service *s = &d->items[item].services[service];

	for (size_t i = 0; i < item; i++)
		if (sweep_doc_service(&d->items[i], s->city, s->family) != NULL)
			return false;
	return true;
}

/* Is a city's site another one somewhere? */
static bool
moves(const struct sweep_doc *d, const char *city, const char *family)
{
	const char *first = NULL;

	for (size_t i = 0; i < d->n_items; i++) {
		const struct sweep_doc_service *s = sweep_doc_service(&d->items[i], city, family);

		if (s == NULL)
			continue;
		if (first != NULL && strcmp(first, s->site) != 0)
			return true;
		first = s->site;
	}
	return false;
}

/* Do both families go the same way at every setting? Then one row says it. */
static bool
families_agree(const struct sweep_doc *d, const char *city)
{
	for (size_t i = 0; i < d->n_items; i++) {
		const struct sweep_doc_service *a = sweep_doc_service(&d->items[i], city, "v4");
		const struct sweep_doc_service *b = sweep_doc_service(&d->items[i], city, "v6");

		if ((a == NULL) != (b == NULL) || (a != NULL && strcmp(a->site, b->site) != 0))
			return false;
	}
	return true;
}

size_t
sweep_movers(const struct sweep_doc *d, const char *titles[], size_t max, size_t *ret_cities)
{
	const char *seen[SWEEP_DOC_PLACES];
	size_t n = 0, cities = 0;

	for (size_t i = 0; i < d->n_items; i++)
		for (size_t k = 0; k < d->items[i].n_services; k++) {
			const struct sweep_doc_service *s = &d->items[i].services[k];
			bool known = false;

			for (size_t c = 0; c < cities; c++)
				known = known || strcmp(seen[c], s->city) == 0;
			if (known || cities == SWEEP_DOC_PLACES)
				continue;
			seen[cities++] = s->city;
			if (!moves(d, s->city, "v4") && !moves(d, s->city, "v6"))
				continue;
			if (n < max)
				titles[n] = s->title != NULL ? s->title : s->city;
			n++;
		}
	*ret_cities = cities;
	return n;
}

static void
service_cell(struct buf *b, const struct sweep_doc *d, const struct sweep_doc_service *s,
	const struct sweep_doc_service *first)
{
	char rtt[SHOW_BYTES];

	if (s == NULL) {
		html_cell(b, SHOW_NONE);
		return;
	}
	buf_addf(b, "<td class=\"share%s\">",
		first != NULL && strcmp(first->site, s->site) != 0 ? " moved" : "");
	buf_addf(b, "<span class=\"dot\" style=\"background:var(%s)\"></span>",
		colour_css(palette_fill(&d->palette, s->site)));
	html_text(b, strcmp(s->site, "none") == 0 ? "nobody" : s->site);
	if (!isnan(s->rtt_ms))
		buf_addf(b, " <span class=\"mute\">%s%s</span>", show_rtt(s->rtt_ms, rtt),
			s->by_routes ? " †" : "");
	html_raw(b, "</td>");
}

static void
row(struct buf *b, const struct sweep_doc *d, const struct sweep_doc_service *like, bool both)
{
	const struct sweep_doc_service *first = NULL;

	html_raw(b, "<tr><th scope=\"row\">");
	html_text(b, like->title != NULL ? like->title : like->city);
	html_raw(b, "</th>");
	html_cell(b, both ? "both" : strcmp(like->family, "v4") == 0 ? "IPv4" : "IPv6");
	for (size_t i = 0; i < d->n_items; i++) {
		const struct sweep_doc_service *s =
			sweep_doc_service(&d->items[i], like->city, like->family);

		first = first != NULL ? first : s;
		service_cell(b, d, s, first);
	}
	html_raw(b, "</tr>\n");
}

static bool
any_by_routes(const struct sweep_doc *d)
{
	for (size_t i = 0; i < d->n_items; i++)
		for (size_t k = 0; k < d->items[i].n_services; k++)
			if (d->items[i].services[k].by_routes)
				return true;
	return false;
}

static void
rows(struct buf *b, const struct sweep_doc *d, bool movers)
{
	for (size_t i = 0; i < d->n_items; i++)
		for (size_t k = 0; k < d->items[i].n_services; k++) {
			const struct sweep_doc_service *s = &d->items[i].services[k];
			bool both = families_agree(d, s->city);
			bool moving = moves(d, s->city, "v4") || moves(d, s->city, "v6");

			if (is_first(d, i, k) && moving == movers &&
				(!both || strcmp(s->family, "v4") == 0))
				row(b, d, s, both);
		}
}

void
sweep_where(const struct sweep_doc *d, struct buf *b)
{
	const char *titles[1];
	size_t cities, movers = sweep_movers(d, titles, 1, &cities);
	char text[256];

	if (cities == 0)
		return;
	html_raw(b, "<section id=\"where\"><h2>");
	if (movers == 0)
		html_textf(b, "Who serves whom is the same at every setting");
	else
		html_textf(b, "Who serves whom at each setting: %zu of %zu cities move", movers,
			cities);
	html_raw(b, "</h2>\n");
	if (movers == 0)
		html_raw(b, "<details><summary>The catchment of each setting</summary>");
	html_raw(b, "<div class=\"scroll\"><table class=\"where\"><caption><span>");
	html_text(b,
		"Before anything breaks: the site that answers most, and the median round trip. "
		"Bold "
		"where it is not as in the first column");
	if (any_by_routes(d))
		html_text(b,
			"; † by the routing tables and the links' delays, since the host spoilt "
			"the trials");
	html_raw(b, "</span></caption><thead><tr>");
	html_col(b, "City");
	html_col(b, "");
	for (size_t i = 0; i < d->n_items; i++)
		html_col(b, sweep_doc_setting(d, &d->items[i], d->n_knobs > 1, text));
	html_raw(b, "</tr></thead><tbody>\n");
	rows(b, d, true);
	rows(b, d, false);
	html_raw(b, "</tbody></table></div>");
	if (movers == 0)
		html_raw(b, "</details>");
	html_raw(b, "</section>\n");
}
