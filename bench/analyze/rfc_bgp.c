/* rfc_bgp.c - the routers of a run and what they sent each other, over its trials; as JSON. */
#include "bench/analyze/rfc_bgp.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/grow.h"
#include "bench/analyze/metrics.h"

static bool
samples_make(struct rfc_router *x)
{
	x->first_in_ms = samples_new();
	x->first_out_ms = samples_new();
	x->last_out_ms = samples_new();
	for (int f = 0; f < FAMILIES; f++) {
		x->rib_ms[f] = samples_new();
		x->fib_ms[f] = samples_new();
		x->steps[f] = samples_new();
		if (x->rib_ms[f] == NULL || x->fib_ms[f] == NULL || x->steps[f] == NULL)
			return false;
	}
	return x->first_in_ms != NULL && x->first_out_ms != NULL && x->last_out_ms != NULL;
}

static void
router_done(struct rfc_router *x)
{
	samples_free(x->first_in_ms);
	samples_free(x->first_out_ms);
	samples_free(x->last_out_ms);
	for (int f = 0; f < FAMILIES; f++) {
		samples_free(x->rib_ms[f]);
		samples_free(x->fib_ms[f]);
		samples_free(x->steps[f]);
	}
}

struct rfc_router *
rfc_router(struct rfc_bgp *b, const struct bgplog_node *n)
{
	struct rfc_router *x;

	for (size_t i = 0; i < b->routers; i++)
		if (strcmp(b->router[i].name, n->name) == 0)
			return &b->router[i];
	if (grow(&b->router, b->routers, sizeof(*x)) < 0)
		return NULL;
	x = &b->router[b->routers];
	*x = (struct rfc_router){0};
	memcpy(x->name, n->name, sizeof(x->name));
	memcpy(x->role, n->role, sizeof(x->role));
	memcpy(x->city, n->city, sizeof(x->city));
	b->routers++; /* so that router_done gets what was made */
	return samples_make(x) ? x : NULL;
}

struct rfc_hop *
rfc_hop(struct rfc_bgp *b, const char *from, const char *to)
{
	struct rfc_hop *h;

	for (size_t i = 0; i < b->hops; i++)
		if (strcmp(b->hop[i].from, from) == 0 && strcmp(b->hop[i].to, to) == 0)
			return &b->hop[i];
	if (grow(&b->hop, b->hops, sizeof(*h)) < 0)
		return NULL;
	h = &b->hop[b->hops++];
	*h = (struct rfc_hop){0};
	snprintf(h->from, sizeof(h->from), "%s", from);
	snprintf(h->to, sizeof(h->to), "%s", to);
	return h;
}

struct rfc_bgp *
rfc_bgp_new(void)
{
	struct rfc_bgp *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->fib_error_ms = NAN;
	b->messages = samples_new();
	b->bytes = samples_new();
	b->updates = samples_new();
	b->withdraws = samples_new();
	b->sessions_lost = samples_new();
	if (b->messages == NULL || b->bytes == NULL || b->updates == NULL || b->withdraws == NULL ||
		b->sessions_lost == NULL) {
		rfc_bgp_free(b);
		return NULL;
	}
	return b;
}

void
rfc_bgp_free(struct rfc_bgp *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->routers; i++)
		router_done(&b->router[i]);
	free(b->router);
	free(b->hop);
	samples_free(b->messages);
	samples_free(b->bytes);
	samples_free(b->updates);
	samples_free(b->withdraws);
	samples_free(b->sessions_lost);
	free(b);
}

/* ---- as JSON ---- */

void
rfc_accuracy_read(struct run *r)
{
	char path[PATH_MAX];
	json_t *calibration, *p99;
	struct err unheard;

	snprintf(path, sizeof(path), "%s/calibration/calibration.json", r->dir);
	if (json_file(path, &calibration, &unheard) < 0)
		return;
	p99 = json_object_get(json_object_get(calibration, "delay_error_us"), "p99");
	if (json_is_number(p99))
		r->wire_accuracy_ms = json_number_value(p99) / 1e3;
	json_decref(calibration);
}

double
rfc_wire_accuracy_ms(const struct run *r)
{
	return r->wire_accuracy_ms;
}

double
rfc_fib_accuracy_ms(const struct run *r)
{
	return r->bgp == NULL ? (double)NAN : r->wire_accuracy_ms + r->bgp->fib_error_ms;
}

static int
append(struct samples *to, const struct samples *from)
{
	int rc = 0;

	for (size_t i = 0; i < from->n && rc == 0; i++)
		rc = samples_add(to, from->value[i], from->trial[i]);
	return rc;
}

/* Both families, in one summary. NULL when out of memory. */
static json_t *
both(struct samples *const of[static FAMILIES])
{
	struct samples *all = samples_new();
	json_t *o = NULL;

	if (all != NULL && append(all, of[V4]) == 0 && append(all, of[V6]) == 0)
		o = metric_summary(all);
	samples_free(all);
	return o;
}

static json_t *
count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
router_json(const struct rfc_router *x)
{
	json_t *o = json_object(), *rib = both(x->rib_ms), *fib = both(x->fib_ms),
	       *steps = both(x->steps);

	if (rib == NULL || fib == NULL || steps == NULL) {
		json_decref(rib);
		json_decref(fib);
		json_decref(steps);
		json_decref(o);
		return NULL;
	}
	json_object_set_new(o, "node", json_string(x->name));
	json_object_set_new(o, "role", json_string(x->role));
	json_object_set_new(o, "city", json_string(x->city));
	json_object_set_new(o, "updates_in", count(x->updates_in));
	json_object_set_new(o, "updates_out", count(x->updates_out));
	json_object_set_new(o, "withdraws_out", count(x->withdraws_out));
	json_object_set_new(o, "unasked_updates_out", count(x->unasked_out));
	json_object_set_new(o, "messages_out", count(x->messages_out));
	json_object_set_new(o, "bytes_out", count(x->bytes_out));
	json_object_set_new(o, "first_update_in_ms", metric_summary(x->first_in_ms));
	json_object_set_new(o, "first_update_out_ms", metric_summary(x->first_out_ms));
	json_object_set_new(o, "last_update_out_ms", metric_summary(x->last_out_ms));
	json_object_set_new(o, "rib_convergence_ms", rib);
	json_object_set_new(o, "fib_convergence_ms", fib);
	json_object_set_new(o, "path_exploration_steps", steps);
	return o;
}

static int
router_order(const void *a, const void *b)
{
	const struct rfc_router *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int
hop_order(const void *a, const void *b)
{
	const struct rfc_hop *x = a, *y = b;
	int c = strcmp(x->from, y->from);

	return c != 0 ? c : strcmp(x->to, y->to);
}

static json_t *
hops_json(const struct rfc_bgp *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->hops; i++) {
		const struct rfc_hop *h = &b->hop[i];
		json_t *o = json_object();

		json_object_set_new(o, "from", json_string(h->from));
		json_object_set_new(o, "to", json_string(h->to));
		json_object_set_new(o, "updates", count(h->updates));
		json_object_set_new(o, "withdraws", count(h->withdraws));
		json_object_set_new(o, "messages", count(h->messages));
		json_object_set_new(o, "bytes", count(h->bytes));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
totals_json(const struct rfc_bgp *b)
{
	json_t *o = json_object();

	json_object_set_new(o, "updates", metric_summary(b->updates));
	json_object_set_new(o, "withdraws", metric_summary(b->withdraws));
	json_object_set_new(o, "messages", metric_summary(b->messages));
	json_object_set_new(o, "bytes", metric_summary(b->bytes));
	json_object_set_new(o, "sessions_lost", metric_summary(b->sessions_lost));
	return o;
}

json_t *
rfc_bgp_json(const struct run *r)
{
	struct rfc_bgp *b = r->bgp;
	json_t *o, *routers, *one;

	if (b == NULL || b->trials == 0)
		return json_null();
	if (b->routers > 0)
		qsort(b->router, b->routers, sizeof(b->router[0]), router_order);
	if (b->hops > 0)
		qsort(b->hop, b->hops, sizeof(b->hop[0]), hop_order);
	o = json_object();
	routers = json_array();
	for (size_t i = 0; i < b->routers; i++) {
		one = router_json(&b->router[i]);
		if (one == NULL) {
			json_decref(o);
			json_decref(routers);
			return NULL;
		}
		json_array_append_new(routers, one);
	}
	json_object_set_new(o, "trials", count(b->trials));
	json_object_set_new(o, "fib_trials", count(b->fib_trials));
	json_object_set_new(o, "wire_accuracy_ms", json_number(rfc_wire_accuracy_ms(r)));
	json_object_set_new(o, "fib_accuracy_ms", json_number(rfc_fib_accuracy_ms(r)));
	json_object_set_new(o, "totals", totals_json(b));
	json_object_set_new(o, "routers", routers);
	json_object_set_new(o, "hops", hops_json(b));
	return o;
}
