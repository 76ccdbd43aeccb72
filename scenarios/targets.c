/* targets.c - the ledger of documented claims: id, figure, and how the bench judges it. */
#include "scenarios/targets.h"

#include <stdlib.h>
#include <string.h>

static const char *
need(struct conf *c, const struct conf_node *entry, const char *key)
{
	return conf_need(c, entry, key) ? conf_str(c, entry, key, "") : "";
}

static void
read_target(struct targets *t, const struct conf_node *key, const struct conf_node *entry,
	const char *id)
{
	static const char *const keys[] = {"claim", "known", "metric", "statistic", "comparison",
		"value", "unit", "city", "modelled", "before", NULL};
	static const char *const statistics[] = {"min", "p1", "p50", "p90", "p99", "max", "mean"};
	struct target *target = &t->list[t->len++];
	bool known = false;

	target->id = id;
	if (!conf_is_map(t->conf, entry, id))
		return;
	conf_known(t->conf, entry, keys);
	target->claim = need(t->conf, entry, "claim");
	target->known = conf_str(t->conf, entry, "known", "");
	target->metric = need(t->conf, entry, "metric");
	target->statistic = need(t->conf, entry, "statistic");
	target->unit = need(t->conf, entry, "unit");
	target->comparison = conf_str(t->conf, entry, "comparison", "<=");
	if (conf_need(t->conf, entry, "value") != NULL)
		target->value = conf_double(t->conf, entry, "value", -1e15, 1e15, 0);
	target->city = conf_str(t->conf, entry, "city", NULL);
	target->modelled = conf_bool(t->conf, entry, "modelled", false);
	target->has_before = conf_get(t->conf, entry, "before") != NULL;
	target->before = conf_double(t->conf, entry, "before", 0, 1e15, 0);
	if (target->city != NULL && !target->modelled)
		conf_complain(t->conf, key, "%s: only what is modelled is judged by city", id);
	for (size_t i = 0; i < sizeof(statistics) / sizeof(statistics[0]); i++)
		known |= strcmp(target->statistic, statistics[i]) == 0;
	if (!known && target->statistic[0] != '\0')
		conf_complain(t->conf, key,
			"%s: statistic '%s' is none of min p1 p50 p90 p99 max mean", id,
			target->statistic);
	if (strcmp(target->comparison, "<=") != 0 && strcmp(target->comparison, "<") != 0 &&
		strcmp(target->comparison, ">=") != 0 && strcmp(target->comparison, ">") != 0)
		conf_complain(t->conf, key, "%s: comparison '%s' is none of < <= > >=", id,
			target->comparison);
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
