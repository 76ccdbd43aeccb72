/* bfd.h - a strict reader of BFD control packets. Source: RFC 5880 4.1, 6.8.6; RFC 5881, 5883. */
#ifndef LIB_BFD_H
#define LIB_BFD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BFD_PORT = 3784, BFD_MULTIHOP_PORT = 4784, BFD_PACKET_BYTES = 24 };

enum bfd_state { BFD_ADMIN_DOWN, BFD_DOWN, BFD_INIT, BFD_UP };

struct bfd_packet {
	enum bfd_state state;
	uint8_t diag;
	uint8_t detect_mult;
	bool poll, final, demand, authenticated;
	uint32_t my_discriminator;
	uint32_t your_discriminator;
	uint32_t desired_min_tx_us;
	uint32_t required_min_rx_us;
	uint32_t required_min_echo_rx_us;
};

/*
 * Read a UDP payload. `ret` is written only on success.
 *
 * Returns 0, or -EBADMSG: what RFC 5880 6.8.6 tells a receiver to discard without a session at hand
 * (version, length, multiplier, multipoint bit, discriminators).
 */
int bfd_read(const uint8_t *payload, size_t len_bytes, struct bfd_packet *ret);

const char *bfd_state_name(enum bfd_state state); /* "AdminDown", "Down", "Init", "Up" */
const char *bfd_diag_name(uint8_t diag);	  /* "Control Detection Time Expired" */

#endif
