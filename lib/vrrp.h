/* vrrp.h - a strict reader of VRRP advertisements. Source: RFC 3768 5.1 (v2), RFC 9568 5.1 (v3). */
#ifndef LIB_VRRP_H
#define LIB_VRRP_H

#include <stddef.h>
#include <stdint.h>

struct vrrp_advert {
	uint8_t version; /* 2 or 3 */
	uint8_t vrid;
	uint8_t priority; /* 0: the master gives up, 255: it owns the addresses */
	uint8_t addresses;
	uint32_t interval_ms;
};

/*
 * Read what follows the IP header.
 *
 *      hops    TTL or hop limit, which must be 255
 *      family  4 or 6
 *
 * Checksums are not verified. Returns 0, or -EBADMSG with `ret` as it was.
 */
int vrrp_read(const uint8_t *packet, size_t len_bytes, uint8_t hops, uint8_t family,
	struct vrrp_advert *ret);

/* How long a backup waits for the next advertisement, RFC 9568 6.1: 3 intervals and its own skew. */
int64_t vrrp_down_interval_ns(const struct vrrp_advert *a);

#endif
