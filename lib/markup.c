/* markup.c - text that came from data, escaped so that it cannot become markup. */
#include "lib/markup.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

static bool
is_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n';
	if (c >= 0x7f && c < 0xa0)
		return false;
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
		c == 0x200f)
		return false;
	return c != 0xfffe && c != 0xffff;
}

void
markup_text(struct buf *b, const char *text)
{
	const char *s = text;

	while (s != NULL && *s != '\0') {
		uint32_t c = 0;
		size_t len = utf8_decode(s, strnlen(s, 4), &c);

		if (len == 0 || !is_allowed(c))
			buf_add(b, REPLACEMENT);
		else if (c == '<')
			buf_add(b, "&lt;");
		else if (c == '>')
			buf_add(b, "&gt;");
		else if (c == '&')
			buf_add(b, "&amp;");
		else if (c == '"')
			buf_add(b, "&quot;");
		else if (c == '\'')
			buf_add(b, "&#39;");
		else
			buf_add_len(b, (const char *)s, len);
		s += len == 0 ? 1 : len;
	}
}

void
markup_attr(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, " %s=\"", name);
	markup_text(b, value);
	buf_add(b, "\"");
}
