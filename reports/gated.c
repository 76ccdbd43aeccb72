/* gated.c - what the regression gate said of a run (RUN/compare.json, catchment.compare/1), as far as a page shows it. */
#include "reports/gated.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/reader.h"
#include "reports/result.h"
#include "reports/show.h"

#define SCHEMA "catchment.compare/1"

static const char *const names[] = {"pass", "fail", "inconclusive", "not_comparable", "not_gated"};

static enum gated_verdict
verdict_read(struct reader *r, json_t *o, const char *at)
{
	const char *word = reader_str(r, o, at, "verdict");

	for (size_t i = 0; word != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(word, names[i]) == 0)
			return (enum gated_verdict)i;
	reader_complain(r, at, "verdict",
		"one of pass, fail, inconclusive, not_comparable, not_gated is wanted");
	return GATED_INCONCLUSIVE;
}

static void
shifts_read(struct reader *r, struct gated *g)
{
	json_t *list = reader_list(r, g->root, "", "metrics", GATED_MAX);

	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		char at[READER_AT_BYTES];
		json_t *o = reader_entry(r, list, i, "", "metrics", at);

		g->shifts[g->n_shifts++] = (struct shift){
			.name = reader_str(r, o, at, "name"),
			.unit = reader_str(r, o, at, "unit"),
			.statistic = reader_str(r, o, at, "statistic"),
			.why = reader_str(r, o, at, "why"),
			.baseline_n = reader_num(r, o, at, "baseline_n"),
			.n = reader_num(r, o, at, "n"),
			.baseline_p50 = reader_num(r, o, at, "baseline_p50"),
			.p50 = reader_num(r, o, at, "p50"),
			.shift = reader_num(r, o, at, "shift"),
			.shift_low = reader_num(r, o, at, "shift_low"),
			.shift_high = reader_num(r, o, at, "shift_high"),
			.p_value = reader_num(r, o, at, "p_value"),
			.limit = reader_num(r, o, at, "limit"),
			.verdict = verdict_read(r, o, at),
		};
		if (g->shifts[i].name == NULL)
			reader_complain(r, at, "name", "is missing");
	}
}

static void
differs_read(struct reader *r, struct gated *g)
{
	json_t *list = reader_list(r, g->root, "", "differs", GATED_MAX);

	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		char at[READER_AT_BYTES];
		json_t *o = reader_entry(r, list, i, "", "differs", at);

		g->differs[g->n_differs++] = (struct gated_differs){
			.what = reader_str(r, o, at, "what"),
			.baseline = reader_str(r, o, at, "baseline"),
			.run = reader_str(r, o, at, "run"),
		};
	}
}

static void
all_read(struct reader *r, struct gated *g)
{
	const char *schema = reader_str(r, g->root, "", "schema");

	if (r->rc == 0 && (schema == NULL || strcmp(schema, SCHEMA) != 0))
		reader_complain(r, "", "schema", "\"" SCHEMA "\" is wanted");
	g->verdict = verdict_read(r, g->root, "");
	g->why = reader_str(r, g->root, "", "why");
	g->baseline = reader_str(r, reader_object(r, g->root, "", "baseline"), "baseline", "name");
	if (g->baseline == NULL)
		g->baseline = "the baseline";
	shifts_read(r, g);
	differs_read(r, g);
}

int
gated_read(const char *run_dir, struct gated **ret, struct err *e)
{
	char path[PATH_MAX];
	json_t *root = NULL;
	struct gated *g;
	struct reader r = {path, e, 0};
	int rc = result_json_file(run_dir, "compare.json", path, &root, e);

	if (rc == -ENOENT)
		*ret = NULL;
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	g = calloc(1, sizeof(*g));
	if (g == NULL) {
		json_decref(root);
		return err_sys(e, ENOMEM, "%s", path);
	}
	g->root = root;
	all_read(&r, g);
	if (r.rc < 0)
		gated_free(g);
	else
		*ret = g;
	return r.rc;
}

void
gated_free(struct gated *g)
{
	if (g == NULL)
		return;
	json_decref(g->root);
	free(g);
}

const char *
gated_sign(enum gated_verdict v)
{
	static const char *const signs[] = {"✓", "✗", "?", "–", "–"};

	return signs[v];
}

const char *
gated_word(enum gated_verdict v)
{
	static const char *const words[] = {
		"pass", "fail", "inconclusive", "not comparable", "not gated"};

	return words[v];
}

const char *
gated_class(enum gated_verdict v)
{
	static const char *const classes[] = {"met", "missed", "mute", "mute", "mute"};

	return classes[v];
}

const char *
gated_title(const struct shift *s, char out[static GATED_BYTES])
{
	size_t unit = s->unit == NULL ? 0 : strlen(s->unit), len;

	snprintf(out, GATED_BYTES, "%s", s->name);
	len = strlen(out);
	if (len > unit + 1 && out[len - unit - 1] == '_' && s->unit != NULL &&
		strcmp(out + len - unit, s->unit) == 0)
		out[len - unit - 1] = '\0';
	for (char *p = out; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return out;
}

const char *
gated_change(const struct shift *s, char out[static GATED_BYTES])
{
	char text[SHOW_BYTES];

	if (isnan(s->shift))
		snprintf(out, GATED_BYTES, "%s", SHOW_NONE);
	else
		snprintf(out, GATED_BYTES, "%s%s",
			s->shift > 0	       ? "+"
				: s->shift < 0 ? "−"
					       : "",
			show_value(fabs(s->shift), s->unit, text));
	return out;
}

/* The metric that speaks for the verdict: of those that have it, the one furthest over its limit. */
static const struct shift *
spokesman(const struct gated *g)
{
	const struct shift *most = NULL;

	for (size_t i = 0; i < g->n_shifts; i++) {
		const struct shift *s = &g->shifts[i];

		if (s->verdict == g->verdict &&
			(most == NULL || isnan(s->shift) || s->shift > most->shift))
			most = s;
	}
	return most;
}

static void
say_change(struct buf *b, const struct gated *g, const struct shift *s)
{
	char title[GATED_BYTES], now[SHOW_BYTES], then[SHOW_BYTES], by[SHOW_BYTES];

	buf_addf(b, "%s ", gated_title(s, title));
	if (isnan(s->p50))
		buf_add(b, "never came");
	else
		buf_add(b, show_value(s->p50, s->unit, now));
	if (!isnan(s->shift))
		buf_addf(b, ", %s %s than", show_value(fabs(s->shift), s->unit, by),
			s->shift < 0 ? "less" : "more");
	else
		buf_add(b, ", against");
	buf_addf(b, " %.60s's %s", g->baseline, show_value(s->baseline_p50, s->unit, then));
}

void
gated_say(struct buf *b, const struct gated *g)
{
	const struct shift *s = spokesman(g);

	switch (g->verdict) {
	case GATED_PASS:
		buf_addf(b, "Gate passed against %.60s", g->baseline);
		return;
	case GATED_FAIL:
		buf_add(b, "Gate failed: ");
		break;
	case GATED_INCONCLUSIVE:
		buf_add(b, "Gate inconclusive: ");
		break;
	case GATED_NOT_COMPARABLE:
	case GATED_SHOWN:
		buf_addf(b, "Not gated, as not comparable with %.60s", g->baseline);
		return;
	}
	if (s != NULL)
		say_change(b, g, s);
	else
		buf_addf(b, "%.200s", g->why == NULL ? "no reason was kept" : g->why);
}
