/* trial_answers.c - the answers file of a trial: its streams, and what became of each query. */
#include "bench/analyze/trial_answers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/answers.h"

/* Index of a word in a list, 0 for an absent one, -1 for one of the future. */
static int
word_of(const json_t *o, const char *key, const char *const *words, int n)
{
	const char *text = json_string_value(json_object_get(o, key));

	for (int i = 0; i < n; i++)
		if (text == NULL || strcmp(text, words[i]) == 0)
			return i;
	return -1;
}

/* One stream of the plan. False, with the trial invalid, when it makes no sense. */
static bool
read_stream(struct run *r, struct trial *t, const json_t *item, size_t i, double rate_qps,
	const char *path, struct stream *s)
{
	static const char *const services[] = {"anycast", "unicast", "resolver", "large"};
	static const char *const transports[] = {"udp", "tcp", "udp+tcp"};
	const char *target = json_string_value(json_object_get(item, "target"));
	const char *city = json_string_value(json_object_get(item, "city"));
	const char *source = json_string_value(json_object_get(item, "source"));
	const char *label = json_string_value(json_object_get(item, "label"));
	const json_t *own = json_object_get(item, "rate_qps");
	int service = word_of(item, "service", services, SERVICES);
	int transport = word_of(item, "transport", transports, TRANSPORTS);

	if (service < 0 || transport < 0) {
		trial_invalid(t, "%s: streams[%zu]: a service or transport not heard of", path, i);
		return false;
	}
	*s = (struct stream){.id = (uint32_t)i,
		.probe = (int)json_integer_value(json_object_get(item, "probe")),
		.city = run_city(r, city),
		.last_mile_ns = json_integer_value(json_object_get(item, "last_mile_ns")),
		.family = target != NULL && strchr(target, ':') != NULL ? V6 : V4,
		.service = (enum service)service,
		.transport = (enum transport)transport,
		.rate_qps = json_is_number(own) ? json_number_value(own) : rate_qps};
	snprintf(s->source, sizeof(s->source), "%s", source == NULL ? "" : source);
	snprintf(s->target, sizeof(s->target), "%s", target == NULL ? "" : target);
	snprintf(s->label, sizeof(s->label), "%s", label == NULL ? "" : label);
	if (target == NULL || s->city < 0 ||
		json_integer_value(json_object_get(item, "id")) != (json_int_t)i) {
		trial_invalid(t,
			"%s: streams[%zu]: no target, a city that run.json lacks, or out of order",
			path, i);
		return false;
	}
	return true;
}

/* Where a stream of the file went: one of the two lists. */
struct place {
	bool side;
	uint16_t index;
};

static int
read_streams(struct run *r, struct trial *t, const json_t *plan, const char *path, uint32_t streams,
	struct place *place, struct err *e)
{
	const json_t *list = json_object_get(plan, "streams"), *item;
	double rate_qps = json_number_value(json_object_get(plan, "rate_qps"));
	size_t i, n = 0, sides = 0;
	struct stream s;

	if (json_array_size(list) != streams || streams > UINT16_MAX) {
		trial_invalid(t, "%s: its head counts %u streams, its plan %zu", path, streams,
			json_array_size(list));
		return 0;
	}
	t->stream = calloc(streams + 1, sizeof(t->stream[0]));
	t->side = calloc(streams + 1, sizeof(t->side[0]));
	if (t->stream == NULL || t->side == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	json_array_foreach(list, i, item)
	{
		bool side;

		if (!read_stream(r, t, item, i, rate_qps, path, &s))
			return 0;
		side = s.service != SERVICE_ANYCAST || s.transport != OVER_UDP;
		place[i] = (struct place){side, (uint16_t)(side ? sides : n)};
		if (side)
			t->side[sides++] = s;
		else
			t->stream[n++] = s;
	}
	t->streams = n;
	t->sides = sides;
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

/* Hand each stream of a list its run of the sorted queries. A seq twice is a damaged file. */
static void
deal(struct trial *t, struct stream *streams, struct query *queries, size_t n, const char *path)
{
	qsort(queries, n, sizeof(queries[0]), by_stream_and_seq);
	for (size_t i = 0; i < n; i++) {
		struct query *q = &queries[i];
		struct stream *s = &streams[q->stream];

		if (s->query == NULL)
			s->query = q;
		else if (q[-1].seq == q->seq && t->valid)
			trial_invalid(t, "%s: stream %u has two records of query %u", path, s->id,
				q->seq);
		s->queries++;
	}
}

static void
deal_queries(struct trial *t, const char *path)
{
	deal(t, t->stream, t->query, t->queries, path);
	deal(t, t->side, t->side_query, t->side_queries, path);
	t->start_ns = INT64_MAX;
	t->end_ns = NEVER;
	for (size_t i = 0; i < t->queries; i++) {
		if (t->query[i].sent_ns < t->start_ns)
			t->start_ns = t->query[i].sent_ns;
		if (t->query[i].sent_ns > t->end_ns)
			t->end_ns = t->query[i].sent_ns;
	}
}

static struct query
read_query(struct run *r, struct answers *a, const struct answers_query *q, const struct stream *s,
	uint16_t index)
{
	const char *nsid = answers_nsid(a, q->nsid);
	int64_t half_ns = s->last_mile_ns / 2;
	/* To connect is a round trip of its own, through the last mile too. */
	int64_t connect_ns = q->over_tcp ? 2 * half_ns : 0, connected_ns = 0;
	/* One that fell back has made two more: to connect, and over the connection. */
	int64_t again_ns = (q->flags & ANSWERS_FELL_BACK) != 0 ? 4 * half_ns : 0;
	/* A resolver's name for itself is no site. */
	bool site = nsid != NULL && s->service != SERVICE_RESOLVER;

	if (q->over_tcp && q->tcp.connect_ns > 0)
		connected_ns = q->tcp.connect_ns + connect_ns;
	return (struct query){.sent_ns = q->sent.ns - half_ns,
		.received_ns =
			q->received.ns == 0 ? 0 : q->received.ns + half_ns + connect_ns + again_ns,
		.seq = q->seq,
		.lateness_ns = q->lateness_ns,
		.status = (uint8_t)q->status,
		.rcode = q->rcode,
		.connect_us = connected_ns / 1000 > UINT32_MAX ? UINT32_MAX
							       : (uint32_t)(connected_ns / 1000),
		.stream = index,
		.site = (int16_t)(site ? run_site_of_nsid(r, nsid) : -1)};
}

static int
read_records(struct run *r, struct trial *t, struct answers *a, const struct place *place,
	const char *path, struct err *e)
{
	struct answers_record rec;
	size_t n = 0, sides = 0;

	while (answers_next(a, &rec) == 1)
		if (rec.type == ANSWERS_QUERY)
			*(place[rec.query.stream].side ? &sides : &n) += 1;
	t->query = calloc(n + 1, sizeof(t->query[0]));
	t->side_query = calloc(sides + 1, sizeof(t->side_query[0]));
	if (t->query == NULL || t->side_query == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	answers_rewind(a);
	while (answers_next(a, &rec) == 1) {
		const struct answers_query *q = &rec.query;
		const struct place *at;

		if (rec.type == ANSWERS_STRAY && (unsigned)rec.stray.kind < 6)
			t->strays[rec.stray.kind] += !place[rec.stray.stream].side;
		if (rec.type != ANSWERS_QUERY)
			continue;
		at = &place[q->stream];
		if (at->side && t->side_queries < sides)
			t->side_query[t->side_queries++] =
				read_query(r, a, q, &t->side[at->index], at->index);
		else if (!at->side && t->queries < n)
			t->query[t->queries++] =
				read_query(r, a, q, &t->stream[at->index], at->index);
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

int
trial_read_answers(struct run *r, struct trial *t, struct err *e)
{
	char path[PATH_MAX];
	struct answers *a;
	json_error_t je;
	json_t *plan;
	size_t plan_bytes;
	const char *plan_text;
	struct place *place;
	size_t room;
	struct err why;
	int rc;

	trial_path(r, t, "answers", path, sizeof(path));
	rc = answers_open(path, &a, &why);
	if (rc < 0) {
		trial_invalid(t, "%s", why.text);
		return 0;
	}
	/* A damaged head may count any number; more than these are refused by the next. */
	room = 1 + (answers_streams(a) < UINT16_MAX ? answers_streams(a) : UINT16_MAX);
	place = calloc(room, sizeof(place[0]));
	if (place == NULL) {
		answers_free(a);
		return err_sys(e, ENOMEM, "%s", path);
	}
	plan_text = answers_plan(a, &plan_bytes);
	plan = json_loadb(plan_text, plan_bytes, 0, &je);
	if (plan == NULL)
		trial_invalid(t, "%s: the plan in it, byte %d: %s", path,
			ANSWERS_HEADER_BYTES + je.position, je.text);
	else
		rc = read_streams(r, t, plan, path, answers_streams(a), place, e);
	if (rc == 0 && t->streams > 0)
		rc = read_records(r, t, a, place, path, e);
	if (rc == 0 && t->streams > 0)
		check_whole(t, a, path);
	free(place);
	json_decref(plan);
	answers_free(a);
	return rc;
}
