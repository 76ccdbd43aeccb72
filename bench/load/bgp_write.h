/*
 * bgp_write.h - BGP-4 messages as a speaker sends them: the counterpart of lib/bgp.h.
 *
 * Sources: RFC 4271 (BGP-4), 4760 (multiprotocol), 5492 (capabilities), 6793 (4-octet AS), 2918 (route refresh),
 * 4724 (End-of-RIB), 7606 5.1 (MP_REACH_NLRI first, one kind of NLRI in a message).
 */
#ifndef BENCH_LOAD_BGP_WRITE_H
#define BENCH_LOAD_BGP_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/bgp_table.h"
#include "lib/buf.h"

/* In whose name routes are told. */
struct bgp_voice {
	uint32_t as;
	bool internal; /* the peer has the same AS: nothing prepended, LOCAL_PREF 100 added */
	uint8_t next_hop4[4];
	uint8_t next_hop6[16];
};

struct bgp_hello {
	uint32_t as;
	uint16_t hold_s;
	uint8_t id[4];
	bool family[2]; /* offered: [0] IPv4, [1] IPv6 unicast */
};

/* Each appends whole messages to `out`; lack of memory is found by buf_check at the end. */
void bgp_write_open(struct buf *out, const struct bgp_hello *hello);
void bgp_write_keepalive(struct buf *out);
void bgp_write_notification(struct buf *out, uint8_t code, uint8_t subcode);
void bgp_write_end_of_rib(struct buf *out, uint8_t family);

/*
 * Announce routes that share one set of attributes, as many in a message as fit into 4096 bytes.
 *
 *      attrs   of the set, at most BGP_ATTRS_MAX_BYTES
 *      routes  all of one family
 *
 * Returns how many messages that made.
 */
size_t bgp_write_announce(struct buf *out, const struct bgp_voice *voice, struct bgp_attrs attrs,
	const struct bgp_route *routes, size_t n);

/* Withdraw routes, all of one family. Returns how many messages that made. */
size_t bgp_write_withdraw(struct buf *out, const struct bgp_route *routes, size_t n);

#endif
