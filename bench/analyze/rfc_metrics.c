/* rfc_metrics.c - metrics by their names in RFC 6412 and RFC 7747, how exact they are, and those made of BGP. */
#include "bench/analyze/rfc_metrics.h"

#include <math.h>
#include <string.h>

#include "bench/analyze/rfc_bgp.h"

/*
 * What limits a figure. RFC 6413: what is seen by losing packets is no finer than the time between two
 * packets to the same destination; here that is the gap of a stream.
 */
enum limit { OF_GAP, OF_WIRE, OF_FIB };

static const struct {
	const char *metric;
	const char *rfc; /* NULL: no name of an RFC's */
	enum limit limit;
} figures[] = {
	{"first_good_answer_ms", "Route-Specific Convergence Time (RFC 6412)", OF_GAP},
	{"loss_of_connectivity_ms", "Route Loss of Connectivity Period (RFC 6412)", OF_GAP},
	{"loss_derived_loss_of_connectivity_ms",
		"Loss-Derived Loss of Connectivity Period (RFC 6412)", OF_GAP},
	{"full_convergence_ms", "Full Convergence Time (RFC 6412)", OF_GAP},
	{"client_latency_added_ms", NULL, OF_GAP},
	{"withdraw_ms", NULL, OF_WIRE},
	{"restore_announce_ms", NULL, OF_WIRE},
	{"rib_convergence_ms", "RIB-OUT Convergence Time (RFC 7747)", OF_WIRE},
	{"fib_convergence_ms", "RIB-IN Convergence Time, to the kernel's table (RFC 7747)", OF_FIB},
	{"soak_withdraw_convergence_ms", NULL, OF_FIB},
	{"soak_announce_convergence_ms", NULL, OF_FIB},
};

/* Counts that an RFC has a name for. */
static const struct {
	const char *metric, *rfc;
} counts[] = {
	{"unanswered_queries", "Connectivity Packet Loss (RFC 6412)"},
	{"restore_unanswered_queries", "Connectivity Packet Loss, reversion (RFC 6412)"},
};

const char *
rfc_metric_name(const char *metric)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if (strcmp(figures[i].metric, metric) == 0)
			return figures[i].rfc;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (strcmp(counts[i].metric, metric) == 0)
			return counts[i].rfc;
	return NULL;
}

double
rfc_metric_accuracy_ms(const struct run *r, const char *metric)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (strcmp(figures[i].metric, metric) != 0)
			continue;
		switch (figures[i].limit) {
		case OF_GAP:
			return r->gap_ms;
		case OF_WIRE:
			return rfc_wire_accuracy_ms(r);
		case OF_FIB:
			return rfc_fib_accuracy_ms(r);
		}
	}
	return NAN;
}

/* ---- samples ---- */

static int
add_of_trial(struct metric *m, const struct samples *s, int trial)
{
	int rc = 0;

	for (size_t i = 0; i < s->n && rc == 0; i++)
		if (s->trial[i] == trial)
			rc = samples_add(m->samples, s->value[i], trial);
	return rc;
}

/* Of all routers; `at` is where a router keeps its two families' samples. */
static int
add_routers(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m, size_t at)
{
	int rc = 0;

	for (size_t i = 0; r->bgp != NULL && i < r->bgp->routers && rc == 0; i++) {
		const char *router = (const char *)&r->bgp->router[i];
		struct samples *of[FAMILIES];

		memcpy(of, router + at, sizeof(of));
		for (int k = 0; k < FAMILIES && rc == 0; k++)
			if (f == FAMILIES || f == k)
				rc = add_of_trial(m, of[k], t->number);
	}
	return rc;
}

int
rfc_collect_rib(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return add_routers(r, t, f, m, offsetof(struct rfc_router, rib_ms));
}

int
rfc_collect_fib(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return add_routers(r, t, f, m, offsetof(struct rfc_router, fib_ms));
}

int
rfc_collect_steps(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return add_routers(r, t, f, m, offsetof(struct rfc_router, steps));
}

int
rfc_collect_loss_derived(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	double lost = 0, streams = 0;

	for (size_t i = 0; i < t->streams && t->has_fault; i++) {
		const struct stream *s = &t->stream[i];

		if (!r->city[s->city].affected || (f != FAMILIES && f != (metric_family)s->family))
			continue;
		lost += s->lost;
		streams++;
	}
	return streams > 0 ? samples_add(m->samples, lost * r->gap_ms / streams, t->number) : 0;
}

/* Messages have no family. */
static int
add_total(const struct trial *t, metric_family f, struct metric *m, const struct samples *s)
{
	return f != FAMILIES ? 0 : add_of_trial(m, s, t->number);
}

int
rfc_collect_updates(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return r->bgp == NULL ? 0 : add_total(t, f, m, r->bgp->updates);
}

int
rfc_collect_withdraws(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return r->bgp == NULL ? 0 : add_total(t, f, m, r->bgp->withdraws);
}

int
rfc_collect_messages(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return r->bgp == NULL ? 0 : add_total(t, f, m, r->bgp->messages);
}

int
rfc_collect_bytes(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	return r->bgp == NULL ? 0 : add_total(t, f, m, r->bgp->bytes);
}
