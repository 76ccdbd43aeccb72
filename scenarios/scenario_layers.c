/* scenario_layers.c - `layers:`: files of the scenario's own that lie over the variant's. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lab/layers.h"
#include "scenarios/scenario_like.h"
#include "scenarios/scenario_parts.h"

static void
read_layer(struct scenario *s, const struct topology *t, const struct conf_node *at)
{
	const char *name = conf_text(s->conf, at, "layers");
	char path[PATH_MAX], *full;
	struct err e;

	if (name == NULL)
		return;
	if (name[0] == '\0') {
		conf_complain(s->conf, at, "layers: an empty name is no folder");
		return;
	}
	if (scenario_beside(s->conf, name, path, sizeof(path)) < 0) {
		conf_complain(s->conf, at, "layers: a path that long");
		return;
	}
	if (layers_check(t, path, &e) < 0) {
		conf_complain(s->conf, at, "layers: %s", e.text);
		return;
	}
	full = realpath(path, NULL);
	if (full == NULL) {
		conf_complain(s->conf, at, "layers: %s: %s", path, strerror(errno));
		return;
	}
	for (size_t i = 0; i < s->layers_len; i++)
		if (strcmp(s->layers[i], full) == 0)
			conf_complain(s->conf, at, "layers: '%s' twice", name);
	s->layers[s->layers_len++] = full;
}

void
scenario_read_layers(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_get(s->conf, root, "layers");
	size_t n;

	if (list == NULL || !conf_is_list(s->conf, list, "layers"))
		return;
	n = conf_len(s->conf, list);
	if (n == 0)
		conf_complain(s->conf, list, "layers names none");
	if (n > SCENARIO_LAYERS)
		conf_complain(s->conf, list, "layers: more than %d", SCENARIO_LAYERS);
	for (size_t i = 0; i < n && i < SCENARIO_LAYERS; i++)
		read_layer(s, t, conf_at(s->conf, list, i));
}

bool
scenario_same_layers(const struct scenario *a, const struct scenario *b)
{
	if (a->layers_len != b->layers_len)
		return false;
	for (size_t i = 0; i < a->layers_len; i++)
		if (strcmp(a->layers[i], b->layers[i]) != 0)
			return false;
	return scenario_same_settings(a, b);
}

bool
scenario_is_plain(const struct scenario *s)
{
	return s->layers_len == 0 && s->settings_len == 0;
}
