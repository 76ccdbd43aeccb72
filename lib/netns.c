/* netns.c - the calling thread into another network namespace, and back. */
#include "lib/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

enum { NETNS_STAYED = -1 };

int
netns_enter(const char *path, int *ret_home, struct err *e)
{
	int home, there, rc;

	if (path[0] == '\0') {
		*ret_home = NETNS_STAYED;
		return 0;
	}
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0)
		return err_sys(e, errno, "cannot open our own network namespace");
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (there < 0 || setns(there, CLONE_NEWNET) < 0) {
		rc = err_sys(e, errno, "cannot enter network namespace %s", path);
		if (there >= 0)
			close(there);
		close(home);
		return rc;
	}
	close(there);
	*ret_home = home;
	return 0;
}

int
netns_leave(int home, struct err *e)
{
	int rc = 0;

	if (home == NETNS_STAYED)
		return 0;
	if (setns(home, CLONE_NEWNET) < 0)
		rc = err_sys(e, errno, "cannot return to our own network namespace");
	close(home);
	return rc;
}
