/* generate_copy.c - what a generated network takes over from the bench's own: services, roles and their layers. */
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lab/generate_internal.h"
#include "lab/topology.h"
#include "lib/fs.h"

enum { TEXT_MAX_BYTES = 4 << 20 };

/* "A/B"; -ENAMETOOLONG when that is too long for a path. */
static int
join(char out[static PATH_MAX], const char *a, const char *b, struct err *e)
{
	return snprintf(out, PATH_MAX, "%s/%s", a, b) < PATH_MAX
		? 0
		: err_set(e, ENAMETOOLONG, "%s: path too long", a);
}

int
generate_finish(FILE *f, const char *name, struct err *e)
{
	bool bad = ferror(f) != 0;

	if (fclose(f) != 0 || bad)
		return err_sys(e, errno, "%s", name);
	return 0;
}

/*
 * BFD in large networks: 1 s x 3 for the layers' 300 ms x 3. Its packets are most of what an idle lab does, and at the
 * layers' pace those of 64 PoPs keep more than a core busy.
 */
static const struct {
	const char *from, *to;
} relaxations[] = {
	{"interval 300 ms; multiplier 3;", "interval 1000 ms; multiplier 3;"}, /* BIRD */
	{" receive-interval 300\n", " receive-interval 1000\n"},	       /* FRR */
	{" transmit-interval 300\n", " transmit-interval 1000\n"},
	{"300 ms x 3", "1 s x 3 (generated: many PoPs)"}, /* what the comments say */
};

static void
write_relaxed(const char *text, FILE *f)
{
	while (*text != '\0') {
		size_t len = 1;

		for (size_t i = 0; i < sizeof(relaxations) / sizeof(relaxations[0]); i++)
			if (strncmp(text, relaxations[i].from, strlen(relaxations[i].from)) == 0) {
				fputs(relaxations[i].to, f);
				len = strlen(relaxations[i].from);
				break;
			} else if (i + 1 == sizeof(relaxations) / sizeof(relaxations[0]))
				fputc(*text, f);
		text += len;
	}
}

static int
copy_file(const char *from, const char *to, mode_t mode, bool relaxed, struct err *e)
{
	char *data;
	size_t len;
	FILE *f;
	int rc = fs_read(from, TEXT_MAX_BYTES, &data, &len, e);

	if (rc < 0)
		return rc;
	f = fopen(to, "we");
	if (f == NULL) {
		rc = err_sys(e, errno, "%s", to);
	} else {
		if (relaxed && memchr(data, '\0', len) == NULL)
			write_relaxed(data, f);
		else
			fwrite(data, 1, len, f);
		fchmod(fileno(f), mode & 0777);
		rc = generate_finish(f, to, e);
	}
	free(data);
	return rc;
}

/* Folders, files and modes; a layer holds nothing else that matters. */
static int
copy_tree(const char *from, const char *to, bool relaxed, struct err *e)
{
	char *const roots[] = {(char *)(uintptr_t)from, NULL};
	FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	int rc = fts == NULL ? err_sys(e, errno, "%s", from) : 0;

	for (FTSENT *f; rc == 0 && (f = fts_read(fts)) != NULL;) {
		char path[PATH_MAX];

		if (snprintf(path, sizeof(path), "%s%s", to, f->fts_path + strlen(from)) >=
			(int)sizeof(path))
			rc = err_set(e, ENAMETOOLONG, "%s: path too long", to);
		else if (f->fts_info == FTS_D)
			rc = fs_mkdirs(path, e);
		else if (f->fts_info == FTS_F)
			rc = copy_file(f->fts_path, path, f->fts_statp->st_mode, relaxed, e);
		else if (f->fts_info == FTS_ERR || f->fts_info == FTS_NS || f->fts_info == FTS_DNR)
			rc = err_sys(e, f->fts_errno, "%s", f->fts_path);
	}
	if (fts != NULL)
		fts_close(fts);
	return rc;
}

/* ---- what is taken from the bench's own network ---- */

/* The text of one top-level section, with the comments before it; up to the next section. */
static char *
section(const char *text, const char *key)
{
	const char *from = text, *to, *line = text;
	bool found = false;

	for (to = text + strlen(text); *line != '\0';) {
		bool top = *line != ' ' && *line != '#' && *line != '\n';
		const char *next = strchrnul(line, '\n');

		next += *next == '\n';
		if (top && found) {
			to = line;
			break;
		}
		if (top && strncmp(line, key, strlen(key)) == 0)
			found = true;
		else if (!found && *line != '#')
			from = next;
		line = next;
	}
	/* What stands before the next section is the next one's. */
	while (found && to > from) {
		const char *last = to - 1;

		while (last > from && last[-1] != '\n')
			last--;
		if (*last != '#' && *last != '\n')
			break;
		to = last;
	}
	return found ? strndup(from, (size_t)(to - from)) : NULL;
}

int
generate_sections(const char *data, char **ret, struct err *e)
{
	char path[PATH_MAX], *text, *services, *roles;
	int rc;

	rc = join(path, data, "lab/topology.yaml", e);
	if (rc == 0)
		rc = fs_read(path, TEXT_MAX_BYTES, &text, NULL, e);
	if (rc < 0)
		return rc;
	services = section(text, "services:");
	roles = section(text, "roles:");
	if (services == NULL || roles == NULL)
		rc = err_set(e, EINVAL, "%s has no services: and roles: to take over", path);
	else if (asprintf(ret, "%s\n%s", services, roles) < 0)
		rc = err_set(e, ENOMEM, "out of memory");
	free(services);
	free(roles);
	free(text);
	return rc;
}

static bool
is_role_layer(const struct topology *t, const char *name)
{
	static const char *const roles[] = {"pop", "carrier", "access"};

	for (size_t r = 0; r < t->roles_len; r++)
		for (size_t k = 0; k < sizeof(roles) / sizeof(roles[0]); k++)
			for (size_t l = 0; strcmp(t->roles[r].name, roles[k]) == 0 &&
				l < t->roles[r].layers_len;
				l++)
				if (strcmp(t->roles[r].layers[l], name) == 0)
					return true;
	return false;
}

/* The layers of our roles in `from`; `ret_others` counts the folders that belong to single nodes. */
static int
copy_layers(const struct topology *t, const char *from, const char *to, bool relaxed,
	size_t *ret_others, struct err *e)
{
	DIR *dir = opendir(from);
	struct dirent *entry;
	int rc = dir == NULL ? err_sys(e, errno, "%s", from) : 0;

	*ret_others = 0;
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		char source[PATH_MAX], target[PATH_MAX];
		struct stat st;

		rc = join(source, from, entry->d_name, e);
		if (rc == 0)
			rc = join(target, to, entry->d_name, e);
		if (rc < 0 || entry->d_name[0] == '.' || stat(source, &st) < 0)
			continue;
		if (strcmp(entry->d_name, "variant.yaml") == 0)
			rc = fs_mkdirs(to, e) < 0 ? -e->code
						  : copy_file(source, target, st.st_mode, false, e);
		if (!S_ISDIR(st.st_mode))
			continue;
		if (is_role_layer(t, entry->d_name))
			rc = copy_tree(source, target, relaxed, e);
		else
			*ret_others += topology_node(t, entry->d_name) >= 0;
	}
	if (dir != NULL)
		closedir(dir);
	return rc;
}

/* A variant comes along if it is of role layers alone: what single nodes of another network get fits none here. */
static int
copy_variants(
	const struct topology *t, const char *data, const char *to, bool relaxed, struct err *e)
{
	char from[PATH_MAX], variants[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int rc = join(from, data, "lab/variants", e);

	if (rc == 0)
		rc = join(variants, to, "variants", e);
	dir = rc < 0 ? NULL : opendir(from);
	if (dir == NULL)
		return rc < 0 ? rc : err_sys(e, errno, "%s", from);
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		char source[PATH_MAX], target[PATH_MAX];
		size_t others = 0;

		if (entry->d_name[0] == '.')
			continue;
		rc = join(source, from, entry->d_name, e);
		if (rc == 0)
			rc = join(target, variants, entry->d_name, e);
		if (rc == 0)
			rc = copy_layers(t, source, target, relaxed, &others, e);
		if (rc == 0 && others > 0)
			rc = fs_remove_tree(target, e);
	}
	closedir(dir);
	return rc;
}

int
generate_copy_layers(const char *data, const char *to, bool relaxed, struct err *e)
{
	char path[PATH_MAX], target[PATH_MAX];
	struct topology *t;
	size_t others;
	int rc;

	rc = join(path, data, "lab/topology.yaml", e);
	if (rc == 0)
		rc = topology_load(path, &t, e);
	if (rc < 0)
		return rc;
	rc = join(path, data, "lab/nodes", e);
	if (rc == 0)
		rc = join(target, to, "nodes", e);
	if (rc == 0)
		rc = copy_layers(t, path, target, relaxed, &others, e);
	if (rc == 0)
		rc = copy_variants(t, data, to, relaxed, e);
	topology_free(t);
	return rc;
}
