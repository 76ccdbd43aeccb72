/* phase.c - when a trial's fault is to be. */
#include "scenarios/phase.h"

#include <stdio.h>

#include "lib/talk.h"

enum {
	LOOK_MS = 50,
	LEAD_MS = 20, /* the instant is not nearer than this when it is chosen */
	WINDOWS =
		4, /* so many windows the ticks are waited for: three of them, and one may be late */
};

struct tick *
phase_listen(struct lab *lab, const struct scenario *s)
{
	const char *name = scenario_fault_node(s);
	int node = name == NULL ? -1 : topology_node(lab_topology(lab), name);
	struct tick *t = NULL;
	char netns[64];
	struct err e = {0};

	if (node < 0 || s->phase_window_ns == 0)
		return NULL;
	snprintf(netns, sizeof(netns), "/proc/%d/ns/net", (int)lab_node_pid(lab, (size_t)node));
	if (tick_open(netns, &t, &e) < 0)
		talk_note("the health check of %s cannot be listened to: %s", name, e.text);
	return t;
}

static void
note(struct watch *w, const struct tick_rhythm *r, struct mono fault)
{
	if (r == NULL)
		events_add(w->events, "phase", json_pack("{s:b}", "locked", 0));
	else
		events_add(w->events, "phase",
			json_pack("{s:b, s:f, s:f, s:I}", "locked", 1, "period_ms",
				(double)r->period_ns / 1e6, "after_tick_ms",
				(double)(mono_diff_ns(fault, r->last) % r->period_ns) / 1e6,
				"ticks", (json_int_t)r->ticks));
}

/* Returns 1 when the ticks were found, 0 when they were not in time, or -errno. */
static int
await_rhythm(struct watch *w, const struct scenario *s, struct tick *ticks, struct mono ready,
	struct tick_rhythm *ret, struct err *e)
{
	struct mono deadline = mono_add(ready, WINDOWS * s->phase_window_ns);
	int rc = watch_until(w, ready, "steady", e);

	while (rc == 0) {
		tick_read(ticks);
		if (tick_rhythm(ticks, ret))
			return 1;
		if (mono_diff_ns(deadline, mono_now()) <= 0)
			return 0;
		rc = watch_until(w, mono_add(mono_now(), LOOK_MS * NS_PER_MS), "ticks", e);
	}
	return rc;
}

int
phase_choose(struct watch *w, const struct scenario *s, struct tick *ticks, struct rng *rng,
	struct mono *ret_fault, struct err *e)
{
	int64_t phase_ns = (int64_t)rng_below(rng, (uint64_t)s->phase_window_ns);
	int64_t ahead_ns = s->actions_len > 0 && s->actions[0].at_ns < 0 ? -s->actions[0].at_ns : 0;
	struct mono now = mono_now();
	struct tick_rhythm rhythm;
	int rc = 0;

	*ret_fault = mono_add(now, s->before_ns + phase_ns);
	if (ticks != NULL)
		rc = await_rhythm(w, s, ticks, mono_add(now, s->before_ns - ahead_ns), &rhythm, e);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		*ret_fault =
			tick_between(&rhythm, mono_add(mono_now(), ahead_ns + LEAD_MS * NS_PER_MS));
	} else if (ticks != NULL) {
		talk_note("%s: no rhythm of health checks was seen: the fault's phase is random",
			w->title);
		*ret_fault = mono_add(mono_now(), ahead_ns + phase_ns);
	}
	if (s->phase_window_ns > 0)
		note(w, rc == 1 ? &rhythm : NULL, *ret_fault);
	return 0;
}
