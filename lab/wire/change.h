/*
 * change.h - every change of links: done in one go, undone by itself after its time, remembered.
 *
 * A change with a time owns the knobs that it set until that time is over; then each goes back to
 * the value it had before. No second change with a time may take a knob that is owned. A change
 * without one may: it takes the knob over, what was to come back is forgotten, and a timed change
 * that owns nothing any more has ended then.
 *
 * The last WIRE_CHANGES are remembered. Ids of the due heap from 2 * links on are their slots.
 */
#ifndef LAB_WIRE_CHANGE_H
#define LAB_WIRE_CHANGE_H

#include <stdint.h>

#include "lab/wire/herald.h"
#include "lab/wire/request.h"
#include "lib/mono.h"

enum { WIRE_CHANGES = 512 };

struct wire;

/* An instant lies between two readings of both clocks. */
struct wire_bracket {
	struct wall before_wall, after_wall;
	struct mono before_mono, after_mono;
};

struct wire_change {
	uint64_t id; /* 1 and up; 0: none yet */
	struct wire_set what;
	struct wire_bracket begin, end;
	bool timed, ended, ends_others;
	uint64_t ended_by; /* the change that took the last knob over; 0: its time was over */
	size_t owned;	   /* knobs of directions */
	struct wire_notice notice[2]; /* of the carrier: at begin, at end */
};

/* What a direction has that a change with a time will set back. */
struct wire_loan {
	uint64_t owner[WIRE_KNOBS]; /* change ids; 0: nobody */
	struct wire_impair before;  /* of the knobs that are owned */
};

/*
 * Do what `s` asks; takes s->dirs over on success. Nothing is done when it is refused.
 *
 *      ret     out: the change, until WIRE_CHANGES later
 *
 * Returns 0; -EINVAL (cannot be), -EBUSY (a knob is owned, or too many changes are under way); or
 * -EIO with the change done as far as it went (*ret is set then), with `e` filled.
 */
int wire_change_do(
	struct wire *w, struct wire_set *s, const struct wire_change **ret, struct err *e);

/* The time of the change in this slot is over. */
void wire_change_end(struct wire *w, uint32_t slot);

/* The one of an id, or NULL. */
const struct wire_change *wire_change_find(const struct wire *w, uint64_t id);

void wire_changes_done(struct wire *w);

#endif
