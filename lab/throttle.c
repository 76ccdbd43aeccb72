/* throttle.c - give a process a share of a processor at most: stopped for the rest of a period once it has had it. */
#include "lab/throttle.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/mono.h"

#define LONGEST_NS (3600 * NS_PER_S)

enum {
	PERIOD_NS = 20000000,
	LOOK_NS = 200000, /* how often what it has used is looked at, at most */
	DEBT_PERIODS = 5, /* what it took too much is kept back for so long */
};

struct throttle {
	pthread_t thread;
	atomic_bool ended;
	int pidfd;
	clockid_t clock;
	int64_t quota_ns; /* of a period */
};

/* False when there is no such process any more. */
static bool
tell(const struct throttle *t, int signal)
{
	return syscall(SYS_pidfd_send_signal, t->pidfd, signal, NULL, 0) == 0;
}

static bool
used_ns(const struct throttle *t, int64_t *ret)
{
	struct timespec ts;

	if (clock_gettime(t->clock, &ts) < 0)
		return false;
	*ret = (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
	return true;
}

static void
sleep_until(struct mono when)
{
	struct timespec ts = mono_timespec(when);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

/* Let it run until it has used what it may, or the period is over. */
static bool
run(const struct throttle *t, int64_t until_used_ns, struct mono end, bool *ret_spent)
{
	for (;;) {
		int64_t used = 0, left_ns = mono_diff_ns(end, mono_now());

		if (!used_ns(t, &used))
			return false;
		*ret_spent = used >= until_used_ns;
		if (*ret_spent || left_ns <= 0)
			return true;
		if (left_ns > until_used_ns - used)
			left_ns = until_used_ns - used;
		sleep_until(mono_add(mono_now(), left_ns > LOOK_NS ? left_ns : LOOK_NS));
	}
}

static void *
throttle_main(void *arg)
{
	struct throttle *t = arg;
	struct mono last = mono_add(mono_now(), LONGEST_NS);
	int64_t allowed_ns;

	if (!used_ns(t, &allowed_ns))
		return NULL;
	while (!atomic_load(&t->ended) && mono_diff_ns(last, mono_now()) > 0) {
		struct mono end = mono_add(mono_now(), PERIOD_NS);
		int64_t used;
		bool spent;

		if (!used_ns(t, &used))
			return NULL;
		/* What it left of earlier periods is gone, what it took too much is owed. */
		if (allowed_ns < used - DEBT_PERIODS * t->quota_ns)
			allowed_ns = used - DEBT_PERIODS * t->quota_ns;
		if (allowed_ns > used)
			allowed_ns = used;
		allowed_ns += t->quota_ns;
		spent = used >= allowed_ns;
		if (!spent && (!tell(t, SIGCONT) || !run(t, allowed_ns, end, &spent)))
			return NULL;
		if (spent && !tell(t, SIGSTOP))
			return NULL;
		if (spent)
			sleep_until(end);
	}
	tell(t, SIGCONT);
	return NULL;
}

int
throttle_begin(int pidfd, pid_t pid, double share, struct throttle **ret, struct err *e)
{
	struct throttle *t = calloc(1, sizeof(*t));
	sigset_t all, old;
	int rc;

	if (t == NULL)
		return err_set(e, ENOMEM, "out of memory");
	t->quota_ns = (int64_t)(share * PERIOD_NS);
	t->pidfd = fcntl(pidfd, F_DUPFD_CLOEXEC, 0);
	rc = t->pidfd < 0 ? errno : clock_getcpuclockid(pid, &t->clock);
	if (rc == 0 && t->quota_ns < 1)
		rc = EINVAL;
	if (rc == 0) {
		sigfillset(&all); /* signals are the first thread's */
		pthread_sigmask(SIG_SETMASK, &all, &old);
		rc = pthread_create(&t->thread, NULL, throttle_main, t);
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
	if (rc != 0) {
		if (t->pidfd >= 0)
			close(t->pidfd);
		free(t);
		return err_sys(e, rc, "cannot throttle process %d", (int)pid);
	}
	*ret = t;
	return 0;
}

void
throttle_end(struct throttle *t)
{
	if (t == NULL)
		return;
	atomic_store(&t->ended, true);
	pthread_join(t->thread, NULL);
	tell(t, SIGCONT); /* whyever it ended */
	close(t->pidfd);
	free(t);
}
