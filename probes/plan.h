/* plan.h - the probe plan: who asks whom, how often, and what a good answer is (doc/formats.md). */
#ifndef PROBES_PLAN_H
#define PROBES_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/dns.h"
#include "lib/err.h"
#include "lib/inet.h"

/*
 * What is asked: the service by its anycast address, one site by its own, a resolver, or the anycast
 * address for a name with a large answer, below "large." and the zone.
 */
enum plan_service { PLAN_ANYCAST, PLAN_UNICAST, PLAN_RESOLVER, PLAN_LARGE, PLAN_SERVICES };

/* UDP_TCP: over UDP, and where the answer is truncated over TCP, as a resolver does (RFC 7766 5). */
enum plan_transport { PLAN_UDP, PLAN_TCP, PLAN_UDP_TCP, PLAN_TRANSPORTS };

#define PLAN_LARGE_LABEL "large."

struct plan_stream {
	char *city;
	char *node;
	char *netns; /* "": the caller's */
	struct inet source;
	struct inet target;
	uint16_t port;
	enum plan_service service;
	enum plan_transport transport; /* TCP: a connection for each query */
	double rate_qps;
	char *label;  /* unicast: the site; resolver: which; "" */
	bool recurse; /* set RD */
};

struct plan {
	char *json; /* all of it, one line, as the answers file carries it */
	uint64_t seed;
	double rate_qps;     /* of each stream that has none of its own */
	int64_t duration_ns; /* 0: until told to stop */
	int64_t timeout_ns;
	char *zone; /* lower case, with its last dot */
	uint16_t qtype;
	uint16_t qclass;  /* 1: IN */
	bool fixed_name;  /* ask for `zone` itself every time, not for a new name below it */
	bool plain;	  /* no EDNS, so no NSID is asked for, nor missed */
	bool site_in_txt; /* a TXT answer is what the server calls itself (RFC 4892) */
	uint16_t expect_rcode;
	char *expect_txt; /* "": any data will do */
	char *answers_path;
	char *stats_path;
	struct plan_stream *streams; /* stream i is streams[i] */
	uint32_t streams_len;
};

/*
 * Read and check a plan file. Relative paths in it are made relative to its folder.
 *
 * Returns 0 or -errno; `e` names every complaint that fits, with its place ("streams[3].source").
 * Free with plan_free, which takes NULL.
 */
int plan_load(const char *path, struct plan **ret, struct err *e);
void plan_free(struct plan *p);

/* "anycast", "unicast", "resolver"; "udp", "tcp". */
const char *plan_service_name(enum plan_service service);
const char *plan_transport_name(enum plan_transport transport);

#endif
