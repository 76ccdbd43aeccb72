/* look_json.c - what lab watch shows, as JSON. */
#include <string.h>

#include "lab/look_state.h"

/* Of the survey's list, only what is not as it should be: a watcher reads one of these a second. */
static json_t *
services_down(const struct survey *s)
{
	json_t *list = json_array(), *node, *service;
	size_t i, k;

	json_array_foreach(json_object_get(s->services, "nodes"), i, node)
	{
		json_array_foreach(json_object_get(node, "services"), k, service)
		{
			const char *state = json_string_value(json_object_get(service, "state"));
			json_t *copy;

			if (state != NULL && strcmp(state, "ready") == 0)
				continue;
			copy = json_deep_copy(service);
			json_object_set(copy, "node", json_object_get(node, "name"));
			json_array_append_new(list, copy);
		}
	}
	return list;
}

static json_t *
sessions(const struct topology *t, const struct survey *s)
{
	json_t *down = json_array();

	for (size_t i = 0; i < s->sessions_len; i++) {
		const struct survey_session *row = &s->sessions[i];

		if (!row->session.established)
			json_array_append_new(down,
				json_pack("{s:s, s:s, s:s, s:s}", "node", t->nodes[row->node].name,
					"service", t->services[row->service].name, "peer",
					row->session.peer, "state", row->session.state));
	}
	return json_pack("{s:I, s:I, s:o}", "total", (json_int_t)s->sessions_len, "established",
		(json_int_t)(s->sessions_len - s->sessions_down), "down", down);
}

static json_t *
measured(const struct look_reply *r)
{
	json_t *j = json_pack("{s:s, s:s?}", "answer", look_answer_name(r->answer), "site",
		r->nsid[0] != '\0' ? r->nsid : NULL);
	bool came = r->answer == LOOK_GOOD || r->answer == LOOK_BAD;

	if (r->answer == LOOK_UNASKED) {
		json_decref(j);
		return json_null();
	}
	json_object_set_new(
		j, "rtt_ms", came ? json_real((double)r->rtt_ns / NS_PER_MS) : json_null());
	if (r->answer == LOOK_BAD)
		json_object_set_new(j, "rcode", json_integer(r->rcode));
	return j;
}

static json_t *
path(const struct look_state *s, size_t i)
{
	const struct topology *t = lab_topology(s->lab);
	const struct survey_path *p = &s->now->paths[i];
	const struct look_service *v = &s->services[i];
	json_t *j = json_pack("{s:s, s:s, s:s?, s:s?}", "city", t->cities[p->city].name, "family",
		p->family == AF_INET ? "v4" : "v6", "site",
		v->site < 0 ? NULL : look_site_name(t, v->site), "expected",
		t->cities[p->city].expect_site);

	json_object_set_new(j, "path_rtt_ms",
		p->returned ? json_real((double)p->rtt_ns / NS_PER_MS) : json_null());
	json_object_set_new(j, "measured", measured(look_asker_reply(s->asker, i)));
	if (v->changed.ns != 0) {
		json_object_set_new(j, "changed_wall_ns", json_integer(v->changed.ns));
		json_object_set_new(j, "before",
			v->before < 0 ? json_null() : json_string(look_site_name(t, v->before)));
	}
	return j;
}

json_t *
look_state_json(const struct look_state *s)
{
	const struct topology *t = lab_topology(s->lab);
	json_t *catchment = json_array(), *links = json_array();
	char says[512];

	for (size_t i = 0; i < s->now->paths_len; i++)
		json_array_append_new(catchment, path(s, i));
	for (size_t i = 0; i < s->faults_len; i++)
		json_array_append_new(links,
			json_pack("{s:s, s:s}", "link", t->links[s->faults[i].link].name, "fault",
				s->faults[i].text));
	look_state_explain(s, says, sizeof(says));
	return json_pack("{s:s, s:s, s:I, s:b, s:s, s:o, s:o, s:o, s:o}", "schema",
		"catchment.lab-watch/1", "id", lab_id(s->lab), "wall_ns", (json_int_t)s->at.ns,
		"healthy", survey_healthy(s->now, true), "says", says, "services_down",
		services_down(s->now), "sessions", sessions(t, s->now), "catchment", catchment,
		"links_at_fault", links);
}
