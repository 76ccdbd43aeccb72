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

struct stack {
	const struct timeline *timeline;
	struct layer layer[STACK_LAYERS_MAX]; /* from below */
	size_t n;
	double max_qps;
};

/* Sites that never answered are left out. */
void stack_init(struct stack *k, const struct timeline *t, const struct palette *p);

/* The data and the plot command of one panel whose ranges are seconds and queries a second. */
void stack_plot(struct buf *s, const struct stack *k, const char *name);

/* The names of the PoPs at the right edge, where each layer is at its widest near the end or the start. */
void stack_labels(struct buf *s, const struct frame *f, const struct stack *k);

double stack_from_s(const struct stack *k);
double stack_to_s(const struct stack *k);

#endif
