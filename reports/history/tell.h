/* tell.h - the history told: as a table, as JSON, as a page; and runs/index.html. */
#ifndef REPORTS_HISTORY_TELL_H
#define REPORTS_HISTORY_TELL_H

#include <jansson.h>
#include <stdio.h>

#include "reports/history/series.h"

/* A line for each scenario and variant: how many runs, the last one and what it found. */
void history_overview(const struct history *h, const struct series_filter *f, FILE *to);

/* The runs that are wanted, a line each, then each series: its changes and its trend. */
void history_table(const struct history *h, const struct series_filter *f,
	const struct series_list *l, FILE *to);

/* catchment.history/1 (doc/formats.md); NULL when out of memory. */
json_t *history_json(
	const struct history *h, const struct series_filter *f, const struct series_list *l);

/* A page of the trends. Returns 0, or -errno of gnuplot. */
int history_page(const struct history *h, const struct series_filter *f,
	const struct series_list *l, struct buf *b, struct err *e);

/* "Changed since 2026-11-28 07:26 on documented: withdraw_ms +547 ms, …"; of all series that there are. */
void history_say(const struct series_list *l, struct buf *b);

/* The figure of a series. */
int history_plot(struct buf *page, const struct series *s, size_t number, struct err *e);

/* BASE/index.html: all runs, the latest first, each with its report. */
int history_front(const struct history *h, struct err *e);

#endif
