/* buf.h - text that grows; a failed allocation is remembered, so that a writer checks once at its end. */
#ifndef LIB_BUF_H
#define LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct buf {
	char *data; /* NUL-terminated once anything was added */
	size_t len;
	size_t size;
	bool failed; /* out of memory: everything added since is lost */
};

void buf_done(struct buf *b);

/* Append bytes as they are. */
void buf_add(struct buf *b, const char *text);
void buf_add_len(struct buf *b, const char *data, size_t len);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Returns 0, or -ENOMEM with `e` filled if any append failed. */
int buf_check(const struct buf *b, struct err *e);

#endif
