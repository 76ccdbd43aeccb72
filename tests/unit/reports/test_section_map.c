/* test_section_map.c - what the maps' headings say: who is elsewhere, and who has merely no data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/reports/text.h"

/* Three cities; each one's main site during and after the fault, NULL: no data then. All had "tyo" before. */
static void
section(const char *const during[3], const char *const after[3], char *text, size_t text_bytes)
{
	static const char *const names[] = {"hkg", "sin", "tyo"};
	struct catchment list[3] = {0};
	struct palette sites = {.site = {"hkg", "tyo"}, .n = 2};
	struct result r = {.catchment = list, .n_catchment = 3};
	struct buf b = {0};

	r.run_root = json_loads("{\"cities\": [{\"name\": \"hkg\", \"lat\": 22, \"lon\": 114},"
				" {\"name\": \"sin\", \"lat\": 1, \"lon\": 104},"
				" {\"name\": \"tyo\", \"lat\": 36, \"lon\": 140}]}",
		0, NULL);
	assert_non_null(r.run_root);
	for (int i = 0; i < 3; i++) {
		const char *const site[WHEN_COUNT] = {"tyo", during[i], after[i]};

		list[i] = (struct catchment){.city = names[i], .family = "v4"};
		for (int w = 0; w < WHEN_COUNT; w++)
			if (site[w] != NULL)
				list[i].shares[w] =
					(struct shares){.n = 1, .site = {site[w]}, .ratio = {1}};
	}
	section_map(&b, &r, &sites);
	assert_false(b.failed);
	assert_true(b.len < text_bytes);
	snprintf(text, text_bytes, "%s", b.len == 0 ? "" : b.data);
	buf_done(&b);
	json_decref(r.run_root);
}

static void
headings(void **state)
{
	static char text[1 << 20];

	(void)state;
	section((const char *const[]){"hkg", "none", "tyo"},
		(const char *const[]){"tyo", "tyo", "tyo"}, text, sizeof(text));
	assert_has(text, "<h3>Before</h3>");
	assert_has(text, "<h3>During: 2 of 3 cities elsewhere</h3>");
	assert_has(text, "<h3>After: all as before</h3>");
}

static void
no_data_is_not_elsewhere(void **state)
{
	static char text[1 << 20];

	(void)state;
	section((const char *const[]){"hkg", NULL, "tyo"}, (const char *const[]){"tyo", NULL, NULL},
		text, sizeof(text));
	assert_has(text, "<h3>During: 1 of 3 cities elsewhere, 1 without data</h3>");
	assert_has(text, "<h3>After: all that were asked as before, 2 without data</h3>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings),
		cmocka_unit_test(no_data_is_not_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
