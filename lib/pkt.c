/* pkt.c - one captured frame taken apart: link layer, VLAN, IPv4 or IPv6, then UDP, TCP or ICMP. */
#include "lib/pkt.h"

#include <errno.h>
#include <string.h>

#include "lib/cursor.h"

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERNET_BYTES = 14,
	MAX_TAGS = 4,
	MAX_EXTENSIONS = 16,
};

enum { NEXT_HOPOPTS = 0, NEXT_ROUTING = 43, NEXT_FRAGMENT = 44, NEXT_AH = 51, NEXT_DSTOPTS = 60 };

/*
 * What of the IP packet is still to be read: `c` covers the captured part, `wire_bytes` counts
 * what the packet says there is. A captured part longer than that (padding) has been cut off.
 */
struct rest {
	struct cursor c;
	size_t wire_bytes;
};

static int
skip(struct rest *r, size_t header_bytes)
{
	if (header_bytes > r->wire_bytes)
		return -EBADMSG;
	r->wire_bytes -= header_bytes;
	return 0;
}

/* Fewer bytes captured than the header has: was it cut by the snap length, or is it a lie? */
static int
shortfall(const struct rest *r, size_t header_bytes)
{
	return r->wire_bytes >= header_bytes ? -EMSGSIZE : -EBADMSG;
}

/* Of a header whose bytes are known to be there: one check for all of its fields. */
static uint16_t
at16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
at32(const uint8_t *p)
{
	return (uint32_t)at16(p) << 16 | at16(p + 2);
}

static int
take_tcp(struct rest *r, struct pkt_view *v)
{
	size_t header_bytes;
	const uint8_t *head;

	if (cursor_left(&r->c) < 20)
		return shortfall(r, 20);
	head = cursor_take(&r->c, 20);
	v->sport = at16(head);
	v->dport = at16(head + 2);
	v->seq = at32(head + 4);
	v->ack = at32(head + 8);
	v->flags = head[13];
	header_bytes = (size_t)(head[12] >> 4) * 4;
	if (header_bytes < 20)
		return -EBADMSG;
	if (skip(r, header_bytes) < 0)
		return -EBADMSG;
	return cursor_take(&r->c, header_bytes - 20) == NULL ? -EMSGSIZE : 0;
}

static int
take_udp(struct rest *r, struct pkt_view *v)
{
	const uint8_t *head;
	size_t len_bytes;

	if (cursor_left(&r->c) < 8)
		return shortfall(r, 8);
	head = cursor_take(&r->c, 8);
	v->sport = at16(head);
	v->dport = at16(head + 2);
	len_bytes = at16(head + 4);
	if (len_bytes < 8 || len_bytes > r->wire_bytes)
		return -EBADMSG;
	r->wire_bytes = len_bytes - 8;
	if (cursor_left(&r->c) > r->wire_bytes)
		r->c.end = r->c.at + r->wire_bytes;
	return 0;
}

static int
take_icmp(struct rest *r, struct pkt_view *v)
{
	if (cursor_left(&r->c) < 8)
		return shortfall(r, 8);
	v->icmp_type = cursor_u8(&r->c);
	v->icmp_code = cursor_u8(&r->c);
	cursor_take(&r->c, 6);
	return skip(r, 8);
}

static int
take_transport(struct rest *r, struct pkt_view *v)
{
	int rc = 0;

	v->transport = r->c.at;
	v->transport_bytes = cursor_left(&r->c);
	v->transport_wire_bytes = r->wire_bytes;
	if (v->later)
		;
	else if (v->proto == PKT_TCP)
		rc = take_tcp(r, v);
	else if (v->proto == PKT_UDP && v->fragment)
		/* The length is that of the whole datagram: keep the ports, drop the promise. */
		rc = cursor_left(&r->c) < 8 ? shortfall(r, 8) : 0;
	else if (v->proto == PKT_UDP)
		rc = take_udp(r, v);
	else if (v->proto == PKT_ICMP || v->proto == PKT_ICMP6)
		rc = take_icmp(r, v);
	if (rc < 0)
		return rc;
	if (v->proto == PKT_UDP && v->fragment && !v->later) {
		v->sport = cursor_u16(&r->c);
		v->dport = cursor_u16(&r->c);
		cursor_take(&r->c, 4);
		r->wire_bytes -= 8;
	}
	v->payload = r->c.at;
	v->payload_bytes = cursor_left(&r->c);
	v->payload_wire_bytes = r->wire_bytes;
	return 0;
}

/* Cut the cursor to the packet's own length, so that padding is nobody's payload. */
static void
bound(struct rest *r, size_t wire_bytes)
{
	r->wire_bytes = wire_bytes;
	if (cursor_left(&r->c) > wire_bytes)
		r->c.end = r->c.at + wire_bytes;
}

static int
take_ipv4(struct cursor c, struct pkt_view *v)
{
	struct rest r = {c, 0};
	size_t header_bytes, total_bytes;
	uint16_t fragment;
	const uint8_t *head;

	if (cursor_left(&r.c) < 20)
		return -EMSGSIZE;
	head = cursor_take(&r.c, 20);
	header_bytes = (size_t)(head[0] & 15) * 4;
	total_bytes = at16(head + 2);
	v->fragment_id = at16(head + 4);
	fragment = at16(head + 6);
	v->hops = head[8];
	v->proto = head[9];
	/* What the network card was to cut into packets may have no length yet (TCP segmentation offload). */
	if (total_bytes == 0)
		total_bytes = 20 + cursor_left(&r.c);
	if (header_bytes < 20 || total_bytes < header_bytes)
		return -EBADMSG;
	v->family = 4;
	v->later = (fragment & 0x1fff) != 0;
	v->more = (fragment & 0x2000) != 0;
	v->fragment = v->later || v->more;
	v->fragment_at_bytes = (uint16_t)((fragment & 0x1fff) * 8);
	memcpy(v->src, head + 12, 4);
	memcpy(v->dst, head + 16, 4);
	if (cursor_take(&r.c, header_bytes - 20) == NULL)
		return -EMSGSIZE;
	bound(&r, total_bytes - header_bytes);
	return take_transport(&r, v);
}

/* One extension header; *next becomes the type of the one behind it. */
static int
take_extension(struct rest *r, uint8_t *next, struct pkt_view *v)
{
	uint8_t type = *next;
	size_t header_bytes = 8;

	if (cursor_left(&r->c) < 8)
		return shortfall(r, 8);
	*next = cursor_u8(&r->c);
	if (type == NEXT_FRAGMENT) {
		uint16_t offset;

		cursor_u8(&r->c);
		offset = cursor_u16(&r->c);
		v->fragment_id = cursor_u32(&r->c);
		v->fragment_at_bytes = offset & 0xfff8;
		v->later = v->fragment_at_bytes != 0;
		v->more = (offset & 1) != 0;
		v->fragment = v->later || v->more;
		return skip(r, 8);
	}
	if (type == NEXT_AH)
		header_bytes = ((size_t)cursor_u8(&r->c) + 2) * 4;
	else
		header_bytes = ((size_t)cursor_u8(&r->c) + 1) * 8;
	if (header_bytes < 8 || skip(r, header_bytes) < 0)
		return -EBADMSG;
	return cursor_take(&r->c, header_bytes - 2) == NULL ? -EMSGSIZE : 0;
}

static int
take_ipv6(struct cursor c, struct pkt_view *v)
{
	struct rest r = {c, 0};
	size_t payload_bytes;
	const uint8_t *head;
	uint8_t next;
	int rc;

	if (cursor_left(&r.c) < 40)
		return -EMSGSIZE;
	head = cursor_take(&r.c, 40);
	payload_bytes = at16(head + 4);
	next = head[6];
	v->hops = head[7];
	v->family = 6;
	memcpy(v->src, head + 8, 16);
	memcpy(v->dst, head + 24, 16);
	if (payload_bytes == 0 && (next == PKT_TCP || next == PKT_UDP))
		payload_bytes = cursor_left(&r.c); /* as in IPv4 */
	bound(&r, payload_bytes);
	for (int i = 0; !v->later; i++) {
		if (next != NEXT_HOPOPTS && next != NEXT_ROUTING && next != NEXT_FRAGMENT &&
			next != NEXT_AH && next != NEXT_DSTOPTS)
			break;
		if (i == MAX_EXTENSIONS)
			return -EBADMSG;
		rc = take_extension(&r, &next, v);
		if (rc < 0)
			return rc;
	}
	v->proto = next;
	return take_transport(&r, v);
}

/* Into a view of its own, so that a failure leaves `ret` as it was. */
static int
take_ip(struct cursor c, uint16_t vlan, struct pkt_view *ret)
{
	struct pkt_view v = {.vlan = vlan};
	int rc;

	if (cursor_left(&c) == 0)
		return -EMSGSIZE;
	switch (c.at[0] >> 4) {
	case 4:
		rc = take_ipv4(c, &v);
		break;
	case 6:
		rc = take_ipv6(c, &v);
		break;
	default:
		return -EPROTONOSUPPORT;
	}
	if (rc == 0)
		*ret = v;
	return rc;
}

int
pkt_dissect_ip(const uint8_t *packet, size_t captured_bytes, struct pkt_view *ret)
{
	return take_ip(cursor_over(packet, captured_bytes), 0, ret);
}

int
pkt_transport(struct pkt_view *v, const uint8_t *transport, size_t len_bytes)
{
	struct rest r = {cursor_over(transport, len_bytes), len_bytes};
	struct pkt_view whole = *v;
	int rc;

	whole.fragment = whole.later = whole.more = false;
	rc = take_transport(&r, &whole);
	if (rc == 0)
		*v = whole;
	return rc;
}

/* What an EtherType announces, behind VLAN tags. */
static int
take_typed(struct cursor c, uint16_t type, struct pkt_view *ret)
{
	uint16_t vlan = 0;

	for (int i = 0; i < MAX_TAGS && (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ); i++) {
		vlan = cursor_u16(&c) & 0xfff;
		type = cursor_u16(&c);
	}
	if (c.failed)
		return -EMSGSIZE;
	if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6)
		return -EPROTONOSUPPORT;
	/* An EtherType that the version field contradicts is no packet that a host would take. */
	if (cursor_left(&c) > 0 && (c.at[0] >> 4) != (type == ETHERTYPE_IPV4 ? 4 : 6))
		return -EBADMSG;
	return take_ip(c, vlan, ret);
}

/*
 * What most of a DNS capture is, in one go: Ethernet without tags, IP without options, extension
 * headers or fragments, and a UDP datagram that was captured whole. False, with `ret` untouched, for
 * anything else, which the long way then reads; this one must never say otherwise than that.
 */
static bool
take_plain_udp(const uint8_t *frame, size_t captured_bytes, struct pkt_view *ret)
{
	const uint8_t *ip = frame + ETHERNET_BYTES, *udp;
	bool six;
	size_t udp_bytes, len_bytes;

	if (captured_bytes < ETHERNET_BYTES + 20 + 8)
		return false;
	six = at16(frame + 12) == ETHERTYPE_IPV6;
	if (six) {
		if (captured_bytes < ETHERNET_BYTES + 40 + 8 || ip[0] >> 4 != 6 || ip[6] != PKT_UDP)
			return false;
		udp = ip + 40;
		udp_bytes = at16(ip + 4);
	} else {
		if (at16(frame + 12) != ETHERTYPE_IPV4 || ip[0] != 0x45 || ip[9] != PKT_UDP ||
			(at16(ip + 6) & 0x3fff) != 0 || at16(ip + 2) < 20)
			return false;
		udp = ip + 20;
		udp_bytes = at16(ip + 2) - 20u;
	}
	len_bytes = at16(udp + 4);
	if (len_bytes < 8 || len_bytes > udp_bytes ||
		udp_bytes > captured_bytes - (size_t)(udp - frame))
		return false;
	*ret = (struct pkt_view){.family = six ? 6 : 4,
		.proto = PKT_UDP,
		.hops = six ? ip[7] : ip[8],
		.fragment_id = six ? 0 : at16(ip + 4),
		.sport = at16(udp),
		.dport = at16(udp + 2),
		.transport = udp,
		.transport_bytes = udp_bytes,
		.transport_wire_bytes = udp_bytes,
		.payload = udp + 8,
		.payload_bytes = len_bytes - 8,
		.payload_wire_bytes = len_bytes - 8};
	memcpy(ret->src, six ? ip + 8 : ip + 12, six ? 16 : 4);
	memcpy(ret->dst, six ? ip + 24 : ip + 16, six ? 16 : 4);
	return true;
}

int
pkt_dissect(uint32_t link, const uint8_t *frame, size_t captured_bytes, struct pkt_view *ret)
{
	struct cursor c = cursor_over(frame, captured_bytes);
	uint16_t type;

	switch (link) {
	case PKT_LINK_RAW:
	case PKT_LINK_IPV4:
	case PKT_LINK_IPV6:
		return pkt_dissect_ip(frame, captured_bytes, ret);
	case PKT_LINK_NULL:
	case PKT_LINK_LOOP:
		/* The family's number is the capturing system's own: the version field is as good. */
		if (captured_bytes < 4)
			return -EMSGSIZE;
		return pkt_dissect_ip(frame + 4, captured_bytes - 4, ret);
	case PKT_LINK_ETHERNET:
		if (take_plain_udp(frame, captured_bytes, ret))
			return 0;
		cursor_take(&c, 12);
		type = cursor_u16(&c);
		break;
	case PKT_LINK_SLL:
		cursor_take(&c, 14);
		type = cursor_u16(&c);
		break;
	case PKT_LINK_SLL2:
		type = cursor_u16(&c);
		cursor_take(&c, 18);
		break;
	default:
		return -EPROTONOSUPPORT;
	}
	return take_typed(c, type, ret);
}

int
pkt_quoted(const struct pkt_view *v, struct pkt_view *ret)
{
	bool error4 = v->proto == PKT_ICMP && v->family == 4 &&
		(v->icmp_type == 3 || v->icmp_type == 4 || v->icmp_type == 5 ||
			v->icmp_type == 11 || v->icmp_type == 12);
	bool error6 = v->proto == PKT_ICMP6 && v->family == 6 && v->icmp_type < 128;

	if (v->later || (!error4 && !error6))
		return -ENOENT;
	return pkt_dissect_ip(v->payload, v->payload_bytes, ret);
}
