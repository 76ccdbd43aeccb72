/* topology_fit.c - which services a root file system can run: those whose programs it lacks are left out, if they may be. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab/topology_internal.h"

/* 1: there, 0: not, or -errno. As it will be seen from inside: links lead to where they lead in there. */
static int
has_program(int rootfs, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	int fd = (int)syscall(SYS_openat2, rootfs, path, &how, sizeof(how));
	struct stat st;
	int code = errno;

	if (fd < 0)
		return code == ENOENT || code == ENOTDIR ? 0 : -code;
	code = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0;
	close(fd);
	return code;
}

static void
take_from_role(struct topo_role *role, size_t service)
{
	size_t kept = 0;

	for (size_t i = 0; i < role->services_len; i++)
		if (role->services[i] != service)
			role->services[kept++] = role->services[i];
	role->services_len = kept;
}

void
topology_leave_out(struct topology *t, size_t service)
{
	t->services[service].left_out = true;
	for (size_t i = 0; i < t->roles_len; i++)
		take_from_role(&t->roles[i], service);
	for (size_t i = 0; i < t->services_len; i++) {
		struct topo_service *s = &t->services[i];

		if (s->without == NULL || strcmp(s->without, t->services[service].name) != 0)
			continue;
		free(s->run.argv);
		s->run = s->run_without;
		s->run_without = (struct topo_argv){NULL};
		s->without = NULL;
	}
}

/* A service that no role runs is nobody's loss. */
static bool
is_wanted(const struct topology *t, size_t service)
{
	for (size_t r = 0; r < t->roles_len; r++)
		for (size_t i = 0; i < t->roles[r].services_len; i++)
			if (t->roles[r].services[i] == service)
				return true;
	return false;
}

int
topology_fit(struct topology *t, const char *rootfs, struct err *e)
{
	int dir = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC), rc = 0;

	if (dir < 0)
		return err_sys(e, errno, "%s", rootfs);
	for (size_t i = 0; rc >= 0 && i < t->services_len; i++) {
		if (!t->services[i].optional || t->services[i].left_out || !is_wanted(t, i))
			continue;
		rc = has_program(dir, t->services[i].run.argv[0]);
		if (rc < 0)
			err_sys(e, -rc, "%s: %s", rootfs, t->services[i].run.argv[0]);
		else if (rc == 0)
			topology_leave_out(t, i);
	}
	close(dir);
	return rc < 0 ? rc : 0;
}

json_t *
topology_left_out_json(const struct topology *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->services_len; i++)
		if (t->services[i].left_out)
			json_array_append_new(list,
				json_pack("{s:s, s:s}", "service", t->services[i].name, "program",
					t->services[i].run.argv[0]));
	return list;
}
