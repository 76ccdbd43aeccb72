/* record_rtt.h - run.json: what round trips to each city can be at best, and what the network makes of them. */
#ifndef SCENARIOS_RECORD_RTT_H
#define SCENARIOS_RECORD_RTT_H

#include <jansson.h>

#include "lab/lab.h"

/*
 * To each city of run.json: `bound`, light in a straight fibre to the nearest anycast site and back, and
 * `unicast`, the paths to the sites that are asked by their own addresses. Returns 0 or -errno with `e` filled.
 */
int record_add_round_trips(json_t *cities, struct lab *lab, struct err *e);

#endif
