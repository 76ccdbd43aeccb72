/*
 * bgp.h - a strict, bounded reader of BGP-4 messages: what was announced and withdrawn, by whom.
 *
 * Nothing is allocated per message: a parsed UPDATE points into the message, and its lists are
 * walked with the iterators below. All of a message is checked when it is parsed, so iterators
 * cannot fail. What is malformed is an error with the code and subcode of RFC 4271 6.
 *
 * Sources: RFC 4271 (BGP-4), 4760 (multiprotocol), 5492 and 9072 (capabilities), 6793 (4-octet AS),
 * 7911 (add-path), 1997, 4360, 8092 (communities), 4724 and 8538 (graceful restart), 2918 and 7313 (route refresh), 8654 (long messages).
 */
#ifndef LIB_BGP_H
#define LIB_BGP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cursor.h"

enum { BGP_PORT = 179, BGP_HEADER_BYTES = 19, BGP_MAX_BYTES = 4096, BGP_MAX_LONG_BYTES = 65535 };

enum bgp_type {
	BGP_OPEN = 1,
	BGP_UPDATE = 2,
	BGP_NOTIFICATION = 3,
	BGP_KEEPALIVE = 4,
	BGP_ROUTE_REFRESH = 5,
};

/* Why a message was refused: code and subcode as a NOTIFICATION would carry them, and the place. */
struct bgp_error {
	uint8_t code;
	uint8_t subcode;
	uint32_t at_bytes; /* offset in the message */
};

enum bgp_addpath { BGP_ADDPATH_RECEIVE = 1, BGP_ADDPATH_SEND = 2 };

struct bgp_open {
	uint8_t version;
	uint16_t hold_s;
	uint32_t as; /* the 4-octet one where it was told */
	uint8_t id[4];
	bool as4;
	bool multiprotocol[2]; /* [0] IPv4 unicast, [1] IPv6 unicast */
	uint8_t addpath[2];    /* enum bgp_addpath */
	bool route_refresh;
	bool long_messages;
	bool enhanced_refresh;
	bool graceful_restart;
	bool restarting;	      /* graceful restart: the sender has just restarted */
	bool restart_on_notification; /* RFC 8538 */
	uint16_t restart_s;
	bool forwarding_kept[2]; /* graceful restart, per family */
};

/* How the messages of one direction are to be read. */
struct bgp_options {
	bool as4;	    /* AS numbers of 4 octets */
	bool addpath[2];    /* prefixes carry a path id; [0] IPv4 unicast, [1] IPv6 unicast */
	bool long_messages; /* up to 65535 bytes */
};

struct bgp_prefix {
	uint8_t family; /* 4 or 6 */
	uint8_t bits;
	uint8_t addr[16];  /* bits behind the prefix are zero */
	uint32_t path_id;  /* 0 without add-path */
	bool padded_dirty; /* bits behind the prefix were not zero on the wire */
};

struct bgp_prefixes {
	struct cursor c;
	uint8_t family;
	bool addpath;
	uint32_t n; /* of the whole list, wherever `c` is */
};

struct bgp_as_path {
	struct cursor c;
	uint8_t width; /* bytes of an AS number */
	uint8_t segment;
	uint8_t left; /* in this segment */
};

enum bgp_segment { BGP_AS_SET = 1, BGP_AS_SEQUENCE, BGP_CONFED_SEQUENCE, BGP_CONFED_SET };

enum bgp_has {
	BGP_HAS_ORIGIN = 1 << 0,
	BGP_HAS_AS_PATH = 1 << 1,
	BGP_HAS_NEXT_HOP = 1 << 2,
	BGP_HAS_MED = 1 << 3,
	BGP_HAS_LOCAL_PREF = 1 << 4,
	BGP_HAS_MP_REACH = 1 << 5,   /* of IPv4 or IPv6 unicast */
	BGP_HAS_MP_UNREACH = 1 << 6, /* likewise */
	BGP_HAS_OTHER_FAMILY = 1 << 7,
	BGP_HAS_ATOMIC = 1 << 8,
};

struct bgp_update {
	unsigned has; /* enum bgp_has */
	struct bgp_prefixes withdrawn;
	struct bgp_prefixes announced;
	struct bgp_prefixes mp_withdrawn; /* MP_UNREACH_NLRI */
	struct bgp_prefixes mp_announced; /* MP_REACH_NLRI */
	struct bgp_as_path as_path;	  /* AS_PATH; AS4_PATH is in as4_path */
	struct bgp_as_path as4_path;
	struct cursor communities;	    /* 4 bytes each */
	struct cursor extended_communities; /* 8 bytes each */
	struct cursor large_communities;    /* 12 bytes each */
	uint32_t med;
	uint32_t local_pref;
	uint8_t origin;
	uint8_t next_hop[4];
	uint8_t mp_next_hop[32];
	uint8_t mp_next_hop_bytes;
	uint8_t end_of_rib; /* 4 or 6: this UPDATE only says that all was told; else 0 */
};

struct bgp_notification {
	uint8_t code;
	uint8_t subcode;
	struct cursor data;
};

struct bgp_refresh {
	uint16_t afi;
	uint8_t subtype;
	uint8_t safi;
};

/*
 * Check a message header.
 *
 *      head            at least BGP_HEADER_BYTES bytes
 *      max_bytes       BGP_MAX_BYTES or BGP_MAX_LONG_BYTES
 *      ret_type        out
 *      ret_len_bytes   out: of the message with its header
 *
 * Returns 0, or -EBADMSG with `err` filled (may be NULL): marker, length or type.
 */
int bgp_header(const uint8_t head[static BGP_HEADER_BYTES], size_t max_bytes,
	enum bgp_type *ret_type, size_t *ret_len_bytes, struct bgp_error *err);

/*
 * Parse one whole message, header included, of the type that its header says.
 *
 *      msg, len_bytes  borrowed; any content
 *      ret             out; points into msg; written only on success
 *
 * Return 0, or -EBADMSG with `err` filled (may be NULL).
 */
int bgp_open_parse(
	const uint8_t *msg, size_t len_bytes, struct bgp_open *ret, struct bgp_error *err);
int bgp_update_parse(const uint8_t *msg, size_t len_bytes, const struct bgp_options *options,
	struct bgp_update *ret, struct bgp_error *err);
int bgp_notification_parse(
	const uint8_t *msg, size_t len_bytes, struct bgp_notification *ret, struct bgp_error *err);
int bgp_refresh_parse(
	const uint8_t *msg, size_t len_bytes, struct bgp_refresh *ret, struct bgp_error *err);

/*
 * Parse an UPDATE of a session whose OPENs were not seen. The readings are tried from the likely
 * to the odd (4-octet AS without add-path first); the first that fits, and makes sense (no bits
 * behind a prefix, one default route at most), wins, else the first that fits; it is handed back in
 * `ret_options`.
 */
int bgp_update_guess(const uint8_t *msg, size_t len_bytes, struct bgp_update *ret,
	struct bgp_options *ret_options, struct bgp_error *err);

/* How to read what `from` sends to `to` (RFC 6793 4.1, RFC 7911 4, RFC 8654 4). */
struct bgp_options bgp_negotiate(const struct bgp_open *from, const struct bgp_open *to);

/* The next entry; false at the end. They work on their own copy of the iterator. */
bool bgp_prefix_next(struct bgp_prefixes *it, struct bgp_prefix *ret);
bool bgp_as_next(struct bgp_as_path *it, uint32_t *ret_as, enum bgp_segment *ret_segment);
bool bgp_community_next(struct cursor *it, uint32_t *ret);
bool bgp_extended_community_next(struct cursor *it, uint64_t *ret);
bool bgp_large_community_next(struct cursor *it, uint32_t ret[static 3]);

#endif
