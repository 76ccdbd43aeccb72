/* result_trial.c - one trial of result.json: its streams, timelines and noise. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "reports/reader.h"
#include "reports/result.h"

#define STREAMS_MAX 100000
#define BINS_MAX    100000
#define SITES_MAX   64
#define CITIES_MAX  256
#define STRINGS_MAX 1000

struct stats
result_stats_read(struct reader *r, json_t *object, const char *at, const char *key)
{
	char path[READER_AT_BYTES];
	json_t *o = key == NULL ? object : reader_object(r, object, at, key);

	reader_join(path, at, key == NULL ? "" : key);
	return (struct stats){
		.n = reader_num(r, o, path, "n"),
		.min = reader_num(r, o, path, "min"),
		.p1 = reader_num(r, o, path, "p1"),
		.p50 = reader_num(r, o, path, "p50"),
		.p99 = reader_num(r, o, path, "p99"),
		.max = reader_num(r, o, path, "max"),
		.ci_low = reader_num(r, o, path, "ci_low"),
		.ci_high = reader_num(r, o, path, "ci_high"),
	};
}

const char **
result_strings_read(
	struct reader *r, json_t *object, const char *at, const char *key, size_t *ret_n)
{
	json_t *list = reader_list(r, object, at, key, STRINGS_MAX);
	const char **strings;

	*ret_n = 0;
	if (list == NULL)
		return NULL;
	strings = reader_alloc(r, json_array_size(list), sizeof(*strings));
	for (size_t i = 0; strings != NULL && i < json_array_size(list); i++) {
		strings[i] = json_string_value(json_array_get(list, i));
		if (strings[i] == NULL) {
			reader_complain(r, at, key, "a list of strings is wanted");
			break;
		}
		*ret_n = i + 1;
	}
	return strings;
}

struct noise
result_noise_read(struct reader *r, json_t *object, const char *at, const char *key)
{
	char path[READER_AT_BYTES];
	json_t *o = reader_object(r, object, at, key);
	struct noise n;

	reader_join(path, at, key);
	n.send_lateness_us = result_stats_read(r, o, path, "send_lateness_us");
	n.wire_lateness_us = result_stats_read(r, o, path, "wire_lateness_us");
	n.send_p99_us = reader_num(r, o, path, "send_lateness_p99_us");
	n.wire_p99_us = reader_num(r, o, path, "wire_lateness_p99_us");
	if (isnan(n.send_p99_us))
		n.send_p99_us = n.send_lateness_us.p99;
	if (isnan(n.wire_p99_us))
		n.wire_p99_us = n.wire_lateness_us.p99;
	n.capture_dropped = reader_num(r, o, path, "capture_dropped");
	n.clock_step_us = reader_num(r, o, path, "clock_step_us");
	n.cpu_pressure_ratio = reader_num(r, o, path, "cpu_pressure_ratio");
	n.steal_ratio = reader_num(r, o, path, "steal_ratio");
	n.foreign_ratio = reader_num(r, o, path, "foreign_ratio");
	n.before_unanswered = reader_num(r, o, path, "before_unanswered");
	n.rtt_excess_ms = reader_num(r, o, path, "rtt_excess_ms");
	n.udp_receive_drops = reader_num(r, o, path, "udp_receive_drops");
	return n;
}

static struct family_ms
family_read(struct reader *r, json_t *object, const char *at, const char *key)
{
	char path[READER_AT_BYTES];
	json_t *o = reader_object(r, object, at, key);

	reader_join(path, at, key);
	return (struct family_ms){reader_num(r, o, path, "v4"), reader_num(r, o, path, "v6")};
}

/* Bins of one series; all series of a timeline must be equally long. */
static double *
bins_read(struct reader *r, json_t *o, const char *at, const char *key, size_t *bins)
{
	size_t n;
	double *series = reader_numbers(r, o, at, key, BINS_MAX, &n);

	if (series != NULL && *bins == 0)
		*bins = n;
	if (series != NULL && n != *bins && r->rc == 0)
		reader_complain(r, at, key, "not as many bins as the other series");
	return series;
}

static void
timeline_read(struct reader *r, json_t *o, const char *at, struct timeline *t)
{
	json_t *sites, *value;
	char sites_at[READER_AT_BYTES];
	const char *site;

	t->bin_ms = reader_num(r, o, at, "bin_ms");
	t->from_ms = reader_num(r, o, at, "from_ms");
	sites = reader_object(r, o, at, "sites");
	reader_join(sites_at, at, "sites");
	if (json_object_size(sites) > SITES_MAX)
		reader_complain(r, at, "sites", "too many sites");
	t->sites = reader_alloc(r, json_object_size(sites), sizeof(*t->sites));
	if (t->sites == NULL)
		return;
	json_object_foreach(sites, site, value)
	{
		double *series = bins_read(r, sites, sites_at, site, &t->bins);

		if (series != NULL)
			t->sites[t->n_sites++] = (struct timeline_site){site, series};
	}
	t->unanswered = bins_read(r, o, at, "unanswered", &t->bins);
	t->failed = bins_read(r, o, at, "failed", &t->bins);
	if (t->unanswered == NULL)
		t->unanswered = reader_alloc(r, t->bins, sizeof(double));
	if (t->failed == NULL)
		t->failed = reader_alloc(r, t->bins, sizeof(double));
	if (t->bins > 0 && (!(t->bin_ms > 0) || isnan(t->from_ms)))
		reader_complain(r, at, "bin_ms", "a timeline needs bin_ms above 0, and from_ms");
}

static void
timeline_done(struct timeline *t)
{
	for (size_t i = 0; i < t->n_sites; i++)
		free(t->sites[i].queries);
	free(t->sites);
	free(t->unanswered);
	free(t->failed);
}

static void
streams_read(struct reader *r, json_t *object, const char *at, struct trial *t)
{
	json_t *list = reader_list(r, object, at, "streams", STREAMS_MAX);
	char path[READER_AT_BYTES];

	t->streams = reader_alloc(r, json_array_size(list), sizeof(*t->streams));
	for (size_t i = 0; t->streams != NULL && i < json_array_size(list); i++) {
		json_t *o = reader_entry(r, list, i, at, "streams", path);
		double id = reader_num(r, o, path, "stream");

		t->streams[t->n_streams++] = (struct stream){
			.id = id >= 0 && id < 1e9 ? (int64_t)id : -1,
			.city = reader_str(r, o, path, "city"),
			.family = reader_str(r, o, path, "family"),
			.unanswered = reader_num(r, o, path, "unanswered"),
			.icmp = reader_num(r, o, path, "icmp"),
			.loss_ms = reader_num(r, o, path, "loss_of_connectivity_ms"),
			.first_good_ms = reader_num(r, o, path, "first_good_answer_ms"),
			.before_site = reader_str(r, o, path, "last_answer_before_site"),
			.first_good_site = reader_str(r, o, path, "first_good_answer_site"),
		};
		if (r->rc < 0)
			return;
	}
}

static void
city_timelines_read(struct reader *r, json_t *object, const char *at, struct trial *t)
{
	json_t *map = reader_object(r, object, at, "city_timeline"), *value;
	char map_at[READER_AT_BYTES], path[READER_AT_BYTES];
	const char *city;

	reader_join(map_at, at, "city_timeline");
	if (json_object_size(map) > CITIES_MAX)
		reader_complain(r, at, "city_timeline", "too many cities");
	t->cities = reader_alloc(r, json_object_size(map), sizeof(*t->cities));
	if (t->cities == NULL)
		return;
	json_object_foreach(map, city, value)
	{
		json_t *o = reader_object(r, map, map_at, city);

		if (o == NULL)
			continue;
		reader_join(path, map_at, city);
		t->cities[t->n_cities].city = city;
		timeline_read(r, o, path, &t->cities[t->n_cities++].timeline);
	}
}

int
result_trial_read(struct reader *r, json_t *object, const char *at, struct trial *t)
{
	double number = reader_num(r, object, at, "trial");
	double fault_ns = reader_num(r, object, at, "fault_wall_ns");
	double restore_ns = reader_num(r, object, at, "restore_wall_ns");
	char path[READER_AT_BYTES];
	struct family_ms flaps;
	json_t *restore, *timeline;

	t->number = number >= 0 && number < 1e6 ? (int)number : 0;
	t->dir = reader_str(r, object, at, "dir");
	t->valid = reader_bool(r, object, at, "valid", true);
	t->invalid_because =
		result_strings_read(r, object, at, "invalid_because", &t->n_invalid_because);
	t->phase_ms = reader_num(r, object, at, "phase_ms");
	t->restore_ms = (restore_ns - fault_ns) / 1e6;
	t->withdraw_ms = family_read(r, object, at, "withdraw_ms");
	flaps = family_read(r, object, at, "withdraw_flaps");
	t->withdraw_flaps = fmax(flaps.v4, flaps.v6);
	t->last_answer_ms = reader_num(r, object, at, "last_answer_from_fault_site_ms");
	t->full_convergence_ms = reader_num(r, object, at, "full_convergence_ms");
	t->first_good_ms = result_stats_read(r, object, at, "first_good_answer_ms");
	t->loss_ms = result_stats_read(r, object, at, "loss_of_connectivity_ms");
	restore = reader_object(r, object, at, "restore");
	reader_join(path, at, "restore");
	t->announce_ms = family_read(r, restore, path, "announce_ms");
	t->restore_unanswered = reader_num(r, restore, path, "unanswered");
	t->noise = result_noise_read(r, object, at, "noise");
	streams_read(r, object, at, t);
	timeline = reader_object(r, object, at, "timeline");
	reader_join(path, at, "timeline");
	if (timeline != NULL)
		timeline_read(r, timeline, path, &t->timeline);
	city_timelines_read(r, object, at, t);
	rounds_read(r, object, at, &t->rounds);
	return r->rc;
}

void
result_trial_done(struct trial *t)
{
	free(t->invalid_because);
	free(t->streams);
	timeline_done(&t->timeline);
	for (size_t i = 0; i < t->n_cities; i++)
		timeline_done(&t->cities[i].timeline);
	free(t->cities);
	rounds_done(&t->rounds);
}
