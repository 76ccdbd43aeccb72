/* query_mistakes.h - what is wrong with a source of queries: the first few in words, all counted. */
#ifndef BENCH_LOAD_QUERY_MISTAKES_H
#define BENCH_LOAD_QUERY_MISTAKES_H

#include <stdarg.h>
#include <stdio.h>

#include "bench/load/queries.h"
#include "lib/buf.h"

struct query_mistakes {
	struct buf *text; /* a line each */
	size_t n;
};

static inline void query_mistake(struct query_mistakes *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static inline void
query_mistake(struct query_mistakes *m, const char *fmt, ...)
{
	char line[768];
	va_list args;

	if (m->n++ >= QUERIES_MISTAKES)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	buf_addf(m->text, "%s\n", line);
}

#endif
