/*
 * elements.h - a large JSON text taken one element at a time, in bounded memory.
 *
 * Two shapes are read: one array whose elements are objects, and one object a line. Either may be
 * compressed with gzip. Only the boundaries of elements are found here; what is between them is the
 * caller's to parse. Behind damage inside an array nothing can be trusted, so that is the end; a
 * line stands for itself.
 */
#ifndef PROBES_IMPORT_ELEMENTS_H
#define PROBES_IMPORT_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

enum { ELEMENTS_MAX_BYTES = 4 << 20 }; /* of one element */

struct elements;

struct element {
	const char *text; /* lives until the next call; not NUL-terminated */
	size_t len_bytes;
	uint64_t line; /* where it begins, from 1 */
	bool alone;    /* a line: when it is damaged, those behind it are not */
};

/*
 * Open a file ("-": standard input), or take bytes that are in memory (borrowed until
 * elements_close; `name` is for messages; not decompressed).
 *
 * Returns 0 or -errno with `e` filled.
 */
int elements_open(const char *path, struct elements **ret, struct err *e);
int elements_open_bytes(
	const void *data, size_t len_bytes, const char *name, struct elements **ret, struct err *e);
void elements_close(struct elements *in); /* NULL is fine */

/*
 * The next element.
 *
 * Returns 1, 0 at the proper end, -EBADMSG (damaged, cut, not JSON of these shapes, an element
 * larger than ELEMENTS_MAX_BYTES) or another -errno; `e` names file and line then.
 */
int elements_next(struct elements *in, struct element *ret, struct err *e);

#endif
