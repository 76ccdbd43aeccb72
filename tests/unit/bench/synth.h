/*
 * synth.h - a run directory made up with a known truth: dns-crash at hkg, served by tyo meanwhile.
 *
 * Two cities (hkg with two probes, tyo with one), each probe with an IPv4 and an IPv6 stream, ten
 * queries a second. The fault is at SYNTH_FAULT_NS; hkg's streams then get two ICMP errors each, then
 * silence, and tyo's answers from SYNTH_SWITCH_MS on. The restore is at SYNTH_RESTORE_MS, hkg serves
 * again from SYNTH_BACK_MS. The node at fault is captured at two interfaces, the access node of hkg at
 * one. Included by the tests that need it; what is not used by one is used by another.
 */
#ifndef TESTS_UNIT_BENCH_SYNTH_H
#define TESTS_UNIT_BENCH_SYNTH_H

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/answers.h"
#include "lib/fs.h"
#include "tests/unit/bench/synth_wire.h"

enum { SYNTH_STREAMS = 6, SYNTH_HKG_STREAMS = 4 };

struct synth_truth {
	unsigned lost[SYNTH_STREAMS];
	unsigned icmp[SYNTH_STREAMS];
	unsigned restore_lost[SYNTH_STREAMS];
	int64_t first_good_ns[SYNTH_STREAMS]; /* wall, 0: none */
	int64_t full_convergence_ns;	      /* from the fault */
	unsigned sent;
};

/* ---- streams ---- */

static const struct {
	const char *city, *source, *target;
	int probe;
} synth_stream[SYNTH_STREAMS] = {
	{"hkg", "198.18.11.10", "203.0.113.53", 0},
	{"hkg", "2001:db8:11::10", "2001:db8:53::53", 0},
	{"hkg", "198.18.11.11", "203.0.113.53", 1},
	{"hkg", "2001:db8:11::11", "2001:db8:53::53", 1},
	{"tyo", "198.18.12.10", "203.0.113.53", 2},
	{"tyo", "2001:db8:12::10", "2001:db8:53::53", 2},
};

/* Packets are written in order of time, so answers wait in a list. */
struct synth_reply {
	int64_t wall_ns;
	unsigned stream, seq, kind; /* 0 answer of hkg, 1 of tyo, 2 ICMP, 3 the query itself */
};

static int
by_wall(const void *a, const void *b)
{
	const struct synth_reply *x = a, *y = b;

	return (x->wall_ns > y->wall_ns) - (x->wall_ns < y->wall_ns);
}

static void
synth_access(const char *path, struct synth_reply *packets, size_t n)
{
	static const char *const nsid[] = {"hkg", "tyo"};
	FILE *f = synth_pcap(path);

	qsort(packets, n, sizeof(packets[0]), by_wall);
	for (size_t i = 0; i < n; i++) {
		const struct synth_reply *p = &packets[i];
		const char *us = synth_stream[p->stream].source;
		const char *service = synth_stream[p->stream].target;
		struct synth_bytes m, u;
		char name[64];
		unsigned port = 40000 + p->stream;

		snprintf(name, sizeof(name), "s%u-q%u-cafe.probe.example", p->stream, p->seq);
		dns_message(&m, p->seq * 7 + p->stream, name, p->kind < 2 ? nsid[p->kind] : NULL);
		udp_packet(&u, p->kind < 2 ? 53 : port, p->kind < 2 ? port : 53, &m);
		if (p->kind == 2)
			synth_unreachable(f, p->wall_ns, us, service, &u);
		else if (p->kind == 3)
			synth_frame(f, p->wall_ns, us, service, 17, &u, 6);
		else
			synth_frame(f, p->wall_ns, service, us, 17, &u, 6);
	}
	assert(fclose(f) == 0);
}

/* The health check on the loopback of hkg: every 2 s, last asked SYNTH_PHASE_NS before the fault. */
#define SYNTH_PHASE_NS 250500000LL
static void
synth_check(const char *path)
{
	FILE *f = synth_pcap(path);

	for (int i = -3; i <= 3; i++) {
		int64_t asked_ns = SYNTH_FAULT_NS - SYNTH_PHASE_NS + i * 2000 * SYNTH_MS;
		struct synth_bytes m, u;

		dns_message(&m, (unsigned)(100 + i), "probe.example", NULL);
		udp_packet(&u, (unsigned)(41000 + i), 53, &m);
		synth_frame(f, asked_ns, "203.0.113.53", "203.0.113.53", 17, &u, 6);
		if (asked_ns > SYNTH_FAULT_NS)
			continue;
		dns_message(&m, (unsigned)(100 + i), "probe.example", "hkg");
		udp_packet(&u, 53, (unsigned)(41000 + i), &m);
		synth_frame(f, asked_ns + 100000, "203.0.113.53", "203.0.113.53", 17, &u, 6);
	}
	assert(fclose(f) == 0);
}

struct synth_outcome {
	enum answers_status status;
	int site; /* 0 hkg, 1 tyo */
	int64_t rtt_ns;
};

/* hkg keeps its route, and says nothing until it is mended: queries of the last 60 ms find it so, and are answered after. */
static bool synth_keeps;

/* What becomes of a query of stream i sent `at` nanoseconds after the fault; `nth` lost one of it. */
static struct synth_outcome
synth_decide(unsigned i, int64_t at, unsigned nth)
{
	if (i >= SYNTH_HKG_STREAMS)
		return (struct synth_outcome){ANSWERS_GOOD, 1, 6200000 + i};
	if (at < -1000000 || at >= SYNTH_BACK_MS * SYNTH_MS)
		return (struct synth_outcome){ANSWERS_GOOD, 0, 1400000 + i};
	if (synth_keeps && at < (SYNTH_RESTORE_MS - 60) * SYNTH_MS)
		return (struct synth_outcome){ANSWERS_UNANSWERED, -1, 0};
	if (synth_keeps)
		return (struct synth_outcome){ANSWERS_GOOD, 0, 60000000 + i};
	/* On its way when the fault struck, or after it: two refusals, then silence. */
	if (at < SYNTH_SWITCH_MS * SYNTH_MS)
		return (struct synth_outcome){
			at >= 0 && nth < 2 ? ANSWERS_UNREACHABLE : ANSWERS_UNANSWERED, -1, 1300000};
	/* The way back to hkg costs stream 0 one query. */
	if (i == 0 && at >= (SYNTH_BACK_MS - 100) * SYNTH_MS)
		return (struct synth_outcome){ANSWERS_UNANSWERED, -1, 0};
	return (struct synth_outcome){ANSWERS_GOOD, 1, 52500000 + i};
}

/* What the plan says of the last mile of hkg's streams; 0: nothing. */
static int64_t synth_last_mile_ns;

/* Streams that no metric of the service over UDP may see. */
enum { SYNTH_SIDES = 3 };
static bool synth_sides;
static const char synth_side_streams[] =
	",{\"id\":6,\"probe\":0,\"city\":\"hkg\",\"source\":\"198.18.11.10\",\"target\":"
	"\"198.18.1.53\",\"service\":\"unicast\",\"label\":\"hkg\",\"rate_qps\":1}"
	",{\"id\":7,\"probe\":0,\"city\":\"hkg\",\"source\":\"198.18.11.10\",\"target\":"
	"\"198.18.2.53\",\"service\":\"unicast\",\"label\":\"tyo\",\"rate_qps\":1}"
	",{\"id\":8,\"probe\":0,\"city\":\"hkg\",\"source\":\"198.18.11.10\",\"target\":"
	"\"203.0.113.53\",\"transport\":\"tcp\",\"rate_qps\":1,\"last_mile_ns\":2000000}";

static void
synth_plan(char *out, size_t out_bytes)
{
	int n = snprintf(out, out_bytes,
		"{\"schema\":\"catchment.probe-plan/1\",\"seed\":1,\"rate_qps\":10,%s\"streams\":[",
		synth_last_mile_ns == 0 ? "" : "\"last_mile\":{\"seed\":7},");

	for (int i = 0; i < SYNTH_STREAMS; i++)
		n += snprintf(out + n, out_bytes - (size_t)n,
			"%s{\"id\":%d,\"probe\":%d,\"city\":\"%s\",\"node\":\"acc-%s\",\"source\":"
			"\"%s\",\"target\":\"%s\",\"last_mile_ns\":%lld,\"port\":53}",
			i == 0 ? "" : ",", i, synth_stream[i].probe, synth_stream[i].city,
			synth_stream[i].city, synth_stream[i].source, synth_stream[i].target,
			i < SYNTH_HKG_STREAMS ? (long long)synth_last_mile_ns : 0);
	if (synth_sides)
		n += snprintf(out + n, out_bytes - (size_t)n, "%s", synth_side_streams);
	snprintf(out + n, out_bytes - (size_t)n, "]}");
}

/*
 * What synth_sides adds, at one query a second: probe 0 asks two unicast sites (30 and 50 ms away, but for
 * one answer that is the other's) and the service over TCP (connected after 1.4 ms, answered after 3), which is
 * refused from the fault to SYNTH_SWITCH_MS and then answered by tyo.
 */
static void
synth_side_answers(struct answers_writer *w, int64_t t0)
{
	for (unsigned k = 0; k * 1000 < SYNTH_END_MS + 5000; k++)
		for (uint16_t i = 0; i < SYNTH_SIDES; i++) {
			int64_t sent = t0 + k * 1000 * SYNTH_MS + i * 1000,
				at = sent - SYNTH_FAULT_NS;
			bool tcp = i == 2,
			     refused = tcp && at >= 0 && at < SYNTH_SWITCH_MS * SYNTH_MS;
			bool moved = tcp ? at >= 0 && at < SYNTH_BACK_MS * SYNTH_MS
					 : (i == 1) != (k == 9);
			struct answers_query q = {
				.status = refused ? ANSWERS_REFUSED : ANSWERS_GOOD,
				.rcode = refused ? ANSWERS_RCODE_NONE : 0,
				.stream = (uint16_t)(SYNTH_STREAMS + i),
				.seq = k,
				.nsid = ANSWERS_NSID_NONE,
				.sent = {sent},
				.received = {sent +
					(tcp			 ? 3 * SYNTH_MS
							: i == 0 ? 30 * SYNTH_MS
								 : 50 * SYNTH_MS)},
				.over_tcp = tcp,
				.tcp = {.connect_ns = refused ? 0 : 1400000}};

			if (!refused)
				q.nsid = answers_intern_nsid(
					w, (const uint8_t *)(moved ? "tyo" : "hkg"), 3);
			assert(answers_write_query(w, &q) == 0);
		}
}

static void
synth_count(struct synth_truth *truth, unsigned i, int64_t at, int64_t sent_ns,
	const struct synth_outcome *o, bool in_flight)
{
	bool lost = o->status != ANSWERS_GOOD;

	truth->sent++;
	if (at >= SYNTH_RESTORE_MS * SYNTH_MS) {
		truth->restore_lost[i] += lost;
	} else if (at >= 0 || in_flight) {
		truth->lost[i] += lost;
		truth->icmp[i] += o->status == ANSWERS_UNREACHABLE;
	}
	if (!lost && at >= 0 && i < SYNTH_HKG_STREAMS && truth->first_good_ns[i] == 0) {
		truth->first_good_ns[i] = sent_ns + o->rtt_ns;
		if (truth->first_good_ns[i] - SYNTH_FAULT_NS > truth->full_convergence_ns)
			truth->full_convergence_ns = truth->first_good_ns[i] - SYNTH_FAULT_NS;
	}
}

static void
synth_answers(const char *dir, struct synth_truth *truth)
{
	/* Stream 3's query number 50 leaves 0.7 ms before the fault: it is lost in flight. */
	int64_t t0 = SYNTH_FAULT_NS - 5050700000LL;
	struct synth_reply *packets = calloc(4096, sizeof(*packets));
	struct answers_writer *w;
	size_t n = 0;
	char path[512], plan[4096];
	struct err e;

	assert(packets != NULL);
	synth_plan(plan, sizeof(plan));
	snprintf(path, sizeof(path), "%s/answers", dir);
	assert(answers_create(path, plan, SYNTH_STREAMS + (synth_sides ? SYNTH_SIDES : 0),
		       (struct wall){t0}, (struct mono){1000000000}, &w, &e) == 0);
	for (unsigned i = 0; i < SYNTH_STREAMS; i++) {
		unsigned nth = 0;

		for (unsigned k = 0;; k++) {
			int64_t sent = t0 + k * 100000000LL + i * 100000000LL / SYNTH_STREAMS;
			int64_t at = sent - SYNTH_FAULT_NS;
			struct synth_outcome o = synth_decide(i, at, nth);
			struct answers_query q = {.status = o.status,
				.rcode = o.status == ANSWERS_GOOD ? 0 : ANSWERS_RCODE_NONE,
				.stream = (uint16_t)i,
				.seq = k,
				.nsid = ANSWERS_NSID_NONE,
				.sent = {sent}};

			if (at > SYNTH_END_MS * SYNTH_MS)
				break;
			if (o.status == ANSWERS_GOOD)
				q.nsid = answers_intern_nsid(
					w, (const uint8_t *)(o.site == 0 ? "hkg" : "tyo"), 3);
			if (o.rtt_ns > 0 && o.status != ANSWERS_UNANSWERED)
				q.received.ns = sent + o.rtt_ns;
			assert(answers_write_query(w, &q) == 0);
			synth_count(truth, i, at, sent, &o, at >= -1000000);
			nth += at >= 0 && o.status != ANSWERS_GOOD;
			if (i >= SYNTH_HKG_STREAMS)
				continue;
			assert(n + 2 < 4096);
			packets[n++] = (struct synth_reply){sent, i, k, 3};
			if (q.received.ns != 0)
				packets[n++] = (struct synth_reply){q.received.ns, i, k,
					o.status == ANSWERS_GOOD ? (unsigned)o.site : 2};
		}
	}
	if (synth_sides)
		synth_side_answers(w, t0);
	assert(answers_close(w, &e) == 0);
	snprintf(path, sizeof(path), "%s/captures/acc-hkg.hkix.pcap", dir);
	synth_access(path, packets, n);
	free(packets);
}

/* ---- the rest of a trial, and the run ---- */

static void
synth_write(const char *dir, const char *name, const char *text)
{
	char path[512];
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert(fs_write(path, text, strlen(text), &e) == 0);
}

static void
synth_events(const char *dir, const struct synth_options *o)
{
	static const struct {
		const char *name, *more;
		int at_ms;
	} rows[] = {{"trial_start", "\"trial\":1", -9000},
		{"steady", "\"catchment\":{\"hkg\":{\"v4\":\"hkg\",\"v6\":\"hkg\"}}", -8000},
		{"clock", "\"offset_ns\":1700000000000000000,\"error_ns\":50", -7000},
		{"pressure", "\"cpu_some_us\":1000,\"steal_us\":0,\"foreign_us\":0", -7000},
		{"fault", "\"action\":\"kill\",\"target\":\"hkg/knotd\"", 0},
		{"restore", "\"action\":\"start\",\"target\":\"hkg/knotd\"", SYNTH_RESTORE_MS},
		{"drops", "\"udp_receive\":0,\"interface\":2", 12900},
		{"pressure", "\"cpu_some_us\":2001000,\"steal_us\":0,\"foreign_us\":0", 13000}};
	char text[4096];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"{\"event\":\"%s\",\"wall_ns\":%lld,\"mono_ns\":1,%s}\n", rows[i].name,
			SYNTH_FAULT_NS + rows[i].at_ms * SYNTH_MS, rows[i].more);
	n += (size_t)snprintf(text + n, sizeof(text) - n,
		"{\"event\":\"clock\",\"wall_ns\":%lld,\"mono_ns\":1,\"offset_ns\":%lld,"
		"\"error_ns\":50}\n",
		SYNTH_FAULT_NS + 14000 * SYNTH_MS,
		1700000000000000000LL + (o->clock_step ? 250100 : 100));
	if (!o->no_trial_end)
		snprintf(text + n, sizeof(text) - n,
			"{\"event\":\"trial_end\",\"wall_ns\":%lld,\"mono_ns\":1,\"trial\":1}\n",
			SYNTH_FAULT_NS + 26000 * SYNTH_MS);
	synth_write(dir, "events.jsonl", text);
}

static void
synth_trial(const char *run, int number, const struct synth_options *o, struct synth_truth *truth)
{
	char dir[256], path[512];
	struct err e;

	*truth = (struct synth_truth){0};
	snprintf(dir, sizeof(dir), "%s/trial-%03d", run, number);
	snprintf(path, sizeof(path), "%s/captures", dir);
	assert(fs_mkdirs(path, &e) == 0);
	synth_events(dir, o);
	synth_answers(dir, truth);
	snprintf(path, sizeof(path), "%s/captures/hkg.hkix.pcap", dir);
	synth_hkix(path, o);
	snprintf(path, sizeof(path), "%s/captures/hkg.cara.pcap", dir);
	synth_carrier(path, o);
	snprintf(path, sizeof(path), "%s/captures/hkg.lo.pcap", dir);
	synth_check(path);
	synth_write(dir, "capture-plan.json",
		"{\"schema\":\"catchment.capture-plan/1\",\"dir\":\"captures\",\"points\":["
		"{\"file\":\"hkg.hkix.pcap\",\"node\":\"hkg\",\"role\":\"pop\",\"interface\":"
		"\"hkix\","
		"\"addresses\":[\"198.51.100.10\",\"2001:db8:ffff::10\"],\"peer\":\"hkix\"},"
		"{\"file\":\"hkg.cara.pcap\",\"node\":\"hkg\",\"role\":\"pop\",\"interface\":"
		"\"cara\","
		"\"addresses\":[\"198.51.100.130\",\"2001:db8:a:1::2\"],\"peer\":\"cara-hkg\"},"
		"{\"file\":\"acc-hkg.hkix.pcap\",\"node\":\"acc-hkg\",\"role\":\"access\","
		"\"interface\":"
		"\"hkix\",\"addresses\":[\"198.51.100.11\"],\"peer\":\"hkix\"},"
		"{\"file\":\"hkg.lo.pcap\",\"node\":\"hkg\",\"role\":\"pop\",\"interface\":\"lo\","
		"\"addresses\":[\"203.0.113.53\"]}]}");
	synth_write(dir, "capture-stats.json",
		"{\"points\":[{\"file\":\"hkg.hkix.pcap\",\"received\":20,\"dropped\":0,"
		"\"if_dropped\":0,\"bytes\":1}]}");
	synth_write(dir, "probe-stats.json",
		"{\"lateness_us\":{\"n\":1500,\"p50\":20,\"p99\":90,\"p999\":200,\"max\":250}}");
	synth_write(dir, "wire-stats.json",
		"{\"lateness_us\":{\"n\":1500,\"p50\":30,\"p99\":150,\"p999\":300,\"max\":950}}");
}

static void
synth_run_json(const char *run, int trials)
{
	static const char head[] =
		"{\"schema\":\"catchment.run/1\",\"id\":\"synth\",\"scenario\":\"dns-crash\","
		"\"title\":\"The DNS server of one site dies\",\"variant\":\"documented\","
		"\"complete\":true,\"seed\":1,\"fault_phase\":\"random\",\"rate_qps\":10.0,"
		"\"gap_ms\":100.0,\"timeout_ms\":5000,\"anycast\":{\"prefixes\":[\"203.0.113.0/"
		"24\","
		"\"2001:db8:53::/48\"],\"addresses\":[\"203.0.113.53\",\"2001:db8:53::53\"]},"
		"\"cities\":[{\"name\":\"hkg\",\"title\":\"Hong Kong\",\"access_node\":\"acc-hkg\","
		"\"expected\":{\"v4\":\"hkg\",\"v6\":\"hkg\"},\"reason\":\"at the IXP\","
		"\"path_rtt_ms\":{\"v4\":1.4,\"v6\":1.4}},{\"name\":\"tyo\",\"title\":\"Tokyo\","
		"\"access_node\":\"acc-tyo\",\"expected\":{\"v4\":\"tyo\",\"v6\":\"tyo\"}}],"
		"\"sites\":[{\"name\":\"hkg\",\"node\":\"hkg\",\"nsid\":\"hkg\"},{\"name\":\"tyo\","
		"\"node\":\"tyo\",\"nsid\":\"tyo\"}],\"timeline\":[{\"at_ms\":0,\"action\":"
		"\"kill\","
		"\"target\":\"hkg/"
		"knotd\",\"phase\":\"fault\"},{\"at_ms\":12000,\"action\":\"start\","
		"\"target\":\"hkg/"
		"knotd\",\"phase\":\"restore\"}],\"fault_node\":\"hkg\",\"judges\":["
		"{\"id\":\"crash-withdraw\",\"documented\":\"within 4 "
		"s\",\"metric\":\"withdraw_ms\","
		"\"statistic\":\"max\",\"target\":4000,\"unit\":\"ms\",\"comparison\":\"<=\"},"
		"{\"id\":\"crash-unnoticed\",\"documented\":\"no timeout\",\"metric\":"
		"\"streams_with_loss\",\"statistic\":\"max\",\"target\":0,\"unit\":\"streams\","
		"\"comparison\":\"<=\"},{\"id\":\"rtt-tokyo\",\"metric\":\"rtt_ms\",\"statistic\":"
		"\"median\",\"target\":19},{\"id\":\"quicker\",\"metric\":\"first_good_answer_ms\","
		"\"statistic\":\"p99\",\"comparison\":\"<\",\"beside\":\"other\",\"unit\":\"ms\"}],"
		"\"expect\":[{\"line\":14,\"text\":\"hkg by "
		"tyo\",\"kind\":"
		"\"served_by\",\"from_ms\":8000,\"to_ms\":11000,\"city\":\"hkg\",\"site\":\"tyo\"},"
		"{\"line\":15,\"text\":\"soon\",\"kind\":\"metric\",\"metric\":\"first_good_answer_"
		"ms\","
		"\"statistic\":\"p99\",\"comparison\":\"<\",\"value\":3000}],\"limits\":{"
		"\"send_lateness_p99_us\":2000,\"wire_lateness_p99_us\":2000,\"capture_drops\":0,"
		"\"clock_step_us\":100,\"cpu_pressure_ratio\":0.6,\"rtt_excess_ms\":3},\"command\":"
		"[\"catchment\"],"
		"\"provenance\":{\"cpus\":2},\"trials_planned\":1,\"trial_dirs\":[";
	char text[8192];
	int n = snprintf(text, sizeof(text), "%s", head);

	for (int i = 1; i <= trials; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s\"trial-%03d\"",
			i == 1 ? "" : ",", i);
	snprintf(text + n, sizeof(text) - (size_t)n, "]}\n");
	synth_write(run, "run.json", text);
}

#endif
