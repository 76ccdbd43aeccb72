/* plans.h - what the probes and the captures of a trial are told, from the network and the scenario. */
#ifndef SCENARIOS_PLANS_H
#define SCENARIOS_PLANS_H

#include <jansson.h>

#include "lab/lab.h"
#include "scenarios/scenario.h"

/*
 * Streams of the anycast service: probe i asks from city i mod n, addresses from the tenth of its access network upward,
 * IPv4 and IPv6 in turn, each for the service address of its family.
 *
 *      lab     may be NULL: there is none yet, and none says which namespace it is sent from
 */
json_t *plan_anycast(const struct topology *t, const struct lab *lab, unsigned int probes);

/* Those; what is asked beside them (plan_beside.h); then those of the resolvers' users (plan_resolvers.h). NULL when out of memory. */
json_t *plan_probes(struct lab *lab, const struct scenario *s, uint64_t seed, int64_t duration_ns);

/* Points: BGP, BFD and DNS at every link of sites and access networks, BGP and BFD at every other
 * router's, DNS and BGP on the loopback of sites (the health check, and a session it holds with the router). */
json_t *plan_captures(struct lab *lab);

/* The routes of every node that runs something, and every service's log. NULL when out of memory. */
json_t *plan_record(struct lab *lab);

/* A point of a capture plan, added to `points`; `peer` (may be NULL) is who the link leads to. */
void plan_add_point(struct lab *lab, json_t *points, size_t node, const char *ifname,
	const struct inet *addrs, size_t addrs_len, const char *peer, const char *filter);

/* The plan of these points. Consumes them. NULL when out of memory. */
json_t *plan_capture_json(json_t *points, int snaplen_bytes);

#endif
