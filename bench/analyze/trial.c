/* trial.c - one trial read from its folder: when the fault was, and what became of each query. */
#include "bench/analyze/run.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/analyze/noise.h"
#include "lib/answers.h"
#include "lib/fs.h"

enum { MAX_EVENTS_BYTES = 256 << 20 };

void
trial_invalid(struct trial *t, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->valid = false;
	json_array_append_new(t->why, json_string(text));
}

void
trial_path(
	const struct run *r, const struct trial *t, const char *name, char *out, size_t out_bytes)
{
	snprintf(out, out_bytes, "%s/%s/%s", r->dir, t->dir, name);
}

void
trial_forget_queries(struct trial *t)
{
	free(t->query);
	t->query = NULL;
	t->queries = 0;
	for (size_t i = 0; i < t->streams; i++)
		t->stream[i].query = NULL;
}

void
trial_done(struct trial *t)
{
	trial_forget_queries(t);
	free(t->stream);
	free(t->wire);
	json_decref(t->why);
	json_decref(t->last_mile);
	json_decref(t->steady);
	json_decref(t->timeline);
	json_decref(t->city_timeline);
	json_decref(t->noise);
}

/* The first event of a name wins: a second fault belongs to the same disturbance. */
static void
take_event(struct run *r, struct trial *t, const json_t *event, int64_t wall_ns)
{
	const char *name = json_string_value(json_object_get(event, "event"));

	(void)r;
	if (strcmp(name, "fault") == 0 && !t->has_fault) {
		t->has_fault = true;
		t->fault_ns = wall_ns;
	} else if (strcmp(name, "restore") == 0 && t->has_fault && !t->has_restore) {
		t->has_restore = true;
		t->restore_ns = wall_ns;
	} else if (strcmp(name, "rollback") == 0 && t->has_fault && t->restore_ns == NEVER) {
		t->restore_ns = wall_ns;
	} else if (strcmp(name, "drops") == 0) {
		json_object_set(
			t->noise, "udp_receive_drops", json_object_get(event, "udp_receive"));
		json_object_set(t->noise, "interface_drops", json_object_get(event, "interface"));
	} else if (strcmp(name, "steady") == 0 && t->steady == NULL) {
		t->steady = json_incref(json_object_get(event, "catchment"));
	}
}

static void
read_events(struct run *r, struct trial *t)
{
	struct noise_events noise = {0};
	char path[PATH_MAX], *text, *save = NULL;
	struct err e;
	bool ended = false;
	int line = 0;

	trial_path(r, t, "events.jsonl", path, sizeof(path));
	if (fs_read(path, MAX_EVENTS_BYTES, &text, NULL, &e) < 0) {
		trial_invalid(t, "%s", e.text);
		return;
	}
	for (char *at = strtok_r(text, "\n", &save); at != NULL; at = strtok_r(NULL, "\n", &save)) {
		json_error_t je;
		json_t *event = json_loads(at, 0, &je), *wall = json_object_get(event, "wall_ns");
		const char *name = json_string_value(json_object_get(event, "event"));

		line++;
		if (name == NULL || !json_is_integer(wall)) {
			trial_invalid(t, "%s:%d: %s", path, line,
				event == NULL ? je.text : "no event or no wall_ns");
			json_decref(event);
			break;
		}
		take_event(r, t, event, json_integer_value(wall));
		noise_take_event(&noise, name, event);
		ended = ended || strcmp(name, "trial_end") == 0;
		json_decref(event);
	}
	free(text);
	if (t->valid && !ended)
		trial_invalid(t, "%s:%d: ends without trial_end", path, line);
	if (t->valid && r->fault_planned && !t->has_fault)
		trial_invalid(t, "%s: no fault event, though the scenario has one", path);
	if (t->valid && t->has_fault && r->restore_planned && !t->has_restore)
		trial_invalid(t, "%s: no restore event, though the scenario has one", path);
	noise_of_events(&noise, t);
}

static int
read_streams(struct run *r, struct trial *t, const json_t *plan, const char *path, uint32_t streams,
	struct err *e)
{
	const json_t *list = json_object_get(plan, "streams"), *item;
	size_t i;

	if (json_array_size(list) != streams || streams > UINT16_MAX) {
		trial_invalid(t, "%s: its head counts %u streams, its plan %zu", path, streams,
			json_array_size(list));
		return 0;
	}
	t->stream = calloc(streams + 1, sizeof(t->stream[0]));
	if (t->stream == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	json_array_foreach(list, i, item)
	{
		struct stream *s = &t->stream[i];
		const char *target = json_string_value(json_object_get(item, "target"));
		const char *city = json_string_value(json_object_get(item, "city"));

		s->id = (uint32_t)i;
		s->probe = (int)json_integer_value(json_object_get(item, "probe"));
		s->city = run_city(r, city);
		s->last_mile_ns = json_integer_value(json_object_get(item, "last_mile_ns"));
		s->family = target != NULL && strchr(target, ':') != NULL ? V6 : V4;
		if (target == NULL || s->city < 0 ||
			json_integer_value(json_object_get(item, "id")) != (json_int_t)i) {
			trial_invalid(t,
				"%s: streams[%zu]: no target, a city that run.json lacks, or out "
				"of order",
				path, i);
			return 0;
		}
	}
	t->streams = streams;
	t->last_mile = json_incref(json_object_get(plan, "last_mile"));
	return 0;
}

static int
by_stream_and_seq(const void *a, const void *b)
{
	const struct query *x = a, *y = b;

	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Hand each stream its run of the sorted queries. A seq twice is a damaged file. */
static void
deal_queries(struct trial *t, const char *path)
{
	qsort(t->query, t->queries, sizeof(t->query[0]), by_stream_and_seq);
	t->start_ns = INT64_MAX;
	t->end_ns = NEVER;
	for (size_t i = 0; i < t->queries; i++) {
		struct query *q = &t->query[i];
		struct stream *s = &t->stream[q->stream];

		if (s->query == NULL)
			s->query = q;
		else if (q[-1].seq == q->seq && t->valid)
			trial_invalid(t, "%s: stream %u has two records of query %u", path,
				q->stream, q->seq);
		s->queries++;
		if (q->sent_ns < t->start_ns)
			t->start_ns = q->sent_ns;
		if (q->sent_ns > t->end_ns)
			t->end_ns = q->sent_ns;
	}
}

static int
read_records(struct run *r, struct trial *t, struct answers *a, const char *path, struct err *e)
{
	struct answers_record rec;
	size_t n = 0;

	while (answers_next(a, &rec) == 1)
		n += rec.type == ANSWERS_QUERY;
	t->query = calloc(n + 1, sizeof(t->query[0]));
	if (t->query == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	answers_rewind(a);
	while (answers_next(a, &rec) == 1) {
		const struct answers_query *q = &rec.query;
		const char *nsid;
		int64_t half_ns;

		if (rec.type == ANSWERS_STRAY && (unsigned)rec.stray.kind < 6)
			t->strays[rec.stray.kind]++;
		if (rec.type != ANSWERS_QUERY || t->queries == n)
			continue;
		nsid = answers_nsid(a, q->nsid);
		half_ns = t->stream[q->stream].last_mile_ns / 2;
		t->query[t->queries++] = (struct query){.sent_ns = q->sent.ns - half_ns,
			.received_ns = q->received.ns == 0 ? 0 : q->received.ns + half_ns,
			.seq = q->seq,
			.lateness_ns = q->lateness_ns,
			.status = (uint8_t)q->status,
			.stream = q->stream,
			.site = (int16_t)(nsid == NULL ? -1 : run_site_of_nsid(r, nsid))};
	}
	deal_queries(t, path);
	return 0;
}

/* Whole as it is, was anything of the file lost? */
static void
check_whole(struct trial *t, const struct answers *a, const char *path)
{
	struct stat st;

	if (answers_cut_bytes(a) > 0 && stat(path, &st) == 0)
		trial_invalid(t, "%s: cut within a record at byte %lld", path,
			(long long)st.st_size - answers_cut_bytes(a));
	if (answers_damaged(a) > 0)
		trial_invalid(t, "%s: %llu damaged records", path,
			(unsigned long long)answers_damaged(a));
	if (t->queries == 0)
		trial_invalid(t, "%s: holds no query", path);
}

static int
read_answers(struct run *r, struct trial *t, struct err *e)
{
	char path[PATH_MAX];
	struct answers *a;
	json_error_t je;
	json_t *plan;
	size_t plan_bytes;
	const char *plan_text;
	struct err why;
	int rc;

	trial_path(r, t, "answers", path, sizeof(path));
	rc = answers_open(path, &a, &why);
	if (rc < 0) {
		trial_invalid(t, "%s", why.text);
		return 0;
	}
	plan_text = answers_plan(a, &plan_bytes);
	plan = json_loadb(plan_text, plan_bytes, 0, &je);
	if (plan == NULL)
		trial_invalid(t, "%s: the plan in it, byte %d: %s", path,
			ANSWERS_HEADER_BYTES + je.position, je.text);
	else
		rc = read_streams(r, t, plan, path, answers_streams(a), e);
	if (rc == 0 && t->streams > 0)
		rc = read_records(r, t, a, path, e);
	if (rc == 0 && t->streams > 0)
		check_whole(t, a, path);
	json_decref(plan);
	answers_free(a);
	return rc;
}

int
trial_load(struct run *r, struct trial *t, struct err *e)
{
	int rc;

	t->fault_ns = t->restore_ns = NEVER;
	t->start_ns = t->end_ns = 0;
	t->phase_ms = NAN;
	t->full_convergence_ns = t->last_from_fault_site_ns = NEVER;
	for (int f = 0; f < FAMILIES; f++)
		t->withdraw_ns[f] = t->announce_ns[f] = NEVER;
	t->noise = json_object();
	if (t->noise == NULL)
		return err_sys(e, ENOMEM, "%s/%s", r->dir, t->dir);
	read_events(r, t);
	rc = read_answers(r, t, e);
	if (rc < 0)
		return rc;
	/* Without a fault all is before; without a restore the disturbance lasts to the end. */
	if (!t->has_fault)
		t->fault_ns = t->end_ns + 1;
	if (t->restore_ns == NEVER || t->restore_ns > t->end_ns + 1)
		t->restore_ns = t->end_ns + 1;
	if (t->restore_ns < t->fault_ns)
		t->restore_ns = t->fault_ns;
	noise_of_files(r, t);
	return 0;
}
