/* sample_budget.h - a phase budget as analysis would leave it, for the sample runs of the report's tests. */
#ifndef TESTS_UNIT_REPORTS_SAMPLE_BUDGET_H
#define TESTS_UNIT_REPORTS_SAMPLE_BUDGET_H

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct sample_step {
	const char *phase, *node;
	double took_ms;
	const char *kind, *file;
	int place; /* packet, or line when negative */
	const char *says;
};

/* A crash at hkg as a client in Singapore waits for it. */
static const struct sample_step sample_steps[] = {
	{"serving", "hkg", 0.8, "capture", "captures/hkg.hkix.pcap", 10211,
		"the last good answer left hkg"},
	{"await_check", "hkg", 1391.2, "capture", "captures/hkg.lo.pcap", 77,
		"the health check asked and got no answer"},
	{"verdict", "hkg", 2008.1, "line", "lines.jsonl", -412, "keepalived: Script failed"},
	{"withdraw", "hkg", 61.4, "capture", "captures/hkg.hkix.pcap", 10377,
		"UPDATE to 198.51.100.1 withdraws 203.0.113.0/24"},
	{"transit", "hkix", 0.4, "capture", "captures/hkix.hkg.pcap", 9120, "UPDATE in at rs1"},
	{"rib", "hkix", 2.2, "capture", "captures/hkix.acc-sin.pcap", 4402,
		"UPDATE out to acc-sin"},
	{"transit", "acc-sin", 17.1, "capture", "captures/acc-sin.hkix.pcap", 2210,
		"UPDATE in at acc-sin"},
	{"fib", "acc-sin", 1.9, "route", "routes.jsonl", -883, "203.0.113.0/24 now via 198.18.2.1"},
	{"sampling", "acc-sin", 41.0, "answers", "answers", 0, "the next query left"},
	{"query", "tyo", 45.7, "capture", "captures/tyo.a-tyo.pcap", 5511, "the query reached tyo"},
	{"answer", "acc-sin", 46.2, "answers", "answers", 0, "first good answer, from tyo"},
	{"unexplained", NULL, 0.3, "none", NULL, 0, ""},
};

enum { SAMPLE_STEPS = sizeof(sample_steps) / sizeof(sample_steps[0]) };

static inline json_t *
sample_evidence(const struct sample_step *s)
{
	json_t *o = json_pack("{s:s,s:s}", "kind", s->kind, "says", s->says);

	if (s->file != NULL)
		json_object_set_new(o, "file", json_string(s->file));
	if (s->place != 0)
		json_object_set_new(
			o, s->place > 0 ? "packet" : "line", json_integer(abs(s->place)));
	return o;
}

static inline json_t *
sample_budget_stream(int stream, double *ret_total_ms)
{
	json_t *steps = json_array();
	double at_ms = 0;

	for (int i = 0; i < SAMPLE_STEPS; i++) {
		const struct sample_step *s = &sample_steps[i];

		json_array_append_new(steps,
			json_pack("{s:s,s:f,s:f,s:s?,s:o}", "phase", s->phase, "from_ms", at_ms,
				"to_ms", at_ms + s->took_ms, "node", s->node, "evidence",
				sample_evidence(s)));
		at_ms += s->took_ms;
	}
	*ret_total_ms = at_ms;
	return json_pack("{s:i,s:i,s:s,s:s,s:s,s:s,s:f,s:o,s:[{s:s,s:f,s:s}]}", "stream", stream,
		"probe", stream / 2, "city", "sin", "family", "v4", "from_site", "hkg", "to_site",
		"tyo", "total_ms", at_ms, "steps", steps, "out_of_order", "phase", "verdict",
		"at_ms", 3399.0, "says", "the notify hook ran before the second failed check");
}

/* What budget.json of the trial in the middle holds. */
static inline json_t *
sample_budget_trial(int trial)
{
	double total_ms;
	json_t *stream = sample_budget_stream(88, &total_ms);

	return json_pack("{s:s,s:i,s:I,s:f,s:[o,{s:i,s:s,s:f}],s:[{s:i,s:s},{s:i,s:s}]}", "schema",
		"catchment.budget/1", "trial", trial, "fault_wall_ns",
		(json_int_t)1795359845000000000, "gap_ms", 100.0, "streams", stream, "stream", 5,
		"city", "hkg", "total_ms", 3100.0, "missing", "stream", 3, "why",
		"no good answer of another PoP", "stream", 4, "why",
		"no good answer of another PoP");
}

static inline json_t *
sample_phases(double scale, int streams)
{
	static const char *const names[] = {"serving", "await_check", "verdict", "withdraw",
		"transit", "rib", "fib", "sampling", "query", "answer", "unexplained"};
	static const double ms[][3] = {{0.2, 0.9, 1.4}, {210, 1020, 1790}, {2001, 2008, 2019},
		{55, 61, 66}, {1.1, 17.5, 46.1}, {1.8, 2.9, 9.2}, {0.9, 1.9, 7.7}, {9, 49, 91},
		{26, 46, 47}, {26, 46, 47}, {0.1, 0.3, 4.1}};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_array_append_new(list,
			json_pack("{s:s,s:f,s:f,s:f,s:i,s:f,s:s}", "name", names[i], "p10_ms",
				ms[i][0] * scale, "p50_ms", ms[i][1] * scale, "p90_ms",
				ms[i][2] * scale, "streams", streams, "share_ratio",
				ms[i][1] / 3255, "evidence", "capture"));
	return list;
}

/* Adds the keys of the budget to a result. */
static inline void
sample_add_budget(json_t *root, int trials)
{
	double total_ms;

	json_decref(sample_budget_stream(88, &total_ms));
	json_object_set_new(root, "phases", sample_phases(1, 88 * trials));
	json_object_set_new(root, "phases_by_city",
		json_pack("{s:o,s:o}", "hkg", sample_phases(0.94, 44 * trials), "sin",
			sample_phases(1.04, 44 * trials)));
	json_object_set_new(root, "budget",
		json_pack("{s:i,s:i,s:f,s:f,s:f,s:{s:i,s:i,s:f},s:i}", "streams", 88 * trials - 2,
			"missing", 2, "unexplained_p50_ms", 0.3, "unexplained_p99_ms", 12.1,
			"gap_ms", 100.0, "median", "trial", 1, "stream", 88, "total_ms", total_ms,
			"out_of_order", 3));
}

/* Writes DIR/trial-001/budget.json; DIR is there. */
static inline void
sample_save_budget(const char *dir, json_t *root)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/trial-001", dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/trial-001/budget.json", dir);
	if (json_dump_file(root, path, JSON_COMPACT) != 0)
		abort();
	json_decref(root);
}

#endif
