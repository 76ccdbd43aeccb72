/*
 * jread.h - JSON files that one room hands another, read with each complaint naming file and place.
 *
 * A reader asks for what it knows and goes on after a complaint; jread_end says whether there were
 * any. Keys it does not ask for are ignored: the next version may have written them.
 */
#ifndef LIB_JREAD_H
#define LIB_JREAD_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct jread {
	const char *path;
	json_t *root;
	struct err *e; /* gathers the complaints, "; " between them, as many as fit */
	size_t complaints;
};

/*
 * Read a file whose top is an object with this "schema".
 *
 *      path            borrowed until jread_end
 *      max_bytes       larger files are refused
 *
 * Returns 0, -EINVAL (not JSON, not this schema) or another -errno; `e` is filled then.
 */
int jread_open(
	struct jread *r, const char *path, size_t max_bytes, const char *schema, struct err *e);

/* Frees the document. Returns 0, or -EINVAL if anything was complained of. */
int jread_end(struct jread *r);

/* "PATH: WHERE: text". `where` like "streams[3].source". */
void jread_complain(struct jread *r, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Values of a key of `object`; `in` is the object's own place ("" at the top, "streams[3]").
 * `otherwise` is for an absent key; jread_str with NULL, and jread_int with JREAD_NEEDED, complain
 * then. They return something usable after a complaint: `otherwise` or "", or the minimum.
 * Strings and arrays live until jread_end; a wanted array that is not there is NULL.
 */
#define JREAD_NEEDED INT64_MIN
const char *jread_str(struct jread *r, const json_t *object, const char *in, const char *key,
	const char *otherwise);
int64_t jread_int(struct jread *r, const json_t *object, const char *in, const char *key,
	int64_t min, int64_t max, int64_t otherwise);
double jread_number(struct jread *r, const json_t *object, const char *in, const char *key,
	double min, double max);
json_t *jread_array(struct jread *r, const json_t *object, const char *in, const char *key);

#endif
