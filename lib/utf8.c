/* utf8.c - one character of UTF-8 at a time, from bytes that need not be any. */
#include "lib/utf8.h"

#include <string.h>

size_t
utf8_decode(const char *bytes, size_t len, uint32_t *ret)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t n;
	uint32_t c;

	if (len == 0)
		return 0;
	n = s[0] < 0x80			      ? 1
		: s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		: s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		: s[0] >= 0xf0 && s[0] < 0xf5 ? 4
					      : 0;
	if (n == 0 || n > len)
		return 0;
	c = n == 1 ? s[0] : s[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fU);
	}
	if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))) ||
		(n == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	if (ret != NULL)
		*ret = c;
	return n;
}

bool
utf8_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* The beginning of a longer character, and nothing behind it. */
static bool
is_cut(const char *s, size_t len)
{
	if (len > 3 || (unsigned char)s[0] < 0xc2)
		return false;
	for (size_t i = 1; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return false;
	return true;
}

void
utf8_tidy(char *text)
{
	size_t left = strlen(text), taken;
	char *to = text;

	for (; left > 0; text += taken, left -= taken) {
		uint32_t c;

		taken = utf8_decode(text, left, &c);
		if (taken == 0 && is_cut(text, left))
			break;
		if (taken == 0 || utf8_is_control(c)) {
			taken = taken == 0 ? 1 : taken;
			*to++ = '?';
			continue;
		}
		memmove(to, text, taken);
		to += taken;
	}
	*to = '\0';
}
