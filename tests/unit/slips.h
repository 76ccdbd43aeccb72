/* slips.h - a good file with mistakes put in the place of its lines, and what is told of them. Included after cmocka. */
#ifndef TESTS_UNIT_SLIPS_H
#define TESTS_UNIT_SLIPS_H

#include <stdio.h>

#include "lib/conf.h"

struct slip {
	int line; /* 1-based; 0: nothing is put in */
	const char *instead, *told;
};

/* The good lines with these slips in them. Returns how many bytes that is. */
static inline size_t
slips_text(const char *const *good, int lines, const struct slip *slips, size_t n, char *text,
	size_t text_bytes)
{
	size_t used = 0;

	for (int i = 0; i < lines; i++) {
		const char *line = good[i];

		for (size_t k = 0; k < n; k++)
			if (slips[k].line == i + 1)
				line = slips[k].instead;
		used += (size_t)snprintf(text + used, text_bytes - used, "%s\n", line);
	}
	assert_true(used < text_bytes);
	return used;
}

/* All complaints, a line each, without their first `skip_bytes` (the file's name). */
static inline void
assert_complaints(struct conf *c, size_t skip_bytes, const char *want)
{
	char told[8192] = "";
	size_t said = 0;

	for (size_t i = 0; i < conf_complaints(c); i++)
		said += (size_t)snprintf(told + said, sizeof(told) - said, "%s%s", i ? "\n" : "",
			conf_complaint(c, i) + skip_bytes);
	assert_true(said < sizeof(told));
	assert_string_equal(told, want);
}

#endif
