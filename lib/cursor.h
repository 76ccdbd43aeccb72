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

/* `data` is borrowed and may be NULL when `len_bytes` is 0. */
struct cursor cursor_over(const void *data, size_t len_bytes);

size_t cursor_left(const struct cursor *c); /* 0 once failed */
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);

/* The next `len_bytes` bytes, and the cursor behind them; NULL if there are fewer. */
const uint8_t *cursor_take(struct cursor *c, size_t len_bytes);

/* The same as a cursor of its own, for a field that carries its length; failed if there are fewer. */
struct cursor cursor_sub(struct cursor *c, size_t len_bytes);

#endif
