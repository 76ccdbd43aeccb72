/* matrix_read.c - matrix.json and what lies beside it, as a table: a row for each thing told, a column for each cell. */
#include "reports/matrix_read.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/jread.h"
#include "reports/finding.h"
#include "reports/notes.h"
#include "reports/show.h"
#include "reports/verdict.h"

enum { MAX_BYTES = 1 << 20 };

/* ---- reading ---- */

static void
name_column(const json_t *cell, struct matrix_column *c)
{
	size_t used = 0;
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(cell, "values"), key, value)
	{
		const char *text = json_string_value(value);

		if (text != NULL && used < sizeof(c->name))
			used += (size_t)snprintf(c->name + used, sizeof(c->name) - used, "%s%.90s",
				used == 0 ? "" : ", ", text);
	}
}

static bool
is_plain_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

static void
read_column(struct jread *r, const char *dir, size_t i, json_t *cell, struct matrix_column *c)
{
	char where[32], path[PATH_MAX];
	struct err e = {0};

	snprintf(where, sizeof(where), "cells[%zu]", i);
	if (!json_is_object(cell) || !json_is_object(json_object_get(cell, "values"))) {
		jread_complain(r, where, "not an object with values");
		return;
	}
	*c = (struct matrix_column){.cell = cell,
		.state = jread_str(r, cell, where, "state", NULL),
		.code = (int)jread_int(r, cell, where, "code", 0, 255, 0)};
	name_column(cell, c);
	if (json_object_get(cell, "why") != NULL)
		c->why = jread_str(r, cell, where, "why", "");
	if (json_object_get(cell, "dir") == NULL)
		return;
	c->dir = jread_str(r, cell, where, "dir", "");
	if (!is_plain_name(c->dir)) {
		jread_complain(r, where, "dir: '%s' is no folder's plain name", c->dir);
		c->dir = NULL;
		return;
	}
	snprintf(path, sizeof(path), "%.3000s/%.500s", dir, c->dir);
	if (result_load(path, &c->run, &e) < 0)
		c->run = NULL;
}

/* ---- the table ---- */

static struct matrix_line *
add_line(struct matrix_doc *d, const char *name)
{
	struct matrix_line *line;

	d->lines = realloc(d->lines, (d->n_lines + 1) * sizeof(*d->lines));
	if (d->lines == NULL)
		abort();
	line = &d->lines[d->n_lines++];
	*line = (struct matrix_line){.cells = calloc(d->n_columns + 1, sizeof(*line->cells))};
	if (line->cells == NULL)
		abort();
	snprintf(line->name, sizeof(line->name), "%s", name);
	return line;
}

/* It is drawn if any column says something. Returns it then, or NULL. */
static struct matrix_line *
end_line(struct matrix_doc *d)
{
	struct matrix_line *line = &d->lines[d->n_lines - 1];
	const char *first = NULL;

	for (size_t i = 0; i < d->n_columns; i++) {
		if (line->cells[i][0] == '\0')
			continue;
		if (first == NULL)
			first = line->cells[i];
		line->differs |= strcmp(first, line->cells[i]) != 0;
	}
	if (first != NULL)
		return line;
	free(line->cells);
	d->n_lines--;
	return NULL;
}

static bool
is_done(const struct matrix_column *c)
{
	return strcmp(c->state, "done") == 0;
}

/* It was run, and says something. */
static bool
is_measured(const struct matrix_column *c)
{
	return is_done(c) && c->run != NULL && result_valid_trials(c->run) > 0;
}

static void
outcomes(struct matrix_doc *d)
{
	static const struct {
		int code;
		const char *words;
	} words[] = {{0, MATRIX_AS_EXPECTED}, {1, MATRIX_NOT_AS_EXPECTED}, {2, "bad input"},
		{3, "failed"}, {4, "inconclusive"}, {130, "interrupted"}};
	struct matrix_line *line = add_line(d, "outcome");

	for (size_t i = 0; i < d->n_columns; i++) {
		const struct matrix_column *c = &d->columns[i];

		snprintf(line->cells[i], MATRIX_CELL_BYTES, "%s", c->state);
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (words[k].code == c->code && is_done(c))
				snprintf(line->cells[i], MATRIX_CELL_BYTES, "%s", words[k].words);
		if (is_done(c) && !is_measured(c))
			snprintf(line->cells[i], MATRIX_CELL_BYTES, "inconclusive: %s",
				c->run == NULL ? "it has no result that can be read"
					       : "no valid trial");
		if (c->why != NULL)
			snprintf(line->cells[i], MATRIX_CELL_BYTES, "%s: %.150s", c->state, c->why);
	}
	end_line(d);
	line = add_line(d, "valid trials");
	for (size_t i = 0; i < d->n_columns; i++)
		if (d->columns[i].run != NULL)
			snprintf(line->cells[i], MATRIX_CELL_BYTES, "%zu of %.0f",
				result_valid_trials(d->columns[i].run), d->columns[i].run->trials);
	end_line(d);
}

/* The daemons whose version is not the same everywhere. */
static void
versions(struct matrix_doc *d)
{
	static const char *const packages[] = {
		"frr", "bird2", "openbgpd", "knot", "keepalived", "exabgp", "unbound", "bind9"};

	for (size_t p = 0; p < sizeof(packages) / sizeof(packages[0]); p++) {
		struct matrix_line *line = add_line(d, packages[p]);
		size_t before = d->n_lines;

		for (size_t i = 0; i < d->n_columns; i++) {
			const char *version = d->columns[i].run == NULL
				? NULL
				: json_string_value(json_object_get(
					  json_object_get(
						  d->columns[i].run->provenance, "packages"),
					  packages[p]));

			if (version != NULL)
				snprintf(line->cells[i], MATRIX_CELL_BYTES, "%s", version);
		}
		end_line(d);
		if (d->n_lines == before && !d->lines[d->n_lines - 1].differs) {
			free(d->lines[d->n_lines - 1].cells);
			d->n_lines--;
		}
	}
}

/* The services that a root file system has no program for, where any has none. */
static void
left_out(struct matrix_doc *d)
{
	struct matrix_line *line = add_line(d, "left out");

	for (size_t i = 0; i < d->n_columns; i++) {
		json_t *list = d->columns[i].run == NULL
			? NULL
			: json_object_get(d->columns[i].run->provenance, "left_out");
		json_t *entry;
		size_t k, used = 0;

		json_array_foreach(list, k, entry)
		{
			const char *name = json_string_value(json_object_get(entry, "service"));

			if (name != NULL && used < MATRIX_CELL_BYTES)
				used += (size_t)snprintf(line->cells[i] + used,
					MATRIX_CELL_BYTES - used, "%s%.40s", used > 0 ? ", " : "",
					name);
		}
	}
	line = end_line(d);
	if (line != NULL)
		line->differs = true;
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const struct target *
target_of(const struct result *r, const struct target *like)
{
	for (size_t i = 0; r != NULL && i < r->n_targets; i++)
		if (is_same(r->targets[i].id, like->id) &&
			is_same(r->targets[i].family, like->family))
			return &r->targets[i];
	return NULL;
}

static void
target_line(struct matrix_doc *d, const struct target *like)
{
	char name[MATRIX_CELL_BYTES], words[FINDING_WORDS_BYTES];
	struct matrix_line *line;
	bool differs = false;

	snprintf(name, sizeof(name), "%.100s%s%.16s (%.60s)", like->id,
		like->family == NULL ? "" : " ", like->family == NULL ? "" : like->family,
		finding_documented(like, words));
	line = add_line(d, name);
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct target *t = target_of(d->columns[i].run, like);

		if (t == NULL)
			continue;
		differs |= t->verdict != like->verdict;
		if (t->verdict == TARGET_NOT_JUDGED || t->metric == NULL)
			snprintf(line->cells[i], MATRIX_CELL_BYTES, "%s", verdict_word(t->verdict));
		else
			snprintf(line->cells[i], MATRIX_CELL_BYTES, "%s: %s %s",
				verdict_word(t->verdict), finding_statistic(t->statistic),
				finding_measured(t, words));
	}
	line = end_line(d);
	if (line != NULL)
		line->differs = differs;
}

static void
targets(struct matrix_doc *d)
{
	for (size_t i = 0; i < d->n_columns; i++)
		for (size_t k = 0; d->columns[i].run != NULL && k < d->columns[i].run->n_targets;
			k++) {
			const struct target *t = &d->columns[i].run->targets[k];
			bool seen = false;

			for (size_t before = 0; before < i; before++)
				seen |= target_of(d->columns[before].run, t) != NULL;
			if (!seen)
				target_line(d, t);
		}
}

static void
expectations(struct matrix_doc *d)
{
	struct matrix_line *line = add_line(d, "expectations held");

	for (size_t i = 0; i < d->n_columns; i++) {
		const struct result *r = d->columns[i].run;
		size_t held = 0;

		if (r == NULL || r->n_expectations == 0 || result_valid_trials(r) == 0)
			continue;
		for (size_t k = 0; k < r->n_expectations; k++)
			held += r->expectations[k].held;
		snprintf(line->cells[i], MATRIX_CELL_BYTES, "%zu of %zu", held, r->n_expectations);
	}
	end_line(d);
}

/* The cell of a metric; in `highest_min` and `least_max` what its range adds to theirs. */
static void
metric_cell(const struct metric *m, double *highest_min, double *least_max, char *cell)
{
	bool is_ms = is_same(m->unit, "ms"); /* of a count once */
	char p50[SHOW_BYTES], min[SHOW_BYTES], max[SHOW_BYTES];

	snprintf(cell, MATRIX_CELL_BYTES, "%s (%s to %s)",
		isnan(m->stats.p50) && m->missing > 0 ? "never"
						      : show_value(m->stats.p50, m->unit, p50),
		show_value(m->stats.min, is_ms ? m->unit : NULL, min),
		m->missing > 0 ? "never" : show_value(m->stats.max, is_ms ? m->unit : NULL, max));
	*highest_min = fmax(*highest_min, m->stats.min);
	if (m->missing == 0)
		*least_max = fmin(*least_max, m->stats.max);
}

static void
metrics(struct matrix_doc *d)
{
	static const char *const wanted[] = {"withdraw_ms", "first_good_answer_ms",
		"loss_of_connectivity_ms", "full_convergence_ms", "longest_outage_ms",
		"unanswered_queries", "client_failures", "resolver_failures", "restore_announce_ms",
		"restore_unanswered_queries", "rib_convergence_ms", "fib_convergence_ms",
		"bgp_updates", "anycast_rtt_ms"};

	for (size_t w = 0; w < sizeof(wanted) / sizeof(wanted[0]); w++) {
		double highest_min = (double)-INFINITY, least_max = (double)INFINITY;
		char name[MATRIX_CELL_BYTES];
		struct matrix_line *line;

		snprintf(name, sizeof(name), "%s, median (least to worst)", wanted[w]);
		line = add_line(d, name);
		for (size_t i = 0; i < d->n_columns; i++) {
			const struct metric *m = d->columns[i].run == NULL
				? NULL
				: result_metric(d->columns[i].run, wanted[w]);

			if (m != NULL && m->stats.n > 0)
				metric_cell(m, &highest_min, &least_max, line->cells[i]);
		}
		line = end_line(d);
		if (line != NULL) /* no two trials measure the same: only ranges that do not meet */
			line->differs = highest_min > least_max;
	}
}

int
matrix_read(const char *dir, struct matrix_doc **ret, struct err *e)
{
	struct matrix_doc *d = calloc(1, sizeof(*d));
	char path[PATH_MAX];
	struct jread r;
	json_t *cells;
	int rc;

	if (d == NULL)
		abort();
	snprintf(path, sizeof(path), "%.4000s/matrix.json", dir);
	rc = jread_open(&r, path, MAX_BYTES, "catchment.matrix/1", e);
	if (rc < 0) {
		free(d);
		return rc;
	}
	d->root = json_incref(r.root);
	d->scenario = jread_str(&r, r.root, "", "scenario", NULL);
	d->complete = json_is_true(json_object_get(r.root, "complete"));
	d->interrupted = json_is_true(json_object_get(r.root, "interrupted"));
	cells = jread_array(&r, r.root, "", "cells");
	if (json_array_size(cells) > MATRIX_COLUMNS)
		jread_complain(&r, "cells", "more than %d", MATRIX_COLUMNS);
	else
		d->n_columns = json_array_size(cells);
	for (size_t i = 0; i < d->n_columns; i++)
		read_column(&r, dir, i, json_array_get(cells, i), &d->columns[i]);
	rc = jread_end(&r);
	if (rc < 0) {
		matrix_free(d);
		return rc;
	}
	outcomes(d);
	versions(d);
	left_out(d);
	targets(d);
	expectations(d);
	metrics(d);
	*ret = d;
	return 0;
}

void
matrix_free(struct matrix_doc *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n_columns; i++)
		result_free(d->columns[i].run);
	for (size_t i = 0; i < d->n_lines; i++)
		free(d->lines[i].cells);
	free(d->lines);
	json_decref(d->root);
	free(d);
}

void
matrix_say(const struct matrix_doc *d, char *out, size_t size)
{
	size_t measured = 0, failed = 0, in_vain = 0;

	for (size_t i = 0; i < d->n_columns; i++) {
		measured += is_measured(&d->columns[i]);
		in_vain += is_done(&d->columns[i]) && !is_measured(&d->columns[i]);
		failed += strcmp(d->columns[i].state, "failed") == 0;
	}
	snprintf(out, size, "%s side by side: %zu of %zu cells were measured%s", d->scenario,
		measured, d->n_columns, d->interrupted ? "; it was interrupted" : "");
	if (failed > 0)
		snprintf(out + strlen(out), size - strlen(out), "; %zu failed", failed);
	if (in_vain > 0)
		snprintf(out + strlen(out), size - strlen(out), "; %zu without a valid trial",
			in_vain);
	matrix_say_disputed(d, out, size);
}

/* ---- as JSON ---- */

static json_t *
number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static void
add_figures(json_t *cell, const struct result *r)
{
	json_t *list = json_array(), *all = json_object();
	size_t held = 0;

	for (size_t i = 0; i < r->n_targets; i++)
		json_array_append_new(list,
			json_pack("{s:s?, s:s?, s:s, s:o}", "id", r->targets[i].id, "family",
				r->targets[i].family, "verdict",
				verdict_name(r->targets[i].verdict), "measured",
				number(r->targets[i].measured)));
	for (size_t i = 0; i < r->n_metrics; i++) {
		const struct metric *m = &r->metrics[i];

		json_object_set_new(all, m->name,
			json_pack("{s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "unit", m->unit, "n",
				number(m->stats.n), "missing", number(m->missing), "min",
				number(m->stats.min), "p50", number(m->stats.p50), "ci_low",
				number(m->stats.ci_low), "ci_high", number(m->stats.ci_high), "max",
				number(m->stats.max)));
	}
	for (size_t i = 0; i < r->n_expectations; i++)
		held += r->expectations[i].held;
	json_object_set_new(cell, "trials", number(r->trials));
	json_object_set_new(cell, "valid_trials", json_integer((json_int_t)result_valid_trials(r)));
	json_object_set(cell, "packages", json_object_get(r->provenance, "packages"));
	if (json_object_get(r->provenance, "left_out") != NULL)
		json_object_set(cell, "left_out", json_object_get(r->provenance, "left_out"));
	json_object_set_new(cell, "targets", list);
	json_object_set_new(cell, "metrics", all);
	json_object_set_new(cell, "expectations",
		json_pack("{s:I, s:I}", "of", (json_int_t)r->n_expectations, "held",
			(json_int_t)held));
}

json_t *
matrix_as_json(const struct matrix_doc *d)
{
	json_t *root = json_deep_copy(d->root);
	json_t *cells = json_object_get(root, "cells");

	for (size_t i = 0; i < d->n_columns; i++)
		if (d->columns[i].run != NULL)
			add_figures(json_array_get(cells, i), d->columns[i].run);
	return root;
}
