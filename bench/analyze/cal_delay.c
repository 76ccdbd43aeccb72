/*
 * cal_delay.c - the delay of each link as two captures see it, against what the link was told.
 *
 * The emulator forwards frames as they are and every query is unique, so a frame at one end and
 * the same bytes at the other are one frame; which end had it first says which way it went.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/cal.h"
#include "bench/analyze/metrics.h"
#include "bench/analyze/pcapfile.h"

/* Frames of one capture by the hash of their bytes. */
struct seen {
	struct seen_frame {
		uint64_t hash; /* 0: free */
		int64_t at_ns;
	} * slot;
	size_t room; /* a power of two */
	size_t used;
};

static uint64_t
hash_of(const struct pcap_record *r)
{
	uint64_t h = 0xcbf29ce484222325U; /* FNV-1a */

	for (size_t i = 0; i < r->captured_bytes; i++)
		h = (h ^ r->data[i]) * 0x100000001b3U;
	return h == 0 ? 1 : h;
}

static struct seen_frame *
place_of(const struct seen *s, uint64_t hash)
{
	size_t i = hash & (s->room - 1);

	while (s->slot[i].hash != 0 && s->slot[i].hash != hash)
		i = (i + 1) & (s->room - 1);
	return &s->slot[i];
}

static int
grow(struct seen *s)
{
	struct seen bigger = {.room = s->room == 0 ? 4096 : 2 * s->room, .used = s->used};

	bigger.slot = calloc(bigger.room, sizeof(bigger.slot[0]));
	if (bigger.slot == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < s->room; i++)
		if (s->slot[i].hash != 0)
			*place_of(&bigger, s->slot[i].hash) = s->slot[i];
	free(s->slot);
	*s = bigger;
	return 0;
}

static int
remember(struct seen *s, const struct pcap_record *r)
{
	struct seen_frame *f;

	if (2 * s->used >= s->room && grow(s) < 0)
		return -ENOMEM;
	f = place_of(s, hash_of(r));
	if (f->hash == 0)
		s->used++;
	*f = (struct seen_frame){.hash = hash_of(r), .at_ns = r->seen.ns};
	return 0;
}

static int
read_end(const struct cal *c, const char *name, struct seen *s, struct err *e)
{
	char path[CAL_DIR_BYTES];
	struct pcap_record record;
	struct pcapfile *p;
	int rc;

	cal_path(c, name, path);
	rc = pcapfile_open(path, &p, e);
	if (rc < 0)
		return rc;
	while ((rc = pcapfile_next(p, &record, e)) == 1)
		if (remember(s, &record) < 0) {
			rc = err_sys(e, ENOMEM, "%s", path);
			break;
		}
	pcapfile_free(p);
	return rc;
}

/* Compare the other end: errors in microseconds, signed, of either way. */
static int
compare_end(const struct cal *c, const char *name, const struct seen *s, const double delay_ms[2],
	struct samples *errors, struct err *e)
{
	char path[CAL_DIR_BYTES];
	struct pcap_record record;
	struct pcapfile *p;
	int rc;

	cal_path(c, name, path);
	rc = pcapfile_open(path, &p, e);
	if (rc < 0)
		return rc;
	while (s->room > 0 && (rc = pcapfile_next(p, &record, e)) == 1) {
		const struct seen_frame *f = place_of(s, hash_of(&record));
		double took_ms = (double)(record.seen.ns - f->at_ns) / 1e6;
		double told_ms = took_ms >= 0 ? delay_ms[0] : delay_ms[1];

		if (f->hash != 0 && samples_add(errors, (fabs(took_ms) - told_ms) * 1e3, 0) < 0) {
			rc = err_sys(e, ENOMEM, "%s", path);
			break;
		}
	}
	pcapfile_free(p);
	return rc;
}

static int
measure_link(struct cal *c, json_t *plan, struct samples *all, json_t *list, struct err *e)
{
	const char *name, *end[2];
	double delay_ms[2];
	struct seen seen = {0};
	struct samples *errors = samples_new();
	int rc;

	if (errors == NULL)
		return err_sys(e, ENOMEM, "calibration");
	if (json_unpack(plan, "{s:s, s:[F,F], s:[s,s]}", "link", &name, "delay_ms", &delay_ms[0],
		    &delay_ms[1], "captures", &end[0], &end[1]) < 0) {
		samples_free(errors);
		return err_set(e, EBADMSG, "calibration-plan.json: a link lacks a key");
	}
	rc = read_end(c, end[0], &seen, e);
	if (rc == 0)
		rc = compare_end(c, end[1], &seen, delay_ms, errors, e);
	for (size_t i = 0; rc == 0 && i < errors->n; i++)
		if (samples_add(all, errors->value[i], 0) < 0)
			rc = err_sys(e, ENOMEM, "calibration");
	/* Each by itself: among the packets of all, one link that is late could hide. */
	if (rc == 0 && errors->n > 0 &&
		fabs(metric_statistic(errors, "median")) > cal_limit(c, "delay_error_p50_us"))
		cal_complain(c,
			"%s: the delay error (median) of %.0f us is over its limit of %g us", name,
			metric_statistic(errors, "median"), cal_limit(c, "delay_error_p50_us"));
	if (rc == 0)
		json_array_append_new(list,
			json_pack("{s:s, s:[f,f], s:o}", "link", name, "delay_ms", delay_ms[0],
				delay_ms[1], "error_us", cal_summary_us(errors)));
	free(seen.slot);
	samples_free(errors);
	return rc;
}

int
cal_delay(struct cal *c, struct err *e)
{
	struct samples *all = samples_new();
	json_t *list = json_array(), *one;
	double p99;
	size_t i;
	int rc = all == NULL ? err_sys(e, ENOMEM, "calibration") : 0;

	json_array_foreach(json_object_get(c->plan, "links"), i, one) if (rc == 0) rc =
		measure_link(c, one, all, list, e);
	if (rc == 0) {
		json_object_set_new(c->result, "delay_error_us", cal_summary_us(all));
		json_object_set(c->result, "links", list);
		if (all->n == 0)
			cal_complain(c, "no frame was seen at both ends of a link");
		p99 = metric_statistic(all, "p99");
		if (all->n > 0 && fabs(p99) > cal_limit(c, "delay_error_p99_us"))
			cal_complain(c,
				"the links' delay error (p99) of %.0f us is over its limit of %g "
				"us",
				p99, cal_limit(c, "delay_error_p99_us"));
	}
	json_decref(list);
	samples_free(all);
	return rc;
}
