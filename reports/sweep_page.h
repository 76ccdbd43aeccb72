/* sweep_page.h - a sweep as one HTML page, and who draws which part of it. */
#ifndef REPORTS_SWEEP_PAGE_H
#define REPORTS_SWEEP_PAGE_H

#include "lib/buf.h"
#include "reports/sweep_read.h"

/* The whole page. Returns 0 or -ENOMEM. */
int sweep_page(const struct sweep_doc *d, struct buf *b, struct err *e);

/* What was found, in a sentence: the page's heading. */
void sweep_say(const struct sweep_doc *d, struct buf *b);

/* ---- sweep_heat.c: two knobs and more ---- */
void sweep_heat(const struct sweep_doc *d, struct buf *b);

/* ---- sweep_plot.c: one knob; outage against cost ---- */
void sweep_line(const struct sweep_doc *d, struct buf *b);
void sweep_scatter(const struct sweep_doc *d, struct buf *b);

/* ---- sweep_where.c: who serves whom at each setting ---- */
void sweep_where(const struct sweep_doc *d, struct buf *b);

/* Cities whose site is not the same at every setting; writes at most `max` titles, returns how many there are. */
size_t sweep_movers(
	const struct sweep_doc *d, const char *titles[], size_t max, size_t *ret_cities);

/* The rules that these need beside theme_css and css_text. */
extern const char sweep_css[];

#endif
