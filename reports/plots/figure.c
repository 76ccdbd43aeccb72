/* figure.c - one figure of the page: a title that states the finding, a subtitle, a drawing for two widths. */
#include "reports/plots/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/gnuplot.h"
#include "reports/html.h"
#include "reports/plots/frame.h"
#include "reports/svg.h"

#define DEADLINE_MS 30000

/* One "#tip X Y WIDTH HEIGHT TEXT" of a script as an invisible rectangle with a title of its own. */
static void
tip(struct buf *page, const char *line, size_t len)
{
	struct buf text = {0};
	double x, y, width, height;
	int used = 0;

	buf_add_len(&text, line, len);
	if (!text.failed &&
		sscanf(text.data, FRAME_TIP "%lf %lf %lf %lf %n", &x, &y, &width, &height, &used) ==
			4 &&
		used > 0) {
		buf_addf(page, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>",
			x, y, width, height);
		html_text(page, text.data + used);
		html_raw(page, "</title></rect>");
	}
	page->failed |= text.failed;
	buf_done(&text);
}

/* The script's tips go on top of the drawing, before its end tag. */
static void
tips(struct buf *page, const char *script)
{
	static const char end[] = "</svg>\n";
	size_t tail = sizeof(end) - 1;

	if (page->failed || strstr(script, "\n" FRAME_TIP) == NULL || page->len < tail ||
		strcmp(page->data + page->len - tail, end) != 0)
		return;
	page->len -= tail;
	page->data[page->len] = '\0';
	html_raw(page, "<g class=\"tips\">");
	for (const char *line = script; (line = strstr(line, "\n" FRAME_TIP)) != NULL;) {
		line++;
		tip(page, line, strcspn(line, "\n"));
	}
	html_raw(page, "</g></svg>\n");
}

static int
draw(struct buf *page, const char *id, const char *class, const char *title, const char *desc,
	figure_script *script, const void *subject, struct err *e)
{
	bool is_narrow = strcmp(class, "wide") != 0;
	struct buf text = {0};
	char full_id[64], *svg = NULL;
	int rc;

	snprintf(full_id, sizeof(full_id), "%s-%s", id, class);
	script(&text, subject, is_narrow);
	rc = buf_check(&text, e);
	if (rc == 0)
		rc = gnuplot_svg(text.data, DEADLINE_MS, &svg, e);
	if (rc == 0) {
		struct svg_dress how = {full_id, class, title, desc};

		rc = svg_dress(page, svg, &how, e);
	}
	if (rc == 0)
		tips(page, text.data);
	buf_done(&text);
	free(svg);
	return rc;
}

int
figure_add(struct buf *page, const char *id, const char *title, const char *subtitle,
	const char *desc, figure_script *script, const void *subject, struct err *e)
{
	int rc;

	buf_add(page, "<figure");
	html_attr(page, "id", id);
	html_raw(page, "><figcaption><h3>");
	html_text(page, title);
	html_raw(page, "</h3><p>");
	html_text(page, subtitle);
	html_raw(page, "</p></figcaption>\n");
	rc = draw(page, id, "wide", title, desc, script, subject, e);
	if (rc == 0)
		rc = draw(page, id, "narrow", title, desc, script, subject, e);
	html_raw(page, "</figure>\n");
	return rc;
}

int
figure_small(struct buf *page, const char *id, const char *title, const char *desc,
	figure_script *script, const void *subject, struct err *e)
{
	return draw(page, id, "small", title, desc, script, subject, e);
}
