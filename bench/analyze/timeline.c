/* timeline.c - queries in bins of the instant they were sent: who answered, and how many nobody did. */
#include "bench/analyze/timeline.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/answers.h"

enum { BIN_MS = 100, LEAD_MS = 5000, MAX_BINS = 36000 };

/* Rows of a table: one per site, then unanswered, then failed. */
struct bins {
	int64_t from_ns; /* wall */
	size_t n;
	int rows;
	uint32_t *count; /* rows x n */
};

static int
row_of(const struct run *r, const struct query *q)
{
	if (q->status == ANSWERS_GOOD && q->site >= 0)
		return q->site;
	return r->sites + (q->status == ANSWERS_UNANSWERED ? 0 : 1);
}

static void
fill(const struct run *r, const struct trial *t, int city, struct bins *b)
{
	for (size_t i = 0; i < (size_t)b->rows * b->n; i++)
		b->count[i] = 0;
	for (size_t i = 0; i < t->queries; i++) {
		const struct query *q = &t->query[i];
		int64_t bin = (q->sent_ns - b->from_ns) / (BIN_MS * NS_PER_MS);

		if (q->status == ANSWERS_PENDING || q->sent_ns < b->from_ns ||
			bin >= (int64_t)b->n || (city >= 0 && t->stream[q->stream].city != city))
			continue;
		b->count[(size_t)row_of(r, q) * b->n + (size_t)bin]++;
	}
}

static json_t *
row_json(const struct bins *b, int row)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->n; i++)
		json_array_append_new(list, json_integer(b->count[(size_t)row * b->n + i]));
	return list;
}

static bool
row_is_empty(const struct bins *b, int row)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->count[(size_t)row * b->n + i] > 0)
			return false;
	return true;
}

static json_t *
bins_json(const struct run *r, const struct trial *t, const struct bins *b)
{
	json_t *o = json_object(), *sites = json_object();

	json_object_set_new(o, "bin_ms", json_integer(BIN_MS));
	json_object_set_new(o, "from_ms", json_integer((b->from_ns - t->fault_ns) / NS_PER_MS));
	for (int i = 0; i < r->sites; i++)
		if (!row_is_empty(b, i))
			json_object_set_new(sites, r->site[i].name, row_json(b, i));
	json_object_set_new(o, "sites", sites);
	json_object_set_new(o, "unanswered", row_json(b, r->sites));
	json_object_set_new(o, "failed", row_json(b, r->sites + 1));
	return o;
}

int
timeline_measure(const struct run *r, struct trial *t)
{
	struct bins b = {.from_ns = t->fault_ns - LEAD_MS * NS_PER_MS, .rows = r->sites + 2};
	int64_t span_ns = t->end_ns - b.from_ns;

	/* Without a fault it begins with the sending. */
	if (!t->has_fault) {
		b.from_ns = t->start_ns;
		span_ns = t->end_ns - t->start_ns;
	}
	t->timeline = json_null();
	t->city_timeline = json_object();
	if (t->queries == 0 || span_ns < 0)
		return 0;
	b.n = (size_t)(span_ns / (BIN_MS * NS_PER_MS)) + 1;
	b.n = b.n > MAX_BINS ? MAX_BINS : b.n;
	b.count = calloc((size_t)b.rows * b.n, sizeof(b.count[0]));
	if (b.count == NULL)
		return -ENOMEM;
	fill(r, t, -1, &b);
	t->timeline = bins_json(r, t, &b);
	for (int c = 0; c < r->cities; c++) {
		bool any = false;

		for (size_t i = 0; i < t->streams && !any; i++)
			any = t->stream[i].city == c;
		if (!any)
			continue;
		fill(r, t, c, &b);
		json_object_set_new(t->city_timeline, r->city[c].name, bins_json(r, t, &b));
	}
	free(b.count);
	return 0;
}
