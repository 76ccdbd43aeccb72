/* sample.h - result.json as a run would leave it, made from a seed: for the tests of reports/, and to look at. */
#ifndef TESTS_UNIT_REPORTS_SAMPLE_H
#define TESTS_UNIT_REPORTS_SAMPLE_H

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/rng.h"
#include "tests/unit/reports/sample_budget.h"

#define SAMPLE_GAP_MS	  100.0
#define SAMPLE_FROM_MS	  (-5000.0)
#define SAMPLE_BINS	  370
#define SAMPLE_CITIES	  8
#define SAMPLE_RESTORE_MS 20000.0

struct sample_city {
	const char *name, *title, *site, *other;
	double rtt_ms, other_rtt_ms, after_withdraw_ms;
	int streams;
};

static const struct sample_city sample_cities[SAMPLE_CITIES] = {
	{"hkg", "Hong Kong", "hkg", "tyo", 1.4, 59.2, 110, 44},
	{"tyo", "Tokyo", "tyo", NULL, 6.2, 0, 0, 44},
	{"sin", "Singapore", "hkg", "tyo", 34.3, 92.4, 135, 44},
	{"syd", "Sydney", "tyo", NULL, 107, 0, 0, 44},
	{"lax", "Los Angeles", "tyo", NULL, 118, 0, 0, 44},
	{"lon", "London", "fra", NULL, 10.9, 0, 0, 44},
	{"fra", "Frankfurt", "fra", NULL, 2.2, 0, 0, 44},
	{"gru", "São Paulo", "gru", NULL, 5.0, 0, 0, 42},
};

struct sample {
	struct rng rng;
	double worst_v4_ms, worst_v6_ms, sum_lost;
	int trials, over_v4, over_v6;
};

static inline json_t *
sample_stats(double n, double min, double p50, double p99, double max)
{
	return json_pack(
		"{s:f,s:f,s:f,s:f,s:f}", "n", n, "min", min, "p50", p50, "p99", p99, "max", max);
}

static inline json_t *
sample_bins(const double *bins)
{
	json_t *list = json_array();

	for (int i = 0; i < SAMPLE_BINS; i++)
		json_array_append_new(list, json_integer((json_int_t)bins[i]));
	return list;
}

/* The bins of one city: its site, then none, then the other site, then back. */
static inline void
sample_city_bins(struct sample *s, const struct sample_city *c, double withdraw_ms,
	double announce_ms, double bins[4][SAMPLE_BINS])
{
	memset(bins, 0, sizeof(double) * 4 * SAMPLE_BINS);
	for (int b = 0; b < SAMPLE_BINS; b++) {
		double t = SAMPLE_FROM_MS + b * SAMPLE_GAP_MS, n = c->streams;
		double back = withdraw_ms + c->after_withdraw_ms;

		if (c->other == NULL || t < 0) {
			bins[0][b] = n;
		} else if (t < back) {
			double left = fmin(1, (back - t) / SAMPLE_GAP_MS),
			       icmp = rng_below(&s->rng, 5) == 0 ? 3 : 0;

			bins[2][b] = floor(n * left) - (n * left > 6 ? icmp : 0);
			bins[3][b] = n * left > 6 ? icmp : 0;
			bins[1][b] = n - bins[2][b] - bins[3][b];
		} else if (t < announce_ms) {
			bins[1][b] = n;
		} else {
			double home = fmin(1, (t - announce_ms) / 400);

			bins[2][b] = home > 0 && home < 1 && c->name[0] == 's' ? 2 : 0;
			bins[0][b] = floor(home * (n - bins[2][b]));
			bins[1][b] = n - bins[0][b] - bins[2][b];
		}
	}
}

static inline json_t *
sample_timeline(double total[5][SAMPLE_BINS])
{
	static const char *const names[] = {"hkg", "tyo", "fra", "gru"};
	json_t *sites = json_object();

	for (int i = 0; i < 4; i++)
		json_object_set_new(sites, names[i], sample_bins(total[i]));
	return sites;
}

static inline void
sample_streams(struct sample *s, const struct sample_city *c, int *id, const double withdraw_ms[2],
	json_t *list)
{
	for (int i = 0; i < c->streams; i++, (*id)++) {
		int v6 = i % 2;
		double offset = rng_unit(&s->rng) * SAMPLE_GAP_MS;
		double back =
			withdraw_ms[v6] + c->after_withdraw_ms * (0.8 + 0.4 * rng_unit(&s->rng));
		double lost = floor((back + SAMPLE_GAP_MS - offset) / SAMPLE_GAP_MS);

		if (c->other == NULL)
			continue;
		s->sum_lost += lost;
		json_array_append_new(list,
			json_pack("{s:i,s:i,s:s,s:s,s:f,s:i,s:f,s:f,s:s,s:f,s:s}", "stream", *id,
				"probe", *id / 2, "city", c->name, "family", v6 ? "v6" : "v4",
				"unanswered", lost, "icmp", 2, "loss_of_connectivity_ms",
				lost * SAMPLE_GAP_MS, "last_answer_before_ms", -offset,
				"last_answer_before_site", c->site, "first_good_answer_ms",
				offset + lost * SAMPLE_GAP_MS + c->other_rtt_ms,
				"first_good_answer_site", c->other));
	}
}

static inline json_t *
sample_trial(struct sample *s, int number, double v4_ms, double v6_ms)
{
	static const int at[] = {0, 1, 0, 1, 1, 2, 2, 3}; /* city to its site in the totals */
	double total[6][SAMPLE_BINS] = {{0}}, bins[4][SAMPLE_BINS], withdraw[2] = {v4_ms, v6_ms};
	double worst = fmax(v4_ms, v6_ms),
	       announce = SAMPLE_RESTORE_MS + 2100 + 1800 * rng_unit(&s->rng);
	json_t *city_timeline = json_object(), *streams = json_array(), *sites;
	char dir[32];
	int id = 0;

	snprintf(dir, sizeof(dir), "trial-%03d", number);
	for (int c = 0; c < SAMPLE_CITIES; c++) {
		const struct sample_city *city = &sample_cities[c];

		sample_city_bins(s, city, worst, announce, bins);
		sample_streams(s, city, &id, withdraw, streams);
		for (int b = 0; b < SAMPLE_BINS; b++) {
			total[at[c]][b] += bins[0][b];
			total[1][b] += bins[1][b];
			total[4][b] += bins[2][b];
			total[5][b] += bins[3][b];
		}
		sites = json_object();
		json_object_set_new(sites, city->site, sample_bins(bins[0]));
		if (city->other != NULL)
			json_object_set_new(sites, city->other, sample_bins(bins[1]));
		json_object_set_new(city_timeline, city->name,
			json_pack("{s:f,s:f,s:o,s:o,s:o}", "bin_ms", SAMPLE_GAP_MS, "from_ms",
				SAMPLE_FROM_MS, "sites", sites, "unanswered", sample_bins(bins[2]),
				"failed", sample_bins(bins[3])));
	}
	s->worst_v4_ms = fmax(s->worst_v4_ms, v4_ms);
	s->worst_v6_ms = fmax(s->worst_v6_ms, v6_ms);
	s->over_v4 += v4_ms > 4000;
	s->over_v6 += v6_ms > 4000;
	s->trials++;
	return json_pack(
		"{s:i,s:s,s:b,s:[],s:I,s:I,s:f,s:{s:f,s:f},s:f,s:{s:{s:f,s:f},s:i},s:o,s:o,s:f,s:o,"
		"s:{s:f,s:f,s:o,s:o,s:o},s:o,s:{s:o,s:o,s:i,s:f,s:f,s:f}}",
		"trial", number, "dir", dir, "valid", 1, "invalid_because", "fault_wall_ns",
		(json_int_t)1795359845000000000, "restore_wall_ns", (json_int_t)1795359865000000000,
		"phase_ms", rng_unit(&s->rng) * 2000, "withdraw_ms", "v4", v4_ms, "v6", v6_ms,
		"last_answer_from_fault_site_ms", -1.2, "restore", "announce_ms", "v4", announce,
		"v6", announce + 4.1, "unanswered", 8, "first_good_answer_ms",
		sample_stats(88, worst + 40, worst + 190, worst + 260, worst + 263),
		"loss_of_connectivity_ms",
		sample_stats(88, floor(worst / 100) * 100, ceil(worst / 100) * 100,
			ceil(worst / 100) * 100 + 200, ceil(worst / 100) * 100 + 200),
		"full_convergence_ms", worst + 262, "streams", streams, "timeline", "bin_ms",
		SAMPLE_GAP_MS, "from_ms", SAMPLE_FROM_MS, "sites", sample_timeline(total),
		"unanswered", sample_bins(total[4]), "failed", sample_bins(total[5]),
		"city_timeline", city_timeline, "noise", "send_lateness_us",
		sample_stats(15750, 2, 31, 240 + 300 * rng_unit(&s->rng), 1900), "wire_lateness_us",
		sample_stats(402000, 1, 10, 40 + 60 * rng_unit(&s->rng), 870), "capture_dropped", 0,
		"clock_step_us", 2.5, "cpu_pressure_ratio", 0.12 + 0.1 * rng_unit(&s->rng),
		"steal_ratio", 0.004);
}

static inline json_t *
sample_metric(const char *unit, const char *over, double n, double min, double p50, double max)
{
	return json_pack("{s:s,s:n,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:s}", "unit", unit, "family",
		"n", n, "min", min, "p1", min, "p50", p50, "p99", max, "max", max, "ci_low",
		p50 - (p50 - min) / 2, "ci_high", p50 + (max - p50) / 2, "over", over);
}

static inline json_t *
sample_target(const struct sample *s, const char *family, double worst_ms, int over)
{
	json_t *t = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:f,s:f,s:s,s:i,s:f,s:n,s:s,s:[s,s]}", "id",
		"crash-withdraw", "family", family, "verdict", worst_ms > 4000 ? "missed" : "met",
		"documented", "DNS crash to BGP withdraw within 4 s", "metric", "withdraw_ms",
		"statistic", "max", "measured", worst_ms, "target", 4000.0, "unit", "ms", "n",
		s->trials, "share_over", (double)over / (s->trials > 0 ? s->trials : 1),
		"miss_bound_ratio", "why", "", "evidence", "trial-001/captures/hkg.hkix.pcap",
		"trial-001/captures/hkg.carrier-a.pcap");

	if (worst_ms <= 4000 && s->trials > 0)
		json_object_set_new(
			t, "miss_bound_ratio", json_real(1 - pow(0.05, 1.0 / s->trials)));
	return t;
}

static inline json_t *
sample_catchment(void)
{
	json_t *list = json_array();

	for (int i = 0; i < SAMPLE_CITIES * 2; i++) {
		const struct sample_city *c = &sample_cities[i / 2];
		double rtt = c->rtt_ms + 0.21,
		       during = c->other == NULL ? rtt : c->other_rtt_ms + 0.3;
		json_t *moved = c->other == NULL
			? json_pack("{s:f}", c->site, 1.0)
			: json_pack("{s:f,s:f}", c->other, 0.997, "none", 0.003);

		json_array_append_new(list,
			json_pack("{s:s,s:s,s:s,s:s,s:{s:f},s:o,s:{s:f},s:{s:o,s:o,s:o},s:f,s:s}",
				"city", c->name, "title", c->title, "family", i % 2 ? "v6" : "v4",
				"expected", c->site, "before", c->site, 1.0, "during", moved,
				"after", c->site, 1.0, "rtt_ms", "before",
				sample_stats(5500, rtt, rtt, rtt + 0.4, rtt + 2), "during",
				sample_stats(9000, during, during, during + 0.4, during + 2),
				"after", sample_stats(8000, rtt, rtt, rtt + 0.4, rtt + 2),
				"path_rtt_ms", c->rtt_ms, "reason",
				"shortest AS path, then the nearest exit of its carrier"));
	}
	return list;
}

static inline json_t *
sample_city_list(const struct sample *s)
{
	double worst = fmax(s->worst_v4_ms, s->worst_v6_ms);
	json_t *list = json_array();

	for (int i = 0; i < SAMPLE_CITIES; i++) {
		const struct sample_city *c = &sample_cities[i];
		json_t *city = json_pack("{s:s,s:s,s:i,s:b,s:i,s:i,s:i,s:i}", "city", c->name,
			"title", c->title, "streams", c->streams, "affected", c->other != NULL,
			"unanswered", c->other == NULL ? 0 : (int)s->sum_lost / 2,
			"icmp_unreachable", c->other == NULL ? 0 : 2 * c->streams * s->trials,
			"sent", 370 * c->streams * s->trials, "restore_unanswered",
			c->name[0] == 's' && c->other != NULL ? 8 * s->trials : 0);

		if (c->other != NULL) {
			json_object_set_new(city, "loss_of_connectivity_ms",
				sample_stats(c->streams * s->trials, 2700, 3400, worst + 100,
					worst + 100));
			json_object_set_new(city, "first_good_answer_ms",
				sample_stats(c->streams * s->trials, 2760, 3480, worst + 180,
					worst + 180));
		}
		json_array_append_new(list, city);
	}
	return list;
}

static inline json_t *
sample_provenance(void)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:i,s:I,s:s,s:[{s:s,s:s}],s:{s:s,s:s},s:I}", "catchment",
		"0.1", "commit", "69dc98e", "kernel", "Linux 6.18.5", "cpu",
		"Example CPU @ 2.40GHz", "cpus", 2, "memory_bytes", (json_int_t)8321499136,
		"topology_sha256",
		"6b1f0c9b9d4b6d2f40b3c4c9f8f9a1c07c1de54cf67a54f4e4a9bd6f2f6f2a01", "layers",
		"path", "lab/variants/documented", "sha256",
		"0f343b0931126a20f133d67c2b018a3b5e8b1f0c9b9d4b6d2f40b3c4c9f8f9a1", "packages",
		"frr", "10.3-3", "knot", "3.4.6-1", "started_wall_ns",
		(json_int_t)1795359845000000000);
}

/*
 * A run of n trials that crashed the server at hkg; withdraws between 2.6 and 4.3 s, the n-th part of
 * that range each, so that about a fifth are late.
 */
static inline json_t *
sample_run(int n, uint64_t seed)
{
	struct sample s = {.trials = 0};
	json_t *per_trial = json_array(), *root;
	double worst;

	rng_init(&s.rng, seed);
	for (int i = 0; i < n; i++) {
		double v4 = 2600 + 1700 * (((i * 7) % n) + rng_unit(&s.rng)) / n;

		json_array_append_new(
			per_trial, sample_trial(&s, i + 1, v4, v4 + 4 + 30 * rng_unit(&s.rng)));
	}
	worst = fmax(s.worst_v4_ms, s.worst_v6_ms);
	root = json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:b,s:f,s:i,s:f,s:o}", "schema",
		"catchment.result/1", "scenario", "dns-crash", "title",
		"The DNS server of one site dies", "variant", "documented", "run_id",
		"dns-crash-documented-20261122T150405Z", "trials", n, "invalid_trials", 0,
		"complete", 1, "gap_ms", SAMPLE_GAP_MS, "streams", 350, "rate_qps", 10.0,
		"per_trial", per_trial);
	json_object_set_new(root, "metrics",
		json_pack("{s:o,s:o,s:o,s:o,s:o}", "withdraw_ms",
			sample_metric("ms", "trials", n, 2712.4, 3411.8, worst),
			"first_good_answer_ms",
			sample_metric("ms", "streams × trials", 88 * n, 2760, 3480, worst + 263),
			"loss_of_connectivity_ms",
			sample_metric("ms", "streams × trials", 88 * n, 2700, 3400, worst + 100),
			"full_convergence_ms",
			sample_metric("ms", "trials", n, 2980, 3670, worst + 262),
			"unanswered_queries",
			sample_metric("queries", "trials", n, 2300, 3012, 3790)));
	json_object_set_new(root, "targets",
		json_pack("[o,o,{s:s,s:n,s:s,s:s,s:s}]",
			sample_target(&s, "v4", s.worst_v4_ms, s.over_v4),
			sample_target(&s, "v6", s.worst_v6_ms, s.over_v6), "id", "crash-unnoticed",
			"family", "verdict", "not judged", "documented",
			"350 probes see no visible timeout during the crash", "why",
			"no real resolver was part of this run"));
	json_object_set_new(root, "expectations",
		json_pack("[{s:s,s:i,s:b,s:s},{s:s,s:i,s:b,s:s}]", "text",
			"during 10s to 19s clients of hkg are served by tyo", "line", 14, "held", 1,
			"measured", "tyo 99.7 %, none 0.3 %", "text",
			"first_good_answer_ms p99 < 5s", "line", 15, "held", 1, "measured",
			"4.31 s"));
	sample_add_budget(root, n);
	json_object_set_new(root, "catchment", sample_catchment());
	json_object_set_new(root, "cities", sample_city_list(&s));
	json_object_set_new(root, "calibration", json_null());
	json_object_set_new(root, "noise",
		json_pack("{s:f,s:f,s:i,s:f,s:f}", "send_lateness_p99_us", 512.0,
			"wire_lateness_p99_us", 92.0, "capture_dropped", 0, "clock_step_us", 2.5,
			"cpu_pressure_ratio", 0.21));
	json_object_set_new(root, "limits",
		json_pack("{s:i,s:i,s:i,s:i,s:f}", "send_lateness_p99_us", 2000,
			"wire_lateness_p99_us", 2000, "capture_drops", 0, "clock_step_us", 100,
			"cpu_pressure_ratio", 0.6));
	json_object_set_new(root, "provenance", sample_provenance());
	json_object_set_new(root, "command",
		json_pack("[s,s,s,s,s]", "catchment", "run", "dns-crash", "--trials", "5"));
	return root;
}

/* Writes DIR/result.json, making DIR. */
static inline void
sample_save(json_t *root, const char *dir)
{
	char path[512];

	mkdir(dir, 0755);
	if (json_object_get(root, "budget") != NULL)
		sample_save_budget(dir, sample_budget_trial(1));
	snprintf(path, sizeof(path), "%s/result.json", dir);
	if (json_dump_file(root, path, JSON_COMPACT) != 0)
		abort();
}

#endif
