/* fibdb.c - routes.jsonl as versions of each route of each node, and what holds at an instant. */
#include "bench/analyze/fibdb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/fibdb_internal.h"
#include "bench/analyze/grow.h"
#include "lib/routelog.h"

/* What replaces a route within this time of its deletion replaces it. */
#define REPLACED_NS NS_PER_MS

static int
find_table(struct fibdb *db, int node)
{
	for (size_t i = 0; i < db->tables; i++)
		if (db->table[i].node == node)
			return (int)i;
	if (grow(&db->table, db->tables, sizeof(db->table[0])) < 0)
		return -ENOMEM;
	db->table[db->tables] = (struct fib_table){.node = node};
	return (int)db->tables++;
}

static struct fib_route *
find_route(struct fib_table *t, const struct inet *prefix)
{
	size_t at = fib_index_find(&t->index, t->route, prefix);

	if (at != SIZE_MAX)
		return &t->route[at];
	if (grow(&t->route, t->routes, sizeof(t->route[0])) < 0)
		return NULL;
	t->route[t->routes] = (struct fib_route){.prefix = *prefix};
	if (fib_index_add(&t->index, t->route, t->routes) < 0)
		return NULL;
	return &t->route[t->routes++];
}

static void
fill_entry(const struct routelog_event *ev, struct fibdb_entry *x)
{
	*x = (struct fibdb_entry){.found = ev->op != ROUTELOG_GONE,
		.prefix = ev->dst,
		.metric = ev->metric,
		.hops = ev->hops_len};
	snprintf(x->type, sizeof(x->type), "%s", ev->type);
	if (ev->hops_len == 0)
		return;
	if (ev->hops[0].has_gateway)
		x->gateway = ev->hops[0].gateway;
	snprintf(x->interface, sizeof(x->interface), "%s", ev->hops[0].interface);
}

static int
take_route(struct fibdb *db, const struct routelog_event *ev, int node)
{
	int at = find_table(db, node);
	struct fib_route *route = at < 0 ? NULL : find_route(&db->table[at], &ev->dst);
	struct fib_version *v;

	if (route == NULL || grow(&route->version, route->versions, sizeof(route->version[0])) < 0)
		return -ENOMEM;
	v = &route->version[route->versions++];
	*v = (struct fib_version){.at_ns = ev->at.ns, .line = ev->line};
	/* What the first dump tells was there before the recording. */
	if (ev->op == ROUTELOG_HAVE && !db->table[at].lost_once)
		v->at_ns = INT64_MIN;
	fill_entry(ev, &v->entry);
	return 0;
}

static int
take_event(struct fibdb *db, const struct routelog_event *ev)
{
	int node = bgplog_node(db->log, ev->node), at;

	if (node < 0)
		return 0;
	switch (ev->op) {
	case ROUTELOG_HAVE:
	case ROUTELOG_SET:
	case ROUTELOG_GONE:
		return take_route(db, ev, node);
	case ROUTELOG_LINK:
		if (grow(&db->link, db->links, sizeof(db->link[0])) < 0)
			return -ENOMEM;
		db->link[db->links] = (struct fibdb_link){.at_ns = ev->at.ns,
			.line = ev->line,
			.node = node,
			.up = ev->up,
			.carrier = ev->carrier};
		snprintf(db->link[db->links].interface, sizeof(db->link[0].interface), "%s",
			ev->interface);
		db->links++;
		return 0;
	case ROUTELOG_LOST:
		at = find_table(db, node);
		if (at < 0 || grow(&db->loss, db->losses, sizeof(db->loss[0])) < 0)
			return -ENOMEM;
		db->table[at].lost_once = true;
		db->loss[db->losses++] = (struct fib_loss){node, ev->at.ns};
		return 0;
	}
	return 0;
}

static int
longer_first(const void *a, const void *b)
{
	const struct fib_route *x = a, *y = b;

	return (int)y->prefix.len - (int)x->prefix.len;
}

static int
read_events(struct fibdb *db, struct routelog *l, struct err *e)
{
	struct routelog_event *ev = malloc(sizeof(*ev));
	struct err why;
	int rc = ev == NULL ? -ENOMEM : 0;

	while (rc == 0) {
		int got = routelog_next(l, ev, &why);

		if (got == 0)
			break;
		if (got == 1) {
			rc = take_event(db, ev);
		} else {
			if (db->bad_lines++ == 0)
				snprintf(db->bad_why, sizeof(db->bad_why), "%.255s", why.text);
			if (got != -EINVAL)
				break;
		}
	}
	free(ev);
	return rc < 0 ? err_sys(e, -rc, "routes.jsonl") : 0;
}

int
fibdb_read(const char *path, const struct bgplog *log, struct fibdb **ret, struct err *e)
{
	struct fibdb *db;
	struct routelog *l;
	int rc = routelog_open(path, &l, e);

	if (rc < 0)
		return rc;
	db = calloc(1, sizeof(*db));
	if (db == NULL) {
		routelog_free(l);
		return err_sys(e, ENOMEM, "%s", path);
	}
	db->log = log;
	rc = read_events(db, l, e);
	if (rc == 0 && routelog_cut(l) && db->bad_lines++ == 0)
		snprintf(
			db->bad_why, sizeof(db->bad_why), "%.200s: cut within its last line", path);
	routelog_free(l);
	if (rc < 0) {
		fibdb_free(db);
		return rc;
	}
	for (size_t i = 0; i < db->tables; i++) {
		fib_index_done(&db->table[i].index); /* it is of the order of the file */
		if (db->table[i].routes > 0)
			qsort(db->table[i].route, db->table[i].routes,
				sizeof(db->table[i].route[0]), longer_first);
	}
	*ret = db;
	return 0;
}

void
fibdb_free(struct fibdb *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->tables; i++) {
		for (size_t k = 0; k < db->table[i].routes; k++)
			free(db->table[i].route[k].version);
		free(db->table[i].route);
		fib_index_done(&db->table[i].index);
	}
	free(db->table);
	free(db->link);
	free(db->loss);
	free(db);
}

size_t
fibdb_bad_lines(const struct fibdb *db, const char **ret_why)
{
	*ret_why = db->bad_why;
	return db->bad_lines;
}

/* ---- an instant ---- */

static const struct fib_table *
table_of(const struct fibdb *db, int node)
{
	for (size_t i = 0; i < db->tables; i++)
		if (db->table[i].node == node)
			return &db->table[i];
	return NULL;
}

bool
fibdb_knows(const struct fibdb *db, int node)
{
	const struct fib_table *t = table_of(db, node);

	return t != NULL && t->routes > 0;
}

bool
fibdb_lost(const struct fibdb *db, int node, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = 0; i < db->losses; i++)
		if (db->loss[i].node == node && db->loss[i].at_ns >= from_ns &&
			db->loss[i].at_ns <= to_ns)
			return true;
	return false;
}

/*
 * Of the versions up to an instant the last one of each metric holds; the route is the one of the
 * lowest metric. A route has few versions and hardly ever two metrics.
 */
static const struct fib_version *
version_at(const struct fib_route *r, int64_t at_ns)
{
	const struct fib_version *best = NULL;

	for (size_t i = r->versions; i-- > 0;) {
		const struct fib_version *v = &r->version[i];
		bool later = false;

		if (v->at_ns > at_ns)
			continue;
		for (size_t k = i + 1; k < r->versions && !later; k++)
			later = r->version[k].at_ns <= at_ns &&
				r->version[k].entry.metric == v->entry.metric;
		if (!later && v->entry.found &&
			(best == NULL || v->entry.metric < best->entry.metric))
			best = v;
	}
	return best;
}

struct fibdb_entry
fibdb_lookup(const struct fibdb *db, int node, const struct inet *dst, int64_t at_ns)
{
	const struct fib_table *t = table_of(db, node);

	for (size_t i = 0; t != NULL && i < t->routes; i++) {
		const struct fib_version *v;

		if (!inet_covers(&t->route[i].prefix, dst))
			continue;
		v = version_at(&t->route[i], at_ns);
		if (v != NULL)
			return v->entry;
	}
	return (struct fibdb_entry){0};
}

bool
fibdb_same(const struct fibdb_entry *a, const struct fibdb_entry *b)
{
	if (a->found != b->found)
		return false;
	if (!a->found)
		return true;
	return strcmp(a->type, b->type) == 0 && strcmp(a->interface, b->interface) == 0 &&
		a->gateway.family == b->gateway.family && a->hops == b->hops &&
		(a->gateway.family == 0 || inet_same(&a->gateway, &b->gateway));
}

/* ---- changes ---- */

/* The latest version of any route that covers dst, in (from, to]. NULL: none. */
static const struct fib_version *
latest_version(const struct fib_table *t, const struct inet *dst, int64_t from_ns, int64_t to_ns)
{
	const struct fib_version *latest = NULL;

	for (size_t i = 0; i < t->routes; i++) {
		if (!inet_covers(&t->route[i].prefix, dst))
			continue;
		for (size_t k = 0; k < t->route[i].versions; k++) {
			const struct fib_version *v = &t->route[i].version[k];

			if (v->at_ns > from_ns && v->at_ns <= to_ns &&
				(latest == NULL || v->at_ns >= latest->at_ns))
				latest = v;
		}
	}
	return latest;
}

bool
fibdb_last_change(const struct fibdb *db, int node, const struct inet *dst, int64_t from_ns,
	int64_t to_ns, struct fibdb_change *ret)
{
	const struct fib_table *t = table_of(db, node);
	const struct fib_version *v;

	while (t != NULL && (v = latest_version(t, dst, from_ns, to_ns)) != NULL) {
		const struct fib_version *gone;
		struct fibdb_entry to = fibdb_lookup(db, node, dst, v->at_ns);
		struct fibdb_entry from = fibdb_lookup(db, node, dst, v->at_ns - 1);
		int64_t before_ns = v->at_ns - 1;

		/* A deletion just before it belongs to it. */
		gone = latest_version(t, dst, INT64_MIN, v->at_ns - 1);
		if (v->entry.found && gone != NULL && !gone->entry.found &&
			v->at_ns - gone->at_ns < REPLACED_NS) {
			before_ns = gone->at_ns - 1;
			from = fibdb_lookup(db, node, dst, before_ns);
		}
		if (!fibdb_same(&from, &to)) {
			*ret = (struct fibdb_change){v->at_ns, v->line, v->entry.prefix, from, to};
			return true;
		}
		to_ns = before_ns;
	}
	return false;
}

const struct fibdb_link *
fibdb_next_link(const struct fibdb *db, int node, size_t *at)
{
	while (*at < db->links) {
		const struct fibdb_link *l = &db->link[(*at)++];

		if (l->node == node)
			return l;
	}
	return NULL;
}
