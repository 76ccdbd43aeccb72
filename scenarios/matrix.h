/* matrix.h - one scenario over several configurations or daemons: which cells there are, and what became of each. */
#ifndef SCENARIOS_MATRIX_H
#define SCENARIOS_MATRIX_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

enum { MATRIX_AXES = 3, MATRIX_VALUES = 8, MATRIX_CELLS = 24 };

enum matrix_kind { MATRIX_VARIANT, MATRIX_LAYER, MATRIX_SUITE };

struct matrix_axis {
	enum matrix_kind kind;
	char *values[MATRIX_VALUES]; /* owned; "none" of layers: no layer */
	size_t len;
};

enum matrix_state {
	MATRIX_NOT_RUN,
	MATRIX_BEGUN, /* it is at it; what was killed outright stays so */
	MATRIX_DONE,
	MATRIX_FAILED,
	MATRIX_INTERRUPTED
};

struct matrix_cell {
	size_t at[MATRIX_AXES]; /* which value of each axis */
	enum matrix_state state;
	int code;		/* exit code of its run */
	char dir[NAME_MAX + 1]; /* the run's folder, in the matrix's; "": it has none */
	char why[400];		/* of one that failed */
};

struct matrix {
	struct matrix_axis axes[MATRIX_AXES];
	size_t n_axes;
	struct matrix_cell cells[MATRIX_CELLS];
	size_t n_cells;
};

/* "variant", "layer", "suite" */
const char *matrix_kind_name(enum matrix_kind kind);

/*
 * Add the axis that a text describes: "suite=bookworm,trixie". Returns 0, or -EINVAL with `e` saying what is wrong with it. The
 * cells are made anew: every value with every other, the last axis first.
 */
int matrix_add(struct matrix *m, const char *text, struct err *e);
void matrix_done(struct matrix *m);

/* The value that a cell has on the axis of a kind; NULL: there is no such axis. */
const char *matrix_value(
	const struct matrix *m, const struct matrix_cell *c, enum matrix_kind kind);

/* "suite bookworm, variant hardened" */
void matrix_cell_name(const struct matrix *m, const struct matrix_cell *c, char *out, size_t size);

/*
 * DIR/matrix.json, as it stands.
 *
 *      command     borrowed; a list of words
 *
 * Returns 0 or -errno with `e` filled.
 */
int matrix_write(const struct matrix *m, const char *dir, const char *scenario,
	const json_t *command, bool is_interrupted, struct err *e);

#endif
