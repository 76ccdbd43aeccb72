/* figure.c - one figure of the page: a title that states the finding, a subtitle, a drawing for two widths. */
#include "reports/plots/figure.h"

#include <stdio.h>
#include <stdlib.h>

#include "reports/gnuplot.h"
#include "reports/html.h"
#include "reports/svg.h"

#define DEADLINE_MS 30000

static int
draw(struct buf *page, const char *id, bool is_narrow, const char *title, const char *desc,
	figure_script *script, const void *subject, struct err *e)
{
	struct buf text = {0};
	char full_id[64], *svg = NULL;
	int rc;

	snprintf(full_id, sizeof(full_id), "%s-%s", id, is_narrow ? "narrow" : "wide");
	script(&text, subject, is_narrow);
	rc = buf_check(&text, e);
	if (rc == 0)
		rc = gnuplot_svg(text.data, DEADLINE_MS, &svg, e);
	if (rc == 0) {
		struct svg_dress how = {full_id, is_narrow ? "narrow" : "wide", title, desc};

		rc = svg_dress(page, svg, &how, e);
	}
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
	rc = draw(page, id, false, title, desc, script, subject, e);
	if (rc == 0)
		rc = draw(page, id, true, title, desc, script, subject, e);
	html_raw(page, "</figure>\n");
	return rc;
}
