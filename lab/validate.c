/* validate.c - do the daemons' configurations fit the topology, and each other? */
#include "lab/validate_internal.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/layers.h"
#include "lab/overlay.h"

enum { MAX_FINDINGS = 10000 };

void
complain(struct validation *v, int severity, const char *kind, size_t node, struct dc_place at,
	const char *fmt, ...)
{
	struct findings *out = v->out;
	const struct daemon_conf *c = &v->nodes[node].conf;
	struct finding *grown, *f;
	va_list ap;

	if (out->len == MAX_FINDINGS)
		return;
	grown = realloc(out->list, (out->len + 1) * sizeof(*grown));
	if (grown == NULL)
		abort();
	out->list = grown;
	f = &grown[out->len];
	f->is_error = severity == ERROR || v->strict;
	f->kind = kind;
	f->node = v->t->nodes[node].name;
	f->file = strdup(at.file < c->files_len ? c->files[at.file] : conf_path(v->t->conf));
	f->line = at.line;
	va_start(ap, fmt);
	if (f->file == NULL || vasprintf(&f->text, fmt, ap) < 0)
		abort();
	va_end(ap);
	out->len++;
	out->errors += f->is_error;
}

void
findings_done(struct findings *f)
{
	for (size_t i = 0; i < f->len; i++) {
		free(f->list[i].file);
		free(f->list[i].text);
	}
	free(f->list);
	memset(f, 0, sizeof(*f));
}

static int
by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order != 0 ? order : strcmp(x->text, y->text);
}

/* A file of a role's layer says the same at every node that has it: told once. */
static void
sort_and_unite(struct findings *f)
{
	size_t kept = 0;

	if (f->len == 0)
		return;
	qsort(f->list, f->len, sizeof(*f->list), by_place);
	for (size_t i = 0; i < f->len; i++) {
		if (kept > 0 && by_place(&f->list[kept - 1], &f->list[i]) == 0) {
			f->errors -= f->list[i].is_error;
			free(f->list[i].file);
			free(f->list[i].text);
		} else
			f->list[kept++] = f->list[i];
	}
	f->len = kept;
}

char *
finding_line(const struct finding *f)
{
	char *line;

	if (asprintf(&line, "%s:%d: %s%s", f->file, f->line,
		    f->is_error ? "" : "warning: ", f->text) < 0)
		abort();
	return line;
}

json_t *
findings_json(const struct findings *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->len; i++) {
		const struct finding *one = &f->list[i];

		json_array_append_new(list,
			json_pack("{s:s s:s s:s s:s s:i s:s}", "severity",
				one->is_error ? "error" : "warning", "kind", one->kind, "node",
				one->node, "file", one->file, "line", one->line, "text",
				one->text));
	}
	return list;
}

/* ---- who has what ---- */

bool
is_link_local(const struct inet *a)
{
	return a->family == AF_INET6 && a->addr[0] == 0xfe && (a->addr[1] & 0xc0) == 0x80;
}

/* On an interface: what the topology gives it, or for fe80:: what Linux makes of its MAC. */
static bool
iface_has(const struct topo_iface *iface, const struct inet *a)
{
	struct inet own;

	for (size_t k = 0; k < iface->addrs_len; k++)
		if (inet_same(&iface->addrs[k], a))
			return true;
	if (!is_link_local(a))
		return false;
	inet_link_local(iface->mac, &own);
	return inet_same(&own, a);
}

bool
node_has(const struct validation *v, size_t node, const struct inet *a)
{
	const struct topo_node *n = &v->t->nodes[node];
	const struct daemon_conf *c = &v->nodes[node].conf;

	for (size_t i = 0; i < n->ifaces_len; i++)
		if (iface_has(&n->ifaces[i], a))
			return true;
	for (size_t i = 0; i < n->loopback_len; i++)
		if (inet_same(&n->loopback[i], a))
			return true;
	for (size_t i = 0; i < n->local_len; i++)
		if (inet_covers(&n->local[i], a))
			return true;
	for (size_t i = 0; i < c->addrs_len; i++)
		if (inet_same(&c->addrs[i].addr, a))
			return true;
	return false;
}

/* The interface of a node that has the address; SIZE_MAX for its loopback. */
static size_t
iface_with(const struct validation *v, size_t node, const struct inet *a)
{
	const struct topo_node *n = &v->t->nodes[node];
	const struct daemon_conf *c = &v->nodes[node].conf;

	for (size_t i = 0; i < n->ifaces_len; i++) {
		if (iface_has(&n->ifaces[i], a))
			return i;
		for (size_t k = 0; k < c->addrs_len; k++)
			if (strcmp(c->addrs[k].ifname, n->ifaces[i].name) == 0 &&
				inet_same(&c->addrs[k].addr, a))
				return i;
	}
	return SIZE_MAX;
}

size_t
facing(const struct validation *v, size_t node, const struct owner *other)
{
	const struct topo_node *n = &v->t->nodes[node], *o = &v->t->nodes[other->node];

	for (size_t i = 0; other->iface != SIZE_MAX && i < n->ifaces_len; i++)
		if (v->segments[n->ifaces[i].link] == v->segments[o->ifaces[other->iface].link])
			return i;
	return SIZE_MAX;
}

bool
find_owner(const struct validation *v, size_t from, const struct inet *a, struct owner *ret)
{
	bool found = false;

	for (size_t n = 0; n < v->t->nodes_len; n++) {
		struct owner one = {n, SIZE_MAX};

		if (n == from || !node_has(v, n, a))
			continue;
		one.iface = iface_with(v, n, a);
		if (!found || facing(v, from, &one) != SIZE_MAX)
			*ret = one;
		found = true;
	}
	return found;
}

bool
has_interface(const struct validation *v, size_t node, const char *name)
{
	const struct topo_node *n = &v->t->nodes[node];
	const struct topo_role *role = &v->t->roles[n->role];

	if (fnmatch(name, "lo", 0) == 0)
		return true;
	for (size_t i = 0; i < n->ifaces_len; i++)
		if (fnmatch(name, n->ifaces[i].name, 0) == 0)
			return true;
	for (size_t i = 0; i < role->bridges_len; i++)
		if (fnmatch(name, role->bridges[i].name, 0) == 0)
			return true;
	return false;
}

/* ---- reading ---- */

static bool
is_switch(const struct topology *t, size_t n)
{
	const struct topo_role *role = &t->roles[t->nodes[n].role];

	for (size_t i = 0; i < role->bridges_len; i++)
		if (role->bridges[i].all_links)
			return true;
	return false;
}

/* Links that meet at a switch are one segment: the lowest number among them, spread until none changes. */
static void
find_segments(struct validation *v)
{
	const struct topology *t = v->t;
	bool changed = true;

	for (size_t i = 0; i < t->links_len; i++)
		v->segments[i] = i;
	while (changed) {
		changed = false;
		for (size_t n = 0; n < t->nodes_len; n++) {
			size_t low = SIZE_MAX;

			if (!is_switch(t, n))
				continue;
			for (size_t i = 0; i < t->nodes[n].ifaces_len; i++)
				if (v->segments[t->nodes[n].ifaces[i].link] < low)
					low = v->segments[t->nodes[n].ifaces[i].link];
			for (size_t i = 0; i < t->nodes[n].ifaces_len; i++)
				if (v->segments[t->nodes[n].ifaces[i].link] != low) {
					v->segments[t->nodes[n].ifaces[i].link] = low;
					changed = true;
				}
		}
	}
}

/* The file that a service is told with `option`, when it is there; else `otherwise`. */
static const char *
file_of(const struct topo_service *s, const char *option, const char *otherwise,
	struct overlay *overlay)
{
	char **argv = s->run.argv, shown[DC_PATH_BYTES], *data;
	size_t len;

	for (size_t i = 0; argv != NULL && argv[i] != NULL; i++)
		if (strcmp(argv[i], option) == 0 && argv[i + 1] != NULL &&
			overlay_read(overlay, argv[i + 1], &data, &len, shown) == 0) {
			free(data);
			return argv[i + 1];
		}
	return otherwise;
}

/* FRR: the daemon's own file and its fellows', or the one for all. */
static bool
read_frr(struct daemon_conf *c, const struct dc_source *from, const struct topo_service *s)
{
	static const char *const fellows[] = {"/etc/frr/zebra.conf", "/etc/frr/staticd.conf",
		"/etc/frr/ospfd.conf", "/etc/frr/ospf6d.conf", "/etc/frr/isisd.conf"};
	const char *path = file_of(s, "-f", "/etc/frr/bgpd.conf", from->arg);

	if (conf_frr_read(c, from, path) < 0)
		return conf_frr_read(c, from, "/etc/frr/frr.conf") == 0;
	for (size_t i = 0; i < sizeof(fellows) / sizeof(fellows[0]); i++)
		conf_frr_read(c, from, fellows[i]);
	return true;
}

static void
read_service(struct validation *v, size_t node, const struct topo_service *s,
	const struct dc_source *from)
{
	struct seen *seen = &v->nodes[node];
	bool found = true;

	switch (s->sessions) {
	case TOPO_SESSIONS_FRR:
		found = read_frr(&seen->conf, from, s);
		break;
	case TOPO_SESSIONS_BIRD:
		found = conf_bird_read(&seen->conf, from,
				file_of(s, "-c", "/etc/bird/bird.conf", from->arg)) == 0;
		break;
	case TOPO_SESSIONS_OPENBGPD:
		found = conf_openbgpd_read(&seen->conf, from,
				file_of(s, "-f", "/etc/bgpd.conf", from->arg)) == 0;
		break;
	case TOPO_SESSIONS_NONE:
		if (s->ready == TOPO_READY_KEEPALIVED)
			conf_keepalived_read(&seen->conf, from,
				file_of(s, "-f", "/etc/keepalived/keepalived.conf", from->arg));
		return;
	}
	seen->speaks |= found;
	if (!found)
		complain(v, WARNING, "no-configuration", node, (struct dc_place){SIZE_MAX, 1},
			"no layer has a configuration for %s of %s", s->name,
			v->t->nodes[node].name);
}

static int
read_node(struct validation *v, const char *const stacks[], size_t node)
{
	const struct topo_role *role = &v->t->roles[v->t->nodes[node].role];
	struct overlay overlay;
	struct dc_source from = {overlay_expand, overlay_read, &overlay};
	int rc = layers_of(v->t, node, stacks, &v->nodes[node].layers);

	if (rc < 0)
		return rc;
	overlay.layers = v->nodes[node].layers;
	for (size_t i = 0; i < role->services_len; i++)
		read_service(v, node, &v->t->services[role->services[i]], &from);
	check_resolvers(v, node, &from);
	for (size_t i = 0; i < v->nodes[node].conf.sessions_len; i++)
		v->out->sessions += !v->nodes[node].conf.sessions[i].shutdown;
	return 0;
}

int
validate_configs(
	const struct topology *t, const char *const stacks[], bool strict, struct findings *ret)
{
	struct findings found = {0};
	struct validation v = {.t = t, .out = &found, .strict = strict};
	int rc = 0;

	v.nodes = calloc(t->nodes_len + 1, sizeof(*v.nodes));
	v.segments = calloc(t->links_len + 1, sizeof(*v.segments));
	if (v.nodes == NULL || v.segments == NULL)
		rc = -ENOMEM;
	for (size_t n = 0; rc == 0 && n < t->nodes_len; n++)
		rc = read_node(&v, stacks, n);
	if (rc == 0) {
		find_segments(&v);
		for (size_t n = 0; n < t->nodes_len; n++) {
			check_node(&v, n);
			check_sessions(&v, n);
		}
		sort_and_unite(&found);
		*ret = found;
	} else
		findings_done(&found);
	for (size_t n = 0; v.nodes != NULL && n < t->nodes_len; n++) {
		daemon_conf_done(&v.nodes[n].conf);
		layers_free(v.nodes[n].layers);
	}
	free(v.nodes);
	free(v.segments);
	return rc;
}
