/*
 * rtt.h - round trips before the fault, probe by probe: the anycast service, and each site of the unicast one.
 *
 * A probe's round trip is the median of its good answers sent before its window (streams.h). Before and after
 * anycast are so measured by the same probes at the same time.
 */
#ifndef BENCH_ANALYZE_RTT_H
#define BENCH_ANALYZE_RTT_H

#include "bench/analyze/run.h"

enum { RTT_SITES = 8 };

/* One probe in one trial; NAN for what it did not measure. */
struct rtt_row {
	int trial;
	int city;
	enum family family;
	int probe;
	double anycast_ms;
	double site_ms[RTT_SITES]; /* of the unicast sites, in the order of run.json */
	double mean_ms;		   /* over all unicast sites; NAN unless all answered */
	double nearer_ms;	   /* the least of them */
};

enum rtt_of { RTT_ANYCAST, RTT_MEAN, RTT_NEARER };

/* Add the rows of a trial that is valid, while its queries are there. Returns 0 or -ENOMEM. */
int rtt_measure(struct run *r, const struct trial *t);

/*
 * Samples of a city (-1: all) and family (FAMILIES: both), one per probe and trial. Returns 0 or -ENOMEM.
 */
int rtt_collect(const struct run *r, int city, int family, enum rtt_of what, struct samples *ret);

/* The same of one trial and, of the unicast sites, one; `site` -1: anycast. */
int rtt_collect_site(const struct run *r, int city, int family, int site, struct samples *ret);

/*
 * Of the samples that rtt_collect gives: the mean of what grows with the network's stretch, by the links'
 * delays; NAN where run.json does not tell.
 */
double rtt_stretched_ms(const struct run *r, int city, int family, enum rtt_of what);

/* "unicast" of result.json, null when nothing was asked. NULL when out of memory. */
json_t *rtt_json(const struct run *r);

#endif
