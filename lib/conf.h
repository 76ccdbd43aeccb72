/*
 * conf.h - YAML files checked against what we know: every complaint is kept with its file and line.
 *
 * A reader asks for the keys it knows and names the rest as unknown; nothing stops at the first
 * mistake. When all has been read, conf_complaints() > 0 means: print them all, exit 2.
 *
 * Aliases and anchors are resolved by libyaml's document API, merge keys (<<) are not. Duplicate
 * keys, nesting deeper than 16, more than a million values with the aliases followed and a second
 * document are complaints; a file over 4 MiB is refused.
 */
#ifndef LIB_CONF_H
#define LIB_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct conf;
struct conf_node; /* a node of the document; lives as long as its conf */

enum conf_kind { CONF_SCALAR, CONF_LIST, CONF_MAP };

/*
 * Read and parse a file. A syntax error is a complaint, not a failure, so that the caller has one
 * way to print; then conf_root() is NULL.
 *
 * Returns 0, or -errno with `e` filled if the file cannot be read.
 */
int conf_load(const char *path, struct conf **ret, struct err *e);

/* The same of text in memory; `name` stands where the path would in complaints. Returns 0. */
int conf_parse(const char *name, const char *data, size_t len, struct conf **ret);
void conf_free(struct conf *c);

/*
 * Take over from `base` what `c` does not say: the keys of its root map that c's has not, but for those of `own`. Where
 * both have a key of `merged` and it is a map in both, what that map lacks. Complaints about what was taken over name
 * base's file; base's complaints are taken over too. Call it before any node is asked for: nodes move. The roots that are
 * no maps are left alone.
 *
 *      own, merged     NULL-terminated
 */
void conf_inherit(struct conf *c, const struct conf *base, const char *const own[],
	const char *const merged[]);

/* The files of a document: its own first, then those it took over from. */
size_t conf_files(const struct conf *c);
const char *conf_file(const struct conf *c, size_t i);

size_t conf_file_of(const struct conf *c, const struct conf_node *n); /* where it was written */

const char *conf_path(const struct conf *c);
const struct conf_node *conf_root(const struct conf *c); /* NULL: empty or unreadable document */

/*
 * "file:line: text", each one line and told once, in the order of files and lines. `at` NULL speaks of the
 * file as a whole (line 1).
 */
void conf_complain(struct conf *c, const struct conf_node *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
size_t conf_complaints(const struct conf *c);
const char *conf_complaint(struct conf *c, size_t i);

/* Print each complaint to stderr, a line each. Returns how many there were. */
size_t conf_report(struct conf *c);

enum conf_kind conf_kind(const struct conf_node *n);
int conf_line(const struct conf *c, const struct conf_node *n); /* 1-based */

/* Complains unless n is a map / list / scalar. NULL counts as wrong, silently. */
bool conf_is_map(struct conf *c, const struct conf_node *n, const char *what);
bool conf_is_list(struct conf *c, const struct conf_node *n, const char *what);
const char *conf_text(struct conf *c, const struct conf_node *n, const char *what); /* or NULL */

/* Number of entries of a list or map; the i-th entry. For maps also its key. */
size_t conf_len(const struct conf *c, const struct conf_node *n);
const struct conf_node *conf_at(const struct conf *c, const struct conf_node *n, size_t i);
const char *conf_key_at(const struct conf *c, const struct conf_node *map, size_t i);
const struct conf_node *conf_key_node_at(
	const struct conf *c, const struct conf_node *map, size_t i);

/* The value of a key, NULL if absent (conf_need complains then). */
const struct conf_node *conf_get(
	const struct conf *c, const struct conf_node *map, const char *key);
const struct conf_node *conf_need(struct conf *c, const struct conf_node *map, const char *key);

/* Complain about every key of `map` that is not in the NULL-terminated list. */
void conf_known(struct conf *c, const struct conf_node *map, const char *const keys[]);

/*
 * Typed values of an optional key. They return `otherwise` when the key is absent or, after a
 * complaint, when its value is bad. Units as in num.h. Strings live as long as the conf.
 */
const char *conf_str(
	struct conf *c, const struct conf_node *map, const char *key, const char *otherwise);
bool conf_bool(struct conf *c, const struct conf_node *map, const char *key, bool otherwise);
int64_t conf_duration_ns(
	struct conf *c, const struct conf_node *map, const char *key, int64_t otherwise_ns);
uint64_t conf_u64(struct conf *c, const struct conf_node *map, const char *key, uint64_t min,
	uint64_t max, uint64_t otherwise);
double conf_double(struct conf *c, const struct conf_node *map, const char *key, double min,
	double max, double otherwise);
double conf_qps(struct conf *c, const struct conf_node *map, const char *key, double otherwise_qps);
uint64_t conf_bps(
	struct conf *c, const struct conf_node *map, const char *key, uint64_t otherwise_bps);
double conf_ratio(struct conf *c, const struct conf_node *map, const char *key, double otherwise);

#endif
