/* child.h - the probe engine and the captures as processes of the runner, told to stop in order. */
#ifndef SCENARIOS_CHILD_H
#define SCENARIOS_CHILD_H

#include <sys/types.h>

#include "lib/err.h"
#include "lib/mono.h"

struct child {
	const char *what; /* for messages */
	pid_t pid;
	int out;	 /* its stdout */
	char words[400]; /* the last it said on stderr */
	int err;
};

/*
 * Start `catchment COMMAND --plan PLAN` in a session of its own and wait for {"ready":true}.
 * Returns 0, -ETIMEDOUT, or -EIO with its own words; then no process is left.
 */
int child_start(struct child *c, const char *command, const char *plan, struct mono deadline,
	struct err *e);

/* SIGTERM, then wait for its end; after the deadline SIGKILL. Returns 0, or -EIO with its words. */
int child_stop(struct child *c, struct mono deadline, struct err *e);

/* Is it still there? Reads what it says meanwhile. */
int child_alive(struct child *c);

#endif
