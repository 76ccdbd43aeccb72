/*
 * answers.h - the answers file: what every query of a trial came to, 32 bytes each (doc/formats.md).
 *
 * The writer appends and never goes back, the reader takes a file cut anywhere up to its last
 * whole record: a run that was killed is still a run that can be read.
 */
#ifndef LIB_ANSWERS_H
#define LIB_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"

enum answers_status {
	ANSWERS_GOOD = 0,
	ANSWERS_UNANSWERED = 1,
	ANSWERS_WRONG_RCODE = 2,
	ANSWERS_WRONG_DATA = 3,
	ANSWERS_NO_NSID = 4,
	ANSWERS_UNREACHABLE = 5, /* an ICMP error came back */
	ANSWERS_SEND_FAILED = 6,
	ANSWERS_PENDING = 7, /* the run ended before the timeout */
	ANSWERS_TRUNCATED = 8,
	ANSWERS_REFUSED = 9,  /* TCP: the connection was refused */
	ANSWERS_RESET = 10,   /* TCP: it was reset before the answer was whole */
	ANSWERS_SHORT = 11,   /* TCP: it was closed before the answer was whole */
	ANSWERS_DAMAGED = 12, /* TCP: what came is no DNS message */
	ANSWERS_STATUSES
};

enum answers_stray_kind {
	ANSWERS_LATE = 1,
	ANSWERS_DUPLICATE = 2,
	ANSWERS_MISMATCH = 3, /* no query of ours asked that */
	ANSWERS_MALFORMED = 4,
	ANSWERS_WRONG_SOURCE = 5,
	ANSWERS_STRAY_KINDS
};

enum answers_flag {
	ANSWERS_HAS_DUPLICATE = 1,
	ANSWERS_FELL_BACK =
		2, /* the answer over UDP was truncated, and the same was asked over TCP */
};

enum {
	ANSWERS_HEADER_BYTES = 64,
	ANSWERS_RECORD_BYTES = 32,
	ANSWERS_NSID_BYTES = 28, /* a longer NSID is kept cut to this */
	ANSWERS_NSID_TEXT_BYTES = 4 * ANSWERS_NSID_BYTES + 1,
	ANSWERS_NSIDS = 1024, /* different ones that a writer keeps */
	ANSWERS_NSID_NONE = 0xffff,
	ANSWERS_RCODE_NONE = 0xff,
};

#define ANSWERS_SEQ_UNKNOWN UINT32_MAX

/* Of a query over TCP, one connection each. */
enum answers_tcp_flag {
	ANSWERS_KERNEL_CONNECT = 1,  /* connect_ns is the kernel's measure of the handshake */
	ANSWERS_KERNEL_RECEIVED = 2, /* received is the kernel's, else when it was read */
};

struct answers_tcp {
	uint8_t flags;
	int64_t connect_ns; /* from `sent` on until the connection stood; 0: it never did */
	struct wall asked;  /* when the query went into the connection; .ns == 0: never */
};

struct answers_query {
	enum answers_status status;
	uint8_t rcode; /* ANSWERS_RCODE_NONE: none; an extended rcode above 0xfe reads as 0xfe */
	uint8_t flags; /* enum answers_flag */
	uint16_t stream;
	uint16_t nsid; /* index or ANSWERS_NSID_NONE */
	uint32_t seq;
	uint32_t lateness_ns; /* actual - scheduled sending, saturating */
	struct wall sent;
	struct wall received; /* .ns == 0: nothing was received */
	bool over_tcp; /* then `sent` is the beginning of the connection, and `tcp` tells more */
	struct answers_tcp tcp;
};

struct answers_stray {
	enum answers_stray_kind kind;
	uint16_t stream;
	uint16_t nsid;
	uint32_t seq; /* or ANSWERS_SEQ_UNKNOWN */
	struct wall received;
};

/* "good", "unanswered", ... (damaged: "malformed"); "late", ...; "?" for what is none. */
const char *answers_status_name(unsigned int status);
const char *answers_stray_name(unsigned int kind);

/* ---- writing ---- */

struct answers_writer;

/*
 * Create a file (an old one of that name is replaced) and write its head.
 *
 *      plan_json       the probe plan as it is carried out; any length up to 64 MiB
 *      streams         how many; records name streams below this
 *      t0_wall, t0_mono one instant on both clocks: when stream 0 sends its query 0
 *
 * Returns 0 or -errno with `e` filled.
 */
int answers_create(const char *path, const char *plan_json, uint32_t streams, struct wall t0_wall,
	struct mono t0_mono, struct answers_writer **ret, struct err *e);

/*
 * Append a record. Nothing is allocated; about every 2,000th call writes to the file.
 *
 * Return 0, or -errno for good once a write failed (disk full): the file then ends with the last
 * whole record that fitted and stays readable; answers_close says which file and why.
 */
int answers_write_query(struct answers_writer *w, const struct answers_query *q);
int answers_write_stray(struct answers_writer *w, const struct answers_stray *s);

/*
 * The index of an NSID, defined in the file when it is new. ANSWERS_NSID_NONE when
 * ANSWERS_NSIDS different ones are known already, or for `len_bytes` 0.
 */
uint16_t answers_intern_nsid(struct answers_writer *w, const uint8_t *nsid, size_t len_bytes);

/* Hand what is buffered to the kernel. Returns 0 or -errno. */
int answers_flush(struct answers_writer *w);

/* Flush, close and free. Returns 0, or -errno with `e` filled if anything was lost. NULL is fine. */
int answers_close(struct answers_writer *w, struct err *e);

/* ---- reading ---- */

struct answers;

enum answers_type { ANSWERS_QUERY = 1, ANSWERS_STRAY = 3 };

struct answers_record {
	enum answers_type type;
	union {
		struct answers_query query;
		struct answers_stray stray;
	};
};

/*
 * Open a file, mapped into memory; or bytes that are in memory already (borrowed until
 * answers_free; `name` is for messages).
 *
 * Returns 0, -EPROTO (not an answers file, another version, a damaged head), or another -errno;
 * `e` is filled then.
 */
int answers_open(const char *path, struct answers **ret, struct err *e);
int answers_open_bytes(
	const void *data, size_t len_bytes, const char *name, struct answers **ret, struct err *e);
void answers_free(struct answers *a);

/* The plan as it was carried out, not NUL-terminated; lives as long as `a`. */
const char *answers_plan(const struct answers *a, size_t *ret_len_bytes);
uint32_t answers_streams(const struct answers *a);
struct wall answers_t0_wall(const struct answers *a);
struct mono answers_t0_mono(const struct answers *a);

/*
 * The next query or stray, in the order they were decided. NSID definitions are kept on the way.
 * Types from the future are passed over; records that contradict the head or themselves (a stream
 * that is none, an NSID not defined) are passed over and counted.
 *
 * Returns 1, or 0 at the end.
 */
int answers_next(struct answers *a, struct answers_record *ret);

/* Back to the first record; NSIDs that are known stay known. */
void answers_rewind(struct answers *a);

/* Records passed over as damaged so far; bytes of a cut last record (0 to 31). */
uint64_t answers_damaged(const struct answers *a);
unsigned int answers_cut_bytes(const struct answers *a);

/* An NSID seen so far as text (not printable bytes as \xNN), NULL if there is none of that index. */
const char *answers_nsid(const struct answers *a, uint16_t index);
/* One more than the highest index seen so far. */
uint32_t answers_nsids(const struct answers *a);

#endif
