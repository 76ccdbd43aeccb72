/* bgplog.c - a trial's captures, point by point: whose packet it is, and who keeps what of it. */
#include "bench/analyze/bgplog.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/bgplog_internal.h"
#include "bench/analyze/run.h"
#include "lib/bfd.h"

int
bgplog_node(const struct bgplog *log, const char *name)
{
	for (size_t i = 0; name != NULL && i < log->nodes; i++)
		if (strcmp(log->node[i].name, name) == 0)
			return (int)i;
	return -1;
}

int
bgplog_node_of(const struct bgplog *log, uint8_t family, const uint8_t addr[static 16])
{
	for (size_t i = 0; i < log->addresses; i++)
		if (log->address[i].family == family &&
			memcmp(log->address[i].addr, addr, family == 4 ? 4 : 16) == 0)
			return log->address[i].node;
	return -1;
}

int
bgplog_point(const struct bgplog *log, int node, const char *interface)
{
	for (size_t i = 0; i < log->points; i++)
		if (log->point[i].node == node && strcmp(log->point[i].interface, interface) == 0)
			return (int)i;
	return -1;
}

size_t
bgplog_from(const struct bgplog *log, int64_t at_ns)
{
	size_t low = 0, high = log->entries;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (log->entry[mid].at_ns < at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* ---- the plan ---- */

static int
add_node(struct bgplog *log, const char *name)
{
	int i = bgplog_node(log, name);

	if (i >= 0)
		return i;
	if (grow(&log->node, log->nodes, sizeof(log->node[0])) < 0)
		return -ENOMEM;
	log->node[log->nodes] = (struct bgplog_node){0};
	snprintf(log->node[log->nodes].name, sizeof(log->node[0].name), "%s", name);
	return (int)log->nodes++;
}

/*
 * An address that several nodes have (the service's) belongs to none of them here: the first one of
 * the plan would get what is said of the others.
 */
static int
add_address(struct bgplog *log, int node, const char *text)
{
	struct bgplog_address a = {.family = strchr(text, ':') != NULL ? 6 : 4, .node = node};

	if (inet_pton(a.family == 4 ? AF_INET : AF_INET6, text, a.addr) != 1)
		return 0;
	for (size_t i = 0; i < log->addresses; i++)
		if (log->address[i].family == a.family &&
			memcmp(log->address[i].addr, a.addr, sizeof(a.addr)) == 0) {
			if (log->address[i].node != node)
				log->address[i].node = -1;
			return 0;
		}
	if (grow(&log->address, log->addresses, sizeof(log->address[0])) < 0)
		return -ENOMEM;
	log->address[log->addresses++] = a;
	return 0;
}

static int
add_addresses(struct bgplog *log, int node, const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) if (json_is_string(item) &&
		add_address(log, node, json_string_value(item)) < 0) return -ENOMEM;
	return 0;
}

static void
copy_text(char *to, size_t to_bytes, const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	snprintf(to, to_bytes, "%s", text == NULL ? "" : text);
}

static int
add_point(struct bgplog *log, const char *trial_dir, const char *dir, const json_t *o)
{
	const char *node = json_string_value(json_object_get(o, "node"));
	const char *peer = json_string_value(json_object_get(o, "peer"));
	const char *file = json_string_value(json_object_get(o, "file"));
	const json_t *delay = json_object_get(o, "delay_ns");
	struct bgplog_point *p;

	if (log->points == BGPLOG_MAX_POINTS)
		return -E2BIG;
	if (grow(&log->point, log->points, sizeof(*p)) < 0)
		return -ENOMEM;
	p = &log->point[log->points];
	*p = (struct bgplog_point){.peer = -1};
	p->node = add_node(log, node == NULL ? "" : node);
	if (peer != NULL)
		p->peer = add_node(log, peer);
	if (p->node < 0 || (peer != NULL && p->peer < 0))
		return -ENOMEM;
	copy_text(p->interface, sizeof(p->interface), o, "interface");
	copy_text(log->node[p->node].role, sizeof(log->node[0].role), o, "role");
	copy_text(log->node[p->node].city, sizeof(log->node[0].city), o, "city");
	p->loop = strcmp(p->interface, "lo") == 0;
	p->delay_ns = json_is_integer(delay) ? json_integer_value(delay) : -1;
	log->points++;
	if (file == NULL || dir == NULL || dir[0] == '/' || strstr(file, "..") != NULL ||
		(size_t)snprintf(p->file, sizeof(p->file), "%s/%s/%s", trial_dir, dir, file) >=
			sizeof(p->file))
		snprintf(p->error, sizeof(p->error),
			"%s/capture-plan.json: a point without a usable file name", trial_dir);
	return add_addresses(log, p->node, json_object_get(o, "addresses"));
}

static int
read_plan(struct bgplog *log, const char *run_dir, const char *trial_dir, struct err *e)
{
	char path[PATH_MAX];
	const json_t *o;
	json_t *plan;
	size_t i;
	int rc;

	snprintf(path, sizeof(path), "%s/%s/capture-plan.json", run_dir, trial_dir);
	rc = json_file(path, &plan, e);
	if (rc < 0)
		return rc;
	json_array_foreach(json_object_get(plan, "points"), i, o) if (rc == 0) rc =
		add_point(log, trial_dir, json_string_value(json_object_get(plan, "dir")), o);
	json_array_foreach(json_object_get(plan, "nodes"), i, o)
	{
		const char *name = json_string_value(json_object_get(o, "node"));
		int node = rc == 0 && name != NULL ? add_node(log, name) : -1;

		if (rc == 0 && name != NULL)
			rc = node < 0 ? -ENOMEM
				      : add_addresses(log, node, json_object_get(o, "addresses"));
	}
	json_decref(plan);
	return rc < 0 ? err_sys(e, -rc, "%s", path) : 0;
}

/* ---- the packets ---- */

struct bgplog_entry *
bgplog_add(struct bgplog_reading *x, enum bgplog_what what, struct wall at, uint64_t packet)
{
	struct bgplog *log = x->log;
	struct bgplog_entry *n;

	if (log->entries >= INT_MAX || grow(&log->entry, log->entries, sizeof(*n)) < 0) {
		x->rc = -ENOMEM;
		return NULL;
	}
	n = &log->entry[log->entries++];
	*n = (struct bgplog_entry){.at_ns = at.ns,
		.packet = packet,
		.point = x->point,
		.peer = -1,
		.what = what,
		.session = -1,
		.twin = -1,
		.heard_ns = INT64_MIN};
	return n;
}

static void
take_packet(struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec)
{
	if (v->proto == PKT_TCP && (v->sport == BGP_PORT || v->dport == BGP_PORT))
		bgplog_tcp_take(x, v, rec);
	else if (v->proto == PKT_UDP && (v->dport == BFD_PORT || v->dport == BFD_MULTIHOP_PORT))
		bgplog_bfd_take(x, v, rec);
	else if (v->sport == 53 || v->dport == 53)
		bgplog_dns_take(x, v, rec);
}

static void
read_file(struct bgplog_reading *x, const char *path, struct bgplog_point *point)
{
	struct pcapfile *p;
	struct pcap_record rec;
	struct err e;
	int rc = pcapfile_open(path, &p, &e);

	if (rc < 0) {
		snprintf(point->error, sizeof(point->error), "%.255s", e.text);
		return;
	}
	point->present = true;
	while ((rc = pcapfile_next(p, &rec, &e)) == 1 && x->rc == 0) {
		struct pkt_view v;

		point->packets++;
		if (pkt_dissect(pcapfile_link(p), rec.data, rec.captured_bytes, &v) == 0 &&
			!v.later)
			take_packet(x, &v, &rec);
		if (x->rc == -E2BIG)
			rc = err_sys(
				&e, E2BIG, "%s: packet %llu", path, (unsigned long long)rec.number);
	}
	if (rc < 0)
		snprintf(point->error, sizeof(point->error), "%.255s", e.text);
	pcapfile_free(p);
}

/* Returns 0 or -ENOMEM. */
static int
read_point(struct bgplog *log, size_t i, const char *run_dir, bgplog_wants *wants, void *arg)
{
	struct bgplog_reading x = {.log = log, .point = (int)i, .wants = wants, .arg = arg};
	char path[PATH_MAX];

	if (log->point[i].error[0] != '\0')
		return 0;
	x.rc = bgplog_tcp_new(&x);
	if (x.rc == 0)
		x.rc = bgplog_bfd_new(&x);
	snprintf(path, sizeof(path), "%s/%s", run_dir, log->point[i].file);
	if (x.rc == 0)
		read_file(&x, path, &log->point[i]);
	bgplog_tcp_done(&x);
	bgplog_bfd_done(&x);
	return x.rc == -ENOMEM ? x.rc : 0;
}

/* ---- the whole ---- */

static int
entry_order(const void *a, const void *b)
{
	const struct bgplog_entry *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	if (x->point != y->point)
		return x->point < y->point ? -1 : 1;
	if (x->packet != y->packet)
		return x->packet < y->packet ? -1 : 1;
	return (x->change > y->change) - (x->change < y->change);
}

static int
dns_order(const void *a, const void *b)
{
	const struct bgplog_dns *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return (x->point > y->point) - (x->point < y->point);
}

static int
check_order(const void *a, const void *b)
{
	const struct bgplog_check *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

static void
sort(struct bgplog *log)
{
	if (log->entries > 0)
		qsort(log->entry, log->entries, sizeof(log->entry[0]), entry_order);
	if (log->dnss > 0)
		qsort(log->dns, log->dnss, sizeof(log->dns[0]), dns_order);
	if (log->checks > 0)
		qsort(log->check, log->checks, sizeof(log->check[0]), check_order);
}

int
bgplog_read(const char *run_dir, const char *trial_dir, bgplog_wants *wants, void *arg,
	struct bgplog **ret, struct err *e)
{
	struct bgplog *log = calloc(1, sizeof(*log));
	int rc;

	if (log == NULL)
		return err_sys(e, ENOMEM, "%s/%s", run_dir, trial_dir);
	rc = read_plan(log, run_dir, trial_dir, e);
	for (size_t i = 0; i < log->points && rc == 0; i++) {
		rc = read_point(log, i, run_dir, wants, arg);
		if (rc < 0)
			err_sys(e, -rc, "%s/%s", run_dir, log->point[i].file);
	}
	if (rc == 0) {
		sort(log);
		rc = bgplog_pair(log);
		if (rc < 0)
			err_sys(e, -rc, "%s/%s", run_dir, trial_dir);
	}
	if (rc < 0) {
		bgplog_free(log);
		return rc;
	}
	*ret = log;
	return 0;
}

void
bgplog_free(struct bgplog *log)
{
	if (log == NULL)
		return;
	free(log->node);
	free(log->point);
	free(log->entry);
	free(log->change);
	free(log->session);
	free(log->dns);
	free(log->check);
	free(log->address);
	free(log);
}
