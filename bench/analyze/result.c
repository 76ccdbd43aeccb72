/* result.c - result.json (catchment.result/1) from what was analyzed. */
#include "bench/analyze/result.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/analyze/budget.h"
#include "bench/analyze/catchment.h"
#include "bench/analyze/damage.h"
#include "bench/analyze/gate_values.h"
#include "bench/analyze/loads.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/resolvers.h"
#include "bench/analyze/rfc_bgp.h"
#include "bench/analyze/rtt.h"
#include "bench/analyze/rtt_spread.h"
#include "bench/analyze/sides.h"
#include "bench/analyze/soak.h"
#include "bench/analyze/streams.h"
#include "bench/analyze/verdicts.h"

static json_t *
since_fault(const struct trial *t, int64_t wall_ns)
{
	if (wall_ns == NEVER || !t->has_fault)
		return json_null();
	return json_number((double)(wall_ns - t->fault_ns) / 1e6);
}

static json_t *
site_name(const struct run *r, int site)
{
	return site < 0 ? json_null() : json_string(r->site[site].name);
}

static json_t *
by_family(const struct trial *t, const int64_t wall_ns[static FAMILIES])
{
	json_t *o = json_object();

	for (int f = 0; f < FAMILIES; f++)
		json_object_set_new(o, family_name[f], since_fault(t, wall_ns[f]));
	return o;
}

static void
set_withdraw(json_t *o, const struct trial *t)
{
	int64_t first_ns[FAMILIES], last_ns[FAMILIES];
	json_t *flaps = json_object(), *sessions = json_object();

	for (int f = 0; f < FAMILIES; f++) {
		const struct withdraw *w = &t->withdraw[f];

		first_ns[f] = w->first_ns;
		last_ns[f] = w->last_ns;
		json_object_set_new(flaps, family_name[f], json_integer(w->flaps));
		json_object_set_new(sessions, family_name[f],
			json_pack("{s:i,s:i,s:i}", "carried", (int)w->sessions, "withdrawn",
				(int)w->most, "silent", (int)w->silent));
	}
	json_object_set_new(o, "withdraw_ms", by_family(t, first_ns));
	json_object_set_new(o, "withdraw_last_ms", by_family(t, last_ns));
	json_object_set_new(o, "withdraw_flaps", flaps);
	json_object_set_new(o, "withdraw_sessions", sessions);
}

static json_t *
families_json(const bool of[static FAMILIES])
{
	json_t *list = json_array();

	for (int f = 0; f < FAMILIES; f++)
		if (of[f])
			json_array_append_new(list, json_string(family_name[f]));
	return list;
}

static json_t *
wire_json(const struct trial *t, enum wire_kind kind)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->wires; i++) {
		const struct wire_event *w = &t->wire[i];
		json_t *o;

		if (w->kind != kind)
			continue;
		o = json_object();
		if (kind != WIRE_CLOSE)
			json_object_set_new(o, "family", json_string(family_name[w->family]));
		json_object_set_new(o, "how", json_string(w->how));
		json_object_set_new(o, "peer", json_string(w->peer));
		json_object_set_new(o, "at_ms", since_fault(t, w->at_ns));
		json_object_set_new(o, "capture", json_string(w->capture));
		json_object_set_new(o, "packet", json_integer((json_int_t)w->packet));
		if (kind == WIRE_CLOSE)
			json_object_set_new(o, "withdraws", families_json(w->withdraws));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
stream_json(const struct run *r, const struct trial *t, const struct stream *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "stream", json_integer(s->id));
	json_object_set_new(o, "probe", json_integer(s->probe));
	json_object_set_new(o, "city", json_string(r->city[s->city].name));
	json_object_set_new(o, "family", json_string(family_name[s->family]));
	json_object_set_new(o, "sent", json_integer(s->sent));
	json_object_set_new(o, "unanswered", json_integer(s->lost));
	json_object_set_new(o, "icmp", json_integer(s->icmp));
	json_object_set_new(o, "send_failed", json_integer(s->send_failed));
	json_object_set_new(o, "wrong", json_integer(s->wrong));
	json_object_set_new(o, "pending", json_integer(s->pending));
	json_object_set_new(o, "restore_unanswered", json_integer(s->restore_lost));
	json_object_set_new(o, "lookups", json_integer(s->lookups));
	json_object_set_new(o, "client_failures", json_integer(s->lookup_failures));
	json_object_set_new(o, "affected", json_boolean(s->affected));
	json_object_set_new(o, "window_from_ms", since_fault(t, s->window_from_ns));
	json_object_set_new(o, "loss_of_connectivity_ms", json_real(stream_loss_ms(r, s)));
	json_object_set_new(o, "last_answer_before_ms", since_fault(t, s->last_before_ns));
	json_object_set_new(o, "last_answer_before_site", site_name(r, s->site_before));
	json_object_set_new(o, "first_good_answer_ms", since_fault(t, s->first_good_ns));
	json_object_set_new(o, "first_good_answer_site", site_name(r, s->site_first));
	return o;
}

/* Samples of one city (-1: all) and trial (NULL: the valid ones): loss, then first good answers. */
static int
gather(const struct run *r, const struct trial *only, int city, struct samples *loss,
	struct samples *first)
{
	int rc = 0;

	for (size_t i = 0; i < r->trials; i++) {
		const struct trial *t = &r->trial[i];

		if (only != NULL ? t != only : !t->valid)
			continue;
		for (size_t k = 0; k < t->streams && rc == 0 && t->has_fault; k++) {
			const struct stream *s = &t->stream[k];

			if (city >= 0 ? s->city != city : !r->city[s->city].affected)
				continue;
			rc = samples_add(loss, stream_loss_ms(r, s), t->number);
			if (rc == 0 && s->first_good_ns != NEVER)
				rc = samples_add(first,
					(double)(s->first_good_ns - t->fault_ns) / 1e6, t->number);
		}
	}
	return rc;
}

static int
set_summaries(const struct run *r, const struct trial *only, int city, json_t *o)
{
	struct samples *loss = samples_new(), *first = samples_new();
	int rc = loss == NULL || first == NULL ? -1 : gather(r, only, city, loss, first);

	if (rc == 0) {
		json_object_set_new(o, "loss_of_connectivity_ms", metric_summary(loss));
		json_object_set_new(o, "first_good_answer_ms", metric_summary(first));
	}
	samples_free(loss);
	samples_free(first);
	return rc;
}

static json_t *
restore_json(const struct trial *t)
{
	json_t *o = json_object();
	unsigned lost = 0;

	for (size_t i = 0; i < t->streams; i++)
		lost += t->stream[i].restore_lost;
	json_object_set_new(o, "announce_ms", by_family(t, t->announce_ns));
	json_object_set_new(o, "unanswered", json_integer(lost));
	return o;
}

static json_t *
strays_json(const struct trial *t)
{
	static const char *const name[6] = {
		NULL, "late", "duplicate", "mismatch", "malformed", "wrong_source"};
	json_t *o = json_object();

	for (int i = 1; i < 6; i++)
		json_object_set_new(o, name[i], json_integer((json_int_t)t->strays[i]));
	return o;
}

static json_t *
trial_json(const struct run *r, const struct trial *t)
{
	json_t *o = json_object(), *streams = json_array();

	json_object_set_new(o, "trial", json_integer(t->number));
	json_object_set_new(o, "dir", json_string(t->dir));
	json_object_set_new(o, "valid", json_boolean(t->valid));
	json_object_set(o, "invalid_because", t->why);
	json_object_set_new(
		o, "fault_wall_ns", t->has_fault ? json_integer(t->fault_ns) : json_null());
	json_object_set_new(
		o, "restore_wall_ns", t->has_restore ? json_integer(t->restore_ns) : json_null());
	json_object_set_new(o, "phase_ms", json_number(t->phase_ms));
	json_object_set_new(o, "phase_locked", json_boolean(json_is_true(t->phase)));
	set_withdraw(o, t);
	json_object_set_new(o, "withdraw_messages", wire_json(t, WIRE_WITHDRAW));
	json_object_set_new(o, "announce_messages", wire_json(t, WIRE_ANNOUNCE));
	json_object_set_new(o, "session_closes", wire_json(t, WIRE_CLOSE));
	json_object_set_new(o, "bgp_malformed", json_integer((json_int_t)t->wire_malformed));
	json_object_set_new(
		o, "last_answer_from_fault_site_ms", since_fault(t, t->last_from_fault_site_ns));
	json_object_set_new(o, "restore", restore_json(t));
	if (set_summaries(r, t, -1, o) < 0) {
		json_decref(o);
		json_decref(streams);
		return NULL;
	}
	json_object_set_new(o, "full_convergence_ms",
		t->full_convergence_ns == NEVER
			? json_null()
			: json_number((double)t->full_convergence_ns / 1e6));
	for (size_t i = 0; i < t->streams; i++)
		json_array_append_new(streams, stream_json(r, t, &t->stream[i]));
	json_object_set_new(o, "streams", streams);
	json_object_set_new(o, "strays", strays_json(t));
	json_object_set_new(o, "slow_lookups", resolvers_trial_json(r, t));
	json_object_set(o, "steady", t->steady == NULL ? json_null() : t->steady);
	json_object_set(o, "timeline", t->timeline == NULL ? json_null() : t->timeline);
	json_object_set(
		o, "city_timeline", t->city_timeline == NULL ? json_null() : t->city_timeline);
	json_object_set_new(o, "soak", soak_json(t));
	json_object_set(o, "noise", t->noise);
	return o;
}

static json_t *
city_json(const struct run *r, int city)
{
	const struct city *c = &r->city[city];
	const char *title = json_string_value(json_object_get(c->json, "title"));
	json_int_t streams = 0, sent = 0, lost = 0, icmp = 0, restore = 0;
	json_t *o = json_object();

	for (size_t i = 0; i < r->trials; i++) {
		const struct trial *t = &r->trial[i];
		json_int_t here = 0;

		for (size_t k = 0; k < t->streams && t->valid; k++) {
			const struct stream *s = &t->stream[k];

			if (s->city != city)
				continue;
			here++;
			sent += s->sent;
			lost += s->lost;
			icmp += s->icmp;
			restore += s->restore_lost;
		}
		streams = here > streams ? here : streams;
	}
	json_object_set_new(o, "city", json_string(c->name));
	json_object_set_new(o, "title", json_string(title == NULL ? c->name : title));
	json_object_set_new(o, "streams", json_integer(streams));
	json_object_set_new(o, "affected", json_boolean(c->affected));
	json_object_set_new(o, "unanswered", json_integer(lost));
	json_object_set_new(o, "icmp_unreachable", json_integer(icmp));
	json_object_set_new(o, "sent", json_integer(sent));
	json_object_set_new(o, "restore_unanswered", json_integer(restore));
	if (set_summaries(r, NULL, city, o) < 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static void
keep_worst(json_t *o, const char *key, const json_t *value)
{
	const json_t *have = json_object_get(o, key);

	if (json_is_number(value) &&
		(have == NULL || json_number_value(value) > json_number_value(have)))
		json_object_set_new(o, key, json_real(json_number_value(value)));
}

/* The worst of every kind over all trials, the invalid ones too. */
static json_t *
noise_json(const struct run *r)
{
	static const char *const plain[] = {"capture_dropped", "clock_step_us",
		"cpu_pressure_ratio", "steal_ratio", "foreign_ratio", "before_unanswered",
		"rtt_excess_ms", "udp_receive_drops", "interface_drops"};
	json_t *o = json_object();

	for (size_t i = 0; i < r->trials; i++) {
		const json_t *n = r->trial[i].noise;

		keep_worst(o, "send_lateness_p99_us",
			json_object_get(json_object_get(n, "send_lateness_us"), "p99"));
		keep_worst(o, "wire_lateness_p99_us",
			json_object_get(json_object_get(n, "wire_lateness_us"), "p99"));
		for (size_t k = 0; k < sizeof(plain) / sizeof(plain[0]); k++)
			keep_worst(o, plain[k], json_object_get(n, plain[k]));
	}
	return o;
}

/* What run.json lacks the result lacks too. */
static void
copy(json_t *to, const char *to_key, const struct run *r, const char *key)
{
	json_t *v = json_object_get(r->json, key);

	if (v != NULL)
		json_object_set(to, to_key, v);
}

static json_t *
head_json(const struct run *r)
{
	json_int_t invalid = 0, streams = 0;
	json_t *o = json_object();

	for (size_t i = 0; i < r->trials; i++) {
		invalid += !r->trial[i].valid;
		if ((json_int_t)r->trial[i].streams > streams)
			streams = (json_int_t)r->trial[i].streams;
	}
	json_object_set_new(o, "schema", json_string("catchment.result/1"));
	copy(o, "scenario", r, "scenario");
	copy(o, "title", r, "title");
	copy(o, "summary", r, "summary");
	copy(o, "variant", r, "variant");
	copy(o, "run_id", r, "id");
	json_object_set_new(o, "trials", json_integer((json_int_t)r->trials));
	json_object_set_new(o, "invalid_trials", json_integer(invalid));
	copy(o, "trials_planned", r, "trials_planned");
	copy(o, "complete", r, "complete");
	copy(o, "interrupted", r, "interrupted");
	copy(o, "limits", r, "limits");
	copy(o, "seed", r, "seed");
	copy(o, "gap_ms", r, "gap_ms");
	json_object_set_new(o, "streams", json_integer(streams));
	copy(o, "rate_qps", r, "rate_qps");
	copy(o, "fault_phase", r, "fault_phase");
	copy(o, "timeline", r, "timeline");
	copy(o, "fault_node", r, "fault_node");
	return o;
}

/* Adds a part under its key. False, with nothing added, when it could not be made. */
static bool
add_part(json_t *o, const char *key, json_t *part)
{
	return part != NULL && json_object_set_new(o, key, part) == 0;
}

/* As measured before the trials; null when it was not. */
static json_t *
calibration_of(const struct run *r)
{
	char path[PATH_MAX];
	json_t *calibration = NULL;
	struct err e;

	snprintf(path, sizeof(path), "%s/calibration/calibration.json", r->dir);
	return json_file(path, &calibration, &e) == 0 ? calibration : json_null();
}

/* Last miles are drawn once for a run: those of its first trial that has streams. Null: none were modelled. */
static json_t *
last_mile_json(const struct run *r)
{
	const struct trial *t = NULL;
	struct samples *ms;
	json_t *o, *summary;

	for (size_t i = 0; i < r->trials && t == NULL; i++)
		if (r->trial[i].last_mile != NULL)
			t = &r->trial[i];
	if (t == NULL)
		return json_null();
	ms = samples_new();
	for (size_t i = 0; ms != NULL && i < t->streams; i++)
		if (samples_add(ms, (double)t->stream[i].last_mile_ns / 1e6, t->number) < 0) {
			samples_free(ms);
			ms = NULL;
		}
	o = json_deep_copy(t->last_mile);
	if (ms == NULL || o == NULL) {
		json_decref(o);
		samples_free(ms);
		return NULL;
	}
	summary = metric_summary(ms);
	json_object_set_new(o, "modelled", json_true());
	json_object_set_new(o, "added_rtt_ms", summary);
	samples_free(ms);
	return o;
}

/* A reader of figures has to know that a part of them was drawn and not measured. */
static void
set_provenance(json_t *o, const struct run *r)
{
	const json_t *mile = json_object_get(o, "last_mile");
	const json_t *ms = json_object_get(mile, "added_rtt_ms");
	json_t *provenance = json_copy(json_object_get(r->json, "provenance"));
	char text[256];

	if (json_is_object(mile) && provenance != NULL) {
		snprintf(text, sizeof(text),
			"modelled, not on the wire: adds %.3g ms (median; %.3g to %.3g) to round "
			"trips, half of it to first good answers",
			json_number_value(json_object_get(ms, "p50")),
			json_number_value(json_object_get(ms, "min")),
			json_number_value(json_object_get(ms, "max")));
		json_object_set_new(provenance, "last_mile", json_string(text));
	}
	if (provenance != NULL)
		json_object_set_new(o, "provenance", provenance);
}

json_t *
result_json(const struct run *r)
{
	json_t *o = head_json(r), *cities = json_array(), *trials = json_array();
	json_t *gate = gate_values_json(r);
	bool whole = add_part(o, "metrics", metrics_json(r)) &&
		add_part(o, "loads", loads_result_json(r)) &&
		add_part(o, "expectations", expect_json(r)) &&
		add_part(o, "targets", targets_json(r, json_object_get(o, "expectations"))) &&
		add_part(o, "last_mile", last_mile_json(r)) &&
		add_part(o, "phases", budget_phases_json(r, -1)) &&
		add_part(o, "phases_by_city", budget_cities_json(r)) &&
		add_part(o, "budget", budget_json(r)) &&
		add_part(o, "evidence_damaged", damage_json(r)) &&
		add_part(o, "catchment", catchment_json(r)) &&
		add_part(o, "rtt_spread", rtt_spread_json(r)) &&
		add_part(o, "unicast", rtt_json(r)) && add_part(o, "tcp", sides_tcp_json(r)) &&
		add_part(o, "large", sides_large_json(r));

	for (int i = 0; i < r->cities && whole; i++)
		whole = json_array_append_new(cities, city_json(r, i)) == 0;
	for (size_t i = 0; i < r->trials && whole; i++)
		whole = json_array_append_new(trials, trial_json(r, &r->trial[i])) == 0 &&
			json_object_set(
				json_array_get(trials, i), "gate", json_array_get(gate, i)) == 0;
	json_decref(gate);
	json_object_set_new(o, "cities", cities);
	json_object_set_new(o, "resolvers", resolvers_json(r));
	json_object_set_new(o, "per_trial", trials);
	json_object_set_new(o, "calibration", calibration_of(r));
	whole = whole && add_part(o, "bgp", rfc_bgp_json(r));
	json_object_set_new(o, "noise", noise_json(r));
	set_provenance(o, r);
	copy(o, "command", r, "command");
	if (!whole) {
		json_decref(o);
		return NULL;
	}
	return o;
}
