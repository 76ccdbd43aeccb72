/* rounds.h - the `soak` of a trial in result.json as C: rounds of withdraw and announce, and what went wrong in them. */
#ifndef REPORTS_ROUNDS_H
#define REPORTS_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

enum { ROUNDS_WITHDRAWN, ROUNDS_ANNOUNCED, ROUNDS_HALVES };

struct rounds_half {
	double *ms; /* convergence by round; 0: none */
	size_t n;
	double p50_ms, p99_ms, max_ms; /* of those there are; NaN: none */
	bool drift_known, drift_found;
	double drift_ms, first_fifth_ms, last_fifth_ms;
};

struct rounds_wrong {
	const char *half, *node, *is,
		*was; /* stuck; of a lost session `is` is how, `was` the peer */
	double round, at_ms;
};

struct rounds_family {
	const char *family;
	double rounds, complete, stuck, lost, failures;
	struct rounds_half half[ROUNDS_HALVES];
	struct rounds_wrong *wrong; /* stuck rounds, then lost sessions; the first of each */
	size_t n_wrong;
};

struct rounds {
	double planned; /* NaN: it is no soak */
	struct rounds_family family[2];
	size_t n_families;
};

struct reader;

/* Of the entry of `per_trial` at the path `at`. */
void rounds_read(struct reader *r, json_t *trial, const char *at, struct rounds *ret);
void rounds_done(struct rounds *x);

#endif
