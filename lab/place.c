/* place.c - where a lab keeps its run-time files, and where the bench's own data lies. */
#include "lab/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/rootless.h"

/* What a lab writes into its folder: logs of some hours. */
enum { LOGS_KIB = 2048, LOGS_PER_NODE_KIB = 64, FILES = 50, FILES_PER_NODE = 20 };

/* Exit statuses of lab/rootfs/build. */
enum { BUILD_USAGE = 2, BUILD_BROKEN = 3 };

static int
join(char out[static PLACE_BYTES], const char *dir, const char *name)
{
	int n = snprintf(out, PLACE_BYTES, "%s/%s", dir, name);

	return n >= PLACE_BYTES ? -ENAMETOOLONG : 0;
}

/*
 * The folder that holds the folders of labs. Root has /run. Everybody else has a run-time folder if
 * the system gave them one; else one in /tmp, where anybody might have taken the name.
 */
static int
find_base(char out[static PLACE_BYTES], struct err *e)
{
	const char *own = getenv("XDG_RUNTIME_DIR");
	uid_t uid = rootless_uid();
	struct stat st;

	if (uid == 0)
		return join(out, "/run", "catchment");
	if (own != NULL && own[0] == '/' && stat(own, &st) == 0 && st.st_uid == geteuid())
		return join(out, own, "catchment");
	snprintf(out, PLACE_BYTES, "/tmp/catchment-%u", (unsigned)uid);
	if (lstat(out, &st) == 0 && (!S_ISDIR(st.st_mode) || st.st_uid != geteuid()))
		return err_set(e, EPERM, "%s is somebody else's: set XDG_RUNTIME_DIR", out);
	return 0;
}

int
place_lab(const char *lab_name, char out[static PLACE_BYTES], struct err *e)
{
	char dir[PLACE_BYTES];
	int rc;

	if (lab_name[0] == '\0' || lab_name[0] == '-' || strlen(lab_name) > 40 ||
		strspn(lab_name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(lab_name))
		return err_set(e, EINVAL, "'%s' is not a lab's name: 1 to 40 of a-z, 0-9 and '-'",
			lab_name);
	rc = find_base(dir, e);
	if (rc == -ENAMETOOLONG || (rc == 0 && join(out, dir, lab_name) < 0))
		return err_set(e, ENAMETOOLONG, "XDG_RUNTIME_DIR: path too long");
	return rc;
}

int
place_room(const char *dir, size_t nodes, struct err *e)
{
	unsigned long long free_kib, wanted_kib = LOGS_KIB + nodes * LOGS_PER_NODE_KIB;
	unsigned long long wanted_files = FILES + nodes * FILES_PER_NODE;
	struct statvfs disk;

	if (statvfs(dir, &disk) < 0)
		return err_sys(e, errno, "%s", dir);
	free_kib = (unsigned long long)disk.f_bavail * disk.f_frsize >> 10;
	if (free_kib < wanted_kib)
		return err_set(e, ENOSPC,
			"%s: %llu KiB are free, and a lab's logs take up to %llu: free some (other "
			"labs are there? 'catchment lab down --name NAME')",
			dir, free_kib, wanted_kib);
	if (disk.f_files != 0 && disk.f_favail < wanted_files)
		return err_set(e, ENOSPC,
			"%s: %llu more files can be made there, and a lab has up to %llu", dir,
			(unsigned long long)disk.f_favail, wanted_files);
	return 0;
}

static int
is_data(const char *dir)
{
	char path[PLACE_BYTES + 32];

	snprintf(path, sizeof(path), "%s/lab/topology.yaml", dir);
	return access(path, R_OK) == 0;
}

int
place_data(char out[static PLACE_BYTES], struct err *e)
{
	const char *wanted = getenv("CATCHMENT_DATA");
	char exe[PLACE_BYTES];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (wanted != NULL) {
		if (is_data(wanted) && snprintf(out, PLACE_BYTES, "%s", wanted) < PLACE_BYTES)
			return 0;
		return err_set(e, ENOENT, "CATCHMENT_DATA=%s holds no lab/topology.yaml", wanted);
	}
	/* TREE/build/catchment, PREFIX/bin/catchment: up two levels. */
	exe[n < 0 ? 0 : n] = '\0';
	for (int up = 0; up < 2 && strrchr(exe, '/') != NULL; up++)
		*strrchr(exe, '/') = '\0';
	if (exe[0] != '\0' && is_data(exe)) {
		memcpy(out, exe, strlen(exe) + 1);
		return 0;
	}
	if (join(out, exe, "share/catchment") == 0 && is_data(out))
		return 0;
	return err_set(e, ENOENT,
		"no lab/topology.yaml under %s or its share/catchment; set CATCHMENT_DATA",
		exe[0] ? exe : "/");
}

/* The first line that it prints, and its exit status; or -errno. */
static int
run_build(const char *data_dir, const char *option, char out[static PLACE_BYTES], struct err *e)
{
	char script[PLACE_BYTES], command[PLACE_BYTES + 96];
	size_t len = 0;
	FILE *from;
	int status;

	if (join(script, data_dir, "lab/rootfs/build") < 0 || strpbrk(script, "'\\") != NULL)
		return err_set(e, EINVAL, "%s: a path that a shell would not take", data_dir);
	snprintf(command, sizeof(command), "'%s' %s", script, option);
	from = popen(command, "re");
	if (from == NULL)
		return err_sys(e, errno, "%s", script);
	len = fread(out, 1, PLACE_BYTES - 1, from);
	status = pclose(from);
	out[len] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return WIFEXITED(status) ? WEXITSTATUS(status) : BUILD_BROKEN;
}

static int
ask_build(const char *data_dir, const char *option, char out[static PLACE_BYTES], struct err *e)
{
	int rc = run_build(data_dir, option, out, e);

	if (rc < 0)
		return rc;
	if (rc != 0 || out[0] != '/')
		return err_set(e, rc == BUILD_USAGE ? EINVAL : ENODATA,
			"%s/lab/rootfs/build failed (what it said stands above)", data_dir);
	return 0;
}

int
place_rootfs_path(const char *data_dir, char out[static PLACE_BYTES], struct err *e)
{
	return ask_build(data_dir, "--path", out, e);
}

int
place_rootfs(const char *data_dir, char out[static PLACE_BYTES], struct err *e)
{
	return ask_build(data_dir, "--print", out, e);
}

static int
suite_option(const char *suite, const char *what, char *out, size_t size, struct err *e)
{
	if (suite[strspn(suite, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0' ||
		suite[0] == '-' || suite[0] == '\0' ||
		snprintf(out, size, "%s --suite %s", what, suite) >= (int)size)
		return err_set(e, EINVAL, "'%.60s' is no release's name", suite);
	return 0;
}

int
place_rootfs_suite(
	const char *data_dir, const char *suite, char out[static PLACE_BYTES], struct err *e)
{
	char option[64];
	int rc = suite_option(suite, "--print", option, sizeof(option), e);

	return rc < 0 ? rc : ask_build(data_dir, option, out, e);
}

int
place_suite_known(const char *data_dir, const char *suite, struct err *e)
{
	char option[80], said[PLACE_BYTES];
	int rc = suite_option(suite, "2>&1 --known", option, sizeof(option), e);

	if (rc == 0)
		rc = run_build(data_dir, option, said, e);
	if (rc <= 0)
		return rc;
	return err_set(e, rc == BUILD_USAGE ? EINVAL : ENODATA, "%s",
		strncmp(said, "rootfs: ", 8) == 0 ? said + 8 : said);
}
