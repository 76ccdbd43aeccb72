/* ospf.h - a strict reader of OSPFv2 and OSPFv3 Hello packets. Source: RFC 2328 A.3, RFC 5340 A.3. */
#ifndef LIB_OSPF_H
#define LIB_OSPF_H

#include <stddef.h>
#include <stdint.h>

#include "lib/cursor.h"

enum ospf_type { OSPF_HELLO = 1, OSPF_DESCRIPTION, OSPF_REQUEST, OSPF_UPDATE, OSPF_ACK };

/* Ids are 32-bit numbers as they are usually written: 0xc0000201 is 192.0.2.1. */
struct ospf_hello {
	uint8_t version;  /* 2 or 3 */
	uint8_t instance; /* v3 */
	uint8_t priority;
	uint16_t hello_s;
	uint32_t dead_s;
	uint32_t router_id;
	uint32_t area_id;
	uint32_t designated, backup;
	struct cursor neighbours; /* router ids that the sender hears, 4 bytes each */
};

/*
 * Read what follows the IP header. Checksums are not verified.
 *
 *      ret_type        out: what kind of packet it is; written where the header is whole
 *      ret             out; points into the packet; written only for a Hello
 *
 * Returns 0 (a Hello), -ENOENT (a whole packet of another type), -EBADMSG.
 */
int ospf_hello_read(
	const uint8_t *packet, size_t len_bytes, enum ospf_type *ret_type, struct ospf_hello *ret);

#endif
