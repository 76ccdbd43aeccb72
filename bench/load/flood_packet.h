/* flood_packet.h - whole IP packets with a DNS query over UDP, from sources of somebody's choice. */
#ifndef BENCH_LOAD_FLOOD_PACKET_H
#define BENCH_LOAD_FLOOD_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "bench/load/queries.h"
#include "lib/inet.h"
#include "lib/rng.h"

enum { FLOOD_PACKET_BYTES = 640 };

/*
 * Any address of a prefix; of IPv4 ones shorter than 31 bits neither the first nor the last, which are the network's
 * and everybody's.
 */
void flood_source(const struct inet *prefix, struct rng *rng, struct inet *ret);

/*
 * A packet as it stands on the wire, without its Ethernet header: IP, UDP with checksum, the query with a fresh id, and
 * its random label filled.
 *
 *      from, to        of one family
 *      out             room for FLOOD_PACKET_BYTES
 *
 * Returns its length, 0 if the query is too long. Source: RFC 791 3.1, RFC 768, RFC 8200 3 and 8.1.
 */
size_t flood_packet(const struct inet *from, uint16_t from_port, const struct inet *to,
	uint16_t to_port, const struct query *q, struct rng *rng,
	uint8_t out[static FLOOD_PACKET_BYTES]);

#endif
