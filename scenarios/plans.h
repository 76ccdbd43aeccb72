/* plans.h - what the probes and the captures of a trial are told, from the network and the scenario. */
#ifndef SCENARIOS_PLANS_H
#define SCENARIOS_PLANS_H

#include <jansson.h>

#include "lab/lab.h"
#include "scenarios/scenario.h"

/*
 * Streams: probe i asks from city i mod n, addresses from the tenth of its access network upward,
 * IPv4 and IPv6 in turn, each for the service address of its family. NULL when out of memory.
 */
json_t *plan_probes(struct lab *lab, const struct scenario *s, uint64_t seed, int64_t duration_ns);

/* Points: BGP, BFD and DNS at every link of sites and access networks, BGP and BFD at every other
 * router's, DNS on the loopback of sites (the health check). */
json_t *plan_captures(struct lab *lab);

#endif
