/* exec.h - commands that a timeline runs inside nodes: started on time, waited for later. */
#ifndef SCENARIOS_EXEC_H
#define SCENARIOS_EXEC_H

#include <sys/types.h>

#include "lab/lab.h"
#include "scenarios/scenario.h"

enum { EXEC_JOBS = 32 };

struct exec_jobs {
	struct exec_job {
		pid_t pid;
		const struct action *action;
		bool ended; /* and has been waited for: */
		int status;
	} list[EXEC_JOBS];
	size_t len;
	const char *dir;		 /* the trial's folder: what checks say goes there */
	const struct scenario *scenario; /* whose steps they are; needed for checks only */
};

/*
 * Start an action's command in its node; what it says goes to the node's exec.log. `ret` brackets the
 * start. At most EXEC_JOBS run at once. What a check says goes to a file of its own, check-NN.txt. Returns 0 or -errno with `e`.
 */
int exec_start(struct exec_jobs *jobs, struct lab *lab, const struct action *action,
	struct lab_instant *ret, struct err *e);

/* Wait until the commands under way have ended, at most until the deadline. None is killed, and what failed is kept. Have all? */
bool exec_settle(struct exec_jobs *jobs, struct mono deadline);

/*
 * Wait until all have ended, at most until the deadline; what still runs then is killed.
 *
 * Returns 0, or -EIO naming the first that took too long or did not return 0. Whatever a check returns
 * is what it found: check-NN.json has it.
 */
int exec_finish(struct exec_jobs *jobs, struct mono deadline, struct err *e);

/* Run the command that undoes an action, to its end. As exec_start() and exec_finish(). */
int exec_undo(struct lab *lab, const struct action *action, struct lab_instant *ret, struct err *e);

#endif
