/* test_theme.c - what is written can be read: the contrast of each text colour, computed as WCAG 2 does, light and dark. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/citymap.h"
#include "lib/theme.h"

#define DARK  "@media screen and (prefers-color-scheme:dark){"
#define LEAST 4.5

/* Of a variable in one of both halves of a style sheet, 0xRRGGBB; fails the test where there is none. */
static uint32_t
colour_of(const char *css, bool is_dark, const char *name)
{
	const char *dark = strstr(css, DARK), *at;
	char definition[40], *end = NULL;
	unsigned long rgb;

	assert_non_null(dark);
	snprintf(definition, sizeof(definition), "--%s:#", name);
	at = strstr(is_dark ? dark : css, definition);
	if (at == NULL || (!is_dark && at > dark))
		fail_msg("%s has no --%s", is_dark ? "dark" : "light", name);
	at += strlen(definition);
	rgb = strtoul(at, &end, 16);
	if (end - at == 3)
		rgb = (rgb >> 8 & 15) * 0x110000 + (rgb >> 4 & 15) * 0x1100 + (rgb & 15) * 0x11;
	else
		assert_int_equal(end - at, 6);
	return (uint32_t)rgb;
}

/* WCAG 2: relative luminance. */
static double
luminance(uint32_t rgb)
{
	static const double weight[] = {0.0722, 0.7152, 0.2126}; /* blue, green, red */
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double c = (double)(rgb >> (8 * i) & 255) / 255;

		sum += weight[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double
contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void
reads_on(const char *css, const char *name, bool is_dark)
{
	static const char *const grounds[] = {"paper", "wash"};

	for (size_t i = 0; i < 2; i++) {
		double c = contrast(
			colour_of(css, is_dark, name), colour_of(theme_css, is_dark, grounds[i]));

		if (c < LEAST)
			fail_msg("--%s on --%s, %s: a contrast of %.2f", name, grounds[i],
				is_dark ? "dark" : "light", c);
	}
}

static void
test_the_measure(void **state)
{
	(void)state;
	assert_true(fabs(contrast(0x000000, 0xffffff) - 21) < 1e-9);
	assert_true(
		fabs(contrast(0x777777, 0xffffff) - 4.48) < 0.01); /* known to fall just short */
	assert_true(fabs(contrast(0xffffff, 0x0000ff) - 8.59) < 0.01);
	assert_int_equal(colour_of(theme_css, false, "paper"), 0xffffff);
	assert_int_not_equal(colour_of(theme_css, true, "paper"), 0xffffff);
}

static void
test_text_reads(void **state)
{
	static const char *const texts[] = {"ink", "mute", "link", "lost-text", "good",
		"site0-text", "site1-text", "site2-text", "site3-text", "site4-text", "site5-text",
		"phase0", "phase1", "phase2", "phase3"};
	static const char *const networks[] = {"net0", "net1", "net2"};

	(void)state;
	for (int dark = 0; dark < 2; dark++) {
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			reads_on(theme_css, texts[i], dark == 1);
		for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
			reads_on(citymap_css, networks[i], dark == 1);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_measure),
		cmocka_unit_test(test_text_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
