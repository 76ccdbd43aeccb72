/*
 * rank.h - two samples compared by the ranks of their values: is one greater, by how much, and how sure is that.
 *
 * Values may be INFINITY (what never came is later than all that came; two that never came are alike), never NAN.
 */
#ifndef LIB_RANK_H
#define LIB_RANK_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RANK_MAX = 2000, /* values of both samples together */
	RANK_EXACT_MAX =
		100, /* up to here the distribution is counted out, beyond it is the normal one */
};

struct rank_test {
	double u;	/* pairs in which b's value is the greater; of equal ones half */
	double p_value; /* one-sided: how likely at least this u is if both are of one distribution */
	bool exact; /* counted out, ties as they are; else the normal approximation with their correction */
};

/*
 * Does b tend to be greater than a? Mann and Whitney's test (1947), conditional on the ties that there are.
 *
 *      ret             out; written only on success
 *
 * Returns 0; -ERANGE where a sample is empty or there are more than RANK_MAX; -EINVAL for a NAN; -ENOMEM.
 */
int rank_test(const double *a, size_t na, const double *b, size_t nb, struct rank_test *ret);

/* The least p_value that so many can come to: where all of b are greater than all of a. 1 where one is 0. */
double rank_least_p(size_t na, size_t nb);

struct rank_shift {
	double shift; /* Hodges and Lehmann (1963): the median of all differences b - a */
	double low,
		high; /* its interval, by Mann and Whitney's distribution; infinite where there are too few */
};

/* The shift alone, of samples that have no bound but memory. Returns 0, -ERANGE (an empty sample), -EINVAL or -ENOMEM. */
int rank_median_shift(const double *a, size_t na, const double *b, size_t nb, double *ret);

/*
 * By how much b is greater than a.
 *
 *      confidence      of the interval, two-sided: 0.95
 *
 * Returns as rank_test().
 */
int rank_shift(const double *a, size_t na, const double *b, size_t nb, double confidence,
	struct rank_shift *ret);

#endif
