/*
 * linelog.h - the lines that services wrote to their logs while the recorder looked (lines.jsonl), one at a time.
 *
 * The instant is that at which the recorder read the line, whatever the line itself says. Bytes that are
 * not UTF-8, and NUL, are in the text as \xNN.
 */
#ifndef LIB_LINELOG_H
#define LIB_LINELOG_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"
#include "lib/mono.h"

enum { LINELOG_NAME_BYTES = 64 };

struct linelog_line {
	struct wall at;
	char node[LINELOG_NAME_BYTES];
	char service[LINELOG_NAME_BYTES];
	const char *
		text; /* UTF-8, no NUL within, perhaps control characters; until the next linelog_next() */
	size_t line; /* in the file, from 1 */
	bool cut;    /* it was longer than the recorder keeps */
};

struct linelog;

/* As jlines_open() and jlines_open_bytes() (lib/jlines.h), for the schema catchment.lines/1. */
int linelog_open(const char *path, struct linelog **ret, struct err *e);
int linelog_open_bytes(
	const void *data, size_t len, const char *name, struct linelog **ret, struct err *e);

/*
 * The next line.
 *
 *      ret     out; written only when 1 is returned
 *
 * Returns 1, 0 at the end, or -EINVAL with file, line and what is wrong in `e`; the line was then passed over.
 */
int linelog_next(struct linelog *l, struct linelog_line *ret, struct err *e);

/* At the end: was the file cut in the middle of a line? */
bool linelog_cut(const struct linelog *l);

void linelog_free(struct linelog *l); /* NULL is fine */

#endif
