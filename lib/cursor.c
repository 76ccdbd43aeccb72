/* cursor.c - a place in borrowed wire bytes that cannot be read past its end. */
#include "lib/cursor.h"

struct cursor
cursor_over(const void *data, size_t len_bytes)
{
	const uint8_t *at = data;

	return (struct cursor){at, len_bytes > 0 ? at + len_bytes : at, false};
}

size_t
cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

const uint8_t *
cursor_take(struct cursor *c, size_t len_bytes)
{
	const uint8_t *at = c->at;

	if (c->failed || (size_t)(c->end - c->at) < len_bytes) {
		c->failed = true;
		return NULL;
	}
	if (len_bytes > 0)
		c->at += len_bytes;
	return at;
}

uint8_t
cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);

	return p == NULL ? 0 : p[0];
}

uint16_t
cursor_u16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	if (p == NULL)
		return 0;
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t
cursor_u32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p == NULL ? 0
			 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct cursor
cursor_sub(struct cursor *c, size_t len_bytes)
{
	const uint8_t *at = cursor_take(c, len_bytes);

	if (at == NULL && len_bytes > 0)
		return (struct cursor){NULL, NULL, true};
	return cursor_over(at, len_bytes);
}
