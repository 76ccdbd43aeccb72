/* explain_json.c - what an explanation is made of: runs of queries, ways; and all of it as JSON. */
#include <string.h>

#include "bench/analyze/explain.h"

static bool
is_alike(const struct query *a, const struct query *b)
{
	if ((a->status == ANSWERS_GOOD) != (b->status == ANSWERS_GOOD))
		return false;
	return a->status != ANSWERS_GOOD || a->site == b->site;
}

bool
explain_next(const struct explain *x, size_t *at, struct explain_run *ret)
{
	const struct query *last = budget_last_good(x->stream);
	const struct query *first = budget_first_good(x->stream);
	const struct stream *s = x->stream;
	struct explain_run run = {0};

	for (; *at < s->queries; (*at)++) {
		const struct query *q = &s->query[*at];

		if (last != NULL ? q->seq < last->seq : q->sent_ns < s->window_from_ns)
			continue;
		if (first != NULL && q->seq > first->seq)
			break;
		if (run.n > 0 && !is_alike(q, run.first))
			break;
		if (run.n++ == 0)
			run.first = q;
		if (q->status < ANSWERS_STATUSES)
			run.of_status[q->status]++;
		run.last = q;
	}
	if (run.n == 0)
		return false;
	*ret = run;
	return true;
}

bool
explain_path(const struct explain *x, bool back, bool after, struct fibdb_path *ret)
{
	const struct budget_basis *b = x->basis;
	const struct query *q = after ? budget_first_good(x->stream) : budget_last_good(x->stream);
	const char *access =
		json_string_value(json_object_get(b->r->city[x->stream->city].json, "access_node"));
	int from = bgplog_node(b->log, access), to;
	struct inet dst;

	if (b->fib == NULL || q == NULL || q->site < 0)
		return false;
	to = bgplog_node(b->log, b->r->site[q->site].node);
	if (from < 0 || to < 0 ||
		inet_parse(back ? x->stream->source : x->stream->target, &dst) < 0)
		return false;
	fibdb_walk(b->fib, back ? to : from, back ? from : to, &dst,
		back ? q->received_ns : q->sent_ns + x->stream->last_mile_ns / 2, ret);
	return true;
}

static json_t *
ms_since(const struct explain *x, int64_t wall_ns)
{
	return wall_ns == 0 ? json_null()
			    : json_real((double)(wall_ns - x->basis->t->fault_ns) / 1e6);
}

static json_t *
statuses_json(const struct explain_run *run)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < ANSWERS_STATUSES; i++)
		if (run->of_status[i] > 0)
			json_object_set_new(o, answers_status_name(i),
				json_integer((json_int_t)run->of_status[i]));
	return o;
}

static json_t *
queries_json(const struct explain *x)
{
	json_t *list = json_array();
	struct explain_run run;
	size_t at = 0;

	while (explain_next(x, &at, &run))
		json_array_append_new(list,
			json_pack("{s:I, s:I, s:I, s:o, s:s?, s:o, s:o}", "first_seq",
				(json_int_t)run.first->seq, "last_seq", (json_int_t)run.last->seq,
				"queries", (json_int_t)run.n, "statuses", statuses_json(&run),
				"site",
				run.first->site < 0 || run.first->status != ANSWERS_GOOD
					? NULL
					: x->basis->r->site[run.first->site].name,
				"first_sent_ms", ms_since(x, run.first->sent_ns),
				"last_received_ms", ms_since(x, run.last->received_ns)));
	return list;
}

static json_t *
path_json(const struct explain *x, bool back, bool after)
{
	struct fibdb_path p;
	json_t *list;

	if (!explain_path(x, back, after, &p))
		return json_null();
	list = json_array();
	for (size_t i = 0; i < p.hops; i++)
		json_array_append_new(list, json_string(x->basis->log->node[p.hop[i].node].name));
	return json_pack("{s:o, s:b, s:s}", "nodes", list, "arrived", p.arrived, "why", p.why);
}

json_t *
explain_json(const struct explain *x)
{
	const struct budget_basis *b = x->basis;

	return json_pack("{s:s, s:O?, s:i, s:b, s:I, s:s, s:s, s:f, s:f, s:o, s:o, "
			 "s:{s:o, s:o, s:o, s:o}}",
		"schema", "catchment.explain/1", "run_id", json_object_get(b->r->json, "id"),
		"trial", b->t->number, "valid", b->t->valid, "fault_wall_ns",
		(json_int_t)b->t->fault_ns, "source", x->stream->source, "target",
		x->stream->target, "gap_ms", b->r->gap_ms, "last_mile_ms",
		(double)x->stream->last_mile_ns / 1e6, "queries", queries_json(x), "budget",
		budget_stream_json(b, x->budget), "ways", "query_before",
		path_json(x, false, false), "query_after", path_json(x, false, true),
		"answer_before", path_json(x, true, false), "answer_after",
		path_json(x, true, true));
}
