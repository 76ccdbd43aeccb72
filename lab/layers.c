/* layers.c - which folders lie over the root file system of a node, lowest first. */
#include "lab/layers.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
add_if_there(char **list, size_t *len, const char *stack, const char *name)
{
	char path[PATH_MAX], full[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", stack, name);
	if (!is_dir(path) || realpath(path, full) == NULL)
		return 0;
	list[*len] = strdup(full);
	return list[(*len)++] == NULL ? -ENOMEM : 0;
}

int
layers_of(const struct topology *t, size_t node, const char *const stacks[], char ***ret)
{
	const struct topo_role *role = &t->roles[t->nodes[node].role];
	size_t stacks_len = 0, len = 0;
	char **list;
	int rc = 0;

	while (stacks[stacks_len] != NULL)
		stacks_len++;
	list = calloc(stacks_len * (role->layers_len + 1) + 1, sizeof(*list));
	if (list == NULL)
		return -ENOMEM;
	for (size_t s = 0; rc == 0 && s < stacks_len; s++) {
		for (size_t l = 0; rc == 0 && l < role->layers_len; l++)
			rc = add_if_there(list, &len, stacks[s], role->layers[l]);
		if (rc == 0)
			rc = add_if_there(list, &len, stacks[s], t->nodes[node].name);
	}
	if (rc < 0) {
		layers_free(list);
		return rc;
	}
	*ret = list;
	return 0;
}

void
layers_free(char **layers)
{
	for (size_t i = 0; layers != NULL && layers[i] != NULL; i++)
		free(layers[i]);
	free(layers);
}

static bool
is_used(const struct topology *t, const char *name)
{
	if (topology_node(t, name) >= 0)
		return true;
	for (size_t r = 0; r < t->roles_len; r++)
		for (size_t l = 0; l < t->roles[r].layers_len; l++)
			if (strcmp(t->roles[r].layers[l], name) == 0)
				return true;
	return false;
}

/* Is there a file in the tree, and is everything at its top a folder that root file systems have? */
static int
check_tree(const char *path, size_t *files, struct err *e)
{
	static const char *const tops[] = {
		"etc", "usr", "var", "opt", "srv", "root", "home", "lib", "run", NULL};
	char *const roots[] = {(char *)(uintptr_t)path, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	int rc = fts == NULL ? err_sys(e, errno, "%s", path) : 0;

	for (FTSENT *f; rc == 0 && (f = fts_read(fts)) != NULL;) {
		bool known = f->fts_level != 1;

		for (size_t i = 0; !known && tops[i] != NULL; i++)
			known = strcmp(f->fts_name, tops[i]) == 0;
		if (!known)
			rc = err_set(e, EINVAL,
				"%s: no such folder is at the top of a node's files (etc, usr, var "
				"...)",
				f->fts_path);
		else if (f->fts_info == FTS_DEFAULT)
			rc = err_set(e, EINVAL, "%s: neither a file nor a folder nor a link",
				f->fts_path);
		*files +=
			f->fts_info == FTS_F || f->fts_info == FTS_SL || f->fts_info == FTS_SLNONE;
	}
	if (fts != NULL)
		fts_close(fts);
	return rc;
}

int
layers_check(const struct topology *t, const char *stack, struct err *e)
{
	DIR *dir = opendir(stack);
	struct dirent *entry;
	size_t files = 0;
	int rc = 0;

	if (dir == NULL)
		return err_sys(e, errno, "%s", stack);
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", stack, entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		if (is_used(t, entry->d_name))
			rc = is_dir(path) ? check_tree(path, &files, e)
					  : err_set(e, EINVAL, "%s: is not a folder", path);
		else if (is_dir(path)) /* a README is welcome */
			rc = err_set(e, EINVAL,
				"%s: the topology has no node and no role layer of that name",
				path);
	}
	closedir(dir);
	if (rc == 0 && files == 0)
		rc = err_set(e, EINVAL, "%s: holds no file for any node", stack);
	return rc;
}

size_t
layers_unreadable(const char *stack, char *first, size_t size)
{
	char *const roots[] = {(char *)(uintptr_t)stack, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t n = 0;

	for (FTSENT *f; fts != NULL && (f = fts_read(fts)) != NULL;) {
		mode_t wanted = f->fts_info == FTS_D ? S_IROTH | S_IXOTH : S_IROTH;

		if ((f->fts_info != FTS_D && f->fts_info != FTS_F) ||
			(f->fts_statp->st_mode & wanted) == wanted)
			continue;
		if (n++ == 0)
			snprintf(first, size, "%s", f->fts_path);
	}
	if (fts != NULL)
		fts_close(fts);
	return n;
}
