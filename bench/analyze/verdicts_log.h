/*
 * verdicts_log.h - what the health checks of the sites said of themselves: down, and up again; and routers of sessions lost.
 *
 * From lines.jsonl (lib/linelog.h). Which words of which service mean that is a table in verdicts_log.c.
 */
#ifndef BENCH_ANALYZE_VERDICTS_LOG_H
#define BENCH_ANALYZE_VERDICTS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct verdict {
	/* Wall; the service's own stamp where it writes one to the microsecond, else when the line was read. */
	int64_t at_ns;
	int64_t read_ns;
	bool down;
	uint8_t lost_family; /* no verdict: a BGP session of 4 or 6 ran out of its hold time; else 0 */
	size_t line;	     /* of lines.jsonl, from 1 */
	char node[64];
	char service[64];
	char text[128];
};

struct verdicts {
	struct verdict *verdict; /* in the order of the file */
	size_t verdicts;
	size_t bad_lines;  /* passed over */
	char bad_why[256]; /* the first of them */
};

/* Returns 0, -ENOENT (no such file) or another -errno, with `e` filled. */
int verdicts_read(const char *path, struct verdicts **ret, struct err *e);
void verdicts_free(struct verdicts *v); /* NULL is fine */

/*
 * The verdict that a withdraw of `node` at `until_ns` came from: the first "down" after `from_ns` that no
 * "up" follows before `until_ns`. NULL: none.
 */
const struct verdict *verdicts_find(
	const struct verdicts *v, const char *node, int64_t from_ns, int64_t until_ns);

/* The stamp that begins a line, "2026-11-22T19:28:48.259113Z ". False: it begins otherwise. */
bool verdicts_stamp(const char *text, int64_t *ret_wall_ns);

#endif
