/* test_talk.c - what people see: on a terminal one live line as wide as it is, elsewhere a heartbeat; SIGUSR1; colours. */
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/colour.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum { BYTES = 8192 };

/* All that `speak` says on stderr, which is a terminal of so many columns, or a pipe for 0. Returns its exit status. */
static int
hear(void speak(void), unsigned short columns, char out[static BYTES])
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	int ends[2], status = 0;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	if (columns > 0)
		assert_int_equal(openpty(&ends[0], &ends[1], NULL, NULL, &size), 0);
	else
		assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		speak();
		fflush(stderr);
		_exit(0);
	}
	close(ends[1]);
	while (used < BYTES - 1 && (n = read(ends[0], out + used, BYTES - 1 - used)) > 0)
		used += (size_t)n;
	out[used] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void
a_burst(void)
{
	talk_subject("dns-crash on documented");
	talk_figure("rtt: withdraw_ms %s", "3.65 s");
	talk_expect(mono_add(mono_now(), 150 * NS_PER_S));
	for (int i = 0; i < 100; i++)
		talk_live("trial 1/5: after, %d s left äöü", i);
	talk_step("met          fast");
	talk_clear();
}

static void
one_live_line_as_wide_as_the_terminal(void **state)
{
	char out[BYTES];

	(void)state;
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(hear(a_burst, 200, out), 0);
	assert_int_equal(count(out, "trial 1/5"), 1); /* a burst is one line: the rate is limited */
	assert_non_null(strstr(out,
		"\r\033[Kdns-crash on documented, trial 1/5: after, 0 s left äöü; rtt: "
		"withdraw_ms 3.65 s; about 3 min left"));
	assert_non_null(strstr(out, "\r\033[Kmet          fast\r\n"));
	assert_int_equal(hear(a_burst, 30, out), 0);
	assert_non_null(strstr(out, "\r\033[Kdns-crash on documented, tria\r\033[K"));
}

static void
quiet_elsewhere(void **state)
{
	char out[BYTES];

	(void)state;
	unsetenv("CATCHMENT_HEARTBEAT");
	assert_int_equal(hear(a_burst, 0, out), 0);
	assert_string_equal(out, "met          fast\n");
}

static void
until_a_beat(void)
{
	struct mono end = mono_add(mono_now(), 20 * NS_PER_S), begin = mono_now();

	/* As often as it is called, it beats no more often than each 50 ms. */
	for (int beats = 0; beats < 3 && mono_now().ns < end.ns;) {
		talk_live("waiting");
		beats = (int)(mono_diff_ns(mono_now(), begin) / (60 * NS_PER_MS));
	}
}

static void
a_heartbeat_elsewhere(void **state)
{
	char out[BYTES];

	(void)state;
	setenv("CATCHMENT_HEARTBEAT", "50ms", 1);
	assert_int_equal(hear(until_a_beat, 0, out), 0);
	assert_true(count(out, "... waiting\n") >= 1);
	assert_true(count(out, "... waiting\n") <= 100);
	unsetenv("CATCHMENT_HEARTBEAT");
}

static void
a_question(void)
{
	talk_answer("catchment run");
	raise(SIGUSR1);
	talk_subject("dns-crash");
	talk_live("trial 2/5: after");
	raise(SIGUSR1);
}

static void
an_ignored_question(void)
{
	signal(SIGUSR1, SIG_IGN);
	talk_answer("catchment probe");
	raise(SIGUSR1);
}

static void
usr1_is_answered(void **state)
{
	char out[BYTES];

	(void)state;
	assert_int_equal(hear(a_question, 0, out), 0);
	assert_string_equal(out,
		"catchment run: for 0 s\ncatchment run: for 0 s: dns-crash, trial 2/5: after\n");
	assert_int_equal(hear(an_ignored_question, 0, out), 0);
	assert_string_equal(out, "");
}

static void
verdicts(void)
{
	talk_step("missed       withdraw");
	talk_step("methodical");
	talk_error("no");
}

static void
only_what_may_be_is_coloured(void **state)
{
	char *argv[] = {(char *)(uintptr_t) "catchment", (char *)(uintptr_t) "--color",
		(char *)(uintptr_t) "always", (char *)(uintptr_t) "run", NULL};
	char *lab[] = {(char *)(uintptr_t) "catchment", (char *)(uintptr_t) "lab",
		(char *)(uintptr_t) "exec", (char *)(uintptr_t) "a", (char *)(uintptr_t) "ls",
		(char *)(uintptr_t) "--color=x", NULL};
	char *wrong[] = {(char *)(uintptr_t) "catchment", (char *)(uintptr_t) "run",
		(char *)(uintptr_t) "--color=x", NULL};
	char *none[] = {(char *)(uintptr_t) "catchment", (char *)(uintptr_t) "--color", NULL};
	int argc = 4;
	const char *bad = NULL;
	char out[BYTES];

	(void)state;
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(hear(verdicts, 80, out), 0);
	assert_null(strstr(out, "\033["));
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	assert_int_equal(hear(verdicts, 80, out), 0);
	assert_non_null(strstr(out, "\033[1;31mmissed\033[0m       withdraw"));
	assert_int_equal(count(out, "\033["), 2);
	assert_int_equal(hear(verdicts, 0, out), 0);
	assert_null(strstr(out, "\033["));

	assert_int_equal(colour_take(&argc, argv, &bad), 0);
	assert_int_equal(argc, 2);
	assert_string_equal(argv[1], "run");
	assert_null(argv[2]);
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(hear(verdicts, 0, out), 0);
	assert_non_null(strstr(out, "\033[1;31mmissed"));
	argc = 6;
	assert_int_equal(colour_take(&argc, lab, &bad), 0);
	assert_int_equal(argc, 6); /* that one is ls's */
	argc = 3;
	assert_true(colour_take(&argc, wrong, &bad) < 0);
	assert_string_equal(bad, "x");
	argc = 2;
	assert_true(colour_take(&argc, none, &bad) < 0);
	assert_string_equal(bad, "");
}

static void
asked_to_stop(void)
{
	stop_install();
	raise(SIGINT);
	if (stop_requested() != 1)
		_exit(1);
	raise(SIGINT);
}

static void
the_first_is_answered_the_second_ends(void **state)
{
	char out[BYTES];

	(void)state;
	assert_int_equal(hear(asked_to_stop, 80, out), 130);
	assert_int_equal(count(out, "once more to end it at once"), 1);
	assert_non_null(strstr(out, "catchment: aborted"));
	assert_int_equal(hear(asked_to_stop, 0, out), 130);
	assert_int_equal(count(out, "once more"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_live_line_as_wide_as_the_terminal),
		cmocka_unit_test(quiet_elsewhere),
		cmocka_unit_test(a_heartbeat_elsewhere),
		cmocka_unit_test(usr1_is_answered),
		cmocka_unit_test(only_what_may_be_is_coloured),
		cmocka_unit_test(the_first_is_answered_the_second_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
