/* moved.c - whose way to the service another route change turned during the fault, and which router's it was. */
#include "bench/analyze/moved.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/streams.h"

/* Of a share: less than this is no move but single answers. */
static const double MOVED_RATIO = 0.05;

enum { WORDS_BYTES = 96 };

/* Longer than any way takes: all of it is from before the fault. */
#define BEFORE_NS NS_PER_S

/* The last query during the fault that another site than before answered. NULL: none. */
static const struct query *
last_elsewhere(const struct run *r, const struct trial *t, int city, enum family f)
{
	const struct query *last = NULL;

	for (size_t k = 0; k < t->streams; k++) {
		const struct stream *s = &t->stream[k];

		if (s->city != city || s->family != f || s->site_before < 0)
			continue;
		for (size_t i = 0; i < s->queries; i++) {
			const struct query *q = &s->query[i];

			if (q->status == ANSWERS_GOOD && q->site >= 0 &&
				q->site != s->site_before && stream_phase(r, t, s, q) == DURING &&
				(last == NULL || q->sent_ns > last->sent_ns))
				last = q;
		}
	}
	return last;
}

/* Whom a hop hands on to: the next router's name, or what its table says. */
static const char *
next_text(const struct budget_basis *b, int node, const struct fibdb_entry *x, char *out)
{
	int next = fibdb_next_node(b->fib, node, x);

	if (next < 0)
		return fibdb_entry_text(x, out, WORDS_BYTES);
	snprintf(out, WORDS_BYTES, "%.64s", b->log->node[next].name);
	return out;
}

/* The first router that both ways pass and that hands on to somebody else; -1: none. */
static int
parting(const struct fibdb_path *was, const struct fibdb_path *is)
{
	for (size_t i = 0; i < was->hops && i < is->hops; i++) {
		int was_next = i + 1 < was->hops ? was->hop[i + 1].node : -1;
		int is_next = i + 1 < is->hops ? is->hop[i + 1].node : -1;

		if (was->hop[i].node != is->hop[i].node)
			break;
		if (was_next != is_next ||
			(was_next < 0 && !fibdb_same(&was->hop[i].entry, &is->hop[i].entry)))
			return (int)i;
	}
	return -1;
}

/* What is known of a move to `site` (-1: to nobody) at an instant; NULL: no route change is known. */
static json_t *
turn_json(const struct budget_basis *b, const struct stream *s, int site, int64_t at_ns)
{
	const char *access =
		json_string_value(json_object_get(b->r->city[s->city].json, "access_node"));
	char from[WORDS_BYTES], next[WORDS_BYTES], between[WORDS_BYTES], prefix[INET_TEXT_BYTES];
	int node = access == NULL ? -1 : bgplog_node(b->log, access), at;
	struct fibdb_path was, is;
	struct fibdb_change c;
	struct inet target;
	char file[128];
	json_t *o;

	if (node < 0 || inet_parse(s->target, &target) < 0)
		return NULL;
	fibdb_walk(b->fib, node, -1, &target, b->t->fault_ns - BEFORE_NS, &was);
	fibdb_walk(b->fib, node, -1, &target, at_ns, &is);
	at = parting(&was, &is);
	if (at < 0)
		return NULL;
	node = is.hop[at].node;
	if (!fibdb_last_change(b->fib, node, &target, b->t->fault_ns, is.hop[at].at_ns, &c))
		return NULL;
	next_text(b, node, &was.hop[at].entry, from);
	next_text(b, node, &c.from, between);
	next_text(b, node, &c.to, next);
	snprintf(file, sizeof(file), "%.64s/routes.jsonl", b->t->dir);
	o = json_pack("{s:i, s:s, s:s?, s:s, s:s, s:s, s:f, s:s, s:I}", "trial", b->t->number,
		"city", b->r->city[s->city].name, "to", site < 0 ? NULL : b->r->site[site].name,
		"node", b->log->node[node].name, "prefix", inet_show_prefix(&c.prefix, prefix),
		"from", from, "after_ms", (double)(c.at_ns - b->t->fault_ns) / 1e6, "file", file,
		"line", (json_int_t)c.line);
	json_object_set_new(o, "family", json_string(family_name[s->family]));
	json_object_set_new(o, "next", json_string(next));
	json_object_set_new(o, "between",
		strcmp(between, from) == 0 || strcmp(between, next) == 0 ? json_null()
									 : json_string(between));
	return o;
}

int
moved_measure(const struct budget_basis *b, struct trial *t)
{
	bool done[MAX_CITIES][FAMILIES] = {{false}};

	t->moved = json_array();
	if (t->moved == NULL)
		return -ENOMEM;
	for (size_t k = 0; k < t->streams && b->fib != NULL; k++) {
		const struct stream *s = &t->stream[k];
		const struct query *q;
		json_t *turn;

		if (done[s->city][s->family])
			continue;
		done[s->city][s->family] = true;
		q = last_elsewhere(b->r, t, s->city, s->family);
		turn = turn_json(b, s, q == NULL ? -1 : q->site,
			q == NULL ? t->restore_ns - 1 : q->sent_ns + s->last_mile_ns / 2);
		if (turn != NULL && json_array_append_new(t->moved, turn) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* ---- for result.json ---- */

static double
share_of(const uint64_t share[static MAX_SITES + 1], int site)
{
	uint64_t sum = 0;

	for (int i = 0; i <= MAX_SITES; i++)
		sum += share[i];
	return sum == 0 ? -1 : (double)share[site] / (double)sum;
}

/* The site that gained most, MAX_SITES: answered by nobody, mostly; -1: the city stayed. `*ret_share` is its share then. */
static int
moved_to(const struct city *c, enum family f, double *ret_share)
{
	int best = -1;
	double most = MOVED_RATIO;

	if (share_of(c->share[BEFORE][f], 0) < 0 || share_of(c->share[DURING][f], 0) < 0)
		return -1;
	for (int i = 0; i < MAX_SITES; i++) {
		double gain = share_of(c->share[DURING][f], i) - share_of(c->share[BEFORE][f], i);

		if (gain > most) {
			most = gain;
			best = i;
		}
	}
	if (share_of(c->share[DURING][f], MAX_SITES) > 0.5 &&
		share_of(c->share[BEFORE][f], MAX_SITES) < 0.5)
		best = MAX_SITES;
	*ret_share = best < 0 ? 0 : share_of(c->share[DURING][f], best);
	return best;
}

/* The first valid trial that knows of it; *ret_withdraw_ns is the first withdraw of the site at fault. */
static json_t *
find_turn(const struct run *r, int city, enum family f, const char *to, int64_t *ret_withdraw_ns)
{
	*ret_withdraw_ns = NEVER;
	for (size_t i = 0; i < r->trials; i++) {
		const struct trial *t = &r->trial[i];
		json_t *turn;
		size_t k;

		if (!t->valid)
			continue;
		if (*ret_withdraw_ns == NEVER && t->withdraw[f].first_ns != NEVER)
			*ret_withdraw_ns = t->withdraw[f].first_ns - t->fault_ns;
		json_array_foreach(t->moved, k, turn)
		{
			const char *its = json_string_value(json_object_get(turn, "to"));
			const char *name = json_string_value(json_object_get(turn, "city"));
			const char *family = json_string_value(json_object_get(turn, "family"));

			if (strcmp(name, r->city[city].name) == 0 &&
				strcmp(family, family_name[f]) == 0 &&
				(to == NULL ? its == NULL : its != NULL && strcmp(to, its) == 0))
				return turn;
		}
	}
	return NULL;
}

static const char *
after_text(double ms, char out[static 32])
{
	if (ms < 1000)
		snprintf(out, 32, "%.*f ms", ms < 100 ? 1 : 0, ms);
	else
		snprintf(out, 32, "%.2f s", ms / 1e3);
	return out;
}

static void
say_turn(const struct run *r, json_t *turn, char *out, size_t bytes)
{
	const char *node, *prefix, *from, *next, *between = NULL;
	char trial[32] = "", after[32], way[WORDS_BYTES + 32] = "";
	double after_ms;
	int number;

	if (json_unpack(turn, "{s:s, s:s, s:s, s:s, s:F, s:i}", "node", &node, "prefix", &prefix,
		    "from", &from, "next", &next, "after_ms", &after_ms, "trial", &number) < 0)
		return;
	between = json_string_value(json_object_get(turn, "between"));
	if (between != NULL)
		snprintf(way, sizeof(way), ", with %s in between,", between);
	if (r->trials > 1)
		snprintf(trial, sizeof(trial), " (trial %d)", number);
	snprintf(out, bytes, "%s after the fault %s's way to %s changed from %s%s to %s%s",
		after_text(after_ms, after), node, prefix, from, way, next, trial);
}

json_t *
moved_json(const struct run *r, int city, enum family f)
{
	const struct city *c = &r->city[city];
	const char *title = json_string_value(json_object_get(c->json, "title"));
	char after[32], says[512], how[400] = "no route change on its way was recorded";
	int64_t withdraw_ns;
	double share;
	int site = moved_to(c, f, &share);
	const char *to = site < 0 || site == MAX_SITES ? NULL : r->site[site].name;
	json_t *turn, *o;

	if (site < 0)
		return json_null();
	turn = find_turn(r, city, f, to, &withdraw_ns);
	if (turn != NULL)
		say_turn(r, turn, how, sizeof(how));
	else if (withdraw_ns != NEVER && r->fault_node != NULL)
		snprintf(how, sizeof(how),
			"%s withdrew %s after the fault, no route change on its way was "
			"recorded",
			r->fault_node, after_text((double)withdraw_ns / 1e6, after));
	o = turn == NULL ? json_object() : json_copy(turn);
	json_object_del(o, "city");
	json_object_del(o, "family");
	snprintf(says, sizeof(says), "%s %s%s: %s", title == NULL ? c->name : title,
		to == NULL	      ? "is answered by nobody"
			: share < 0.9 ? "partly goes to "
				      : "goes to ",
		to == NULL ? "" : to, how);
	json_object_set_new(o, "to", to == NULL ? json_null() : json_string(to));
	json_object_set_new(o, "says", json_string(says));
	return o;
}
