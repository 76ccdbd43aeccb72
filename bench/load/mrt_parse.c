/* mrt_parse.c - what is in MRT records: peers, routes of a table, messages. */
#include "bench/load/mrt.h"

#include <errno.h>
#include <string.h>

enum {
	PEER_IPV6 = 1,
	PEER_AS4 = 2,
	SUBTYPE_RIB_IPV4 = 2,
	SUBTYPE_RIB_IPV4_ADDPATH = 8,
	SUBTYPE_RIB_IPV6_ADDPATH = 10,
	TYPE_ET = 17,
};

static int
wrong(const struct cursor *c, const uint8_t **ret_at, const char **ret_why, const char *why)
{
	*ret_at = c->at;
	*ret_why = why;
	return -EBADMSG;
}

static bool
take_address(struct cursor *c, bool ipv6, struct inet *ret)
{
	size_t len = ipv6 ? 16 : 4;
	const uint8_t *bytes = cursor_take(c, len);

	*ret = (struct inet){
		.family = ipv6 ? AF_INET6 : AF_INET, .len = (uint8_t)(8 * len), .addr = {0}};
	if (bytes == NULL)
		return false;
	memcpy(ret->addr, bytes, len);
	return true;
}

bool
mrt_peer_next(struct mrt_peers *it, struct mrt_peer *ret)
{
	struct mrt_peer p;
	uint8_t type;

	if (it->n == 0)
		return false;
	type = cursor_u8(&it->c);
	cursor_take(&it->c, 4); /* its BGP identifier */
	take_address(&it->c, type & PEER_IPV6, &p.address);
	p.as = type & PEER_AS4 ? cursor_u32(&it->c) : cursor_u16(&it->c);
	if (it->c.failed)
		return false;
	it->n--;
	*ret = p;
	return true;
}

int
mrt_peers_parse(const struct mrt_record *r, struct mrt_peers *ret, const uint8_t **ret_at,
	const char **ret_why)
{
	struct mrt_peers it = {.c = cursor_over(r->body, r->len)}, whole;
	struct mrt_peer p;

	cursor_take(&it.c, 4); /* the collector's identifier */
	cursor_take(&it.c, cursor_u16(&it.c));
	it.n = cursor_u16(&it.c);
	whole = it;
	while (mrt_peer_next(&it, &p))
		;
	if (it.c.failed || it.n > 0)
		return wrong(&it.c, ret_at, ret_why, "the table of peers is cut off");
	*ret = whole;
	return 0;
}

bool
mrt_entry_next(struct mrt_rib *it, struct mrt_entry *ret)
{
	struct mrt_entry x;

	if (it->n == 0)
		return false;
	x.peer = cursor_u16(&it->c);
	cursor_take(&it->c, 4); /* since when */
	if (it->addpath)
		cursor_take(&it->c, 4);
	x.attrs = cursor_sub(&it->c, cursor_u16(&it->c));
	if (it->c.failed)
		return false;
	it->n--;
	*ret = x;
	return true;
}

int
mrt_rib_parse(const struct mrt_record *r, struct mrt_rib *ret, const uint8_t **ret_at,
	const char **ret_why)
{
	struct mrt_rib it = {.c = cursor_over(r->body, r->len)}, whole;
	struct bgp_prefixes one = {.n = 1};
	struct bgp_prefix prefix;
	struct mrt_entry x;

	it.family =
		r->subtype == SUBTYPE_RIB_IPV4 || r->subtype == SUBTYPE_RIB_IPV4_ADDPATH ? 4 : 6;
	it.addpath = r->subtype >= SUBTYPE_RIB_IPV4_ADDPATH;
	cursor_u32(&it.c); /* sequence number */
	one.c = it.c;
	one.family = it.family;
	if (it.c.failed || !bgp_prefix_next(&one, &prefix))
		return wrong(&it.c, ret_at, ret_why, "no prefix, or one that is too long");
	it.c = one.c;
	it.bits = prefix.bits;
	memcpy(it.addr, prefix.addr, sizeof(it.addr));
	it.n = cursor_u16(&it.c);
	whole = it;
	while (mrt_entry_next(&it, &x))
		;
	if (it.c.failed || it.n > 0)
		return wrong(&it.c, ret_at, ret_why, "a prefix's entries are cut off");
	*ret = whole;
	return 0;
}

int
mrt_message_parse(const struct mrt_record *r, struct mrt_message *ret, const uint8_t **ret_at,
	const char **ret_why)
{
	struct mrt_message m = {
		.as4 = r->subtype == 4 || r->subtype == 7 || r->subtype == 9 || r->subtype == 11,
		.addpath = r->subtype >= 8};
	struct cursor c = cursor_over(r->body, r->len);
	struct inet local;
	enum bgp_type type;
	uint16_t afi;

	m.peer.as = m.as4 ? cursor_u32(&c) : cursor_u16(&c);
	cursor_take(&c, m.as4 ? 4 : 2);
	cursor_take(&c, 2); /* interface */
	afi = cursor_u16(&c);
	if (c.failed || (afi != 1 && afi != 2))
		return wrong(&c, ret_at, ret_why, "no address family of IPv4 or IPv6");
	take_address(&c, afi == 2, &m.peer.address);
	take_address(&c, afi == 2, &local);
	if (c.failed || cursor_left(&c) < BGP_HEADER_BYTES ||
		bgp_header(c.at, BGP_MAX_LONG_BYTES, &type, &m.len, NULL) < 0 ||
		m.len != cursor_left(&c))
		return wrong(&c, ret_at, ret_why, "no BGP message of the length that it says");
	m.bytes = c.at;
	m.update = type == BGP_UPDATE;
	*ret = m;
	return 0;
}
