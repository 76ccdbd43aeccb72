/* overlay.c - a node's files as its overlay will show them, read without mounting anything. */
#include "lab/overlay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/fs.h"

/* Open below a layer as if the layer were the root. Kernels before 5.6: links are not followed then. */
static int
open_in(const char *layer, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned int)(flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int root = open(layer, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, code;

	if (root < 0)
		return -errno;
	path += strspn(path, "/");
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && strstr(path, "..") == NULL)
		fd = openat(root, path, flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	code = errno;
	close(root);
	return fd < 0 ? -code : fd;
}

static size_t
count(char **layers)
{
	size_t n = 0;

	while (layers[n] != NULL)
		n++;
	return n;
}

int
overlay_read(void *arg, const char *path, char **ret_data, size_t *ret_len,
	char shown[static DC_PATH_BYTES])
{
	const struct overlay *o = arg;

	for (size_t i = count(o->layers); i > 0; i--) {
		int fd = open_in(o->layers[i - 1], path, 0), rc;
		char proc[64];
		struct stat st;

		if (fd == -ENOENT || fd == -ENOTDIR)
			continue;
		if (fd < 0)
			return fd;
		snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
		if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
			rc = -EINVAL;
		else
			rc = fs_read(proc, DC_MAX_FILE_BYTES, ret_data, ret_len, NULL);
		close(fd);
		if (rc == 0)
			snprintf(shown, DC_PATH_BYTES, "%s/%s", o->layers[i - 1],
				path + strspn(path, "/"));
		return rc;
	}
	return -ENOENT;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The names in one layer's folder that match, behind those of the layers before. */
static size_t
add_matches(const char *layer, const char *dir, const char *pattern, char (*ret)[DC_PATH_BYTES],
	size_t n, size_t max)
{
	int fd = open_in(layer, dir, O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL && fd >= 0)
		close(fd);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		char path[DC_PATH_BYTES];
		bool seen = false;

		if (e->d_name[0] == '.' || fnmatch(pattern, e->d_name, 0) != 0 ||
			snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >= DC_PATH_BYTES)
			continue;
		for (size_t i = 0; i < n; i++)
			seen |= strcmp(ret[i], path) == 0;
		if (!seen && n < max)
			memcpy(ret[n++], path, strlen(path) + 1);
	}
	if (d != NULL)
		closedir(d);
	return n;
}

size_t
overlay_expand(void *arg, const char *pattern, char (*ret)[DC_PATH_BYTES], size_t max)
{
	const struct overlay *o = arg;
	const char *slash = strrchr(pattern, '/');
	char dir[DC_PATH_BYTES];
	size_t n = 0;

	if (slash == NULL || max == 0)
		return 0;
	if (strpbrk(slash, "*?[") == NULL) {
		snprintf(ret[0], DC_PATH_BYTES, "%s", pattern);
		return 1;
	}
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - pattern), pattern);
	for (size_t i = 0; o->layers[i] != NULL; i++)
		n = add_matches(o->layers[i], dir, slash + 1, ret, n, max);
	qsort(ret, n, sizeof(*ret), by_text);
	return n;
}
