/*
 * streams.h - what the fault did to each stream: loss of connectivity, first good answer, convergence.
 *
 * The window of a stream runs from the first query that the fault can have hit, one round trip (the
 * longest seen before) ahead of it, to the restore. Lost is a query in the window that nothing came
 * back for: unanswered, ICMP unreachable, not sent for want of a route. Pending queries count nowhere.
 */
#ifndef BENCH_ANALYZE_STREAMS_H
#define BENCH_ANALYZE_STREAMS_H

#include "bench/analyze/run.h"

/* One stream by itself, of either list: its window, what was lost, when it had an answer again. */
void stream_measure(struct trial *t, struct stream *s);

/* All of t->stream, and what is of them together. Returns 0 or -ENOMEM. */
int streams_measure(const struct run *r, struct trial *t);

/* Milliseconds of loss: lost queries x gap (RFC 6412 eq. 8). */
double stream_loss_ms(const struct run *r, const struct stream *s);

/*
 * BEFORE, DURING, AFTER or, between these, PHASES. AFTER begins 10 s after the restore; where less is left, with the
 * trial's last second (a quick look ends soon after the last site is back), or the last half of what is left.
 */
enum phase stream_phase(
	const struct run *r, const struct trial *t, const struct stream *s, const struct query *q);

#endif
