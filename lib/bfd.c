/* bfd.c - a strict reader of BFD control packets. */
#include "lib/bfd.h"

#include <errno.h>

#include "lib/cursor.h"

enum { VERSION = 1 };

int
bfd_read(const uint8_t *payload, size_t len_bytes, struct bfd_packet *ret)
{
	struct cursor c = cursor_over(payload, len_bytes);
	uint8_t head = cursor_u8(&c), flags = cursor_u8(&c), says_bytes;
	struct bfd_packet b = {.diag = head & 31,
		.state = (enum bfd_state)(flags >> 6),
		.poll = (flags & 32) != 0,
		.final = (flags & 16) != 0,
		.authenticated = (flags & 4) != 0,
		.demand = (flags & 2) != 0};

	b.detect_mult = cursor_u8(&c);
	says_bytes = cursor_u8(&c);
	b.my_discriminator = cursor_u32(&c);
	b.your_discriminator = cursor_u32(&c);
	b.desired_min_tx_us = cursor_u32(&c);
	b.required_min_rx_us = cursor_u32(&c);
	b.required_min_echo_rx_us = cursor_u32(&c);
	if (c.failed || head >> 5 != VERSION || says_bytes > len_bytes ||
		says_bytes < BFD_PACKET_BYTES + (b.authenticated ? 2 : 0) || b.detect_mult == 0 ||
		(flags & 1) != 0 || b.my_discriminator == 0 ||
		(b.your_discriminator == 0 && b.state != BFD_DOWN && b.state != BFD_ADMIN_DOWN))
		return -EBADMSG;
	*ret = b;
	return 0;
}

const char *
bfd_state_name(enum bfd_state state)
{
	static const char *const names[] = {"AdminDown", "Down", "Init", "Up"};

	return names[state & 3];
}

const char *
bfd_diag_name(uint8_t diag)
{
	static const char *const names[] = {"No Diagnostic", "Control Detection Time Expired",
		"Echo Function Failed", "Neighbor Signaled Session Down", "Forwarding Plane Reset",
		"Path Down", "Concatenated Path Down", "Administratively Down",
		"Reverse Concatenated Path Down"};

	return diag < sizeof(names) / sizeof(names[0]) ? names[diag] : "Reserved";
}
