/* show.h - figures for people: one way to print a time, a count, a share, and what is missing. */
#ifndef REPORTS_SHOW_H
#define REPORTS_SHOW_H

#include <stddef.h>

#define SHOW_BYTES 48
#define SHOW_NONE  "\xe2\x80\x93" /* en dash: not measured */

/* All write at most SHOW_BYTES and return `out`. NaN gives SHOW_NONE. */

/*
 * The one way to print a measured time: three digits and the unit that suits, "3.65 s", "746 ms",
 * "25.1 s", "58.2 ms". What it is exact to (the sampling gap) stands once beside each table and plot.
 */
const char *show_ms(double ms, char out[static SHOW_BYTES]);

/* The same with no digit that is finer than the figure is exact to; `accuracy_ms` NaN is show_ms. */
const char *show_ms_within(double ms, double accuracy_ms, char out[static SHOW_BYTES]);

/* An accuracy itself, rounded up to its first digit: 0.2615 gives "0.3 ms". */
const char *show_ms_about(double ms, char out[static SHOW_BYTES]);

/* Round-trip times stand in columns: one decimal, always ms. */
const char *show_rtt(double ms, char out[static SHOW_BYTES]);

/* A stated figure, as short as it can be said: 4000 gives "4 s". */
const char *show_ms_stated(double ms, char out[static SHOW_BYTES]);

/* A whole number with thin spaces: "12 480". */
const char *show_count(double n, char out[static SHOW_BYTES]);

/* 0.45 gives "45 %", 0.004 gives "0.4 %". */
const char *show_share(double ratio, char out[static SHOW_BYTES]);

/* By the name of its unit: ms, us, s, ns, ratio, qps, queries…; NULL is a bare number. */
const char *show_value(double value, const char *unit, char out[static SHOW_BYTES]);
const char *show_stated(double value, const char *unit, char out[static SHOW_BYTES]);

/*
 * A measured figure beside its target: with a third decimal where rounding would make the two
 * read the same though they differ.
 */
const char *show_against(
	double value, double target, const char *unit, char out[static SHOW_BYTES]);

#endif
