/* utf8.c - one character of UTF-8 at a time, from bytes that need not be any. */
#include "lib/utf8.h"

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
