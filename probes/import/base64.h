/* base64.h - base64 (RFC 4648 4) to bytes, strictly. */
#ifndef PROBES_IMPORT_BASE64_H
#define PROBES_IMPORT_BASE64_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decode all of `text`; padding may be absent, nothing but the alphabet may be there.
 *
 *      out, room_bytes where to; undefined on failure
 *      ret_len_bytes   out
 *
 * Returns 0, -EINVAL (not base64) or -ENOSPC.
 */
int base64_read(
	const char *text, size_t len_bytes, uint8_t *out, size_t room_bytes, size_t *ret_len_bytes);

#endif
