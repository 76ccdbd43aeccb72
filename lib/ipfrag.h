/*
 * ipfrag.h - fragmented IP packets put together again, within bounded memory.
 *
 * A packet whose fragments overlap in anything but an exact repetition is given up as a whole
 * (RFC 5722 for IPv6; for IPv4 no honest host sends such either).
 */
#ifndef LIB_IPFRAG_H
#define LIB_IPFRAG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"
#include "lib/pkt.h"

struct ipfrag;

struct ipfrag_counts {
	uint64_t fragments;
	uint64_t whole;	    /* packets put together */
	uint64_t abandoned; /* timed out, or pushed out by newer ones */
	uint64_t refused;   /* fragments that overlap, are cut, or reach past 65535 bytes */
};

/*
 * max_packets     how many are put together at once, each of at most 64 KiB
 * timeout_ns      how long after its first fragment one is waited for
 *
 * Returns 0 or -ENOMEM.
 */
int ipfrag_new(struct ipfrag **ret, size_t max_packets, int64_t timeout_ns);
void ipfrag_free(struct ipfrag *f);

/*
 * One fragment (a view whose `fragment` is set).
 *
 *      point           where it was captured: fragments of different points are not mixed
 *      ret             out: the whole packet; its payload is valid until the next call
 *
 * Returns 1 with `ret` filled; 0: more is to come; -EBADMSG, -EMSGSIZE (cut by the snap length): the
 * packet is given up; -ENOMEM.
 */
int ipfrag_take(struct ipfrag *f, const struct pkt_view *v, unsigned point, struct wall seen,
	struct pkt_view *ret);

const struct ipfrag_counts *ipfrag_counts(const struct ipfrag *f);

#endif
