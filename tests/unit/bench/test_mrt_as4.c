/* test_mrt_as4.c - AS_PATH and AS4_PATH put together, by hand: RFC 6793 4.2.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after those */
#include <cmocka.h>

#include "bench/load/mrt.h"
#include "bench/load/mrt_as4.h"

enum { ATTRS_MAX = 1024 };

/* "q 1 2 s 3" as a path: q sequence, s set, Q and S those of a confederation. */
static size_t
path_of(const char *text, size_t octets, uint8_t *out)
{
	static const char types[] = " sqQS";
	size_t len = 0, count_at = 0;
	char copy[300], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		unsigned long as;

		if (strchr(types, word[0]) != NULL) {
			out[len++] = (uint8_t)(strchr(types, word[0]) - types);
			count_at = len++;
			out[count_at] = 0;
			continue;
		}
		as = strtoul(word, NULL, 10);
		out[count_at]++;
		for (size_t i = 0; i < octets; i++)
			out[len++] = (uint8_t)(as >> 8 * (octets - 1 - i));
	}
	return len;
}

static void
paths(void **state)
{
	/* AS_PATH counts n, AS4_PATH m: n - m numbers of the one, then the other, and sequences that meet are one. 23456 is AS_TRANS. */
	static const struct {
		const char *path, *as4, *want;
	} rows[] = {
		{"q 64496 23456 64499", "", "q 64496 23456 64499"},
		{"", "q 65536", ""},
		/* 4 - 3 = 1: the neighbour, which is no speaker of 4 octets, stands before what it handed on */
		{"q 64496 23456 23456 64499", "q 65536 65550 64499", "q 64496 65536 65550 64499"},
		{"q 23456 64499", "q 65536 64499", "q 65536 64499"}, /* 2 - 2 = 0 */
		{"q 64496", "q 65536 65537", "q 64496"}, /* 1 < 2: somebody aggregated */
		/* A set counts 1: 2 + 1 - (1 + 1) = 1. */
		{"q 64496 23456 s 23456 64499", "q 65536 s 65551 64499",
			"q 64496 65536 s 65551 64499"},
		/* 1 + 1 + 1 - 1 = 2: the sequence and the whole set. */
		{"q 64496 s 64497 64498 q 23456", "q 65536", "q 64496 s 64497 64498 q 65536"},
		/* A confederation's count 0: 1 + 2 - 2 = 1; the first stands in front, the second next to what is kept. */
		{"Q 64512 q 64496 Q 64513 q 23456 64499", "q 65536 64499",
			"Q 64512 q 64496 Q 64513 q 65536 64499"},
		/* 2 - 2 = 0: one in front is kept all the same, one behind what goes is not. */
		{"Q 64512 q 23456 S 64513 q 64499", "q 65536 64499", "Q 64512 q 65536 64499"},
		/* In AS4_PATH they have no business (RFC 6793 3): 2 - 1 = 1. */
		{"q 64496 23456", "Q 65540 q 65536", "q 64496 65536"},
		{"q 64496 23456", "Q 65540", "q 64496 23456"},
	};
	uint8_t path[200], as4[200], want[400], got[800];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = path_of(rows[i].path, 2, path), m = path_of(rows[i].as4, 4, as4);
		size_t len = path_of(rows[i].want, 4, want), told;
		told = mrt_as4_path(cursor_over(path, n), cursor_over(as4, m), got);
		if (told != len || memcmp(got, want, len) != 0)
			fail_msg("row %zu: '%s' and '%s' are not '%s'", i, rows[i].path,
				rows[i].as4, rows[i].want);
	}
}

/* AS4_PATH is left out when it is cut anywhere, of another type, or has a segment of nothing (RFC 6793 6). */
static void
malformed(void **state)
{
	uint8_t path[50], as4[50], got[300], want[100];
	size_t n = path_of("q 64496 23456 64499", 2, path), m = path_of("q 65536 64499", 4, as4);
	size_t len = path_of("q 64496 23456 64499", 4, want);

	(void)state;
	for (size_t cut = 1; cut < m; cut++) {
		assert_int_equal(
			mrt_as4_path(cursor_over(path, n), cursor_over(as4, cut), got), len);
		assert_memory_equal(got, want, len);
	}
	as4[0] = 5;
	assert_int_equal(mrt_as4_path(cursor_over(path, n), cursor_over(as4, m), got), len);
	as4[0] = 2;
	as4[1] = 0;
	assert_int_equal(mrt_as4_path(cursor_over(path, n), cursor_over(as4, 2), got), len);
	assert_memory_equal(got, want, len);
}

/* A sequence has at most 255 numbers. */
static void
long_sequences(void **state)
{
	uint8_t path[2 + 2 * 200], as4[2 + 4 * 150], got[2 * sizeof(path) + sizeof(as4)];

	(void)state;
	memset(path, 1, sizeof(path));
	memset(as4, 1, sizeof(as4));
	path[0] = as4[0] = 2;
	path[1] = 200;
	as4[1] = 150;
	/* 200 - 150 = 50, and 150: 200 of one segment */
	assert_int_equal(
		mrt_as4_path(cursor_over(path, sizeof(path)), cursor_over(as4, sizeof(as4)), got),
		2 + 4 * 200);
	assert_int_equal(got[1], 200);
}

static size_t
add(uint8_t *out, size_t at, uint8_t flags, uint8_t type, const void *value, size_t len)
{
	out[at] = flags;
	out[at + 1] = type;
	out[at + 2] = (uint8_t)len;
	memcpy(out + at + 3, value, len);
	return at + 3 + len;
}

/* The aggregator tells whether what stands beside is true: only where it is AS_TRANS. */
static void
aggregators(void **state)
{
	static const uint8_t origin[] = {0}, hop[] = {192, 0, 2, 1},
			     trans[] = {0x5b, 0xa0, 192, 0, 2, 9},
			     other[] = {0xfb, 0xf4, 192, 0, 2, 9},
			     wide[] = {0, 1, 0, 0, 192, 0, 2, 9},
			     narrow[] = {0, 0, 0xfb, 0xf4, 192, 0, 2, 9};

	(void)state;
	for (int truly = 0; truly < 2; truly++) {
		uint8_t attrs[ATTRS_MAX], out[MRT_ATTRS_MAX_BYTES], value[100], want[100];
		size_t len = add(attrs, 0, 0x40, 1, origin, 1), at;
		const char *why;
		int got;

		len = add(attrs, len, 0x40, 2, value, path_of("q 64496 23456", 2, value));
		len = add(attrs, len, 0x40, 3, hop, 4);
		len = add(attrs, len, 0xc0, 7, truly ? trans : other, 6);
		len = add(attrs, len, 0xc0, 17, value, path_of("q 65536", 4, value));
		len = add(attrs, len, 0xc0, 18, wide, 8);
		at = add(want, 0, 0x40, 1, origin, 1);
		at = add(want, at, 0x40, 2, value,
			path_of(truly ? "q 64496 65536" : "q 64496 23456", 4, value));
		at = add(want, at, 0xc0, 7, truly ? wide : narrow, 8);
		got = mrt_attrs(cursor_over(attrs, len), false, out, &why);
		assert_int_equal(got, at);
		assert_memory_equal(out, want, at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(malformed),
		cmocka_unit_test(long_sequences),
		cmocka_unit_test(aggregators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
