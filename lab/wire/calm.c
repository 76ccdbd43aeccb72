/* calm.c - make a thread punctual while it forwards, and leave it as it was found. */
#include "lab/wire/calm.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "lib/fs.h"

static bool
throttled(void)
{
	char *text;
	bool yes;

	if (fs_read("/proc/sys/kernel/sched_rt_runtime_us", 64, &text, NULL, NULL) < 0)
		return false;
	yes = text[0] != '-';
	free(text);
	return yes;
}

void
wire_calm_begin(struct wire_calm *c)
{
	struct sched_param low = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};
	int slack_ns = prctl(PR_GET_TIMERSLACK);

	c->policy = sched_getscheduler(0);
	sched_getparam(0, &c->param);
	c->timer_slack_ns = slack_ns > 0 ? (unsigned long)slack_ns : 0;
	/* RESET_ON_FORK: nothing that this thread might start inherits it. */
	c->realtime =
		throttled() && sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &low) == 0;
	prctl(PR_SET_TIMERSLACK, 1UL);
	(void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

void
wire_calm_end(const struct wire_calm *c)
{
	munlockall();
	prctl(PR_SET_TIMERSLACK, c->timer_slack_ns); /* 0: the default */
	if (c->realtime)
		sched_setscheduler(0, c->policy, &c->param);
}
