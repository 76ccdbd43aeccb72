/*
 * synth_budget.h - a made-up run of which every boundary of the one stream's budget is known.
 *
 *      acc-hkg -- hkg          the PoP that fails; its withdraw goes to rs1 and from there to acc-hkg
 *      acc-hkg -- rs1 -- hkg
 *      acc-hkg -- tyo          the PoP that serves afterwards
 *
 * hkg's announcement is a BGP session on its loopback, as in the hardened variant.
 */
#ifndef TESTS_UNIT_BENCH_SYNTH_BUDGET_H
#define TESTS_UNIT_BENCH_SYNTH_BUDGET_H

#pragma GCC diagnostic ignored "-Wunused-function"
#include "tests/unit/bench/synth.h"

/* Milliseconds after the fault. */
enum {
	B_LAST_GOOD = -50, /* the query; its answer leaves hkg a millisecond later */
	B_CHECK = 400,
	B_VERDICT = 2400,
	B_LOOP = 2402,
	B_OUT_HKG = 2450,
	B_IN_RS1 = 2451,
	B_OUT_RS1 = 2453,
	B_IN_ACC = 2470,
	B_FIB = 2471,
	B_LEFT = 2550,
	B_REACHED = 2570,
	B_ANSWER = 2590,
};

static int64_t
b_at(int ms)
{
	return SYNTH_FAULT_NS + ms * SYNTH_MS;
}

static FILE *
b_pcap(const char *dir, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/captures/%s.pcap", dir, name);
	return synth_pcap(path);
}

/* One message of an established session, at one of its ends. */
static void
b_bgp(const char *dir, const char *name, const char *us, const char *them, int ms, bool from_us,
	const struct synth_bytes *m)
{
	struct synth_session s = {b_pcap(dir, name), us, them, 1000, 2000, 40001};
	struct synth_bytes alive;

	bgp_keepalive(&alive);
	synth_say(&s, b_at(-3000), true, &alive);
	synth_say(&s, b_at(-2999), false, &alive);
	synth_say(&s, b_at(ms), from_us, m);
	assert(fclose(s.f) == 0);
}

static void
b_dns(FILE *f, int ms, unsigned seq, bool answer, const char *nsid)
{
	struct synth_bytes m, u;
	char name[64];

	snprintf(name, sizeof(name), "s00000-q%08u-cafe.probe.example", seq);
	dns_message(&m, seq, name, answer ? nsid : NULL);
	udp_packet(&u, answer ? 53 : 40000, answer ? 40000 : 53, &m);
	synth_frame(f, b_at(ms), answer ? "203.0.113.53" : "198.18.11.10",
		answer ? "198.18.11.10" : "203.0.113.53", 17, &u, 6);
}

static void
b_checks(const char *dir)
{
	struct synth_session s = {b_pcap(dir, "hkg.lo"), "127.0.0.1", "127.0.0.2", 5, 6, 40003};
	struct synth_bytes m, u;

	for (int ms = -3600; ms <= 2400; ms += 2000) {
		unsigned id = (unsigned)(10 + ms / 2000);

		dns_message(&m, id, "probe.example", NULL);
		udp_packet(&u, 41000 + id, 53, &m);
		synth_frame(s.f, b_at(ms), "203.0.113.53", "203.0.113.53", 17, &u, 6);
		if (ms > 0)
			continue;
		dns_message(&m, id, "probe.example", "hkg");
		udp_packet(&u, 53, 41000 + id, &m);
		synth_frame(s.f, b_at(ms) + 100000, "203.0.113.53", "203.0.113.53", 17, &u, 6);
	}
	bgp_keepalive(&m);
	synth_say(&s, b_at(B_LOOP - 1), true, &m);
	bgp_withdraw(&m, false);
	synth_say(&s, b_at(B_LOOP), false, &m);
	assert(fclose(s.f) == 0);
}

static void
b_captures(const char *dir)
{
	struct synth_bytes withdraw, announce;
	FILE *f;

	bgp_withdraw(&withdraw, false);
	bgp_announce(&announce, false); /* next hop 198.51.100.10: tyo */
	b_bgp(dir, "hkg.rs1", "198.51.100.1", "198.51.100.2", B_OUT_HKG, true, &withdraw);
	b_bgp(dir, "rs1.hkg", "198.51.100.1", "198.51.100.2", B_IN_RS1, true, &withdraw);
	b_bgp(dir, "rs1.acc", "198.51.100.5", "198.51.100.6", B_OUT_RS1, true, &announce);
	b_bgp(dir, "acc.rs1", "198.51.100.5", "198.51.100.6", B_IN_ACC, true, &announce);
	b_checks(dir);
	f = b_pcap(dir, "hkg.acc");
	b_dns(f, B_LAST_GOOD, 49, false, NULL);
	b_dns(f, B_LAST_GOOD + 1, 49, true, "hkg");
	assert(fclose(f) == 0);
	f = b_pcap(dir, "acc.hkg");
	b_dns(f, B_LAST_GOOD, 49, false, NULL);
	b_dns(f, B_LAST_GOOD + 2, 49, true, "hkg");
	assert(fclose(f) == 0);
	f = b_pcap(dir, "acc.tyo");
	b_dns(f, B_LEFT, 75, false, NULL);
	b_dns(f, B_ANSWER, 75, true, "tyo");
	assert(fclose(f) == 0);
	f = b_pcap(dir, "tyo.acc");
	b_dns(f, B_REACHED, 75, false, NULL);
	b_dns(f, B_REACHED + 1, 75, true, "tyo");
	assert(fclose(f) == 0);
}

static void
b_answers(const char *dir)
{
	static const char plan[] =
		"{\"schema\":\"catchment.probe-plan/1\",\"seed\":1,\"rate_qps\":10,\"streams\":[{"
		"\"id\":0,\"probe\":0,\"city\":\"hkg\",\"node\":\"acc-hkg\",\"source\":"
		"\"198.18.11.10\",\"target\":\"203.0.113.53\",\"port\":53}]}";
	struct answers_writer *w;
	uint16_t hkg, tyo;
	char path[512];
	struct err e;

	snprintf(path, sizeof(path), "%s/answers", dir);
	assert(answers_create(
		       path, plan, 1, (struct wall){b_at(-4950)}, (struct mono){1}, &w, &e) == 0);
	hkg = answers_intern_nsid(w, (const uint8_t *)"hkg", 3);
	tyo = answers_intern_nsid(w, (const uint8_t *)"tyo", 3);
	for (unsigned k = 0; k < 150; k++) {
		int ms = -4950 + (int)k * 100;
		struct answers_query q = {.status = ANSWERS_GOOD,
			.nsid = ms < 0 ? hkg : tyo,
			.seq = k,
			.sent = {b_at(ms)},
			.received = {b_at(ms < 0 ? ms + 2 : ms + 40)}};

		if (ms > 0 && ms < B_LEFT) {
			q.status = ms < 300 ? ANSWERS_UNREACHABLE : ANSWERS_UNANSWERED;
			q.nsid = ANSWERS_NSID_NONE;
			q.received.ns = ms < 300 ? b_at(ms + 2) : 0;
		}
		assert(answers_write_query(w, &q) == 0);
	}
	assert(answers_close(w, &e) == 0);
}

static void
b_routes(const char *dir)
{
	char text[2048];

	snprintf(text, sizeof(text),
		"{\"schema\":\"catchment.routes/1\"}\n"
		"{\"at\":%lld,\"node\":\"acc-hkg\",\"op\":\"have\",\"dst\":\"203.0.113.0/24\","
		"\"via\":[{\"gw\":\"198.51.100.14\",\"if\":\"hkg\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}\n"
		"{\"at\":%lld,\"node\":\"tyo\",\"op\":\"have\",\"dst\":\"198.18.11.0/24\","
		"\"via\":[{\"gw\":\"198.51.100.9\",\"if\":\"acc\"}],\"metric\":20,\"type\":"
		"\"unicast\",\"proto\":186}\n"
		"{\"at\":%lld,\"node\":\"hkg\",\"op\":\"have\",\"dst\":\"198.18.11.0/24\","
		"\"via\":[{\"gw\":\"198.51.100.13\",\"if\":\"acc\"}],\"metric\":20,\"type\":"
		"\"unicast\",\"proto\":186}\n"
		"{\"at\":%lld,\"node\":\"acc-hkg\",\"op\":\"set\",\"dst\":\"203.0.113.0/24\","
		"\"via\":[{\"gw\":\"198.51.100.10\",\"if\":\"tyo\"}],\"metric\":32,\"type\":"
		"\"unicast\",\"proto\":12}\n",
		(long long)b_at(-5000), (long long)b_at(-5000), (long long)b_at(-5000),
		(long long)b_at(B_FIB));
	synth_write(dir, "routes.jsonl", text);
}

static void
b_lines(const char *dir, int ms)
{
	char text[512];

	snprintf(text, sizeof(text),
		"{\"schema\":\"catchment.lines/1\"}\n"
		"{\"at\":%lld,\"node\":\"hkg\",\"service\":\"keepalived\",\"text\":"
		"\"VRRP_Script(dns) failed (exited with status 9)\"}\n",
		(long long)b_at(ms));
	synth_write(dir, "lines.jsonl", text);
}

#define B_POINT(file, node, role, interface, address, peer)                                        \
	"{\"file\":\"" file ".pcap\",\"node\":\"" node "\",\"role\":\"" role                       \
	"\",\"interface\":\"" interface "\",\"addresses\":[\"" address "\"],\"peer\":" peer "}"

static void
b_plan(const char *dir)
{
	synth_write(dir, "capture-plan.json",
		"{\"schema\":\"catchment.capture-plan/"
		"1\",\"dir\":\"captures\",\"points\":[" B_POINT("hkg.rs1", "hkg", "pop", "rs1",
			"198.51.100.1", "\"rs1\"") "," B_POINT("hkg.acc", "hkg", "pop", "acc",
			"198.51.100.14", "\"acc-hkg\"") "," B_POINT("hkg.lo", "hkg", "pop", "lo",
			"203.0.113.53", "null") "," B_POINT("rs1.hkg", "rs1", "rs-bird", "hkg",
			"198.51.100.2", "\"hkg\"") "," B_POINT("rs1.acc", "rs1", "rs-bird", "acc",
			"198.51.100.5", "\"acc-hkg\"") "," B_POINT("acc.rs1", "acc-hkg", "access",
			"rs1", "198.51.100.6", "\"rs1\"") "," B_POINT("acc.hkg", "acc-hkg",
			"access", "hkg", "198.51.100.13", "\"hkg\"") "," B_POINT("acc.tyo",
			"acc-hkg", "access", "tyo", "198.51.100.9",
			"\"tyo\"") "," B_POINT("tyo.acc", "tyo", "pop", "acc", "198.51.100.10",
			"\"acc-hkg\"") "]}");
}

/* The run, with a trial, in a folder that is made. */
static void
b_run(const char *run)
{
	struct synth_options none = {0};
	char dir[300], path[512];
	struct err e;

	snprintf(dir, sizeof(dir), "%s/trial-001", run);
	snprintf(path, sizeof(path), "%s/captures", dir);
	assert(fs_mkdirs(path, &e) == 0);
	synth_run_json(run, 1);
	synth_events(dir, &none);
	b_answers(dir);
	b_captures(dir);
	b_plan(dir);
	b_routes(dir);
	b_lines(dir, B_VERDICT);
	synth_write(dir, "capture-stats.json", "{\"points\":[]}");
	synth_write(dir, "probe-stats.json",
		"{\"lateness_us\":{\"n\":1,\"p50\":20,\"p99\":90,\"p999\":200,\"max\":250}}");
	synth_write(dir, "wire-stats.json",
		"{\"lateness_us\":{\"n\":1,\"p50\":30,\"p99\":150,\"p999\":300,\"max\":950}}");
}

#endif
