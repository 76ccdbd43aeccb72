/* scenario_settings.c - `settings:`: knobs that a scenario turns, as a layer between the scenario's own and the user's. */
#include "scenarios/scenario_settings.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/scenario_parts.h"
#include "scenarios/stacks.h"

/* What lies below the settings. */
static void
stacks_below(const struct scenario *s, const struct topology *t, struct stacks *ret)
{
	const char *layers[SCENARIO_LAYERS];

	for (size_t i = 0; i < s->layers_len; i++)
		layers[i] = s->layers[i];
	stacks_of(t, layers, s->layers_len, ret);
}

static void
read_setting(struct scenario *s, const struct topology *t, const struct stacks *stacks,
	const char *name, const struct conf_node *at)
{
	struct knob_setting *setting = &s->settings[s->settings_len];
	const char *text = conf_text(s->conf, at, "settings");
	char now[KNOB_TEXT_BYTES];
	struct err e;

	if (text == NULL)
		return;
	setting->knob = knobs_find(&s->knobs, name);
	if (setting->knob == NULL)
		conf_complain(s->conf, at,
			"settings: %s has no knob '%s'; 'catchment sweep --list' names them",
			t->variant != NULL ? t->variant : "documented", name);
	else if (knob_parse_value(setting->knob, text, &setting->value, &e) < 0 ||
		knob_layer_now(t, stacks->list, setting->knob, now, &e) < 0)
		conf_complain(s->conf, at, "settings: %s", e.text);
	else
		s->settings_len++;
}

void
scenario_read_settings(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *map = conf_get(s->conf, root, "settings");
	struct stacks stacks;
	struct err e;
	size_t n;

	if (map == NULL || !conf_is_map(s->conf, map, "settings"))
		return;
	n = conf_len(s->conf, map);
	if (n == 0)
		conf_complain(s->conf, map, "settings names no knob");
	if (n > SCENARIO_SETTINGS)
		conf_complain(s->conf, map, "settings: more than %d", SCENARIO_SETTINGS);
	/* Another variant may well lack the knob. */
	if (!s->fits || n == 0 || n > SCENARIO_SETTINGS)
		return;
	s->topology = t;
	stacks_below(s, t, &stacks);
	if (stacks_read_knobs(&stacks, &s->knobs, &e) < 0) {
		conf_complain(s->conf, map, "settings: %s", e.text);
		return;
	}
	for (size_t i = 0; i < n; i++)
		read_setting(s, t, &stacks, conf_key_at(s->conf, map, i), conf_at(s->conf, map, i));
}

static bool
has_setting(const struct scenario *s, const struct knob_setting *wanted)
{
	for (size_t i = 0; i < s->settings_len; i++)
		if (strcmp(s->settings[i].knob->name, wanted->knob->name) == 0)
			return fabs(s->settings[i].value - wanted->value) < 1e-12;
	return false;
}

bool
scenario_same_settings(const struct scenario *a, const struct scenario *b)
{
	if (a->settings_len != b->settings_len)
		return false;
	for (size_t i = 0; i < a->settings_len; i++)
		if (!has_setting(b, &a->settings[i]))
			return false;
	return true;
}

int
scenario_write_settings(const struct scenario *s, const char *dir, struct err *e)
{
	struct stacks stacks;

	if (s->settings_len == 0)
		return 0;
	stacks_below(s, s->topology, &stacks);
	return knob_layer_write(s->topology, stacks.list, s->settings, s->settings_len, dir, e);
}

json_t *
scenario_settings_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->settings_len; i++) {
		const struct knob *k = s->settings[i].knob;
		char declared[PATH_MAX + 16], value[KNOB_TEXT_BYTES];

		snprintf(declared, sizeof(declared), "%s:%d", k->path, k->conf_line);
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:s}", "name", k->name, "value",
				knob_show(k, s->settings[i].value, value), "unit", k->unit,
				"declared", declared));
	}
	return list;
}
