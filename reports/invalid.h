/* invalid.h - why trials do not count, each kind of reason once. */
#ifndef REPORTS_INVALID_H
#define REPORTS_INVALID_H

#include "lib/buf.h"
#include "reports/result.h"

/*
 * The first reason of each invalid trial, the commonest first; reasons that differ in their figures alone are one, with
 * the range of these: "lost by the capture: 5 to 73 datagrams (3 trials); CPU pressure of 0.91 is over … (1 trial)".
 * Nothing where no reason is known.
 */
void invalid_say(struct buf *b, const struct result *r);

#endif
