/* citymap_mark.c - what stands for a city and its PoP on a map, in a list and in a legend, and what is said of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/citymap_draw.h"
#include "lib/markup.h"
#include "lib/theme.h"

int
citymap_colour(const struct citymap *m, const char *site)
{
	for (size_t i = 0; site != NULL && i < m->sites_len; i++)
		if (strcmp(m->sites[i], site) == 0)
			return (int)(i % THEME_SITES);
	return -1;
}

size_t
citymap_network(const struct citymap *m, const char *network)
{
	size_t n = 0;

	for (size_t i = 0; i < m->links_len; i++) {
		bool seen = false;

		if (strcmp(m->links[i].network, network) == 0)
			return n;
		for (size_t k = 0; k < i && !seen; k++)
			seen = strcmp(m->links[k].network, m->links[i].network) == 0;
		n += !seen;
	}
	return n;
}

double
citymap_text_width(const char *text, double size, bool bold)
{
	size_t n = 0;

	for (const char *c = text; *c != '\0'; c++)
		n += ((unsigned char)*c & 0xc0) != 0x80;
	return (double)n * size * (bold ? 0.61 : 0.55);
}

void
citymap_text(struct buf *b, double x, double y, double size, const char *class, const char *anchor,
	const char *text)
{
	buf_addf(b, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\"", x, y, size);
	if (class[0] != '\0')
		buf_addf(b, " class=\"%s\"", class);
	if (strcmp(anchor, "start") != 0)
		buf_addf(b, " text-anchor=\"%s\"", anchor);
	buf_add(b, ">");
	markup_text(b, text);
	buf_add(b, "</text>\n");
}

bool
citymap_is_same(const struct citymap_city *c)
{
	const struct citymap_service *v4 = &c->service[0], *v6 = &c->service[1];

	if (!v4->asked || !v6->asked)
		return true;
	return v4->site == NULL || v6->site == NULL ? v4->site == v6->site
						    : strcmp(v4->site, v6->site) == 0;
}

void
citymap_say_one(const struct citymap_service *s, char *out, size_t size)
{
	int n = snprintf(out, size, "%s", s->site != NULL ? s->site : "nobody");

	if (s->site != NULL && s->share < 0.995 && (size_t)n < size)
		n += snprintf(out + n, size - (size_t)n, " %.0f\xc2\xa0%%", 100 * s->share);
	if (s->site != NULL && !isnan(s->rtt_ms) && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, " \xc2\xb7 %.1f\xc2\xa0ms", s->rtt_ms);
}

void
citymap_say_service(const struct citymap_city *c, char *out, size_t size)
{
	char v4[CITYMAP_SAY_BYTES], v6[CITYMAP_SAY_BYTES];
	bool first = c->service[0].asked;

	if (!c->service[0].asked && !c->service[1].asked) {
		snprintf(out, size, "no clients here");
		return;
	}
	citymap_say_one(&c->service[0], v4, sizeof(v4));
	citymap_say_one(&c->service[1], v6, sizeof(v6));
	if (citymap_is_same(c))
		snprintf(out, size, "%s", first ? v4 : v6);
	else
		snprintf(out, size, "IPv4 %s, IPv6 %s", v4, v6);
}

static void
fill_of(const struct citymap *m, const struct citymap_service *v, char out[static 32])
{
	int colour = citymap_colour(m, v->site);

	if (v->site == NULL)
		snprintf(out, 32, "var(--paper)");
	else if (colour < 0)
		snprintf(out, 32, "var(--mute)");
	else
		snprintf(out, 32, "var(--site%d)", colour);
}

void
citymap_ring(struct buf *b, const struct citymap *m, const struct citymap_city *c, double x,
	double y, double r)
{
	if (c->site != NULL)
		buf_addf(b,
			"<circle class=\"cm-ring\" style=\"stroke:var(--site%d)\" cx=\"%.1f\" "
			"cy=\"%.1f\" r=\"%.1f\"/>",
			citymap_colour(m, c->site) < 0 ? 0 : citymap_colour(m, c->site), x, y,
			r * 1.75);
	else if (c->unicast)
		buf_addf(b,
			"<path class=\"cm-unicast\" d=\"M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f "
			"%.1fz\"/>",
			x, y - 2 * r, 2 * r, 2 * r, -2 * r, 2 * r, -2 * r, -2 * r);
}

void
citymap_dot(struct buf *b, const struct citymap *m, const struct citymap_city *c, double x,
	double y, double r)
{
	bool asked = c->service[0].asked || c->service[1].asked;
	const struct citymap_service *first = &c->service[c->service[0].asked ? 0 : 1];
	char fill[32];

	if (!asked) {
		buf_addf(b, "<circle class=\"cm-empty\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", x, y,
			r * 0.7);
		return;
	}
	fill_of(m, first, fill);
	buf_addf(b, "<circle class=\"%s\" style=\"fill:%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>",
		first->site == NULL ? "cm-nobody" : "cm-dot", fill, x, y, r);
	if (!citymap_is_same(c)) {
		fill_of(m, &c->service[1], fill);
		buf_addf(b,
			"<path class=\"%s\" style=\"fill:%s\" d=\"M%.1f %.1fa%.1f %.1f 0 0 1 0 "
			"%.1fz\"/>",
			c->service[1].site == NULL ? "cm-nobody" : "cm-dot", fill, x, y - r, r, r,
			2 * r);
	}
	if (first->site == NULL)
		buf_addf(b,
			"<path class=\"cm-cross\" d=\"M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f\"/>",
			x - r / 2, y - r / 2, r, r, -r, -r, r);
}

void
citymap_mark(struct buf *b, const struct citymap *m, const struct citymap_city *c, double x,
	double y, double r)
{
	citymap_ring(b, m, c, x, y, r);
	citymap_dot(b, m, c, x, y, r);
}
