/* test_streams.c - which queries count as before, during and after the fault, in long trials and in short ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "bench/analyze/streams.h"

#define MS 1000000LL

static enum phase
phase_at(const struct run *r, int64_t left_ms, int64_t after_restore_ms)
{
	struct trial t = {.has_fault = true, .fault_ns = 0, .restore_ns = 13000 * MS};
	struct stream s = {.window_from_ns = -10 * MS};
	struct query q = {.sent_ns = t.restore_ns + after_restore_ms * MS};

	t.end_ns = t.restore_ns + left_ms * MS;
	return stream_phase(r, &t, &s, &q);
}

/* What is left after the restore, and from when on who serves a city then is counted. */
static void
after_is_the_end_of_the_trial(void **state)
{
	static const struct {
		int64_t left_ms, from_ms;
	} rows[] = {{60000, 10000}, {20000, 10000}, {12000, 10000}, {6000, 5000}, {4200, 3200},
		{2000, 1000}, {1000, 500}};
	struct run *r = calloc(1, sizeof(*r));

	(void)state;
	assert_non_null(r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(phase_at(r, rows[i].left_ms, rows[i].from_ms - 1), PHASES);
		assert_int_equal(phase_at(r, rows[i].left_ms, rows[i].from_ms), AFTER);
		assert_int_equal(phase_at(r, rows[i].left_ms, rows[i].left_ms), AFTER);
	}
	/* Nothing was sent after the restore: no after. */
	assert_int_equal(phase_at(r, 0, 0), PHASES);
	assert_int_equal(phase_at(r, 4200, -1), DURING);
	assert_int_equal(phase_at(r, 4200, -13011), BEFORE);
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_is_the_end_of_the_trial),
	};

	return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
