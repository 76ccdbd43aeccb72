/* utf8.h - one character of UTF-8 at a time, from bytes that need not be any. */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

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

#endif
