/* dns_show.h - what a DNS load came to, for people, for programs and for Prometheus. */
#ifndef BENCH_LOAD_DNS_SHOW_H
#define BENCH_LOAD_DNS_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "bench/load/dns_plan.h"
#include "bench/load/dns_ramp.h"
#include "bench/load/dns_run.h"
#include "lib/err.h"

void dns_show_text(const struct dns_plan *p, const struct dns_result *r, FILE *to);
void ramp_show_text(const struct ramp *r, FILE *to);

/* Schema catchment.load-dns/1 (doc/formats.md). A new reference, NULL when out of memory. */
json_t *dns_show_json(const struct dns_plan *p, const struct dns_result *r);
json_t *ramp_show_json(const struct ramp *r);

/* As OpenMetrics text, whole or not at all. Returns 0 or -errno with `e` filled. */
int dns_write_openmetrics(
	const struct dns_plan *p, const struct dns_result *r, const char *path, struct err *e);

#endif
