/* figure.h - one figure of the page: a title that states the finding, a subtitle, a drawing for two widths. */
#ifndef REPORTS_PLOTS_FIGURE_H
#define REPORTS_PLOTS_FIGURE_H

#include "lib/buf.h"
#include "reports/palette.h"
#include "reports/result.h"

/* What every plot is given. */
struct scene {
	const struct result *result;
	const struct palette *palette;
	const struct trial *trial; /* the median one, may be NULL */
};

/* Writes a whole gnuplot script; `subject` is the plot's own. */
typedef void figure_script(struct buf *script, const void *subject, bool is_narrow);

/*
 * Draw `script` wide and narrow and append a <figure>.
 *
 *      id          letters and -, unique in the page
 *      title       the finding; subtitle: what the axes are, units, n
 *      desc        for those who do not see it
 *
 * Returns 0 or -errno of gnuplot or svg_dress.
 */
int figure_add(struct buf *page, const char *id, const char *title, const char *subtitle,
	const char *desc, figure_script *script, const void *subject, struct err *e);

/*
 * The same, one drawing for all widths, for many side by side: title and text are the reader's who does not see it,
 * what stands beside the drawing is the caller's.
 */
int figure_small(struct buf *page, const char *id, const char *title, const char *desc,
	figure_script *script, const void *subject, struct err *e);

/*
 * The plots. Each appends its figure, or nothing when the result holds no data for it. Returns
 * 0 or -errno.
 */
int plot_timeline(struct buf *page, const struct scene *s, struct err *e);
/* One trial, small. */
int plot_trial(struct buf *page, const struct scene *s, struct err *e);
/* The same within a page of two runs, `which` telling their ids apart. */
int plot_pair(struct buf *page, const struct scene *s, const char *which, struct err *e);
/* "Trial 3: every stream answered again 262 ms after the fault". */
void plot_trial_says(const struct result *r, const struct trial *t, char *title, size_t size);
int plot_cities(struct buf *page, const struct scene *s, struct err *e);
int plot_loss(struct buf *page, const struct scene *s, struct err *e);
int plot_answers(struct buf *page, const struct scene *s, struct err *e);
int plot_rtt(struct buf *page, const struct scene *s, struct err *e);
int plot_waterfall(struct buf *page, const struct scene *s, struct err *e);
int plot_phases(struct buf *page, const struct scene *s, struct err *e);
int plot_phases_by_city(struct buf *page, const struct scene *s, struct err *e);

#endif
