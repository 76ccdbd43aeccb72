/* routelog.c - what the recorder saw of the nodes' forwarding tables and interfaces, one event at a time. */
#include "lib/routelog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/jlines.h"

static const char schema[] = "catchment.routes/1";
static const char *const ops[] = {[ROUTELOG_HAVE] = "have",
	[ROUTELOG_SET] = "set",
	[ROUTELOG_GONE] = "gone",
	[ROUTELOG_LINK] = "link",
	[ROUTELOG_LOST] = "lost"};

struct routelog {
	struct jlines *lines;
	struct routelog_event event;
};

static int
begin(struct jlines *lines, struct routelog **ret)
{
	struct routelog *l = calloc(1, sizeof(*l));

	if (l == NULL)
		abort();
	l->lines = lines;
	*ret = l;
	return 0;
}

int
routelog_open(const char *path, struct routelog **ret, struct err *e)
{
	struct jlines *lines;
	int rc = jlines_open(path, schema, &lines, e);

	return rc < 0 ? rc : begin(lines, ret);
}

int
routelog_open_bytes(
	const void *data, size_t len, const char *name, struct routelog **ret, struct err *e)
{
	struct jlines *lines;
	int rc = jlines_open_bytes(data, len, name, schema, &lines, e);

	return rc < 0 ? rc : begin(lines, ret);
}

/* A text of 1 to size - 1 bytes. */
static void
read_text(struct jread *r, const json_t *object, const char *in, const char *key, char *to,
	size_t size)
{
	const char *text = jread_str(r, object, in, key, NULL);

	if (json_is_string(json_object_get(object, key)) &&
		(text[0] == '\0' || strlen(text) >= size))
		jread_complain(r, key, "'%.80s' is no name", text);
	snprintf(to, size, "%.*s", (int)(size - 1), text);
}

static bool
read_bool(struct jread *r, const char *key)
{
	const json_t *v = json_object_get(r->root, key);

	if (!json_is_boolean(v))
		jread_complain(r, key, v == NULL ? "missing" : "neither true nor false");
	return json_is_true(v);
}

static void
read_hop(struct jread *r, const json_t *object, size_t index, struct routelog_hop *hop)
{
	char in[32];
	const char *gateway;

	snprintf(in, sizeof(in), "via[%zu]", index);
	*hop = (struct routelog_hop){0};
	if (!json_is_object(object)) {
		jread_complain(r, in, "not an object");
		return;
	}
	gateway = jread_str(r, object, in, "gw", "");
	hop->has_gateway = gateway[0] != '\0';
	if (hop->has_gateway &&
		(strchr(gateway, '/') != NULL || inet_parse(gateway, &hop->gateway) < 0))
		jread_complain(r, in, "gw: '%.80s' is no address", gateway);
	if (json_object_get(object, "if") != NULL)
		read_text(r, object, in, "if", hop->interface, sizeof(hop->interface));
}

static void
read_route(struct jread *r, struct routelog_event *ev)
{
	const char *dst = jread_str(r, r->root, "", "dst", NULL);
	const json_t *via = json_object_get(r->root, "via");

	if (json_is_string(json_object_get(r->root, "dst")) &&
		(strchr(dst, '/') == NULL || inet_parse(dst, &ev->dst) < 0 ||
			inet_host_bits_set(&ev->dst)))
		jread_complain(r, "dst", "'%.80s' is no prefix", dst);
	ev->metric = (uint32_t)jread_int(r, r->root, "", "metric", 0, UINT32_MAX, JREAD_NEEDED);
	ev->proto = (uint8_t)jread_int(r, r->root, "", "proto", 0, UINT8_MAX, JREAD_NEEDED);
	read_text(r, r->root, "", "type", ev->type, sizeof(ev->type));
	if (via != NULL && !json_is_array(via))
		jread_complain(r, "via", "not a list");
	ev->hops_len = json_array_size(via);
	if (ev->hops_len > ROUTELOG_HOPS_MAX) {
		jread_complain(
			r, "via", "%zu of them; at most %d", ev->hops_len, ROUTELOG_HOPS_MAX);
		ev->hops_len = 0;
	}
	for (size_t i = 0; i < ev->hops_len; i++)
		read_hop(r, json_array_get(via, i), i, &ev->hops[i]);
}

static void
read_event(struct jread *r, struct routelog_event *ev)
{
	const char *op = jread_str(r, r->root, "", "op", NULL);
	size_t i = 0;

	ev->at.ns = jread_int(r, r->root, "", "at", 1, INT64_MAX, JREAD_NEEDED);
	read_text(r, r->root, "", "node", ev->node, sizeof(ev->node));
	while (i < sizeof(ops) / sizeof(ops[0]) && strcmp(ops[i], op) != 0)
		i++;
	ev->op = (enum routelog_op)i;
	switch (ev->op) {
	case ROUTELOG_HAVE:
	case ROUTELOG_SET:
	case ROUTELOG_GONE:
		read_route(r, ev);
		return;
	case ROUTELOG_LINK:
		read_text(r, r->root, "", "if", ev->interface, sizeof(ev->interface));
		ev->up = read_bool(r, "up");
		ev->carrier = read_bool(r, "carrier");
		return;
	case ROUTELOG_LOST:
		return;
	}
	if (json_is_string(json_object_get(r->root, "op")))
		jread_complain(r, "op", "'%.80s' is none of have, set, gone, link, lost", op);
}

int
routelog_next(struct routelog *l, struct routelog_event *ret, struct err *e)
{
	struct jread r;
	int rc = jlines_next(l->lines, &r, e);

	if (rc <= 0)
		return rc;
	l->event = (struct routelog_event){0};
	l->event.line = jlines_line(l->lines);
	read_event(&r, &l->event);
	rc = jread_end(&r);
	if (rc < 0)
		return rc;
	*ret = l->event;
	return 1;
}

bool
routelog_cut(const struct routelog *l)
{
	return jlines_cut(l->lines);
}

void
routelog_free(struct routelog *l)
{
	if (l == NULL)
		return;
	jlines_free(l->lines);
	free(l);
}
