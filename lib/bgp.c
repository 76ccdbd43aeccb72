/* bgp.c - a strict, bounded reader of BGP-4 messages: headers, OPEN, NOTIFICATION, ROUTE-REFRESH. */
#include "lib/bgp.h"

#include <errno.h>
#include <string.h>

enum { ERR_HEADER = 1, ERR_OPEN = 2, ERR_UPDATE = 3, ERR_REFRESH = 7 };
enum { HEADER_NOT_SYNC = 1, HEADER_LENGTH = 2, HEADER_TYPE = 3 };
enum { OPEN_VERSION = 1, OPEN_PEER_AS = 2, OPEN_ID = 3, OPEN_PARAMETER = 4, OPEN_HOLD = 6 };

enum { PARAM_CAPABILITIES = 2, PARAM_EXTENDED = 255 };

enum {
	CAP_MULTIPROTOCOL = 1,
	CAP_ROUTE_REFRESH = 2,
	CAP_LONG_MESSAGES = 6,
	CAP_GRACEFUL = 64,
	CAP_AS4 = 65,
	CAP_ADDPATH = 69,
	CAP_ENHANCED_REFRESH = 70,
};

static int
bad(struct bgp_error *err, int code, int subcode, size_t at_bytes)
{
	if (err != NULL)
		*err = (struct bgp_error){(uint8_t)code, (uint8_t)subcode, (uint32_t)at_bytes};
	return -EBADMSG;
}

int
bgp_header(const uint8_t head[static BGP_HEADER_BYTES], size_t max_bytes, enum bgp_type *ret_type,
	size_t *ret_len_bytes, struct bgp_error *err)
{
	/* RFC 4271 4.2-4.5, RFC 2918 3: the least length of each type. */
	static const uint8_t least[] = {0, 29, 23, 21, 19, 23};
	uint64_t marker[2];
	size_t len_bytes = (size_t)head[16] << 8 | head[17];
	uint8_t type = head[18];

	memcpy(marker, head, sizeof(marker));
	for (size_t i = 0; (marker[0] & marker[1]) != UINT64_MAX && i < 16; i++)
		if (head[i] != 0xff)
			return bad(err, ERR_HEADER, HEADER_NOT_SYNC, i);
	if (type < BGP_OPEN || type > BGP_ROUTE_REFRESH)
		return bad(err, ERR_HEADER, HEADER_TYPE, 18);
	if (len_bytes < least[type] || len_bytes > max_bytes)
		return bad(err, ERR_HEADER, HEADER_LENGTH, 16);
	/* OPEN and KEEPALIVE are never long (RFC 8654 4). */
	if ((type == BGP_OPEN && len_bytes > BGP_MAX_BYTES) ||
		(type == BGP_KEEPALIVE && len_bytes != BGP_HEADER_BYTES))
		return bad(err, ERR_HEADER, HEADER_LENGTH, 16);
	*ret_type = (enum bgp_type)type;
	*ret_len_bytes = len_bytes;
	return 0;
}

/* A cursor behind the header of a message that has to be of the type. */
static int
begin(const uint8_t *msg, size_t len_bytes, enum bgp_type wanted, struct cursor *ret,
	struct bgp_error *err)
{
	enum bgp_type type;
	size_t says_bytes;
	int rc;

	if (len_bytes < BGP_HEADER_BYTES)
		return bad(err, ERR_HEADER, HEADER_LENGTH, len_bytes);
	rc = bgp_header(msg, BGP_MAX_LONG_BYTES, &type, &says_bytes, err);
	if (rc < 0)
		return rc;
	if (type != wanted)
		return bad(err, ERR_HEADER, HEADER_TYPE, 18);
	if (says_bytes != len_bytes)
		return bad(err, ERR_HEADER, HEADER_LENGTH, 16);
	*ret = cursor_over(msg + BGP_HEADER_BYTES, len_bytes - BGP_HEADER_BYTES);
	return 0;
}

/* IPv4 unicast 0, IPv6 unicast 1, anything else -1. */
static int
family_index(uint16_t afi, uint8_t safi)
{
	return safi == 1 && (afi == 1 || afi == 2) ? afi - 1 : -1;
}

static bool
take_addpath(struct cursor v, struct bgp_open *o)
{
	while (cursor_left(&v) > 0) {
		uint16_t afi = cursor_u16(&v);
		uint8_t safi = cursor_u8(&v), how = cursor_u8(&v);
		int f = family_index(afi, safi);

		if (v.failed)
			return false;
		/* RFC 7911 4: any other value is as if the entry were not there. */
		if (f >= 0 && how >= 1 && how <= 3)
			o->addpath[f] = how;
	}
	return !v.failed;
}

/* RFC 4724 3. One that is cut is taken as if it told no family: it is no error of the session. */
static void
take_graceful(struct cursor v, struct bgp_open *o)
{
	uint16_t head = cursor_u16(&v);

	o->graceful_restart = true;
	o->restarting = (head & 0x8000) != 0;
	o->restart_on_notification = (head & 0x4000) != 0;
	o->restart_s = head & 0x0fff;
	while (cursor_left(&v) >= 4) {
		uint16_t afi = cursor_u16(&v);
		int f = family_index(afi, cursor_u8(&v));
		uint8_t flags = cursor_u8(&v);

		if (f >= 0)
			o->forwarding_kept[f] = (flags & 0x80) != 0;
	}
}

static bool
take_capability(uint8_t code, struct cursor v, struct bgp_open *o)
{
	uint16_t afi;
	int f;

	switch (code) {
	case CAP_MULTIPROTOCOL:
		if (cursor_left(&v) != 4)
			return false;
		afi = cursor_u16(&v);
		cursor_u8(&v);
		f = family_index(afi, cursor_u8(&v));
		if (f >= 0)
			o->multiprotocol[f] = true;
		return true;
	case CAP_AS4:
		if (cursor_left(&v) != 4)
			return false;
		o->as4 = true;
		o->as = cursor_u32(&v);
		return o->as != 0;
	case CAP_ADDPATH:
		return take_addpath(v, o);
	case CAP_ROUTE_REFRESH:
		o->route_refresh = true;
		return true;
	case CAP_LONG_MESSAGES:
		o->long_messages = true;
		return true;
	case CAP_GRACEFUL:
		take_graceful(v, o);
		return true;
	case CAP_ENHANCED_REFRESH:
		o->enhanced_refresh = true;
		return true;
	default:
		return true; /* RFC 5492 3: what is not known is not an error */
	}
}

static bool
take_parameters(struct cursor params, bool wide, struct bgp_open *o)
{
	while (cursor_left(&params) > 0) {
		uint8_t type = cursor_u8(&params);
		size_t len = wide ? cursor_u16(&params) : cursor_u8(&params);
		struct cursor caps = cursor_sub(&params, len);

		if (params.failed)
			return false;
		while (type == PARAM_CAPABILITIES && cursor_left(&caps) > 0) {
			uint8_t code = cursor_u8(&caps);
			struct cursor v = cursor_sub(&caps, cursor_u8(&caps));

			if (caps.failed || v.failed || !take_capability(code, v, o))
				return false;
		}
	}
	return !params.failed;
}

int
bgp_open_parse(const uint8_t *msg, size_t len_bytes, struct bgp_open *ret, struct bgp_error *err)
{
	struct bgp_open o = {0};
	struct cursor c, params;
	size_t params_bytes;
	bool wide = false;
	int rc = begin(msg, len_bytes, BGP_OPEN, &c, err);

	if (rc < 0)
		return rc;
	o.version = cursor_u8(&c);
	o.as = cursor_u16(&c);
	o.hold_s = cursor_u16(&c);
	for (int i = 0; i < 4; i++)
		o.id[i] = cursor_u8(&c);
	params_bytes = cursor_u8(&c);
	if (o.version != 4)
		return bad(err, ERR_OPEN, OPEN_VERSION, 19);
	if (o.as == 0)
		return bad(err, ERR_OPEN, OPEN_PEER_AS, 20);
	if (o.hold_s == 1 || o.hold_s == 2)
		return bad(err, ERR_OPEN, OPEN_HOLD, 22);
	if ((o.id[0] | o.id[1] | o.id[2] | o.id[3]) == 0)
		return bad(err, ERR_OPEN, OPEN_ID, 24);
	/* RFC 9072 2: both lengths 255 where the first two bytes say type 255. */
	if (params_bytes != 0 && cursor_left(&c) >= 3 && c.at[0] == PARAM_EXTENDED) {
		cursor_u8(&c);
		params_bytes = cursor_u16(&c);
		wide = true;
	}
	if (params_bytes != cursor_left(&c))
		return bad(err, ERR_OPEN, 0, 28);
	params = cursor_sub(&c, params_bytes);
	if (!take_parameters(params, wide, &o))
		return bad(err, ERR_OPEN, OPEN_PARAMETER, 29);
	*ret = o;
	return 0;
}

int
bgp_notification_parse(
	const uint8_t *msg, size_t len_bytes, struct bgp_notification *ret, struct bgp_error *err)
{
	struct cursor c;
	int rc = begin(msg, len_bytes, BGP_NOTIFICATION, &c, err);

	if (rc < 0)
		return rc;
	ret->code = cursor_u8(&c);
	ret->subcode = cursor_u8(&c);
	ret->data = c;
	return 0;
}

int
bgp_refresh_parse(
	const uint8_t *msg, size_t len_bytes, struct bgp_refresh *ret, struct bgp_error *err)
{
	struct cursor c;
	int rc = begin(msg, len_bytes, BGP_ROUTE_REFRESH, &c, err);

	if (rc < 0)
		return rc;
	/* Outbound route filters make it longer (RFC 5291 4); those we do not read. */
	if (len_bytes != 23 && c.at[2] == 0 && len_bytes < 26)
		return bad(err, ERR_REFRESH, 1, 16);
	ret->afi = cursor_u16(&c);
	ret->subtype = cursor_u8(&c);
	ret->safi = cursor_u8(&c);
	return 0;
}

struct bgp_options
bgp_negotiate(const struct bgp_open *from, const struct bgp_open *to)
{
	struct bgp_options o = {.as4 = from->as4 && to->as4,
		.long_messages = from->long_messages && to->long_messages};

	for (int f = 0; f < 2; f++)
		o.addpath[f] = (from->addpath[f] & BGP_ADDPATH_SEND) != 0 &&
			(to->addpath[f] & BGP_ADDPATH_RECEIVE) != 0;
	return o;
}
