/* matrix_run.c - catchment run --matrix: each cell in a lab of its own, one after the other, then all side by side. */
#include "scenarios/matrix_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/mono.h"
#include "lib/stop.h"
#include "lib/talk.h"
#include "reports/matrix.h"

/* What was asked for, of one cell: with its variant, layer and daemons. */
static struct run_args *
args_of(const struct run_args *all, size_t cell)
{
	const struct matrix *m = &all->matrix;
	const struct matrix_cell *c = &m->cells[cell];
	struct run_args *a = malloc(sizeof(*a));
	const char *layer = matrix_value(m, c, MATRIX_LAYER),
		   *variant = matrix_value(m, c, MATRIX_VARIANT);

	if (a == NULL)
		abort();
	*a = *all;
	a->batch.lab.layers = a->batch.layers;
	if (a->batch.plan.last_mile != NULL)
		a->batch.plan.last_mile = &a->last_mile;
	if (variant != NULL)
		a->batch.lab.variant = variant;
	if (layer != NULL && strcmp(layer, "none") != 0)
		a->batch.layers[a->batch.layers_len++] = layer;
	return a;
}

/* The daemons of a cell, made if need be, which may take minutes. */
static int
find_daemons(struct run_args *a, const struct matrix_cell *c, char rootfs[static PLACE_BYTES],
	struct err *e)
{
	const char *suite = matrix_value(&a->matrix, c, MATRIX_SUITE);
	int rc = 0;

	if (suite == NULL)
		return 0;
	if (strchr(suite, '/') == NULL) {
		rc = place_rootfs_suite(a->data, suite, rootfs, e);
		a->batch.lab.rootfs = rootfs;
	} else {
		a->batch.lab.rootfs = suite;
	}
	return rc;
}

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The daemons come first: what the scenario may ask of the network is what they can do. */
static int
run_found(struct run_args *a, struct matrix_cell *c)
{
	char rootfs[PLACE_BYTES];
	struct err e = {0};

	if (find_daemons(a, c, rootfs, &e) < 0) {
		talk_error("%s", e.text);
		snprintf(c->why, sizeof(c->why), "%.390s", e.text);
		return EXIT_ENVIRONMENT;
	}
	if (run_args_load(a) < 0)
		return EXIT_USAGE;
	run_args_items(a);
	a->batch.plan.why = &e;
	c->code = batch_run(&a->batch);
	snprintf(c->why, sizeof(c->why), "%.390s", e.text);
	snprintf(c->dir, sizeof(c->dir), "%.250s", base_of(a->items[0].dir));
	return c->code;
}

static void
run_cell(struct run_args *all, size_t number)
{
	struct matrix_cell *c = &all->matrix.cells[number];
	struct run_args *a = args_of(all, number);
	char name[200];

	matrix_cell_name(&all->matrix, c, name, sizeof(name));
	talk_step("cell %zu of %zu: %s", number + 1, all->matrix.n_cells, name);
	c->code = run_found(a, c);
	c->state = c->code == EXIT_INTERRUPTED			       ? MATRIX_INTERRUPTED
		: c->code == EXIT_USAGE || c->code == EXIT_ENVIRONMENT ? MATRIX_FAILED
								       : MATRIX_DONE;
	if (c->state == MATRIX_FAILED && c->why[0] == '\0')
		snprintf(c->why, sizeof(c->why), "%s",
			c->code == EXIT_USAGE ? "its input is wrong"
					      : "its lab or its trials failed; what was said "
						"while it ran tells why");
	run_args_unload(a);
	free(a);
}

/* Everything wrong with any cell's input is told before the first begins. */
static int
check_cells(struct run_args *all)
{
	int rc = 0;

	for (size_t i = 0; i < all->matrix.n_cells; i++) {
		struct run_args *a = args_of(all, i);
		const char *suite = matrix_value(&a->matrix, &a->matrix.cells[i], MATRIX_SUITE);
		char path[PATH_MAX];
		struct err e;

		if (suite != NULL && strchr(suite, '/') != NULL)
			a->batch.lab.rootfs = suite;
		if (lab_find_rootfs(&a->batch.lab, path, &e) < 0) {
			talk_error("%s", e.text);
			rc = -EINVAL;
		} else if (run_args_load(a) < 0) {
			rc = -EINVAL;
		} else if (suite != NULL && strchr(suite, '/') == NULL &&
			(rc = place_suite_known(a->data, suite, &e)) < 0) {
			talk_error("%s", e.text);
		}
		snprintf(all->data, sizeof(all->data), "%s", a->data);
		snprintf(all->scenario, sizeof(all->scenario), "%s",
			a->loaded[0].len > 0 ? a->loaded[0].scenarios[0]->name : "");
		run_args_unload(a);
		free(a);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
make_folder(struct run_args *a)
{
	char stamp[17];
	struct err e;

	wall_stamp(wall_now(), stamp);
	snprintf(a->folder, sizeof(a->folder), "%.300s/matrix-%.80s-%s", a->batch.plan.out,
		a->scenario, stamp);
	if (fs_mkdirs(a->folder, &e) < 0) {
		talk_error("%s", e.text);
		return -EIO;
	}
	a->batch.plan.out = a->folder;
	a->batch.plan.untold = true;
	return 0;
}

static json_t *
command_of(const struct run_args *a)
{
	json_t *list = json_array();

	for (size_t i = 0; a->batch.plan.command[i] != NULL; i++)
		json_array_append_new(list, json_string(a->batch.plan.command[i]));
	return list;
}

/* All side by side: on stdout, as a page, and to CI. */
static int
tell(const struct run_args *a, int code)
{
	struct err e = {0};
	int rc = report_matrix(a->folder, a->json, stdout, &e);
	char page[PATH_MAX];

	if (rc == 0) {
		snprintf(page, sizeof(page), "%.4000s/summary.md", a->folder);
		rc = ci_append_page(a->batch.plan.ci, page, &e);
	}
	if (rc == 0 && !a->json)
		printf("%s/matrix.html\n", a->folder);
	if (rc == 0)
		return code;
	talk_error("%s", e.text);
	return batch_worse(code, EXIT_ENVIRONMENT);
}

/* Each cell, matrix.json as it stands before each and at the end. Returns -errno where that cannot be written, which has been told. */
static int
run_cells(struct run_args *a, const json_t *command, int *code)
{
	struct matrix *m = &a->matrix;
	struct err e;

	for (size_t i = 0; i < m->n_cells && *code != EXIT_INTERRUPTED; i++) {
		m->cells[i].state = MATRIX_BEGUN;
		if (matrix_write(m, a->folder, a->scenario, command, false, &e) < 0)
			goto failed;
		run_cell(a, i);
		*code = batch_worse(*code, m->cells[i].code);
		if (stop_requested() > 0)
			*code = EXIT_INTERRUPTED;
	}
	if (matrix_write(m, a->folder, a->scenario, command, *code == EXIT_INTERRUPTED, &e) == 0)
		return 0;
failed:
	talk_error("%s", e.text);
	*code = batch_worse(*code, EXIT_ENVIRONMENT);
	return -EIO;
}

int
matrix_run(struct run_args *a)
{
	int code = EXIT_GOOD, rc;
	json_t *command;

	rc = check_cells(a);
	if (rc < 0)
		return rc == -EINVAL ? EXIT_USAGE : EXIT_ENVIRONMENT;
	if (make_folder(a) < 0)
		return EXIT_ENVIRONMENT;
	a->batch.plan.trials = a->batch.plan.trials > 0 ? a->batch.plan.trials : 1;
	a->batch.plan.seed = a->batch.plan.seed > 0 ? a->batch.plan.seed : 1;
	command = command_of(a);
	stop_install();
	rc = run_cells(a, command, &code);
	json_decref(command);
	if (rc == 0)
		return tell(a, code);
	rmdir(a->folder); /* unless there is something in it */
	return code;
}
