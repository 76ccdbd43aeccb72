/* svg.h - gnuplot's SVG made fit for a page: theme variables for colours, a name for screen readers, no weight. */
#ifndef REPORTS_SVG_H
#define REPORTS_SVG_H

#include "lib/buf.h"

struct svg_dress {
	const char *id;	   /* prefix of the ids within; unique in the page, letters and - only */
	const char *class; /* of the svg element */
	const char *title; /* what it shows, for those who do not see it; escaped here */
	const char *desc;  /* the same at length */
};

/*
 * Append the SVG to a page.
 *
 * Only the elements and attributes that gnuplot is known to write come through, so that no text
 * can become an element of the page; colours of reports/palette.h become CSS variables; definitions, empty
 * groups and default attributes are dropped, coordinates keep one decimal, and points of one
 * colour and size become one path.
 *
 * Returns 0, or -EBADMSG if it is no SVG as gnuplot writes them (`e` says what is in the way).
 */
int svg_dress(struct buf *b, const char *svg, const struct svg_dress *how, struct err *e);

#endif
