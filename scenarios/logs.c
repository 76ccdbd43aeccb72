/* logs.c - the part of the daemons' logs that a trial wrote. */
#include "scenarios/logs.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "lib/fs.h"

enum { LOG_MAX_BYTES = 64 << 20 };

struct logs {
	char pattern[640];
	size_t prefix_len; /* of the paths: what is not NODE/SERVICE.log */
	glob_t before;
	off_t *sizes; /* parallel to before.gl_pathv */
};

struct logs *
logs_mark(const char *lab_dir)
{
	struct logs *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	snprintf(l->pattern, sizeof(l->pattern), "%s/log/*/*.log", lab_dir);
	l->prefix_len = strlen(lab_dir) + strlen("/log/");
	if (glob(l->pattern, 0, NULL, &l->before) != 0)
		l->before.gl_pathc = 0;
	l->sizes = calloc(l->before.gl_pathc + 1, sizeof(*l->sizes));
	for (size_t i = 0; l->sizes != NULL && i < l->before.gl_pathc; i++) {
		struct stat st;

		l->sizes[i] = stat(l->before.gl_pathv[i], &st) == 0 ? st.st_size : 0;
	}
	return l;
}

static off_t
size_before(const struct logs *l, const char *path)
{
	for (size_t i = 0; l->sizes != NULL && i < l->before.gl_pathc; i++)
		if (strcmp(l->before.gl_pathv[i], path) == 0)
			return l->sizes[i];
	return 0;
}

static void
copy_one(const struct logs *l, const char *path, const char *to)
{
	off_t from = size_before(l, path);
	char target[1400], *slash, *data;
	size_t len;

	if (fs_read(path, LOG_MAX_BYTES, &data, &len, NULL) < 0)
		return;
	snprintf(target, sizeof(target), "%s/%s", to, path + l->prefix_len);
	slash = strrchr(target, '/');
	if ((size_t)from < len && slash != NULL) {
		*slash = '\0';
		if (fs_mkdirs(target, NULL) == 0) {
			*slash = '/';
			fs_write(target, data + from, len - (size_t)from, NULL);
		}
	}
	free(data);
}

void
logs_copy(struct logs *l, const char *to)
{
	glob_t now;

	if (l == NULL)
		return;
	if (glob(l->pattern, 0, NULL, &now) == 0) {
		for (size_t i = 0; i < now.gl_pathc; i++)
			copy_one(l, now.gl_pathv[i], to);
		globfree(&now);
	}
	if (l->before.gl_pathc > 0)
		globfree(&l->before);
	free(l->sizes);
	free(l);
}
