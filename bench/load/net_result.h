/* net_result.h - what libiperf says of a measurement, in our terms. */
#ifndef BENCH_LOAD_NET_RESULT_H
#define BENCH_LOAD_NET_RESULT_H

#include <jansson.h>

#include "lib/err.h"

/*
 * Read the JSON of libiperf 3.
 *
 *      text            several values one after another are taken for the first that is whole
 *      set_bps         what the slowest link of the way is set to; 0: not known
 *      ret             out: a part of catchment.load-net/1 (doc/formats.md), a new reference
 *
 * Returns 0, -EIO with libiperf's own words, or -EBADMSG when it is no such thing.
 */
int net_result(const char *text, double set_bps, json_t **ret, struct err *e);

#endif
