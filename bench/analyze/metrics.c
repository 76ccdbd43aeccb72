/* metrics.c - the figures of a run by name, each as the samples it is made of. */
#include "bench/analyze/metrics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/loads.h"
#include "bench/analyze/resolvers.h"
#include "bench/analyze/rfc_metrics.h"
#include "bench/analyze/rtt.h"
#include "bench/analyze/sides.h"
#include "bench/analyze/soak_metrics.h"
#include "bench/analyze/streams.h"

typedef int collect(const struct run *r, const struct trial *t, metric_family f, struct metric *m);

static bool
of_family(metric_family wanted, enum family is)
{
	return wanted == FAMILIES || wanted == (metric_family)is;
}

static int
add(struct metric *m, const struct trial *t, double value)
{
	if (isinf(value))
		m->missing++;
	return samples_add(m->samples, value, t->number);
}

static double
since_fault_ms(const struct trial *t, int64_t wall_ns)
{
	return wall_ns == NEVER ? (double)INFINITY : (double)(wall_ns - t->fault_ns) / 1e6;
}

static bool
is_served(const struct run *r, enum family f)
{
	for (int i = 0; i < r->prefixes; i++)
		if ((r->prefix[i].family == 6) == (f == V6))
			return true;
	return false;
}

/* Of both families together it is the later one; a family that never came makes it missing. */
static int
collect_withdraw(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	double worst_ms = -(double)INFINITY;

	if (!t->wire_read)
		return 0;
	for (int k = 0; k < FAMILIES; k++)
		if (of_family(f, (enum family)k) && is_served(r, (enum family)k))
			worst_ms = fmax(worst_ms, since_fault_ms(t, t->withdraw[k].first_ns));
	return worst_ms < 0 && isinf(worst_ms) ? 0 : add(m, t, worst_ms);
}

/* Of both families together the more. */
static int
collect_flaps(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	double most = -1;

	for (int k = 0; k < FAMILIES && t->wire_read; k++)
		if (of_family(f, (enum family)k) && is_served(r, (enum family)k))
			most = fmax(most, t->withdraw[k].flaps);
	return most < 0 ? 0 : add(m, t, most);
}

static int
collect_announce(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	double worst_ms = -(double)INFINITY;

	if (!t->wire_read || !t->has_restore)
		return 0;
	for (int k = 0; k < FAMILIES; k++)
		if (of_family(f, (enum family)k) && is_served(r, (enum family)k))
			worst_ms = fmax(worst_ms,
				t->announce_ns[k] == NEVER
					? (double)INFINITY
					: (double)(t->announce_ns[k] - t->restore_ns) / 1e6);
	return worst_ms < 0 && isinf(worst_ms) ? 0 : add(m, t, worst_ms);
}

static int
collect_first_good(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	int rc = 0;

	(void)r;
	for (size_t i = 0; i < t->streams && rc == 0 && t->has_fault; i++)
		if (t->stream[i].affected && of_family(f, t->stream[i].family))
			rc = add(m, t, since_fault_ms(t, t->stream[i].first_good_ns));
	return rc;
}

static int
collect_loss(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	int rc = 0;

	for (size_t i = 0; i < t->streams && rc == 0 && t->has_fault; i++)
		if (r->city[t->stream[i].city].affected && of_family(f, t->stream[i].family))
			rc = add(m, t, stream_loss_ms(r, &t->stream[i]));
	return rc;
}

static int
collect_full(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	if (!t->has_fault || f != FAMILIES)
		return 0;
	return add(m, t,
		t->full_convergence_ns == NEVER ? (double)INFINITY
						: (double)t->full_convergence_ns / 1e6);
}

static int
collect_outage(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	int rc = 0;

	for (size_t i = 0; i < t->streams && rc == 0 && t->has_fault; i++)
		if (of_family(f, t->stream[i].family))
			rc = add(m, t, t->stream[i].longest_failed * r->gap_ms);
	return rc;
}

enum tally_of {
	LOST,
	ICMP,
	SEND_FAILED,
	WRONG,
	WITH_LOSS,
	RESTORE_LOST,
	LOST_BEFORE,
	LOOKUP_FAILED,
	RESTORE_WRONG
};

static unsigned
tally_of(const struct stream *s, enum tally_of what)
{
	switch (what) {
	case LOST:
		return s->lost;
	case ICMP:
		return s->icmp;
	case SEND_FAILED:
		return s->send_failed;
	case WRONG:
		return s->wrong;
	case WITH_LOSS:
		return s->lost > 0;
	case RESTORE_LOST:
		return s->restore_lost;
	case LOST_BEFORE:
		return s->lost_before;
	case RESTORE_WRONG:
		return s->restore_wrong;
	case LOOKUP_FAILED:
		return s->lookup_failures;
	}
	return 0;
}

static int
collect_tally(const struct trial *t, metric_family f, struct metric *m, enum tally_of what)
{
	unsigned sum = 0, streams = 0;

	for (size_t i = 0; i < t->streams; i++)
		if (of_family(f, t->stream[i].family)) {
			sum += tally_of(&t->stream[i], what);
			streams++;
		}
	return streams == 0 ? 0 : add(m, t, sum);
}

/* Lost by streams that another site than the one at fault served: nobody should have noticed. */
static int
collect_bystanders(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	unsigned sum = 0, streams = 0;

	for (size_t i = 0; i < t->streams && t->has_fault && r->fault_site >= 0; i++) {
		const struct stream *s = &t->stream[i];

		if (s->site_before >= 0 && s->site_before != r->fault_site &&
			of_family(f, s->family)) {
			sum += s->lost;
			streams++;
		}
	}
	return streams == 0 ? 0 : add(m, t, sum);
}

static int
collect_latency(const struct run *r, metric_family f, struct metric *m)
{
	int rc = 0;

	for (int k = 0; k < FAMILIES; k++)
		for (size_t i = 0; i < r->latency_added_ms[k]->n && rc == 0; i++)
			if (of_family(f, (enum family)k))
				rc = samples_add(m->samples, r->latency_added_ms[k]->value[i],
					r->latency_added_ms[k]->trial[i]);
	return rc;
}

static int
collect_resolver_failures(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return t->has_fault ? resolvers_collect(r, t, f, RESOLVER_FAILURES, m->samples) : 0;
}

static int
collect_resolver_slow(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return t->has_fault ? resolvers_collect(r, t, f, RESOLVER_SLOW, m->samples) : 0;
}

static int
collect_resolver_restore(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return t->has_fault ? resolvers_collect(r, t, f, RESOLVER_RESTORE_FAILURES, m->samples) : 0;
}

static int
collect_resolver_before(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return resolvers_collect(r, t, f, RESOLVER_BEFORE_FAILURES, m->samples);
}

static int
collect_resolver_latency(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return resolvers_collect(r, t, f, RESOLVER_LATENCY_ADDED, m->samples);
}

static int
collect_tcp_lost(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return t->has_fault ? sides_collect(t, f, TCP_LOST, m->samples) : 0;
}

static int
collect_tcp_first_good(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	size_t before = m->samples->n;
	int rc = sides_collect(t, f, TCP_FIRST_GOOD_MS, m->samples);

	(void)r;
	for (size_t i = before; i < m->samples->n; i++)
		m->missing += isinf(m->samples->value[i]) != 0;
	return rc;
}

static int
collect_tcp_connect(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return sides_collect(t, f, TCP_CONNECT_MS, m->samples);
}

static int
collect_tcp_rtt(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return sides_collect(t, f, TCP_RTT_MS, m->samples);
}

static int
collect_large_lost(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return t->has_fault ? sides_collect(t, f, LARGE_LOST, m->samples) : 0;
}

static int
collect_large_rtt(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return sides_collect(t, f, LARGE_RTT_MS, m->samples);
}

/* The rows of one trial of what rtt.h keeps of all. */
static int
collect_rtt(const struct run *r, const struct trial *t, metric_family f, enum rtt_of what,
	struct metric *m)
{
	struct samples *all = samples_new();
	int rc = all == NULL ? -ENOMEM : rtt_collect(r, -1, f, what, all);

	for (size_t i = 0; rc == 0 && i < all->n; i++)
		if (all->trial[i] == t->number)
			rc = samples_add(m->samples, all->value[i], t->number);
	samples_free(all);
	return rc;
}

static int
collect_anycast_rtt(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return collect_rtt(r, t, f, RTT_ANYCAST, m);
}

static int
collect_unicast_rtt(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return collect_rtt(r, t, f, RTT_MEAN, m);
}

static int
collect_nearer_rtt(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return collect_rtt(r, t, f, RTT_NEARER, m);
}

static const struct {
	const char *name;
	const char *unit;
	const char *over;
	collect *collect; /* NULL: a tally or the latency */
	enum tally_of tally;
} metrics[] = {
	{"withdraw_ms", "ms", "trials", collect_withdraw, 0},
	{"withdraw_flaps", "times", "trials", collect_flaps, 0},
	{"restore_announce_ms", "ms", "trials", collect_announce, 0},
	{"first_good_answer_ms", "ms", "affected streams x trials", collect_first_good, 0},
	{"loss_of_connectivity_ms", "ms", "streams of affected cities x trials", collect_loss, 0},
	{"full_convergence_ms", "ms", "trials", collect_full, 0},
	{"unanswered_queries", "queries", "trials", NULL, LOST},
	{"icmp_unreachable_queries", "queries", "trials", NULL, ICMP},
	{"send_failed_queries", "queries", "trials", NULL, SEND_FAILED},
	{"wrong_answer_queries", "queries", "trials", NULL, WRONG},
	{"streams_with_loss", "streams", "trials", NULL, WITH_LOSS},
	{"bystander_unanswered_queries", "queries", "trials", collect_bystanders, 0},
	{"client_failures", "lookups", "trials", NULL, LOOKUP_FAILED},
	{"restore_unanswered_queries", "queries", "trials", NULL, RESTORE_LOST},
	{"restore_wrong_answer_queries", "queries", "trials", NULL, RESTORE_WRONG},
	{"longest_outage_ms", "ms", "streams x trials", collect_outage, 0},
	{"before_unanswered_queries", "queries", "trials", NULL, LOST_BEFORE},
	{"resolver_failures", "lookups", "trials", collect_resolver_failures, 0},
	{"resolver_slow_lookups", "lookups", "trials", collect_resolver_slow, 0},
	{"resolver_latency_added_ms", "ms", "good lookups in affected cities",
		collect_resolver_latency, 0},
	{"restore_resolver_failures", "lookups", "trials", collect_resolver_restore, 0},
	{"before_resolver_failures", "lookups", "trials", collect_resolver_before, 0},
	{"anycast_rtt_ms", "ms", "probes x trials", collect_anycast_rtt, 0},
	{"unicast_rtt_ms", "ms", "probes x trials", collect_unicast_rtt, 0},
	{"unicast_nearer_rtt_ms", "ms", "probes x trials", collect_nearer_rtt, 0},
	{"tcp_unanswered_queries", "queries", "trials", collect_tcp_lost, 0},
	{"tcp_first_good_answer_ms", "ms", "affected TCP streams x trials", collect_tcp_first_good,
		0},
	{"tcp_connect_ms", "ms", "TCP streams x trials", collect_tcp_connect, 0},
	{"tcp_rtt_ms", "ms", "TCP streams x trials", collect_tcp_rtt, 0},
	{"large_unanswered_queries", "queries", "trials", collect_large_lost, 0},
	{"large_rtt_ms", "ms", "streams of large answers x trials", collect_large_rtt, 0},
	{"client_latency_added_ms", "ms", "lookups of more than one try", NULL, 0},
	{"loss_derived_loss_of_connectivity_ms", "ms", "trials", rfc_collect_loss_derived, 0},
	{"rib_convergence_ms", "ms", "exchanges x routers x trials", rfc_collect_rib, 0},
	{"fib_convergence_ms", "ms", "exchanges x routers x trials", rfc_collect_fib, 0},
	{"path_exploration_steps", "steps", "prefixes x routers x trials", rfc_collect_steps, 0},
	{"bgp_updates", "messages", "trials", rfc_collect_updates, 0},
	{"bgp_withdraws", "messages", "trials", rfc_collect_withdraws, 0},
	{"bgp_messages", "messages", "trials", rfc_collect_messages, 0},
	{"bgp_bytes", "bytes", "trials", rfc_collect_bytes, 0},
	{"soak_good_rounds", "rounds", "trials", soak_collect_rounds, 0},
	{"soak_stuck_rounds", "rounds", "trials", soak_collect_stuck, 0},
	{"soak_sessions_lost", "sessions", "trials", soak_collect_lost, 0},
	{"soak_drift_ms", "ms", "trials", soak_collect_drift, 0},
	{"soak_unanswered_queries", "queries", "trials", soak_collect_unanswered, 0},
	{"soak_failures", "failures", "trials", soak_collect_failures, 0},
	{"soak_withdraw_convergence_ms", "ms", "rounds x trials", soak_collect_withdraw, 0},
	{"soak_announce_convergence_ms", "ms", "rounds x trials", soak_collect_announce, 0},
};

enum { METRICS = sizeof(metrics) / sizeof(metrics[0]) };

size_t
metric_names(const char *const **ret)
{
	static const char *names[METRICS];

	for (size_t i = 0; i < METRICS; i++)
		names[i] = metrics[i].name;
	*ret = names;
	return METRICS;
}

int
metric_collect(const struct run *r, const char *name, metric_family family, struct metric *ret)
{
	struct metric m = {0};
	size_t k = 0;
	int rc = 0;

	while (k < METRICS && strcmp(metrics[k].name, name) != 0)
		k++;
	if (k == METRICS)
		return loads_collect(r, name, family, ret);
	m.unit = metrics[k].unit;
	m.over = metrics[k].over;
	m.samples = samples_new();
	if (m.samples == NULL)
		return -ENOMEM;
	if (strcmp(name, "client_latency_added_ms") == 0)
		rc = collect_latency(r, family, &m);
	else
		for (size_t i = 0; i < r->trials && rc == 0; i++) {
			const struct trial *t = &r->trial[i];

			if (!t->valid)
				continue;
			rc = metrics[k].collect != NULL
				? metrics[k].collect(r, t, family, &m)
				: collect_tally(t, family, &m, metrics[k].tally);
		}
	if (rc < 0)
		metric_done(&m);
	else
		*ret = m;
	return rc;
}

void
metric_done(struct metric *m)
{
	samples_free(m->samples);
	m->samples = NULL;
}
