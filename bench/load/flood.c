/* flood.c - a bounded flood of DNS queries from many sources, inside a lab only. */
#include "bench/load/flood.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/load/flood_packet.h"
#include "bench/load/reach.h"
#include "lib/mono.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum { FIRST_PORT = 1024, STEP_NS = 500000 };

static size_t
sources_of(const struct flood_plan *p, int family)
{
	size_t n = 0;

	for (size_t i = 0; i < p->from_len; i++)
		n += p->from[i].family == family;
	return n;
}

int
flood_check(const struct flood_plan *p, bool anywhere, struct err *e)
{
	char text[INET_TEXT_BYTES];

	for (size_t i = 0; i < p->to_len; i++)
		if (sources_of(p, p->to[i].family) == 0)
			return err_set(e, EINVAL, "no --from of the family of %s",
				inet_show(&p->to[i], text));
	if (!anywhere && reach_at_home())
		return err_set(e, EPERM,
			"a flood has forged sources: it is sent inside a lab's network only, and "
			"this is "
			"the host's; 'catchment run' starts it in a node");
	return 0;
}

/* A socket that takes whole packets. Returns it or -errno. */
static int
open_raw(int family, struct err *e)
{
	const int yes = 1, room_bytes = 4 << 20;
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	if (fd < 0)
		return err_sys(e, errno, "a raw socket");
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_HDRINCL, &yes, sizeof(yes));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room_bytes, sizeof(room_bytes));
	return fd;
}

/* The n-th source of the family, any address of it. */
static void
draw_source(const struct flood_plan *p, int family, uint64_t n, struct rng *rng, struct inet *ret)
{
	size_t nth = n % sources_of(p, family);

	for (size_t i = 0; i < p->from_len; i++)
		if (p->from[i].family == family && nth-- == 0)
			flood_source(&p->from[i], rng, ret);
}

static void
send_one(const struct flood_plan *p, const int fd[static 2], uint64_t n, struct rng *rng,
	struct flood_result *r)
{
	const struct inet *to = &p->to[n % p->to_len];
	struct query q = queries_at(p->queries, n % queries_len(p->queries));
	uint16_t port = (uint16_t)(FIRST_PORT + rng_below(rng, 65536 - FIRST_PORT));
	uint8_t packet[FLOOD_PACKET_BYTES];
	struct sockaddr_storage addr;
	struct inet from = {.family = to->family};
	socklen_t addr_len = inet_sockaddr(to, 0, &addr);
	size_t len;

	draw_source(p, to->family, n / p->to_len, rng, &from);
	len = flood_packet(&from, port, to, p->port, &q, rng, packet);
	if (len == 0 ||
		sendto(fd[to->family == AF_INET6], packet, len, MSG_DONTWAIT,
			(struct sockaddr *)&addr, addr_len) < 0) {
		r->failed++;
		return;
	}
	r->sent++;
	r->wire_bytes += len;
}

static const int64_t SAY_NS = NS_PER_S / 10;

/* What it is at, to whoever looks. */
static void
say(const struct flood_result *r, uint64_t total, struct mono now, struct mono *last)
{
	if (last->ns != 0 && mono_diff_ns(now, *last) < SAY_NS)
		return;
	*last = now;
	talk_live("flooding: %llu of %llu queries sent", (unsigned long long)r->sent,
		(unsigned long long)total);
}

/* By the clock: the n-th is due at n / rate; what is over FLOOD_LATE_MS late is left out, never made up for. */
static void
send_all(const struct flood_plan *p, const int fd[static 2], struct flood_result *r)
{
	struct mono begin = mono_now();
	uint64_t total = (uint64_t)((double)p->for_ns / 1e9 * p->rate_qps);
	struct mono said = {0};
	struct rng rng;

	rng_init(&rng, p->seed);
	total = p->count > 0 && p->count < total ? p->count : total;
	for (uint64_t n = 0; n < total && !stop_requested();) {
		int64_t due_ns = (int64_t)((double)n * 1e9 / p->rate_qps);
		struct mono now = mono_now();
		int64_t late_ns = mono_diff_ns(now, mono_add(begin, due_ns));

		say(r, total, now, &said);
		if (late_ns < 0) {
			struct timespec until = mono_timespec(mono_add(begin, due_ns + STEP_NS));

			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
			continue;
		}
		if (late_ns > FLOOD_LATE_MS * NS_PER_MS)
			r->not_sent++;
		else
			send_one(p, fd, n, &rng, r);
		r->late_ns = late_ns > r->late_ns ? late_ns : r->late_ns;
		n++;
	}
	r->stopped = stop_requested() > 0;
	r->lasted_ns = mono_diff_ns(mono_now(), begin);
}

int
flood_run(const struct flood_plan *p, struct flood_result *ret, struct err *e)
{
	struct flood_result r = {0};
	int fd[2], rc = flood_check(p, false, e);

	if (rc < 0)
		return rc;
	fd[0] = open_raw(AF_INET, e);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = open_raw(AF_INET6, e);
	if (fd[1] < 0) {
		close(fd[0]);
		return fd[1];
	}
	send_all(p, fd, &r);
	close(fd[0]);
	close(fd[1]);
	*ret = r;
	return 0;
}
