/* plan_beside.h - what the probes ask beside the anycast service over UDP: sites by their own addresses, TCP, large answers. */
#ifndef SCENARIOS_PLAN_BESIDE_H
#define SCENARIOS_PLAN_BESIDE_H

#include <jansson.h>

#include "lab/lab.h"

/*
 * To the streams of a plan, anycast ones so far: each probe asks every unicast site of the topology from its
 * own address, over its family. A rate of 0 adds nothing.
 */
void plan_add_unicast(const struct topology *t, double rate_qps, json_t *streams);

/* The first probe of each city and family asks the service over TCP too. */
void plan_add_tcp(double rate_qps, json_t *streams);

/*
 * ... and asks it for names with large answers, over UDP and, where the answer is truncated, TCP.
 */
void plan_add_large(double rate_qps, json_t *streams);

/* Sites, addresses and rate of the former, for run.json; null when nothing is asked. */
json_t *plan_unicast_json(const struct topology *t, double rate_qps);

#endif
