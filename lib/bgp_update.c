/* bgp_update.c - the UPDATE message of lib/bgp.h: its path attributes and its lists of prefixes. */
#include "lib/bgp.h"

#include <errno.h>
#include <string.h>

enum { ERR_UPDATE = 3 };

/* RFC 4271 6.3 */
enum {
	UPDATE_ATTRIBUTE_LIST = 1,
	UPDATE_WELL_KNOWN_MISSING = 3,
	UPDATE_FLAGS = 4,
	UPDATE_LENGTH = 5,
	UPDATE_ORIGIN = 6,
	UPDATE_NEXT_HOP = 8,
	UPDATE_OPTIONAL = 9,
	UPDATE_NETWORK = 10,
	UPDATE_AS_PATH = 11,
};

enum { FLAG_OPTIONAL = 0x80, FLAG_TRANSITIVE = 0x40, FLAG_EXTENDED = 0x10 };

enum {
	ATTR_ORIGIN = 1,
	ATTR_AS_PATH = 2,
	ATTR_NEXT_HOP = 3,
	ATTR_MED = 4,
	ATTR_LOCAL_PREF = 5,
	ATTR_ATOMIC = 6,
	ATTR_AGGREGATOR = 7,
	ATTR_COMMUNITIES = 8,
	ATTR_MP_REACH = 14,
	ATTR_MP_UNREACH = 15,
	ATTR_EXTENDED_COMMUNITIES = 16,
	ATTR_AS4_PATH = 17,
	ATTR_LARGE_COMMUNITIES = 32,
};

struct parse {
	const uint8_t *msg;
	const struct bgp_options *options;
	struct bgp_update u;
	struct bgp_error *err;
	uint8_t seen[256 / 8];
};

static int
bad(const struct parse *p, int subcode, const uint8_t *at)
{
	if (p->err != NULL)
		*p->err = (struct bgp_error){
			ERR_UPDATE, (uint8_t)subcode, at == NULL ? 0 : (uint32_t)(at - p->msg)};
	return -EBADMSG;
}

bool
bgp_prefix_next(struct bgp_prefixes *it, struct bgp_prefix *ret)
{
	struct bgp_prefix x = {.family = it->family};
	const uint8_t *bytes;
	size_t len;

	if (cursor_left(&it->c) == 0)
		return false;
	if (it->addpath)
		x.path_id = cursor_u32(&it->c);
	x.bits = cursor_u8(&it->c);
	len = ((size_t)x.bits + 7) / 8;
	bytes = cursor_take(&it->c, len);
	if (bytes == NULL || x.bits > (x.family == 4 ? 32 : 128)) {
		it->c.failed = true;
		return false;
	}
	memcpy(x.addr, bytes, len);
	if (x.bits % 8 != 0) {
		uint8_t mask = (uint8_t)(0xff >> (x.bits % 8));

		x.padded_dirty = (x.addr[len - 1] & mask) != 0;
		x.addr[len - 1] &= (uint8_t)~mask;
	}
	*ret = x;
	return true;
}

/* Past all that are in order, without looking at what they say. Returns how many these are. */
static uint32_t
skip_prefixes(struct bgp_prefixes *it)
{
	size_t head_bytes = it->addpath ? 5 : 1, left_bytes = cursor_left(&it->c);
	uint8_t max_bits = it->family == 4 ? 32 : 128;
	uint32_t n = 0;

	while (left_bytes >= head_bytes) {
		uint8_t bits = it->c.at[head_bytes - 1];
		size_t len_bytes = head_bytes + ((size_t)bits + 7) / 8;

		if (bits > max_bits || len_bytes > left_bytes)
			break;
		it->c.at += len_bytes;
		left_bytes -= len_bytes;
		n++;
	}
	return n;
}

/* A list of prefixes that has been walked to its end once without failing. */
static int
take_prefixes(const struct parse *p, struct cursor c, uint8_t family, struct bgp_prefixes *ret)
{
	struct bgp_prefixes it = {c, family, p->options->addpath[family == 6], 0};
	struct bgp_prefix prefix;

	*ret = it;
	if (c.failed)
		return bad(p, UPDATE_ATTRIBUTE_LIST, c.at);
	ret->n = skip_prefixes(&it);
	/* The first that is not in order says what is wrong with it. */
	bgp_prefix_next(&it, &prefix);
	return it.c.failed ? bad(p, UPDATE_NETWORK, it.c.at) : 0;
}

bool
bgp_as_next(struct bgp_as_path *it, uint32_t *ret_as, enum bgp_segment *ret_segment)
{
	uint32_t as;

	while (it->left == 0) {
		if (cursor_left(&it->c) == 0)
			return false;
		it->segment = cursor_u8(&it->c);
		it->left = cursor_u8(&it->c);
	}
	it->left--;
	as = it->width == 4 ? cursor_u32(&it->c) : cursor_u16(&it->c);
	if (it->c.failed)
		return false;
	*ret_as = as;
	*ret_segment = (enum bgp_segment)it->segment;
	return true;
}

static int
take_as_path(const struct parse *p, struct cursor v, uint8_t width, struct bgp_as_path *ret)
{
	struct cursor c = v;

	while (cursor_left(&c) > 0) {
		uint8_t segment = cursor_u8(&c), count = cursor_u8(&c);

		if (segment < BGP_AS_SET || segment > BGP_CONFED_SET || count == 0)
			return bad(p, UPDATE_AS_PATH, c.at);
		cursor_take(&c, (size_t)count * width);
	}
	if (c.failed)
		return bad(p, UPDATE_AS_PATH, v.at);
	*ret = (struct bgp_as_path){v, width, 0, 0};
	return 0;
}

bool
bgp_community_next(struct cursor *it, uint32_t *ret)
{
	uint32_t value = cursor_u32(it);

	if (it->failed)
		return false;
	*ret = value;
	return true;
}

bool
bgp_extended_community_next(struct cursor *it, uint64_t *ret)
{
	if (cursor_left(it) < 8)
		return false;
	*ret = (uint64_t)cursor_u32(it) << 32;
	*ret |= cursor_u32(it);
	return true;
}

bool
bgp_large_community_next(struct cursor *it, uint32_t ret[static 3])
{
	if (cursor_left(it) < 12)
		return false;
	for (int i = 0; i < 3; i++)
		ret[i] = cursor_u32(it);
	return true;
}

static int
take_mp(struct parse *p, struct cursor v, bool reach)
{
	const uint8_t *at = v.at, *hop = NULL;
	uint16_t afi = cursor_u16(&v);
	uint8_t safi = cursor_u8(&v), hop_bytes = 0;
	uint8_t family = afi == 1 ? 4 : 6;

	if (reach) {
		hop_bytes = cursor_u8(&v);
		hop = cursor_take(&v, hop_bytes);
		cursor_u8(&v); /* reserved, RFC 4760 3 */
	}
	if (v.failed)
		return bad(p, UPDATE_OPTIONAL, at);
	if (safi != 1 || (afi != 1 && afi != 2)) {
		p->u.has |= BGP_HAS_OTHER_FAMILY;
		return 0;
	}
	if (!reach) {
		p->u.has |= BGP_HAS_MP_UNREACH;
		return take_prefixes(p, v, family, &p->u.mp_withdrawn);
	}
	/* An IPv6 next hop may come with the link-local one; IPv4 may use one too (RFC 8950). */
	if (hop_bytes != 16 && hop_bytes != 32 && !(family == 4 && hop_bytes == 4))
		return bad(p, UPDATE_OPTIONAL, at + 3);
	memcpy(p->u.mp_next_hop, hop, hop_bytes);
	p->u.mp_next_hop_bytes = hop_bytes;
	p->u.has |= BGP_HAS_MP_REACH;
	return take_prefixes(p, v, family, &p->u.mp_announced);
}

/* The flag bits that a known attribute must have (RFC 4271 5), 0xff for one we do not know. */
static uint8_t
wanted_flags(uint8_t type)
{
	switch (type) {
	case ATTR_ORIGIN:
	case ATTR_AS_PATH:
	case ATTR_NEXT_HOP:
	case ATTR_LOCAL_PREF:
	case ATTR_ATOMIC:
		return FLAG_TRANSITIVE;
	case ATTR_MED:
	case ATTR_MP_REACH:
	case ATTR_MP_UNREACH:
		return FLAG_OPTIONAL;
	case ATTR_AGGREGATOR:
	case ATTR_COMMUNITIES:
	case ATTR_EXTENDED_COMMUNITIES:
	case ATTR_AS4_PATH:
	case ATTR_LARGE_COMMUNITIES:
		return FLAG_OPTIONAL | FLAG_TRANSITIVE;
	default:
		return 0xff;
	}
}

/* The one length that an attribute can have, 0 where it varies. */
static size_t
wanted_bytes(uint8_t type)
{
	if (type == ATTR_ORIGIN)
		return 1;
	return type == ATTR_NEXT_HOP || type == ATTR_MED || type == ATTR_LOCAL_PREF ? 4 : 0;
}

/* `at`: the attribute's first byte, for the complaint. */
static int
take_value(struct parse *p, uint8_t type, struct cursor v, const uint8_t *at)
{
	struct bgp_update *u = &p->u;
	size_t len = cursor_left(&v);

	if (wanted_bytes(type) != 0 && len != wanted_bytes(type))
		return bad(p, UPDATE_LENGTH, at);
	switch (type) {
	case ATTR_ORIGIN:
		u->origin = cursor_u8(&v);
		u->has |= BGP_HAS_ORIGIN;
		return u->origin > 2 ? bad(p, UPDATE_ORIGIN, at) : 0;
	case ATTR_AS_PATH:
		u->has |= BGP_HAS_AS_PATH;
		return take_as_path(p, v, p->options->as4 ? 4 : 2, &u->as_path);
	case ATTR_AS4_PATH:
		/* RFC 6793 6: malformed or from a 4-octet speaker, it is discarded. */
		if (p->options->as4 || take_as_path(p, v, 4, &u->as4_path) < 0)
			u->as4_path = (struct bgp_as_path){cursor_over(NULL, 0), 4, 0, 0};
		return 0;
	case ATTR_NEXT_HOP:
		memcpy(u->next_hop, v.at, 4);
		u->has |= BGP_HAS_NEXT_HOP;
		return u->next_hop[0] == 0 ? bad(p, UPDATE_NEXT_HOP, at) : 0;
	case ATTR_MED:
		u->med = cursor_u32(&v);
		u->has |= BGP_HAS_MED;
		return 0;
	case ATTR_LOCAL_PREF:
		u->local_pref = cursor_u32(&v);
		u->has |= BGP_HAS_LOCAL_PREF;
		return 0;
	case ATTR_ATOMIC:
		u->has |= BGP_HAS_ATOMIC;
		return len != 0 ? bad(p, UPDATE_LENGTH, at) : 0;
	case ATTR_COMMUNITIES:
		u->communities = v;
		return len % 4 != 0 ? bad(p, UPDATE_OPTIONAL, at) : 0;
	case ATTR_EXTENDED_COMMUNITIES:
		u->extended_communities = v;
		return len == 0 || len % 8 != 0 ? bad(p, UPDATE_OPTIONAL, at) : 0;
	case ATTR_LARGE_COMMUNITIES:
		u->large_communities = v;
		return len == 0 || len % 12 != 0 ? bad(p, UPDATE_OPTIONAL, at) : 0;
	case ATTR_MP_REACH:
		return take_mp(p, v, true);
	case ATTR_MP_UNREACH:
		return take_mp(p, v, false);
	default:
		return 0;
	}
}

static int
take_attributes(struct parse *p, struct cursor c)
{
	while (cursor_left(&c) > 0) {
		const uint8_t *at = c.at;
		uint8_t flags = cursor_u8(&c), type = cursor_u8(&c), wanted = wanted_flags(type);
		size_t len = flags & FLAG_EXTENDED ? cursor_u16(&c) : cursor_u8(&c);
		struct cursor v = cursor_sub(&c, len);
		int rc;

		if (c.failed || v.failed)
			return bad(p, UPDATE_LENGTH, at);
		if (p->seen[type / 8] & (1 << type % 8))
			return bad(p, UPDATE_ATTRIBUTE_LIST, at);
		p->seen[type / 8] |= (uint8_t)(1 << type % 8);
		if (wanted != 0xff && (flags & (FLAG_OPTIONAL | FLAG_TRANSITIVE)) != wanted)
			return bad(p, UPDATE_FLAGS, at);
		rc = take_value(p, type, v, at);
		if (rc < 0)
			return rc;
	}
	return c.failed ? bad(p, UPDATE_ATTRIBUTE_LIST, c.at) : 0;
}

/* RFC 4271 6.3 and RFC 4760 3: what has to be there where something is announced. */
static int
check_mandatory(const struct parse *p)
{
	unsigned need = 0;

	if (cursor_left(&p->u.announced.c) > 0)
		need = BGP_HAS_ORIGIN | BGP_HAS_AS_PATH | BGP_HAS_NEXT_HOP;
	else if (p->u.has & BGP_HAS_MP_REACH)
		need = BGP_HAS_ORIGIN | BGP_HAS_AS_PATH;
	return (p->u.has & need) == need ? 0 : bad(p, UPDATE_WELL_KNOWN_MISSING, p->msg + 19);
}

/* RFC 4724 2: an empty UPDATE, or one with nothing but an empty MP_UNREACH_NLRI. */
static uint8_t
end_of_rib(const struct bgp_update *u, size_t attributes_bytes)
{
	if (cursor_left(&u->withdrawn.c) > 0 || cursor_left(&u->announced.c) > 0)
		return 0;
	if (attributes_bytes == 0)
		return 4;
	if (u->has == BGP_HAS_MP_UNREACH && cursor_left(&u->mp_withdrawn.c) == 0 &&
		attributes_bytes <= 7)
		return u->mp_withdrawn.family;
	return 0;
}

int
bgp_update_parse(const uint8_t *msg, size_t len_bytes, const struct bgp_options *options,
	struct bgp_update *ret, struct bgp_error *err)
{
	struct parse p = {.msg = msg, .options = options, .err = err};
	struct cursor c, withdrawn, attributes;
	size_t says_bytes, attributes_bytes;
	enum bgp_type type;
	int rc;

	if (len_bytes < BGP_HEADER_BYTES)
		return bad(&p, UPDATE_ATTRIBUTE_LIST, msg);
	rc = bgp_header(msg, BGP_MAX_LONG_BYTES, &type, &says_bytes, err);
	if (rc < 0)
		return rc;
	if (type != BGP_UPDATE || says_bytes != len_bytes)
		return bad(&p, UPDATE_ATTRIBUTE_LIST, msg + 16);
	c = cursor_over(msg + BGP_HEADER_BYTES, len_bytes - BGP_HEADER_BYTES);
	withdrawn = cursor_sub(&c, cursor_u16(&c));
	attributes = cursor_sub(&c, cursor_u16(&c));
	if (c.failed)
		return bad(&p, UPDATE_ATTRIBUTE_LIST, msg + BGP_HEADER_BYTES);
	attributes_bytes = cursor_left(&attributes);
	rc = take_prefixes(&p, withdrawn, 4, &p.u.withdrawn);
	if (rc == 0)
		rc = take_attributes(&p, attributes);
	if (rc == 0)
		rc = take_prefixes(&p, c, 4, &p.u.announced);
	if (rc == 0)
		rc = check_mandatory(&p);
	if (rc < 0)
		return rc;
	p.u.end_of_rib = end_of_rib(&p.u, attributes_bytes);
	*ret = p.u;
	return 0;
}

/* Does a list look like one that a daemon would send? A wrong guess of add-path rarely does. */
static bool
plausible(struct bgp_prefixes it)
{
	struct bgp_prefix prefix;
	int defaults = 0;

	while (bgp_prefix_next(&it, &prefix)) {
		if (prefix.padded_dirty)
			return false;
		if (prefix.bits == 0 && ++defaults > 1)
			return false;
	}
	return true;
}

int
bgp_update_guess(const uint8_t *msg, size_t len_bytes, struct bgp_update *ret,
	struct bgp_options *ret_options, struct bgp_error *err)
{
	struct bgp_error first = {0};
	bool fits = false;

	for (int i = 0; i < 8; i++) {
		/* Add-path of the two families apart: bits 0 and 1; AS numbers of 2 octets last. */
		struct bgp_options o = {
			.as4 = i < 4, .addpath = {i & 1, (i & 2) != 0}, .long_messages = true};
		struct bgp_update u;
		struct bgp_error why = {0};

		if (bgp_update_parse(msg, len_bytes, &o, &u, &why) < 0) {
			if (i == 0)
				first = why;
			continue;
		}
		if (plausible(u.withdrawn) && plausible(u.announced) && plausible(u.mp_withdrawn) &&
			plausible(u.mp_announced)) {
			*ret = u;
			*ret_options = o;
			return 0;
		}
		/* Odd, but no error: the likeliest of the odd ones, if nothing better comes. */
		if (!fits) {
			*ret = u;
			*ret_options = o;
			fits = true;
		}
	}
	if (fits)
		return 0;
	if (err != NULL)
		*err = first;
	return -EBADMSG;
}
