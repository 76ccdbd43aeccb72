/* bgp_feed.c - what the sessions of a load are told: the table, written ahead; its changes, as they fall due. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/load/bgp_run_internal.h"
#include "lib/num.h"
#include "lib/talk.h"

enum {
	QUEUE_MAX_BYTES =
		1 << 20, /* steps wait when a peer is that far behind; they are counted late */
	STEPS_AT_ONCE = 256,
};

bool
bgp_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	return a->ss_family == AF_INET
		? a4->sin_addr.s_addr == b4->sin_addr.s_addr
		: memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
}

/* The address that the kernel would talk to the peer from. */
static int
local_address(const struct bgp_session_options *o, struct inet *ret, struct err *e)
{
	struct sockaddr_storage to, from;
	socklen_t len = inet_sockaddr(&o->peer, o->port, &to), from_len = sizeof(from);
	char text[INET_TEXT_BYTES];
	int fd, rc = 0;

	if (o->source.family != 0) {
		*ret = o->source;
		return 0;
	}
	fd = socket(o->peer.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, len) < 0 ||
		getsockname(fd, (struct sockaddr *)&from, &from_len) < 0)
		rc = err_sys(e, errno, "%s", inet_show(&o->peer, text));
	if (fd >= 0)
		close(fd);
	if (rc < 0)
		return rc;
	*ret = (struct inet){.family = o->peer.family, .len = (uint8_t)inet_bits(&o->peer)};
	if (from.ss_family == AF_INET)
		memcpy(ret->addr, &((struct sockaddr_in *)&from)->sin_addr, 4);
	else
		memcpy(ret->addr, &((struct sockaddr_in6 *)&from)->sin6_addr, 16);
	return 0;
}

/* Offered is what there is a next hop for. */
static int
find_voice(struct run *r, size_t i, struct err *e)
{
	const struct bgp_session_options *o = &r->plan->session[i];
	struct bgp_voice *v = &r->feed[i].voice;
	struct inet local;
	int rc = local_address(o, &local, e);

	if (rc < 0)
		return rc;
	v->as = o->hello.as;
	v->internal = o->hello.as == o->peer_as;
	for (int f = 0; f < 2; f++) {
		const struct inet *hop =
			r->plan->next_hop[f].family != 0 ? &r->plan->next_hop[f] : &local;

		if (hop->family == AF_INET && f == 0)
			memcpy(v->next_hop4, hop->addr, 4);
		else if (hop->family == AF_INET6 && f == 1)
			memcpy(v->next_hop6, hop->addr, 16);
	}
	return 0;
}

static size_t
group_at(const struct bgp_table *t, size_t first)
{
	const struct bgp_route *r = bgp_table_at(t, first);
	size_t n = 1, len = bgp_table_len(t);

	while (first + n < len && r[n].attrs == r->attrs && r[n].family == r->family)
		n++;
	return n;
}

static int
write_ahead(struct run *r, size_t i, struct err *e)
{
	const struct bgp_table *t = r->plan->table;
	const struct bgp_session_options *o = &r->plan->session[i];
	struct feed *f = &r->feed[i];
	int rc = 0;

	for (size_t first = 0, n; first < bgp_table_len(t); first += n) {
		const struct bgp_route *route = bgp_table_at(t, first);
		int k = route->family == 6;

		n = group_at(t, first);
		if (o->hello.family[k])
			f->messages[k] += bgp_write_announce(
				&f->wire[k], &f->voice, bgp_table_attrs(t, route->attrs), route, n);
	}
	for (int k = 0; k < 2 && rc == 0; k++) {
		bgp_write_end_of_rib(&f->wire[k], k == 0 ? 4 : 6);
		f->messages[k]++;
		rc = buf_check(&f->wire[k], e);
	}
	return rc;
}

static int
listen_for(struct run *r, const struct bgp_session_options *o, struct err *e)
{
	struct inet any = {.family = o->peer.family, .len = (uint8_t)inet_bits(&o->peer)};
	struct sockaddr_storage at;
	socklen_t len = inet_sockaddr(o->source.family != 0 ? &o->source : &any, o->port, &at);
	char text[INET_TEXT_BYTES];
	int one = 1, fd;

	/* Sessions may share an address to listen at. */
	for (size_t k = 0; k < r->listeners; k++) {
		struct sockaddr_storage have;
		socklen_t have_len = sizeof(have);

		if (getsockname(r->listener[k], (struct sockaddr *)&have, &have_len) == 0 &&
			bgp_same_host(&have, &at))
			return 0;
	}
	fd = socket(o->peer.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && o->peer.family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 16) < 0) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		return err_sys(e, code, "listening at %s port %u",
			o->source.family != 0 ? inet_show(&o->source, text) : "any address",
			o->port);
	}
	r->listener[r->listeners++] = fd;
	return 0;
}

int
bgp_feed_prepare(struct run *r, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->plan->sessions; i++) {
		rc = find_voice(r, i, e);
		if (rc == 0)
			rc = write_ahead(r, i, e);
		if (rc == 0 && r->plan->session[i].passive)
			rc = listen_for(r, &r->plan->session[i], e);
	}
	if (rc == 0 && r->watched && r->plan->watch.passive)
		rc = listen_for(r, &r->plan->watch, e);
	return rc;
}

void
bgp_feed_done(struct run *r)
{
	for (size_t i = 0; i < r->plan->sessions; i++) {
		for (int k = 0; k < 2; k++)
			buf_done(&r->feed[i].wire[k]);
		buf_done(&r->feed[i].since);
	}
}

void
bgp_feed_start(struct run *r, struct mono now)
{
	r->fed = now;
	for (size_t i = 0; i < r->plan->sessions; i++) {
		struct bgp_session_result *to = result_of(r, i);
		struct feed *f = &r->feed[i];

		for (int k = 0; k < 2; k++) {
			to->carries[k] = bgp_session_carries(r->session[i], k);
			if (!to->carries[k])
				continue;
			bgp_session_send(r->session[i], f->wire[k].data, f->wire[k].len);
			to->routes += bgp_table_len_of(r->plan->table, k == 0 ? 4 : 6);
			to->messages += f->messages[k];
			to->bytes += f->wire[k].len;
		}
		bgp_session_step(r->session[i], 0, now);
	}
	for (int k = 0; k < 2 && r->watched; k++) {
		bool told = false;

		r->ret->watch.carries[k] = bgp_session_carries(r->session[r->plan->sessions], k);
		for (size_t i = 0; i < r->plan->sessions; i++)
			told = told || r->ret->session[i].carries[k];
		if (told && r->ret->watch.carries[k])
			r->ret->watch_expected += bgp_table_len_of(r->plan->table, k == 0 ? 4 : 6);
	}
}

void
bgp_feed_say(const struct run *r)
{
	char text[INET_TEXT_BYTES], took[24];

	for (size_t i = 0; i < r->plan->sessions; i++) {
		const struct bgp_session_result *x = &r->ret->session[i];

		talk_step("%s has taken %llu routes in %s",
			inet_show(&r->plan->session[i].peer, text), (unsigned long long)x->routes,
			num_show_ns(x->acked_ns, took));
	}
}

/* To every session that carries the family. */
static void
tell(struct run *r, const struct bgp_step *step, struct mono now)
{
	int k = step->routes[0].family == 6;

	for (size_t i = 0; i < r->plan->sessions; i++) {
		struct buf *out = bgp_session_buffer(r->session[i]);

		if (bgp_session_state(r->session[i]) != BGP_STATE_ESTABLISHED ||
			!r->ret->session[i].carries[k])
			continue;
		if (step->withdraw)
			bgp_write_withdraw(out, step->routes, step->n);
		else
			bgp_write_announce(
				out, &r->feed[i].voice, step->attrs, step->routes, step->n);
	}
	if (r->watched)
		bgp_watch_expect(&r->watch, step, now);
	if (step->withdraw)
		r->ret->step_withdrawn += step->n;
	else
		r->ret->step_announced += step->n;
}

static bool
next_step(struct run *r)
{
	int rc = 0;

	r->has_next = false;
	if (r->plan->churn != NULL) {
		bgp_churn_next(r->plan->churn, &r->next);
		rc = 1;
	} else if (r->plan->replay != NULL) {
		rc = bgp_replay_next(r->plan->replay, &r->next, &r->why_failed);
		r->failed = rc < 0 ? rc : 0;
	}
	r->has_next = rc > 0;
	return r->has_next;
}

static bool
behind(const struct run *r)
{
	for (size_t i = 0; i < r->plan->sessions; i++)
		if (bgp_session_queued(r->session[i]) > QUEUE_MAX_BYTES ||
			bgp_session_borrows(r->session[i]))
			return true;
	return false;
}

bool
bgp_feed_steps(struct run *r, struct mono now)
{
	bool none = r->plan->churn == NULL && r->plan->replay == NULL;

	if (!r->started_steps) {
		r->started_steps = true;
		next_step(r);
	}
	if (none)
		return r->plan->for_ns == 0;
	for (int i = 0; i < STEPS_AT_ONCE && r->has_next && !behind(r); i++) {
		int64_t late_ns = mono_diff_ns(now, r->since) - r->next.due_ns;

		if (late_ns < 0)
			break;
		if (r->plan->for_ns > 0 && r->next.due_ns >= r->plan->for_ns)
			return true;
		hist_add(&r->late, late_ns);
		tell(r, &r->next, now);
		r->steps++;
		next_step(r);
	}
	/* Out with it now, not when the sockets are next looked at. */
	for (size_t i = 0; i < r->plan->sessions; i++)
		bgp_session_step(r->session[i], 0, now);
	return !r->has_next;
}

void
bgp_feed_restore(struct run *r, struct mono now)
{
	struct bgp_step step;
	size_t at = 0;

	if (r->plan->churn == NULL)
		return;
	while (bgp_churn_differing(r->plan->churn, &at, true, &step))
		tell(r, &step, now);
}

/* The table as it was, and behind it what is not as it was. */
static void
tell_again(struct run *r, size_t i, int k)
{
	struct feed *f = &r->feed[i];
	struct bgp_step step;
	size_t at = 0;

	f->since.len = 0;
	while (r->plan->churn != NULL && bgp_churn_differing(r->plan->churn, &at, false, &step)) {
		if (step.routes[0].family != (k == 0 ? 4 : 6))
			continue;
		if (step.withdraw)
			bgp_write_withdraw(&f->since, step.routes, step.n);
		else
			bgp_write_announce(&f->since, &f->voice, step.attrs, step.routes, step.n);
	}
	r->ret->refreshes++;
	bgp_session_send(r->session[i], f->wire[k].data, f->wire[k].len);
	bgp_session_send(r->session[i], f->since.data, f->since.len);
}

void
bgp_feed_again(struct run *r)
{
	for (size_t i = 0; i < r->plan->sessions && r->phase > PHASE_CONNECT; i++)
		for (int k = 0; k < 2; k++)
			if (r->phase != PHASE_END &&
				bgp_session_state(r->session[i]) == BGP_STATE_ESTABLISHED &&
				!bgp_session_borrows(r->session[i]) &&
				bgp_session_asked_again(r->session[i], k))
				tell_again(r, i, k);
}
