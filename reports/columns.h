/* columns.h - a table written by columns: those in which no row has anything to say are left out. */
#ifndef REPORTS_COLUMNS_H
#define REPORTS_COLUMNS_H

#include <stddef.h>

#include "lib/buf.h"
#include "reports/show.h"

/* Either `cell`, or `show` for the double at `offset` of a row. The first column heads its row. */
struct column {
	const char *name;
	void (*cell)(struct buf *b, const void *row); /* appends HTML; text columns */
	const char *(*show)(double value, char out[static SHOW_BYTES]);
	size_t offset;
};

#define COLUMN(title, how, type, member)                                                           \
	{                                                                                          \
		title, NULL, how, offsetof(type, member)                                           \
	}

/* A cell that is empty or SHOW_NONE is nothing; a column of nothing but these is not written. */
void columns_table(struct buf *b, const char *caption, const struct column columns[], size_t n,
	const void *const rows[], size_t n_rows);

#endif
