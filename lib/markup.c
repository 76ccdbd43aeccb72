/* markup.c - text that came from data, escaped so that it cannot become markup. */
#include "lib/markup.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Length of the UTF-8 sequence at s and its code point; 0 if it is none. */
static size_t
decode(const unsigned char *s, uint32_t *ret)
{
	size_t len = s[0] < 0x80	      ? 1
		: s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		: s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		: s[0] >= 0xf0 && s[0] < 0xf5 ? 4
					      : 0;
	uint32_t c;

	if (len == 0)
		return 0;
	c = len == 1 ? s[0] : s[0] & (0xffU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fU);
	}
	if ((len == 3 && c < 0x800) || (len == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	*ret = c;
	return len;
}

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
	return !(c >= 0xd800 && c <= 0xdfff) && c != 0xfffe && c != 0xffff;
}

void
markup_text(struct buf *b, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (s != NULL && *s != '\0') {
		uint32_t c = 0;
		size_t len = decode(s, &c);

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
