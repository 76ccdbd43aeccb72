/* sweep_plan.c - what a sweep was asked for, checked as a whole before anything is done. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/talk.h"
#include "scenarios/batch.h"
#include "scenarios/judges.h"
#include "scenarios/scenario_load.h"
#include "scenarios/sweep.h"

static const char *
asked_text(const struct sweep *s, const char *key)
{
	return json_string_value(json_object_get(s->asked, key));
}

static size_t
count_layers(const struct sweep *s)
{
	size_t n = 0;

	while (s->layers[n] != NULL)
		n++;
	return n;
}

/* The variant's, then those beside the user's layers, then those that --knobs names: the later wins. */
static int
read_knobs(struct sweep *s, struct err *e)
{
	const json_t *files = json_object_get(s->asked, "knob_files");
	int rc;

	stacks_of(s->topology, s->layers, count_layers(s), &s->stacks);
	rc = access(s->stacks.own, F_OK) < 0 ? err_sys(e, errno, "%s", s->stacks.own)
					     : stacks_read_knobs(&s->stacks, &s->knobs, e);
	for (size_t i = 0; rc == 0 && i < json_array_size(files); i++)
		rc = knobs_add_file(
			&s->knobs, json_string_value(json_array_get(files, i)), false, e);
	return rc;
}

int
sweep_load_knobs(struct sweep *s)
{
	const json_t *layers = json_object_get(s->asked, "layers");
	struct err e = {0};
	int rc = place_data(s->data, &e);

	s->lab.variant = asked_text(s, "variant") != NULL ? asked_text(s, "variant") : "documented";
	s->lab.topology = asked_text(s, "topology");
	s->lab.rootfs = asked_text(s, "rootfs");
	/* A knob may well move a catchment: that is what some are turned for. */
	s->lab.any_catchment = true;
	if (json_array_size(layers) > SWEEP_LAYERS)
		rc = err_set(&e, EINVAL, "more than %d layers", SWEEP_LAYERS);
	for (size_t i = 0; rc == 0 && i < json_array_size(layers); i++)
		s->layers[i] = json_string_value(json_array_get(layers, i));
	s->lab.layers = s->layers;
	if (rc == 0)
		rc = lab_validate(&s->lab, &s->topology, &e);
	if (rc == 0)
		rc = read_knobs(s, &e);
	if (rc < 0)
		talk_error("%s", e.text);
	return rc;
}

static int
load_scenario(struct sweep *s, struct err *e)
{
	const char *name = asked_text(s, "scenario");
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/scenarios/targets.yaml", s->data);
	rc = targets_load(path, &s->targets, e);
	if (rc < 0)
		return rc;
	rc = scenario_find(s->data, name, path, e);
	if (rc < 0)
		return rc;
	rc = scenario_load(path, s->topology, &s->scenario, e);
	if (rc < 0)
		return -EINVAL;
	scenario_check_loads(s->scenario);
	judges_check(s->scenario, s->targets);
	if (conf_report(s->targets->conf) + conf_report(s->scenario->conf) > 0)
		return err_set(e, EINVAL, "%s: %zu mistakes", path,
			conf_complaints(s->targets->conf) + conf_complaints(s->scenario->conf));
	if (!s->scenario->fits)
		return err_set(e, EINVAL, "%s is for another variant: --variant %s",
			s->scenario->name, s->scenario->variants);
	return 0;
}

/* How it is replayed, where that is not as the scenario says. */
static void
adjust_scenario(struct sweep *s)
{
	double probes = json_number_value(json_object_get(s->asked, "probes"));
	double rate = json_number_value(json_object_get(s->asked, "rate_qps"));

	if (probes > 0)
		s->scenario->probes = (unsigned int)probes;
	if (rate > 0)
		s->scenario->rate_qps = rate;
	if (json_is_true(json_object_get(s->asked, "quick")))
		scenario_shorten(s->scenario, false);
	s->trials = (int)json_integer_value(json_object_get(s->asked, "trials"));
	s->idle_ns = (int64_t)(json_number_value(json_object_get(s->asked, "idle_s")) * 1e9);
}

/* The scenario's own layers come below the user's. */
static void
add_scenario_layers(struct sweep *s)
{
	size_t n = s->scenario->layers_len, users = count_layers(s);

	memmove(s->layers + n, s->layers, (users + 1) * sizeof(s->layers[0]));
	for (size_t i = 0; i < n; i++)
		s->layers[i] = s->scenario->layers[i];
	stacks_of(s->topology, s->layers, users + n, &s->stacks);
}

/* What a knob is without the sweep: as the scenario sets it, else as the files say. */
static int
find_now(const struct sweep *s, struct sweep_vary *v, struct err *e)
{
	for (size_t i = 0; i < s->scenario->settings_len; i++) {
		const struct knob_setting *x = &s->scenario->settings[i];

		if (strcmp(x->knob->name, v->knob->name) == 0) {
			knob_show(x->knob, x->value, v->now);
			return 0;
		}
	}
	return knob_layer_now(s->topology, s->stacks.list, v->knob, v->now, e);
}

static int
add_value(struct sweep_vary *v, const char *text, struct err *e)
{
	double value;
	int rc = knob_parse_value(v->knob, text, &value, e);

	if (rc < 0)
		return rc;
	if (v->len == SWEEP_COMBINATIONS)
		return err_set(
			e, EINVAL, "%s: more than %d values", v->knob->name, SWEEP_COMBINATIONS);
	for (size_t i = 0; i < v->len; i++)
		if (fabs(v->values[i] - value) < 1e-12)
			return err_set(e, EINVAL, "%s: '%s' twice", v->knob->name, text);
	v->values[v->len++] = value;
	return 0;
}

int
sweep_read_vary(const struct knobs *knobs, const char *text, struct sweep_vary *ret, struct err *e)
{
	const char *is = strchr(text, '=');
	struct sweep_vary v = {0};
	char name[64];
	int rc = 0;

	if (is == NULL || is == text || is[1] == '\0')
		return err_set(e, EINVAL, "--vary: '%s' is not KNOB=VALUE,VALUE...", text);
	snprintf(name, sizeof(name), "%.*s", (int)(is - text), text);
	v.knob = knobs_find(knobs, name);
	if (v.knob == NULL)
		return err_set(e, EINVAL,
			"--vary: there is no knob '%s'; 'catchment sweep --list' names them", name);
	for (const char *at = is + 1; rc == 0; at++) {
		char value[64];
		size_t len = strcspn(at, ",");

		snprintf(value, sizeof(value), "%.*s", (int)(len > 63 ? 63 : len), at);
		rc = add_value(&v, value, e);
		at += len;
		if (*at == '\0')
			break;
	}
	if (rc == 0)
		*ret = v;
	return rc;
}

int
sweep_combine(struct sweep *s, struct err *e)
{
	size_t n = 1;

	for (size_t i = 0; i < s->vary_len; i++)
		n = n > SWEEP_COMBINATIONS ? n : n * s->vary[i].len;
	if (n > SWEEP_COMBINATIONS)
		return err_set(
			e, EINVAL, "these are more than %d combinations", SWEEP_COMBINATIONS);
	for (size_t i = 0; i < n; i++) {
		size_t rest = i;

		for (size_t k = s->vary_len; k-- > 0; rest /= s->vary[k].len)
			s->items[i].value[k] = rest % s->vary[k].len;
	}
	s->len = n;
	return 0;
}

static int
read_varies(struct sweep *s, struct err *e)
{
	const json_t *list = json_object_get(s->asked, "vary");
	int rc = 0;

	if (json_array_size(list) > SWEEP_KNOBS)
		return err_set(e, EINVAL, "more than %d knobs at once", SWEEP_KNOBS);
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
		struct sweep_vary *v = &s->vary[s->vary_len];

		rc = sweep_read_vary(&s->knobs, json_string_value(json_array_get(list, i)), v, e);
		for (size_t k = 0; rc == 0 && k < s->vary_len; k++)
			if (s->vary[k].knob == v->knob)
				rc = err_set(e, EINVAL, "--vary: knob '%s' twice", v->knob->name);
		if (rc == 0)
			rc = find_now(s, v, e);
		s->vary_len += rc == 0;
	}
	return rc == 0 ? sweep_combine(s, e) : rc;
}

int
sweep_load(struct sweep *s)
{
	struct err e = {0};
	int rc = sweep_load_knobs(s);

	if (rc < 0)
		return rc;
	rc = load_scenario(s, &e);
	if (rc == 0) {
		add_scenario_layers(s);
		rc = read_varies(s, &e);
	}
	if (rc < 0)
		talk_error("%s", e.text);
	else
		adjust_scenario(s);
	return rc;
}

void
sweep_done(struct sweep *s)
{
	for (size_t i = 0; i < s->len; i++)
		json_decref(s->items[i].found);
	scenario_free(s->scenario);
	targets_free(s->targets);
	topology_free(s->topology);
	knobs_done(&s->knobs);
	json_decref(s->asked);
}

const char *
sweep_show_item(const struct sweep *s, size_t item, char out[static 256])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t k = 0; k < s->vary_len && used < 200; k++) {
		const struct sweep_vary *v = &s->vary[k];
		char value[KNOB_TEXT_BYTES];

		used += (size_t)snprintf(out + used, 256 - used, "%s%s %s%s%s", k > 0 ? ", " : "",
			v->knob->name,
			knob_show(v->knob, v->values[s->items[item].value[k]], value),
			v->knob->unit[0] != '\0' ? " " : "", v->knob->unit);
	}
	return out;
}
