/* sweep_figures.c - of a run's result.json, what a sweep compares. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/sweep.h"

static const char *const metrics[] = {"first_good_answer_ms", "loss_of_connectivity_ms",
	"withdraw_ms", "client_failures", "resolver_failures", "unanswered_queries",
	"bystander_unanswered_queries", "anycast_rtt_ms", NULL};

/* NAME_v4, or NAME_v4_ms where the unit comes last. */
static void
family_name(const char *metric, const char *family, char out[static 64])
{
	size_t len = strlen(metric);

	if (len > 3 && strcmp(metric + len - 3, "_ms") == 0)
		snprintf(out, 64, "%.*s_%s_ms", (int)(len - 3), metric, family);
	else
		snprintf(out, 64, "%s_%s", metric, family);
}

static json_t *
figures_of(const json_t *metric)
{
	static const char *const keys[] = {"n", "missing", "p50", "p99", "max", NULL};
	json_t *o = json_object();

	for (size_t i = 0; keys[i] != NULL; i++)
		json_object_set(o, keys[i], json_object_get(metric, keys[i]));
	return o;
}

static json_t *
metrics_json(const json_t *result)
{
	const json_t *all = json_object_get(result, "metrics");
	json_t *o = json_object();
	char name[64];

	for (size_t i = 0; metrics[i] != NULL; i++) {
		const char *const families[] = {"v4", "v6"};
		const json_t *m = json_object_get(all, metrics[i]);
		json_t *one;

		if (!json_is_object(m))
			continue;
		one = figures_of(m);
		for (size_t f = 0; f < 2; f++) {
			const json_t *of;

			family_name(metrics[i], families[f], name);
			of = json_object_get(all, name);
			if (json_is_object(of))
				json_object_set_new(one, families[f], figures_of(of));
		}
		json_object_set_new(o, metrics[i], one);
	}
	return o;
}

/* Who answered most of a city's queries before anything broke. */
static json_t *
catchment_json(const json_t *result)
{
	const json_t *one;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(json_object_get(result, "catchment"), i, one)
	{
		json_t *shares = json_object_get(one, "before"), *share;
		const char *site, *most = "none";
		double ratio = 0;

		json_object_foreach(shares, site, share) if (json_number_value(share) > ratio)
		{
			most = site;
			ratio = json_number_value(share);
		}
		json_array_append_new(list,
			json_pack("{s:O?, s:O?, s:O?, s:s, s:f, s:O?}", "city",
				json_object_get(one, "city"), "title",
				json_object_get(one, "title"), "family",
				json_object_get(one, "family"), "site", most, "share_ratio", ratio,
				"rtt_p50_ms",
				json_object_get(
					json_object_get(json_object_get(one, "rtt_ms"), "before"),
					"p50")));
	}
	return list;
}

static json_t *
load(const char *run_dir, const char *name, const char *key, struct err *e)
{
	char path[PATH_MAX];
	json_error_t why;
	json_t *root;

	snprintf(path, sizeof(path), "%.4000s/%s", run_dir, name);
	root = json_load_file(path, 0, &why);
	if (root != NULL && json_object_get(root, key) != NULL)
		return root;
	if (root == NULL)
		err_set(e, EINVAL, "%s: %s", path, why.text);
	else
		err_set(e, EINVAL, "%s: has no '%s'", path, key);
	json_decref(root);
	return NULL;
}

static const char *
site_of(const json_t *run, const char *node)
{
	const json_t *site;
	size_t i;

	json_array_foreach(json_object_get(run, "sites"), i, site)
	{
		const char *at = json_string_value(json_object_get(site, "node"));

		if (node != NULL && at != NULL && strcmp(at, node) == 0)
			return json_string_value(json_object_get(site, "name"));
	}
	return "none";
}

/* The same by the routing tables, where the host spoilt every trial: tables do not mind a busy host. */
static json_t *
routed_json(const char *run_dir)
{
	static const char *const families[] = {"v4", "v6"};
	json_t *run = load(run_dir, "run.json", "cities", NULL), *list = json_array(), *city;
	size_t i;

	json_array_foreach(json_object_get(run, "cities"), i, city) for (size_t f = 0; f < 2; f++)
	{
		const json_t *path = json_object_get(json_object_get(city, "path"), families[f]);
		size_t n = json_array_size(path);

		if (n > 0)
			json_array_append_new(list,
				json_pack("{s:O?, s:O?, s:s, s:s?, s:b, s:O?}", "city",
					json_object_get(city, "name"), "title",
					json_object_get(city, "title"), "family", families[f],
					"site",
					site_of(run,
						json_string_value(json_array_get(path, n - 1))),
					"by_routes", 1, "rtt_p50_ms",
					json_object_get(json_object_get(city, "path_rtt_ms"),
						families[f])));
	}
	json_decref(run);
	return list;
}

static json_t *
invalid_because(const json_t *result)
{
	const json_t *trial;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(json_object_get(result, "per_trial"), i, trial)
	{
		json_t *why = json_array_get(json_object_get(trial, "invalid_because"), 0);

		if (json_is_string(why))
			json_array_append(list, why);
	}
	return list;
}

static json_t *
expectations_json(const json_t *result)
{
	const json_t *one;
	json_t *missed = json_array();
	size_t i;

	json_array_foreach(json_object_get(result, "expectations"), i,
		one) if (json_is_false(json_object_get(one, "held")))
		json_array_append(missed, json_object_get(one, "text"));
	return json_pack("{s:i, s:o}", "of",
		(int)json_array_size(json_object_get(result, "expectations")), "missed", missed);
}

int
sweep_figures(const char *run_dir, json_t *found, struct err *e)
{
	json_t *result = load(run_dir, "result.json", "trials", e);
	json_int_t trials, invalid;

	if (result == NULL)
		return -EINVAL;
	trials = json_integer_value(json_object_get(result, "trials"));
	invalid = json_integer_value(json_object_get(result, "invalid_trials"));
	json_object_set_new(found, "trials", json_integer(trials));
	json_object_set_new(found, "valid_trials", json_integer(trials - invalid));
	json_object_set_new(found, "invalid_because", invalid_because(result));
	json_object_set(found, "gap_ms", json_object_get(result, "gap_ms"));
	json_object_set_new(found, "metrics", metrics_json(result));
	json_object_set_new(found, "catchment",
		trials > invalid ? catchment_json(result) : routed_json(run_dir));
	json_object_set_new(found, "expectations", expectations_json(result));
	json_decref(result);
	return 0;
}
