/* session.h - one lab for several runs: brought up when it is wanted, given up when it did not heal, calibrated now and then. */
#ifndef SCENARIOS_SESSION_H
#define SCENARIOS_SESSION_H

#include <jansson.h>

#include "lab/lab.h"
#include "scenarios/scenario.h"

enum { SESSION_SETTINGS_BYTES = 700 };

struct session {
	struct lab_options options; /* name is chosen here */
	char name[48];
	struct lab *lab; /* NULL: none is up */
	/*
	 * The layer of the scenario's settings; options.layers may point to it. Each run writes its own and says here where,
	 * so that the next boot finds it. "": none.
	 */
	char settings[SESSION_SETTINGS_BYTES];
	int boots;
	bool used;		 /* a run took place in it */
	struct mono whole_since; /* it came up, or the latest trial healed */
	/* The instrument's own error, measured for this lab; NULL: not yet, or too long ago. */
	json_t *calibration;
	struct mono calibrated_at;
	char calibrated_in[128]; /* id of the run in which it was */
	/* The scenario with the most queries: the calibration is done with as many. NULL: each its own. */
	const struct scenario *busiest;
};

enum { SESSION_CALIBRATION_MINUTES = 30 };

/* Have a lab; `fresh`: one that nothing was done to. Returns 0 or what lab_up() does. */
int session_need(struct session *s, bool fresh, struct err *e);

/*
 * Wait until it has been whole for as long as its variant wants (topology.h, rest_ns).
 *
 *      title   of what waits, for the live line
 *
 * Returns 0, or -EINTR with `e` filled.
 */
int session_rest(const struct session *s, const char *title, struct err *e);

/* The lab is given up: what did not heal is of no use to the next. */
void session_drop(struct session *s);

/* Leave it standing, to be looked at; its name is told. */
void session_leave_standing(struct session *s);

/*
 * See that RUN/calibration/calibration.json is there: measured now, or taken over from a run in the same lab at most
 * SESSION_CALIBRATION_MINUTES ago, which is said. Returns 0 whatever was found, -EINTR, or -errno with `e` filled.
 */
int session_calibrate(struct session *s, const struct scenario *scenario, const char *run_dir,
	const char *run_id, uint64_t seed, int attempts, struct err *e);

/* End it. */
void session_done(struct session *s);

#endif
