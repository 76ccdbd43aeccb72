/* summary.h - what came of a few addresses asked from the command line, one paragraph each. */
#ifndef PROBES_SUMMARY_H
#define PROBES_SUMMARY_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/answers.h"
#include "lib/err.h"
#include "probes/plan.h"

enum { SUMMARY_QUANTILES = 3 }; /* p50, p99, max */

struct summary_target {
	uint64_t sent; /* that the kernel took */
	uint64_t answered;
	uint64_t by_status[ANSWERS_STATUSES];
	uint64_t strays[ANSWERS_STRAY_KINDS];
	uint64_t rcodes[256];
	uint64_t *nsids; /* answers per NSID index */
	double *rtt_us;	 /* of all answers, sorted */
	size_t rtts_len;
	/* over TCP, of the same answers: its parts, sorted */
	double *connect_us, *answer_us;
};

struct summary {
	const struct plan *plan;
	struct answers *answers;
	struct summary_target *targets; /* as the plan's streams */
	uint32_t nsids_len;
};

/*
 * Read the answers file of a plan that was carried out.
 * Returns 0 or -errno with `e` filled; summary_done either way.
 */
int summary_read(const char *path, const struct plan *p, struct summary *ret, struct err *e);
void summary_done(struct summary *s);

uint32_t summary_silent(const struct summary *s); /* addresses that answered nothing */

/* catchment.probe-summary/1 (doc/formats.md), a new reference; NULL when out of memory. */
json_t *summary_json(const struct summary *s);
void summary_print(const struct summary *s, FILE *to);

#endif
