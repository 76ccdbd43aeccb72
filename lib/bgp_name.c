/* bgp_name.c - what is in BGP messages, in words: notifications and communities. */
#include "lib/bgp_name.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CODE_CEASE = 6, CEASE_SHUTDOWN = 2, CEASE_RESET = 4, CEASE_HARD_RESET = 9 };

static const char *const codes[] = {NULL, "Message Header Error", "OPEN Message Error",
	"UPDATE Message Error", "Hold Timer Expired", "Finite State Machine Error", "Cease",
	"ROUTE-REFRESH Message Error", "Send Hold Timer Expired"};

static const char *const subcodes[][12] = {
	[1] = {NULL, "Connection Not Synchronized", "Bad Message Length", "Bad Message Type"},
	[2] = {NULL, "Unsupported Version Number", "Bad Peer AS", "Bad BGP Identifier",
		"Unsupported Optional Parameter", NULL, "Unacceptable Hold Time",
		"Unsupported Capability", NULL, NULL, NULL, "Role Mismatch"},
	[3] = {NULL, "Malformed Attribute List", "Unrecognized Well-known Attribute",
		"Missing Well-known Attribute", "Attribute Flags Error", "Attribute Length Error",
		"Invalid ORIGIN Attribute", NULL, "Invalid NEXT_HOP Attribute",
		"Optional Attribute Error", "Invalid Network Field", "Malformed AS_PATH"},
	[5] = {NULL, "Unexpected Message in OpenSent", "Unexpected Message in OpenConfirm",
		"Unexpected Message in Established"},
	[6] = {NULL, "Maximum Number of Prefixes Reached", "Administrative Shutdown",
		"Peer De-configured", "Administrative Reset", "Connection Rejected",
		"Other Configuration Change", "Connection Collision Resolution", "Out of Resources",
		"Hard Reset", "BFD Down"},
	[7] = {NULL, "Invalid Message Length"},
};

/* The bytes of the character that stands at `p`, 0 if none that may be shown does (RFC 3629). */
static size_t
character_bytes(const uint8_t *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	uint32_t value = n == 1 ? p[0] : p[0] & (0x7f >> n);
	static const uint32_t least[] = {0, ' ', 0xa0, 0x800, 0x10000};

	if (n > left || (p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (value < least[n] || value == 0x7f || value > 0x10ffff ||
		(value >= 0xd800 && value < 0xe000))
		return 0;
	return n;
}

/* RFC 9003: a length and as many bytes of UTF-8. */
static void
add_words(char *out, size_t n, struct cursor data)
{
	struct cursor words = cursor_sub(&data, cursor_u8(&data));

	if (cursor_left(&words) == 0 || n + 8 >= BGP_NAME_BYTES)
		return;
	out[n++] = ' ';
	out[n++] = '"';
	while (cursor_left(&words) > 0 && n + 6 < BGP_NAME_BYTES) {
		size_t len = character_bytes(words.at, cursor_left(&words));
		const uint8_t *p = cursor_take(&words, len == 0 ? 1 : len);

		if (len == 0 || *p == '"')
			out[n++] = '?';
		else
			memcpy(out + n, p, len);
		n += len == 0 || *p == '"' ? 0 : len;
	}
	out[n++] = '"';
	out[n] = '\0';
}

const char *
bgp_notification_text(const struct bgp_notification *n, char out[static BGP_NAME_BYTES])
{
	const char *code = n->code < sizeof(codes) / sizeof(codes[0]) ? codes[n->code] : NULL;
	const char *subcode = n->code < sizeof(subcodes) / sizeof(subcodes[0]) && n->subcode < 12
		? subcodes[n->code][n->subcode]
		: NULL;
	int len;

	if (code == NULL)
		snprintf(out, BGP_NAME_BYTES, "code %u/%u", n->code, n->subcode);
	else if (subcode != NULL)
		snprintf(out, BGP_NAME_BYTES, "%s/%s", code, subcode);
	else if (n->subcode != 0)
		snprintf(out, BGP_NAME_BYTES, "%s/%u", code, n->subcode);
	else
		snprintf(out, BGP_NAME_BYTES, "%s", code);
	len = (int)strlen(out);
	if (n->code == CODE_CEASE && (n->subcode == CEASE_SHUTDOWN || n->subcode == CEASE_RESET))
		add_words(out, (size_t)len, n->data);
	if (n->code == CODE_CEASE && n->subcode == CEASE_HARD_RESET && cursor_left(&n->data) >= 2) {
		/* RFC 8538 3.1: what it would have been. */
		struct bgp_notification inner = {.data = n->data};
		char why[BGP_NAME_BYTES];

		inner.code = cursor_u8(&inner.data);
		inner.subcode = cursor_u8(&inner.data);
		if (inner.code == CODE_CEASE && inner.subcode == CEASE_HARD_RESET)
			return out;
		snprintf(out + len, BGP_NAME_BYTES - (size_t)len, ": %.160s",
			bgp_notification_text(&inner, why));
	}
	return out;
}

const char *
bgp_community_text(uint32_t community, char out[static BGP_COMMUNITY_TEXT_BYTES])
{
	static const struct {
		uint32_t value;
		const char *name;
	} known[] = {{0xffff0000, "graceful-shutdown"}, {0xffff029a, "blackhole"},
		{0xffffff01, "no-export"}, {0xffffff02, "no-advertise"},
		{0xffffff03, "no-export-subconfed"}, {0xffffff04, "no-peer"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].value == community) {
			snprintf(out, BGP_COMMUNITY_TEXT_BYTES, "%s", known[i].name);
			return out;
		}
	snprintf(out, BGP_COMMUNITY_TEXT_BYTES, "%u:%u", community >> 16, community & 0xffff);
	return out;
}

const char *
bgp_extended_community_text(uint64_t community, char out[static BGP_COMMUNITY_TEXT_BYTES])
{
	unsigned type = (unsigned)(community >> 56), sub = (unsigned)(community >> 48) & 0xff;
	uint32_t low = (uint32_t)community;
	const char *name = sub == 2 ? "rt" : "ro";
	bool named = sub == 2 || sub == 3;

	if (named && type == 0) /* two-octet AS : 4 octets */
		snprintf(out, BGP_COMMUNITY_TEXT_BYTES, "%s:%u:%u", name,
			(unsigned)(community >> 32) & 0xffff, low);
	else if (named && type == 1) /* IPv4 address : 2 octets */
		snprintf(out, BGP_COMMUNITY_TEXT_BYTES, "%s:%u.%u.%u.%u:%u", name,
			(unsigned)(community >> 40) & 0xff, (unsigned)(community >> 32) & 0xff,
			low >> 24, low >> 16 & 0xff, low & 0xffff);
	else if (named && type == 2) /* four-octet AS : 2 octets */
		snprintf(out, BGP_COMMUNITY_TEXT_BYTES, "%s:%u:%u", name,
			(unsigned)(community >> 16), low & 0xffff);
	else
		snprintf(out, BGP_COMMUNITY_TEXT_BYTES, "0x%016llx", (unsigned long long)community);
	return out;
}

const char *
bgp_large_community_text(
	const uint32_t community[static 3], char out[static BGP_COMMUNITY_TEXT_BYTES])
{
	snprintf(out, BGP_COMMUNITY_TEXT_BYTES, "%u:%u:%u", community[0], community[1],
		community[2]);
	return out;
}
