/*
 * pkt.h - one captured frame taken apart: link layer, VLAN, IPv4 or IPv6, then UDP, TCP or ICMP.
 *
 * Every byte is hostile. Checksums are not verified: a capture at the sender may precede their
 * computation, and the bench's own links corrupt nothing.
 */
#ifndef LIB_PKT_H
#define LIB_PKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers as in a pcap header. */
enum pkt_link {
	PKT_LINK_NULL = 0, /* BSD loopback */
	PKT_LINK_ETHERNET = 1,
	PKT_LINK_RAW = 101,
	PKT_LINK_LOOP = 108, /* OpenBSD loopback */
	PKT_LINK_SLL = 113,  /* Linux "any", "cooked" */
	PKT_LINK_IPV4 = 228,
	PKT_LINK_IPV6 = 229,
	PKT_LINK_SLL2 = 276,
};

enum pkt_proto {
	PKT_ICMP = 1,
	PKT_TCP = 6,
	PKT_UDP = 17,
	PKT_ICMP6 = 58,
	PKT_OSPF = 89,
	PKT_VRRP = 112
};

enum pkt_tcp_flag { PKT_FIN = 1, PKT_SYN = 2, PKT_RST = 4, PKT_PSH = 8, PKT_ACK = 16 };

struct pkt_view {
	uint8_t family; /* 4 or 6 */
	uint8_t proto;	/* of the transport, behind the extension headers */
	uint8_t hops;	/* TTL or hop limit */
	bool fragment;	/* part of a fragmented packet */
	bool later;	/* not its first fragment: no transport header, payload is the fragment's */
	bool more;	/* a fragment that is not the last */
	uint16_t vlan;	/* innermost VLAN id, 0 without a tag */
	uint16_t fragment_at_bytes; /* where in the packet the fragment belongs */
	uint32_t fragment_id;
	uint8_t src[16]; /* IPv4: the first four bytes, the rest zero */
	uint8_t dst[16];
	uint16_t sport; /* TCP and UDP */
	uint16_t dport;
	uint32_t seq; /* TCP */
	uint32_t ack;
	uint8_t flags;	   /* enum pkt_tcp_flag */
	uint8_t icmp_type; /* ICMP and ICMPv6; the payload begins behind the 8-byte header */
	uint8_t icmp_code;
	const uint8_t *transport; /* behind IP and its extension headers; points into the frame */
	size_t transport_bytes;	  /* captured */
	size_t transport_wire_bytes;
	const uint8_t *payload;	   /* points into the frame */
	size_t payload_bytes;	   /* captured */
	size_t payload_wire_bytes; /* on the wire; more than captured when the snap length cut it */
};

/*
 * Take a frame apart.
 *
 *      link            link type of the capture (enum pkt_link)
 *      frame           captured bytes, borrowed; any content
 *      captured_bytes  how many there are
 *      ret             out; written only on success; its payload points into `frame`
 *
 * A transport other than UDP, TCP, ICMP and ICMPv6 leaves `payload` at the transport's first byte.
 * Ethernet padding behind the IP packet is not payload. An IP length of 0 (captured before the network
 * card cut the packet up) means all that was captured.
 *
 * Returns 0, -EPROTONOSUPPORT (not IP, or a link type not known), -EMSGSIZE (the snap length cut
 * the headers), -EBADMSG (lengths that contradict each other).
 * Source: IEEE 802.1Q, RFC 791, RFC 8200 4, RFC 9293 3.1, RFC 768, RFC 792, RFC 4443.
 */
int pkt_dissect(uint32_t link, const uint8_t *frame, size_t captured_bytes, struct pkt_view *ret);

/* The packet that an ICMP error quotes; the same returns, and -ENOENT if `v` is no ICMP error. */
int pkt_quoted(const struct pkt_view *v, struct pkt_view *ret);

/*
 * Take apart a transport that was put together from fragments: family, addresses, protocol and VLAN
 * of `v` stay, all else becomes that of the whole packet. As pkt_dissect; on failure `v` is as before.
 */
int pkt_transport(struct pkt_view *v, const uint8_t *transport, size_t len_bytes);

/* Take apart bytes that begin at the IP header. As pkt_dissect with PKT_LINK_RAW. */
int pkt_dissect_ip(const uint8_t *packet, size_t captured_bytes, struct pkt_view *ret);

#endif
