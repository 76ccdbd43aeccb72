/* watch.h - captures, a recorder and probes at work in a folder, and a diary that beats once a second beside them. */
#ifndef SCENARIOS_WATCH_H
#define SCENARIOS_WATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "lab/lab.h"
#include "scenarios/child.h"
#include "scenarios/drops.h"
#include "scenarios/events.h"
#include "scenarios/load.h"

enum { WATCH_PATH_BYTES = 1024 };

struct watch {
	struct lab *lab;
	const char
		*dir; /* DIR/{capture,record,probe}-plan.json, captures/, answers, *-stats.json */
	const char *title;  /* for the live line: "trial 2/5" */
	const char *broken; /* the node whose own losses are the fault's, or NULL */
	bool flooded;	    /* a load is the fault: so may every site's be */
	struct events *events;
	struct load_jobs *loads; /* seen after while we wait; NULL: there are none */
	struct child capture, record, probe;
	struct mono next_beat;
	struct drops before;
	int64_t *before_by_node; /* datagrams */
	bool wakeful;		 /* lib/wakeful.h */
	int wakeful_fd;
};

/*
 * Write the plans and start what they are for; the emulator's figures and the drops begin anew.
 *
 * A recorder that cannot start, or ends early, leaves a trial with less evidence but no less valid: the diary
 * and a line on the terminal say so.
 *
 *      w               lab, dir, title, events and perhaps broken set, the rest zero
 *      captures, record, probes        the plans (scenarios/plans.h); consumed. `record` may be NULL: nothing
 *                                      is recorded then
 *
 * Returns 0, or -errno with `e` filled; watch_stop() in either case.
 */
int watch_start(struct watch *w, json_t *captures, json_t *record, json_t *probes, struct err *e);

/* Wait until an instant, beating once a second. Returns 0, -EINTR, or why there is nothing left to wait for. */
int watch_until(struct watch *w, struct mono until, const char *phase, struct err *e);

/* Let the probes hear their last answers, then end all and keep the emulator's figures. */
int watch_stop(struct watch *w, struct err *e);

/* DIR/name */
const char *watch_path(const struct watch *w, const char *name, char out[static WATCH_PATH_BYTES]);

/* A JSON value as a file of the folder. Consumes it; NULL is out of memory. */
int watch_write(const struct watch *w, const char *name, json_t *value, struct err *e);

#endif
