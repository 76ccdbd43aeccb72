/* plan_resolvers.h - whom real users ask: streams of lookups at each access network's resolvers. */
#ifndef SCENARIOS_PLAN_RESOLVERS_H
#define SCENARIOS_PLAN_RESOLVERS_H

#include <jansson.h>

#include "lab/lab.h"

/*
 * Add streams to a plan's: each resolver is asked at each of its families' addresses from within its own network, at
 * `rate_qps` in all. With a rate of 0, and of resolvers that the variant does not run, none.
 */
void plan_add_resolvers(struct lab *lab, double rate_qps, json_t *streams);

/*
 * What run.json says of them: [{"city", "node", "label", "software", "version", "rate_qps"}].
 *
 *      packages        name: version, as in provenance; borrowed
 */
json_t *plan_resolvers_json(const struct topology *t, double rate_qps, const json_t *packages);

#endif
