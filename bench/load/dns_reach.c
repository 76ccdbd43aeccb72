/* dns_reach.c - from options to addresses and instants: whom a DNS load asks, from where, and at most how fast. */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/dns_options.h"
#include "bench/load/reach.h"
#include "lib/mono.h"

static int
look_up(const char *name, uint16_t port, struct sockaddr_storage *ret, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG}, *found;
	struct inet address;
	int rc;

	if (inet_parse(name, &address) == 0 && address.len == inet_bits(&address)) {
		inet_sockaddr(&address, port, ret);
		return 0;
	}
	rc = getaddrinfo(name, NULL, &hints, &found);
	if (rc != 0)
		return err_set(e, ENOENT, "cannot resolve '%s': %s", name, gai_strerror(rc));
	*ret = (struct sockaddr_storage){0};
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	if (ret->ss_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)ret)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)(void *)ret)->sin_port = htons(port);
	return 0;
}

int
dns_options_targets(const struct dns_options *o,
	struct sockaddr_storage ret[static DNS_TARGETS_MAX], bool *ret_elsewhere, struct err *e)
{
	bool elsewhere = false;

	for (int i = 0; i < o->targets_len; i++) {
		const struct sockaddr *to = (const struct sockaddr *)&ret[i];
		int rc = look_up(o->targets[i], o->port, &ret[i], e);

		if (rc == 0)
			rc = reach_check(to, o->elsewhere, e);
		if (rc < 0)
			return rc;
		elsewhere = elsewhere || reach_check(to, false, NULL) < 0;
	}
	*ret_elsewhere = elsewhere;
	return 0;
}

/* The first addresses of a prefix that hosts may have: not the network's own, nor IPv4's broadcast. */
static int
hosts_of(const struct inet *prefix, size_t most, struct inet *out, size_t *len)
{
	unsigned int bits = inet_bits(prefix) - prefix->len;
	uint64_t size = bits >= 32 ? UINT32_MAX : 1ULL << bits;
	uint64_t first = bits > 1 ? 1 : 0,
		 end = bits > 1 && prefix->family == AF_INET ? size - 1 : size;

	for (uint64_t i = first; i < end && *len < most; i++) {
		int rc = inet_host(prefix, (uint32_t)i, &out[*len]);

		if (rc < 0)
			return rc;
		out[(*len)++].len = (uint8_t)inet_bits(prefix);
	}
	return 0;
}

int
dns_options_sources(const struct dns_options *o, const struct sockaddr_storage *targets,
	size_t sockets, struct inet **ret, size_t *ret_len, struct err *e)
{
	char text[INET_TEXT_BYTES];
	size_t len = 0, most = sockets < DNS_SOURCES_MAX ? sockets : DNS_SOURCES_MAX;
	struct inet *all;

	*ret = NULL;
	*ret_len = 0;
	if (o->sources_len == 0)
		return 0;
	for (size_t i = 0; i < o->sources_len; i++)
		for (int k = 0; k < o->targets_len; k++)
			if (o->sources[i].family != targets[k].ss_family)
				return err_set(e, EINVAL,
					"--source %s and address '%s' are of different families",
					inet_show_prefix(&o->sources[i], text), o->targets[k]);
	all = calloc(most, sizeof(*all));
	if (all == NULL)
		return err_set(e, ENOMEM, "no memory for the source addresses");
	for (size_t i = 0; i < o->sources_len; i++) {
		/* each of several prefixes gets its share of the sockets */
		size_t until = most * (i + 1) / o->sources_len;

		if (hosts_of(&o->sources[i], until > len ? until : len + (len < most), all, &len) <
			0) {
			free(all);
			return err_set(e, EINVAL, "--source %s has no addresses",
				inet_show_prefix(&o->sources[i], text));
		}
	}
	*ret = all;
	*ret_len = len;
	return 0;
}

/* The most queries that a replay sends within one second. */
static double
busiest_qps(const struct queries *q, double speed)
{
	size_t first = 0, most = 0;

	for (size_t i = 0; i < queries_len(q); i++) {
		while ((double)(queries_at(q, i).due_ns - queries_at(q, first).due_ns) >=
			(double)NS_PER_S * speed)
			first++;
		if (i - first + 1 > most)
			most = i - first + 1;
	}
	return (double)most;
}

static double
highest_qps(const struct dns_options *o, const struct queries *q, const struct schedule *s)
{
	double highest = 0;

	if (s->kind == SCHEDULE_REPLAY)
		return busiest_qps(q, o->speed);
	for (size_t i = 0; i < s->steps_len; i++)
		if (s->steps[i].rate_qps > highest)
			highest = s->steps[i].rate_qps;
	return o->ramp_to_qps > highest ? o->ramp_to_qps : highest;
}

int
dns_options_schedule(const struct dns_options *o, const struct queries *q, bool elsewhere,
	struct schedule *ret, struct err *e)
{
	bool closed = o->max || o->window > 0;
	double cap_qps = o->cap_qps > 0 ? o->cap_qps : REACH_ELSEWHERE_QPS, rate_qps = o->rate_qps;
	struct schedule s = {.kind = o->poisson ? SCHEDULE_POISSON : SCHEDULE_STEADY,
		.count = o->count,
		.seed = o->seed,
		.queries = q,
		.speed = o->speed};

	if (rate_qps <= 0)
		rate_qps = closed ? REACH_RATE_QPS : DNS_DEFAULT_QPS;
	if (o->rate_qps <= 0 && elsewhere && rate_qps > cap_qps)
		rate_qps = cap_qps;
	if (o->queries.replay_n > 0)
		s.kind = SCHEDULE_REPLAY;
	else if (o->max && !elsewhere)
		s.kind = SCHEDULE_ASAP;
	s.steps[0] = (struct schedule_step){
		rate_qps, o->duration_ns > 0 ? o->duration_ns : 10 * NS_PER_S};
	s.steps_len = 1;
	if (o->count > 0 && o->duration_ns == 0) { /* as long as that takes */
		double ns = (double)o->count / rate_qps * (double)NS_PER_S * (o->poisson ? 2 : 1) +
			NS_PER_S;

		s.steps[0].duration_ns = ns < 7e5 * 1e9 ? (int64_t)ns : (int64_t)(7e5 * 1e9);
	}
	if (o->steps.steps_len > 0) {
		memcpy(s.steps, o->steps.steps, sizeof(s.steps));
		s.steps_len = o->steps.steps_len;
	}
	if (elsewhere && highest_qps(o, q, &s) > cap_qps)
		return err_set(e, EPERM,
			"%.0f queries a second are more than %.0f, the most for --elsewhere; --cap "
			"raises that",
			highest_qps(o, q, &s), cap_qps);
	if (s.kind == SCHEDULE_REPLAY &&
		highest_qps(o, q, &s) > (o->rate_qps > 0 ? o->rate_qps : REACH_RATE_QPS))
		return err_set(e, EPERM,
			"the replay has up to %.0f queries within a second: --rate %.0f allows "
			"that",
			highest_qps(o, q, &s), highest_qps(o, q, &s));
	*ret = s;
	return 0;
}
