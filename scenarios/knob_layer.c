/* knob_layer.c - the files of a lab with knobs turned, as one more layer over all others. */
#include "scenarios/knob_layer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lab/layers.h"
#include "lab/overlay.h"
#include "lib/fs.h"
#include "scenarios/knob_text.h"

static bool
is_at(const struct topology *t, size_t node, const struct knob_place *p)
{
	const struct topo_role *role = &t->roles[t->nodes[node].role];

	for (size_t i = 0; i < p->at_len; i++) {
		if (strcmp(p->at[i], t->nodes[node].name) == 0)
			return true;
		for (size_t l = 0; l < role->layers_len; l++)
			if (strcmp(p->at[i], role->layers[l]) == 0)
				return true;
	}
	return false;
}

static bool
is_somewhere(const struct topology *t, const char *at)
{
	const struct knob_place one = {.at = &at, .at_len = 1};

	for (size_t n = 0; n < t->nodes_len; n++)
		if (is_at(t, n, &one))
			return true;
	return false;
}

/* Each of its names has to mean somebody: one that does not is a slip that would silently do nothing. */
static int
check_at(const struct topology *t, const struct knob *k, const struct knob_place *p, struct err *e)
{
	for (size_t i = 0; i < p->at_len; i++)
		if (!is_somewhere(t, p->at[i]))
			return err_set(e, EINVAL, "%s:%d: %s: no node and no layer is called '%s'",
				k->path, p->conf_line, k->name, p->at[i]);
	return 0;
}

/*
 * The node's file as its overlay shows it.
 *
 *      ret_mode        out: its permissions
 */
static int
read_file(const struct topology *t, size_t node, const char *const stacks[], const struct knob *k,
	const struct knob_place *p, char **ret, mode_t *ret_mode, struct err *e)
{
	char shown[DC_PATH_BYTES];
	struct overlay overlay;
	struct stat st;
	size_t len;
	int rc = layers_of(t, node, stacks, &overlay.layers);

	if (rc < 0)
		return err_set(e, ENOMEM, "out of memory");
	rc = overlay_read(&overlay, p->file, ret, &len, shown);
	layers_free(overlay.layers);
	if (rc < 0)
		return err_set(e, EINVAL, "%s:%d: %s: %s of node %s: %s", k->path, p->conf_line,
			k->name, p->file, t->nodes[node].name,
			rc == -ENOENT ? "there is no such file" : strerror(-rc));
	if (strlen(*ret) != len) {
		free(*ret);
		return err_set(e, EINVAL, "%s: is not a text", shown);
	}
	*ret_mode = stat(shown, &st) == 0 ? st.st_mode & 07777 : 0644;
	return 0;
}

static int
no_line(const struct topology *t, size_t node, const struct knob *k, const struct knob_place *p,
	struct err *e)
{
	return err_set(e, EINVAL, "%s:%d: %s: no line of %s of node %s is like '%s'%s%s", k->path,
		p->conf_line, k->name, p->file, t->nodes[node].name, p->line,
		p->from != NULL ? " from one like " : "", p->from != NULL ? p->from : "");
}

static int
write_file(const char *path, const char *text, mode_t mode, struct err *e)
{
	char folder[PATH_MAX];
	int rc;

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	rc = fs_mkdirs(folder, e);
	if (rc == 0)
		rc = fs_write(path, text, strlen(text), e);
	if (rc == 0 && chmod(path, mode) < 0)
		rc = err_sys(e, errno, "%s", path);
	return rc;
}

/* One place at one node. What another knob has changed of the file before is in `stacks` already. */
static int
set_at(const struct topology *t, size_t node, const char *const stacks[],
	const struct knob_setting *s, const struct knob_place *p, const char *dir, struct err *e)
{
	char path[PATH_MAX], *text, *changed = NULL;
	size_t lines = 0;
	struct err why;
	mode_t mode;
	int rc = read_file(t, node, stacks, s->knob, p, &text, &mode, e);

	if (rc < 0)
		return rc;
	rc = knob_text_set(p, s->knob->whole, s->value, text, &changed, &lines, &why);
	free(text);
	if (rc < 0)
		return err_set(e, EINVAL, "%s:%d: %s: %s", s->knob->path, p->conf_line,
			s->knob->name, why.text);
	if (lines == 0)
		rc = no_line(t, node, s->knob, p, e);
	else if (snprintf(path, sizeof(path), "%s/%s%s", dir, t->nodes[node].name, p->file) >=
		(int)sizeof(path))
		rc = err_set(e, ENAMETOOLONG, "%s: path too long", dir);
	else
		rc = write_file(path, changed, mode, e);
	free(changed);
	return rc;
}

static const char **
with_one_more(const char *const stacks[], const char *dir)
{
	const char **list;
	size_t n = 0;

	while (stacks[n] != NULL)
		n++;
	list = calloc(n + 2, sizeof(*list));
	if (list == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		list[i] = stacks[i];
	list[n] = dir;
	return list;
}

int
knob_layer_write(const struct topology *t, const char *const stacks[],
	const struct knob_setting settings[], size_t n, const char *dir, struct err *e)
{
	const char **all;
	int rc = fs_mkdirs(dir, e);

	if (rc < 0)
		return rc;
	all = with_one_more(stacks, dir);
	for (size_t i = 0; rc == 0 && i < n; i++)
		for (size_t k = 0; rc == 0 && k < settings[i].knob->places_len; k++) {
			const struct knob_place *p = &settings[i].knob->places[k];

			rc = check_at(t, settings[i].knob, p, e);
			for (size_t node = 0; rc == 0 && node < t->nodes_len; node++)
				if (is_at(t, node, p))
					rc = set_at(t, node, all, &settings[i], p, dir, e);
		}
	free(all);
	return rc;
}

int
knob_layer_now(const struct topology *t, const char *const stacks[], const struct knob *k,
	char ret[static KNOB_TEXT_BYTES], struct err *e)
{
	char now[KNOB_TEXT_BYTES] = "";
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < k->places_len; i++) {
		const struct knob_place *p = &k->places[i];

		rc = check_at(t, k, p, e);
		for (size_t node = 0; rc == 0 && node < t->nodes_len; node++) {
			double value;
			mode_t mode;
			char *text;
			int found;

			if (!is_at(t, node, p))
				continue;
			rc = read_file(t, node, stacks, k, p, &text, &mode, e);
			if (rc < 0)
				continue;
			found = knob_text_now(p, text, &value);
			free(text);
			if (found == -ENOENT)
				rc = no_line(t, node, k, p, e);
			else if (found == 0 && now[0] == '\0' && i == 0)
				knob_show(k, value, now);
		}
	}
	if (rc == 0)
		snprintf(ret, KNOB_TEXT_BYTES, "%s", k->now != NULL ? k->now : now);
	return rc;
}
