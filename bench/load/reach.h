/*
 * reach.h - where load may be sent: never by accident into a network that other people use.
 *
 * Loopback always. Every address in a network namespace that is not the host's: a lab, or what a test
 * made for itself. In the host's own namespace anything but loopback only on request (--elsewhere).
 */
#ifndef BENCH_LOAD_REACH_H
#define BENCH_LOAD_REACH_H

#include <stdbool.h>
#include <sys/socket.h>

#include "lib/err.h"

/* Queries per second without --rate, and the most that --elsewhere allows unless --cap says otherwise. */
enum { REACH_RATE_QPS = 10000, REACH_ELSEWHERE_QPS = 1000 };

/*
 * May the calling thread send load to this address?
 *
 *      to              IPv4 or IPv6
 *      elsewhere       the user asked for it: --elsewhere
 *
 * Returns 0, -EPERM with `e` telling which flag allows it, -EAFNOSUPPORT.
 */
int reach_check(const struct sockaddr *to, bool elsewhere, struct err *e);

/* Is it an address of this machine that never leaves it: 127.0.0.0/8, ::1, or the former mapped into IPv6? */
bool reach_is_loopback(const struct sockaddr *to);

/*
 * Is the calling thread in the host's own network namespace, as far as can be told? That is the one of
 * PID 1; where that one may not be looked at, the one that the kernel began with, and in a container any.
 */
bool reach_at_home(void);

#endif
