/* data.h - which frames a blackhole swallows that does not swallow all. */
#ifndef LAB_WIRE_DATA_H
#define LAB_WIRE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is this frame data? All of TCP, UDP and ICMP is, except BGP (TCP port 179), BFD (UDP ports 3784,
 * 3785, 4784), Babel (UDP port 6696) and ICMPv6's neighbour and listener discovery. ARP, OSPF and whatever is no IP is not.
 *
 *      frame, len_bytes        a whole Ethernet frame; any content
 *
 * Source: RFC 4271 8.2.1, RFC 5881 4, RFC 5883 5, RFC 4861 4, RFC 3810 5.
 */
bool wire_is_data(const uint8_t *frame, size_t len_bytes);

struct wire_impair;

/*
 * Does an impairment swallow this frame, as a blackhole of data, of a port or of what is too large?
 *
 *      larger          an IP packet of more bytes, its IP header included, as a path does whose MTU is smaller
 *                      than anybody knows: whatever is in it, sessions too, and nobody is told by ICMP. A
 *                      fragment is a packet with a size of its own. What is no IP has no size.
 *      a port          as a middlebox does that lets one transport through: packets from or to it. Of a
 *                      fragmented packet the first fragment alone has ports, so it alone is swallowed,
 *                      and the rest come to nothing.
 */
bool wire_is_swallowed(const struct wire_impair *m, const uint8_t *frame, size_t len_bytes);

#endif
