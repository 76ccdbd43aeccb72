/*
 * openmetrics.c - results as OpenMetrics text, which Prometheus and VictoriaMetrics import.
 *
 * Source: OpenMetrics 1.0, "Text format": the samples of a family stand together, those of a series in the order of their
 * instants; names in base units; the last line is "# EOF".
 */
#include "reports/openmetrics.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/verdict.h"

enum { NAME_BYTES = 128 };

/* A sample that waits for the rest of its family. */
struct line {
	char *series, *text;
	size_t number;
};

struct page {
	struct buf *b;
	const struct result **runs;
	size_t n;
	struct line *lines;
	size_t n_lines, size;
};

/* ---- lines ---- */

void
openmetrics_label(struct buf *b, const char *text)
{
	for (const char *at = text; at != NULL && *at != '\0'; at++) {
		if (*at == '\\' || *at == '"')
			buf_addf(b, "\\%c", *at);
		else if (*at == '\n')
			buf_add(b, "\\n");
		else
			buf_add_len(b, at, 1);
	}
}

static void
add_label(struct buf *labels, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_addf(labels, "%s%s=\"", labels->len > 0 ? "," : "", name);
	openmetrics_label(labels, value);
	buf_add(labels, "\"");
}

static int
by_series(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int by = strcmp(x->series, y->series);

	return by != 0 ? by : x->number < y->number ? -1 : 1;
}

/* What was gathered of a family, a series after the other. */
static void
end_family(struct page *p)
{
	if (p->n_lines > 0)
		qsort(p->lines, p->n_lines, sizeof(p->lines[0]), by_series);
	for (size_t i = 0; i < p->n_lines; i++) {
		buf_add(p->b, p->lines[i].text);
		free(p->lines[i].series);
		free(p->lines[i].text);
	}
	p->n_lines = 0;
}

static void
family(struct page *p, const char *name, const char *type, const char *unit, const char *help)
{
	end_family(p);
	buf_addf(p->b, "# TYPE %s %s\n", name, type);
	if (unit[0] != '\0')
		buf_addf(p->b, "# UNIT %s %s\n", name, unit);
	buf_addf(p->b, "# HELP %s %s\n", name, help);
}

static double
began_s(const struct result *r)
{
	json_t *began = json_object_get(r->provenance, "started_wall_ns");

	return json_is_integer(began) ? (double)json_integer_value(began) / 1e9 : NAN;
}

/* Takes both texts over. */
static void
keep(struct page *p, struct buf *series, struct buf *text)
{
	if (p->n_lines == p->size) {
		p->size = p->size == 0 ? 64 : 2 * p->size;
		p->lines = realloc(p->lines, p->size * sizeof(p->lines[0]));
		if (p->lines == NULL)
			abort();
	}
	if (series->failed || text->failed) {
		p->b->failed = true;
		buf_done(series);
		buf_done(text);
		return;
	}
	p->lines[p->n_lines] = (struct line){series->data, text->data, p->n_lines};
	p->n_lines++;
}

/* Labels beyond those of the run; of them the first two tell the series, the last the part of a point. */
struct labels {
	const char *name1, *value1, *name2, *value2, *part, *value;
};

static void
sample(struct page *p, const struct result *r, const char *name, struct labels l, double value)
{
	struct buf series = {0}, text = {0};

	add_label(&series, "scenario", r->scenario);
	add_label(&series, "variant", r->variant);
	add_label(&series, l.name1, l.value1);
	add_label(&series, l.name2, l.value2);
	buf_addf(&text, "%s{%s", name, series.data);
	if (l.part != NULL) {
		buf_addf(&text, ",%s=\"", l.part);
		openmetrics_label(&text, l.value);
		buf_add(&text, "\"");
	}
	if (isinf(value))
		buf_addf(&text, "} %cInf", value > 0 ? '+' : '-');
	else
		buf_addf(&text, "} %.17g", value);
	if (!isnan(began_s(r)))
		buf_addf(&text, " %.3f", began_s(r));
	buf_add(&text, "\n");
	keep(p, &series, &text);
}

/* ---- metrics ---- */

/* The name of a metric's family: the family of addresses is a label, time is in seconds. */
static void
name_family(const struct metric *m, char ret[static NAME_BYTES], const char **ret_unit,
	double *ret_scale)
{
	size_t len = strlen(m->name);
	bool is_ms = len > 3 && strcmp(m->name + len - 3, "_ms") == 0;
	char plain[NAME_BYTES];

	snprintf(plain, sizeof(plain), "%.*s", (int)(is_ms ? len - 3 : len), m->name);
	len = strlen(plain);
	if (m->family != NULL && len > 3 && plain[len - 3] == '_' &&
		strcmp(plain + len - 2, m->family) == 0)
		plain[len - 3] = '\0';
	snprintf(ret, NAME_BYTES, "catchment_%.100s%s", plain, is_ms ? "_seconds" : "");
	for (char *c = ret; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '_')
			*c = '_';
	*ret_unit = is_ms ? "seconds" : "";
	*ret_scale = is_ms ? 1e-3 : 1;
}

/* A quantile that samples which never came have taken is later than all. */
static double
or_never(const struct metric *m, double value, double scale)
{
	return isnan(value) && m->missing > 0 ? INFINITY : value * scale;
}

static void
metric_samples(struct page *p, const struct result *r, const struct metric *m, const char *name,
	double scale)
{
	const struct stats *s = &m->stats;
	const struct {
		const char *quantile;
		double value;
	} quantiles[] = {
		{"0", s->min}, {"0.01", s->p1}, {"0.5", s->p50}, {"0.99", s->p99}, {"1", s->max}};
	char count[NAME_BYTES + 8];

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		double value = or_never(m, quantiles[i].value, scale);

		if (!isnan(value))
			sample(p, r, name,
				(struct labels){"family", m->family, "", NULL, "quantile",
					quantiles[i].quantile},
				value);
	}
	snprintf(count, sizeof(count), "%s_count", name);
	sample(p, r, count, (struct labels){.name1 = "family", .value1 = m->family},
		isnan(s->n) ? 0 : s->n);
}

/* The first metric of its family: is there none before number i of run r? */
static bool
is_first(const struct page *p, size_t run, size_t i, const char *name)
{
	char other[NAME_BYTES];
	const char *unit;
	double scale;

	for (size_t r = 0; r <= run; r++)
		for (size_t k = 0; k < (r == run ? i : p->runs[r]->n_metrics); k++) {
			name_family(&p->runs[r]->metrics[k], other, &unit, &scale);
			if (strcmp(other, name) == 0)
				return false;
		}
	return true;
}

static void
metric_family(struct page *p, const struct metric *first)
{
	char name[NAME_BYTES], other[NAME_BYTES];
	const char *unit;
	double scale;

	name_family(first, name, &unit, &scale);
	family(p, name, "summary", unit, "As in result.json.");
	for (size_t r = 0; r < p->n; r++)
		for (size_t i = 0; i < p->runs[r]->n_metrics; i++) {
			const struct metric *m = &p->runs[r]->metrics[i];

			name_family(m, other, &unit, &scale);
			if (strcmp(other, name) == 0)
				metric_samples(p, p->runs[r], m, name, scale);
		}
}

static void
metrics(struct page *p)
{
	char name[NAME_BYTES];
	const char *unit;
	double scale;

	for (size_t r = 0; r < p->n; r++)
		for (size_t i = 0; i < p->runs[r]->n_metrics; i++) {
			name_family(&p->runs[r]->metrics[i], name, &unit, &scale);
			if (is_first(p, r, i, name))
				metric_family(p, &p->runs[r]->metrics[i]);
		}
}

/* ---- verdicts ---- */

static const char *
text_of(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* What made the figures: its labels differ from run to run, so that a change of version is seen beside a change of figures. */
static void
info(struct page *p)
{
	static const char *const packages[] = {
		"frr", "bird2", "openbgpd", "knot", "keepalived", "unbound", "bind9"};

	family(p, "catchment_version", "info", "", "Whose figures these are.");
	for (size_t r = 0; r < p->n; r++) {
		json_t *from = p->runs[r]->provenance;

		sample(p, p->runs[r], "catchment_version_info",
			(struct labels){"software", "catchment", "version", text_of(from, "commit"),
				NULL, NULL},
			1);
		for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
			const char *version =
				text_of(json_object_get(from, "packages"), packages[i]);

			if (version != NULL)
				sample(p, p->runs[r], "catchment_version_info",
					(struct labels){"software", packages[i], "version", version,
						NULL, NULL},
					1);
		}
	}
}

static void
trials(struct page *p)
{
	family(p, "catchment_trials", "gauge", "", "Trials, by whether they count.");
	for (size_t r = 0; r < p->n; r++) {
		const struct result *run = p->runs[r];

		sample(p, run, "catchment_trials",
			(struct labels){.name1 = "state", .value1 = "valid"},
			(double)result_valid_trials(run));
		sample(p, run, "catchment_trials",
			(struct labels){.name1 = "state", .value1 = "invalid"},
			isnan(run->invalid_trials) ? 0 : run->invalid_trials);
	}
}

static void
targets(struct page *p)
{
	static const enum target_verdict all[] = {TARGET_MET, TARGET_MISSED, TARGET_REFUTED,
		TARGET_MODELLED, TARGET_MODELLED_NOT, TARGET_NOT_JUDGED};
	static const char name[] = "catchment_target";

	family(p, name, "stateset", "", "The verdict on each documented claim.");
	for (size_t r = 0; r < p->n; r++)
		for (size_t i = 0; i < p->runs[r]->n_targets; i++) {
			const struct target *t = &p->runs[r]->targets[i];

			for (size_t v = 0; v < sizeof(all) / sizeof(all[0]); v++)
				sample(p, p->runs[r], name,
					(struct labels){"id", t->id, "family", t->family, name,
						verdict_word(all[v])},
					t->verdict == all[v]);
		}
}

static void
expectations(struct page *p)
{
	family(p, "catchment_expectation_held", "gauge", "",
		"Did an expectation of the scenario hold.");
	for (size_t r = 0; r < p->n; r++)
		for (size_t i = 0; i < p->runs[r]->n_expectations; i++) {
			const struct expectation *x = &p->runs[r]->expectations[i];
			char line[24];

			if (result_valid_trials(p->runs[r]) == 0)
				continue; /* neither held nor not */
			snprintf(line, sizeof(line), "%.0f", isnan(x->line) ? 0 : x->line);
			sample(p, p->runs[r], "catchment_expectation_held",
				(struct labels){"line", line, "text", x->text, NULL, NULL},
				x->held);
		}
}

/* By scenario and variant, then by when it began. */
static int
order(const void *a, const void *b)
{
	const struct result *x = *(const struct result *const *)a;
	const struct result *y = *(const struct result *const *)b;
	int by = strcmp(x->scenario, y->scenario);

	if (by == 0)
		by = strcmp(
			x->variant == NULL ? "" : x->variant, y->variant == NULL ? "" : y->variant);
	if (by == 0 && began_s(x) != began_s(y))
		by = began_s(x) < began_s(y) ? -1 : 1;
	return by;
}

int
openmetrics_write(struct buf *b, const struct result **runs, size_t n, struct err *e)
{
	struct page p = {.b = b, .runs = runs, .n = n};

	qsort(runs, n, sizeof(runs[0]), order);
	info(&p);
	trials(&p);
	targets(&p);
	expectations(&p);
	metrics(&p);
	end_family(&p);
	free(p.lines);
	buf_add(b, "# EOF\n");
	return buf_check(b, e);
}
