/* scenario_expect.c - what a scenario expects: who serves whom when, and bounds of metrics. */
#include "scenarios/scenario_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/analyze.h"
#include "lib/mono.h"
#include "lib/num.h"

/* "< 5s", "<= 0", "> 12": a comparison and a number; durations are put into milliseconds. */
static bool
read_bound(struct scenario *s, const struct conf_node *at, const char *text, struct expect *x)
{
	size_t sign = strspn(text, "<>=");
	const char *number = text + sign + strspn(text + sign, " ");
	bool is_ms = strlen(x->metric) > 3 && strcmp(x->metric + strlen(x->metric) - 3, "_ms") == 0;
	int64_t ns;

	snprintf(x->comparison, sizeof(x->comparison), "%.*s", (int)sign, text);
	if (sign == 0 || sign > 2 ||
		(strcmp(x->comparison, "<") != 0 && strcmp(x->comparison, "<=") != 0 &&
			strcmp(x->comparison, ">") != 0 && strcmp(x->comparison, ">=") != 0)) {
		conf_complain(s->conf, at, "'%s' does not start with <, <=, > or >=", text);
		return false;
	}
	if (is_ms && num_duration_ns(number, &ns) == 0) {
		x->value = (double)ns / (double)NS_PER_MS;
		return true;
	}
	if (!is_ms && num_double(number, -1e15, 1e15, &x->value) == 0)
		return true;
	conf_complain(s->conf, at, "'%s' is not %s", number,
		is_ms ? "a duration, and the metric is one" : "a number");
	return false;
}

static void
read_expect_metric(struct scenario *s, const struct conf_node *root, const struct conf_node *entry,
	struct expect *x)
{
	static const char *const keys[] = {
		"metric", "min", "p1", "p50", "p90", "p99", "max", "variant", "judges", NULL};
	const char *bound = NULL;
	int found = 0;

	conf_known(s->conf, entry, keys);
	x->kind = EXPECT_METRIC;
	x->metric = conf_str(s->conf, entry, "metric", "");
	if (x->metric[0] != '\0' && !analyze_has_metric(x->metric))
		conf_complain(s->conf, conf_get(s->conf, entry, "metric"),
			"there is no metric '%s'; catchment-scenario(5) lists them", x->metric);
	else
		scenario_check_metric(s, root, conf_get(s->conf, entry, "metric"), x->metric);
	for (int k = 1; strcmp(keys[k], "variant") != 0; k++) {
		const char *text = conf_str(s->conf, entry, keys[k], NULL);

		if (text == NULL)
			continue;
		found++;
		bound = text;
		snprintf(x->statistic, sizeof(x->statistic), "%s", keys[k]);
	}
	if (found != 1)
		conf_complain(s->conf, entry,
			"a metric is bound by exactly one of min, p1, p50, "
			"p90, p99, max");
	else if (read_bound(s, entry, bound, x))
		snprintf(x->text, sizeof(x->text), "%s of %s %s", x->statistic, x->metric, bound);
}

static void
read_during(struct scenario *s, const struct conf_node *entry, struct expect *x)
{
	const struct conf_node *during = conf_need(s->conf, entry, "during");
	const char *text[2];

	if (during == NULL || !conf_is_list(s->conf, during, "during"))
		return;
	if (conf_len(s->conf, during) != 2) {
		conf_complain(s->conf, during, "during is [from, to]");
		return;
	}
	text[0] = conf_text(s->conf, conf_at(s->conf, during, 0), "during");
	text[1] = conf_text(s->conf, conf_at(s->conf, during, 1), "during");
	if (text[0] == NULL || text[1] == NULL)
		return;
	if (num_duration_ns(text[0], &x->from_ns) < 0 || num_duration_ns(text[1], &x->to_ns) < 0)
		conf_complain(s->conf, during, "during: durations like 10s");
	else if (x->from_ns >= x->to_ns)
		conf_complain(s->conf, during, "during ends before it starts");
	else if (x->to_ns > scenario_last_ns(s) + s->after_ns)
		conf_complain(s->conf, during, "during ends after the trial does (%g s)",
			(double)(scenario_last_ns(s) + s->after_ns) / 1e9);
}

void
scenario_tell_served(struct expect *x)
{
	char from[24], to[24];

	snprintf(x->text, sizeof(x->text), "clients in %s served by %s from %s to %s", x->city,
		x->site, num_show_ns(x->from_ns, from), num_show_ns(x->to_ns, to));
}

static void
read_expect_served(struct scenario *s, const struct topology *t, const struct conf_node *entry,
	struct expect *x)
{
	static const char *const keys[] = {
		"during", "clients", "served_by", "variant", "judges", NULL};

	conf_known(s->conf, entry, keys);
	x->kind = EXPECT_SERVED_BY;
	read_during(s, entry, x);
	x->city =
		conf_need(s->conf, entry, "clients") ? conf_str(s->conf, entry, "clients", "") : "";
	x->site = conf_need(s->conf, entry, "served_by") ? conf_str(s->conf, entry, "served_by", "")
							 : "";
	if (x->city[0] != '\0' && topology_city(t, x->city) < 0)
		conf_complain(s->conf, conf_get(s->conf, entry, "clients"),
			"the network has no city '%s'", x->city);
	if (x->site[0] != '\0')
		scenario_check_site(s, t, conf_get(s->conf, entry, "served_by"), x->site);
	scenario_tell_served(x);
}

void
scenario_read_expects(struct scenario *s, const struct topology *t, const struct conf_node *root)
{
	const struct conf_node *list = conf_get(s->conf, root, "expect");

	if (list == NULL || !conf_is_list(s->conf, list, "expect"))
		return;
	s->expects = calloc(conf_len(s->conf, list) + 1, sizeof(*s->expects));
	for (size_t i = 0; i < conf_len(s->conf, list); i++) {
		const struct conf_node *entry = conf_at(s->conf, list, i);
		struct expect *x = &s->expects[s->expects_len];
		const char *variant;

		if (!conf_is_map(s->conf, entry, "an expectation"))
			continue;
		x->line = conf_line(s->conf, entry);
		x->judges = conf_str(s->conf, entry, "judges", NULL);
		if (conf_get(s->conf, entry, "metric") != NULL)
			read_expect_metric(s, root, entry, x);
		else
			read_expect_served(s, t, entry, x);
		variant = conf_str(s->conf, entry, "variant", NULL);
		scenario_check_variant(s, t, conf_get(s->conf, entry, "variant"), variant);
		s->expects_len += scenario_is_for(t, variant);
	}
}
