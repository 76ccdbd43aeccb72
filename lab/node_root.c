/* node_root.c - a node's root file system: layers under a private tmpfs, and the folders every daemon expects. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab/node.h"
#include "lab/rootless.h"

/* In lowerdir= a colon parts the layers and a backslash escapes; a comma parts mount options. */
static int
append_escaped(char *out, size_t size, const char *path)
{
	size_t used = strlen(out);

	for (; *path != '\0'; path++) {
		if (used + 3 > size)
			return -ENAMETOOLONG;
		if (*path == ':' || *path == '\\' || *path == ',')
			out[used++] = '\\';
		out[used++] = *path;
	}
	out[used] = '\0';
	return 0;
}

static int
mount_overlay(const struct node_plan *plan, struct err *e)
{
	char options[4096] = "lowerdir=", tail[256];
	size_t layers_len = 0;
	int rc = 0;

	while (plan->layers[layers_len] != NULL)
		layers_len++;
	/* overlayfs reads from the top down. */
	for (size_t i = layers_len; i-- > 0 && rc == 0;) {
		rc = append_escaped(options, sizeof(options) - sizeof(tail), plan->layers[i]);
		strcat(options, ":");
	}
	if (rc == 0)
		rc = append_escaped(options, sizeof(options) - sizeof(tail), plan->rootfs);
	if (rc < 0)
		return err_set(e, ENAMETOOLONG, "the paths of the layers are too long together");
	strcat(options, ",upperdir=upper,workdir=work");
	/* In a user namespace overlayfs keeps its notes where users may write them. */
	if (rootless_inside())
		strcat(options, ",userxattr");
	if (mount("catchment", "root", "overlay", 0, options) < 0)
		return err_sys(e, errno, "cannot mount the overlay of %zu layers on %s", layers_len,
			plan->rootfs);
	return 0;
}

static int
bind_device(const char *name, struct err *e)
{
	char from[64], to[64];
	int fd;

	snprintf(from, sizeof(from), "/dev/%s", name);
	snprintf(to, sizeof(to), "root/dev/%s", name);
	fd = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
	if (fd >= 0)
		close(fd);
	if (mount(from, to, NULL, MS_BIND, NULL) < 0)
		return err_sys(e, errno, "cannot bind %s", from);
	return 0;
}

static int
mount_api_folders(struct err *e)
{
	static const struct {
		const char *type, *where, *options;
		unsigned long flags;
	} mounts[] = {
		{"proc", "root/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
		{"sysfs", "root/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY},
		{"tmpfs", "root/dev", "mode=755,size=1m", MS_NOSUID},
		{"tmpfs", "root/run", "mode=755,size=64m", MS_NOSUID | MS_NODEV},
		{"tmpfs", "root/tmp", "mode=1777,size=64m", MS_NOSUID | MS_NODEV},
	};
	static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
	int rc = 0;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, mounts[i].flags,
			    mounts[i].options) < 0)
			return err_sys(
				e, errno, "cannot mount %s on %s", mounts[i].type, mounts[i].where);
	for (size_t i = 0; rc == 0 && i < sizeof(devices) / sizeof(devices[0]); i++)
		rc = bind_device(devices[i], e);
	if (rc < 0)
		return rc;
	if (symlink("/proc/self/fd", "root/dev/fd") < 0 || mkdir("root/dev/shm", 01777) < 0)
		return err_sys(e, errno, "cannot fill /dev");
	return 0;
}

int
node_build_root(const struct node_plan *plan, struct err *e)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(e, errno, "cannot make mounts private");
	if (mount("tmpfs", plan->scratch, "tmpfs", MS_NOSUID, "mode=755,size=256m") < 0 ||
		chdir(plan->scratch) < 0)
		return err_sys(e, errno, "cannot mount a tmpfs on %s", plan->scratch);
	if (mkdir("upper", 0755) < 0 || mkdir("work", 0755) < 0 || mkdir("root", 0755) < 0)
		return err_sys(e, errno, "cannot make the overlay's folders");
	if (mount_overlay(plan, e) < 0 || mount_api_folders(e) < 0)
		return -e->code;
	if (chdir("root") < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
		umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_sys(e, errno, "cannot pivot into the new root");
	return 0;
}
