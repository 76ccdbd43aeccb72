/* test_rootless.c - which subordinate ids a file like /etc/subuid gives to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lab/rootless.h"

static const struct {
	const char *file;
	int rc;
	uint64_t start, count;
} rows[] = {
	{"ann:100000:65536\n", 0, 100000, 65536},
	{"bob:100000:65536\nann:165536:65536\n", 0, 165536, 65536},
	{"1234:100000:65536\n", 0, 100000, 65536},		      /* by number */
	{"ann:100000:500\nann:200000:65536", 0, 200000, 65536},	      /* the first is too small */
	{"ann:100000:65536\nann:300000:70000\n", 0, 100000, 65536},   /* the first that does */
	{"anna:100000:65536\nan:1:65536\n12345:1:65536\n", -2, 0, 0}, /* others */
	{"ann:100000\nann::65536\nann:x:y\n# ann:1:65536\n\n:::\n", -2, 0, 0}, /* nonsense */
	{"ann:0:65536\n", -2, 0, 0}, /* the host's root is nobody's */
	{"ann:99999999999:65536\n", -2, 0, 0},
	{"ann:100000:5\n", -2, 0, 0},
	{"", -2, 0, 0},
};

static void
test_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[] = "/tmp/test-rootless-XXXXXX";
		struct rootless_range got = {7, 7};
		int fd = mkstemp(path);
		FILE *to = fdopen(fd, "w");

		assert_non_null(to);
		fputs(rows[i].file, to);
		fclose(to);
		assert_int_equal(rootless_range(path, "ann", 1234, &got), rows[i].rc);
		assert_int_equal(got.start, rows[i].rc == 0 ? rows[i].start : 7);
		assert_int_equal(got.count, rows[i].rc == 0 ? rows[i].count : 7);
		unlink(path);
	}
}

static void
test_no_file(void **state)
{
	struct rootless_range got = {7, 7};

	(void)state;
	assert_int_equal(rootless_range("/nonexistent/subuid", "ann", 1234, &got), -2);
	assert_int_equal(got.start, 7);
}

/* As root of the host there is nothing to do, and nothing is done. */
static void
test_root_stays(void **state)
{
	(void)state;
	assert_false(rootless_inside());
	assert_int_equal(rootless_uid(), geteuid());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_range),
		cmocka_unit_test(test_no_file), cmocka_unit_test(test_root_stays)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
