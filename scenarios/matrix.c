/* matrix.c - one scenario over several configurations or daemons: which cells there are, and what became of each. */
#include "scenarios/matrix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"

static const char *const kinds[] = {"variant", "layer", "suite"};

const char *
matrix_kind_name(enum matrix_kind kind)
{
	return kinds[kind];
}

/* A release, or a root file system of one's own. */
static bool
is_suite(const char *value)
{
	return strchr(value, '/') != NULL ||
		(value[0] != '-' &&
			value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0');
}

static int
add_value(struct matrix_axis *a, const char *value, size_t len, struct err *e)
{
	const char *kind = kinds[a->kind];

	if (len == 0)
		return err_set(e, EINVAL, "--matrix %s: an empty value", kind);
	if (a->len == MATRIX_VALUES)
		return err_set(e, EINVAL, "--matrix %s: more than %d values", kind, MATRIX_VALUES);
	a->values[a->len] = strndup(value, len);
	if (a->values[a->len] == NULL)
		abort();
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->values[i], a->values[a->len]) == 0) {
			err_set(e, EINVAL, "--matrix %s: '%s' twice", kind, a->values[i]);
			free(a->values[a->len]);
			return -EINVAL;
		}
	a->len++;
	if (a->kind == MATRIX_SUITE && !is_suite(a->values[a->len - 1]))
		return err_set(e, EINVAL,
			"--matrix suite: '%s' is neither a Debian release's name nor a folder's "
			"path",
			a->values[a->len - 1]);
	return 0;
}

static int
add_values(struct matrix_axis *a, const char *text, struct err *e)
{
	int rc = 0;

	for (const char *at = text; rc == 0; at += strcspn(at, ",") + 1) {
		rc = add_value(a, at, strcspn(at, ","), e);
		if (at[strcspn(at, ",")] == '\0')
			break;
	}
	return rc;
}

static int
make_cells(struct matrix *m, struct err *e)
{
	size_t n = 1;

	for (size_t i = 0; i < m->n_axes; i++)
		n *= m->axes[i].len;
	if (n > MATRIX_CELLS)
		return err_set(e, EINVAL, "--matrix: %zu cells, more than %d", n, MATRIX_CELLS);
	for (size_t c = 0; c < n; c++) {
		size_t left = c;

		m->cells[c] = (struct matrix_cell){.state = MATRIX_NOT_RUN};
		for (size_t i = m->n_axes; i-- > 0; left /= m->axes[i].len)
			m->cells[c].at[i] = left % m->axes[i].len;
	}
	m->n_cells = n;
	return 0;
}

int
matrix_add(struct matrix *m, const char *text, struct err *e)
{
	const char *equals = strchr(text, '=');
	size_t len = equals == NULL ? strlen(text) : (size_t)(equals - text);
	enum matrix_kind kind = MATRIX_VARIANT;
	int rc;

	while (kind <= MATRIX_SUITE &&
		(strlen(kinds[kind]) != len || strncmp(kinds[kind], text, len) != 0))
		kind++;
	if (kind > MATRIX_SUITE || equals == NULL)
		return err_set(e, EINVAL,
			"--matrix: '%.60s' is not variant=, layer= or suite= with values, a comma "
			"between them",
			text);
	for (size_t i = 0; i < m->n_axes; i++)
		if (m->axes[i].kind == kind)
			return err_set(e, EINVAL, "--matrix %s: given twice", kinds[kind]);
	m->axes[m->n_axes] = (struct matrix_axis){.kind = kind};
	rc = add_values(&m->axes[m->n_axes++], equals + 1, e);
	return rc < 0 ? rc : make_cells(m, e);
}

void
matrix_done(struct matrix *m)
{
	for (size_t i = 0; i < m->n_axes; i++)
		for (size_t k = 0; k < m->axes[i].len; k++)
			free(m->axes[i].values[k]);
	*m = (struct matrix){0};
}

const char *
matrix_value(const struct matrix *m, const struct matrix_cell *c, enum matrix_kind kind)
{
	for (size_t i = 0; i < m->n_axes; i++)
		if (m->axes[i].kind == kind)
			return m->axes[i].values[c->at[i]];
	return NULL;
}

void
matrix_cell_name(const struct matrix *m, const struct matrix_cell *c, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < m->n_axes && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s %s", i == 0 ? "" : ", ",
			kinds[m->axes[i].kind], m->axes[i].values[c->at[i]]);
}

static json_t *
cell_json(const struct matrix *m, const struct matrix_cell *c)
{
	static const char *const states[] = {"not run", "begun", "done", "failed", "interrupted"};
	json_t *values = json_object(), *o;

	for (size_t i = 0; i < m->n_axes; i++)
		json_object_set_new(
			values, kinds[m->axes[i].kind], json_string(m->axes[i].values[c->at[i]]));
	o = json_pack("{s:o, s:s}", "values", values, "state", states[c->state]);
	if (c->state != MATRIX_NOT_RUN && c->state != MATRIX_BEGUN)
		json_object_set_new(o, "code", json_integer(c->code));
	if (c->dir[0] != '\0')
		json_object_set_new(o, "dir", json_string(c->dir));
	if (c->why[0] != '\0')
		json_object_set_new(o, "why", json_string(c->why));
	return o;
}

int
matrix_write(const struct matrix *m, const char *dir, const char *scenario, const json_t *command,
	bool is_interrupted, struct err *e)
{
	json_t *axes = json_array(), *cells = json_array(), *root;
	char path[PATH_MAX], *text;
	bool complete = true;
	int rc;

	for (size_t i = 0; i < m->n_axes; i++) {
		json_t *values = json_array();

		for (size_t k = 0; k < m->axes[i].len; k++)
			json_array_append_new(values, json_string(m->axes[i].values[k]));
		json_array_append_new(axes,
			json_pack("{s:s, s:o}", "name", kinds[m->axes[i].kind], "values", values));
	}
	for (size_t i = 0; i < m->n_cells; i++) {
		json_array_append_new(cells, cell_json(m, &m->cells[i]));
		complete &= m->cells[i].state == MATRIX_DONE || m->cells[i].state == MATRIX_FAILED;
	}
	root = json_pack("{s:s, s:s, s:b, s:b, s:O, s:o, s:o}", "schema", "catchment.matrix/1",
		"scenario", scenario, "complete", complete, "interrupted", is_interrupted,
		"command", command, "axes", axes, "cells", cells);
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	snprintf(path, sizeof(path), "%.4000s/matrix.json", dir);
	rc = text == NULL ? err_set(e, EINVAL, "%s: a value that is no UTF-8", path)
			  : fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}
