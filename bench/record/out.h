/* out.h - a file of JSON objects, one a line, being written; the first failure is kept until somebody asks. */
#ifndef BENCH_RECORD_OUT_H
#define BENCH_RECORD_OUT_H

#include <jansson.h>

#include "lib/err.h"

struct out;

/* Open a file and write its first line, {"schema": …}. `path` is borrowed. Returns 0 or -errno with `e` filled. */
int out_open(const char *path, const char *schema, struct out **ret, struct err *e);

/* Add a line. Consumes `object`; NULL counts as a failure (out of memory). */
void out_add(struct out *o, json_t *object);

/* Hand what was added to the kernel. Returns 0, or -errno of the first failure with `e` filled. */
int out_flush(struct out *o, struct err *e);

/* The same, and close it. NULL is fine. */
int out_close(struct out *o, struct err *e);

#endif
