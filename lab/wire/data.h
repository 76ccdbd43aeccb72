/* data.h - tell a link's traffic from what keeps the network's routing and neighbours alive. */
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

#endif
