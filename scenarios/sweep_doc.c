/* sweep_doc.c - sweep.json: what was asked for and what each combination gave; the journal and the result in one. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/jread.h"
#include "lib/talk.h"
#include "lib/version.h"
#include "scenarios/sweep.h"

enum { MAX_BYTES = 16 << 20 };

static json_t *
knobs_json(const struct sweep *s)
{
	json_t *list = json_array();
	char declared[PATH_MAX + 16];

	for (size_t k = 0; k < s->vary_len; k++) {
		const struct sweep_vary *v = &s->vary[k];
		json_t *values = json_array();

		for (size_t i = 0; i < v->len; i++)
			json_array_append_new(values, json_real(v->values[i]));
		snprintf(declared, sizeof(declared), "%s:%d", v->knob->path, v->knob->conf_line);
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "name", v->knob->name, "about",
				v->knob->about, "unit", v->knob->unit, "now", v->now, "declared",
				declared, "values", values));
		if (v->knob->words_len > 0)
			json_object_set_new(
				json_array_get(list, k), "words", knob_words_json(v->knob));
	}
	return list;
}

static json_t *
item_json(const struct sweep *s, size_t i)
{
	const struct sweep_item *item = &s->items[i];
	json_t *values = json_object(), *o;

	for (size_t k = 0; k < s->vary_len; k++)
		json_object_set_new(values, s->vary[k].knob->name,
			json_real(s->vary[k].values[item->value[k]]));
	o = json_pack("{s:i, s:o, s:b}", "number", (int)i + 1, "values", values, "done",
		item->done || item->again);
	if (item->found != NULL)
		json_object_update(o, item->found);
	return o;
}

/* That it was begun with: a resumed one says nothing of what it does. */
static json_t *
command_json(const struct sweep *s)
{
	char *const *argv = s->command;
	json_t *begun = json_object_get(s->asked, "command");
	json_t *list;

	if (begun != NULL)
		return json_incref(begun);
	list = json_array();
	json_array_append_new(list, json_string("catchment"));
	json_array_append_new(list, json_string("sweep"));
	for (size_t i = 1; argv != NULL && argv[i] != NULL; i++)
		json_array_append_new(list, json_string(argv[i]));
	json_object_set(s->asked, "command", list);
	return list;
}

int
sweep_write(const struct sweep *s, struct err *e)
{
	json_t *list = json_array(), *root;
	char path[PATH_MAX], *text;
	size_t done = 0;
	int rc;

	for (size_t i = 0; i < s->len; i++) {
		json_array_append_new(list, item_json(s, i));
		done += s->items[i].done;
	}
	root = json_pack("{s:s, s:s, s:s, s:s, s:b, s:O, s:o, s:o, s:s, s:o}", "schema",
		"catchment.sweep/1", "scenario", s->scenario->name, "title", s->scenario->title,
		"variant", s->lab.variant, "complete", done == s->len, "asked", s->asked, "knobs",
		knobs_json(s), "command", command_json(s), "commit", version_commit(),
		"combinations", list);
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	snprintf(path, sizeof(path), "%s/sweep.json", s->dir);
	rc = text == NULL ? err_set(e, EINVAL, "%s: a name is not UTF-8", path)
			  : fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}

/* Was it written by us: every key that sweep_load() takes for granted? */
static void
check_asked(struct jread *r, const json_t *asked)
{
	static const char *const lists[] = {"vary", "layers", "knob_files", NULL};
	static const char *const texts[] = {"variant", "topology", "rootfs", NULL};
	static const char *const flags[] = {"quick", "no_calibration", NULL};
	const json_t *one;
	size_t i;

	jread_str(r, asked, "asked", "scenario", NULL);
	jread_int(r, asked, "asked", "trials", 1, 1000, JREAD_NEEDED);
	jread_int(r, asked, "asked", "seed", 1, 1000000000, JREAD_NEEDED);
	jread_number(r, asked, "asked", "idle_s", 0, 36000);
	jread_int(r, asked, "asked", "probes", 1, 2000, 1);
	if (json_object_get(asked, "rate_qps") != NULL)
		jread_number(r, asked, "asked", "rate_qps", 1, 1000);
	for (size_t k = 0; texts[k] != NULL; k++)
		if (json_object_get(asked, texts[k]) != NULL &&
			jread_str(r, asked, "asked", texts[k], NULL)[0] == '\0')
			jread_complain(r, texts[k], "says nothing");
	for (size_t k = 0; flags[k] != NULL; k++) {
		one = json_object_get(asked, flags[k]);
		if (one != NULL && !json_is_boolean(one))
			jread_complain(r, flags[k], "neither true nor false");
	}
	one = json_object_get(asked, "command");
	if (one != NULL && !json_is_array(one))
		jread_complain(r, "command", "not a list");
	for (size_t k = 0; lists[k] != NULL; k++) {
		const json_t *list = jread_array(r, asked, "asked", lists[k]);

		json_array_foreach(list, i, one) if (!json_is_string(one))
			jread_complain(r, lists[k], "not a list of texts");
	}
}

static int
open_doc(const char *dir, char path[static PATH_MAX], struct jread *r, struct err *e)
{
	snprintf(path, PATH_MAX, "%.4000s/sweep.json", dir);
	return jread_open(r, path, MAX_BYTES, "catchment.sweep/1", e);
}

int
sweep_read_asked(const char *dir, json_t **ret, struct err *e)
{
	char path[PATH_MAX];
	struct jread r;
	json_t *asked;
	int rc = open_doc(dir, path, &r, e);

	if (rc < 0)
		return rc;
	asked = json_object_get(r.root, "asked");
	if (!json_is_object(asked))
		jread_complain(&r, "asked", "is missing");
	else
		check_asked(&r, asked);
	asked = json_incref(asked);
	rc = jread_end(&r);
	if (rc < 0)
		json_decref(asked);
	else
		*ret = asked;
	return rc;
}

/* Is it the one that the plan has at this place? Complains and returns false otherwise. */
static bool
check_combination(struct jread *r, const struct sweep *s, size_t i, const json_t *one)
{
	const json_t *values = json_object_get(one, "values");
	size_t before = r->complaints;
	char where[40];
	const char *dir;

	snprintf(where, sizeof(where), "combinations[%zu]", i);
	if (!json_is_object(one)) {
		jread_complain(r, where, "not an object");
		return false;
	}
	if (!json_is_boolean(json_object_get(one, "done")))
		jread_complain(r, where, "done: neither true nor false");
	if (json_object_size(values) != s->vary_len)
		jread_complain(r, where, "values: of %zu knobs, not of %zu as asked for",
			json_object_size(values), s->vary_len);
	for (size_t k = 0; k < s->vary_len; k++) {
		const struct sweep_vary *v = &s->vary[k];
		const json_t *value = json_object_get(values, v->knob->name);
		double planned = v->values[s->items[i].value[k]];

		if (!json_is_number(value) || fabs(json_number_value(value) - planned) > 1e-9)
			jread_complain(r, where, "values: %s is not %g as asked for", v->knob->name,
				planned);
	}
	jread_int(r, one, where, "valid_trials", 0, 1000, 0);
	dir = jread_str(r, one, where, "dir", "x");
	if (dir[0] == '\0' || dir[0] == '.' || strchr(dir, '/') != NULL)
		jread_complain(r, where, "dir: '%s' is no folder's plain name", dir);
	return r->complaints == before;
}

/* Its run's folder was removed since: what it found cannot be looked at any more. */
static bool
is_gone(const struct sweep *s, const json_t *one)
{
	const char *dir = json_string_value(json_object_get(one, "dir"));
	char path[PATH_MAX];

	if (dir == NULL)
		return false;
	snprintf(path, sizeof(path), "%s/%.255s", s->dir, dir);
	return access(path, F_OK) < 0;
}

int
sweep_read_found(struct sweep *s, struct err *e)
{
	char path[PATH_MAX];
	struct jread r;
	const json_t *list;
	int rc = open_doc(s->dir, path, &r, e);

	if (rc < 0)
		return rc;
	list = jread_array(&r, r.root, "", "combinations");
	if (list != NULL && json_array_size(list) != s->len)
		jread_complain(&r, "combinations", "are %zu, not %zu as asked for",
			json_array_size(list), s->len);
	else
		for (size_t i = 0; i < json_array_size(list); i++) {
			const json_t *one = json_array_get(list, i);

			bool done = json_is_true(json_object_get(one, "done"));

			if (!check_combination(&r, s, i, one))
				continue;
			if (done && is_gone(s, one)) {
				talk_note("%s is gone: that combination is repeated",
					json_string_value(json_object_get(one, "dir")));
				continue;
			}
			/* What the host or a failure spoilt is repeated. */
			s->items[i].again = done &&
				json_integer_value(json_object_get(one, "valid_trials")) == 0;
			s->items[i].done = done && !s->items[i].again;
			if (!done)
				continue;
			s->items[i].found = json_deep_copy(one);
			json_object_del(s->items[i].found, "done");
		}
	return jread_end(&r);
}
