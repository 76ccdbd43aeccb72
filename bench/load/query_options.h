/* query_options.h - the options of `catchment load dns` that say what is asked. */
#ifndef BENCH_LOAD_QUERY_OPTIONS_H
#define BENCH_LOAD_QUERY_OPTIONS_H

#include <argp.h>
#include <stdio.h>

#include "bench/load/queries.h"

enum {
	QUERY_OPTIONS_LIST = 64,
	QUERY_OPTIONS_EDNS_BYTES = 1232, /* what fits into every path unfragmented */
};

struct query_options {
	const char *list[QUERY_OPTIONS_LIST]; /* --query */
	size_t list_n;
	const char *file; /* --queries */
	struct query_zone zone;
	const char *replay[QUERY_OPTIONS_LIST];
	size_t replay_n;
	struct inet replay_to;
	bool has_replay_to;
	struct query_share type[QUERY_OPTIONS_LIST];
	size_t types_n;
	struct inet ecs[QUERY_OPTIONS_LIST];
	size_t ecs_n;
	struct query_form form;
	const char *form_option; /* the last one that shapes a query, NULL: none */
	const char *zone_option, *replay_option;
	bool source_of_env; /* it came from the environment: a flag takes its place */
	bool dry;	    /* --dry-run: show so many, send none */
	size_t dry_n;
};

/*
 * An argp_child: its input is a struct query_options, which it sets up itself. What is wrong with an
 * option, and options that do not go together, end the program with EXIT_USAGE as argp does.
 */
extern const struct argp query_options_argp;

/* Is there a source among the options? */
bool query_options_given(const struct query_options *o);

/*
 * Make what the options ask for.
 *
 *      seed            of the order of mixes
 *
 * Returns EXIT_GOOD with `ret` written, or an exit code after having said why on stderr.
 */
int query_options_make(const struct query_options *o, uint64_t seed, struct queries **ret);

/*
 * The first n of them as text, in the form of a query file: `catchment load dns --queries` takes it.
 * With `json`, an object of the schema catchment.load-queries/1.
 *
 * Returns an exit code.
 */
int query_show(const struct queries *q, size_t n, bool json, FILE *out);

#endif
