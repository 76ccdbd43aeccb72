/* logs.c - the part of the daemons' logs that a trial wrote. */
#include "scenarios/logs.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "lib/fs.h"

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

/* What is left of `from`, piece by piece. */
static int
copy_rest(FILE *from, FILE *to)
{
	char piece[16384];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), from)) > 0)
		if (fwrite(piece, 1, n, to) != n)
			return -EIO;
	return ferror(from) ? -EIO : 0;
}

static int
copy_to(FILE *in, char *target)
{
	char *slash = strrchr(target, '/');
	FILE *out;
	int rc;

	*slash = '\0';
	rc = fs_mkdirs(target, NULL);
	*slash = '/';
	if (rc < 0)
		return rc;
	out = fopen(target, "we");
	if (out == NULL)
		return -errno;
	rc = copy_rest(in, out);
	if (fclose(out) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

static int
copy_one(const struct logs *l, const char *path, const char *to)
{
	off_t from = size_before(l, path);
	FILE *in = fopen(path, "re");
	char target[PATH_MAX];
	struct stat st;
	int rc = 0;

	if (in == NULL)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fileno(in), &st) < 0 || fseeko(in, from, SEEK_SET) < 0)
		rc = -errno;
	else if (snprintf(target, sizeof(target), "%s/%s", to, path + l->prefix_len) >=
		(int)sizeof(target))
		rc = -ENAMETOOLONG;
	else if (from < st.st_size)
		rc = copy_to(in, target);
	fclose(in);
	return rc;
}

int
logs_copy(struct logs *l, const char *to)
{
	int rc = 0;
	glob_t now;

	if (l == NULL)
		return -ENOMEM;
	if (glob(l->pattern, 0, NULL, &now) == 0) {
		for (size_t i = 0; i < now.gl_pathc; i++) {
			int one = copy_one(l, now.gl_pathv[i], to);

			rc = rc < 0 ? rc : one;
		}
		globfree(&now);
	}
	if (l->before.gl_pathc > 0)
		globfree(&l->before);
	free(l->sizes);
	free(l);
	return rc;
}
