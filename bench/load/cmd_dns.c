/* cmd_dns.c - `catchment load dns`: from its options to a load, and from that to an exit code. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/load/dns_options.h"
#include "bench/load/dns_ramp.h"
#include "bench/load/dns_run.h"
#include "bench/load/dns_show.h"
#include "bench/load/kinds.h"
#include "lib/command.h"
#include "lib/mono.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum { SOCKETS = 8, WINDOW = 240 }; /* a veth pair holds 256 packets for its other end */

#define TIMEOUT_NS     (2 * NS_PER_S)
#define TIMEOUT_MAX_NS (200 * NS_PER_MS)

static int
refuse(int rc, const struct err *e)
{
	talk_error("%s", e->text);
	return rc == -EINVAL || rc == -EPERM || rc == -ENOENT || rc == -E2BIG || rc == -EAFNOSUPPORT
		? EXIT_USAGE
		: EXIT_ENVIRONMENT;
}

static void
print_json(json_t *o)
{
	json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(o);
}

/* What was not asked for in numbers. */
static void
fill_in(const struct dns_options *o, struct dns_plan *p)
{
	p->threads = o->threads > 0 ? o->threads : o->cpus_len > 0 ? (unsigned int)o->cpus_len : 1;
	p->sockets = o->sockets > 0 ? o->sockets : SOCKETS;
	p->window = o->window > 0 ? o->window : o->max ? WINDOW : 0;
	p->wire = o->tcp ? WIRE_TCP : o->max && !o->singly ? WIRE_UDP_SEGMENT : WIRE_UDP;
	p->stamps = !o->tcp;
	p->send_stamps = !o->tcp && !o->max; /* they cost a call more */
	p->timeout_ns = o->timeout_ns > 0 ? o->timeout_ns : o->max ? TIMEOUT_MAX_NS : TIMEOUT_NS;
	p->late_ns = o->late_ns;
	p->late_ratio = o->late_ratio;
	p->bucket_ns = o->timeline != NULL || o->openmetrics != NULL ? o->bucket_ns : 0;
	p->seed = o->seed;
	p->fresh_seed = o->fresh_seed;
	p->cpus = o->cpus;
	p->cpus_len = o->cpus_len;
}

static int
report(const struct dns_options *o, const struct dns_plan *p, const struct dns_result *r)
{
	enum dns_verdict verdict = dns_judge(p, r);
	struct err e;
	int rc = 0;

	talk_clear();
	if (o->json)
		print_json(dns_show_json(p, r));
	else
		dns_show_text(p, r, stdout);
	if (o->timeline != NULL)
		rc = dns_timeline_write(r->timeline, o->timeline, r->began, &e);
	if (rc == 0 && o->openmetrics != NULL)
		rc = dns_write_openmetrics(p, r, o->openmetrics, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	if (r->stopped)
		return EXIT_INTERRUPTED;
	return verdict == DNS_GOOD	 ? EXIT_GOOD
		: verdict == DNS_NOTHING ? EXIT_MISSED
					 : EXIT_INCONCLUSIVE;
}

static int
load_once(const struct dns_options *o, const struct dns_plan *p)
{
	struct dns_result r;
	struct err e;
	int rc = dns_run(p, false, &r, &e), status;

	if (rc < 0)
		return refuse(rc, &e);
	status = report(o, p, &r);
	dns_result_done(&r);
	return status;
}

/* One rate of a ramp. */
static int
try_rate(struct dns_plan *p, double rate_qps, int64_t try_ns, struct ramp_try *ret,
	bool *ret_stopped, struct err *e)
{
	struct dns_result r;
	int rc;

	p->schedule.steps[0] = (struct schedule_step){rate_qps, try_ns};
	p->schedule.steps_len = 1;
	rc = dns_run(p, false, &r, e);
	if (rc < 0)
		return rc;
	*ret = (struct ramp_try){.rate_qps = rate_qps,
		.sent_qps = r.sent_qps,
		.loss_ratio = r.stats.sent == 0
			? 1
			: (double)dns_stats_lost(&r.stats) / (double)r.stats.sent,
		.p50_ns = hist_quantile_ns(&r.stats.latency, 0.5),
		.p99_ns = hist_quantile_ns(&r.stats.latency, 0.99)};
	if (dns_judge(p, &r) == DNS_LATE || dns_judge(p, &r) == DNS_DROPPED)
		ret->why = RAMP_GENERATOR;
	*ret_stopped = r.stopped;
	dns_result_done(&r);
	return 0;
}

static int
load_ramp(const struct dns_options *o, struct dns_plan *p)
{
	struct ramp r = {.from_qps = o->ramp_from_qps,
		.to_qps = o->ramp_to_qps,
		.within_ratio = 0.05,
		.loss_max_ratio = o->loss_ratio,
		.p99_max_ns = o->p99_ns,
		.try_ns = o->try_ns};
	struct ramp_try t;
	struct err e;
	bool stopped = false;
	double rate_qps;

	while (!stopped && (rate_qps = ramp_next(&r)) > 0) {
		int rc = try_rate(p, rate_qps, r.try_ns, &t, &stopped, &e);

		if (rc < 0)
			return refuse(rc, &e);
		if (stopped)
			break;
		ramp_note(&r, t);
		talk_step("%.0f q/s: %s", rate_qps, ramp_why_name(r.tries[r.tries_len - 1].why));
	}
	talk_clear();
	if (o->json)
		print_json(ramp_show_json(&r));
	else
		ramp_show_text(&r, stdout);
	if (stopped)
		return EXIT_INTERRUPTED;
	return r.held_qps <= 0 ? EXIT_MISSED : EXIT_GOOD;
}

/* May we run on all of them? Otherwise a thread would run anywhere and nobody would know. */
static int
check_cpus(const struct dns_options *o, struct err *e)
{
	cpu_set_t before, one;
	int rc = 0;

	if (o->cpus_len == 0 || sched_getaffinity(0, sizeof(before), &before) < 0)
		return 0;
	for (size_t i = 0; i < o->cpus_len && rc == 0; i++) {
		CPU_ZERO(&one);
		CPU_SET((size_t)o->cpus[i], &one);
		if (sched_setaffinity(0, sizeof(one), &one) < 0)
			rc = err_set(
				e, EINVAL, "--cpus: there is no processor %d for us", o->cpus[i]);
	}
	sched_setaffinity(0, sizeof(before), &before);
	return rc;
}

static int
load(const struct dns_options *o, struct dns_plan *p)
{
	struct sockaddr_storage targets[DNS_TARGETS_MAX];
	struct inet *sources = NULL;
	bool elsewhere;
	struct err e;
	int rc, status;

	fill_in(o, p);
	rc = check_cpus(o, &e);
	if (rc == 0)
		rc = dns_options_targets(o, targets, &elsewhere, &e);
	if (rc == 0)
		rc = dns_options_schedule(o, p->queries, elsewhere, &p->schedule, &e);
	if (rc == 0)
		rc = dns_options_sources(
			o, targets, (size_t)p->threads * p->sockets, &sources, &p->sources_len, &e);
	if (rc < 0)
		return refuse(rc, &e);
	p->targets = targets;
	p->targets_len = (size_t)o->targets_len;
	if (p->sockets * p->threads < p->targets_len) /* each address has one at least */
		p->sockets = (unsigned int)((p->targets_len + p->threads - 1) / p->threads);
	p->sources = sources;
	status = o->ramp_to_qps > 0 ? load_ramp(o, p) : load_once(o, p);
	free(sources);
	return status;
}

int
load_dns(int argc, char *argv[])
{
	struct queries *queries;
	struct dns_plan p = {0};
	struct dns_options o;
	int status;

	dns_options_parse(argc, argv, &o);
	status = query_options_make(&o.queries, o.seed, &queries);
	if (status != EXIT_GOOD)
		return status;
	p.queries = queries;
	if (o.check) {
		status = EXIT_GOOD;
	} else if (o.queries.dry) {
		status = query_show(queries, o.queries.dry_n, o.json, stdout);
	} else {
		stop_install();
		status = load(&o, &p);
	}
	queries_free(queries);
	return status;
}
