/* lastmile.h - what lies between each client and its access network, drawn from the run's seed. */
#ifndef SCENARIOS_LASTMILE_H
#define SCENARIOS_LASTMILE_H

#include <jansson.h>

#include "lab/topology.h"
#include "lib/err.h"

/*
 * Read "median=5ms,spread=2,max=40ms" (spread: 2, max: ten medians when left out) or "none".
 * Returns 0, or -EINVAL with `e` filled.
 */
int last_mile_parse(const char *text, struct topo_last_mile *ret, struct err *e);

/*
 * The round trip that this client's last mile adds: the same for the same seed and address, whoever else
 * asks. 0 when the median is.
 */
int64_t last_mile_draw_ns(const struct topo_last_mile *m, uint64_t seed, const char *source);

/*
 * Write `last_mile_ns` into each stream of a probe plan, and `last_mile` at its top, which says how they
 * were drawn. Without any last mile the plan stays as it is.
 *
 *      every   instead of what the topology says of its cities; or NULL
 */
void last_mile_plan(
	json_t *plan, const struct topology *t, const struct topo_last_mile *every, uint64_t seed);

#endif
