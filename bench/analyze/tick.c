/* tick.c - where in the health check's cycle the fault fell. */
#include "bench/analyze/tick.h"

void
tick_measure(const struct run *r, struct trial *t, const struct bgplog *log)
{
	int node = log == NULL || r->fault_node == NULL ? -1 : bgplog_node(log, r->fault_node);
	int64_t last_ns = NEVER;

	if (node < 0 || !t->has_fault)
		return;
	for (size_t i = 0; i < log->checks && log->check[i].at_ns < t->fault_ns; i++)
		if (log->point[log->check[i].point].node == node && !log->check[i].tcp_end)
			last_ns = log->check[i].at_ns;
	if (last_ns != NEVER)
		t->phase_ms = (double)(t->fault_ns - last_ns) / 1e6;
}
