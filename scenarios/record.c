/* record.c - run.json: everything static that analysis needs, and what became of the run. */
#include "scenarios/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/look_map.h"
#include "lab/survey.h"
#include "lib/fs.h"
#include "scenarios/plan_resolvers.h"
#include "scenarios/plan_beside.h"
#include "scenarios/provenance.h"
#include "scenarios/record_rtt.h"
#include "scenarios/scenario_check.h"
#include "scenarios/scenario_load.h"
#include "scenarios/scenario_settings.h"

/* Over these a trial is invalid, neither passed nor failed: the host disturbed the instrument. */
static json_t *
limits_json(void)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:f}", "send_lateness_p99_us", 5000,
		"wire_lateness_p99_us", 5000, "capture_drops", 0, "clock_step_us", 100,
		"before_unanswered", 0, "udp_receive_drops", 0, "rtt_excess_ms", 3.0,
		"cpu_pressure_ratio", 0.9);
}

static json_t *
hops_json(const struct topology *t, const struct survey_path *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->hops_len; i++)
		json_array_append_new(list, json_string(t->nodes[p->hops[i]].name));
	return list;
}

static json_t *
city_json(const struct topology *t, size_t city, const struct survey *s)
{
	const struct topo_city *c = &t->cities[city];
	json_t *expected = json_object(), *path = json_object(), *rtt = json_object();
	json_t *stretched = json_object();

	for (size_t i = 0; i < s->paths_len; i++) {
		const struct survey_path *p = &s->paths[i];
		const char *family = p->family == AF_INET ? "v4" : "v6";

		if (p->city != city)
			continue;
		/* Without a stated expectation the steady state is what it is compared with. */
		json_object_set_new(expected, family,
			json_string(c->expect_site    ? c->expect_site
					: p->site < 0 ? "none"
						      : t->nodes[p->site].site));
		json_object_set_new(path, family, hops_json(t, p));
		json_object_set_new(rtt, family, json_real((double)p->rtt_ns / 1e6));
		json_object_set_new(stretched, family, json_real((double)p->stretched_ns / 1e6));
	}
	return json_pack("{s:s, s:s, s:f, s:f, s:s, s:o, s:s, s:o, s:o, s:o}", "name", c->name,
		"title", c->title, "lat", c->lat, "lon", c->lon, "access_node",
		t->nodes[topology_access(t, city)].name, "expected", expected, "reason",
		c->because ? c->because : "", "path_rtt_ms", rtt, "path_stretched_ms", stretched,
		"path", path);
}

static json_t *
sites_json(const struct topology *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nodes_len; i++)
		if (t->nodes[i].site != NULL)
			json_array_append_new(list,
				json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "name",
					t->nodes[i].site, "title",
					t->cities[t->nodes[i].city].title, "city",
					t->cities[t->nodes[i].city].name, "node", t->nodes[i].name,
					"anycast", t->nodes[i].anycast, "nsid", t->nodes[i].site));
	return list;
}

/* Links between different cities, for the report's map. */
static json_t *
links_json(const struct topology *t)
{
	json_t *list = json_array();
	char network[32];

	for (size_t i = 0; i < t->links_len; i++) {
		const struct topo_link *l = &t->links[i];
		size_t a = t->nodes[l->node[0]].city, b = t->nodes[l->node[1]].city;

		if (a == b)
			continue;
		look_map_network(t, i, network);
		json_array_append_new(list,
			json_pack("{s:s, s:[s, s], s:s, s:f}", "name", l->name, "cities",
				t->cities[a].name, t->cities[b].name, "network", network,
				"delay_ms", (double)l->delay_ns / 1e6));
	}
	return list;
}

static json_t *
inets_json(const struct inet *list, size_t len, bool prefixes)
{
	json_t *j = json_array();
	char text[INET_TEXT_BYTES];

	for (size_t i = 0; i < len; i++)
		json_array_append_new(j,
			json_string(prefixes ? inet_show_prefix(&list[i], text)
					     : inet_show(&list[i], text)));
	return j;
}

json_t *
record_timeline_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->actions_len; i++)
		if (!action_is_beside(&s->actions[i]) && s->actions[i].round <= 1)
			json_array_append_new(list,
				json_pack("{s:f, s:s, s:s, s:s}", "at_ms",
					(double)s->actions[i].at_ns / 1e6, "action",
					action_name(s->actions[i].kind), "target",
					s->actions[i].target, "phase",
					s->actions[i].restores ? "restore" : "fault"));
	return list;
}

static json_t *
judge_json(const struct target *t)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "id", t->id, "documented", t->claim, "figure",
		t->figure, "known", t->known);

	if (t->metric == NULL)
		return o;
	json_object_update_new(o,
		json_pack("{s:s, s:s, s:s, s:s}", "metric", t->metric, "statistic", t->statistic,
			"comparison", t->comparison, "unit", t->unit));
	if (t->beside != NULL)
		json_object_set_new(o, "beside", json_string(t->beside));
	else
		json_object_set_new(o, "target", json_real(t->value));
	if (t->modelled)
		json_object_set_new(o, "modelled", json_true());
	if (t->city != NULL)
		json_object_set_new(o, "city", json_string(t->city));
	if (t->has_before)
		json_object_set_new(o, "before", json_real(t->before));
	return o;
}

static json_t *
judges_json(const struct scenario *s, const struct targets *targets)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->judges_len; i++) {
		json_t *o = judge_json(targets_find(targets, s->judges[i]));

		if (s->judged_family[i] != NULL)
			json_object_set_new(o, "family", json_string(s->judged_family[i]));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
expect_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->expects_len; i++) {
		const struct expect *x = &s->expects[i];

		json_t *o;

		o = x->kind == EXPECT_SERVED_BY
			? json_pack("{s:i, s:s, s:s, s:f, s:f, s:s, s:s}", "line", x->line, "text",
				  x->text, "kind", "served_by", "from_ms", (double)x->from_ns / 1e6,
				  "to_ms", (double)x->to_ns / 1e6, "city", x->city, "site", x->site)
			: json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:f}", "line", x->line, "text",
				  x->text, "kind", "metric", "metric", x->metric, "statistic",
				  x->statistic, "comparison", x->comparison, "value", x->value);
		if (x->judges != NULL)
			json_object_set_new(o, "judges", json_string(x->judges));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
argv_json(char *const *argv)
{
	json_t *list = json_array();

	const char *gap = strchr(argv[0], ' ');

	/* argv[0] is "catchment run": two words on the command line. */
	json_array_append_new(list, json_string("catchment"));
	json_array_append_new(list, json_string(gap != NULL ? gap + 1 : "run"));
	for (size_t i = 1; argv[i] != NULL; i++)
		json_array_append_new(list, json_string(argv[i]));
	return list;
}

int
record_new(const struct record_head *head, struct lab *lab, const struct scenario *s,
	const struct targets *targets, json_t **ret, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	json_t *run, *cities = json_array();
	struct survey *survey;
	int rc = survey_take_paths(lab, &survey, e);

	if (rc < 0) {
		json_decref(cities);
		return rc;
	}
	for (size_t c = 0; c < t->cities_len; c++)
		if (topology_access(t, c) >= 0)
			json_array_append_new(cities, city_json(t, c, survey));
	survey_free(survey);
	rc = record_add_round_trips(cities, lab, e);
	if (rc < 0) {
		json_decref(cities);
		return rc;
	}
	run = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:[], s:I, s:s, s:f}", "schema",
		"catchment.run/1", "id", head->id, "scenario", s->name, "title", s->title,
		"variant", head->variant, "scenario_file", conf_path(s->conf), "trials_planned",
		head->trials_planned, "trial_dirs", "seed", (json_int_t)head->seed, "fault_phase",
		s->phase_window_ns == 0 ? "none"
			: head->locked	? "locked"
					: "random",
		"fault_phase_window_ms", (double)s->phase_window_ns / 1e6);
	if (run == NULL) {
		json_decref(cities);
		return err_set(e, EINVAL, "run.json: a name is not UTF-8");
	}
	json_object_set_new(run, "summary", json_string(s->summary));
	json_object_set_new(run, "rate_qps", json_real(s->rate_qps));
	json_object_set_new(run, "gap_ms", json_real(1000 / s->rate_qps));
	json_object_set_new(run, "timeout_ms", json_integer(s->timeout_ns / 1000000));
	json_object_set_new(run, "before_ms", json_integer(s->before_ns / 1000000));
	json_object_set_new(run, "unicast", plan_unicast_json(t, s->unicast_qps));
	json_object_set_new(run, "tcp_qps", json_real(s->tcp_qps));
	json_object_set_new(run, "large_qps", json_real(s->large_qps));
	json_object_set_new(run, "stretch", json_real(t->stretch));
	json_object_set_new(run, "anycast",
		json_pack("{s:o, s:o}", "prefixes",
			inets_json(t->anycast_prefixes, t->anycast_prefixes_len, true), "addresses",
			inets_json(t->anycast_addrs, t->anycast_addrs_len, false)));
	json_object_set_new(run, "cities", cities);
	json_object_set_new(run, "sites", sites_json(t));
	json_object_set_new(run, "links", links_json(t));
	json_object_set_new(run, "timeline", record_timeline_json(s));
	if (s->rounds.times > 0)
		json_object_set_new(run, "rounds",
			json_pack("{s:i, s:f, s:f}", "times", (int)s->rounds.times, "at_ms",
				(double)s->rounds.at_ns / 1e6, "every_ms",
				(double)s->rounds.every_ns / 1e6));
	json_object_set_new(run, "fault_node",
		scenario_fault_node(s) ? json_string(scenario_fault_node(s)) : json_null());
	if (scenario_fault_node(s) != NULL && topology_node(t, scenario_fault_node(s)) >= 0)
		json_object_set_new(run, "fault_city",
			json_string(
				t->cities[t->nodes[topology_node(t, scenario_fault_node(s))].city]
					.name));
	if (s->settings_len > 0)
		json_object_set_new(run, "settings", scenario_settings_json(s));
	json_object_set_new(run, "judges", judges_json(s, targets));
	json_object_set_new(run, "expect", expect_json(s));
	json_object_set_new(run, "checks", checks_json(s));
	json_object_set_new(run, "loads", loads_json(s));
	json_object_set_new(run, "limits", limits_json());
	json_object_set_new(
		run, head->alone == NULL ? "command" : "batch_command", argv_json(head->command));
	if (head->alone != NULL)
		json_object_set(run, "command", head->alone);
	json_object_set_new(run, "provenance", provenance_json(lab, s->conf));
	json_object_set_new(
		json_object_get(run, "provenance"), "started_wall_ns", json_integer(wall_now().ns));
	json_object_set_new(run, "resolvers",
		plan_resolvers_json(t, s->resolver_qps,
			json_object_get(json_object_get(run, "provenance"), "packages")));
	*ret = run;
	return 0;
}

void
record_add_trial(json_t *run, const char *dir_name)
{
	json_array_append_new(json_object_get(run, "trial_dirs"), json_string(dir_name));
}

void
record_add_unhealed(json_t *run, const char *dir_name)
{
	if (json_object_get(run, "unhealed") == NULL)
		json_object_set_new(run, "unhealed", json_array());
	json_array_append_new(json_object_get(run, "unhealed"), json_string(dir_name));
}

int
record_write(json_t *run, const char *dir, bool complete, bool interrupted, struct err *e)
{
	char path[1024], *text;
	int rc;

	json_object_set_new(run, "complete", json_boolean(complete));
	json_object_set_new(run, "interrupted", json_boolean(interrupted));
	json_object_set_new(
		json_object_get(run, "provenance"), "ended_wall_ns", json_integer(wall_now().ns));
	text = json_dumps(run, JSON_INDENT(1));
	if (text == NULL)
		return err_set(e, ENOMEM, "run.json: out of memory");
	snprintf(path, sizeof(path), "%s/run.json", dir);
	rc = fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}
