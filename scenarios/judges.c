/* judges.c - which claims of the ledger a scenario judges, and by what. */
#include "scenarios/judges.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lib/talk.h"
#include "scenarios/scenario_parts.h"

static bool
is_same(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

bool
judges_id(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->judges_len; i++)
		if (is_same(s->judges[i], id))
			return true;
	return false;
}

static bool
tries_id(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->actions_len; i++)
		if (s->actions[i].kind == ACTION_CHECK && is_same(s->actions[i].check.judges, id))
			return true;
	for (size_t i = 0; i < s->expects_len; i++)
		if (is_same(s->expects[i].judges, id))
			return true;
	return false;
}

/* What a check or an expectation judges is listed above too, where readers look. */
static void
check_listed(struct scenario *s, const char *id, int line)
{
	const struct conf_node *judges = conf_get(s->conf, conf_root(s->conf), "judges");

	if (id != NULL && id[0] != '\0' && !judges_id(s, id))
		conf_complain(s->conf, judges, "judges lacks '%s', which line %d judges", id, line);
}

void
judges_check(struct scenario *s, const struct targets *t)
{
	const struct conf_node *list = conf_get(s->conf, conf_root(s->conf), "judges");

	for (size_t i = 0; i < s->judges_len; i++) {
		const struct target *target = targets_find(t, s->judges[i]);
		const struct conf_node *at = conf_at(s->conf, list, i);

		if (target == NULL)
			conf_complain(s->conf, at, "judges: the ledger has no '%s'", s->judges[i]);
		else if (target->not_judged != NULL)
			conf_complain(s->conf, at,
				"judges: the ledger says that nothing judges '%s' yet",
				s->judges[i]);
		else if (target->metric == NULL && s->fits && !tries_id(s, target->id))
			conf_complain(s->conf, at,
				"judges: '%s' has no metric, and here no check and no expectation",
				s->judges[i]);
		else if (s->judged_family[i] != NULL &&
			(target->metric == NULL || target->modelled))
			conf_complain(
				s->conf, at, "judges: '%s' is not judged by family", s->judges[i]);
		else if (target->metric != NULL && s->fits)
			scenario_check_metric(s, conf_root(s->conf), at, target->metric);
	}
	for (size_t i = 0; i < s->actions_len; i++)
		check_listed(s, s->actions[i].check.judges, s->actions[i].line);
	for (size_t i = 0; i < s->expects_len; i++)
		check_listed(s, s->expects[i].judges, s->expects[i].line);
}

static json_t *
scenarios_of(const char *id, struct scenario *const scenarios[], size_t len)
{
	json_t *list = json_array();

	for (size_t i = 0; i < len; i++)
		if (judges_id(scenarios[i], id))
			json_array_append_new(list, json_string(scenarios[i]->name));
	return list;
}

static bool
is_there(const char *name, struct scenario *const scenarios[], size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strcmp(scenarios[i]->name, name) == 0)
			return true;
	return false;
}

static void
print_line(const struct target *target, const json_t *by, int width, FILE *out)
{
	const json_t *name;
	size_t i;

	fprintf(out, "%-*s  ", width, target->id);
	if (target->not_judged != NULL)
		fprintf(out, "not judged: %s", target->not_judged);
	json_array_foreach(by, i, name)
		fprintf(out, "%s%s", i == 0 ? "" : " ", json_string_value(name));
	fprintf(out, "\n");
}

static json_t *
entry_json(const struct target *target, json_t *by)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:O}", "id", target->id,
		"claim", target->claim, "figure", target->figure, "how", target->how, "known",
		target->known, "source", target->source, "metric", target->metric, "beside",
		target->beside, "not_judged", target->not_judged, "scenarios", by);
}

size_t
judges_print(const struct targets *t, struct scenario *const scenarios[], size_t len, bool as_json,
	FILE *out)
{
	json_t *root = json_pack("{s:s, s:[]}", "schema", "catchment.targets/1", "targets");
	size_t missing = 0;
	int width = 0;

	for (size_t i = 0; i < t->len; i++)
		width = (int)strlen(t->list[i].id) > width ? (int)strlen(t->list[i].id) : width;
	for (size_t i = 0; i < t->len; i++) {
		json_t *by = scenarios_of(t->list[i].id, scenarios, len);

		if (as_json)
			json_array_append_new(
				json_object_get(root, "targets"), entry_json(&t->list[i], by));
		else
			print_line(&t->list[i], by, width, out);
		if (json_array_size(by) == 0 && t->list[i].not_judged == NULL) {
			talk_error("%s:%d: no scenario judges '%s', and it does not say why not",
				conf_path(t->conf), conf_line(t->conf, t->list[i].at),
				t->list[i].id);
			missing++;
		}
		if (t->list[i].beside != NULL && !is_there(t->list[i].beside, scenarios, len)) {
			talk_error("%s:%d: %s: beside '%s', which is no scenario",
				conf_path(t->conf), conf_line(t->conf, t->list[i].at),
				t->list[i].id, t->list[i].beside);
			missing++;
		}
		json_decref(by);
	}
	if (as_json) {
		json_dumpf(root, out, JSON_INDENT(1));
		fprintf(out, "\n");
	}
	json_decref(root);
	return missing;
}
