/* survey.c - how a lab is right now: services, BGP sessions, and who reaches whom by its FIBs. */
#include "lab/survey.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/fibwalk.h"

enum { ASKERS = 16 };

static int
add_session(struct survey *s, size_t node, size_t service, const struct ask_session *session)
{
	struct survey_session *grown = realloc(s->sessions, (s->sessions_len + 1) * sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	s->sessions = grown;
	grown[s->sessions_len++] =
		(struct survey_session){.node = node, .service = service, .session = *session};
	s->sessions_down += !session->established;
	return 0;
}

static int
ask_sessions(
	pid_t init, const struct topo_service *service, struct ask_session **ret, size_t *ret_len)
{
	char *const bgpctl[] = {(char *)(uintptr_t) "bgpctl", (char *)(uintptr_t) "-j",
		(char *)(uintptr_t) "show", NULL};
	char *text = NULL;
	int rc = -ENOTSUP;

	switch (service->sessions) {
	case TOPO_SESSIONS_FRR:
		rc = ask_frr(init, service->ready_arg, "show bgp summary json", &text, NULL);
		if (rc == 0)
			rc = ask_parse_frr(text, ret, ret_len);
		break;
	case TOPO_SESSIONS_BIRD:
		rc = ask_bird(init, service->ready_arg, "show protocols", &text, NULL);
		if (rc == 0)
			rc = ask_parse_bird(text, ret, ret_len);
		break;
	case TOPO_SESSIONS_OPENBGPD:
		rc = ask_program(init, bgpctl, 2 * ASK_TIMEOUT_MS, &text, NULL);
		if (rc == 0)
			rc = ask_parse_openbgpd(text, ret, ret_len);
		break;
	case TOPO_SESSIONS_NONE:
		break;
	}
	free(text);
	return rc;
}

/* One daemon to ask, and what it said. */
struct question {
	size_t node, service;
	struct ask_session *list;
	size_t len;
	int rc;
};

struct questions {
	struct lab *lab;
	struct question *list;
	size_t len;
	atomic_size_t next;
};

static void *
ask_some(void *arg)
{
	struct questions *q = arg;
	const struct topology *t = lab_topology(q->lab);

	for (size_t i; (i = atomic_fetch_add(&q->next, 1)) < q->len;) {
		struct question *one = &q->list[i];

		one->rc = ask_sessions(lab_node_pid(q->lab, one->node), &t->services[one->service],
			&one->list, &one->len);
	}
	return NULL;
}

/* Side by side: each answer waits for its daemon's turn on a processor, and there are hundreds of them. */
static void
ask_all(struct questions *q)
{
	pthread_t threads[ASKERS - 1];
	size_t started = 0;

	while (started < ASKERS - 1 && started + 1 < q->len &&
		pthread_create(&threads[started], NULL, ask_some, q) == 0)
		started++;
	ask_some(q);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

static int
list_questions(struct questions *q)
{
	const struct topology *t = lab_topology(q->lab);
	size_t most = 0;

	for (size_t n = 0; n < t->nodes_len; n++)
		most += t->roles[t->nodes[n].role].services_len;
	q->list = calloc(most + 1, sizeof(*q->list));
	if (q->list == NULL)
		return -ENOMEM;
	for (size_t n = 0; n < t->nodes_len; n++) {
		const struct topo_role *role = &t->roles[t->nodes[n].role];

		for (size_t k = 0; k < role->services_len; k++)
			if (t->services[role->services[k]].sessions != TOPO_SESSIONS_NONE)
				q->list[q->len++] =
					(struct question){.node = n, .service = role->services[k]};
	}
	return 0;
}

static int
take_sessions(struct lab *lab, struct survey *s)
{
	static const struct ask_session silent = {.peer = "(no answer)", .state = "?"};
	struct questions q = {.lab = lab};
	int rc = list_questions(&q);

	if (rc == 0)
		ask_all(&q);
	for (size_t i = 0; i < q.len; i++) {
		struct question *one = &q.list[i];

		if (rc == 0 && one->rc != 0)
			rc = add_session(s, one->node, one->service, &silent);
		for (size_t k = 0; rc == 0 && one->rc == 0 && k < one->len; k++)
			rc = add_session(s, one->node, one->service, &one->list[k]);
		free(one->list);
	}
	free(q.list);
	return rc;
}

static int
take_services(struct lab *lab, struct survey *s, struct err *e)
{
	int rc = lab_request(lab, json_pack("{s:s}", "op", "status"), &s->services, e);
	json_t *node, *service;
	size_t i, k;

	if (rc < 0)
		return rc;
	json_array_foreach(json_object_get(s->services, "nodes"), i, node)
	{
		json_array_foreach(json_object_get(node, "services"), k, service)
		{
			const char *state = json_string_value(json_object_get(service, "state"));

			if (state != NULL && strcmp(state, "ready") == 0)
				continue;
			if (s->services_wrong++ > 0)
				continue;
			snprintf(s->wrong_node, sizeof(s->wrong_node), "%s",
				json_string_value(json_object_get(node, "name")));
			snprintf(s->wrong_name, sizeof(s->wrong_name), "%s",
				json_string_value(json_object_get(service, "name")));
			snprintf(s->wrong_state, sizeof(s->wrong_state), "%s", state ? state : "?");
		}
	}
	return 0;
}

static int
take_paths(struct lab *lab, struct survey *s, struct err *e)
{
	const struct topology *t = lab_topology(lab);

	s->paths = calloc(t->cities_len * t->anycast_addrs_len + 1, sizeof(*s->paths));
	if (s->paths == NULL)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t c = 0; c < t->cities_len; c++) {
		const char *expect = t->cities[c].expect_site;

		if (topology_access(t, c) < 0)
			continue;
		for (size_t a = 0; a < t->anycast_addrs_len; a++) {
			struct survey_path *path = &s->paths[s->paths_len++];
			int rc = fibwalk_round_trip(lab, c, &t->anycast_addrs[a], path, e);

			if (rc < 0)
				return rc;
			s->paths_broken += !path->returned;
			s->paths_unexpected += expect != NULL &&
				(path->site < 0 || t->nodes[path->site].site == NULL ||
					strcmp(t->nodes[path->site].site, expect) != 0);
		}
	}
	return 0;
}

int
survey_take_paths(struct lab *lab, struct survey **ret, struct err *e)
{
	struct survey *s = calloc(1, sizeof(*s));
	int rc = s == NULL ? err_set(e, ENOMEM, "out of memory") : take_paths(lab, s, e);

	if (rc < 0) {
		survey_free(s);
		return rc;
	}
	*ret = s;
	return 0;
}

int
survey_take(struct lab *lab, struct survey **ret, struct err *e)
{
	struct survey *s;
	int rc = survey_take_paths(lab, &s, e);

	if (rc == 0) {
		rc = take_services(lab, s, e);
		if (rc == 0 && take_sessions(lab, s) < 0)
			rc = err_set(e, ENOMEM, "out of memory");
		if (rc < 0)
			survey_free(s);
	}
	if (rc == 0)
		*ret = s;
	return rc;
}

void
survey_free(struct survey *s)
{
	if (s == NULL)
		return;
	json_decref(s->services);
	free(s->sessions);
	free(s->paths);
	free(s);
}

bool
survey_healthy(const struct survey *s, bool expected)
{
	return s->services_wrong == 0 && s->sessions_down == 0 && s->paths_broken == 0 &&
		(!expected || s->paths_unexpected == 0);
}

static const char *
site_name(const struct topology *t, int site)
{
	return site < 0		      ? "nobody"
		: t->nodes[site].site ? t->nodes[site].site
				      : t->nodes[site].name;
}

void
survey_explain(const struct lab *lab, const struct survey *s, bool expected, char *out, size_t size)
{
	const struct topology *t = lab_topology(lab);

	snprintf(out, size, "healthy");
	if (s->services_wrong > 0) {
		snprintf(out, size, "%zu services not ready, the first: %s/%s: %s",
			s->services_wrong, s->wrong_node, s->wrong_name, s->wrong_state);
		return;
	}
	for (size_t i = 0; i < s->sessions_len; i++) {
		const struct survey_session *row = &s->sessions[i];

		if (row->session.established)
			continue;
		snprintf(out, size,
			"%zu of %zu BGP sessions not Established, the first: %s with %s: %s",
			s->sessions_down, s->sessions_len, t->nodes[row->node].name,
			row->session.peer, row->session.state);
		return;
	}
	for (size_t i = 0; i < s->paths_len; i++) {
		const struct survey_path *p = &s->paths[i];
		const char *expect = t->cities[p->city].expect_site;
		const char *family = p->family == AF_INET ? "IPv4" : "IPv6";

		if (!p->returned) {
			snprintf(out, size, "%s over %s: %s %s", t->cities[p->city].name, family,
				p->reached ? "no way back from" : "no route to the service after",
				t->nodes[p->hops[p->hops_len - 1]].name);
			return;
		}
		if (expected && expect != NULL && strcmp(site_name(t, p->site), expect) != 0) {
			snprintf(out, size, "%s over %s reaches %s, expected %s (%s)",
				t->cities[p->city].name, family, site_name(t, p->site), expect,
				t->cities[p->city].because);
			return;
		}
	}
}

bool
survey_suspect(const struct lab *lab, const struct survey *s, const char **ret_node,
	const char **ret_service)
{
	const struct topology *t = lab_topology(lab);

	*ret_node = s->wrong_node;
	*ret_service = s->wrong_name;
	for (size_t i = 0; s->services_wrong == 0 && i < s->sessions_len; i++) {
		if (s->sessions[i].session.established)
			continue;
		*ret_node = t->nodes[s->sessions[i].node].name;
		*ret_service = t->services[s->sessions[i].service].name;
		return true;
	}
	return s->services_wrong > 0;
}

static json_t *
hops_json(const struct topology *t, const size_t *hops, size_t len)
{
	json_t *list = json_array();

	for (size_t i = 0; i < len; i++)
		json_array_append_new(list, json_string(t->nodes[hops[i]].name));
	return list;
}

static json_t *
path_json(const struct topology *t, const struct survey_path *p)
{
	const struct topo_city *city = &t->cities[p->city];
	json_t *j = json_pack("{s:s, s:s, s:s?, s:s?, s:o, s:o}", "city", city->name, "family",
		p->family == AF_INET ? "v4" : "v6", "site",
		p->site < 0 ? NULL : site_name(t, p->site), "expected", city->expect_site, "path",
		hops_json(t, p->hops, p->hops_len), "path_back",
		hops_json(t, p->back, p->back_len));

	json_object_set_new(j, "path_rtt_ms",
		p->returned ? json_real((double)p->rtt_ns / NS_PER_MS) : json_null());
	return j;
}

json_t *
survey_json(const struct lab *lab, const struct survey *s)
{
	const struct topology *t = lab_topology(lab);
	json_t *sessions = json_array(), *catchment = json_array();

	for (size_t i = 0; i < s->sessions_len; i++)
		json_array_append_new(sessions,
			json_pack("{s:s, s:s, s:s, s:s, s:b}", "node",
				t->nodes[s->sessions[i].node].name, "service",
				t->services[s->sessions[i].service].name, "peer",
				s->sessions[i].session.peer, "state", s->sessions[i].session.state,
				"established", s->sessions[i].session.established));
	for (size_t i = 0; i < s->paths_len; i++)
		json_array_append_new(catchment, path_json(t, &s->paths[i]));
	return json_pack("{s:s, s:s, s:O?, s:o, s:o, s:o, s:b}", "schema", "catchment.lab-status/1",
		"id", lab_id(lab), "nodes", json_object_get(s->services, "nodes"), "left_out",
		topology_left_out_json(t), "sessions", sessions, "catchment", catchment, "healthy",
		survey_healthy(s, true));
}
