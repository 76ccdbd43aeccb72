/* rootless.c - into a user namespace of our own, so that a lab can be made without root. */
#include "lab/rootless.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/num.h"
#include "lib/talk.h"

/* Set inside to the uid outside; children inherit it together with the namespace. */
static const char mark[] = "CATCHMENT_ROOTLESS";

bool
rootless_inside(void)
{
	return geteuid() == 0 && getenv(mark) != NULL;
}

uid_t
rootless_uid(void)
{
	uint64_t uid;

	if (rootless_inside() && num_u64(getenv(mark), 0, UINT32_MAX, &uid) == 0)
		return (uid_t)uid;
	return geteuid();
}

int
rootless_range(const char *path, const char *name, uid_t id, struct rootless_range *ret)
{
	FILE *from = fopen(path, "re");
	struct rootless_range found;
	char line[512], number[16];
	int rc = -ENOENT;

	if (from == NULL)
		return -ENOENT;
	snprintf(number, sizeof(number), "%u", (unsigned)id);
	while (rc < 0 && fgets(line, sizeof(line), from) != NULL) {
		char *save, *owner = strtok_r(line, ":\n", &save);
		char *start = owner ? strtok_r(NULL, ":\n", &save) : NULL;
		char *count = start ? strtok_r(NULL, ":\n", &save) : NULL;

		if (count == NULL || (strcmp(owner, name) != 0 && strcmp(owner, number) != 0) ||
			num_u64(start, 1, UINT32_MAX, &found.start) < 0 ||
			num_u64(count, ROOTLESS_IDS_MIN, UINT32_MAX, &found.count) < 0)
			continue;
		*ret = found;
		rc = 0;
	}
	fclose(from);
	return rc;
}

int
rootless_ids(struct rootless_ids *ret, struct err *e)
{
	const struct passwd *who = getpwuid(getuid());
	struct rootless_ids ids = {0};

	if (who == NULL)
		return err_set(e, ENOENT, "uid %u has no name here, and so no subordinate ids",
			(unsigned)getuid());
	if (rootless_range("/etc/subuid", who->pw_name, who->pw_uid, &ids.uids) < 0 ||
		rootless_range("/etc/subgid", who->pw_name, who->pw_uid, &ids.gids) < 0)
		return err_set(e, ENOENT,
			"/etc/subuid and /etc/subgid give %s no range of %d ids, and the daemons "
			"have users of their own: sudo usermod --add-subuids 100000-165535 "
			"--add-subgids 100000-165535 %s",
			who->pw_name, ROOTLESS_IDS_MIN, who->pw_name);
	*ret = ids;
	return 0;
}

/* ---- the map, written by newuidmap and newgidmap, which look up what the administrator allows ---- */

static int
run_mapper(const char *program, pid_t target, unsigned own, const struct rootless_range *sub)
{
	char pid_text[16], own_text[16], start[24], count[24];
	pid_t pid;
	int status;

	snprintf(pid_text, sizeof(pid_text), "%d", (int)target);
	snprintf(own_text, sizeof(own_text), "%u", own);
	snprintf(start, sizeof(start), "%llu", (unsigned long long)sub->start);
	snprintf(count, sizeof(count), "%llu", (unsigned long long)sub->count);
	pid = fork();
	if (pid == 0) {
		execlp(program, program, pid_text, "0", own_text, "1", "1", start, count, NULL);
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -ENOENT;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

/*
 * A child that stays outside, where the set-uid mappers work; it maps us when we say that we are
 * in the new namespace. Its exit status is an errno.
 */
static pid_t
fork_mapper(const struct rootless_ids *ids, int go)
{
	pid_t target = getpid(), pid = fork();
	char byte;
	int rc;

	if (pid != 0)
		return pid;
	if (read(go, &byte, 1) != 1)
		_exit(ECANCELED);
	rc = run_mapper("newuidmap", target, getuid(), &ids->uids);
	if (rc == 0)
		rc = run_mapper("newgidmap", target, getgid(), &ids->gids);
	_exit(-rc);
}

static bool
setting_is(const char *path, char wanted)
{
	char *text;
	bool is;

	if (fs_read(path, 64, &text, NULL, NULL) < 0)
		return false;
	is = text[0] == wanted;
	free(text);
	return is;
}

/* A kernel that refuses does not say why; these are the ways in which distributions close it. */
static int
refused(int code, struct err *e)
{
	if (setting_is("/proc/sys/kernel/unprivileged_userns_clone", '0'))
		return err_set(e, EPERM,
			"user namespaces are closed to users here: sudo sysctl "
			"kernel.unprivileged_userns_clone=1");
	if (setting_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1'))
		return err_set(e, EPERM,
			"AppArmor closes user namespaces to programs without a profile here: sudo "
			"sysctl kernel.apparmor_restrict_unprivileged_userns=0");
	if (setting_is("/proc/sys/user/max_user_namespaces", '0'))
		return err_set(e, EPERM,
			"no user namespace may be made here: sudo sysctl "
			"user.max_user_namespaces=10000");
	return err_sys(
		e, code, "this kernel (or the container around us) refuses a user namespace");
}

static int
unshare_mapped(const struct rootless_ids *ids, struct err *e)
{
	int go[2], status = 0, code = 0;
	pid_t mapper;

	if (pipe2(go, O_CLOEXEC) < 0)
		return err_sys(e, errno, "pipe");
	mapper = fork_mapper(ids, go[0]);
	close(go[0]);
	if (mapper < 0)
		code = errno;
	else if (unshare(CLONE_NEWUSER) < 0)
		code = errno;
	else if (write(go[1], "", 1) != 1)
		code = errno;
	close(go[1]);
	while (mapper > 0 && waitpid(mapper, &status, 0) < 0 && errno == EINTR)
		;
	if (code != 0)
		return mapper < 0 ? err_sys(e, code, "fork") : refused(code, e);
	code = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
	if (code == ENOENT)
		return err_set(e, ENOENT, "newuidmap is missing: install the package uidmap");
	if (code != 0)
		return err_set(e, EPERM,
			"newuidmap or newgidmap refused to map the subordinate ids (what it said "
			"stands above)");
	return 0;
}

/* Where AppArmor lets the namespace be made, but without the rights that go with it, this fails. */
static int
become_root(const char *uid_outside, struct err *e)
{
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return refused(errno, e);
	return setenv(mark, uid_outside, 1) < 0 ? err_sys(e, errno, "setenv") : 0;
}

int
rootless_make(struct err *e)
{
	struct rootless_ids ids;
	char uid[16];
	int rc = rootless_ids(&ids, e);

	snprintf(uid, sizeof(uid), "%u", (unsigned)geteuid());
	if (rc == 0)
		rc = unshare_mapped(&ids, e);
	if (rc < 0)
		return rc;
	return become_root(uid, e);
}

int
rootless_leave_network(struct err *e)
{
	return unshare(CLONE_NEWNET) < 0 ? refused(errno, e) : 0;
}

static bool
same_user_namespace(pid_t pid)
{
	struct stat ours, theirs;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return stat("/proc/self/ns/user", &ours) == 0 && stat(path, &theirs) == 0 &&
		ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

int
rootless_join_peer(int ctl, struct err *e)
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	char uid[16];
	int pidfd, rc = 0;

	if (geteuid() == 0)
		return 0; /* root of the host, or in there already */
	if (getsockopt(ctl, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return err_sys(e, errno, "the lab's supervisor");
	if (same_user_namespace(peer.pid))
		return 0;
	snprintf(uid, sizeof(uid), "%u", (unsigned)geteuid());
	pidfd = (int)syscall(SYS_pidfd_open, peer.pid, 0);
	if (pidfd < 0)
		return err_sys(e, errno, "the lab's supervisor (pid %d)", (int)peer.pid);
	if (setns(pidfd, CLONE_NEWUSER | CLONE_NEWNET) < 0)
		rc = err_sys(e, errno, "cannot enter the lab's user namespace");
	close(pidfd);
	if (rc == 0)
		rc = become_root(uid, e);
	return rc;
}

static bool
setting_below(const char *path, uint64_t wanted)
{
	char *text;
	bool below;

	if (fs_read(path, 64, &text, NULL, NULL) < 0)
		return false;
	below = strtoull(text, NULL, 10) < wanted;
	free(text);
	return below;
}

static bool
limit_below(int resource, rlim_t wanted)
{
	struct rlimit limit;

	return getrlimit((__rlimit_resource_t)resource, &limit) == 0 && limit.rlim_cur < wanted;
}

void
rootless_weaker(char *out, size_t size)
{
	bool late = limit_below(RLIMIT_RTPRIO, 1);
	bool swapped = limit_below(RLIMIT_MEMLOCK, ROOTLESS_LOCKED_BYTES);
	bool dropped = setting_below("/proc/sys/net/core/rmem_max", ROOTLESS_SOCKET_BYTES);

	snprintf(out, size, "%s%s%s%s", late ? "links and probes have no real-time priority, " : "",
		swapped ? "their memory may be swapped out, " : "",
		dropped ? "sockets have small buffers, " : "",
		late || swapped || dropped ? "so more trials are invalid"
					   : "nothing is weaker on this host");
}

static bool
is_taken(const char *lab_dir)
{
	int fd = open(lab_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool taken = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;

	if (fd >= 0)
		close(fd);
	return taken;
}

int
rootless_begin(const char *lab_name, const char *lab_dir, struct err *e)
{
	char weaker[256];
	struct err why;
	int rc;

	if (geteuid() == 0)
		return 0;
	/* Of that lab's namespace, which is another than ours would be, we could not look into it. */
	if (is_taken(lab_dir))
		return err_set(e, EEXIST, "a lab '%s' is up already", lab_name);
	if (access("/dev/net/tun", R_OK | W_OK) < 0)
		return err_set(e, EPERM,
			"run it as root (sudo): /dev/net/tun is closed to you (%s), and links are "
			"made of it",
			strerror(errno));
	rc = rootless_make(&why);
	if (rc < 0)
		return err_set(e, -rc, "run it as root (sudo), or mend this: %.600s", why.text);
	rootless_weaker(weaker, sizeof(weaker));
	talk_step("without root: %s", weaker);
	return 0;
}
