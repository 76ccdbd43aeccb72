/*
 * mrt.h - a strict, bounded reader of MRT files: routing tables and BGP messages that collectors keep.
 *
 * Read are RIB dumps (TABLE_DUMP_V2: PEER_INDEX_TABLE and IPv4 and IPv6 unicast, with add-path too) and messages
 * (BGP4MP and BGP4MP_ET); other records are handed out unread. A file may be compressed with gzip; offsets are those
 * of what is in it. Nothing is kept of a record but the record itself.
 *
 * Sources: RFC 6396 (MRT), 8050 (add-path).
 */
#ifndef BENCH_LOAD_MRT_H
#define BENCH_LOAD_MRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bgp.h"
#include "lib/err.h"
#include "lib/inet.h"

enum { MRT_MAX_RECORD_BYTES = 1 << 24, MRT_ATTRS_MAX_BYTES = 3900 };

enum mrt_kind { MRT_OTHER, MRT_PEERS, MRT_RIB, MRT_MESSAGE };

struct mrt_record {
	enum mrt_kind kind;
	uint64_t at_bytes; /* where it starts */
	int64_t time_ns;   /* since 1970 */
	uint16_t type, subtype;
	const uint8_t *body; /* valid until the next is read */
	size_t len;
};

struct mrt_file;

/* `data` is borrowed until mrt_close. Return 0 or -errno with `e` naming the file. */
int mrt_open(struct mrt_file **ret, const char *path, struct err *e);
int mrt_open_memory(struct mrt_file **ret, const void *data, size_t len, struct err *e);
void mrt_close(struct mrt_file *f);

/* Start again. Returns 0 or -errno with `e` filled. */
int mrt_rewind(struct mrt_file *f, struct err *e);

/* The next record: 1, 0 at the end, or -errno with `e` telling the file and the byte. */
int mrt_next(struct mrt_file *f, struct mrt_record *ret, struct err *e);

/* A complaint about a place in the record that was read last: "PATH: byte N: text". Returns -EBADMSG. */
int mrt_complain(const struct mrt_file *f, const struct mrt_record *r, const uint8_t *at,
	struct err *e, const char *text);

struct mrt_peer {
	uint32_t as;
	struct inet address;
};

struct mrt_peers {
	struct cursor c;
	uint16_t n;
};

struct mrt_rib {
	uint8_t family, bits, addr[16];
	uint16_t n; /* entries */
	bool addpath;
	struct cursor c;
};

struct mrt_entry {
	uint16_t peer; /* number in the table of peers */
	struct cursor attrs;
};

struct mrt_message {
	struct mrt_peer peer;
	bool as4, addpath, update;
	const uint8_t *bytes; /* with its header */
	size_t len;
};

/*
 * Parse a record of the kind that its `kind` says, all of it: what is iterated over afterwards cannot fail.
 * Return 0, or -EBADMSG with `ret_at` at what is wrong and `ret_why` saying it.
 */
int mrt_peers_parse(const struct mrt_record *r, struct mrt_peers *ret, const uint8_t **ret_at,
	const char **ret_why);
int mrt_rib_parse(const struct mrt_record *r, struct mrt_rib *ret, const uint8_t **ret_at,
	const char **ret_why);
int mrt_message_parse(const struct mrt_record *r, struct mrt_message *ret, const uint8_t **ret_at,
	const char **ret_why);

bool mrt_peer_next(struct mrt_peers *it, struct mrt_peer *ret);
bool mrt_entry_next(struct mrt_rib *it, struct mrt_entry *ret);

/*
 * Path attributes as bench/load/bgp_table.h keeps them: checked, in order of type, AS_PATH and AGGREGATOR with 4-octet
 * numbers (those of AS4_PATH and AS4_AGGREGATOR where they came by a session of 2-octet numbers), without NEXT_HOP, LOCAL_PREF, MP_REACH_NLRI, MP_UNREACH_NLRI and what is meant for one neighbour only.
 *
 *      as4     AS numbers have 4 octets (a RIB's always do)
 *
 * Returns their length, or -EBADMSG or -E2BIG with `ret_why` saying why.
 */
int mrt_attrs(struct cursor attrs, bool as4, uint8_t out[static MRT_ATTRS_MAX_BYTES],
	const char **ret_why);

#endif
