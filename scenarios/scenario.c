/* scenario.c - read a scenario file and check it against the network it is for. */
#include "scenarios/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/mono.h"
#include "scenarios/scenario_exec.h"
#include "scenarios/scenario_like.h"
#include "scenarios/scenario_parts.h"

enum { TITLE_MAX_BYTES = 200 };

bool
scenario_is_for(const struct topology *t, const char *variant)
{
	return variant == NULL || strcmp(variant, t->variant ? t->variant : "documented") == 0;
}

static void
read_variants(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_get(s->conf, root, "variants");

	s->fits = list == NULL;
	if (list == NULL || !conf_is_list(s->conf, list, "variants"))
		return;
	if (conf_len(s->conf, list) == 0)
		conf_complain(s->conf, list, "variants names none");
	for (size_t i = 0; i < conf_len(s->conf, list); i++) {
		const char *name = conf_text(s->conf, conf_at(s->conf, list, i), "variants");

		s->variants = s->variants ? s->variants : name;
		scenario_check_variant(s, t, conf_at(s->conf, list, i), name);
		s->fits |= name != NULL && scenario_is_for(t, name);
	}
}

/* How long something of a trial lasts: of more than an hour no figure would be seen. */
static int64_t
read_span(struct scenario *s, const struct conf_node *root, const char *key, int64_t otherwise_ns)
{
	int64_t ns = conf_duration_ns(s->conf, root, key, otherwise_ns);

	if (ns <= 3600 * NS_PER_S)
		return ns;
	conf_complain(s->conf, conf_get(s->conf, root, key), "'%s' is more than an hour", key);
	return otherwise_ns;
}

/* "ID", or "ID/v6" where a family alone is judged. */
static void
read_judged(struct scenario *s, const struct conf_node *at, const char *text)
{
	static const char *const families[] = {"v4", "v6"};
	const char *slash = strchr(text, '/'), *family = NULL;
	size_t n = s->judges_len;

	s->judges[n] = text;
	if (slash != NULL) {
		for (size_t f = 0; f < 2; f++)
			if (strcmp(slash + 1, families[f]) == 0)
				family = families[f];
		if (family == NULL) {
			conf_complain(s->conf, at,
				"judges: '%s': after '/' comes the family, v4 or v6", text);
			return;
		}
		s->judges_text[n] = strndup(text, (size_t)(slash - text));
		if (s->judges_text[n] == NULL)
			abort();
		s->judges[n] = s->judges_text[n];
	}
	s->judged_family[n] = family;
	s->judges_len++;
	for (size_t i = 0; i < n; i++)
		if (strcmp(s->judges[i], s->judges[n]) == 0)
			conf_complain(s->conf, at, "judges: '%s' is there twice", s->judges[n]);
}

static void
read_judges(struct scenario *s, const struct conf_node *list)
{
	size_t len = conf_len(s->conf, list);

	s->judges = calloc(len + 1, sizeof(*s->judges));
	s->judged_family = calloc(len + 1, sizeof(*s->judged_family));
	s->judges_text = calloc(len + 1, sizeof(*s->judges_text));
	if (s->judges == NULL || s->judged_family == NULL || s->judges_text == NULL)
		abort();
	for (size_t i = 0; i < len; i++) {
		const struct conf_node *at = conf_at(s->conf, list, i);
		const char *text = conf_text(s->conf, at, "judges");

		if (text != NULL)
			read_judged(s, at, text);
	}
}

static void
read_head(struct scenario *s, const struct conf_node *root)
{
	static const char *const probe_keys[] = {
		"count", "rate", "timeout", "resolvers", "unicast", "tcp", "large", NULL};
	const struct conf_node *probes = conf_get(s->conf, root, "probes");
	const struct conf_node *judges = conf_get(s->conf, root, "judges");

	s->name = conf_need(s->conf, root, "name") ? conf_str(s->conf, root, "name", "") : "";
	s->title = conf_need(s->conf, root, "title") ? conf_str(s->conf, root, "title", "") : "";
	if (strlen(s->title) > TITLE_MAX_BYTES)
		conf_complain(s->conf, conf_get(s->conf, root, "title"),
			"a title of more than %d characters", TITLE_MAX_BYTES);
	s->summary = conf_str(s->conf, root, "summary", s->title);
	if (strlen(s->name) > 40 ||
		strspn(s->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(s->name))
		conf_complain(s->conf, conf_get(s->conf, root, "name"),
			"name '%s': at most 40 of a-z, 0-9 and '-'", s->name);
	s->before_ns = read_span(s, root, "before", 5 * NS_PER_S);
	s->after_ns = read_span(s, root, "after", 10 * NS_PER_S);
	s->phase_window_ns = read_span(s, root, "phase", 0);
	s->probes = 350;
	s->rate_qps = 10;
	s->resolver_qps = 5;
	s->unicast_qps = 0.5;
	s->tcp_qps = 1;
	s->timeout_ns = 5 * NS_PER_S;
	if (probes != NULL && conf_is_map(s->conf, probes, "probes")) {
		conf_known(s->conf, probes, probe_keys);
		s->probes = (unsigned int)conf_u64(s->conf, probes, "count", 1, 2000, s->probes);
		s->rate_qps = conf_qps(s->conf, probes, "rate", s->rate_qps);
		s->timeout_ns = conf_duration_ns(s->conf, probes, "timeout", s->timeout_ns);
		s->resolver_qps =
			conf_double(s->conf, probes, "resolvers", 0, 1000, s->resolver_qps);
		s->unicast_qps = conf_double(s->conf, probes, "unicast", 0, 100, s->unicast_qps);
		s->tcp_qps = conf_double(s->conf, probes, "tcp", 0, 50, s->tcp_qps);
		s->large_qps = conf_double(s->conf, probes, "large", 0, 50, s->large_qps);
		if (s->rate_qps < 1 || s->rate_qps > 1000)
			conf_complain(s->conf, probes,
				"rate: 1 to 1000 queries a second and probe: fewer see no outage "
				"of seconds");
		if (s->timeout_ns < 100 * NS_PER_MS || s->timeout_ns > 60 * NS_PER_S)
			conf_complain(s->conf, probes, "timeout: 100ms to 60s");
	}
	if (judges != NULL && conf_is_list(s->conf, judges, "judges"))
		read_judges(s, judges);
}

static void
read_root(struct scenario *s, const struct topology *t, const struct conf_node *root, bool whole)
{
	static const char *const keys[] = {"name", "title", "summary", "like", "judges", "probes",
		"before", "after", "phase", "timeline", "expect", "rollback", "variants", "lab",
		"layers", "settings", "withdraws", "skip", NULL};
	const char *rollback, *lab;

	conf_known(s->conf, root, keys);
	read_head(s, root);
	read_variants(s, t, root);
	scenario_read_layers(s, t, root);
	scenario_read_settings(s, t, root);
	if (whole || conf_get(s->conf, root, "timeline") != NULL) {
		scenario_read_timeline(s, t, root);
		scenario_read_expects(s, t, root);
		scenario_read_skip(s, t, root);
	}
	lab = conf_str(s->conf, root, "lab", "shared");
	s->own_lab = strcmp(lab, "own") == 0;
	if (!s->own_lab && strcmp(lab, "shared") != 0)
		conf_complain(s->conf, conf_get(s->conf, root, "lab"),
			"lab: shared or own, not '%s'", lab);
	s->withdraws = conf_str(s->conf, root, "withdraws", NULL);
	scenario_check_withdraws(s, t, root);
	rollback = conf_str(s->conf, root, "rollback", "always");
	if (strcmp(rollback, "always") != 0)
		conf_complain(s->conf, conf_get(s->conf, root, "rollback"),
			"rollback: faults are undone always, there is no '%s'", rollback);
}

/* Takes over `c`. */
static struct scenario *
scenario_of(struct conf *c, const struct topology *t, bool whole)
{
	struct scenario *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->conf = c;
	if (conf_is_map(c, conf_root(c), "a scenario"))
		read_root(s, t, conf_root(c), whole);
	return s;
}

int
scenario_find(const char *data, const char *name, char ret[static PATH_MAX], struct err *e)
{
	if (strchr(name, '/') != NULL || strstr(name, ".yaml") != NULL) {
		snprintf(ret, PATH_MAX, "%.4000s", name);
		return 0;
	}
	snprintf(ret, PATH_MAX, "%.3000s/scenarios/%.255s.yaml", data, name);
	if (access(ret, R_OK) == 0 && strcmp(name, "targets") != 0)
		return 0;
	return err_set(e, EINVAL, "no scenario '%s'; 'catchment run --list' names them", name);
}

int
scenario_load(const char *path, const struct topology *t, struct scenario **ret, struct err *e)
{
	struct conf *c;
	bool whole;
	int rc = scenario_conf_load(path, &c, &whole, e);

	if (rc == 0)
		*ret = scenario_of(c, t, whole);
	return rc;
}

int
scenario_parse(const char *name, const char *data, size_t len, const struct topology *t,
	struct scenario **ret)
{
	struct conf *c;
	bool whole;
	int rc = conf_parse(name, data, len, &c);

	if (rc < 0)
		return rc;
	whole = scenario_conf_fill(c);
	*ret = scenario_of(c, t, whole);
	return 0;
}

void
scenario_free(struct scenario *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->judges_len; i++)
		free(s->judges_text[i]);
	free(s->judges_text);
	free(s->judged_family);
	free(s->judges);
	for (size_t i = 0; i < s->layers_len; i++)
		free(s->layers[i]);
	for (size_t i = 0; i < s->actions_len; i++)
		action_done(&s->actions[i]);
	free(s->actions);
	free(s->expects);
	knobs_done(&s->knobs);
	conf_free(s->conf);
	free(s);
}
