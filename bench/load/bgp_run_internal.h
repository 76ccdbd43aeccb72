/* bgp_run_internal.h - the inside of a BGP load, shared by its course (bgp_run.c) and what is told in it (bgp_feed.c). */
#ifndef BENCH_LOAD_BGP_RUN_INTERNAL_H
#define BENCH_LOAD_BGP_RUN_INTERNAL_H

#include "bench/load/bgp_run.h"
#include "bench/load/bgp_watch.h"
#include "lib/buf.h"

enum phase {
	PHASE_CONNECT,
	PHASE_FEED,   /* until the table is taken */
	PHASE_CHANGE, /* churn, replay, or just staying for a while */
	PHASE_REST,   /* until the last of it is taken */
	PHASE_STAY,   /* until asked to stop */
	PHASE_END,
};

/* What a session is told: its own next hops make it its own. */
struct feed {
	struct bgp_voice voice;
	struct buf wire[2]; /* the table and its End-of-RIB, per family */
	struct buf since;   /* what has changed since, for a peer that asks again */
	uint64_t messages[2];
};

struct run {
	const struct bgp_plan *plan;
	struct bgp_result *ret;
	struct bgp_session *session[BGP_RUN_MAX_SESSIONS + 1]; /* the watching one last */
	struct feed feed[BGP_RUN_MAX_SESSIONS];
	bool watched;
	struct bgp_watch watch;
	int listener[BGP_RUN_MAX_SESSIONS + 1];
	size_t listeners;
	enum phase phase;
	struct mono start, since, fed, all_taken, told;
	struct bgp_step next; /* of churn or replay */
	bool has_next, started_steps;
	uint64_t steps;
	struct hist late;
	int failed; /* -errno of a replay that broke, with why */
	struct err why_failed;
};

static inline struct bgp_session_result *
result_of(struct run *r, size_t i)
{
	return i == r->plan->sessions ? &r->ret->watch : &r->ret->session[i];
}

static inline const struct bgp_session_options *
options_of(const struct run *r, size_t i)
{
	return i == r->plan->sessions ? &r->plan->watch : &r->plan->session[i];
}

/* Listen where a session is passive, write all messages ahead. Returns 0 or -errno with `e` filled. */
int bgp_feed_prepare(struct run *r, struct err *e);
void bgp_feed_done(struct run *r);

/* Queue the table at every session. */
void bgp_feed_start(struct run *r, struct mono now);

/* What it is at, to whoever looks; not more often than it is read. */
void bgp_live(struct run *r, struct mono now);

/* A line about the table that was taken. */
void bgp_feed_say(const struct run *r);

/* Queue the steps that are due. True when there are no more. */
bool bgp_feed_steps(struct run *r, struct mono now);

/* Queue what makes all as the table has it. */
void bgp_feed_restore(struct run *r, struct mono now);

/* Queue again what a peer asked for again. */
void bgp_feed_again(struct run *r);

bool bgp_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b);

#endif
