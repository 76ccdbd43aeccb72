/*
 * wire.h - the link emulator: every link of the lab, each two TAPs and two directions of delay.
 *
 * A frame that a node sends on its TAP is read, stamped, kept for the delay of its direction and
 * written to the other node's TAP. One thread does it for all links. Both TAPs are real interfaces:
 * what is captured at the sender's is the instant the packet left, what is captured at the
 * receiver's is the instant it arrived, and the delay lies between the two.
 *
 * What a change means:
 *
 *      delay           holds for frames that arrive from then on. Frames on their way keep their
 *                      instant, and a direction is first in first out whatever the delays: a frame
 *                      that would overtake leaves together with the one before it.
 *      blackhole       silent loss in a direction. Frames on their way are lost as well (a cut
 *                      fibre loses what is in it), so that no frame arrives after the instant the
 *                      reply brackets: the sharp event that RFC 6412 3.5 asks for.
 *      carrier         false: both ends see the link go down, frames on their way are lost, and
 *                      so is what either end still sends. A TAP without carrier would take frames
 *                      from us, so it is the emulator that does not write them.
 *
 * Each lost frame is counted once, under the cause that lost it: down_dropped_pkts (no carrier),
 * blackholed_pkts, tx_dropped_pkts (memory or queue full, frame too long, receiving interface not
 * up). Frames that the sender's kernel drops before we read them (1,000 wait at most, then the
 * interface's own tx_dropped rises) are not seen here.
 */
#ifndef LAB_WIRE_WIRE_H
#define LAB_WIRE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "lab/wire/impair.h"
#include "lib/err.h"

#define WIRE_SPIN_NS	   30000LL
#define WIRE_REQUEST_BYTES 65536 /* longest request */

struct wire_link_spec {
	char name[64];		      /* "a-node:if--b-node:if", unique */
	int netns_fd[2];	      /* where each end's TAP is made; borrowed for the call */
	char ifname[2][16];	      /* NUL-terminated, free in its netns */
	uint8_t mac[2][6];	      /* unicast */
	struct wire_impair impair[2]; /* [0]: a to b, [1]: b to a; what a reset goes back to */
};

struct wire;

/*
 * Make every TAP. They have carrier and are not IFF_UP: that and addresses are the caller's. They
 * are gone when the handle is freed or the process dies, however it dies.
 *
 *      specs, n        borrowed for the call
 *      ret             out, written only on success; wire_free() it
 *
 * Changes the calling thread's network namespace meanwhile and sets it back. Returns 0, -EINVAL
 * (bad spec), or -errno of what failed, with `e` filled; on failure no TAP is left.
 */
int wire_new(const struct wire_link_spec *specs, size_t n, struct wire **ret, struct err *e);

/*
 * Forward until ctl_fd reports end of file: then 0.
 *
 *      ctl_fd          SOCK_SEQPACKET, borrowed; a request and its reply are one JSON text each,
 *                      one request is answered before the next is read (doc/formats.md)
 *
 * While it runs the calling thread has SCHED_FIFO at the lowest priority and locked memory where
 * that is allowed, silently not where it is not ("realtime" in stats). Returns 0, or -errno with
 * `e` filled when epoll or the control socket fails. May be called again afterwards.
 */
int wire_run(struct wire *w, int ctl_fd, struct err *e);

/*
 * The most that one wait may be spent polling instead of sleeping, for punctuality; what is used
 * adapts itself to how late this machine wakes. 0 never polls. WIRE_SPIN_NS unless set.
 */
void wire_set_spin(struct wire *w, int64_t max_ns);

void wire_free(struct wire *w);

#endif
