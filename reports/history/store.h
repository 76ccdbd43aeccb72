/* store.h - the index of runs as an SQLite file: written whole, read whole, never trusted. */
#ifndef REPORTS_HISTORY_STORE_H
#define REPORTS_HISTORY_STORE_H

#include "reports/history/index.h"

/* Of the tables' layout and of what is read from runs; another number is another index. */
#define STORE_SCHEMA 1

enum { STORE_MAX_BYTES = 256 << 20 };

/*
 * Append the runs that an index holds, in the order of their folders' names.
 *
 *      program         the version that must have written it
 *
 * Returns 0; -ESTALE for another schema or program; -EBADMSG for what is no such database or damaged; -ENOMEM. `e` says why.
 */
int store_parse(
	const void *data, size_t len, const char *program, struct history *h, struct err *e);

/* The same file's content: free() it. Returns 0 or -ENOMEM, -EIO with SQLite's words. */
int store_make(
	const struct history *h, const char *program, void **ret, size_t *ret_len, struct err *e);

#endif
