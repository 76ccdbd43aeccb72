/* dns_frames.c - DNS messages out of the bytes of a TCP connection. */
#include "bench/load/dns_frames.h"

#include <string.h>

uint8_t *
dns_frames_room(struct dns_frames *f, size_t *ret_bytes)
{
	memmove(f->bytes, f->bytes + f->at, f->len - f->at);
	f->len -= f->at;
	f->at = 0;
	*ret_bytes = sizeof(f->bytes) - f->len;
	return f->bytes + f->len;
}

void
dns_frames_add(struct dns_frames *f, size_t bytes)
{
	f->len += bytes;
}

bool
dns_frames_take(struct dns_frames *f, const uint8_t **ret, size_t *ret_bytes)
{
	const uint8_t *at = f->bytes + f->at;
	size_t left = f->len - f->at, bytes;

	if (left < 2)
		return false;
	bytes = (size_t)at[0] << 8 | at[1];
	if (left < 2 + bytes)
		return false;
	*ret = at + 2;
	*ret_bytes = bytes;
	f->at += 2 + bytes;
	return true;
}
