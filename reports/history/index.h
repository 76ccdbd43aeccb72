/* index.h - all runs of a folder, quickly: what has not changed comes from its index.db, the rest is read anew. */
#ifndef REPORTS_HISTORY_INDEX_H
#define REPORTS_HISTORY_INDEX_H

#include "reports/history/run.h"

enum { HISTORY_RUNS = 20000 };

struct history {
	char *base; /* the folder */
	struct history_run *runs;
	size_t n, size;
	size_t read_anew; /* runs whose folders were read, not taken from the index */
	const char
		*rebuilt; /* why the index there was of no use; NULL: it was, or there was none */
	char unkept
		[256]; /* why the index could not be written; "": it was, or nothing had changed */
};

/*
 * Find the runs in BASE and in the batches and sweeps there (folders with an all.json, sweep.json or matrix.json), ordered by when they
 * began, and bring BASE/index.db up to date.
 *
 * The folders are the truth. A run is read again when size or time of run.json, result.json or compare.json differ from when
 * it was indexed. index.db is read whole and written whole under another name and then renamed, so that runs that end at once
 * cannot harm it and nobody waits for a lock; the later wins, and what it did not know is read again next time. One that is
 * damaged, of another version of the program or not to be read is made anew.
 *
 *      ret     out; history_free() it
 *
 * Returns 0; -ENOENT, -ENOTDIR, -EACCES, ... when BASE cannot be listed; -EFBIG with more than HISTORY_RUNS; -ENOMEM.
 */
int history_open(const char *base, struct history **ret, struct err *e);
void history_free(struct history *h);

/* Takes over what `r` owns. Returns 0 or -ENOMEM. */
int history_add(struct history *h, struct history_run *r);

#endif
