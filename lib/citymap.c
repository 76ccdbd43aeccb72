/* citymap.c - a map of cities, links and who serves whom, as SVG: its layouts, legend and words. */
#include "lib/citymap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/citymap_draw.h"
#include "lib/markup.h"
#include "lib/theme.h"

enum { WIDE = 1200, NARROW = 400, NARROW_BELOW_PX = 720, SMALL = 330 };

const char citymap_css[] =
	":root{--net0:#52708f;--net1:#8a6529;--net2:#7d5fa6}\n"
	"@media screen and "
	"(prefers-color-scheme:dark){:root{--net0:#8fb0d0;--net1:#cda468;--net2:#b59fdc}}\n"
	".cm text{fill:var(--ink);paint-order:stroke;stroke:var(--wash);stroke-width:3px;"
	"stroke-linejoin:round}\n"
	".cm .cm-b{font-weight:650}.cm .cm-mute{fill:var(--mute)}.cm .cm-bad{fill:var(--lost-text)}"
	".cm .cm-onbad{fill:var(--paper);stroke:none}\n"
	".cm .cm-s0{fill:var(--site0-text)}.cm .cm-s1{fill:var(--site1-text)}"
	".cm .cm-s2{fill:var(--site2-text)}.cm .cm-s3{fill:var(--site3-text)}"
	".cm .cm-s4{fill:var(--site4-text)}.cm .cm-s5{fill:var(--site5-text)}\n"
	".cm .cm-nt0{fill:var(--net0)}.cm .cm-nt1{fill:var(--net1)}.cm .cm-nt2{fill:var(--net2)}\n"
	".cm-world{fill:var(--wash);stroke:var(--grid);stroke-width:1.5}"
	".cm-net,.cm-equator{fill:none;stroke:var(--grid);stroke-width:.7}"
	".cm-equator{stroke-width:1.4}\n"
	".cm-band{fill:none;stroke-opacity:.38;stroke-linecap:round;stroke-linejoin:round}\n"
	".cm-link{fill:none;stroke-width:1.6;stroke-linecap:round}"
	".cm-fault{stroke:var(--lost);stroke-width:2.2;stroke-dasharray:6 5}"
	".cm-cross{fill:none;stroke:var(--lost-text);stroke-width:2.2;stroke-linecap:round}\n"
	".cm-dot{stroke:var(--paper);stroke-width:1.2}"
	".cm-nobody{stroke:var(--lost);stroke-width:1.8}"
	".cm-ring{fill:var(--paper);stroke-width:2.4}"
	".cm-unicast{fill:var(--paper);stroke:var(--mute);stroke-width:1.4}"
	".cm-empty{fill:var(--paper);stroke:var(--mute);stroke-width:1.6}"
	".cm-badge{fill:var(--lost-text)}.cm-leader{fill:none;stroke:var(--mute);stroke-width:.8}"
	"\n";

void
citymap_describe(struct buf *b, const struct citymap *m)
{
	char says[256];

	for (size_t i = 0; i < m->cities_len; i++) {
		const struct citymap_city *c = &m->cities[i];

		if (!c->service[0].asked && !c->service[1].asked)
			continue;
		citymap_say_service(c, says, sizeof(says));
		markup_text(b, c->title);
		buf_add(b, " is served by ");
		markup_text(b, says);
		buf_add(b, c->fault != NULL ? "; " : ". ");
		if (c->fault != NULL) {
			markup_text(b, c->fault);
			buf_add(b, ". ");
		}
	}
	for (size_t i = 0; i < m->links_len; i++) {
		if (m->links[i].fault == NULL)
			continue;
		buf_add(b, "Link ");
		markup_text(b, m->links[i].title);
		buf_add(b, ": ");
		markup_text(b, m->links[i].fault);
		buf_add(b, ". ");
	}
}

/* What a reader who does not see it is told instead. */
static void
open_svg(struct buf *b, const struct citymap *m, const char *id, const char *class, double width,
	double height)
{
	buf_addf(b,
		"<svg class=\"cm %s\" preserveAspectRatio=\"xMidYMin\" viewBox=\"0 0 %.0f %.0f\" "
		"role=\"img\" "
		"aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">",
		class, width, height, id, id, id);
	markup_text(b, m->title);
	buf_addf(b, "</title>\n<desc id=\"%s-d\">", id);
	citymap_describe(b, m);
	buf_add(b, "</desc>\n");
}

/* ---- the legend ---- */

struct legend {
	struct buf *b;
	const struct citymap *m;
	double x, y, width, left, font;
};

/* Room for an item of that many units beside its picture; wraps to the next row. */
static void
next_item(struct legend *l, const char *text)
{
	double w = citymap_text_width(text, l->font, false) + 48;

	if (l->x > l->left && l->x + w > l->width) {
		l->x = l->left;
		l->y += l->font * 1.75;
	}
	citymap_text(l->b, l->x + 28, l->y + l->font * 0.36, l->font, "cm-mute", "start", text);
}

static void
done_item(struct legend *l, const char *text)
{
	l->x += citymap_text_width(text, l->font, false) + 48;
}

static void
legend_mark(struct legend *l, const struct citymap_city *c, const char *text)
{
	next_item(l, text);
	citymap_mark(l->b, l->m, c, l->x + 11, l->y, 5.5);
	done_item(l, text);
}

static void
legend_line(struct legend *l, const char *class, const char *style, const char *text)
{
	next_item(l, text);
	buf_addf(l->b, "<path class=\"cm-link %s\" style=\"%s\" d=\"M%.1f %.1fh20\"/>\n", class,
		style, l->x, l->y);
	done_item(l, text);
}

static void
legend_sites(struct legend *l)
{
	const struct citymap *m = l->m;

	for (size_t s = 0; s < m->sites_len; s++) {
		struct citymap_city c = {.service = {{.asked = true, .site = m->sites[s]}}};
		size_t n = 0;
		char text[128];

		for (size_t i = 0; i < m->cities_len; i++)
			for (int f = 0; f < CITYMAP_FAMILIES; f++)
				n += m->cities[i].service[f].asked &&
					m->cities[i].service[f].site != NULL &&
					strcmp(m->cities[i].service[f].site, m->sites[s]) == 0;
		snprintf(text, sizeof(text), "served by %s", m->sites[s]);
		if (n > 0)
			legend_mark(l, &c, text);
	}
}

static void
legend_links(struct legend *l)
{
	const struct citymap *m = l->m;
	bool fault = false;

	for (size_t i = 0; i < m->links_len; i++) {
		const char *network = m->links[i].network;
		bool seen = false;
		char style[48];

		fault |= m->links[i].fault != NULL;
		for (size_t k = 0; k < i && !seen; k++)
			seen = strcmp(m->links[k].network, network) == 0;
		if (seen)
			continue;
		snprintf(style, sizeof(style), "stroke:var(--net%zu)",
			citymap_network(m, network) % 3);
		legend_line(l, "", style, network[0] != '\0' ? network : "other links");
	}
	if (fault)
		legend_line(l, "cm-fault", "", "link at fault");
}

/* Only what occurs is explained. Returns the y below it. */
static double
legend(struct buf *b, const struct citymap *m, double left, double top, double width, double font)
{
	struct legend l = {b, m, left, top + font, width, left, font};
	bool pop = false, unicast = false, nobody = false;
	struct citymap_city c;

	for (size_t i = 0; i < m->cities_len; i++) {
		pop |= m->cities[i].site != NULL;
		unicast |= m->cities[i].unicast;
		for (int f = 0; f < CITYMAP_FAMILIES; f++)
			nobody |= m->cities[i].service[f].asked &&
				m->cities[i].service[f].site == NULL;
	}
	legend_sites(&l);
	c = (struct citymap_city){.service = {{.asked = true}}};
	if (nobody)
		legend_mark(&l, &c, "served by nobody");
	c = (struct citymap_city){.site = m->sites_len > 0 ? m->sites[0] : ""};
	if (pop)
		legend_mark(&l, &c, "ring: a PoP is here");
	c = (struct citymap_city){.unicast = true};
	if (unicast)
		legend_mark(&l, &c, "unicast site only");
	legend_links(&l);
	return l.y + font;
}

/* ---- layouts ---- */

/* Break a text into lines that fit; returns the y below the last. */
static double
paragraph(struct buf *b, const char *text, double x, double y, double width, double font,
	const char *class)
{
	bool bold = strstr(class, "cm-b") != NULL;
	struct buf line = {0};

	while (*text != '\0') {
		size_t word = strcspn(text, " "), before = line.len;

		buf_add(&line, before > 0 ? " " : "");
		buf_add_len(&line, text, word);
		if (before > 0 && !line.failed &&
			citymap_text_width(line.data, font, bold) > width) {
			line.data[before] = '\0'; /* without the word: it begins the next line */
			citymap_text(b, x, y + font, font, class, "start", line.data);
			y += font * 1.35;
			buf_done(&line);
			continue;
		}
		text += word;
		text += strspn(text, " ");
	}
	if (line.len > 0) {
		citymap_text(b, x, y + font, font, class, "start", line.data);
		y += font * 1.35;
	}
	b->failed |= line.failed;
	buf_done(&line);
	return y;
}

static double
wide(struct buf *b, const struct citymap *m)
{
	struct citymap_draw d = {.map = m,
		.id = "cmw",
		.width = WIDE - 48,
		.height_max = 600,
		.room_x = 90,
		.room_y = 62,
		.mark = 7,
		.font = 16,
		.full = true};
	double y = paragraph(b, m->title, 24, 18, WIDE - 48, 25, "cm-b");

	y = paragraph(b, m->subtitle, 24, y + 2, WIDE - 48, 15, "cm-mute") + 12;
	buf_addf(b, "<g transform=\"translate(24 %.1f)\">\n", y);
	y += citymap_draw(b, &d);
	buf_add(b, "</g>\n");
	return legend(b, m, 24, y + 14, WIDE - 24, 14) + 14;
}

/* A row per city, since a narrow map has no room for words. */
static double
list(struct buf *b, const struct citymap *m, double y)
{
	for (size_t i = 0; i < m->cities_len; i++) {
		const struct citymap_city *c = &m->cities[i];
		char says[256];

		citymap_say_service(c, says, sizeof(says));
		y += 24;
		citymap_mark(b, m, c, 22, y, 5);
		citymap_text(b, 42, y + 5, 14, "cm-b", "start", c->title);
		citymap_text(b, NARROW - 10, y + 5, 14,
			c->service[0].asked && c->service[0].site == NULL ? "cm-bad" : "", "end",
			says);
		if (c->fault != NULL) {
			y = paragraph(b, c->fault, 42, y + 6, NARROW - 52, 12, "cm-bad") - 12;
		}
	}
	return y + 16;
}

static double
narrow(struct buf *b, const struct citymap *m)
{
	struct citymap_draw d = {.map = m,
		.id = "cmn",
		.width = NARROW - 8,
		.height_max = 330,
		.room_x = 30,
		.room_y = 30,
		.mark = 5,
		.font = 13};
	double y = paragraph(b, m->title, 10, 8, NARROW - 20, 18, "cm-b");

	y = paragraph(b, m->subtitle, 10, y + 2, NARROW - 20, 13, "cm-mute") + 8;
	buf_addf(b, "<g transform=\"translate(4 %.1f)\">\n", y);
	y += citymap_draw(b, &d);
	buf_add(b, "</g>\n");
	y = list(b, m, y);
	return legend(b, m, 10, y + 4, NARROW - 8, 13) + 12;
}

void
citymap_file(struct buf *b, const struct citymap *m)
{
	struct buf w = {0}, n = {0};
	double wide_height = wide(&w, m), narrow_height = narrow(&n, m);

	/*
	 * Each layout is an SVG in the SVG, of which the window's width shows one. As a picture in a
	 * page the file has the wide one's size; opened by itself it takes the window.
	 */
	buf_addf(b,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		"class=\"all\">\n"
		"<style>\n%s%s"
		".cm text{font-family:system-ui,\"Segoe UI\",Roboto,\"Helvetica "
		"Neue\",Arial,sans-serif;"
		"font-variant-numeric:tabular-nums}\n"
		".back{fill:var(--paper)}.narrow{display:none}\n"
		".all{background:var(--paper)}\n"
		"@media (max-width:%dpx){.all{width:100vw;height:100vh}}\n"
		"@media (min-width:%dpx){.all{width:100vw;height:100vh}}\n"
		"@media (max-width:%dpx){.all{height:calc(100vw*%.4f)}.wide{display:none}"
		".narrow{display:inline}}\n"
		"</style>\n<rect class=\"back\" width=\"100%%\" height=\"100%%\"/>\n",
		WIDE, wide_height, theme_css, citymap_css, WIDE - 1, WIDE + 1, NARROW_BELOW_PX - 1,
		narrow_height / NARROW);
	open_svg(b, m, "cmw", "wide", WIDE, wide_height);
	buf_add(b, w.data != NULL ? w.data : "");
	buf_add(b, "</svg>\n");
	open_svg(b, m, "cmn", "narrow", NARROW, narrow_height);
	buf_add(b, n.data != NULL ? n.data : "");
	buf_add(b, "</svg>\n</svg>\n");
	b->failed |= w.failed || n.failed;
	buf_done(&w);
	buf_done(&n);
}

void
citymap_figure(struct buf *b, const struct citymap *m, const char *id)
{
	struct citymap_draw d = {.map = m,
		.id = id,
		.width = SMALL,
		.height_max = 260,
		.room_x = 26,
		.room_y = 24,
		.mark = 4.5,
		.font = 11.5};
	struct buf body = {0};
	double height = citymap_draw(&body, &d);

	open_svg(b, m, id, "cm-small", SMALL, height);
	buf_add(b, body.data != NULL ? body.data : "");
	buf_add(b, "</svg>\n");
	b->failed |= body.failed;
	buf_done(&body);
}
