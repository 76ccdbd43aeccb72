/* citymap_draw.c - the map itself: the world's net, links, who serves whom, cities and their labels. */
#include "lib/citymap_draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/citymap_sheet.h"
#include "lib/markup.h"

/* ---- lines ---- */

static void
remember_points(struct citymap_sheet *s, const struct paper_point *list, size_t n)
{
	if (s->points_len + n > s->points_room) {
		size_t room = (s->points_len + n) * 2;
		struct paper_point *grown = realloc(s->points, room * sizeof(*grown));

		if (grown == NULL) {
			s->b->failed = true;
			return;
		}
		s->points = grown;
		s->points_room = room;
	}
	memcpy(s->points + s->points_len, list, n * sizeof(*list));
	s->points_len += n;
}

static void
take_box(struct citymap_sheet *s, struct place_box box)
{
	if (s->taken_len == s->taken_room) {
		size_t room = s->taken_room * 2 + 16;
		struct place_box *grown = realloc(s->taken, room * sizeof(*grown));

		if (grown == NULL) {
			s->b->failed = true;
			return;
		}
		s->taken = grown;
		s->taken_room = room;
	}
	s->taken[s->taken_len++] = box;
}

static void
path_data(struct buf *b, const struct paper_point *list, size_t n)
{
	buf_add(b, " d=\"");
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s%.1f %.1f", list[i].starts ? "M" : "L", list[i].x, list[i].y);
	buf_add(b, "\"");
}

/* The net of the globe: its outline, every so many degrees a line, and the equator. */
static void
net(struct citymap_sheet *s)
{
	const double across = s->view.width / s->view.scale * 180 / M_PI;
	const int step = across > 120 ? 30 : across > 50 ? 10 : across > 20 ? 5 : 2;
	struct citymap_view v = s->view;
	struct paper_point line[130];
	size_t n = 0;

	for (int i = -90; i <= 90; i += 3)
		line[n++] = citymap_project(&v, (struct geo_point){i, v.lon0 + 179.999});
	for (int i = 90; i >= -90; i -= 3)
		line[n++] = citymap_project(&v, (struct geo_point){i, v.lon0 - 179.999});
	line[0].starts = true;
	buf_add(s->b, "<path class=\"cm-world\"");
	path_data(s->b, line, n);
	buf_add(s->b, "/>\n<path class=\"cm-net\" d=\"");
	for (int lon = -180; lon < 180; lon += step)
		for (int i = -90; i <= 90; i += 5) {
			struct paper_point p = citymap_project(&v, (struct geo_point){i, lon});

			buf_addf(s->b, "%s%.0f %.0f", i == -90 ? "M" : "L", p.x, p.y);
		}
	for (int lat = -90 + step; lat < 90; lat += step) {
		/* Parallels are straight in this projection. */
		struct paper_point a =
			citymap_project(&v, (struct geo_point){lat, v.lon0 - 179.999});
		struct paper_point z =
			citymap_project(&v, (struct geo_point){lat, v.lon0 + 179.999});

		buf_addf(s->b, "M%.0f %.0fH%.0f", a.x, a.y, z.x);
	}
	buf_add(s->b, "\"/>\n");
	line[0] = citymap_project(&v, (struct geo_point){0, v.lon0 - 179.999});
	line[1] = citymap_project(&v, (struct geo_point){0, v.lon0 + 179.999});
	buf_addf(s->b, "<path class=\"cm-equator\" d=\"M%.1f %.1fH%.1f\"/>\n", line[0].x, line[0].y,
		line[1].x);
}

/* Where a site is, or NULL. */
static const struct citymap_city *
city_of_site(const struct citymap *m, const char *site)
{
	for (size_t i = 0; site != NULL && i < m->cities_len; i++)
		if (m->cities[i].site != NULL && strcmp(m->cities[i].site, site) == 0)
			return &m->cities[i];
	return NULL;
}

static void
band(struct citymap_sheet *s, const struct citymap_city *from, const struct citymap_city *to,
	int colour)
{
	struct paper_point arc[CITYMAP_ARC_POINTS];
	size_t n;

	if (from == to || colour < 0)
		return;
	n = citymap_arc(&s->view, citymap_place_of(from), citymap_place_of(to), 0, arc);
	remember_points(s, arc, n);
	buf_addf(s->b, "<path class=\"cm-band\" style=\"stroke:var(--site%d);stroke-width:%.1f\"",
		colour, s->d->mark * 1.1);
	path_data(s->b, arc, n);
	buf_add(s->b, "/>\n");
}

/* Who serves whom: a broad band from the city to the site, along the way where that is known. */
static void
bands(struct citymap_sheet *s)
{
	for (size_t i = 0; i < s->m->cities_len; i++) {
		const struct citymap_city *c = &s->m->cities[i];

		for (int f = 0; f < CITYMAP_FAMILIES; f++) {
			const char *site = c->service[f].asked ? c->service[f].site : NULL;
			const struct citymap_city *to = city_of_site(s->m, site);

			if (to == NULL || (f == 1 && c->service[0].asked && citymap_is_same(c)))
				continue;
			if (f == 0 && c->way_len > 1)
				for (size_t k = 1; k < c->way_len; k++)
					band(s, &s->m->cities[c->way[k - 1]],
						&s->m->cities[c->way[k]],
						citymap_colour(s->m, site));
			else
				band(s, c, to, citymap_colour(s->m, site));
		}
	}
}

/* How many links there are between the same two cities, and which of them this is. */
static void
siblings(const struct citymap *m, size_t link, size_t *ret_n, size_t *ret_at)
{
	const struct citymap_link *l = &m->links[link];

	*ret_n = *ret_at = 0;
	for (size_t i = 0; i < m->links_len; i++) {
		const struct citymap_link *o = &m->links[i];

		if ((o->city[0] != l->city[0] || o->city[1] != l->city[1]) &&
			(o->city[0] != l->city[1] || o->city[1] != l->city[0]))
			continue;
		*ret_at += i < link;
		++*ret_n;
	}
}

static void
link_tooltip(struct citymap_sheet *s, const struct citymap_link *l)
{
	char text[64];

	snprintf(text, sizeof(text), ", %.1f ms", l->delay_ms);
	buf_add(s->b, "<title>");
	markup_text(s->b, s->m->cities[l->city[0]].title);
	buf_add(s->b, " to ");
	markup_text(s->b, s->m->cities[l->city[1]].title);
	buf_add(s->b, ", ");
	markup_text(s->b, l->network);
	buf_add(s->b, text);
	buf_add(s->b, " (");
	markup_text(s->b, l->title);
	buf_add(s->b, ")");
	if (l->fault != NULL) {
		buf_add(s->b, ": ");
		markup_text(s->b, l->fault);
	}
	buf_add(s->b, "</title>");
}

static double
arc_length(const struct paper_point *arc, size_t n)
{
	double sum = 0;

	for (size_t i = 1; i < n; i++)
		if (!arc[i].starts)
			sum += hypot(arc[i].x - arc[i - 1].x, arc[i].y - arc[i - 1].y);
	return sum;
}

/* The letter of a network on its line, or the cross of a fault; `share` of the way along. */
static void
line_letter(struct citymap_sheet *s, const struct citymap_link *l, const struct paper_point *arc,
	size_t n, double share)
{
	double size = s->d->font * 0.72, w = citymap_text_width(l->network, size, true);
	const struct paper_point *p = &arc[(size_t)((double)(n - 1) * share)];
	double r = s->d->mark * 0.8;
	char class[32];

	if (l->fault != NULL) {
		buf_addf(s->b,
			"<path class=\"cm-cross\" d=\"M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f\"/>\n",
			p->x - r, p->y - r, 2 * r, 2 * r, -2 * r, -2 * r, 2 * r);
		take_box(s, (struct place_box){p->x - r, p->y - r, 2 * r, 2 * r});
		return;
	}
	/* Between neighbours there is no room for it. */
	if (!s->d->full || arc_length(arc, n) < 6 * s->d->mark + 2 * w)
		return;
	snprintf(class, sizeof(class), "cm-b cm-nt%zu", citymap_network(s->m, l->network) % 3);
	citymap_text(s->b, p->x, p->y + size * 0.36, size, class, "middle", l->network);
	take_box(s, (struct place_box){p->x - w / 2 - 1, p->y - size / 2, w + 2, size});
}

/* Where a line goes round the edge of the map: where to, at either edge. */
static void
edge_words(struct citymap_sheet *s, const struct citymap_link *l, const struct paper_point *arc,
	size_t n, bool forth)
{
	double size = s->d->font * 0.72;

	for (size_t i = 1; s->d->full && i < n; i++) {
		if (!arc[i].starts)
			continue;
		for (int side = 0; side < 2; side++) {
			const struct paper_point *p = &arc[i - (side == 0)];
			/* What comes after the cut lies beyond the edge where it was cut. */
			const char *to = s->m->cities[l->city[(side == 0) == forth]].title;
			bool left = p->x < s->view.width / 2;
			double w;
			char text[96];

			snprintf(text, sizeof(text),
				left ? "\xe2\x86\x90 %.80s" : "%.80s \xe2\x86\x92", to);
			w = citymap_text_width(text, size, false);
			citymap_text(s->b, p->x, p->y - size * 0.8, size, "cm-mute",
				left ? "start" : "end", text);
			take_box(s,
				(struct place_box){
					left ? p->x : p->x - w, p->y - size * 1.8, w, size * 1.8});
		}
	}
}

static void
links(struct citymap_sheet *s)
{
	for (int pass = 0; pass < 2; pass++) /* letters lie over all the lines */
		for (size_t i = 0; i < s->m->links_len; i++) {
			const struct citymap_link *l = &s->m->links[i];
			bool forth = l->city[0] < l->city[1];
			struct paper_point arc[CITYMAP_ARC_POINTS];
			size_t n, at, len;

			siblings(s->m, i, &n, &at);
			len = citymap_arc(&s->view,
				citymap_place_of(&s->m->cities[l->city[!forth]]),
				citymap_place_of(&s->m->cities[l->city[forth]]),
				((double)at - (double)(n - 1) / 2) * s->d->mark * 0.9, arc);
			if (pass == 1) {
				line_letter(s, l, arc, len, ((double)at + 1) / ((double)n + 1));
				if (at == 0)
					edge_words(s, l, arc, len, forth);
				continue;
			}
			remember_points(s, arc, len);
			buf_addf(s->b, "<path class=\"cm-link %s\"",
				l->fault != NULL ? "cm-fault" : "");
			if (l->fault == NULL)
				buf_addf(s->b, " style=\"stroke:var(--net%zu)\"",
					citymap_network(s->m, l->network) % 3);
			path_data(s->b, arc, len);
			buf_add(s->b, ">");
			link_tooltip(s, l);
			buf_add(s->b, "</path>\n");
		}
}

/* ---- cities ---- */

static void
badge(struct citymap_sheet *s, double x, double y)
{
	double r = s->d->mark * 0.85;

	x += s->d->mark * 1.5;
	y -= s->d->mark * 1.5;
	buf_addf(s->b, "<circle class=\"cm-badge\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", x, y, r);
	citymap_text(s->b, x, y + r * 0.62, r * 1.7, "cm-b cm-onbad", "middle", "!");
	take_box(s, (struct place_box){x - r - 2, y - r - 2, 2 * r + 4, 2 * r + 4});
}

static void
marks(struct citymap_sheet *s)
{
	/* All rings first: one may reach over a neighbour's dot, which must still be seen. */
	for (size_t i = 0; i < s->m->cities_len; i++) {
		struct paper_point p =
			citymap_project(&s->view, citymap_place_of(&s->m->cities[i]));

		citymap_ring(s->b, s->m, &s->m->cities[i], p.x, p.y, s->d->mark);
	}
	for (size_t i = 0; i < s->m->cities_len; i++) {
		const struct citymap_city *c = &s->m->cities[i];
		struct paper_point p = citymap_project(&s->view, citymap_place_of(c));
		char says[256];

		citymap_say_service(c, says, sizeof(says));
		buf_add(s->b, "<g><title>");
		markup_text(s->b, c->title);
		buf_add(s->b, " (");
		markup_text(s->b, c->name);
		buf_add(s->b, c->service[0].asked || c->service[1].asked ? "): served by " : "): ");
		markup_text(s->b, says);
		if (c->site != NULL) {
			buf_add(s->b, "; PoP ");
			markup_text(s->b, c->site);
		}
		if (c->fault != NULL) {
			buf_add(s->b, "; ");
			markup_text(s->b, c->fault);
		}
		buf_add(s->b, "</title>");
		citymap_dot(s->b, s->m, c, p.x, p.y, s->d->mark);
		if (c->fault != NULL)
			badge(s, p.x, p.y);
		buf_add(s->b, "</g>\n");
	}
}

double
citymap_draw(struct buf *b, const struct citymap_draw *d)
{
	const struct citymap *m = d->map;
	struct citymap_sheet s = {.b = b, .m = m, .d = d};
	struct geo_point *cities = calloc(m->cities_len + 1, sizeof(*cities));
	struct geo_point *ends = calloc(2 * m->links_len + 1, sizeof(*ends));

	if (cities == NULL || ends == NULL) {
		b->failed = true;
	} else {
		for (size_t i = 0; i < m->cities_len; i++)
			cities[i] = citymap_place_of(&m->cities[i]);
		for (size_t i = 0; i < 2 * m->links_len; i++)
			ends[i] = citymap_place_of(&m->cities[m->links[i / 2].city[i % 2]]);
		citymap_fit(&s.view, cities, m->cities_len, ends, m->links_len, d->width,
			d->height_max, d->room_x, d->room_y);
		buf_addf(b,
			"<clipPath id=\"%s-clip\"><rect width=\"%.1f\" height=\"%.1f\" "
			"rx=\"6\"/></clipPath>"
			"<g clip-path=\"url(#%s-clip)\">\n",
			d->id, s.view.width, s.view.height, d->id);
		net(&s);
		bands(&s);
		links(&s);
		buf_add(b, "</g>\n");
		marks(&s);
		citymap_labels(&s);
	}
	free(cities);
	free(ends);
	free(s.points);
	free(s.taken);
	return s.view.height;
}
