/* hist_json.h - a histogram's summary as the stats files carry it. */
#ifndef LIB_HIST_JSON_H
#define LIB_HIST_JSON_H

#include <jansson.h>

#include "lib/hist.h"

/*
 * {"n", "p50", "p99", "p999", "max"}: n a count, the others microseconds with decimals (the key
 * under which the caller puts it says _us). Returns a new reference, NULL when out of memory.
 */
json_t *hist_json_us(const struct hist *h);

#endif
