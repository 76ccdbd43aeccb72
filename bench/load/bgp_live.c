/* bgp_live.c - what a BGP load is at, for the live line, the heartbeat and SIGUSR1. */
#include "bench/load/bgp_run_internal.h"
#include "lib/talk.h"

static const int64_t EVERY_NS = NS_PER_S / 10;

static void
say_feeding(const struct run *r)
{
	double all = 0, left = 0;

	for (size_t i = 0; i < r->plan->sessions; i++) {
		all += (double)r->ret->session[i].bytes;
		left += (double)bgp_session_queued(r->session[i]);
	}
	if (left > 0 || !r->watched)
		talk_live("feeding the table: %.1f of %.1f MB are written",
			(all - (left < all ? left : all)) / 1e6, all / 1e6);
	else
		talk_live("the table is written: %llu of %llu routes were told on",
			(unsigned long long)r->watch.seen,
			(unsigned long long)r->ret->watch_expected);
}

static void
say_changing(const struct run *r, struct mono now)
{
	double s = (double)mono_diff_ns(now, r->since) / 1e9;

	if (r->plan->churn == NULL && r->plan->replay == NULL)
		talk_live("the table is taken: its sessions have stayed up for %.0f s", s);
	else
		talk_live("changes for %.0f s: %llu routes announced, %llu withdrawn", s,
			(unsigned long long)r->ret->step_announced,
			(unsigned long long)r->ret->step_withdrawn);
}

void
bgp_live(struct run *r, struct mono now)
{
	size_t up = 0, all = r->plan->sessions + (r->watched ? 1 : 0);

	if (r->told.ns != 0 && mono_diff_ns(now, r->told) < EVERY_NS)
		return;
	r->told = now;
	for (size_t i = 0; i < all; i++)
		up += bgp_session_state(r->session[i]) == BGP_STATE_ESTABLISHED;
	switch (r->phase) {
	case PHASE_CONNECT:
		talk_live("connecting: %zu of %zu sessions are up", up, all);
		break;
	case PHASE_FEED:
		say_feeding(r);
		break;
	case PHASE_CHANGE:
	case PHASE_STAY:
		say_changing(r, now);
		break;
	case PHASE_REST:
		talk_live("waiting until the last changes are taken");
		break;
	case PHASE_END:
		talk_live("ending %zu of %zu sessions", up, all);
		break;
	}
}
