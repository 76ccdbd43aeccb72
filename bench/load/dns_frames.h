/* dns_frames.h - DNS messages out of the bytes of a TCP connection: two bytes of length, then so many (RFC 1035 4.2.2). */
#ifndef BENCH_LOAD_DNS_FRAMES_H
#define BENCH_LOAD_DNS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DNS_FRAME_MAX_BYTES = 2 + 65535,
	DNS_FRAMES_BYTES = 2 * DNS_FRAME_MAX_BYTES + 2,
};

/* Bytes from `at` to `len` came and are not taken yet. At the start of a connection: len and at are 0. */
struct dns_frames {
	size_t len, at;
	uint8_t bytes[DNS_FRAMES_BYTES];
};

/*
 * Where the next bytes of the connection go. Messages taken before lie there no longer.
 *
 *      ret_bytes       how many fit; at least one when all whole messages were taken
 */
uint8_t *dns_frames_room(struct dns_frames *f, size_t *ret_bytes);

/* So many bytes have been written there. */
void dns_frames_add(struct dns_frames *f, size_t bytes);

/*
 * Take the next whole message; it may be of no bytes at all.
 *
 *      ret, ret_bytes  point into `f`, until dns_frames_room()
 *
 * Returns false, and writes neither, when there is none that is whole.
 */
bool dns_frames_take(struct dns_frames *f, const uint8_t **ret, size_t *ret_bytes);

#endif
