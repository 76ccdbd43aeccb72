/*
 * dns_timeline.h - a load over time: for each bucket of time what was sent in it, and how each site answered that.
 *
 * A query belongs to the bucket in which it was sent, whenever its answer came, so that what was sent, answered and
 * lost in a bucket adds up. Each thread has one; at the end they are added up. Memory is bounded: at most
 * TIMELINE_SITES sites, TIMELINE_BUCKETS buckets and TIMELINE_CELLS pairs of both; what is beyond is counted as cut.
 */
#ifndef BENCH_LOAD_DNS_TIMELINE_H
#define BENCH_LOAD_DNS_TIMELINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/err.h"
#include "lib/mono.h"

enum {
	TIMELINE_SITES = 64,
	TIMELINE_NSID_BYTES = 32,
	TIMELINE_BUCKETS = 360000,
	TIMELINE_CELLS = 262144,
	TIMELINE_HIST = 384, /* 16 buckets an octave from 1 us on */
};

struct dns_timeline;

/* Room for `length_ns` in buckets of `bucket_ns`. Returns 0, -E2BIG (more buckets than there may be) or -ENOMEM. */
int dns_timeline_new(int64_t bucket_ns, int64_t length_ns, struct dns_timeline **ret);
void dns_timeline_free(struct dns_timeline *t); /* NULL is fine */

/* `at_ns`: when the query was sent, since the beginning of the load. */
void dns_timeline_sent(struct dns_timeline *t, int64_t at_ns);

/* `nsid` may be NULL: the server did not say who it is. */
void dns_timeline_answered(struct dns_timeline *t, int64_t at_ns, int64_t latency_ns,
	const uint8_t *nsid, size_t nsid_len);

void dns_timeline_merge(struct dns_timeline *to, const struct dns_timeline *from);

/*
 * Write it as JSON lines (schema catchment.load-timeline/1, doc/formats.md).
 *
 *      begin   of the load, for the head
 *
 * Returns 0 or -errno with `e` naming the file.
 */
int dns_timeline_write(
	const struct dns_timeline *t, const char *path, struct wall begin, struct err *e);

/* A site's answers over all time, for the summary: the i-th site, "" for those without an NSID. Returns 0 at the end. */
int dns_timeline_site(
	const struct dns_timeline *t, size_t i, const char **ret_name, uint64_t *ret_answered);

#endif
