/* stack.h - a timeline as stacked steps: answers by PoP from below, failed and unanswered on top. */
#ifndef REPORTS_PLOTS_STACK_H
#define REPORTS_PLOTS_STACK_H

#include "reports/plots/frame.h"

#define STACK_LAYERS_MAX 66

struct layer {
	const char *name; /* the site; NULL for what has none */
	const double *queries;
	enum colour fill, text;
	const char *label;
};

/*
 * Probing neither begins nor ends on a bin's edge: the bins at both ends in which fewer queries were
 * sent than usual are left out. A query sent late falls into the next bin, so each bin is scaled to
 * the queries that are usual, as long as that moves it by no more than STACK_SCALE_MAX.
 */
#define STACK_SCALE_MAX 0.15

struct stack {
	const struct timeline *timeline;
	size_t first, end;		      /* the bins that are drawn */
	double usual;			      /* queries in a bin, the median; 0: not known */
	struct layer layer[STACK_LAYERS_MAX]; /* from below */
	size_t n;
	double max_qps;
};

/* Sites that never answered are left out. */
void stack_init(struct stack *k, const struct timeline *t, const struct palette *p);

/* Draws the same bins as another stack of the same trial, so that their axes agree. */
void stack_align(struct stack *k, const struct stack *with);

/* The data and the plot command of one panel whose ranges are seconds and queries a second. */
void stack_plot(struct buf *s, const struct stack *k, const char *name);

/* The names of the PoPs: at the right edge of those that still answer there, else within the layer. */
void stack_labels(struct buf *s, const struct frame *f, const struct stack *k);

/* Who answered how much, by time, for who points at it. */
void stack_tips(struct buf *s, const struct frame *f, const struct stack *k);

double stack_from_s(const struct stack *k);
double stack_to_s(const struct stack *k);

#endif
