/*
 * jlines.h - files of JSON objects, one a line, the first with the schema; read one by one in bounded memory.
 *
 * Who writes such a file may die in the middle of a line. That is no mistake: what was whole counts, and
 * jlines_cut() tells.
 */
#ifndef LIB_JLINES_H
#define LIB_JLINES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"
#include "lib/jread.h"

enum { JLINES_LINE_BYTES = 65536 }; /* the longest line, newline included */

struct jlines;

/*
 * Open a file, or bytes in memory, and check its first line: {"schema": SCHEMA}.
 *
 *      data, len       borrowed until jlines_free
 *      name            for messages; borrowed
 *
 * Returns 0, -EINVAL (another schema, or none) or another -errno, with `e` filled.
 */
int jlines_open(const char *path, const char *schema, struct jlines **ret, struct err *e);
int jlines_open_bytes(const void *data, size_t len, const char *name, const char *schema,
	struct jlines **ret, struct err *e);

/*
 * The next object.
 *
 *      ret     out: its values are read with jread_str() and the like, whose complaints then begin with
 *              "NAME:LINE: "; jread_end() it before the next call
 *
 * Returns 1, 0 at the end, -EINVAL (not a JSON object, or a line too long) or another -errno with `e` filled.
 */
int jlines_next(struct jlines *l, struct jread *ret, struct err *e);

/* The number of the line that jlines_next() gave last, from 1; the schema is in the first. */
size_t jlines_line(const struct jlines *l);

/* At the end: is there half a line behind the last whole one? */
bool jlines_cut(const struct jlines *l);

void jlines_free(struct jlines *l); /* NULL is fine */

#endif
