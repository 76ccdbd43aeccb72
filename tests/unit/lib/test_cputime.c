/* test_cputime.c - processor time of the machine and of a family of processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/cputime.h"
#include "lib/mono.h"

static void
machine_adds_up(void **state)
{
	struct cputime t;

	(void)state;
	assert_int_equal(cputime_read(&t), 0);
	assert_true(t.total_us > 0 && t.idle_us >= 0 && t.steal_us >= 0);
	assert_true(t.idle_us + t.steal_us <= t.total_us);
}

/* Use a processor for a given time of its own, whatever the machine does meanwhile. */
static void
burn(int64_t cpu_ns)
{
	struct timespec now;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while (now.tv_sec * NS_PER_S + now.tv_nsec < cpu_ns);
}

static void
family_counts_the_living_and_the_reaped(void **state)
{
	int64_t before_us, after_us, grown_us;
	pid_t child;

	(void)state;
	assert_int_equal(cputime_of_tree(getpid(), &before_us), 0);
	child = fork();
	if (child == 0) {
		pid_t grandchild = fork();

		if (grandchild == 0) {
			burn(150 * NS_PER_MS);
			_exit(0);
		}
		waitpid(grandchild, NULL, 0);
		burn(150 * NS_PER_MS);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(cputime_of_tree(getpid(), &after_us), 0);
	grown_us = after_us - before_us;
	assert_true(grown_us >= 270000); /* two ticks of rounding for each */
	assert_int_equal(cputime_of_tree(999999999, &after_us), 0);
	assert_int_equal(after_us, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(machine_adds_up),
		cmocka_unit_test(family_counts_the_living_and_the_reaped)};

	return cmocka_run_group_tests_name("cputime", tests, NULL, NULL);
}
