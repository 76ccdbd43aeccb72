/* plan.c - the record plan: whose routes and whose logs to record, and into which files. */
#include "bench/record/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/jread.h"
#include "lib/linelog.h"
#include "lib/routelog.h"

enum { PLAN_MAX_BYTES = 32 << 20, NODES_MAX = 4096, LOGS_MAX = 65536 };

static char *
keep(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	return copy;
}

/* A path of the plan; a relative one is in the plan's folder. */
static char *
place(const struct jread *r, const char *path)
{
	const char *slash = strrchr(r->path, '/');
	char *joined;

	if (path[0] == '/' || slash == NULL)
		return keep(path);
	if (asprintf(&joined, "%.*s/%s", (int)(slash - r->path), r->path, path) < 0)
		abort();
	return joined;
}

static char *
keep_name(struct jread *r, const json_t *object, const char *in, const char *key, size_t size)
{
	const char *name = jread_str(r, object, in, key, NULL);
	char where[80];

	if (json_is_string(json_object_get(object, key)) &&
		(name[0] == '\0' || strlen(name) >= size)) {
		snprintf(where, sizeof(where), "%s.%s", in, key);
		jread_complain(r, where, "'%.80s' is no name", name);
	}
	return keep(name);
}

static void
read_node(struct jread *r, const json_t *object, size_t index, struct record_plan_node *node)
{
	char in[40];

	snprintf(in, sizeof(in), "nodes[%zu]", index);
	if (!json_is_object(object)) {
		jread_complain(r, in, "not an object");
		return;
	}
	node->node = keep_name(r, object, in, "node", ROUTELOG_NAME_BYTES);
	node->netns = keep(jread_str(r, object, in, "netns", ""));
}

static void
read_log(struct jread *r, const json_t *object, size_t index, struct record_plan_log *log)
{
	char in[40];

	snprintf(in, sizeof(in), "logs[%zu]", index);
	if (!json_is_object(object)) {
		jread_complain(r, in, "not an object");
		return;
	}
	log->node = keep_name(r, object, in, "node", LINELOG_NAME_BYTES);
	log->service = keep_name(r, object, in, "service", LINELOG_NAME_BYTES);
	log->path = place(r, jread_str(r, object, in, "path", NULL));
}

/* The list of a key with room for each of it in `ret`, or NULL with 0 of them. */
static json_t *
read_list(struct jread *r, const char *key, size_t max, size_t size, void **ret, size_t *ret_len)
{
	json_t *list = jread_array(r, r->root, "", key);
	size_t n = json_array_size(list);

	if (n > max) {
		jread_complain(r, key, "%zu of them; at most %zu", n, max);
		n = 0;
	}
	*ret = calloc(n + 1, size);
	if (*ret == NULL)
		abort();
	*ret_len = n;
	return list;
}

static void
read_all(struct jread *r, struct record_plan *p)
{
	json_t *list;

	p->routes_path = place(r, jread_str(r, r->root, "", "routes", "routes.jsonl"));
	p->lines_path = place(r, jread_str(r, r->root, "", "lines", "lines.jsonl"));
	p->stats_path = place(r, jread_str(r, r->root, "", "stats", "record-stats.json"));
	list = read_list(
		r, "nodes", NODES_MAX, sizeof(*p->nodes), (void **)&p->nodes, &p->nodes_len);
	for (size_t i = 0; i < p->nodes_len; i++)
		read_node(r, json_array_get(list, i), i, &p->nodes[i]);
	list = read_list(r, "logs", LOGS_MAX, sizeof(*p->logs), (void **)&p->logs, &p->logs_len);
	for (size_t i = 0; i < p->logs_len; i++)
		read_log(r, json_array_get(list, i), i, &p->logs[i]);
}

int
record_plan_load(const char *path, struct record_plan **ret, struct err *e)
{
	struct record_plan *p;
	struct jread r;
	int rc = jread_open(&r, path, PLAN_MAX_BYTES, "catchment.record-plan/1", e);

	if (rc < 0)
		return rc;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		abort();
	read_all(&r, p);
	rc = jread_end(&r);
	if (rc < 0) {
		record_plan_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

void
record_plan_free(struct record_plan *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->nodes_len; i++) {
		free(p->nodes[i].node);
		free(p->nodes[i].netns);
	}
	for (size_t i = 0; i < p->logs_len; i++) {
		free(p->logs[i].node);
		free(p->logs[i].service);
		free(p->logs[i].path);
	}
	free(p->nodes);
	free(p->logs);
	free(p->routes_path);
	free(p->lines_path);
	free(p->stats_path);
	free(p);
}
