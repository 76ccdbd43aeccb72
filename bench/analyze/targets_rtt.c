/* targets_rtt.c - verdicts on latency: figures that follow from the lab's own delays, and what physics forbids. */
#include "bench/analyze/targets_rtt.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/analyze/metrics.h"
#include "bench/analyze/rtt.h"

/* Light in a fibre of group index 1.468 (G.652 at 1550 nm) is slower than in vacuum by just that. */
#define FIBRE_INDEX 1.468

/* What is judged, of one family. */
struct claim {
	const json_t *item;
	const char *statistic, *comparison, *metric;
	int city, family;
	enum rtt_of what;
	double target;
	double measured, before, nearer; /* before: the two-site mean */
	double stretch, stretched_ms;
	double bound_ms; /* mean over the probes judged; NAN: not known */
	size_t n;
};

static const char *
text_of(const json_t *o, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? otherwise : s;
}

static int
what_of(const char *metric, enum rtt_of *ret)
{
	static const char *const names[] = {
		"anycast_rtt_ms", "unicast_rtt_ms", "unicast_nearer_rtt_ms"};

	for (int i = 0; i < 3; i++)
		if (strcmp(metric, names[i]) == 0) {
			*ret = (enum rtt_of)i;
			return 0;
		}
	return -ENOENT;
}

static int
statistic_of(
	const struct run *r, const struct claim *c, enum rtt_of what, double *ret, size_t *ret_n)
{
	struct samples *s = samples_new();
	int rc = s == NULL ? -ENOMEM : rtt_collect(r, c->city, c->family, what, s);

	if (rc == 0) {
		*ret = metric_statistic(s, c->statistic);
		if (ret_n != NULL)
			*ret_n = s->n;
	}
	samples_free(s);
	return rc;
}

static double
mean_bound_ms(const struct run *r, const struct claim *c)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < r->rtts; i++) {
		const struct rtt_row *row = &r->rtt[i];
		const json_t *ms = json_object_get(
			json_object_get(r->city[row->city].json, "bound"), "rtt_ms");

		if ((c->city >= 0 && row->city != c->city) || (int)row->family != c->family)
			continue;
		n++;
		sum += json_is_number(ms) ? json_number_value(ms) : (double)NAN;
	}
	return n == 0 ? (double)NAN : sum / (double)n;
}

/* The stretch of the network at which the figure would be the target. */
static double
flip_of(const struct claim *c)
{
	if (!(c->stretched_ms > 0) || !(c->stretch >= 1))
		return NAN;
	return c->stretch * (1 + (c->target - c->measured) / c->stretched_ms);
}

static bool
is_forbidden(const struct claim *c)
{
	return c->what == RTT_ANYCAST && c->comparison[0] == '<' && c->bound_ms > c->target;
}

static void
say_flip(const struct claim *c, char *out, size_t size)
{
	bool holds = metric_compare(c->measured, c->comparison, c->target);
	bool less = c->comparison[0] == '<';
	double flip = flip_of(c);

	if (isnan(flip))
		snprintf(out, size, "%s at stretch %.4g; nothing of it grows with the stretch",
			holds ? "holds" : "does not hold", c->stretch);
	else if (flip < 1) /* a fibre is never shorter than the great circle */
		snprintf(out, size, "%s at stretch %.4g, and at any other %s",
			holds ? "holds" : "does not hold", c->stretch, holds ? "too" : "neither");
	else if (holds)
		snprintf(out, size, "holds at stretch %.4g, and %s stretch %.3g", c->stretch,
			less ? "up to" : "down to", flip);
	else
		snprintf(out, size, "does not hold at stretch %.4g; it would %s stretch %.3g",
			c->stretch, less ? "up to" : "from", flip);
}

static json_t *
why_of(const struct run *r, const struct claim *c)
{
	const json_t *bound = c->city < 0 ? NULL : json_object_get(r->city[c->city].json, "bound");
	char text[600], flip[200], before[120] = "";
	size_t n = 0;

	say_flip(c, flip, sizeof(flip));
	if (c->what == RTT_ANYCAST && !isnan(c->before))
		snprintf(before, sizeof(before),
			"; before: %.1f ms over both sites, %.1f ms to the nearer one", c->before,
			c->nearer);
	if (is_forbidden(c))
		n += (size_t)snprintf(text, sizeof(text),
			"physics forbids it: light in a straight fibre%s%s and back takes %.1f ms "
			"(%.1f ms even in vacuum); ",
			bound == NULL ? " to the nearest sites" : " to ",
			bound == NULL ? "" : text_of(bound, "site", "?"), c->bound_ms,
			c->bound_ms / FIBRE_INDEX);
	snprintf(text + n, sizeof(text) - n, "by the lab's delays it %s%s", flip, before);
	return json_string(text);
}

static json_t *
entry(const struct claim *c, const char *verdict)
{
	const json_t *item = c->item, *documented = json_object_get(item, "before");
	json_t *o = json_object(), *before = json_object();
	bool judged = c->n > 0;

	json_object_set_new(o, "id", json_string(text_of(item, "id", "?")));
	json_object_set_new(o, "family", json_string(family_name[c->family]));
	json_object_set_new(o, "verdict", json_string(verdict));
	json_object_set(o, "documented", json_object_get(item, "documented"));
	if (text_of(item, "figure", "")[0] != '\0')
		json_object_set(o, "figure", json_object_get(item, "figure"));
	json_object_set_new(o, "metric", json_string(c->metric));
	json_object_set_new(o, "statistic", json_string(c->statistic));
	json_object_set_new(o, "comparison", json_string(c->comparison));
	json_object_set_new(o, "target", json_number(c->target));
	json_object_set_new(o, "unit", json_string(text_of(item, "unit", "ms")));
	json_object_set_new(o, "measured", judged ? json_number(c->measured) : json_null());
	json_object_set_new(o, "n", json_integer((json_int_t)c->n));
	json_object_set_new(o, "share_over", json_null());
	json_object_set_new(o, "miss_bound_ratio", json_null());
	json_object_set_new(o, "holds",
		judged ? json_boolean(metric_compare(c->measured, c->comparison, c->target))
		       : json_null());
	json_object_set_new(o, "stretch", json_number(c->stretch));
	json_object_set_new(o, "flip_stretch", judged ? json_number(flip_of(c)) : json_null());
	json_object_set_new(o, "bound_ms", json_number(c->bound_ms));
	json_object_set(before, "documented",
		documented == NULL ? json_null() : (json_t *)(uintptr_t)documented);
	json_object_set_new(before, "mean_ms", json_number(c->before));
	json_object_set_new(before, "nearer_ms", json_number(c->nearer));
	json_object_set_new(o, "before", before);
	return o;
}

static int
judge(const struct run *r, struct claim *c, json_t *list)
{
	json_t *o, *evidence = json_array();
	char path[160];
	size_t trials = 0;
	int rc = statistic_of(r, c, c->what, &c->measured, &c->n);

	if (rc == 0)
		rc = statistic_of(r, c, RTT_MEAN, &c->before, NULL);
	if (rc == 0)
		rc = statistic_of(r, c, RTT_NEARER, &c->nearer, NULL);
	if (rc < 0) {
		json_decref(evidence);
		return rc;
	}
	c->stretched_ms = rtt_stretched_ms(r, c->city, c->family, c->what);
	c->bound_ms = mean_bound_ms(r, c);
	for (size_t i = 0; i < r->trials; i++) {
		if (!r->trial[i].valid)
			continue;
		snprintf(path, sizeof(path), "%s/answers", r->trial[i].dir);
		if (trials++ == 0 && c->n > 0)
			json_array_append_new(evidence, json_string(path));
	}
	o = entry(c, c->n == 0 ? "not judged" : is_forbidden(c) ? "refuted" : "modelled");
	json_object_set_new(o, "evidence", evidence);
	if (c->n > 0)
		json_object_set_new(o, "trials", json_integer((json_int_t)trials));
	json_object_set_new(o, "why",
		c->n > 0 ? why_of(r, c)
			 : json_string(trials == 0 ? "no trial was valid"
						   : "no probe of this family measured it"));
	json_array_append_new(list, o);
	return 0;
}

int
targets_rtt_judge(const struct run *r, const json_t *item, json_t *list)
{
	const char *city = json_string_value(json_object_get(item, "city"));
	struct claim c = {.item = item,
		.statistic = text_of(item, "statistic", "p50"),
		.comparison = text_of(item, "comparison", "<="),
		.metric = text_of(item, "metric", ""),
		.city = run_city(r, city),
		.target = json_number_value(json_object_get(item, "target")),
		.stretch = json_is_number(json_object_get(r->json, "stretch"))
			? json_number_value(json_object_get(r->json, "stretch"))
			: (double)NAN};
	int rc = 0;

	if (what_of(c.metric, &c.what) < 0 || (city != NULL && c.city < 0)) {
		c.family = V4;
		c.measured = c.before = c.nearer = c.bound_ms = NAN;
		json_array_append_new(list, entry(&c, "not judged"));
		json_object_set_new(json_array_get(list, json_array_size(list) - 1), "why",
			json_string(city != NULL && c.city < 0
					? "this network has no such city"
					: "no such metric is judged by the lab's delays"));
		return 0;
	}
	for (c.family = V4; c.family < FAMILIES && rc == 0; c.family++)
		rc = judge(r, &c, list);
	return rc;
}
