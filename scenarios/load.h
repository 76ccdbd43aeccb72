/* load.h - load generators that a timeline runs in nodes' networks, as children of the runner. */
#ifndef SCENARIOS_LOAD_H
#define SCENARIOS_LOAD_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lab/lab.h"
#include "scenarios/events.h"
#include "scenarios/scenario.h"

enum { LOAD_JOBS = 64 };

struct load_jobs {
	struct load_job {
		pid_t pid;
		int pidfd;
		const struct action *action;
		struct mono stop_at; /* by its `for`; 0: by a step or at the end of the trial */
		struct mono kill_at; /* once it was told to stop; 0: it was not */
		bool ended;
	} list[LOAD_JOBS];
	size_t len;
	const char *dir;    /* the trial's folder: load-NAME.json, log/load-NAME.log */
	const char *folder; /* the scenario's: where its files are looked for */
	struct events *events;
};

/*
 * Start `catchment load KIND ... --json` in the network of the action's node; all else it sees is the host's. Its
 * stdout becomes load-NAME.json, its stderr log/load-NAME.log. It dies with us. Returns 0 or -errno with `e`.
 */
int load_start(struct load_jobs *jobs, struct lab *lab, const struct action *action,
	struct lab_instant *ret, struct err *e);

/* The same in a network namespace: a path like /proc/123/ns/net; "" is ours. */
int load_start_in(struct load_jobs *jobs, const char *netns, const struct action *action,
	struct lab_instant *ret, struct err *e);

/* Tell the load of that name to end; one that has ended is left alone. */
void load_stop(struct load_jobs *jobs, const char *name, struct lab_instant *ret);

/* Descriptors that become readable when one ends. Returns how many. */
size_t load_poll(const struct load_jobs *jobs, struct pollfd out[static LOAD_JOBS]);

/* When load_see() next has something to do by the clock, or `otherwise` if that is earlier. */
struct mono load_next(const struct load_jobs *jobs, struct mono otherwise);

/*
 * What is due: stop what has had its time, kill what does not end, note in the diary what has. One that failed before
 * its time is an error in its own words: -EIO. Returns 0 otherwise.
 */
int load_see(struct load_jobs *jobs, struct err *e);

/* End all, within seconds. Returns as load_see(); no child is left in either case. */
int load_finish(struct load_jobs *jobs, struct err *e);

/*
 * Would a generator take these words? argv: the kind and its options, looked at in the folder. Returns 0, or -EINVAL
 * with its own words, or -errno.
 */
int load_check(const char *folder, char *const argv[], struct mono deadline, struct err *e);

#endif
