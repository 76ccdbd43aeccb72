/* dns_json.c - what a DNS load came to, as JSON for programs. */
#include <math.h>
#include <string.h>

#include "bench/load/dns_show.h"
#include "lib/rcode.h"

static json_t *
count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
hist_json(const struct hist *h)
{
	static const struct {
		const char *key;
		double q;
	} quantiles[] = {{"min", 0}, {"p10", 0.1}, {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99},
		{"p999", 0.999}, {"p9999", 0.9999}, {"max", 1}};
	json_t *o = json_object();

	json_object_set_new(o, "n", count(h->count));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		json_object_set_new(o, quantiles[i].key,
			json_real((double)hist_quantile_ns(h, quantiles[i].q) / 1000));
	return o;
}

static json_t *
latency_json(const struct hist *h, int64_t sum_ns)
{
	json_t *o = hist_json(h);

	json_object_set_new(
		o, "mean", json_real(h->count == 0 ? 0 : (double)sum_ns / 1000 / (double)h->count));
	return o;
}

static json_t *
lost_json(const struct dns_stats *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "timed_out", count(s->timed_out));
	json_object_set_new(o, "unreachable", count(s->unreachable));
	json_object_set_new(o, "lost_connection", count(s->lost_connection));
	return o;
}

static json_t *
strays_json(const struct dns_stats *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "late", count(s->late));
	json_object_set_new(o, "duplicate", count(s->duplicate));
	json_object_set_new(o, "mismatch", count(s->mismatch));
	json_object_set_new(o, "malformed", count(s->malformed));
	json_object_set_new(o, "unmatched_errors", count(s->unmatched_errors));
	json_object_set_new(o, "local_drops", count(s->local_drops));
	return o;
}

static json_t *
not_sent_json(const struct dns_stats *s)
{
	json_t *o = json_object(), *errors = json_object();

	for (size_t i = 0; i < DNS_ERRNOS; i++)
		if (s->send_errnos[i].count > 0)
			json_object_set_new(errors, strerrorname_np(s->send_errnos[i].code),
				count(s->send_errnos[i].count));
	json_object_set_new(o, "generator_behind", count(s->not_sent));
	json_object_set_new(o, "send_failed", count(s->send_failed));
	json_object_set_new(o, "errors", errors);
	return o;
}

static json_t *
rcodes_json(const struct dns_stats *s)
{
	char name[RCODE_NAME_BYTES];
	json_t *o = json_object();

	for (unsigned int i = 0; i < DNS_RCODES; i++)
		if (s->rcodes[i] > 0)
			json_object_set_new(o, i == DNS_RCODES - 1 ? "other" : rcode_name(i, name),
				count(s->rcodes[i]));
	return o;
}

static json_t *
sites_json(const struct dns_result *r)
{
	json_t *all = json_array();
	const char *name;
	uint64_t answered;

	for (size_t i = 0; dns_timeline_site(r->timeline, i, &name, &answered) > 0; i++) {
		json_t *o = answered > 0 ? json_object() : NULL;

		if (o == NULL)
			continue;
		json_object_set_new(o, "site", json_string(name));
		json_object_set_new(o, "answered", count(answered));
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *
generator_json(const struct dns_plan *p, const struct dns_result *r)
{
	static const char *const wires[] = {"udp", "udp-segment", "tcp"};
	const struct dns_stats *s = &r->stats;
	json_t *o = json_object();

	json_object_set_new(o, "wire", json_string(wires[p->wire]));
	json_object_set_new(o, "threads", json_integer(p->threads));
	json_object_set_new(o, "sockets", json_integer((json_int_t)p->threads * p->sockets));
	json_object_set_new(o, "window", json_integer(p->window));
	json_object_set_new(o, "kernel_stamps", json_boolean(p->stamps));
	json_object_set_new(o, "kernel_send_stamps", json_boolean(p->send_stamps));
	json_object_set_new(o, "cpu_ms", json_real((double)s->cpu_ns / 1e6));
	json_object_set_new(o, "seed", json_integer((json_int_t)p->seed));
	json_object_set_new(o, "clock_stepped_us", json_real((double)r->clock_ns / 1000));
	return o;
}

json_t *
dns_show_json(const struct dns_plan *p, const struct dns_result *r)
{
	const struct dns_stats *s = &r->stats;
	bool open = p->window == 0;
	json_t *o = json_object();

	json_object_set_new(o, "schema", json_string("catchment.load-dns/1"));
	json_object_set_new(o, "verdict", json_string(dns_verdict_name(dns_judge(p, r))));
	json_object_set_new(o, "stopped", json_boolean(r->stopped));
	json_object_set_new(o, "began_ns", json_integer(r->began.ns));
	json_object_set_new(o, "planned_ms", json_real((double)r->planned_ns / 1e6));
	json_object_set_new(o, "sending_ms", json_real((double)r->sending_ns / 1e6));
	json_object_set_new(o, "sent", count(s->sent));
	json_object_set_new(o, "sent_qps", json_real(r->sent_qps));
	json_object_set_new(o, "sent_per_ms_sd",
		isnan(r->tick_deviation) ? json_null() : json_real(r->tick_deviation));
	json_object_set_new(o, "answered", count(s->answered));
	json_object_set_new(o, "answered_qps", json_real(r->answered_qps));
	json_object_set_new(o, "answer_bytes", count(s->answer_bytes));
	json_object_set_new(o, "loss_ratio",
		json_real(s->sent == 0 ? 0 : (double)dns_stats_lost(s) / (double)s->sent));
	json_object_set_new(o, "lost", lost_json(s));
	json_object_set_new(o, "not_sent", not_sent_json(s));
	json_object_set_new(o, "rcodes", rcodes_json(s));
	json_object_set_new(o, "truncated", count(s->truncated));
	json_object_set_new(o, "strays", strays_json(s));
	json_object_set_new(o, "latency_us", latency_json(&s->latency, s->latency_sum_ns));
	json_object_set_new(o, "latency_intended_us",
		open ? latency_json(&s->latency_intended, s->intended_sum_ns) : json_null());
	json_object_set_new(o, "lateness_us", open ? hist_json(&s->lateness) : json_null());
	json_object_set_new(o, "generator_late", open ? count(s->generator_late) : json_null());
	json_object_set_new(o, "late_bound_us", json_real((double)p->late_ns / 1000));
	json_object_set_new(o, "sites", r->timeline == NULL ? json_null() : sites_json(r));
	json_object_set_new(o, "generator", generator_json(p, r));
	return o;
}

json_t *
ramp_show_json(const struct ramp *r)
{
	json_t *o = json_object(), *tries = json_array();

	for (size_t i = 0; i < r->tries_len; i++) {
		const struct ramp_try *t = &r->tries[i];
		json_t *one = json_object();

		json_object_set_new(one, "rate_qps", json_real(t->rate_qps));
		json_object_set_new(one, "sent_qps", json_real(t->sent_qps));
		json_object_set_new(one, "loss_ratio", json_real(t->loss_ratio));
		json_object_set_new(one, "p50_us", json_real((double)t->p50_ns / 1000));
		json_object_set_new(one, "p99_us", json_real((double)t->p99_ns / 1000));
		json_object_set_new(one, "outcome", json_string(ramp_why_name(t->why)));
		json_array_append_new(tries, one);
	}
	json_object_set_new(o, "schema", json_string("catchment.load-dns-ramp/1"));
	json_object_set_new(o, "knee_qps", r->held_qps > 0 ? json_real(r->held_qps) : json_null());
	json_object_set_new(o, "outcome", json_string(ramp_outcome(r)));
	json_object_set_new(o, "from_qps", json_real(r->from_qps));
	json_object_set_new(o, "to_qps", json_real(r->to_qps));
	json_object_set_new(o, "try_ms", json_real((double)r->try_ns / 1e6));
	json_object_set_new(o, "loss_max_ratio", json_real(r->loss_max_ratio));
	json_object_set_new(o, "p99_max_us", json_real((double)r->p99_max_ns / 1000));
	json_object_set_new(o, "within_ratio", json_real(r->within_ratio));
	json_object_set_new(o, "tries", tries);
	return o;
}
