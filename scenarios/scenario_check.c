/* scenario_check.c - the steps of a timeline that try a recipe, and what their outcome says of a claim. */
#include "scenarios/scenario_check.h"

#include <regex.h>
#include <string.h>

static void
read_match(struct scenario *s, const struct conf_node *check, const char *key,
	struct check_match *match)
{
	static const char *const keys[] = {"says", "exit", NULL};
	const struct conf_node *map = conf_get(s->conf, check, key);
	regex_t compiled;
	char why[120];
	int rc;

	match->exit = -1;
	if (map == NULL || !conf_is_map(s->conf, map, key))
		return;
	conf_known(s->conf, map, keys);
	match->given = true;
	match->says = conf_str(s->conf, map, "says", NULL);
	if (conf_get(s->conf, map, "exit") != NULL)
		match->exit = (int)conf_u64(s->conf, map, "exit", 0, 255, 0);
	if (match->says == NULL && match->exit < 0)
		conf_complain(s->conf, map, "%s: says, exit or both", key);
	if (match->says == NULL)
		return;
	rc = regcomp(&compiled, match->says, REG_EXTENDED | REG_NOSUB);
	if (rc == 0) {
		regfree(&compiled);
		return;
	}
	regerror(rc, &compiled, why, sizeof(why));
	conf_complain(s->conf, conf_get(s->conf, map, "says"), "says: '%s': %s", match->says, why);
}

static bool
same_match(const struct check_match *a, const struct check_match *b)
{
	return a->given && b->given && a->exit == b->exit &&
		(a->says == NULL) == (b->says == NULL) &&
		(a->says == NULL || strcmp(a->says, b->says) == 0);
}

void
action_read_check(struct scenario *s, const struct conf_node *map, struct check *check)
{
	static const char *const keys[] = {"judges", "what", "family", "node", "command", "script",
		"args", "refuted", "met", "control", NULL};

	conf_known(s->conf, map, keys);
	check->judges =
		conf_need(s->conf, map, "judges") ? conf_str(s->conf, map, "judges", "") : "";
	check->what = conf_need(s->conf, map, "what") ? conf_str(s->conf, map, "what", "") : "";
	check->family = conf_str(s->conf, map, "family", NULL);
	if (check->family != NULL && strcmp(check->family, "v4") != 0 &&
		strcmp(check->family, "v6") != 0)
		conf_complain(s->conf, conf_get(s->conf, map, "family"), "family: v4 or v6");
	read_match(s, map, "refuted", &check->refuted);
	read_match(s, map, "met", &check->met);
	check->control = conf_bool(s->conf, map, "control", false);
	if (check->control && check->refuted.given && check->met.given)
		conf_complain(s->conf, conf_get(s->conf, map, "control"),
			"a control says one thing that it must come to: met or refuted");
	if (!check->refuted.given && !check->met.given)
		conf_complain(s->conf, map, "a check that nothing refutes and nothing meets");
	if (same_match(&check->refuted, &check->met))
		conf_complain(s->conf, conf_get(s->conf, map, "met"),
			"met is what refuted is: it could never be met");
}

size_t
check_number(const struct scenario *s, const struct action *action)
{
	size_t n = 0;

	for (const struct action *a = s->actions; a < action; a++)
		n += a->kind == ACTION_CHECK;
	return n;
}

static json_t *
match_json(const struct check_match *match)
{
	json_t *o = json_object();

	if (!match->given)
		return json_null();
	if (match->says != NULL)
		json_object_set_new(o, "says", json_string(match->says));
	if (match->exit >= 0)
		json_object_set_new(o, "exit", json_integer(match->exit));
	return o;
}

json_t *
checks_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->actions_len; i++) {
		const struct action *a = &s->actions[i];
		json_t *o;

		if (a->kind != ACTION_CHECK)
			continue;
		o = json_pack("{s:s, s:s, s:s?, s:f, s:s, s:s, s:o, s:o}", "judges",
			a->check.judges, "what", a->check.what, "family", a->check.family, "at_ms",
			(double)a->at_ns / 1e6, "node", a->node, "command", a->target, "refuted",
			match_json(&a->check.refuted), "met", match_json(&a->check.met));
		if (a->check.control)
			json_object_set_new(o, "control", json_true());
		json_array_append_new(list, o);
	}
	return list;
}
