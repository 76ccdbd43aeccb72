/* batch_journal.c - all.json: what a batch was asked for and what it has completed, so that it can be resumed. */
#include "scenarios/batch_journal.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int
batch_journal_write(const struct batch *b)
{
	json_t *root = json_pack("{s:s, s:i, s:b, s:I, s:I, s:f, s:[]}", "schema",
		"catchment.all/1", "trials", b->plan.trials, "quick", b->quick, "seed",
		(json_int_t)b->plan.seed, "probes", (json_int_t)b->probes, "rate_qps", b->rate_qps,
		"runs");
	char path[PATH_MAX], *text;
	struct err e;
	int rc;

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

int
batch_journal_read(struct batch *b, json_t **ret, struct err *e)
{
	double trials = b->plan.trials, seed = (double)b->plan.seed, probes = b->probes;
	char path[PATH_MAX];
	struct jread r;
	bool quick;
	int rc;

	snprintf(path, sizeof(path), "%s/all.json", b->dir);
	rc = jread_open(&r, path, MAX_JOURNAL_BYTES, "catchment.all/1", e);
	if (rc < 0)
		return rc;
	quick = json_is_true(json_object_get(r.root, "quick"));
	if (b->quick && !quick)
		jread_complain(&r, "quick", "was begun without --quick");
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
	(void)jread_array(&r, r.root, "", "runs");
	*ret = json_incref(r.root);
	if (jread_end(&r) < 0 || rc < 0) {
		json_decref(*ret);
		*ret = NULL;
		return -EINVAL;
	}
	b->plan.trials = (int)trials;
	b->plan.seed = (uint64_t)seed;
	b->probes = (unsigned int)probes;
	b->quick = quick;
	return 0;
}

static bool
is_text(const json_t *o, const char *key, const char *text)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL && strcmp(s, text) == 0;
}

void
batch_journal_apply(struct batch *b, const json_t *journal)
{
	const json_t *run;
	size_t k;

	for (size_t i = 0; i < b->len; i++)
		json_array_foreach(json_object_get(journal, "runs"), k, run)
		{
			struct batch_item *item = &b->items[i];
			const char *dir = json_string_value(json_object_get(run, "dir"));

			if (!is_text(run, "scenario", item->scenario->name) ||
				!is_text(run, "variant", item->variant) || dir == NULL ||
				!json_is_true(json_object_get(run, "completed")))
				continue;
			item->done = true;
			item->code = (int)json_integer_value(json_object_get(run, "code"));
			snprintf(item->dir, sizeof(item->dir), "%s/%s", b->dir, dir);
		}
}
