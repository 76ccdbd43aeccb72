/* grow.h - arrays that double. */
#ifndef BENCH_ANALYZE_GROW_H
#define BENCH_ANALYZE_GROW_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * Room for one more in an array.
 *
 *      array   address of a pointer to it (NULL: empty); moved
 *      n       how many there are; each one was added after a call of this
 *
 * Returns 0 or -ENOMEM, the array as it was.
 */
static inline int
grow(void *array, size_t n, size_t size)
{
	void **at = array, *grown;

	/* Doubled at each power of two. */
	if ((n & (n - 1)) != 0)
		return 0;
	grown = realloc(*at, (n == 0 ? 1 : 2 * n) * size);
	if (grown == NULL)
		return -ENOMEM;
	*at = grown;
	return 0;
}

#endif
