/* bgp_step.h - one change of what is told: routes that come, change or go at an instant. */
#ifndef BENCH_LOAD_BGP_STEP_H
#define BENCH_LOAD_BGP_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/bgp_table.h"

struct bgp_step {
	int64_t due_ns; /* since the first */
	bool withdraw;
	struct bgp_attrs attrs;		/* of an announcement */
	const struct bgp_route *routes; /* of one family; their sets do not count */
	size_t n;
	int64_t first; /* number of the first in the table, the others follow; -1 where they are not of it */
};

#endif
