/* test_events.c - what happened beyond the axis of a plot is no flag in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/plots/events.h"

static void
within(void **state)
{
	struct flag flags[EVENTS_MAX] = {
		{.x = 0, .text = "fault"}, {.x = 3.6, .text = "back"}, {.x = 14.5, .text = "late"}};

	(void)state;
	assert_int_equal(events_within(flags, 3, -5, 13), 2);
	assert_string_equal(flags[1].text, "back");
	assert_int_equal(events_within(flags, 2, 0, 3.6), 2); /* the ends count */
	/* Nothing was at fault: the clients had done before "the fault". */
	assert_int_equal(events_within(flags, 2, -9, -0.1), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(within)};

	return cmocka_run_group_tests_name("reports/events", tests, NULL, NULL);
}
