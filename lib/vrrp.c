/* vrrp.c - a strict reader of VRRP advertisements. */
#include "lib/vrrp.h"

#include <errno.h>

#include "lib/cursor.h"

enum { ADVERTISEMENT = 1, V2_AUTH_BYTES = 8 };

int
vrrp_read(const uint8_t *packet, size_t len_bytes, uint8_t hops, uint8_t family,
	struct vrrp_advert *ret)
{
	struct cursor c = cursor_over(packet, len_bytes);
	struct vrrp_advert a = {0};
	uint8_t head = cursor_u8(&c), third, fourth;
	size_t wanted_bytes;

	a.version = head >> 4;
	a.vrid = cursor_u8(&c);
	a.priority = cursor_u8(&c);
	a.addresses = cursor_u8(&c);
	third = cursor_u8(&c);
	fourth = cursor_u8(&c);
	cursor_u16(&c); /* checksum */
	wanted_bytes =
		(size_t)a.addresses * (family == 6 ? 16 : 4) + (a.version == 2 ? V2_AUTH_BYTES : 0);
	if (c.failed || (a.version != 2 && a.version != 3) || (head & 15) != ADVERTISEMENT ||
		hops != 255 || a.vrid == 0 || a.addresses == 0 || (a.version == 2 && family != 4) ||
		cursor_left(&c) < wanted_bytes)
		return -EBADMSG;
	/* v2: authentication type and seconds; v3: 12 bits of centiseconds. */
	a.interval_ms = a.version == 2 ? fourth * 1000u : ((third & 15u) << 8 | fourth) * 10u;
	if (a.interval_ms == 0)
		return -EBADMSG;
	*ret = a;
	return 0;
}

int64_t
vrrp_down_interval_ns(const struct vrrp_advert *a)
{
	/* The backups' priorities are not on the wire; with the least, 1, the skew is the longest. */
	int64_t interval_ns = (int64_t)a->interval_ms * 1000000;
	int64_t skew_ns = (a->version == 2 ? 1000000000 : interval_ns) * 255 / 256;

	return 3 * interval_ns + skew_ns;
}
