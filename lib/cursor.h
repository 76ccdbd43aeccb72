/* cursor.h - a place in borrowed wire bytes that cannot be read past its end. */
#ifndef LIB_CURSOR_H
#define LIB_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reading past the end returns 0 (or NULL), moves nothing more and sets `failed`, which stays set:
 * a reader may take a whole header and ask once. All numbers are big-endian on the wire.
 */
struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

/* All of it inline: readers take a field or two at a time, millions of times a second. */

/* `data` is borrowed and may be NULL when `len_bytes` is 0. */
static inline struct cursor
cursor_over(const void *data, size_t len_bytes)
{
	const uint8_t *at = (const uint8_t *)data;

	return (struct cursor){at, len_bytes > 0 ? at + len_bytes : at, false};
}

/* 0 once failed. */
static inline size_t
cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

/* The next `len_bytes` bytes, and the cursor behind them; NULL if there are fewer. */
static inline const uint8_t *
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

static inline uint8_t
cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);

	return p == NULL ? 0 : p[0];
}

static inline uint16_t
cursor_u16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return p == NULL ? 0 : (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
cursor_u32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p == NULL ? 0
			 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The same as a cursor of its own, for a field that carries its length; failed if there are fewer. */
static inline struct cursor
cursor_sub(struct cursor *c, size_t len_bytes)
{
	const uint8_t *at = cursor_take(c, len_bytes);

	if (at == NULL && len_bytes > 0)
		return (struct cursor){NULL, NULL, true};
	return cursor_over(at, len_bytes);
}

#endif
