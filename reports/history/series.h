/* series.h - a metric of one scenario and variant from run to run: its trend, where its level changed, what differed there. */
#ifndef REPORTS_HISTORY_SERIES_H
#define REPORTS_HISTORY_SERIES_H

#include "lib/buf.h"
#include "lib/change.h"
#include "lib/trend.h"
#include "reports/history/index.h"

enum { SERIES_CHANGES = 16, HISTORY_DIFFERS = 32 };

struct series {
	const char *scenario, *variant, *metric, *unit; /* of the runs */
	const struct history_run **runs; /* whose medians are the points, the latest CHANGE_MAX */
	double *y;			 /* the medians; INFINITY: never */
	size_t n;
	struct change changes[SERIES_CHANGES];
	size_t n_changes;
	struct trend trend;
	bool has_trend; /* ten points or more */
};

struct series_list {
	struct series *series;
	size_t n;
};

/* What is asked for; NULL: all, of metrics those of history_headline. */
struct series_filter {
	const char *scenario, *variant, *metric;
};

/* The metrics that are followed unless one is named, NULL at the end. */
extern const char *const history_headline[];

bool series_wants(const struct series_filter *f, const struct history_run *r);

/* Is the run a point of a trend? It has valid trials, a result that stands, and no knobs of a sweep. */
bool series_counts(const struct history_run *r);

/*
 * All series of the runs that are wanted, by scenario, variant and metric; one without a point is not there. `h` must outlive
 * them. The permutations are of a fixed seed: the same runs give the same changes. Returns 0 or -ENOMEM.
 */
int series_make(const struct history *h, const struct series_filter *f, struct series_list *ret,
	struct err *e);
void series_free(struct series_list *l);

/* The unit that a shift is told in, and below which none is told: 100 ms or 5 %, of what is not a time 5 %. */
struct change_least series_least(const char *unit);

/* One thing that two runs do not have in common. */
struct differ {
	const char *what, *before, *after; /* NULL: not there */
	bool throughout;		   /* no run of the one level has a value of the other */
};

/*
 * What differs from run `a` to run `b`, most telling first; with the runs of both levels, what keeps them apart throughout comes
 * first. `ret` has room for `max`; returns how many differ.
 */
size_t history_differs(
	const struct history_run *a, const struct history_run *b, struct differ *ret, size_t max);
size_t series_differs(const struct series *s, size_t change, struct differ *ret, size_t max);

/* `d` of HISTORY_DIFFERS, `n` as history_differs() counts: "frr 10.3-3 → 10.7-1, layer hardened changed, and 3 more"; "nothing that is recorded". */
void history_say_differs(struct buf *b, const struct differ *d, size_t n, size_t most);

/* Local copies of "+0.52 s" and the like. */
const char *series_show_shift(const struct change *c, const char *unit, char out[static 48]);
const char *series_show(double value, const char *unit, char out[static 48]);

/* "2026-11-23 01:26"; "–" for 0. */
const char *history_show_time(int64_t began_ns, char out[static 24]);

#endif
