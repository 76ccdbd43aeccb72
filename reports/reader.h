/* reader.h - typed access to a JSON file: what is missing is tolerated, what is wrong is named by its key. */
#ifndef REPORTS_READER_H
#define REPORTS_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

/* The first complaint wins; after it every call returns what stands for "missing". */
struct reader {
	const char *file;
	struct err *e;
	int rc;
};

#define READER_AT_BYTES 160

/*
 * Each looks up `key` in `object` (NULL object: missing). `at` is the object's own path, "" for
 * the top. A missing key or null gives NULL, NaN or `otherwise`. Any other type sets the
 * reader's rc to -EINVAL and says "FILE: targets[2].measured: a number is wanted, not a string".
 */
const char *reader_str(struct reader *r, json_t *object, const char *at, const char *key);
double reader_num(struct reader *r, json_t *object, const char *at, const char *key);
bool reader_bool(struct reader *r, json_t *object, const char *at, const char *key, bool otherwise);
json_t *reader_object(struct reader *r, json_t *object, const char *at, const char *key);

/* Lists longer than `max` are a complaint too. */
json_t *reader_list(struct reader *r, json_t *object, const char *at, const char *key, size_t max);

/* The i-th entry of a list that reader_list gave; must be an object. Writes its path to `at`. */
json_t *reader_entry(struct reader *r, json_t *list, size_t i, const char *list_at,
	const char *list_key, char at[static READER_AT_BYTES]);

/* A list of numbers into fresh memory (NULL and 0 if missing); null entries become 0. */
double *reader_numbers(struct reader *r, json_t *object, const char *at, const char *key,
	size_t max, size_t *ret_n);

/* Memory, or NULL with the complaint made. At least one byte. */
void *reader_alloc(struct reader *r, size_t n, size_t size);

/* "at.key", or the key alone at the top; cut short when it is too long to be read anyway. */
void reader_join(char out[static READER_AT_BYTES], const char *at, const char *key);

void reader_complain(struct reader *r, const char *at, const char *key, const char *what);

#endif
