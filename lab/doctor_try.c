/* doctor_try.c - one thing a lab needs of the kernel each, tried in a process of its own. */
#include "lab/doctor_try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/rootless.h"
#include "lab/rtnl.h"

static int
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc = 0;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		rc = -errno;
	if (fd >= 0)
		close(fd);
	return rc;
}

int
try_user_namespace(void)
{
	char uids[32], gids[32];
	int rc;

	snprintf(uids, sizeof(uids), "0 %u 1", (unsigned)geteuid());
	snprintf(gids, sizeof(gids), "0 %u 1", (unsigned)getegid());
	if (unshare(CLONE_NEWUSER) < 0)
		return -errno;
	rc = write_file("/proc/self/setgroups", "deny");
	if (rc == 0)
		rc = write_file("/proc/self/uid_map", uids);
	return rc < 0 ? rc : write_file("/proc/self/gid_map", gids);
}

int
try_mapping(void)
{
	return rootless_make(NULL);
}

int
try_namespaces(void)
{
	int rc = geteuid() == 0 ? 0 : try_user_namespace();

	if (rc < 0)
		return rc;
	return unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID) < 0
		? -errno
		: 0;
}

static int
private_tmp(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
			mount("tmpfs", "/tmp", "tmpfs", 0, NULL) < 0 || chdir("/tmp") < 0
		? -errno
		: 0;
}

/* They belong to the first process of a PID namespace, hence a child. */
int
try_proc(void)
{
	int rc = try_namespaces(), status;
	pid_t pid = rc < 0 ? -1 : fork();

	if (pid == 0) {
		rc = private_tmp();
		if (rc == 0 &&
			(mkdir("p", 0755) < 0 || mkdir("s", 0755) < 0 ||
				mount("proc", "p", "proc", 0, NULL) < 0 ||
				mount("sysfs", "s", "sysfs", MS_RDONLY, NULL) < 0))
			rc = -errno;
		_exit(-rc & 0xff);
	}
	if (pid < 0)
		return rc < 0 ? rc : -errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

int
try_tun(void)
{
	struct ifreq ifr = {.ifr_name = "doctor", .ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd, rc = try_namespaces();

	if (rc < 0)
		return rc;
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	return fd < 0 || ioctl(fd, TUNSETIFF, &ifr) < 0 ? -errno : 0;
}

int
try_overlay(void)
{
	bool user = geteuid() != 0;
	int rc = try_namespaces();

	if (rc == 0)
		rc = private_tmp();
	if (rc < 0)
		return rc;
	if (mkdir("l", 0755) < 0 || mkdir("u", 0755) < 0 || mkdir("w", 0755) < 0 ||
		mkdir("m", 0755) < 0 ||
		mount("overlay", "m", "overlay", 0,
			user ? "lowerdir=l,upperdir=u,workdir=w,userxattr"
			     : "lowerdir=l,upperdir=u,workdir=w") < 0)
		return -errno;
	return 0;
}

int
try_bridge(void)
{
	struct rtnl *r;
	int rc = try_namespaces();

	if (rc == 0)
		rc = rtnl_open(&r, NULL);
	return rc < 0 ? rc : rtnl_bridge_add(r, "doctor", NULL);
}

int
try_capture(void)
{
	int rc = try_namespaces();

	if (rc < 0)
		return rc;
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0 ? -errno : 0;
}

int
try_realtime(void)
{
	struct sched_param p = {.sched_priority = 1};

	return sched_setscheduler(0, SCHED_FIFO, &p) < 0 ? -errno : 0;
}

int
try_locked_memory(void)
{
	void *area = mmap(NULL, ROOTLESS_LOCKED_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return area == MAP_FAILED || mlock2(area, ROOTLESS_LOCKED_BYTES, MLOCK_ONFAULT) < 0 ? -errno
											    : 0;
}

int
try_socket_buffers(void)
{
	int wanted = ROOTLESS_SOCKET_BYTES, got = 0, fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(got);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len) < 0)
		return -errno;
	return got < 2 * wanted ? -EPERM : 0; /* the kernel doubles it for its own needs */
}

/* The child ends with the errno as its status. */
int
doctor_try(int (*try)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, STDERR_FILENO);
		_exit(-try() & 0xff);
	}
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}
