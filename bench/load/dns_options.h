/* dns_options.h - the options of `catchment load dns` that say how it is asked: whom, when, how much, from where. */
#ifndef BENCH_LOAD_DNS_OPTIONS_H
#define BENCH_LOAD_DNS_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/load/dns_plan.h"
#include "bench/load/dns_schedule.h"
#include "bench/load/query_options.h"
#include "lib/err.h"
#include "lib/inet.h"

enum {
	DNS_OPTIONS_SOURCES = 16,
	DNS_OPTIONS_CPUS = 256,
	DNS_SOURCES_MAX = 4096,
	DNS_TARGETS_MAX = 64,
	DNS_DEFAULT_QPS = 1000,
	DNS_DEFAULT_SEED = 1,
};

struct dns_options {
	struct query_options queries;

	char **targets;
	int targets_len;
	uint16_t port;

	double rate_qps;       /* 0: not said */
	struct schedule steps; /* --steps; its length is 0 without */
	bool poisson;
	int64_t duration_ns; /* 0: not said */
	uint64_t count;
	double speed; /* of a replay */
	uint64_t seed, fresh_seed;

	double ramp_from_qps, ramp_to_qps; /* 0: no ramp */
	const char *ramp_option; /* one that was given of those for a ramp alone, or NULL */
	double loss_ratio;
	int64_t p99_ns, try_ns;

	bool tcp, max, singly;
	unsigned int window, threads, sockets; /* 0: not said */
	int cpus[DNS_OPTIONS_CPUS];
	size_t cpus_len;
	struct inet sources[DNS_OPTIONS_SOURCES];
	size_t sources_len;

	int64_t timeout_ns, late_ns; /* 0: not said */
	double late_ratio;

	bool elsewhere;
	double cap_qps;

	const char *timeline, *openmetrics;
	int64_t bucket_ns;
	bool json;
	bool check; /* the options alone; send nothing */
};

/* Read flags and environment. What is wrong ends the program with EXIT_USAGE, as argp does. */
void dns_options_parse(int argc, char *argv[], struct dns_options *ret);

/*
 * Look up the addresses and check that load may be sent there.
 *
 *      ret     out: as many as there are targets
 *      ret_elsewhere   out: one of them is neither loopback nor reached from a namespace of our own
 *
 * Returns 0 or -errno with `e` filled.
 */
int dns_options_targets(const struct dns_options *o,
	struct sockaddr_storage ret[static DNS_TARGETS_MAX], bool *ret_elsewhere, struct err *e);

/*
 * The addresses to send from: those given, and of each prefix as many hosts as there are sockets.
 *
 *      ret     out: free() it; NULL for none
 *
 * Returns 0 or -errno with `e` filled.
 */
int dns_options_sources(const struct dns_options *o, const struct sockaddr_storage *targets,
	size_t sockets, struct inet **ret, size_t *ret_len, struct err *e);

/*
 * When to send: of flags, queries and caps.
 *
 *      elsewhere       the cap of --elsewhere holds
 *
 * Returns 0 or -errno with `e` filled: a rate above the cap.
 */
int dns_options_schedule(const struct dns_options *o, const struct queries *q, bool elsewhere,
	struct schedule *ret, struct err *e);

#endif
