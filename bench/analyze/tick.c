/* tick.c - where in the health check's cycle the fault fell. */
#include "bench/analyze/tick.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "bench/analyze/pcapfile.h"
#include "lib/pkt.h"

enum { DNS_PORT = 53 };

static bool
is_query(uint32_t link, const struct pcap_record *record)
{
	struct pkt_view v;

	return pkt_dissect(link, record->data, record->captured_bytes, &v) == 0 && !v.later &&
		v.proto == PKT_UDP && v.dport == DNS_PORT;
}

void
tick_measure(const struct run *r, struct trial *t)
{
	char name[128], path[PATH_MAX];
	struct pcap_record record;
	struct pcapfile *p;
	struct err e;
	int64_t last_ns = NEVER;

	if (r->fault_node == NULL || !t->has_fault)
		return;
	snprintf(name, sizeof(name), "captures/%.64s.lo.pcap", r->fault_node);
	trial_path(r, t, name, path, sizeof(path));
	if (pcapfile_open(path, &p, &e) < 0)
		return;
	while (pcapfile_next(p, &record, &e) == 1 && record.seen.ns < t->fault_ns)
		if (is_query(pcapfile_link(p), &record))
			last_ns = record.seen.ns;
	pcapfile_free(p);
	if (last_ns != NEVER)
		t->phase_ms = (double)(t->fault_ns - last_ns) / 1e6;
}
