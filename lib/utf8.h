/* utf8.h - one character of UTF-8 at a time, from bytes that need not be any. */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The character at the beginning of `bytes`.
 *
 *      ret     out: its code point; may be NULL; written only on success
 *
 * Returns its length in bytes, 1 to 4; 0 if there is none: not UTF-8 (too long a form, a surrogate or above U+10FFFF
 * included), or cut short. Source: RFC 3629 4.
 */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *ret);

/* Does a terminal take it for an order instead of showing it? C0, DEL and C1: U+0000 to U+001F, U+007F to U+009F. */
bool utf8_is_control(uint32_t c);

/*
 * Text that comes from a file, made fit for a line on a terminal: control characters, newlines too, and bytes that are no UTF-8 read '?';
 * a character that was cut short at the end is dropped. In place, never longer.
 */
void utf8_tidy(char *text);

#endif
