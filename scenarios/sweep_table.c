/* sweep_table.c - a sweep as text: its knobs, its table, who serves which city. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/num.h"
#include "scenarios/sweep.h"

enum { COLUMN_BYTES = 40 };

static double
number(const json_t *o, const char *key)
{
	const json_t *n = json_object_get(o, key);

	return json_is_number(n) ? json_number_value(n) : NAN;
}

static const json_t *
metric(const json_t *found, const char *name)
{
	return json_object_get(json_object_get(found, "metrics"), name);
}

static void
show_duration(double ms, char out[static COLUMN_BYTES])
{
	char text[24];

	if (isnan(ms))
		snprintf(out, COLUMN_BYTES, "-");
	else
		snprintf(out, COLUMN_BYTES, "%s", num_show_ns((int64_t)(ms * 1e6), text));
}

/* Where samples never came, the worst is never. */
static void
show_worst(const json_t *m, char out[static COLUMN_BYTES])
{
	if (number(m, "missing") > 0)
		snprintf(out, COLUMN_BYTES, "never");
	else
		show_duration(number(m, "max"), out);
}

static void
show_idle(const json_t *idle, char cpu[static COLUMN_BYTES], char alarms[static COLUMN_BYTES])
{
	double seen = number(idle, "false_alarms");
	double share = number(json_object_get(idle, "cpu_ratio"), "sites");

	snprintf(cpu, COLUMN_BYTES, isnan(share) ? "-" : "%.1f %%", 100 * share);
	if (isnan(seen))
		snprintf(alarms, COLUMN_BYTES, "-");
	else if (seen > 0)
		snprintf(alarms, COLUMN_BYTES, "%.0f (%.0f/h)", seen, number(idle, "per_hour"));
	else
		snprintf(alarms, COLUMN_BYTES, "0 (< %.0f/h)", number(idle, "per_hour_bound"));
}

static void
print_head(const struct sweep *s, FILE *out)
{
	char name[64];

	for (size_t k = 0; k < s->vary_len; k++) {
		snprintf(name, sizeof(name), "%s%s%s", s->vary[k].knob->name,
			s->vary[k].knob->unit[0] != '\0' ? " " : "", s->vary[k].knob->unit);
		fprintf(out, "%-20s ", name);
	}
	fprintf(out, "%-8s %-10s %-10s %-10s %9s %9s  %s\n", "valid", "outage p50", "worst",
		"withdraw", "failures", "CPU sites", "false alarms");
}

static void
print_row(const struct sweep *s, size_t i, FILE *out)
{
	const json_t *found = s->items[i].found;
	char p50[COLUMN_BYTES], worst[COLUMN_BYTES], withdraw[COLUMN_BYTES], valid[COLUMN_BYTES];
	char cpu[COLUMN_BYTES], alarms[COLUMN_BYTES], failures[COLUMN_BYTES];
	const char *why = json_string_value(json_object_get(found, "failed"));

	for (size_t k = 0; k < s->vary_len; k++) {
		char value[KNOB_TEXT_BYTES];

		fprintf(out, "%-20s ",
			knob_show(s->vary[k].knob, s->vary[k].values[s->items[i].value[k]], value));
	}
	if (found == NULL || why != NULL) {
		fprintf(out, "%s\n", why != NULL ? why : "not done yet");
		return;
	}
	snprintf(valid, sizeof(valid), "%.0f of %.0f", number(found, "valid_trials"),
		number(found, "trials"));
	show_duration(number(metric(found, "first_good_answer_ms"), "p50"), p50);
	show_worst(metric(found, "first_good_answer_ms"), worst);
	show_worst(metric(found, "withdraw_ms"), withdraw);
	snprintf(failures, sizeof(failures),
		isnan(number(metric(found, "client_failures"), "max")) ? "-" : "%.0f",
		number(metric(found, "client_failures"), "max"));
	show_idle(json_object_get(found, "idle"), cpu, alarms);
	fprintf(out, "%-8s %-10s %-10s %-10s %9s %9s  %s\n", valid, p50, worst, withdraw, failures,
		cpu, alarms);
}

/* One city and family under each setting; a star where it is not what it is at the first. */
static void
print_city(const struct sweep *s, const json_t *like, FILE *out)
{
	const char *city = json_string_value(json_object_get(like, "city"));
	const char *family = json_string_value(json_object_get(like, "family")), *first = NULL;

	if (city == NULL || family == NULL)
		return;
	fprintf(out, "%-10s %-6s", city, family);
	for (size_t i = 0; i < s->len; i++) {
		const json_t *one, *list = json_object_get(s->items[i].found, "catchment");
		const char *site = NULL;
		char shown[16];
		size_t k;

		json_array_foreach(list, k, one)
		{
			const char *c = json_string_value(json_object_get(one, "city"));
			const char *f = json_string_value(json_object_get(one, "family"));

			if (c != NULL && f != NULL && strcmp(c, city) == 0 &&
				strcmp(f, family) == 0)
				site = json_string_value(json_object_get(one, "site"));
		}
		first = first != NULL ? first : site;
		snprintf(shown, sizeof(shown), "%.12s%s", site != NULL ? site : "-",
			site != NULL && strcmp(site, first) != 0 ? "*" : "");
		fprintf(out, " %-8s", shown);
	}
	fputc('\n', out);
}

static void
print_catchment(const struct sweep *s, FILE *out)
{
	const json_t *list = NULL, *one;
	size_t k;

	for (size_t i = 0; i < s->len && json_array_size(list) == 0; i++)
		list = json_object_get(s->items[i].found, "catchment");
	if (json_array_size(list) == 0)
		return;
	fputs("\nWho serves whom before anything breaks; * not as in the first column\n", out);
	for (size_t v = 0; v < s->vary_len; v++) {
		fprintf(out, "%-17.17s", s->vary[v].knob->name);
		for (size_t i = 0; i < s->len; i++) {
			char value[KNOB_TEXT_BYTES];

			fprintf(out, " %-8s",
				knob_show(s->vary[v].knob, s->vary[v].values[s->items[i].value[v]],
					value));
		}
		fputc('\n', out);
	}
	json_array_foreach(list, k, one) print_city(s, one, out);
}

void
sweep_print(const struct sweep *s, FILE *out)
{
	print_head(s, out);
	for (size_t i = 0; i < s->len; i++)
		print_row(s, i, out);
	print_catchment(s, out);
}

static const char *
show_range(const struct knob *k, char out[static 64])
{
	char low[KNOB_TEXT_BYTES], high[KNOB_TEXT_BYTES];

	size_t used = 0;

	if (k->words_len == 0) {
		snprintf(out, 64, "%s..%s", knob_show_value(k->min, low),
			knob_show_value(k->max, high));
		return out;
	}
	for (size_t i = 0; i < k->words_len && used < 64; i++)
		used += (size_t)snprintf(
			out + used, 64 - used, "%s%s", i > 0 ? "|" : "", k->words[i]);
	return out;
}

void
sweep_list(const struct sweep *s, FILE *out)
{
	char now[KNOB_TEXT_BYTES], shown[64], range[64];
	struct err e;

	fprintf(out, "%-16s %-10s %-16s %s\n", "knob", "now", "range", "what it is");
	for (size_t i = 0; i < s->knobs.len; i++) {
		const struct knob *k = &s->knobs.list[i];

		if (knob_layer_now(s->topology, s->stacks.list, k, now, &e) < 0) {
			fprintf(out, "%-16s does not fit: %s\n", k->name, e.text);
			continue;
		}
		snprintf(shown, sizeof(shown), "%s%s%s", now, k->unit[0] != '\0' ? " " : "",
			k->unit);
		fprintf(out, "%-16s %-10s %-16s %s\n", k->name, shown, show_range(k, range),
			k->about);
	}
}

json_t *
sweep_list_json(const struct sweep *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->knobs.len; i++) {
		const struct knob *k = &s->knobs.list[i];
		char now[KNOB_TEXT_BYTES] = "", declared[PATH_MAX + 16];
		struct err e;
		json_t *o;
		int rc = knob_layer_now(s->topology, s->stacks.list, k, now, &e);

		snprintf(declared, sizeof(declared), "%s:%d", k->path, k->conf_line);
		o = json_pack("{s:s, s:s, s:s, s:b, s:f, s:f, s:s, s:s, s:i}", "name", k->name,
			"about", k->about, "unit", k->unit, "whole", k->whole, "min", k->min, "max",
			k->max, "now", now, "declared", declared, "places", (int)k->places_len);
		if (k->words_len > 0)
			json_object_set_new(o, "words", knob_words_json(k));
		if (rc < 0)
			json_object_set_new(o, "unfit", json_string(e.text));
		json_array_append_new(list, o);
	}
	return json_pack("{s:s, s:s, s:o}", "schema", "catchment.knobs/1", "variant",
		s->lab.variant, "knobs", list);
}
