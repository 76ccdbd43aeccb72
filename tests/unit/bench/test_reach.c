/* test_reach.c - load goes to loopback and into namespaces, elsewhere only when asked to. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/load/reach.h"
#include "lib/inet.h"

static const char *const loopback[] = {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"};
static const char *const other[] = {"192.0.2.1", "128.0.0.1", "0.0.0.0", "255.255.255.255",
	"2001:db8::1", "::", "fe80::1", "::2", "::ffff:192.0.2.1", "::127.0.0.1"};

enum {
	LOOPBACKS = sizeof(loopback) / sizeof(loopback[0]),
	OTHERS = sizeof(other) / sizeof(other[0])
};

static int
ask(const char *text, bool elsewhere, struct err *e)
{
	struct sockaddr_storage to;
	struct inet a;

	if (inet_parse(text, &a) < 0)
		return -EINVAL;
	inet_sockaddr(&a, 53, &to);
	return reach_check((struct sockaddr *)&to, elsewhere, e);
}

/* In a process of its own: what `go` returns, 0 to 100. */
static int
in_child(int (*go)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(go());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Into the host's namespace where that can be done, unless we are there; 77 where neither. */
static int
at_home(void)
{
	int fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
	struct err e = {0};

	if (fd >= 0 && setns(fd, CLONE_NEWNET) < 0)
		return 77;
	if (!reach_at_home())
		return fd < 0 ? 77 : 1;
	for (size_t i = 0; i < OTHERS; i++)
		if (ask(other[i], false, &e) != -EPERM || strstr(e.text, "--elsewhere") == NULL ||
			ask(other[i], true, &e) != 0)
			return 10 + (int)i;
	for (size_t i = 0; i < LOOPBACKS; i++)
		if (ask(loopback[i], false, &e) != 0)
			return 30 + (int)i;
	return 0;
}

static int
in_a_namespace(void)
{
	struct err e;

	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return 77;
	if (reach_at_home())
		return 1;
	for (size_t i = 0; i < OTHERS; i++)
		if (ask(other[i], false, &e) != 0)
			return 10 + (int)i;
	return 0;
}

/* As a user who may not look at PID 1, in a namespace of that user's. */
static int
as_a_user(void)
{
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	if (access("/proc/1/ns/net", F_OK) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return 77;
	return reach_at_home() ? 1 : 0;
}

static void
expect(int (*go)(void))
{
	int rc = in_child(go);

	if (rc == 77)
		skip();
	assert_int_equal(rc, 0);
}

static void
test_loopback(void **state)
{
	struct sockaddr_storage none = {.ss_family = AF_UNIX};
	struct err e;

	(void)state;
	for (size_t i = 0; i < LOOPBACKS; i++)
		assert_int_equal(ask(loopback[i], false, &e), 0);
	assert_int_equal(reach_check((struct sockaddr *)&none, true, &e), -EAFNOSUPPORT);
}

static void
test_at_home(void **state)
{
	(void)state;
	expect(at_home);
}

static void
test_in_a_namespace(void **state)
{
	(void)state;
	expect(in_a_namespace);
}

static void
test_as_a_user(void **state)
{
	(void)state;
	expect(as_a_user);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_at_home), cmocka_unit_test(test_in_a_namespace),
		cmocka_unit_test(test_as_a_user)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
