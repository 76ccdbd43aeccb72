/*
 * queries.h - what a load generator asks: ready wire messages, made once, read by every thread.
 *
 * They are asked in their order, from the top again after the last, so that a mix by weights is a
 * sequence in which each query stands as often as its weight says, shuffled from a seed. All bytes
 * lie in one arena; queries that are the same share theirs.
 */
#ifndef BENCH_LOAD_QUERIES_H
#define BENCH_LOAD_QUERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/inet.h"

struct query {
	const uint8_t
		*wire; /* borrowed, never to be written: wire[0..1], the id, is filled in a copy */
	uint16_t len;
	uint16_t
		random_at; /* where the bytes of a label begin that are to be fresh each time it is asked */
	uint8_t random_len; /* 0: none; letters and digits in lower case, say */
	uint16_t qtype;
	int64_t due_ns; /* a replay's: since its first query, never less than the one before; else -1 */
};

/* How a query is dressed: what goes with name and type. */
struct query_form {
	uint16_t edns_bytes; /* answer size we take, for the OPT; 0: no EDNS */
	bool dnssec_ok;	     /* these three need EDNS */
	bool nsid;
	const struct inet *ecs; /* client subnets (RFC 7871), taken in turn; borrowed */
	size_t ecs_n;
	bool recurse;
	bool random_prefix; /* a fresh label in front of each name */
};

struct queries;

size_t queries_len(const struct queries *q); /* never 0 */
struct query queries_at(const struct queries *q, size_t i);
void queries_free(struct queries *q);

/*
 * One name and type.
 *
 *      name            as in a zone file; the last dot is optional
 *
 * Returns 0, or -errno with `e` filled: a name that is none, or too long.
 */
int queries_from_name(const char *name, uint16_t qtype, const struct query_form *form,
	struct queries **ret, struct err *e);

enum { QUERIES_MISTAKES = 5 }; /* told of each source; of more only how many */

/*
 * A mix of the command line: "NAME [TYPE [WEIGHT]]" each, TYPE A and WEIGHT 1 unless they say otherwise.
 *
 *      seed            of the order
 *      mistakes        out: what is wrong with each, a line each with its newline
 *
 * Returns 0, or -errno with `e` filled.
 */
int queries_from_list(const char *const *list, size_t n, const struct query_form *form,
	uint64_t seed, struct queries **ret, struct buf *mistakes, struct err *e);

/*
 * A query file as dnsperf reads it: a line each of name and type, empty lines and those that begin with
 * ';' ignored, and so is what stands behind the type. Blanks in front and the line ends of other systems
 * are taken too.
 *
 *      path            "-" is standard input
 *      mistakes        out: "FILE:LINE: what is wrong", a line each with its newline, the first
 *                      QUERIES_MISTAKES of them
 *
 * Returns 0, or -errno with `e` telling of the whole file.
 */
int queries_from_file(const char *path, const struct query_form *form, struct queries **ret,
	struct buf *mistakes, struct err *e);

/* How often a type is asked for, in relation to others. */
struct query_share {
	uint16_t qtype;
	double weight;
};

struct query_zone {
	const char *path;
	const char *origin; /* of names that do not end in a dot; NULL: the file says it */
	const struct query_share *types; /* none: each name and type as often as any other */
	size_t types_n;
	double absent_ratio; /* of all queries, for names that are not there; 0 to 1 */
	uint64_t seed;
};

/*
 * The names and types of a zone file that the server itself answers for: not what lies below a delegation
 * or a DNAME, no signatures and none of the records that prove absence. For a wildcard a fresh label
 * stands where its asterisk is. Names that are not there are fresh labels below the zone's apex.
 *
 * Returns as queries_from_file.
 */
int queries_from_zone(const struct query_zone *z, const struct query_form *form,
	struct queries **ret, struct buf *mistakes, struct err *e);

struct query_replay {
	const char *const *paths; /* slices of one capture, or captures of several places */
	size_t paths_n;
	const struct inet *to; /* only what was sent to these addresses; NULL: to any */
};

/*
 * The DNS queries to port 53 of a capture, over UDP and TCP, as they were sent and when.
 *
 * Returns 0, or -errno with `e` filled: not a capture, damaged, none in it.
 */
int queries_from_replay(const struct query_replay *r, struct queries **ret, struct err *e);

#endif
