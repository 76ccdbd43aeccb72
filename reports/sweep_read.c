/* sweep_read.c - sweep.json as C: knobs, and what each combination of their values gave. */
#include "reports/sweep_read.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/reader.h"

enum { MAX_BYTES = 16 << 20 };

static void
read_knobs(struct reader *r, struct sweep_doc *d)
{
	json_t *list = reader_list(r, d->root, "", "knobs", SWEEP_DOC_KNOBS);
	char at[READER_AT_BYTES];

	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		json_t *one = reader_entry(r, list, i, "", "knobs", at);
		struct sweep_doc_knob *k = &d->knobs[d->n_knobs++];
		size_t n;
		double *values;

		k->name = reader_str(r, one, at, "name");
		k->about = reader_str(r, one, at, "about");
		k->unit = reader_str(r, one, at, "unit");
		k->now = reader_str(r, one, at, "now");
		k->declared = reader_str(r, one, at, "declared");
		k->words = reader_list(r, one, at, "words", SWEEP_DOC_VALUES);
		values = reader_numbers(r, one, at, "values", SWEEP_DOC_VALUES, &n);
		if (k->name == NULL && r->rc == 0)
			reader_complain(r, at, "name", "is missing");
		for (size_t v = 0; r->rc == 0 && v < n; v++)
			k->values[k->n++] = values[v];
		free(values);
	}
}

static void
read_values(struct reader *r, const struct sweep_doc *d, json_t *one, const char *at,
	struct sweep_doc_item *item)
{
	json_t *values = reader_object(r, one, at, "values");

	for (size_t k = 0; k < d->n_knobs && r->rc == 0; k++) {
		double value = reader_num(r, values, at, d->knobs[k].name);
		size_t i = 0;

		while (i < d->knobs[k].n && !(fabs(d->knobs[k].values[i] - value) < 1e-9))
			i++;
		if (r->rc == 0 && i == d->knobs[k].n)
			reader_complain(r, at, d->knobs[k].name, "is none of the knob's values");
		else
			item->value[k] = i;
	}
}

static double
worst_of(struct reader *r, json_t *metric, const char *at)
{
	return reader_num(r, metric, at, "missing") > 0 ? INFINITY
							: reader_num(r, metric, at, "max");
}

static void
read_metrics(struct reader *r, const struct sweep_doc *d, json_t *one, const char *at,
	struct sweep_doc_item *item)
{
	json_t *all = reader_object(r, one, at, "metrics"), *outage, *of;

	outage = d->metric == NULL ? NULL : reader_object(r, all, at, d->metric);
	item->median_ms = reader_num(r, outage, at, "p50");
	item->worst_ms = worst_of(r, outage, at);
	item->worst_family_ms[0] = worst_of(r, reader_object(r, outage, at, "v4"), at);
	item->worst_family_ms[1] = worst_of(r, reader_object(r, outage, at, "v6"), at);
	of = reader_object(r, all, at, "withdraw_ms");
	item->withdraw_ms = worst_of(r, of, at);
	of = reader_object(r, all, at, "client_failures");
	item->client_failures = reader_num(r, of, at, "max");
}

static void
read_idle(struct reader *r, json_t *one, const char *at, struct sweep_doc_idle *idle)
{
	json_t *o = reader_object(r, one, at, "idle"), *cpu = reader_object(r, o, at, "cpu_ratio");
	json_t *halves = reader_list(r, cpu, at, "sites_halves", 2);

	*idle = (struct sweep_doc_idle){
		.observed_s = reader_num(r, o, at, "observed_s"),
		.sites_cores = reader_num(r, cpu, at, "sites"),
		.nodes_cores = reader_num(r, cpu, at, "nodes"),
		.emulator_cores = reader_num(r, cpu, at, "emulator"),
		.load_max = reader_num(r, o, at, "load_max"),
		.bgp_downs = reader_num(r, o, at, "bgp_downs"),
		.bfd_downs = reader_num(r, o, at, "bfd_downs"),
		.check_failures = reader_num(r, o, at, "check_failures"),
		.verdicts = reader_num(r, o, at, "verdicts"),
		.withdrawals = reader_num(r, o, at, "withdrawals"),
		.route_moves = reader_num(r, o, at, "route_moves"),
		.alarms = reader_num(r, o, at, "false_alarms"),
		.per_hour = reader_num(r, o, at, "per_hour"),
		.per_hour_bound = reader_num(r, o, at, "per_hour_bound"),
	};
	for (size_t i = 0; i < 2; i++)
		idle->halves_cores[i] = json_is_number(json_array_get(halves, i))
			? json_number_value(json_array_get(halves, i))
			: NAN;
}

static void
read_services(struct reader *r, struct sweep_doc *d, json_t *one, const char *at,
	struct sweep_doc_item *item)
{
	json_t *list = reader_list(r, one, at, "catchment", SWEEP_DOC_PLACES);
	char where[READER_AT_BYTES];

	item->services = reader_alloc(r, json_array_size(list) + 1, sizeof(*item->services));
	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, at, "catchment", where);
		struct sweep_doc_service s = {.city = reader_str(r, o, where, "city"),
			.title = reader_str(r, o, where, "title"),
			.family = reader_str(r, o, where, "family"),
			.site = reader_str(r, o, where, "site"),
			.rtt_ms = reader_num(r, o, where, "rtt_p50_ms"),
			.by_routes = reader_bool(r, o, where, "by_routes", false)};

		if (s.city == NULL || s.family == NULL || s.site == NULL)
			continue;
		palette_add(&d->palette, s.site);
		item->services[item->n_services++] = s;
	}
}

static void
read_item(struct reader *r, struct sweep_doc *d, json_t *one, const char *at)
{
	struct sweep_doc_item *item = &d->items[d->n_items++];
	json_t *missed = json_object_get(json_object_get(one, "expectations"), "missed");
	json_t *why = json_object_get(one, "invalid_because");

	read_values(r, d, one, at, item);
	item->done = reader_bool(r, one, at, "done", false);
	item->failed = reader_str(r, one, at, "failed");
	item->dir = reader_str(r, one, at, "dir");
	item->trials = reader_num(r, one, at, "trials");
	item->valid = reader_num(r, one, at, "valid_trials");
	item->missed = json_array_size(missed);
	item->invalid_because = json_string_value(json_array_get(why, 0));
	if (isnan(d->gap_ms))
		d->gap_ms = reader_num(r, one, at, "gap_ms");
	read_metrics(r, d, one, at, item);
	read_idle(r, one, at, &item->idle);
	read_services(r, d, one, at, item);
}

/* The first figure that any combination has: it is the outage. A loss of nothing is none. */
static const char *
choose_metric(json_t *list)
{
	static const char *const names[] = {
		"first_good_answer_ms", "loss_of_connectivity_ms", NULL};

	for (size_t m = 0; names[m] != NULL; m++)
		for (size_t i = 0; i < json_array_size(list); i++) {
			json_t *o = json_object_get(
				json_object_get(json_array_get(list, i), "metrics"), names[m]);

			if (json_number_value(json_object_get(o, "max")) > 0 ||
				json_number_value(json_object_get(o, "missing")) > 0)
				return names[m];
		}
	return NULL;
}

static void
read_doc(struct reader *r, struct sweep_doc *d)
{
	json_t *asked = reader_object(r, d->root, "", "asked");
	json_t *list = reader_list(r, d->root, "", "combinations", SWEEP_DOC_ITEMS);
	char at[READER_AT_BYTES];

	d->scenario = reader_str(r, d->root, "", "scenario");
	d->title = reader_str(r, d->root, "", "title");
	d->variant = reader_str(r, d->root, "", "variant");
	d->commit = reader_str(r, d->root, "", "commit");
	d->complete = reader_bool(r, d->root, "", "complete", false);
	d->command = reader_list(r, d->root, "", "command", 1000);
	d->trials = reader_num(r, asked, "asked", "trials");
	d->idle_s = reader_num(r, asked, "asked", "idle_s");
	d->gap_ms = NAN;
	d->metric = choose_metric(list);
	read_knobs(r, d);
	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		json_t *one = reader_entry(r, list, i, "", "combinations", at);

		read_item(r, d, one, at);
	}
}

int
sweep_doc_load(const char *dir, struct sweep_doc **ret, struct err *e)
{
	char path[PATH_MAX];
	struct sweep_doc *d = calloc(1, sizeof(*d));
	struct reader r = {.file = path, .e = e};
	json_error_t why;
	const char *schema;

	if (d == NULL)
		return err_set(e, ENOMEM, "out of memory");
	snprintf(path, sizeof(path), "%.4000s/sweep.json", dir);
	d->root = json_load_file(path, 0, &why);
	schema = json_string_value(json_object_get(d->root, "schema"));
	if (d->root == NULL)
		r.rc = err_set(e, EINVAL, "%s: %s", path, why.text);
	else if (schema == NULL || strcmp(schema, "catchment.sweep/1") != 0)
		r.rc = err_set(e, EINVAL, "%s: is no catchment.sweep/1", path);
	else
		read_doc(&r, d);
	if (r.rc == 0)
		*ret = d;
	else
		sweep_doc_free(d);
	return r.rc;
}

void
sweep_doc_free(struct sweep_doc *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n_items; i++)
		free(d->items[i].services);
	json_decref(d->root);
	free(d);
}

/* The word of a value, or NULL. */
static const char *
word_of(const struct sweep_doc_knob *k, size_t value)
{
	double number = k->values[value];

	return number >= 0 && number < SWEEP_DOC_VALUES
		? json_string_value(json_array_get(k->words, (size_t)number))
		: NULL;
}

const char *
sweep_doc_value(const struct sweep_doc_knob *k, size_t value, char out[static 64])
{
	bool has_unit = k->unit != NULL && k->unit[0] != '\0';

	if (word_of(k, value) != NULL)
		snprintf(out, 64, "%.60s", word_of(k, value));
	else
		snprintf(out, 64, "%.10g%s%.40s", k->values[value], has_unit ? " " : "",
			has_unit ? k->unit : "");
	return out;
}

const char *
sweep_doc_setting(const struct sweep_doc *d, const struct sweep_doc_item *item, bool brief,
	char out[static 256])
{
	char value[64];
	size_t used = 0;

	out[0] = '\0';
	for (size_t k = 0; k < d->n_knobs && used < 160; k++)
		used += (size_t)snprintf(out + used, 256 - used, "%s%.40s%s%s", k > 0 ? ", " : "",
			brief ? "" : d->knobs[k].name, brief ? "" : " ",
			sweep_doc_value(&d->knobs[k], item->value[k], value));
	return out;
}

bool
sweep_doc_is_now(const struct sweep_doc *d, const struct sweep_doc_item *item)
{
	for (size_t k = 0; k < d->n_knobs; k++) {
		char text[64];

		if (d->knobs[k].words != NULL)
			sweep_doc_value(&d->knobs[k], item->value[k], text);
		else
			snprintf(text, sizeof(text), "%g", d->knobs[k].values[item->value[k]]);
		if (d->knobs[k].now == NULL || strcmp(text, d->knobs[k].now) != 0)
			return false;
	}
	return true;
}

const struct sweep_doc_service *
sweep_doc_service(const struct sweep_doc_item *item, const char *city, const char *family)
{
	for (size_t i = 0; i < item->n_services; i++)
		if (strcmp(item->services[i].city, city) == 0 &&
			strcmp(item->services[i].family, family) == 0)
			return &item->services[i];
	return NULL;
}

void
sweep_pareto(const double x[], const double y[], size_t n, bool ret[])
{
	for (size_t i = 0; i < n; i++) {
		ret[i] = isfinite(x[i]) && isfinite(y[i]);
		for (size_t k = 0; k < n && ret[i]; k++)
			if (x[k] <= x[i] && y[k] <= y[i] && (x[k] < x[i] || y[k] < y[i]))
				ret[i] = false;
	}
}
