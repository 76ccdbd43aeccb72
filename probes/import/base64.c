/* base64.c - base64 (RFC 4648 4) to bytes, strictly. */
#include "probes/import/base64.h"

#include <errno.h>

static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int
base64_read(
	const char *text, size_t len_bytes, uint8_t *out, size_t room_bytes, size_t *ret_len_bytes)
{
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t n = 0;

	if (len_bytes % 4 == 0)
		for (int i = 0; i < 2 && len_bytes > 0 && text[len_bytes - 1] == '='; i++)
			len_bytes--;
	if (len_bytes % 4 == 1)
		return -EINVAL;
	for (size_t i = 0; i < len_bytes; i++) {
		int v = value_of(text[i]);

		if (v < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (n == room_bytes)
			return -ENOSPC;
		out[n++] = (uint8_t)(bits >> held);
	}
	if ((bits & ((1U << held) - 1)) != 0)
		return -EINVAL; /* bits that belong to no byte */
	*ret_len_bytes = n;
	return 0;
}
