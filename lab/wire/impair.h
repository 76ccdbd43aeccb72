/*
 * impair.h - what a direction of a link does to frames, and the one place where it is decided.
 *
 * In this order: no carrier; blackhole; a queue in front of a line of some rate; random loss; a
 * flipped bit; a copy; delay with jitter. What is lost at random has therefore used the line.
 *
 *      loss            independent, or with burst_pkts in bursts of that mean length (the two states
 *                      of Gilbert 1960: everything is lost in one, nothing in the other)
 *      rate            counts the bytes of frames as a capture shows them, without preamble, gap
 *                      and checksum. A frame that would wait longer than queue_ns, or find more
 *                      than queue_bytes with itself, is lost (tail drop). One that finds the line
 *                      idle never is.
 *      jitter          uniform within +- jitter_ns of the delay, or normal with that standard
 *                      deviation, cut at three of them. In order unless reorder: a frame that would
 *                      overtake leaves together with the one before it.
 *      blackhole       of everything, of data alone so that no session notices, or of some packets: those
 *                      larger than a size, those from or to a port (data.h)
 *      duplicate       the copy leaves right behind the frame and takes no time of the line
 *      corrupt         one bit behind the Ethernet header is inverted
 */
#ifndef LAB_WIRE_IMPAIR_H
#define LAB_WIRE_IMPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"
#include "lib/rng.h"

#define WIRE_DELAY_MAX_NS     60000000000LL /* 60 s */
#define WIRE_QUEUE_DEFAULT_NS 50000000LL    /* of a line with a rate and no stated queue */

/* All zero: frames pass at once. */
struct wire_impair {
	int64_t delay_ns;
	int64_t jitter_ns; /* not more than the delay */
	bool jitter_normal;
	bool reorder;
	double loss_ratio;
	double burst_pkts; /* 0: independent losses */
	int64_t rate_bps;  /* 0: no limit */
	int64_t queue_ns;
	int64_t queue_bytes;
	double duplicate_ratio;
	double corrupt_ratio;
	bool blackhole;
	bool blackhole_data;	   /* BGP, BFD, the IGP and neighbour discovery pass: see data.h */
	int64_t lose_larger_bytes; /* IP packets longer than this; 0: none */
	int64_t lose_tcp_port;	   /* TCP from or to this port; 0: none */
	int64_t lose_udp_port;
	bool down; /* both directions of a link have the same */
};

enum wire_knob {
	WIRE_DELAY,
	WIRE_JITTER,
	WIRE_JITTER_NORMAL,
	WIRE_REORDER,
	WIRE_LOSS,
	WIRE_BURST,
	WIRE_RATE,
	WIRE_QUEUE_NS,
	WIRE_QUEUE_BYTES,
	WIRE_DUPLICATE,
	WIRE_CORRUPT,
	WIRE_BLACKHOLE,
	WIRE_BLACKHOLE_DATA,
	WIRE_LOSE_LARGER,
	WIRE_LOSE_TCP,
	WIRE_LOSE_UDP,
	WIRE_DOWN,
	WIRE_KNOBS
};

enum wire_knob_kind {
	WIRE_KNOB_WHOLE,
	WIRE_KNOB_REAL,
	WIRE_KNOB_FLAG,
	WIRE_KNOB_NOT, /* a flag that is told the other way round */
};

struct wire_knob_spec {
	const char *key; /* in requests and figures */
	enum wire_knob_kind kind;
	double min, max;
	const char *range; /* the same for people */
};

extern const struct wire_knob_spec wire_knobs[WIRE_KNOBS];

double wire_knob_get(const struct wire_impair *m, enum wire_knob k);
void wire_knob_put(struct wire_impair *m, enum wire_knob k, double value);

/* Copy the knobs of `mask` (bits 1 << enum wire_knob). */
void wire_impair_copy(struct wire_impair *to, const struct wire_impair *from, uint32_t mask);

/* Can this be? Returns 0, or -EINVAL with `e` saying what contradicts what. */
int wire_impair_check(const struct wire_impair *m, struct err *e);

/* What a direction remembers from frame to frame. */
struct wire_memory {
	struct rng rng;
	bool losing;		  /* within a burst */
	struct mono idle;	  /* when the line will have sent what it took */
	uint64_t idle_rest;	  /* fraction of a ns beyond, in units of 1/rate */
	struct mono last_release; /* latest of the frames kept */
};

enum wire_fate {
	WIRE_KEEP,
	WIRE_LOST_DOWN,
	WIRE_LOST_BLACKHOLE,
	WIRE_LOST_QUEUE,
	WIRE_LOST_RANDOM
};

struct wire_verdict {
	struct mono release; /* of one that is kept */
	bool duplicate;
	int32_t flip_bit; /* counted from the first bit of the frame; -1: none */
};

/*
 * What becomes of a frame.
 *
 *      frame, len_bytes        any content
 *      arrival                 of frames of a direction in order
 *      ret                     out; written when it is kept
 */
enum wire_fate wire_decide(const struct wire_impair *m, struct wire_memory *s, const uint8_t *frame,
	uint32_t len_bytes, struct mono arrival, struct wire_verdict *ret);

#endif
