/* batch_journal.c - all.json: what a batch was asked for and what it has completed, so that it can be resumed. */
#include "scenarios/batch_journal.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/jread.h"
#include "lib/talk.h"

enum { MAX_JOURNAL_BYTES = 1 << 20 };

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool
is_text(const json_t *o, const char *key, const char *text)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL && strcmp(s, text) == 0;
}

static bool
is_of(const json_t *run, const struct batch_item *item)
{
	return is_text(run, "scenario", item->scenario->name) &&
		is_text(run, "variant", item->variant);
}

static bool
is_replaced(const struct batch *b, const json_t *run)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->items[i].dir[0] != '\0' && is_of(run, &b->items[i]))
			return true;
	return false;
}

/* How many runs there will be: one of each item, and what was kept of others. */
static size_t
planned(const struct batch *b)
{
	size_t n = b->len, k;
	const json_t *run;

	json_array_foreach(b->kept, k, run)
	{
		bool any = false;

		for (size_t i = 0; i < b->len && !any; i++)
			any = is_of(run, &b->items[i]);
		n += !any;
	}
	return n;
}

/* What was asked for; a key that is not there was left open. */
static json_t *
asked(const struct batch *b)
{
	json_t *root = json_pack("{s:s, s:i, s:b, s:I, s:I, s:f, s:b, s:b, s:b, s:[]}", "schema",
		"catchment.all/1", "trials", b->plan.trials, "quick", b->quick, "seed",
		(json_int_t)b->plan.seed, "probes", (json_int_t)b->probes, "rate_qps", b->rate_qps,
		"strict", b->plan.strict, "any_catchment", b->lab.any_catchment, "no_calibration",
		b->plan.uncalibrated, "layers");
	const char *const texts[][2] = {{"variant", b->lab.variant}, {"topology", b->lab.topology},
		{"rootfs", b->lab.rootfs}, {"last_mile", b->last_mile}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i][1] != NULL)
			json_object_set_new(root, texts[i][0], json_string(texts[i][1]));
	for (size_t i = 0; i < b->layers_len; i++)
		json_array_append_new(json_object_get(root, "layers"), json_string(b->layers[i]));
	json_object_set_new(root, "short", json_boolean(b->brief));
	json_object_set_new(root, "locked", json_boolean(b->plan.locked));
	json_object_set_new(root, "planned", json_integer((json_int_t)planned(b)));
	json_object_set_new(root, "runs", json_array());
	return root;
}

int
batch_journal_write(const struct batch *b)
{
	json_t *root = asked(b), *run;
	char path[PATH_MAX], *text;
	struct err e;
	size_t k;
	int rc;

	json_array_foreach(b->kept, k, run)
	{
		if (!is_replaced(b, run))
			json_array_append(json_object_get(root, "runs"), run);
	}
	for (size_t i = 0; i < b->len; i++)
		if (b->items[i].dir[0] != '\0')
			json_array_append_new(json_object_get(root, "runs"),
				json_pack("{s:s, s:s, s:s, s:i, s:b}", "scenario",
					b->items[i].scenario->name, "variant", b->items[i].variant,
					"dir", base_of(b->items[i].dir), "code", b->items[i].code,
					"completed", b->items[i].done));
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	snprintf(path, sizeof(path), "%s/all.json", b->dir);
	rc = text == NULL ? err_set(&e, ENOMEM, "out of memory")
			  : fs_write(path, text, strlen(text), &e);
	free(text);
	if (rc < 0)
		talk_error("%s", e.text);
	return rc;
}

/* What was asked for then and what is asked for now, which may be left open. */
static int
agree(const char *path, const char *what, double then, double *now, struct err *e)
{
	if (*now > 0 && fabs(*now - then) > 1e-9)
		return err_set(
			e, EINVAL, "%s: was begun with --%s %g, not %g", path, what, then, *now);
	*now = then;
	return 0;
}

/* The same of a text. */
static void
agree_text(struct jread *r, const char *key, const char *flag, const char **now)
{
	const char *then = jread_str(r, r->root, "", key, "");

	if (*now == NULL)
		*now = then[0] != '\0' ? then : NULL;
	else if (then[0] == '\0')
		jread_complain(
			r, key, "was begun without --%s, not with --%s %s", flag, flag, *now);
	else if (strcmp(*now, then) != 0)
		jread_complain(r, key, "was begun with --%s %s, not %s", flag, then, *now);
}

/* The same of what is either there or not. */
static void
agree_flag(struct jread *r, const char *key, const char *flag, bool *now)
{
	bool then = json_is_true(json_object_get(r->root, key));

	if (*now && !then)
		jread_complain(r, key, "was begun without --%s", flag);
	*now = then;
}

static void
agree_layers(struct jread *r, struct batch *b)
{
	const json_t *then = json_object_get(r->root, "layers");
	size_t n = json_array_size(then);
	bool same = b->layers_len == 0 || b->layers_len == n;

	if (then != NULL && !json_is_array(then)) {
		jread_complain(r, "layers", "not a list of texts");
		return;
	}
	if (n > BATCH_LAYERS) {
		jread_complain(r, "layers", "more than %d", BATCH_LAYERS);
		return;
	}
	for (size_t i = 0; same && i < n; i++) {
		const char *layer = json_string_value(json_array_get(then, i));

		if (layer == NULL) {
			jread_complain(r, "layers", "not a list of texts");
			return;
		}
		same = b->layers_len == 0 || strcmp(b->layers[i], layer) == 0;
	}
	if (!same) {
		jread_complain(r, "layers", "was begun with other --layer");
		return;
	}
	for (size_t i = 0; i < n; i++)
		b->layers[i] = json_string_value(json_array_get(then, i));
	b->layers_len = n;
}

/* Where and how the lab is brought up, and what counts as a failure. */
static void
agree_lab(struct jread *r, struct batch *b)
{
	agree_text(r, "variant", "variant", &b->lab.variant);
	agree_text(r, "topology", "topology", &b->lab.topology);
	agree_text(r, "rootfs", "rootfs", &b->lab.rootfs);
	agree_text(r, "last_mile", "last-mile", &b->last_mile);
	agree_layers(r, b);
	agree_flag(r, "quick", "quick", &b->quick);
	agree_flag(r, "short", "short", &b->brief);
	agree_flag(r, "locked", "phase locked", &b->plan.locked);
	agree_flag(r, "strict", "strict", &b->plan.strict);
	agree_flag(r, "any_catchment", "any-catchment", &b->lab.any_catchment);
	agree_flag(r, "no_calibration", "no-calibration", &b->plan.uncalibrated);
}

/* A name of something right below the journal's folder. */
static bool
is_plain_name(const char *name)
{
	return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		strchr(name, '/') == NULL && strlen(name) <= NAME_MAX;
}

static void
check_runs(struct jread *r)
{
	const json_t *runs = jread_array(r, r->root, "", "runs"), *run;
	size_t i;

	json_array_foreach(runs, i, run)
	{
		char where[40];
		const char *dir;

		snprintf(where, sizeof(where), "runs[%zu]", i);
		if (!json_is_object(run)) {
			jread_complain(r, where, "not an object");
			continue;
		}
		jread_str(r, run, where, "scenario", NULL);
		jread_str(r, run, where, "variant", NULL);
		jread_int(r, run, where, "code", 0, 255, JREAD_NEEDED);
		if (!json_is_boolean(json_object_get(run, "completed")))
			jread_complain(r, where, "completed: neither true nor false");
		dir = jread_str(r, run, where, "dir", NULL);
		if (json_is_string(json_object_get(run, "dir")) && !is_plain_name(dir))
			jread_complain(r, where, "dir: '%s' is no folder's plain name", dir);
	}
}

/* What decides how it is resumed, of its right type. */
static void
check_flags(struct jread *r)
{
	static const char *const keys[] = {
		"quick", "short", "locked", "strict", "any_catchment", "no_calibration", NULL};

	for (size_t i = 0; keys[i] != NULL; i++) {
		const json_t *flag = json_object_get(r->root, keys[i]);

		if (flag != NULL && !json_is_boolean(flag))
			jread_complain(r, keys[i], "neither true nor false");
	}
}

int
batch_journal_read(struct batch *b, json_t **ret, struct err *e)
{
	double trials = b->plan.trials, seed = (double)b->plan.seed, probes = b->probes;
	char path[PATH_MAX];
	struct jread r;
	int rc;

	snprintf(path, sizeof(path), "%s/all.json", b->dir);
	rc = jread_open(&r, path, MAX_JOURNAL_BYTES, "catchment.all/1", e);
	if (rc < 0)
		return rc;
	check_flags(&r);
	agree_lab(&r, b);
	rc = agree(path, "trials",
		(double)jread_int(&r, r.root, "", "trials", 1, 1000, JREAD_NEEDED), &trials, e);
	if (rc == 0)
		rc = agree(path, "seed",
			(double)jread_int(&r, r.root, "", "seed", 1, 1000000000, JREAD_NEEDED),
			&seed, e);
	if (rc == 0)
		rc = agree(path, "probes", (double)jread_int(&r, r.root, "", "probes", 0, 2000, 0),
			&probes, e);
	if (rc == 0)
		rc = agree(path, "rate", jread_number(&r, r.root, "", "rate_qps", 0, 1000),
			&b->rate_qps, e);
	check_runs(&r);
	*ret = json_incref(r.root);
	if (jread_end(&r) < 0 || rc < 0) {
		json_decref(*ret);
		*ret = NULL;
		return -EINVAL;
	}
	b->plan.trials = (int)trials;
	b->plan.seed = (uint64_t)seed;
	b->probes = (unsigned int)probes;
	return 0;
}

/* The item that a completed run of the journal stands for; NULL: none, or it is to be repeated. */
static struct batch_item *
item_of(struct batch *b, const json_t *run)
{
	if (!json_is_true(json_object_get(run, "completed")) ||
		json_integer_value(json_object_get(run, "code")) == EXIT_INCONCLUSIVE ||
		!json_is_string(json_object_get(run, "dir")))
		return NULL;
	for (size_t i = 0; i < b->len; i++)
		if (is_of(run, &b->items[i]))
			return &b->items[i];
	return NULL;
}

static bool
has_result(const struct batch *b, const json_t *run)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/result.json", b->dir,
		json_string_value(json_object_get(run, "dir")));
	return access(path, F_OK) == 0;
}

void
batch_journal_apply(struct batch *b, const json_t *journal)
{
	size_t k, gone = 0;
	json_t *run;

	b->kept = json_array();
	json_array_foreach(json_object_get(journal, "runs"), k, run)
	{
		struct batch_item *item = item_of(b, run);

		bool is_gone = item != NULL && !has_result(b, run);

		gone += is_gone;
		if (item == NULL || is_gone) {
			json_array_append(b->kept, run);
			continue;
		}
		item->done = true;
		item->code = (int)json_integer_value(json_object_get(run, "code"));
		snprintf(item->dir, sizeof(item->dir), "%s/%s", b->dir,
			json_string_value(json_object_get(run, "dir")));
	}
	if (gone > 0)
		talk_note("%zu completed run%s without a result.json now: run again", gone,
			gone == 1 ? " is" : "s are");
}
