/* fact_events.h - what happened in a capture, as a bounded list in the order it was seen. */
#ifndef BENCH_ANALYZE_FACT_EVENTS_H
#define BENCH_ANALYZE_FACT_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"

enum { FACT_EVENTS_MAX = 10000, FACT_TEXT_BYTES = 240 };

/* Where something was seen. */
struct fact_place {
	struct wall seen;
	uint64_t packet; /* in its file */
	unsigned file;
	unsigned point;
};

struct fact_event {
	struct fact_place at;
	const char *protocol; /* "bgp", "bfd", "ospf", "vrrp", "dns", "ip" */
	const char *what;     /* one of a few words that a program can look for */
	char *text;	      /* who, and what, for people */
};

struct fact_events {
	size_t n, room;
	struct fact_event *event;
	uint64_t dropped; /* beyond FACT_EVENTS_MAX, or out of memory */
};

void fact_event(struct fact_events *to, const struct fact_place *at, const char *protocol,
	const char *what, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void fact_events_done(struct fact_events *events);

#endif
