/* test_throttle.c - a process gets its share and no more, an idle one is left alone, and afterwards it runs. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lab/throttle.h"
#include "lib/mono.h"

static pid_t
start(bool busy, int *ret_pidfd)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	while (pid == 0)
		if (!busy)
			pause();
	*ret_pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	assert_true(*ret_pidfd >= 0);
	return pid;
}

static void
end(pid_t pid, int pidfd)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(pidfd);
}

static int64_t
used_ns(pid_t pid)
{
	clockid_t clock;
	struct timespec ts;

	assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
	assert_int_equal(clock_gettime(clock, &ts), 0);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static char
state_of(pid_t pid)
{
	char path[64], line[400] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	return strrchr(line, ')')[2];
}

/*
 * What is busy is stopped again and again, gets on nevertheless, and goes on when told. How much it uses is not judged
 * here: on a busy host the limiter, a thread, may itself be kept waiting.
 */
static void
busy_gets_its_share(void **state)
{
	enum { SHARE = 20, WANTED_NS = 20000000, STOPS = 5 };
	struct mono limit = mono_add(mono_now(), 60 * NS_PER_S);
	struct throttle *t;
	struct err e;
	unsigned int stops = 0;
	char was = 'R', is;
	int pidfd;
	pid_t pid = start(true, &pidfd);

	(void)state;
	assert_int_equal(throttle_begin(pidfd, pid, 1.0 / SHARE, &t, &e), 0);
	while ((used_ns(pid) < WANTED_NS || stops < STOPS) && mono_diff_ns(limit, mono_now()) > 0) {
		is = state_of(pid);
		stops += is == 'T' && was != 'T';
		was = is;
	}
	assert_true(used_ns(pid) >= WANTED_NS);
	assert_true(stops >= STOPS);
	throttle_end(t);
	limit = mono_add(mono_now(), 10 * NS_PER_S);
	while (state_of(pid) == 'T' && mono_diff_ns(limit, mono_now()) > 0)
		;
	assert_int_not_equal(state_of(pid), 'T');
	end(pid, pidfd);
}

static void
idle_is_left_alone(void **state)
{
	struct throttle *t;
	struct mono limit;
	struct err e;
	int pidfd;
	pid_t pid = start(false, &pidfd);

	(void)state;
	assert_int_equal(throttle_begin(pidfd, pid, 0.5, &t, &e), 0);
	limit = mono_add(mono_now(), 100 * NS_PER_MS);
	while (mono_diff_ns(limit, mono_now()) > 0)
		assert_int_not_equal(state_of(pid), 'T');
	throttle_end(t);
	end(pid, pidfd);
}

static void
death_ends_it(void **state)
{
	struct throttle *t;
	struct err e;
	int pidfd;
	pid_t pid = start(true, &pidfd);

	(void)state;
	assert_int_equal(throttle_begin(pidfd, pid, 0.01, &t, &e), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	throttle_end(t);
	assert_true(throttle_begin(pidfd, pid, 0.01, &t, &e) < 0);
	throttle_end(NULL);
	close(pidfd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(busy_gets_its_share),
		cmocka_unit_test(idle_is_left_alone), cmocka_unit_test(death_ends_it)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
