/*
 * soak.h - rounds of withdraw and announce at one site: how fast the routers followed, each time, and whether all did.
 *
 * Nothing here is from the injector but how many rounds were planned. A *round* of a family begins with the first
 * UPDATE that takes the service prefix from a neighbour of the node at fault after it was announced, its second
 * half with the first that announces it again, both by that node's own captures. The convergence of a half is from
 * that UPDATE to the last change of what any router's kernel does with the prefix, before the other half begins.
 *
 * A round is *stuck* when at the end of a half a router does something else with the prefix than at the end of the
 * first round's half (withdrawn) or than before the first round (announced), or when fewer neighbours were told
 * than in the first round. A *lost session* is a BGP session anywhere in the lab that ended while the rounds went on.
 * Convergence *drifts* when the 95 % interval of its slope (lib/trend.h) excludes zero and the slope makes more than
 * SOAK_DRIFT_MS and SOAK_DRIFT_RATIO of the median from the first round to the last.
 */
#ifndef BENCH_ANALYZE_SOAK_H
#define BENCH_ANALYZE_SOAK_H

#include "bench/analyze/bgplog.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/run.h"
#include "lib/trend.h"

enum { SOAK_ROUNDS = 200 }; /* with fewer the claim is not judged */
enum { SOAK_TOLD = 64, SOAK_KEPT = 50 };

#define SOAK_DRIFT_MS	 20.0
#define SOAK_DRIFT_RATIO 0.2

enum soak_half { SOAK_WITHDRAWN, SOAK_ANNOUNCED, SOAK_HALVES };

struct soak_round {
	int64_t at_ns[SOAK_HALVES]; /* wall: the half's first UPDATE; NEVER: none came */
	int64_t end_ns;
	double converged_ms[SOAK_HALVES]; /* NAN: no router changed anything, or nobody recorded */
	int session[SOAK_HALVES][SOAK_TOLD]; /* of the log: who was told */
	unsigned int told[SOAK_HALVES];
	unsigned int unanswered; /* queries of this family's streams sent in it */
	bool stuck;
};

/* The first SOAK_KEPT are kept. */
struct soak_stuck {
	unsigned int round; /* from 1 */
	enum soak_half half;
	char node[BGPLOG_NODE_BYTES];
	char is[64], was[64];
};

struct soak_lost {
	int64_t at_ns;
	uint64_t packet;
	char node[BGPLOG_NODE_BYTES], peer[48], capture[128];
	const char *how; /* a literal */
};

struct soak_drift {
	bool known; /* enough rounds */
	bool found;
	struct trend trend;		      /* ms per round */
	double total_ms;		      /* what the slope makes of all rounds */
	double first_fifth_ms, last_fifth_ms; /* medians */
};

struct soak_family {
	struct soak_round *round;
	size_t rounds, complete; /* complete: withdrawn and announced again */
	unsigned int stuck_rounds;
	struct soak_stuck stuck[SOAK_KEPT];
	size_t stucks;
	unsigned int sessions_lost;
	struct soak_lost lost[SOAK_KEPT];
	size_t losts;
	struct soak_drift drift[SOAK_HALVES];
};

struct soak {
	unsigned int planned;
	bool has_fib;
	struct soak_family of[FAMILIES];
};

/* Rounds that the run planned at a node; 0: none, it is no soak. */
unsigned int soak_planned(const struct run *r);

/* Fill t->soak where rounds were planned. The queries are still there. Returns 0 or -ENOMEM. */
int soak_measure(const struct run *r, struct trial *t, const struct bgplog *log);
void soak_free(struct soak *s); /* NULL is fine */

/* The parts: rounds by the wire (soak_rounds.c), routers and sessions (soak_state.c). 0 or -ENOMEM. */
int soak_find_rounds(const struct run *r, const struct trial *t, const struct bgplog *log,
	enum family f, struct soak_family *ret);
int soak_find_states(
	const struct run *r, const struct trial *t, const struct bgplog *log, struct soak *s);
void soak_find_losses(const struct trial *t, const struct bgplog *log, struct soak *s);

/* What counts against the soak: rounds that were not, stuck rounds, lost sessions, drifting halves. */
unsigned int soak_failures(const struct soak *s, enum family f);

/* `soak` of a trial in result.json; null without one. NULL when out of memory. */
json_t *soak_json(const struct trial *t);

#endif
