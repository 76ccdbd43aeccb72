/* test_fib_index.c - a hundred thousand prefixes are each found at their place, and no other is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after those */
#include <cmocka.h>

#include "bench/analyze/fib_index.h"
#include "bench/analyze/fibdb_internal.h"

enum { ROUTES = 100000 };

/* IPv4 and IPv6 in turn; of two that follow each other in a family the address is the same and the length is not. */
static struct inet
prefix_of(size_t i)
{
	struct inet p = {.family = i % 2 ? AF_INET6 : AF_INET};
	size_t number = i / 4;

	p.len = (uint8_t)((p.family == AF_INET ? 23 : 47) + i / 2 % 2);
	p.addr[0] = (uint8_t)(number >> 16);
	p.addr[1] = (uint8_t)(number >> 8);
	p.addr[2] = (uint8_t)number;
	return p;
}

static void
each_is_found(void **state)
{
	struct fib_route *route = calloc(ROUTES, sizeof(*route));
	struct fib_index x = {0};

	(void)state;
	assert_non_null(route);
	for (size_t i = 0; i < ROUTES; i++) {
		struct inet p = prefix_of(i);

		assert_true(fib_index_find(&x, route, &p) == SIZE_MAX);
		route[i].prefix = p;
		assert_int_equal(fib_index_add(&x, route, i), 0);
	}
	for (size_t i = 0; i < ROUTES; i++) {
		struct inet p = prefix_of(i);

		assert_true(fib_index_find(&x, route, &p) == i);
	}
	for (size_t i = ROUTES; i < 2 * ROUTES; i++) {
		struct inet p = prefix_of(i);

		assert_true(fib_index_find(&x, route, &p) == SIZE_MAX);
	}
	fib_index_done(&x);
	free(route);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
