/* matrix_read.h - matrix.json and what lies beside it, as a table: a row for each thing told, a column for each cell. */
#ifndef REPORTS_MATRIX_READ_H
#define REPORTS_MATRIX_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"
#include "reports/result.h"

/* What a run came to by its exit status, whatever claims it missed: those have rows of their own. */
#define MATRIX_AS_EXPECTED     "as expected"
#define MATRIX_NOT_AS_EXPECTED "not as expected"

enum { MATRIX_COLUMNS = 64, MATRIX_CELL_BYTES = 200 };

struct matrix_column {
	char name[MATRIX_CELL_BYTES];  /* its values: "bookworm, hardened" */
	const char *state, *why, *dir; /* why, dir: NULL where there is none */
	int code;
	struct result *run; /* NULL: it has no result */
	json_t *cell;	    /* of matrix.json; borrowed */
};

/* What all columns say to one thing. */
struct matrix_line {
	char name[MATRIX_CELL_BYTES];
	char (*cells)[MATRIX_CELL_BYTES];
	bool differs; /* not the same in all columns that say anything */
};

struct matrix_doc {
	json_t *root;
	const char *scenario;
	bool complete, interrupted;
	struct matrix_column columns[MATRIX_COLUMNS];
	size_t n_columns;
	struct matrix_line *lines;
	size_t n_lines;
};

/* Returns 0; -EINVAL and the place of what is wrong; another -errno. A run that cannot be read is a column that says so. */
int matrix_read(const char *dir, struct matrix_doc **ret, struct err *e);
void matrix_free(struct matrix_doc *d);

/* What was found, in a sentence. */
void matrix_say(const struct matrix_doc *d, char *out, size_t size);

/* The verdict that a cell begins with; false: it is no verdict's. */
bool matrix_verdict_at(const char *cell, enum target_verdict *ret);

/* Onto a sentence: "; verdicts differ on crash-withdraw", nothing where all columns that judge agree. */
void matrix_say_disputed(const struct matrix_doc *d, char *out, size_t size);

/* catchment.matrix/1 with the figures of each cell in it. A new reference. */
json_t *matrix_as_json(const struct matrix_doc *d);

#endif
