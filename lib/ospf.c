/* ospf.c - a strict reader of OSPFv2 and OSPFv3 Hello packets. */
#include "lib/ospf.h"

#include <errno.h>

enum { V2_HEADER_BYTES = 24, V3_HEADER_BYTES = 16 };

static void
take_v2(struct cursor *c, struct ospf_hello *h)
{
	cursor_u32(c); /* network mask */
	h->hello_s = cursor_u16(c);
	cursor_u8(c);
	h->priority = cursor_u8(c);
	h->dead_s = cursor_u32(c);
}

static void
take_v3(struct cursor *c, struct ospf_hello *h)
{
	cursor_u32(c); /* interface id */
	h->priority = cursor_u8(c);
	cursor_take(c, 3);
	h->hello_s = cursor_u16(c);
	h->dead_s = cursor_u16(c);
}

int
ospf_hello_read(
	const uint8_t *packet, size_t len_bytes, enum ospf_type *ret_type, struct ospf_hello *ret)
{
	struct cursor c = cursor_over(packet, len_bytes), body;
	struct ospf_hello h = {0};
	uint16_t says_bytes, header_bytes;
	uint8_t type;

	h.version = cursor_u8(&c);
	type = cursor_u8(&c);
	says_bytes = cursor_u16(&c);
	h.router_id = cursor_u32(&c);
	h.area_id = cursor_u32(&c);
	cursor_u16(&c); /* checksum */
	h.instance = h.version == 3 ? cursor_u8(&c) : 0;
	cursor_take(&c, h.version == 3 ? 1 : 10); /* reserved; authentication */
	header_bytes = h.version == 3 ? V3_HEADER_BYTES : V2_HEADER_BYTES;
	if (c.failed || (h.version != 2 && h.version != 3) || says_bytes < header_bytes ||
		type < OSPF_HELLO || type > OSPF_ACK)
		return -EBADMSG;
	/* Behind the packet there may be a digest (RFC 2328 D.4.3), link-local data (RFC 5613). */
	body = cursor_sub(&c, (size_t)says_bytes - header_bytes);
	if (body.failed)
		return -EBADMSG;
	*ret_type = (enum ospf_type)type;
	if (type != OSPF_HELLO)
		return -ENOENT;
	if (h.version == 3)
		take_v3(&body, &h);
	else
		take_v2(&body, &h);
	h.designated = cursor_u32(&body);
	h.backup = cursor_u32(&body);
	h.neighbours = body;
	if (body.failed || cursor_left(&body) % 4 != 0)
		return -EBADMSG;
	*ret = h;
	return 0;
}
