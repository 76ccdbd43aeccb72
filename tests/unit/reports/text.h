/* text.h - what a page or a section of it has, and what not. */
#ifndef TESTS_UNIT_REPORTS_TEXT_H
#define TESTS_UNIT_REPORTS_TEXT_H

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "reports/page.h"

static inline void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("'%s' is not in: %.3000s", part, text);
}

static inline void
assert_lacks(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	if (at != NULL)
		fail_msg("in it: %.60s", at);
}

/* The section that `write` makes of such a result.json, in `text`; "" if it makes none. */
static inline void
section_of(void (*write)(struct buf *b, const struct result *r), const char *json, char *text,
	size_t text_bytes)
{
	struct result r = {.root = json_loads(json, 0, NULL)};
	struct buf b = {0};

	assert_non_null(r.root);
	write(&b, &r);
	assert_false(b.failed);
	snprintf(text, text_bytes, "%s", b.len == 0 ? "" : b.data);
	buf_done(&b);
	json_decref(r.root);
}

#endif
