/* mrt_as4.h - the AS path of a 2-octet session, with the 4-octet numbers that came beside it. */
#ifndef BENCH_LOAD_MRT_AS4_H
#define BENCH_LOAD_MRT_AS4_H

#include "lib/cursor.h"

/*
 * Put AS_PATH and AS4_PATH together: the leading part of the one, as far as the other does not reach, and the other.
 *
 *      path, as4_path  values of the attributes; `path` has been checked, its numbers have 2 octets; `as4_path` is any bytes,
 *                      and is left out when it is malformed or longer than `path`
 *      out             room for twice `path` and `as4_path`
 *
 * Returns the length of the path, of 4-octet numbers.
 * Source: RFC 6793 4.2.3, 6; lengths as RFC 4271 9.1.2.2 and RFC 5065 5.3 count them.
 */
size_t mrt_as4_path(struct cursor path, struct cursor as4_path, uint8_t *out);

#endif
