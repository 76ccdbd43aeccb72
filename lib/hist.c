/* hist.c - a log-linear histogram of durations: fixed memory, any quantile to within 1.6 %. */
#include "lib/hist.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { SUB_BITS = 5, SUBS = 1 << SUB_BITS, TOP_BIT = 35 };

static size_t
bucket_of(uint64_t ns)
{
	unsigned shift;

	if (ns < SUBS)
		return (size_t)ns;
	if (ns >> (TOP_BIT + 1) != 0)
		return HIST_BUCKETS - 1;
	shift = 63U - (unsigned)__builtin_clzll(ns) - SUB_BITS;
	return (size_t)(shift + 1) * SUBS + (size_t)((ns >> shift) - SUBS);
}

/* The middle of a bucket, rounded down: a bucket of width 1 gives its one value. */
static int64_t
middle_ns(size_t i)
{
	size_t shift;

	if (i < SUBS)
		return (int64_t)i;
	shift = i / SUBS - 1;
	return (int64_t)((i % SUBS + SUBS) << shift) + (((int64_t)1 << shift) >> 1);
}

void
hist_reset(struct hist *h)
{
	memset(h, 0, sizeof(*h));
}

void
hist_add(struct hist *h, int64_t ns)
{
	if (ns < 0)
		ns = 0;
	if (h->count == 0 || ns < h->min_ns)
		h->min_ns = ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
	h->count++;
	h->bucket[bucket_of((uint64_t)ns)]++;
}

void
hist_merge(struct hist *to, const struct hist *from)
{
	if (from->count == 0)
		return;
	if (to->count == 0 || from->min_ns < to->min_ns)
		to->min_ns = from->min_ns;
	if (from->max_ns > to->max_ns)
		to->max_ns = from->max_ns;
	to->count += from->count;
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

int64_t
hist_quantile_ns(const struct hist *h, double q)
{
	uint64_t rank, seen = 0;

	if (h->count == 0)
		return 0;
	if (!(q > 0))
		return h->min_ns;
	if (q >= 1)
		return h->max_ns;
	rank = (uint64_t)ceil(q * (double)h->count);
	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		int64_t ns;

		seen += h->bucket[i];
		if (seen < rank)
			continue;
		ns = i == HIST_BUCKETS - 1 ? h->max_ns : middle_ns(i);
		if (ns < h->min_ns)
			return h->min_ns;
		return ns > h->max_ns ? h->max_ns : ns;
	}
	return h->max_ns;
}
