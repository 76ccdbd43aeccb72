/*
 * bgp_session.h - one BGP session of a speaker that has much to say and little to learn.
 *
 * It is driven by whoever polls its descriptor: nothing here waits. What is to be told is written ahead into memory;
 * keepalives go between its messages. What the peer tells is checked, counted and handed on.
 *
 * Sources: RFC 4271 8 (less what concerns collisions: it opens one connection, or takes one), 4760, 6793, 2918.
 */
#ifndef BENCH_LOAD_BGP_SESSION_H
#define BENCH_LOAD_BGP_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/bgp_write.h"
#include "lib/bgp.h"
#include "lib/err.h"
#include "lib/inet.h"
#include "lib/mono.h"

enum bgp_state {
	BGP_STATE_IDLE, /* no connection: before the next try, or waiting for the peer's */
	BGP_STATE_CONNECTING,
	BGP_STATE_OPEN_SENT,
	BGP_STATE_OPEN_CONFIRM,
	BGP_STATE_ESTABLISHED,
	BGP_STATE_DOWN, /* for good */
};

struct bgp_session_options {
	struct inet peer;
	struct inet source; /* family 0: whatever the kernel chooses */
	uint16_t port;
	bool passive; /* the peer connects; bgp_session_accept */
	uint32_t peer_as;
	struct bgp_hello hello;
};

struct bgp_session_counts {
	uint64_t bytes_sent, keepalives_sent;
	uint64_t bytes_received, updates_received;
	uint64_t announced_received, withdrawn_received; /* prefixes */
	uint64_t connections;				 /* tried or taken */
};

/* An UPDATE of the peer's, valid during the call. */
typedef void bgp_session_update(void *arg, const struct bgp_update *u, struct mono now);

struct bgp_session;

/* `update` may be NULL. Returns 0 or -ENOMEM. */
int bgp_session_new(struct bgp_session **ret, const struct bgp_session_options *options,
	bgp_session_update *update, void *arg);
void bgp_session_free(struct bgp_session *s);

/* For poll(2): -1 when there is no connection; what to wait for; when to call step at the latest. */
int bgp_session_fd(const struct bgp_session *s);
short bgp_session_events(const struct bgp_session *s);
struct mono bgp_session_deadline(const struct bgp_session *s);

/* Do what there is to do: connect, read, write, keep time. */
void bgp_session_step(struct bgp_session *s, short revents, struct mono now);

/* A connection of the peer's. The session owns it from here on; one too many is closed. */
void bgp_session_accept(struct bgp_session *s, int fd, struct mono now);

enum bgp_state bgp_session_state(const struct bgp_session *s);

/* Why it is down, or why no connection came about so far; "" when nothing went wrong. */
const char *bgp_session_why(const struct bgp_session *s);

/* Both sides carry it: [0] IPv4, [1] IPv6. Once established. */
bool bgp_session_carries(const struct bgp_session *s, int family6);

/* The peer asked for all of a family again (RFC 2918) since the last call. */
bool bgp_session_asked_again(struct bgp_session *s, int family6);

/*
 * Queue whole messages, sent in this order: borrowed until they are written, or copied into the session's own buffer.
 * Return 0, or -ENOBUFS with eight borrowed ones waiting, -ENOMEM.
 */
int bgp_session_send(struct bgp_session *s, const void *messages, size_t len);
struct buf *bgp_session_buffer(struct bgp_session *s);

/* Some of what was borrowed is not written yet: what goes into the buffer now would overtake it. */
bool bgp_session_borrows(const struct bgp_session *s);

/* Bytes that are not written yet, and those that the peer's TCP has not acknowledged. */
size_t bgp_session_queued(const struct bgp_session *s);
size_t bgp_session_unacked(const struct bgp_session *s);

/* Say Cease/Administrative Shutdown once all queued is out, then end. Without a session, it is down at once. */
void bgp_session_cease(struct bgp_session *s);

const struct bgp_session_counts *bgp_session_counts(const struct bgp_session *s);

#endif
