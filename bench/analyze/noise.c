/* noise.c - how disturbed a trial was, and whether that was too much. */
#include "bench/analyze/noise.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const pressure_key[3] = {"cpu_some_us", "steal_us", "foreign_us"};
static const char *const ratio_key[3] = {"cpu_pressure_ratio", "steal_ratio", "foreign_ratio"};

static void
take_clock(struct noise_events *n, const json_t *event)
{
	const json_t *offset = json_object_get(event, "offset_ns");
	int64_t offset_ns = json_integer_value(offset);
	int64_t error_ns = json_integer_value(json_object_get(event, "error_ns"));

	if (!json_is_integer(offset))
		return;
	if (!n->has_clock || offset_ns < n->offset_low_ns) {
		n->offset_low_ns = offset_ns;
		n->low_error_ns = error_ns;
	}
	if (!n->has_clock || offset_ns > n->offset_high_ns) {
		n->offset_high_ns = offset_ns;
		n->high_error_ns = error_ns;
	}
	n->has_clock = true;
}

static void
take_pressure(struct noise_events *n, const json_t *event)
{
	int64_t wall_ns = json_integer_value(json_object_get(event, "wall_ns"));

	for (int i = 0; i < 3; i++) {
		const json_t *v = json_object_get(event, pressure_key[i]);

		if (!json_is_number(v))
			continue;
		n->last_us[i] = (int64_t)json_number_value(v);
		if (!n->has[i])
			n->first_us[i] = n->last_us[i];
		n->has[i] = true;
	}
	if (!n->has_cpu)
		n->first_wall_ns = wall_ns;
	n->last_wall_ns = wall_ns;
	n->has_cpu = true;
}

void
noise_take_event(struct noise_events *n, const char *name, const json_t *event)
{
	if (strcmp(name, "clock") == 0)
		take_clock(n, event);
	else if (strcmp(name, "pressure") == 0)
		take_pressure(n, event);
}

/* What the reading errors explain of a difference is not a step. */
static double
clock_step_us(const struct noise_events *n)
{
	double step_ns =
		(double)(n->offset_high_ns - n->offset_low_ns - n->low_error_ns - n->high_error_ns);

	return step_ns > 0 ? step_ns / 1e3 : 0;
}

void
noise_of_events(const struct noise_events *n, struct trial *t)
{
	double elapsed_us = (double)(n->last_wall_ns - n->first_wall_ns) / 1e3;

	if (n->has_clock)
		json_object_set_new(t->noise, "clock_step_us", json_real(clock_step_us(n)));
	for (int i = 0; i < 3; i++)
		if (n->has[i] && elapsed_us > 0)
			json_object_set_new(t->noise, ratio_key[i],
				json_real((double)(n->last_us[i] - n->first_us[i]) / elapsed_us));
}

/* lateness_us of a stats file into the noise; absent is noted, for not every run has it. */
static void
take_lateness(const struct run *r, struct trial *t, const char *file, const char *key)
{
	char path[PATH_MAX];
	json_t *stats = NULL, *lateness;
	struct err e;

	trial_path(r, t, file, path, sizeof(path));
	if (access(path, F_OK) < 0) {
		json_object_set_new(t->noise, key, json_null());
		return;
	}
	if (json_file(path, &stats, &e) < 0) {
		trial_invalid(t, "%s", e.text);
		return;
	}
	lateness = json_object_get(stats, "lateness_us");
	json_object_set(t->noise, key, lateness == NULL ? json_null() : lateness);
	if (strcmp(file, "probe-stats.json") == 0) {
		const json_t *statuses = json_object_get(stats, "statuses");
		json_int_t told = json_integer_value(json_object_get(stats, "sent")) +
			json_integer_value(json_object_get(statuses, "send_failed"));

		size_t held = t->queries + t->side_queries;

		if (told > (json_int_t)held && t->valid)
			trial_invalid(t,
				"%s: tells of %lld queries, but the answers file holds %zu", path,
				(long long)told, held);
	}
	json_decref(stats);
}

static void
take_drops(const struct run *r, struct trial *t)
{
	char path[PATH_MAX];
	json_t *stats = NULL, *point;
	json_int_t dropped = 0;
	struct err e;
	size_t i;

	trial_path(r, t, "capture-stats.json", path, sizeof(path));
	if (access(path, F_OK) < 0) {
		json_object_set_new(t->noise, "capture_dropped", json_null());
		return;
	}
	if (json_file(path, &stats, &e) < 0) {
		trial_invalid(t, "%s", e.text);
		return;
	}
	json_array_foreach(json_object_get(stats, "points"), i, point)
	{
		const char *error = json_string_value(json_object_get(point, "error"));
		const char *file = json_string_value(json_object_get(point, "file"));

		if (error != NULL && error[0] != '\0')
			trial_invalid(t, "%s: the capture %s ended early: %s", path,
				file == NULL ? "?" : file, error);
		dropped += json_integer_value(json_object_get(point, "dropped")) +
			json_integer_value(json_object_get(point, "if_dropped"));
	}
	json_object_set_new(t->noise, "capture_dropped", json_integer(dropped));
	json_decref(stats);
}

static void
judge(const struct run *r, struct trial *t, const char *limit_key, const json_t *value,
	const char *what, const char *unit)
{
	const json_t *limit = json_object_get(json_object_get(r->json, "limits"), limit_key);

	if (json_is_number(limit) && json_is_number(value) &&
		json_number_value(value) > json_number_value(limit))
		trial_invalid(t, "%s %.6g%s, over the limit of %.6g (%s)", what,
			json_number_value(value), unit, json_number_value(limit), limit_key);
}

void
noise_judge(
	const struct run *r, struct trial *t, const char *key, const char *what, const char *unit)
{
	judge(r, t, key, json_object_get(t->noise, key), what, unit);
}

void
noise_of_files(const struct run *r, struct trial *t)
{
	json_t *n = t->noise;

	take_lateness(r, t, "probe-stats.json", "send_lateness_us");
	take_lateness(r, t, "wire-stats.json", "wire_lateness_us");
	take_drops(r, t);
	judge(r, t, "send_lateness_p99_us",
		json_object_get(json_object_get(n, "send_lateness_us"), "p99"),
		"the probes' send lateness (p99) of", " us");
	judge(r, t, "wire_lateness_p99_us",
		json_object_get(json_object_get(n, "wire_lateness_us"), "p99"),
		"the link emulator's lateness (p99) of", " us");
	judge(r, t, "capture_drops", json_object_get(n, "capture_dropped"),
		"captures dropped:", " packets");
	noise_judge(r, t, "udp_receive_drops",
		"dropped by sockets that nobody read in time:", " datagrams");
	judge(r, t, "clock_step_us", json_object_get(n, "clock_step_us"), "a clock step of", " us");
	judge(r, t, "cpu_pressure_ratio", json_object_get(n, "cpu_pressure_ratio"),
		"CPU pressure of", "");
}
