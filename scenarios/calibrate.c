/*
 * calibrate.c - do known things to a lab's links, and keep how they were measured.
 *
 * The blackouts take the service's packets only: BGP, BFD and the IGP pass, so that nobody reroutes and
 * what is lost is the blackout and nothing else. Where there are several sites the long blackout
 * is at one and the short ones at another meanwhile.
 */
#include "scenarios/calibrate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/analyze/calibration.h"
#include "lib/fs.h"
#include "scenarios/calibrate_plan.h"
#include "scenarios/plans.h"
#include "scenarios/watch.h"

enum {
	BLACKOUTS = 3,
	REST_MS = 1000, /* between two at the same link; analysis looks 450 ms around each */
	END_TIMEOUT_MS = 2000
};

static const int64_t length_ms[BLACKOUTS] = {5000, 500, 50};

/* A blackout as planned and as it was. */
struct dark_time {
	const struct calibrate_dark *where;
	int64_t length_ns, at_ns; /* after the start */
	json_int_t id;		  /* the emulator's number for the change */
	json_int_t begin_wall_ns, end_wall_ns;
};

struct calibration {
	const struct calibrate_plan *plan;
	const struct topology *topology;
	struct survey *survey;
	struct calibrate_choice choice;
	struct dark_time dark[BLACKOUTS]; /* in the order of their beginning */
	struct watch watch;
};

/* Limits beyond which the instrument is not to be trusted (method.md). */
static json_t *
limits_json(void)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f}", "blackout_union_ms", 5.0, "blackout_held_ms",
		1.0, "delay_error_p50_us", 250.0, "delay_error_p99_us", 5000.0,
		"rtt_difference_p50_us", 250.0);
}

static int
by_instant(const void *a, const void *b)
{
	const struct dark_time *x = a, *y = b;

	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

/* When each one begins: the longest first, the shorter ones beside it where there is another link. */
static void
set_times(struct calibration *c)
{
	int64_t free_ns[CALIBRATE_DARK_MAX];

	for (size_t i = 0; i < CALIBRATE_DARK_MAX; i++)
		free_ns[i] = REST_MS * NS_PER_MS + (int64_t)i * 200 * NS_PER_MS;
	for (size_t i = 0; i < BLACKOUTS; i++) {
		size_t link = 0;

		for (size_t k = 1; k < c->choice.dark_len; k++)
			if (free_ns[k] < free_ns[link])
				link = k;
		c->dark[i] = (struct dark_time){.where = &c->choice.dark[link],
			.length_ns = length_ms[i] * NS_PER_MS,
			.at_ns = free_ns[link]};
		free_ns[link] += c->dark[i].length_ns + REST_MS * NS_PER_MS;
	}
	qsort(c->dark, BLACKOUTS, sizeof(c->dark[0]), by_instant);
}

static int64_t
span_ns(const struct calibration *c)
{
	int64_t end_ns = 0;

	for (size_t i = 0; i < BLACKOUTS; i++)
		if (c->dark[i].at_ns + c->dark[i].length_ns > end_ns)
			end_ns = c->dark[i].at_ns + c->dark[i].length_ns;
	return end_ns + REST_MS * NS_PER_MS;
}

static int
begin_dark(struct calibration *c, struct dark_time *d, struct err *e)
{
	const struct topo_link *link = &c->topology->links[d->where->link];
	json_t *reply = NULL;
	int rc = lab_wire(c->plan->lab,
		json_pack("{s:s, s:[s], s:s, s:b, s:I}", "op", "set", "links", link->name, "dir",
			d->where->end == 1 ? "a2b" : "b2a", "blackhole_data", 1, "for_ns",
			(json_int_t)d->length_ns),
		&reply, NULL, e);

	if (rc == 0)
		d->id = json_integer_value(json_object_get(reply, "id"));
	json_decref(reply);
	events_add(c->watch.events, "blackout",
		json_pack("{s:s, s:f}", "target", link->name, "length_ms",
			(double)d->length_ns / 1e6));
	return rc;
}

static int
play(struct calibration *c, struct err *e)
{
	struct mono start = mono_now();
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < BLACKOUTS; i++) {
		rc = watch_until(&c->watch, mono_add(start, c->dark[i].at_ns), "calibrating", e);
		if (rc == 0)
			rc = begin_dark(c, &c->dark[i], e);
	}
	return rc < 0 ? rc : watch_until(&c->watch, mono_add(start, span_ns(c)), "calibrating", e);
}

/* The exact beginnings and ends, by the emulator. */
static int
ask_instants(struct calibration *c, struct err *e)
{
	json_t *reply = NULL, *change;
	size_t i;
	int rc = lab_wire(c->plan->lab,
		json_pack("{s:s, s:I}", "op", "changes", "since", c->dark[0].id), &reply, NULL, e);

	if (rc < 0)
		return rc;
	json_array_foreach(json_object_get(reply, "changes"), i, change)
	{
		json_int_t id = json_integer_value(json_object_get(change, "id")), begin[2], end[2];

		for (size_t k = 0; k < BLACKOUTS; k++)
			if (id == c->dark[k].id &&
				json_unpack(change, "{s:{s:I, s:I}, s:{s:I, s:I}}", "begin",
					"before_wall_ns", &begin[0], "after_wall_ns", &begin[1],
					"end", "before_wall_ns", &end[0], "after_wall_ns",
					&end[1]) == 0) {
				c->dark[k].begin_wall_ns = begin[0] + (begin[1] - begin[0]) / 2;
				c->dark[k].end_wall_ns = end[0] + (end[1] - end[0]) / 2;
			}
	}
	json_decref(reply);
	for (size_t k = 0; k < BLACKOUTS; k++)
		if (c->dark[k].end_wall_ns == 0)
			return err_set(e, EPROTO,
				"the link emulator does not tell when a blackout of %g ms ended",
				(double)c->dark[k].length_ns / 1e6);
	return 0;
}

static int
write_plan(struct calibration *c, struct err *e)
{
	json_t *blackouts = json_array();

	for (size_t i = 0; i < BLACKOUTS; i++) {
		const struct dark_time *d = &c->dark[i];
		const struct topo_link *link = &c->topology->links[d->where->link];

		json_array_append_new(blackouts,
			json_pack("{s:s, s:s, s:f, s:I, s:I, s:f, s:o}", "link", link->name,
				"towards", c->topology->nodes[link->node[d->where->end]].name,
				"asked_ms", (double)d->length_ns / 1e6, "begin_wall_ns",
				d->begin_wall_ns, "end_wall_ns", d->end_wall_ns, "link_delay_ms",
				(double)link->delay_ns / 1e6, "crossing",
				calibrate_crossing_json(c->topology, c->survey, d->where)));
	}
	return watch_write(&c->watch, "calibration-plan.json",
		json_pack("{s:s, s:f, s:o, s:o, s:o, s:o}", "schema",
			"catchment.calibration-plan/1", "gap_ms",
			1000 / c->plan->scenario->rate_qps, "blackouts", blackouts, "links",
			calibrate_links_json(c->topology, &c->choice), "beside_probes",
			calibrate_beside_json(c->topology, &c->choice), "limits", limits_json()),
		e);
}

static void
forget_captures(struct calibration *c)
{
	const struct topology *t = c->topology;
	char path[WATCH_PATH_BYTES], name[128];

	for (size_t i = 0; i < c->choice.links_len; i++)
		for (int end = 0; end < 2; end++) {
			const struct topo_link *l = &t->links[c->choice.links[i]];
			const struct topo_node *n = &t->nodes[l->node[end]];

			snprintf(name, sizeof(name), "captures/%.60s.%s.pcap", n->name,
				n->ifaces[l->iface[end]].name);
			unlink(watch_path(&c->watch, name, path));
		}
	rmdir(watch_path(&c->watch, "captures", path));
}

static int
measure(struct calibration *c, json_t **ret, struct err *e)
{
	json_t *result = NULL;
	int rc = ask_instants(c, e);

	if (rc == 0)
		rc = write_plan(c, e);
	if (rc == 0)
		rc = analyze_calibration(c->plan->run_dir, &result, e);
	if (rc == 0)
		rc = watch_write(&c->watch, "calibration.json", json_incref(result), e);
	if (rc == 0)
		*ret = json_incref(result);
	json_decref(result);
	return rc;
}

static int
observe(struct calibration *c, struct err *e)
{
	const struct calibrate_plan *plan = c->plan;
	struct scenario probes = *plan->scenario;
	struct err later = {0};
	int rc, one;

	probes.timeout_ns = END_TIMEOUT_MS * NS_PER_MS;
	probes.resolver_qps = 0;
	probes.unicast_qps = probes.tcp_qps = probes.large_qps = 0;
	rc = watch_start(&c->watch, calibrate_captures(plan->lab, &c->choice), NULL,
		plan_probes(plan->lab, &probes, plan->seed, span_ns(c) + 60 * NS_PER_S), e);
	if (rc == 0)
		rc = play(c, e);
	one = watch_stop(&c->watch, rc < 0 ? &later : e);
	return rc < 0 ? rc : one;
}

int
calibrate(const struct calibrate_plan *plan, json_t **ret, struct err *e)
{
	char dir[WATCH_PATH_BYTES], path[WATCH_PATH_BYTES];
	struct calibration c = {.plan = plan,
		.topology = lab_topology(plan->lab),
		.watch = {.lab = plan->lab, .dir = dir, .title = "calibration"}};
	struct err later = {0};
	int rc, one;

	snprintf(dir, sizeof(dir), "%.1000s/calibration", plan->run_dir);
	rc = survey_take_paths(plan->lab, &c.survey, e);
	if (rc < 0)
		return rc;
	rc = calibrate_choose(c.topology, c.survey, &c.choice, e);
	if (rc == 0)
		rc = fs_mkdirs(dir, e);
	if (rc == 0)
		rc = events_open(watch_path(&c.watch, "events.jsonl", path), &c.watch.events, e);
	if (rc == 0) {
		set_times(&c);
		events_add(c.watch.events, "trial_start", NULL);
		rc = observe(&c, e);
		events_add(c.watch.events, "trial_end", NULL);
		one = events_close(c.watch.events, rc < 0 ? &later : e);
		rc = rc < 0 ? rc : one;
	}
	if (rc == 0)
		rc = measure(&c, ret, e);
	if (!plan->keep_captures)
		forget_captures(&c);
	survey_free(c.survey);
	return rc;
}

void
calibrate_tell(const json_t *calibration, char *out, size_t size)
{
	const json_t *blackouts = json_object_get(calibration, "blackouts"), *one;
	const json_t *delay = json_object_get(calibration, "delay_error_us");
	const json_t *rtt = json_object_get(calibration, "rtt_difference_us");
	size_t i, len = 0;

	len += (size_t)snprintf(out, size, "blackouts of ");
	json_array_foreach(blackouts, i, one) if (len < size) len +=
		(size_t)snprintf(out + len, size - len, "%s%g", i ? ", " : "",
			json_number_value(json_object_get(one, "asked_ms")));
	if (len < size)
		len += (size_t)snprintf(out + len, size - len, " ms off by ");
	json_array_foreach(blackouts, i, one) if (len < size) len +=
		(size_t)snprintf(out + len, size - len, "%s%.1f", i ? ", " : "",
			json_number_value(json_object_get(one, "union_error_ms")));
	if (len < size)
		snprintf(out + len, size - len,
			" ms; links late by %.0f us (p99 %.0f); probes and captures differ by %.0f "
			"us",
			json_number_value(json_object_get(delay, "p50")),
			json_number_value(json_object_get(delay, "p99")),
			json_number_value(json_object_get(rtt, "p50")));
}
