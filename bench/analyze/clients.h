/*
 * clients.h - what a resolver would have seen: a modelled lookup begun at each query of a stream.
 *
 * Policy: tries at 0, 400 and 1200 ms; an ICMP unreachable (or a query that could not be sent) ends
 * a try at once and begins the next; the lookup fails when no try brought a good answer within 5 s.
 * The outcome of a try is that of the first query of the same stream sent at or after the try's
 * instant, so that instants are true to one gap. A lookup whose tries reach past the end of the
 * stream, or meet a pending query, is undecided and not counted.
 */
#ifndef BENCH_ANALYZE_CLIENTS_H
#define BENCH_ANALYZE_CLIENTS_H

#include "bench/analyze/run.h"

/*
 * Lookups begun in each stream's window: sets lookups and lookup_failures of the streams; of a
 * valid trial adds the latency that lookups with more than one try took beyond the stream's median
 * before the fault to r->latency_added_ms. Returns 0 or -ENOMEM.
 */
int clients_measure(struct run *r, struct trial *t);

#endif
