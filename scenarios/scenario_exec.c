/* scenario_exec.c - the steps of a timeline that run a command or a script in a node. */
#include "scenarios/scenario_exec.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "scenarios/scenario_check.h"
#include "scenarios/scenario_like.h"
#include "scenarios/scenario_load.h"

enum {
	SCRIPT_MAX_BYTES =
		64 << 10, /* it becomes one argument, of which the kernel takes 128 KiB */
	SCRIPT_WORDS = 4  /* sh -c TEXT NAME */
};

static char *
word_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* A list of words, behind `ahead` places of an argv; NULL when it is none. */
static char **
read_words(struct scenario *s, const struct conf_node *list, const char *what, size_t ahead)
{
	size_t n = list == NULL ? 0 : conf_len(s->conf, list);
	char **argv;

	if (list != NULL && !conf_is_list(s->conf, list, what))
		return NULL;
	if (n + ahead == 0) {
		conf_complain(s->conf, list, "%s is an empty command", what);
		return NULL;
	}
	argv = calloc(ahead + n + 1, sizeof(*argv));
	if (argv == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		const char *word = conf_text(s->conf, conf_at(s->conf, list, i), what);

		argv[ahead + i] = word_of(word ? word : "");
	}
	return argv;
}

/* The script's text goes along as an argument, so that the node needs no file of ours. */
static char **
read_script_words(struct scenario *s, const struct conf_node *map, const char *key,
	const char *file, const struct action *action)
{
	char **argv = read_words(s, conf_get(s->conf, map, key), key, SCRIPT_WORDS);

	if (argv == NULL)
		return NULL;
	argv[0] = word_of("/bin/sh");
	argv[1] = word_of("-c");
	argv[2] = action->script;
	argv[3] = word_of(file);
	return argv;
}

/* Read the script that lies beside the scenario file. */
static void
read_script(
	struct scenario *s, const struct conf_node *map, const char *file, struct action *action)
{
	const struct conf_node *at = conf_get(s->conf, map, "script");
	char path[PATH_MAX];
	struct err e;

	if (scenario_beside(s->conf, file, path, sizeof(path)) < 0)
		conf_complain(s->conf, at, "script: a path that long");
	else if (fs_read(path, SCRIPT_MAX_BYTES, &action->script, NULL, &e) < 0)
		conf_complain(s->conf, at, "script: %s", e.text);
}

/* "hkg: faults/dns servfail": how it reads in the diary and the report. */
static char *
show(const struct action *action)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		abort();
	fprintf(out, "%s:", action->node);
	for (char **word = action->argv + (action->script ? SCRIPT_WORDS - 1 : 0); *word; word++)
		fprintf(out, " %s", *word);
	fclose(out);
	return text;
}

/* What later steps need: it may begin before its step, as a load may. */
static void
read_prepares(struct scenario *s, const struct conf_node *map, struct action *action)
{
	const struct conf_node *ahead = conf_get(s->conf, map, "ahead");

	if (action->kind != ACTION_EXEC)
		return;
	action->prepares = conf_bool(s->conf, map, "prepares", false);
	if (action->prepares && action->restores)
		conf_complain(s->conf, map, "exec: either prepares or mends");
	if (ahead != NULL && !action->prepares)
		conf_complain(s->conf, ahead, "ahead goes with what prepares");
	else
		action_read_ahead(s, map, action);
}

void
action_read_exec(struct scenario *s, const struct topology *t, const struct conf_node *map,
	struct action *action)
{
	static const char *const keys[] = {
		"node", "command", "script", "args", "undo", "mends", "prepares", "ahead", NULL};
	const char *node, *script, *name = action_name(action->kind);

	if (!conf_is_map(s->conf, map, name))
		return;
	if (action->kind == ACTION_CHECK)
		action_read_check(s, map, &action->check);
	else
		conf_known(s->conf, map, keys);
	node = conf_need(s->conf, map, "node") ? conf_str(s->conf, map, "node", "") : "";
	script = conf_str(s->conf, map, "script", NULL);
	snprintf(action->node, sizeof(action->node), "%s", node);
	if (node[0] != '\0' && topology_node(t, node) < 0)
		conf_complain(s->conf, map, "the network has no node '%s'", node);
	action->restores = conf_bool(s->conf, map, "mends", false);
	read_prepares(s, map, action);
	if ((script != NULL) == (conf_get(s->conf, map, "command") != NULL)) {
		conf_complain(s->conf, map, "%s: either command or script", name);
		return;
	}
	if (script == NULL && conf_get(s->conf, map, "args") != NULL)
		conf_complain(s->conf, map, "args go with script");
	if (script != NULL)
		read_script(s, map, script, action);
	if (action->script != NULL)
		action->argv = read_script_words(s, map, "args", script, action);
	else if (script == NULL)
		action->argv = read_words(s, conf_get(s->conf, map, "command"), "command", 0);
	if (conf_get(s->conf, map, "undo") != NULL)
		action->undo = action->script != NULL
			? read_script_words(s, map, "undo", script, action)
			: read_words(s, conf_get(s->conf, map, "undo"), "undo", 0);
	if (action->argv != NULL)
		action->target = action->owned_target = show(action);
}

void
action_done(struct action *action)
{
	if (action->round > 1)
		return; /* borrowed from the first round */
	free(action->owned_target);
	free(action->argv);
	free(action->undo);
	free(action->script);
}
