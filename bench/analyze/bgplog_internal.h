/* bgplog_internal.h - what the parts of the BGP log share while a trial's captures are read. */
#ifndef BENCH_ANALYZE_BGPLOG_INTERNAL_H
#define BENCH_ANALYZE_BGPLOG_INTERNAL_H

#include "bench/analyze/bgplog.h"
#include "bench/analyze/grow.h"
#include "bench/analyze/pcapfile.h"
#include "lib/pkt.h"

/* Whose address it is. `loop`: of any node (127.0.0.0/8, ::1), `node` is -1 then. */
struct bgplog_address {
	uint8_t family;
	uint8_t addr[16];
	int node;
};

struct bgplog_tcp; /* the connections of one point, being put together */
struct bgplog_bfd; /* the BFD sessions of one point */

/* One point being read. */
struct bgplog_reading {
	struct bgplog *log;
	int point;
	bgplog_wants *wants;
	void *arg;
	struct bgplog_tcp *tcp;
	struct bgplog_bfd *bfd;
	int rc; /* -errno from within a callback */
};

/* Append an entry; fields beyond the given ones are zero. NULL when out of memory (x->rc is set). */
struct bgplog_entry *bgplog_add(
	struct bgplog_reading *x, enum bgplog_what what, struct wall at, uint64_t packet);

int bgplog_tcp_new(struct bgplog_reading *x);
void bgplog_tcp_take(
	struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec);
void bgplog_tcp_done(struct bgplog_reading *x);

int bgplog_bfd_new(struct bgplog_reading *x);
void bgplog_bfd_take(
	struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec);
void bgplog_bfd_done(struct bgplog_reading *x);

void bgplog_dns_take(
	struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec);

/* Find the twins, entries being sorted. Returns 0 or -ENOMEM. */
int bgplog_pair(struct bgplog *log);

#endif
