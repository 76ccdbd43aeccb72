/* dns_thread.h - one generator thread: its sockets, its share of the schedule, its counts; it shares nothing. */
#ifndef BENCH_LOAD_DNS_THREAD_H
#define BENCH_LOAD_DNS_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/dns_plan.h"
#include "bench/load/dns_schedule.h"
#include "bench/load/dns_stats.h"
#include "bench/load/dns_timeline.h"
#include "bench/load/dns_track.h"
#include "bench/load/dns_wire.h"
#include "lib/err.h"
#include "lib/mono.h"
#include "lib/rng.h"

/* The one thing that others read meanwhile: what to show on the live line. */
struct dns_live {
	_Alignas(64) _Atomic uint64_t sent;
	_Atomic uint64_t answered;
	_Atomic uint64_t lost;
	_Atomic bool ended;
};

struct dns_lane {
	struct wire wire;
	struct track track;
	int64_t read_ns; /* when it was last looked at */
};

struct dns_thread {
	const struct dns_plan *plan;
	unsigned int index;
	size_t lanes_len, lane; /* `lane` sends next */
	size_t reading;		/* this one reads next */
	struct dns_lane *lanes;
	struct wire_buffers *buffers;
	struct schedule_walk walk;
	struct rng rng;
	struct mono begin;
	int64_t end_ns; /* nothing is sent from here on; CLOCK_MONOTONIC */
	uint64_t open;	/* queries under way on all lanes */
	bool full;	/* the window was full and has not opened again */
	uint64_t hash_seed;

	/* The next query of the schedule. */
	bool has_next;
	uint64_t next_number;
	int64_t next_due_ns; /* CLOCK_MONOTONIC */

	/* A batch on its way out. */
	struct wire_out out[WIRE_BATCH];
	int64_t due_ns[WIRE_BATCH];
	uint16_t ids[WIRE_BATCH];
	uint8_t *bytes; /* of the batch */

	int64_t spin_ns; /* how long before an instant a sleep ends */
	int64_t duty_ns; /* when the clocks are compared, timeouts looked for, ... */
	struct dns_stats stats;
	struct dns_timeline *timeline; /* NULL: none */
	struct dns_live live;
};

/*
 * Open the sockets of a thread.
 *
 * Returns 0 or -errno with `e` filled.
 */
int dns_thread_new(
	const struct dns_plan *p, unsigned int index, struct dns_thread **ret, struct err *e);
void dns_thread_free(struct dns_thread *t); /* NULL is fine */

/* Send from `begin` on, take answers until none is under way or the timeout is over. ^C ends the sending. */
void dns_thread_run(struct dns_thread *t, struct mono begin);

/* ---- between the files of the thread ---- */

enum { DNS_BATCH_BYTES = WIRE_BATCH * 1024 }; /* longer queries make shorter batches */

/* Send what the schedule, or the window, has for now. Returns how many queries left or failed. */
int dns_send_due(struct dns_thread *t, int64_t now_ns);

/* Take what came on a lane, at most `n` answers. Returns how many. */
int dns_take(struct dns_thread *t, struct dns_lane *lane, int n);

/* Close what was sent a timeout ago. */
void dns_expire(struct dns_thread *t, int64_t now_ns);

/* A TCP connection broke: what was under way on it is lost. */
void dns_lane_broke(struct dns_thread *t, struct dns_lane *lane);

/* Take the ICMP errors that wait on a lane. Returns how many. */
int dns_take_errors(struct dns_thread *t, struct dns_lane *lane);

#endif
