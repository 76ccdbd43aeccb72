/* bgp_run.c - a table told to routers, then changed at a rate: the course of a load. */
#include "bench/load/bgp_run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/load/bgp_run_internal.h"
#include "lib/stop.h"
#include "lib/talk.h"

static const int64_t LOOK_NS = NS_PER_MS, /* how often acknowledgements are looked for */
	CLOSE_NS = 3 * NS_PER_S;

static struct mono
sooner(struct mono a, struct mono b)
{
	return a.ns < b.ns ? a : b;
}

static void
heard(void *arg, const struct bgp_update *u, struct mono now)
{
	bgp_watch_update(arg, u, now);
}

static size_t
all_sessions(const struct run *r)
{
	return r->plan->sessions + (r->watched ? 1 : 0);
}

/* ---- phases: each looks whether it is over, and starts the next ---- */

static void
enter(struct run *r, enum phase phase, struct mono now)
{
	r->phase = phase;
	r->since = now;
}

static void
begin_end(struct run *r, struct mono now)
{
	for (size_t i = 0; i < all_sessions(r); i++)
		bgp_session_cease(r->session[i]);
	enter(r, PHASE_END, now);
}

static void
while_connecting(struct run *r, struct mono now)
{
	for (size_t i = 0; i < all_sessions(r); i++) {
		struct bgp_session_result *to = result_of(r, i);

		if (bgp_session_state(r->session[i]) != BGP_STATE_ESTABLISHED)
			continue;
		if (!to->established) {
			to->established = true;
			to->established_ns = mono_diff_ns(now, r->start);
		}
	}
	for (size_t i = 0; i < all_sessions(r); i++)
		if (bgp_session_state(r->session[i]) != BGP_STATE_ESTABLISHED) {
			r->ret->unconnected = mono_diff_ns(now, r->start) > r->plan->connect_ns;
			if (r->ret->unconnected)
				begin_end(r, now);
			return;
		}
	bgp_feed_start(r, now);
	enter(r, PHASE_FEED, now);
}

/* Has every peer's TCP all of the table? */
static bool
taken(struct run *r, struct mono now)
{
	bool all = true;

	for (size_t i = 0; i < r->plan->sessions; i++) {
		struct bgp_session_result *to = result_of(r, i);

		if (to->written_ns < 0 && bgp_session_queued(r->session[i]) == 0)
			to->written_ns = mono_diff_ns(now, r->fed);
		if (to->written_ns >= 0 && to->acked_ns < 0 &&
			bgp_session_unacked(r->session[i]) == 0)
			to->acked_ns = mono_diff_ns(now, r->fed);
		all = all && to->acked_ns >= 0;
	}
	if (all && r->all_taken.ns == 0)
		r->all_taken = now;
	return all;
}

/* ... and has the watching session heard of all, or given up? */
static bool
told_on(struct run *r, struct mono now)
{
	struct mono news = r->watch.last.ns > r->all_taken.ns ? r->watch.last : r->all_taken;

	if (!r->watched || r->watch.seen >= r->ret->watch_expected)
		return true;
	return mono_diff_ns(now, news) > r->plan->settle_ns;
}

static void
while_feeding(struct run *r, struct mono now)
{
	if (!taken(r, now) || !told_on(r, now)) {
		if (mono_diff_ns(now, r->since) > r->plan->take_ns) {
			r->ret->not_taken = true;
			begin_end(r, now);
		}
		return;
	}
	r->ret->watch_seen = r->watch.seen;
	if (r->watched && r->watch.seen > 0) {
		r->ret->watch_first_ns = mono_diff_ns(r->watch.first, r->fed);
		r->ret->watch_last_ns = mono_diff_ns(r->watch.last, r->fed);
	}
	bgp_feed_say(r);
	enter(r, PHASE_CHANGE, now);
}

static void
while_changing(struct run *r, struct mono now)
{
	bool changes = r->plan->churn != NULL || r->plan->replay != NULL;
	int64_t patience_ns =
		changes ? CLOSE_NS : 0; /* steps that are late are told all the same */
	bool ended = bgp_feed_steps(r, now);

	if (!ended &&
		(r->plan->for_ns == 0 ||
			mono_diff_ns(now, r->since) < r->plan->for_ns + patience_ns))
		return;
	if (r->plan->stay && r->phase == PHASE_CHANGE) {
		bgp_feed_restore(r, now);
		enter(r, PHASE_STAY, now);
	} else if (!r->plan->stay) {
		bgp_feed_restore(r, now);
		enter(r, PHASE_REST, now);
	}
}

/* The last changes are given time to arrive. */
static void
while_resting(struct run *r, struct mono now)
{
	struct mono news = r->watch.last.ns > r->since.ns ? r->watch.last : r->since;
	bool out = true;

	for (size_t i = 0; i < r->plan->sessions; i++)
		out = out && bgp_session_queued(r->session[i]) == 0 &&
			bgp_session_unacked(r->session[i]) == 0;
	if (out &&
		(!r->watched || r->steps == 0 || r->watch.seen >= r->ret->watch_seen ||
			mono_diff_ns(now, news) > r->plan->settle_ns))
		begin_end(r, now);
	else if (mono_diff_ns(now, r->since) > r->plan->take_ns)
		begin_end(r, now);
}

/* A session that went down before its time is the end of all of it. */
static bool
one_is_down(struct run *r)
{
	for (size_t i = 0; i < all_sessions(r); i++)
		if (bgp_session_state(r->session[i]) == BGP_STATE_DOWN)
			return true;
	return false;
}

/* Returns false when it is all over. */
static bool
advance(struct run *r, struct mono now)
{
	bool up = false;

	if (r->phase != PHASE_END && stop_requested()) {
		r->ret->interrupted = !r->plan->stay || r->phase < PHASE_CHANGE;
		begin_end(r, now);
	} else if (r->phase != PHASE_END && one_is_down(r)) {
		if (r->phase == PHASE_CONNECT)
			r->ret->unconnected = true;
		else
			r->ret->lost = true;
		begin_end(r, now);
	}
	switch (r->phase) {
	case PHASE_CONNECT:
		while_connecting(r, now);
		break;
	case PHASE_FEED:
		while_feeding(r, now);
		break;
	case PHASE_CHANGE:
		while_changing(r, now);
		break;
	case PHASE_REST:
		while_resting(r, now);
		break;
	case PHASE_STAY:
	case PHASE_END:
		break;
	}
	bgp_feed_again(r);
	bgp_live(r, now);
	for (size_t i = 0; i < all_sessions(r); i++)
		up = up || bgp_session_state(r->session[i]) != BGP_STATE_DOWN;
	return up && (r->phase != PHASE_END || mono_diff_ns(now, r->since) < CLOSE_NS);
}

/* ---- waiting ---- */

static struct mono
wake_at(struct run *r, struct mono now)
{
	struct mono at = mono_add(now, NS_PER_S / 5);

	for (size_t i = 0; i < all_sessions(r); i++)
		at = sooner(at, bgp_session_deadline(r->session[i]));
	if (r->phase == PHASE_FEED || r->phase == PHASE_REST)
		at = sooner(at, mono_add(now, LOOK_NS));
	if (r->phase == PHASE_CHANGE) {
		if (!r->started_steps)
			at = now;
		else if (r->has_next)
			at = sooner(at, mono_add(r->since, r->next.due_ns));
		if (r->plan->for_ns > 0)
			at = sooner(at, mono_add(r->since, r->plan->for_ns));
	}
	return at;
}

static void
take_connections(struct run *r, struct mono now)
{
	for (size_t k = 0; k < r->listeners; k++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		int fd = accept4(r->listener[k], (struct sockaddr *)&from, &len,
			SOCK_NONBLOCK | SOCK_CLOEXEC);
		bool taken_by_one = false;

		for (size_t i = 0; fd >= 0 && i < all_sessions(r) && !taken_by_one; i++) {
			const struct bgp_session_options *o = options_of(r, i);
			struct sockaddr_storage want;

			inet_sockaddr(&o->peer, 0, &want);
			taken_by_one = o->passive && bgp_same_host(&from, &want);
			if (taken_by_one)
				bgp_session_accept(r->session[i], fd, now);
		}
		if (fd >= 0 && !taken_by_one)
			close(fd);
	}
}

static void
wait_and_step(struct run *r)
{
	struct pollfd p[2 * BGP_RUN_MAX_SESSIONS + 2];
	size_t n = all_sessions(r), total = n + r->listeners;
	struct mono now = mono_now();
	int64_t left_ns = mono_diff_ns(wake_at(r, now), now);
	struct timespec ts = {.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};

	if (left_ns < 0)
		ts = (struct timespec){0};
	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){
			bgp_session_fd(r->session[i]), bgp_session_events(r->session[i]), 0};
	for (size_t k = 0; k < r->listeners; k++)
		p[n + k] = (struct pollfd){r->listener[k], POLLIN, 0};
	if (ppoll(p, total, &ts, NULL) < 0)
		for (size_t i = 0; i < total; i++)
			p[i].revents = 0;
	now = mono_now();
	take_connections(r, now);
	for (size_t i = 0; i < n; i++)
		bgp_session_step(r->session[i],
			bgp_session_fd(r->session[i]) == p[i].fd ? p[i].revents : 0, now);
}

static void
gather(struct run *r)
{
	struct bgp_result *ret = r->ret;

	for (size_t i = 0; i < all_sessions(r); i++) {
		struct bgp_session_result *to = result_of(r, i);

		to->counts = *bgp_session_counts(r->session[i]);
		if (to->why[0] == '\0')
			snprintf(to->why, sizeof(to->why), "%s", bgp_session_why(r->session[i]));
		/* That a peer closes when told to cease is no news. */
		if (to->established && !ret->lost && !ret->unconnected)
			to->why[0] = '\0';
	}
	ret->steps = r->steps;
	ret->late = r->late;
	ret->echo = r->watch.echo;
	ret->watch_other = r->watch.other;
	if (r->fed.ns != 0 && ret->watch_seen == 0) { /* it ended before all was taken */
		ret->watch_seen = r->watch.seen;
		if (r->watch.first.ns != 0)
			ret->watch_first_ns = mono_diff_ns(r->watch.first, r->fed);
	}
}

int
bgp_run(const struct bgp_plan *plan, struct bgp_result *ret, struct err *e)
{
	struct run *r = calloc(1, sizeof(*r));
	int rc = r == NULL ? err_sys(e, ENOMEM, "the sessions") : 0;

	if (rc < 0)
		return rc;
	r->plan = plan;
	r->ret = ret;
	r->watched = plan->watch.peer.family != 0;
	*ret = (struct bgp_result){.watch_first_ns = -1, .watch_last_ns = -1};
	rc = r->watched ? bgp_watch_init(&r->watch, plan->table) : 0;
	for (size_t i = 0; rc == 0 && i < all_sessions(r); i++) {
		bool watching = i == plan->sessions;

		result_of(r, i)->written_ns = result_of(r, i)->acked_ns = -1;
		rc = bgp_session_new(
			&r->session[i], options_of(r, i), watching ? heard : NULL, &r->watch);
	}
	if (rc < 0)
		err_sys(e, -rc, "the sessions");
	if (rc == 0)
		rc = bgp_feed_prepare(r, e);
	if (rc == 0) {
		r->start = mono_now();
		enter(r, PHASE_CONNECT, r->start);
		do
			wait_and_step(r);
		while (advance(r, mono_now()));
		gather(r);
		rc = r->failed;
		if (rc < 0)
			*e = r->why_failed;
	}
	for (size_t i = 0; i < all_sessions(r); i++)
		bgp_session_free(r->session[i]);
	for (size_t k = 0; k < r->listeners; k++)
		close(r->listener[k]);
	bgp_feed_done(r);
	bgp_watch_done(&r->watch);
	free(r);
	return rc;
}
