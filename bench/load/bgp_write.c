/* bgp_write.c - BGP-4 messages as a speaker sends them: the counterpart of lib/bgp.h. */
#include "bench/load/bgp_write.h"

#include <string.h>

enum {
	AS_TRANS = 23456,
	ATTR_AS_PATH = 2,
	ATTR_NEXT_HOP = 3,
	ATTR_LOCAL_PREF = 5,
	FLAG_EXTENDED = 0x10,
};

/* A message in the making. */
struct message {
	uint8_t at[BGP_MAX_BYTES];
	size_t len;
};

static void
add(struct message *m, const void *bytes, size_t len)
{
	memcpy(m->at + m->len, bytes, len);
	m->len += len;
}

static void
add_u8(struct message *m, unsigned value)
{
	m->at[m->len++] = (uint8_t)value;
}

static void
put_u16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
add_u16(struct message *m, size_t value)
{
	put_u16(m->at + m->len, value);
	m->len += 2;
}

static void
add_u32(struct message *m, uint32_t value)
{
	add_u16(m, value >> 16);
	add_u16(m, value & 0xffff);
}

static void
start(struct message *m, enum bgp_type type)
{
	memset(m->at, 0xff, 16);
	m->at[18] = (uint8_t)type;
	m->len = BGP_HEADER_BYTES;
}

static void
finish(struct message *m, struct buf *out)
{
	put_u16(m->at + 16, m->len);
	buf_add_len(out, (const char *)m->at, m->len);
}

void
bgp_write_open(struct buf *out, const struct bgp_hello *hello)
{
	struct message m;
	size_t parameters, capabilities;

	start(&m, BGP_OPEN);
	add_u8(&m, 4);
	add_u16(&m, hello->as > UINT16_MAX ? AS_TRANS : hello->as);
	add_u16(&m, hello->hold_s);
	add(&m, hello->id, 4);
	parameters = m.len;
	add_u8(&m, 0);
	add_u8(&m, 2); /* capabilities */
	capabilities = m.len;
	add_u8(&m, 0);
	for (unsigned i = 0; i < 2; i++)
		if (hello->family[i])
			add(&m, (uint8_t[]){1, 4, 0, (uint8_t)(i + 1), 0, 1}, 6);
	add(&m, (uint8_t[]){2, 0}, 2); /* route refresh */
	add(&m, (uint8_t[]){65, 4}, 2);
	add_u32(&m, hello->as);
	m.at[capabilities] = (uint8_t)(m.len - capabilities - 1);
	m.at[parameters] = (uint8_t)(m.len - parameters - 1);
	finish(&m, out);
}

void
bgp_write_keepalive(struct buf *out)
{
	struct message m;

	start(&m, BGP_KEEPALIVE);
	finish(&m, out);
}

void
bgp_write_notification(struct buf *out, uint8_t code, uint8_t subcode)
{
	struct message m;

	start(&m, BGP_NOTIFICATION);
	add_u8(&m, code);
	add_u8(&m, subcode);
	finish(&m, out);
}

void
bgp_write_end_of_rib(struct buf *out, uint8_t family)
{
	struct message m;

	start(&m, BGP_UPDATE);
	add_u16(&m, 0);
	if (family == 4) {
		add_u16(&m, 0);
	} else {
		add_u16(&m, 6);
		add(&m, (uint8_t[]){0x80, 15, 3, 0, 2, 1}, 6);
	}
	finish(&m, out);
}

/* As many prefixes as fit below `max_bytes`. Returns how many. */
static size_t
add_prefixes(struct message *m, size_t max_bytes, const struct bgp_route *routes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		size_t bytes = ((size_t)routes[i].bits + 7) / 8;

		if (m->len + 1 + bytes > max_bytes)
			break;
		add_u8(m, routes[i].bits);
		add(m, routes[i].addr, bytes);
	}
	return i;
}

/* AS_PATH with our own number in front: in its first segment where that is a sequence with room. */
static void
add_path(struct message *m, const struct bgp_voice *voice, const uint8_t *path, size_t len)
{
	bool joins = len >= 2 && path[0] == BGP_AS_SEQUENCE && path[1] < 255;
	size_t longer = voice->internal ? 0 : joins ? 4 : 6;

	add_u8(m, 0x40 | FLAG_EXTENDED);
	add_u8(m, ATTR_AS_PATH);
	add_u16(m, len + longer);
	if (!voice->internal) {
		add_u8(m, BGP_AS_SEQUENCE);
		add_u8(m, joins ? path[1] + 1U : 1);
		add_u32(m, voice->as);
		if (joins) {
			path += 2;
			len -= 2;
		}
	}
	if (len > 0)
		add(m, path, len);
}

/* The set, with what this session adds where it belongs in the order of types. */
static void
add_attrs(struct message *m, const struct bgp_voice *voice, uint8_t family, struct bgp_attrs attrs)
{
	struct cursor c = cursor_over(attrs.bytes, attrs.len);
	bool hop = family != 4, preference = !voice->internal;

	while (cursor_left(&c) > 0 || !hop || !preference) {
		const uint8_t *at = c.at;
		unsigned type = 255;
		size_t len = 0, head = 0;

		if (cursor_left(&c) >= 3) {
			type = at[1];
			head = at[0] & FLAG_EXTENDED ? 4 : 3;
			len = head == 4 ? (size_t)at[2] << 8 | at[3] : at[2];
		}
		if (!hop && type >= ATTR_NEXT_HOP) {
			add(m, (uint8_t[]){0x40, ATTR_NEXT_HOP, 4}, 3);
			add(m, voice->next_hop4, 4);
			hop = true;
		}
		if (!preference && type >= ATTR_LOCAL_PREF) {
			add(m, (uint8_t[]){0x40, ATTR_LOCAL_PREF, 4, 0, 0, 0, 100}, 7);
			preference = true;
		}
		if (cursor_take(&c, head + len) == NULL || head == 0)
			continue;
		if (type == ATTR_AS_PATH)
			add_path(m, voice, at + head, len);
		else
			add(m, at, head + len);
	}
}

static size_t
announce4(struct message *m, const struct bgp_voice *voice, struct bgp_attrs attrs,
	const struct bgp_route *routes, size_t n)
{
	size_t attributes;

	add_u16(m, 0);
	attributes = m->len;
	add_u16(m, 0);
	add_attrs(m, voice, 4, attrs);
	put_u16(m->at + attributes, m->len - attributes - 2);
	return add_prefixes(m, BGP_MAX_BYTES, routes, n);
}

static size_t
announce6(struct message *m, const struct bgp_voice *voice, struct bgp_attrs attrs,
	const struct bgp_route *routes, size_t n)
{
	struct message rest = {.len = 0};
	size_t attributes, reach, told;

	add_attrs(&rest, voice, 6, attrs);
	add_u16(m, 0);
	attributes = m->len;
	add_u16(m, 0);
	reach = m->len;
	add(m, (uint8_t[]){0x80 | FLAG_EXTENDED, 14, 0, 0, 0, 2, 1, 16}, 8);
	add(m, voice->next_hop6, 16);
	add_u8(m, 0);
	told = add_prefixes(m, BGP_MAX_BYTES - rest.len, routes, n);
	put_u16(m->at + reach + 2, m->len - reach - 4);
	add(m, rest.at, rest.len);
	put_u16(m->at + attributes, m->len - attributes - 2);
	return told;
}

size_t
bgp_write_announce(struct buf *out, const struct bgp_voice *voice, struct bgp_attrs attrs,
	const struct bgp_route *routes, size_t n)
{
	size_t messages = 0;

	while (n > 0) {
		struct message m;
		size_t told;

		start(&m, BGP_UPDATE);
		told = routes[0].family == 4 ? announce4(&m, voice, attrs, routes, n)
					     : announce6(&m, voice, attrs, routes, n);
		if (told == 0)
			break;
		finish(&m, out);
		routes += told;
		n -= told;
		messages++;
	}
	return messages;
}

size_t
bgp_write_withdraw(struct buf *out, const struct bgp_route *routes, size_t n)
{
	size_t messages = 0;

	while (n > 0) {
		struct message m;
		size_t told, at;

		start(&m, BGP_UPDATE);
		at = m.len;
		add_u16(&m, 0);
		if (routes[0].family == 4) {
			told = add_prefixes(&m, BGP_MAX_BYTES - 2, routes, n);
			put_u16(m.at + at, m.len - at - 2);
			add_u16(&m, 0);
		} else {
			add_u16(&m, 0);
			add(&m, (uint8_t[]){0x80 | FLAG_EXTENDED, 15, 0, 0, 0, 2, 1}, 7);
			told = add_prefixes(&m, BGP_MAX_BYTES, routes, n);
			put_u16(m.at + at + 2, m.len - at - 4);
			put_u16(m.at + at + 6, m.len - at - 8);
		}
		finish(&m, out);
		routes += told;
		n -= told;
		messages++;
	}
	return messages;
}
