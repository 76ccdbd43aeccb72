/* jtrim.h - JSON text made shorter before it is parsed: objects and lists under keys that nobody asks for become null. */
#ifndef LIB_JTRIM_H
#define LIB_JTRIM_H

#include <stddef.h>

/*
 * In place: at any depth, the value of a key in `keys` (NULL at the end) that is an object or a list becomes null. What is not
 * JSON is left for the parser to complain of. A key that is written with escapes is none of them.
 *
 * Returns the new length; text[len] is not touched.
 */
size_t jtrim(char *text, size_t len, const char *const keys[]);

#endif
