/* scenario_load.c - the steps of a timeline that put load on the network: which generator, where, how long. */
#include "scenarios/scenario_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mono.h"
#include "scenarios/load.h"

enum { NAME_MAX_BYTES = 32, CHECK_MS = 10000 };

static const char *
word_at(struct scenario *s, const struct conf_node *list, size_t i)
{
	const char *word = conf_text(s->conf, conf_at(s->conf, list, i), "run");

	return word ? word : "";
}

/* The kind and its words, NULL-terminated; NULL after a complaint. */
static char **
read_words(struct scenario *s, const struct conf_node *map)
{
	const struct conf_node *list = conf_need(s->conf, map, "run");
	size_t n;
	char **argv;

	if (list == NULL || !conf_is_list(s->conf, list, "run"))
		return NULL;
	n = conf_len(s->conf, list);
	if (n == 0) {
		conf_complain(s->conf, list, "run: which load? [dns, ...]; see catchment-load(1)");
		return NULL;
	}
	argv = calloc(n + 1, sizeof(*argv));
	if (argv == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		argv[i] = (char *)(uintptr_t)word_at(s, list, i);
	return argv;
}

/* It names a file and a metric. */
static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_BYTES &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

const struct action *
scenario_load_named(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->actions_len; i++)
		if (s->actions[i].kind == ACTION_LOAD && strcmp(s->actions[i].load.name, name) == 0)
			return &s->actions[i];
	return NULL;
}

bool
scenario_load_is_fault(const struct scenario *s)
{
	for (size_t i = 0; i < s->actions_len; i++)
		if (s->actions[i].kind == ACTION_LOAD && s->actions[i].load.fault)
			return true;
	return false;
}

void
action_read_ahead(struct scenario *s, const struct conf_node *map, struct action *action)
{
	int64_t ahead_ns = conf_duration_ns(s->conf, map, "ahead", 0);

	if (ahead_ns > s->before_ns) {
		conf_complain(s->conf, conf_get(s->conf, map, "ahead"),
			"ahead: longer than what is observed before the fault ('before', %g s)",
			(double)s->before_ns / 1e9);
		return;
	}
	if (ahead_ns > 0 && action->load.fault)
		conf_complain(s->conf, conf_get(s->conf, map, "ahead"),
			"ahead goes with a load that is not the fault");
	action->at_ns -= ahead_ns;
}

static void
read_for(struct scenario *s, const struct conf_node *entry, struct action *action)
{
	const struct conf_node *length = conf_get(s->conf, entry, "for");

	action->for_ns = conf_duration_ns(s->conf, entry, "for", 0);
	if (length == NULL || (action->for_ns >= 1 && action->for_ns <= 3600 * NS_PER_S))
		return;
	conf_complain(s->conf, length, "for: a time up to an hour, like 5s");
	action->for_ns = 0;
}

/* "acc-syd: dns --rate 2000": how it reads in the diary and the report. */
static char *
show(const struct action *action)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		abort();
	fprintf(out, "%s:", action->node);
	for (char **word = action->argv; *word; word++)
		fprintf(out, " %s", *word);
	fclose(out);
	return text;
}

void
action_read_load(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	struct action *action)
{
	static const char *const keys[] = {"node", "run", "name", "ahead", "fault", NULL};
	const struct conf_node *map = conf_get(s->conf, entry, "load");
	size_t mistakes = conf_complaints(s->conf);
	const char *node;

	if (!conf_is_map(s->conf, map, "load"))
		return;
	conf_known(s->conf, map, keys);
	node = conf_need(s->conf, map, "node") ? conf_str(s->conf, map, "node", "") : "";
	if (node[0] != '\0' && topology_node(t, node) < 0)
		conf_complain(s->conf, conf_get(s->conf, map, "node"),
			"the network has no node '%s'", node);
	snprintf(action->node, sizeof(action->node), "%s", node);
	action->load.at = map;
	action->load.name =
		conf_need(s->conf, map, "name") ? conf_str(s->conf, map, "name", "") : "";
	action->load.fault = conf_bool(s->conf, map, "fault", false);
	if (action->load.name[0] != '\0' && !is_name(action->load.name))
		conf_complain(s->conf, conf_get(s->conf, map, "name"),
			"name '%s': at most %d of a-z, 0-9 and '-'", action->load.name,
			NAME_MAX_BYTES);
	else if (scenario_load_named(s, action->load.name) != NULL)
		conf_complain(s->conf, conf_get(s->conf, map, "name"),
			"another load is called '%s'", action->load.name);
	action_read_ahead(s, map, action);
	read_for(s, entry, action);
	action->argv = read_words(s, map);
	if (action->argv != NULL && conf_complaints(s->conf) == mistakes)
		action->target = action->owned_target = show(action);
}

void
action_read_load_stop(struct scenario *s, const struct conf_node *entry, struct action *action)
{
	const char *name = conf_str(s->conf, entry, "load-stop", "");
	const struct conf_node *at = conf_get(s->conf, entry, "load-stop");
	const struct action *begun = scenario_load_named(s, name);

	if (conf_get(s->conf, entry, "for") != NULL)
		conf_complain(s->conf, conf_get(s->conf, entry, "for"),
			"'for' goes with load, not with load-stop");
	if (begun == NULL) {
		conf_complain(s->conf, at, "no load before it is called '%s'", name);
		return;
	}
	if (begun->for_ns > 0)
		conf_complain(s->conf, at, "the load of line %d ends by its 'for'", begun->line);
	action->load.name = name;
	action->load.fault = begun->load.fault;
	action->restores = begun->load.fault;
	snprintf(action->node, sizeof(action->node), "%s", begun->node);
	action->target = name;
}

void
scenario_folder(const struct scenario *s, char *out, size_t out_bytes)
{
	const char *path = conf_path(s->conf), *slash = strrchr(path, '/');

	snprintf(out, out_bytes, "%.*s", slash != NULL ? (int)(slash - path) : 1,
		slash != NULL ? path : ".");
}

void
scenario_check_loads(struct scenario *s)
{
	char folder[1024];
	struct err why;

	scenario_folder(s, folder, sizeof(folder));
	for (size_t i = 0; s->fits && i < s->actions_len; i++) {
		const struct action *a = &s->actions[i];

		if (a->kind == ACTION_LOAD &&
			load_check(folder, a->argv, mono_add(mono_now(), CHECK_MS * NS_PER_MS),
				&why) < 0)
			conf_complain(
				s->conf, conf_get(s->conf, a->load.at, "run"), "run: %s", why.text);
	}
}

json_t *
loads_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->actions_len; i++) {
		const struct action *a = &s->actions[i];
		json_t *words = json_array();

		for (char **word = a->argv; a->kind == ACTION_LOAD && *word; word++)
			json_array_append_new(words, json_string(*word));
		if (a->kind == ACTION_LOAD)
			json_array_append_new(list,
				json_pack("{s:s, s:s, s:s, s:O, s:f, s:f, s:b}", "name",
					a->load.name, "node", a->node, "kind", a->argv[0], "run",
					words, "at_ms", (double)a->at_ns / 1e6, "for_ms",
					(double)a->for_ns / 1e6, "fault", a->load.fault));
		json_decref(words);
	}
	return list;
}
