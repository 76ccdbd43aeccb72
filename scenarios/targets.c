/* targets.c - the ledger of documented claims: id, figure, and how the bench judges it. */
#include "scenarios/targets.h"

#include <stdlib.h>
#include <string.h>

static const char *
need(struct conf *c, const struct conf_node *entry, const char *key)
{
	return conf_need(c, entry, key) ? conf_str(c, entry, key, "") : "";
}

static bool
is_one_of(const char *text, const char *const list[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, list[i]) == 0)
			return true;
	return false;
}

/* A figure that is compared with another run's has none of its own. */
static void
read_beside(struct targets *t, const struct conf_node *entry, const struct target *target)
{
	static const char *const otherwise[] = {"value", "modelled", "before"};
	static const char *const statistics[] = {"min", "p1", "p50", "p99", "max"};
	const char *statistic = conf_str(t->conf, entry, "statistic", "p50");

	for (size_t i = 0; i < 3; i++)
		if (conf_get(t->conf, entry, otherwise[i]) != NULL)
			conf_complain(t->conf, conf_get(t->conf, entry, otherwise[i]),
				"%s: %s beside another scenario", target->id, otherwise[i]);
	if (!is_one_of(statistic, statistics, 5))
		conf_complain(t->conf, conf_get(t->conf, entry, "statistic"),
			"%s: beside another scenario, statistic '%s' is none of min p1 p50 p99 "
			"max",
			target->id, statistic);
}

/* What a metric needs besides its name. */
static void
read_figure(struct targets *t, const struct conf_node *key, const struct conf_node *entry,
	struct target *target)
{
	static const char *const statistics[] = {"min", "p1", "p50", "p90", "p99", "max", "mean"};
	static const char *const comparisons[] = {"<", "<=", ">", ">="};

	target->comparison = conf_str(t->conf, entry, "comparison", "<=");
	target->unit = need(t->conf, entry, "unit");
	target->beside = conf_str(t->conf, entry, "beside", NULL);
	if (target->beside != NULL)
		read_beside(t, entry, target);
	else if (conf_need(t->conf, entry, "value") != NULL)
		target->value = conf_double(t->conf, entry, "value", -1e15, 1e15, 0);
	if (!is_one_of(target->comparison, comparisons, 4))
		conf_complain(t->conf, key, "%s: comparison '%s' is none of < <= > >=", target->id,
			target->comparison);
	target->city = conf_str(t->conf, entry, "city", NULL);
	target->modelled = conf_bool(t->conf, entry, "modelled", false);
	target->has_before = conf_get(t->conf, entry, "before") != NULL;
	target->before = conf_double(t->conf, entry, "before", 0, 1e15, 0);
	if (target->city != NULL && !target->modelled)
		conf_complain(
			t->conf, key, "%s: only what is modelled is judged by city", target->id);
	target->statistic = need(t->conf, entry, "statistic");
	if (target->statistic[0] != '\0' && !is_one_of(target->statistic, statistics, 7))
		conf_complain(t->conf, key,
			"%s: statistic '%s' is none of min p1 p50 p90 p99 max mean", target->id,
			target->statistic);
}

static void
read_target(struct targets *t, const struct conf_node *key, const struct conf_node *entry,
	const char *id)
{
	static const char *const keys[] = {"claim", "figure", "how", "known", "source",
		"not_judged", "metric", "statistic", "comparison", "value", "beside", "unit",
		"modelled", "city", "before", NULL};
	static const char *const of_figures[] = {
		"statistic", "comparison", "value", "beside", "unit", "modelled", "city", "before"};
	struct target *target = &t->list[t->len++];

	target->id = id;
	target->at = key;
	target->claim = target->figure = target->how = target->known = target->source = "";
	if (!conf_is_map(t->conf, entry, id))
		return;
	conf_known(t->conf, entry, keys);
	target->claim = need(t->conf, entry, "claim");
	target->figure = conf_str(t->conf, entry, "figure", "");
	target->how = conf_str(t->conf, entry, "how", "");
	target->known = conf_str(t->conf, entry, "known", "");
	target->source = conf_str(t->conf, entry, "source", "");
	target->not_judged = conf_str(t->conf, entry, "not_judged", NULL);
	target->metric = conf_str(t->conf, entry, "metric", NULL);
	if (target->metric != NULL) {
		read_figure(t, key, entry, target);
		return;
	}
	for (size_t i = 0; i < sizeof(of_figures) / sizeof(of_figures[0]); i++)
		if (conf_get(t->conf, entry, of_figures[i]) != NULL)
			conf_complain(t->conf, conf_get(t->conf, entry, of_figures[i]),
				"%s: %s without a metric", id, of_figures[i]);
}

int
targets_load(const char *path, struct targets **ret, struct err *e)
{
	struct targets *t = calloc(1, sizeof(*t));
	const struct conf_node *root;
	int rc;

	if (t == NULL)
		abort();
	rc = conf_load(path, &t->conf, e);
	if (rc < 0) {
		free(t);
		return rc;
	}
	*ret = t;
	root = conf_root(t->conf);
	if (!conf_is_map(t->conf, root, "the ledger"))
		return 0;
	t->list = calloc(conf_len(t->conf, root) + 1, sizeof(*t->list));
	for (size_t i = 0; t->list != NULL && i < conf_len(t->conf, root); i++)
		read_target(t, conf_key_node_at(t->conf, root, i), conf_at(t->conf, root, i),
			conf_key_at(t->conf, root, i));
	return 0;
}

void
targets_free(struct targets *t)
{
	if (t == NULL)
		return;
	free(t->list);
	conf_free(t->conf);
	free(t);
}

const struct target *
targets_find(const struct targets *t, const char *id)
{
	for (size_t i = 0; i < t->len; i++)
		if (strcmp(t->list[i].id, id) == 0)
			return &t->list[i];
	return NULL;
}
