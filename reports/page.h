/* page.h - the report as one HTML page: which sections there are, and in what order. */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include "lib/buf.h"
#include "reports/plots/figure.h"

/* Append the whole page. Returns 0, or -errno of a plot (reports/plots/figure.h) or -ENOMEM. */
int page_write(struct buf *page, const struct result *r, struct err *e);

/* The phase budget: its figures and tables, or why there is none. Returns 0 or -errno of a plot. */
int section_phases(struct buf *page, const struct scene *s, struct err *e);

/* Sections, each in a file of its own name; they append nothing when there is no data for them. */
void section_glance(struct buf *page, const struct result *r);
void section_targets(struct buf *page, const struct result *r);
void section_metrics(struct buf *page, const struct result *r);
void section_cities(struct buf *page, const struct result *r);
void section_resolvers(struct buf *page, const struct result *r);
void section_bgp(struct buf *page, const struct result *r);
void section_load(struct buf *page, const struct result *r);
void section_throughput(struct buf *page, const struct result *r);
void section_sides(struct buf *page, const struct result *r);
void section_soak(struct buf *page, const struct result *r);
void section_restore(struct buf *page, const struct result *r);
void section_catchment(struct buf *page, const struct result *r, const struct palette *p);
void section_rtt(struct buf *page, const struct result *r);
void section_map(struct buf *page, const struct result *r, const struct palette *p); /* in it */
/* Each trial with its own section. Returns 0 or -errno of a plot. */
int section_each_trial(struct buf *page, const struct scene *s, struct err *e);
void section_trials(struct buf *page, const struct result *r);
void section_expectations(struct buf *page, const struct result *r);
void section_calibration(struct buf *page, const struct result *r);
void section_noise(struct buf *page, const struct result *r);
void section_provenance(struct buf *page, const struct result *r);

#endif
