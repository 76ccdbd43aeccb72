/*
 * lines.h - what services write to their logs, line by line, from now on.
 *
 * inotify says that a file grew; only what is new of it is read. A file that is cut is followed from its new end, one
 * that is moved away or removed in favour of another of the same name is followed there from its beginning. A line counts
 * as written when its end was read.
 *
 * Source: inotify(7).
 */
#ifndef BENCH_RECORD_LINES_H
#define BENCH_RECORD_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/record/out.h"
#include "bench/record/plan.h"
#include "lib/buf.h"
#include "lib/err.h"

enum { LINES_TEXT_BYTES = 8192 }; /* more of a line is not kept */

struct lines_stats {
	uint64_t lines, bytes; /* read, whether or not kept */
	uint64_t cut;	       /* lines of which not all was kept */
	uint64_t absent;       /* logs that were not there at the beginning */
};

struct lines;

/*
 * Begin: what is in the logs already is not told. A log that is not there may come; its folder must be there.
 *
 *      p, o            borrowed until lines_free
 *      epoll_fd, key   inotify's descriptor is watched for with this as data.u64
 *
 * Returns 0 or -errno with `e` filled.
 */
int lines_open(const struct record_plan *p, struct out *o, int epoll_fd, uint64_t key,
	struct lines **ret, struct err *e);

/* Read what inotify tells of, and then those logs, but none without end. Returns 0 or -errno with `e` filled. */
int lines_read(struct lines *l, struct err *e);

/* Is there a log of which not all was read? Then call lines_read() again soon. */
bool lines_pending(const struct lines *l);

/* The end: lines that have no end yet are told as they are, cut. */
void lines_finish(struct lines *l);

const struct lines_stats *lines_stats(const struct lines *l);

void lines_free(struct lines *l); /* NULL is fine */

/* A log's bytes as text for JSON: what is not UTF-8, and NUL, becomes \xNN. Appended to `to`. */
void lines_clean(const char *bytes, size_t len, struct buf *to);

#endif
