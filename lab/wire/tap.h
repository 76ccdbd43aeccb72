/* tap.h - one end of a link: a TAP interface in some network namespace, seen from the emulator. */
#ifndef LAB_WIRE_TAP_H
#define LAB_WIRE_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct wire_tap {
	int fd;	  /* frames; -1: none */
	int sock; /* a socket in the TAP's netns, to ask its kernel side; -1: none */
	bool carrier;
};

/*
 * Make a TAP in the calling thread's network namespace: not persistent, plain Ethernet frames, no
 * offloads, nonblocking, with carrier, not IFF_UP.
 *
 * Returns 0, or -errno with `e` filled and nothing left behind.
 */
int wire_tap_open(
	struct wire_tap *t, const char *ifname, const uint8_t mac[static 6], struct err *e);

/* fd and sock may be -1. */
void wire_tap_close(struct wire_tap *t);

/*
 * Close n of them side by side: the kernel takes some 18 ms to remove an interface, nearly all of
 * it waiting for others, so that 90 in a row take 1.6 s and 90 at once 0.08 s.
 */
void wire_tap_close_all(struct wire_tap *taps, size_t n);

/* Take the carrier away or give it back. On -errno nothing has changed. */
int wire_tap_carrier(struct wire_tap *t, bool carrier);

/*
 * Have the kernel tell its listeners (rtnetlink) of a carrier change now. By itself it tells them
 * at most once a second for the whole machine; asking for the link state makes it do so at once.
 */
void wire_tap_announce(const struct wire_tap *t);

#endif
