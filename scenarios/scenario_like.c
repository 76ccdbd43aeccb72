/* scenario_like.c - `like:`: a scenario that takes over what it does not say from another file beside it. */
#include "scenarios/scenario_like.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int
scenario_beside(const struct conf *c, const char *file, char *ret, size_t size)
{
	const char *scenario = conf_path(c), *slash = strrchr(scenario, '/');
	int folder = slash == NULL || file[0] == '/' ? 0 : (int)(slash - scenario) + 1;

	return (size_t)snprintf(ret, size, "%.*s%s", folder, scenario, file) >= size ? -ENAMETOOLONG
										     : 0;
}

/* What a scenario says for itself: what it is called, and what it is like. */
static const char *const own[] = {"name", "title", "summary", "like", NULL};
static const char *const merged[] = {"probes", NULL};

/* The files that are being read, from the scenario's own on. */
struct row {
	const char *paths[SCENARIO_LIKES_MAX];
	size_t len;
};

static bool
is_in(const struct row *row, const char *path)
{
	for (size_t i = 0; i < row->len; i++)
		if (strcmp(row->paths[i], path) == 0)
			return true;
	return false;
}

/* Reading a FIFO would wait for who writes into it, reading a device need not end. */
static int
load(const char *path, struct conf **ret, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "%s: not a file", path);
	return conf_load(path, ret, e);
}

/* False: what it is like could not be read, and what it lacks is no mistake of its own. */
static bool
fill(struct conf *c, struct row *row)
{
	bool whole = false;
	const struct conf_node *root = conf_root(c), *at;
	const char *name;
	char path[PATH_MAX];
	struct conf *base;
	struct err e;

	if (root == NULL || conf_kind(root) != CONF_MAP)
		return true;
	at = conf_get(c, root, "like");
	name = conf_str(c, root, "like", NULL);
	if (name == NULL)
		return at == NULL;
	row->paths[row->len++] = conf_path(c);
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name))
		conf_complain(c, at, "like: '%s' is not the name of a scenario", name);
	else if (scenario_beside(c, name, path, sizeof(path) - 5) < 0)
		conf_complain(c, at, "like: a path that long");
	else if (is_in(row, strcat(path, ".yaml")))
		conf_complain(c, at, "like: '%s' leads back to itself", name);
	else if (row->len == SCENARIO_LIKES_MAX)
		conf_complain(c, at, "like: more than %d files in a row", SCENARIO_LIKES_MAX);
	else if (load(path, &base, &e) < 0)
		conf_complain(c, at, "like: %s", e.text);
	else {
		whole = fill(base, row);
		conf_inherit(c, base, own, merged);
		conf_free(base);
	}
	return whole;
}

bool
scenario_conf_fill(struct conf *c)
{
	struct row row = {.len = 0};

	return fill(c, &row);
}

int
scenario_conf_load(const char *path, struct conf **ret, bool *ret_whole, struct err *e)
{
	int rc = load(path, ret, e);

	if (rc == 0)
		*ret_whole = scenario_conf_fill(*ret);
	return rc;
}
