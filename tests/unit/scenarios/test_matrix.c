/* test_matrix.c - which cells a matrix has, and which axes are refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "scenarios/matrix.h"

static void
every_value_with_every_other(void **state)
{
	struct matrix m = {0};
	struct err e;
	char name[100];

	(void)state;
	assert_int_equal(matrix_add(&m, "suite=trixie,./mine", &e), 0);
	assert_int_equal(m.n_cells, 2);
	assert_int_equal(matrix_add(&m, "variant=a,b,c", &e), 0);
	assert_int_equal(m.n_cells, 6);
	matrix_cell_name(&m, &m.cells[1], name, sizeof(name));
	assert_string_equal(name, "suite trixie, variant b");
	matrix_cell_name(&m, &m.cells[5], name, sizeof(name));
	assert_string_equal(name, "suite ./mine, variant c");
	assert_null(matrix_value(&m, &m.cells[0], MATRIX_LAYER));
	assert_string_equal(matrix_value(&m, &m.cells[3], MATRIX_SUITE), "./mine");
	matrix_done(&m);
}

static void
refused(void **state)
{
	static const char *const bad[] = {"", "suite", "suite=", "suite=a,", "suite=a,a", "suite=A",
		"suite=-a", "suites=a", "layer=1,2,3,4,5,6,7,8,9"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct matrix m = {0};
		struct err e = {0};

		if (matrix_add(&m, bad[i], &e) != -EINVAL || e.text[0] == '\0')
			fail_msg("'%s' was taken", bad[i]);
		matrix_done(&m);
	}
}

/* Too many together, and the same axis twice, though each alone is fine. */
static void
too_many(void **state)
{
	struct matrix m = {0};
	struct err e;

	(void)state;
	assert_int_equal(matrix_add(&m, "suite=a,b,c,d,e", &e), 0);
	assert_int_equal(matrix_add(&m, "suite=f", &e), -EINVAL);
	assert_int_equal(matrix_add(&m, "layer=1,2,3,4,5", &e), -EINVAL);
	matrix_done(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_with_every_other),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
