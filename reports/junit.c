/* junit.c - the run as JUnit XML, for CI: a case per target and per expectation. */
#include "reports/junit.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "reports/finding.h"
#include "reports/html.h"
#include "reports/notes.h"
#include "reports/show.h"
#include "reports/verdict.h"

struct tally {
	size_t tests, failures, errors, skipped;
};

static void
case_open(struct buf *b, const struct result *r, const char *name)
{
	html_raw(b, "    <testcase");
	buf_add(b, " classname=\"");
	html_textf(b, "%s.%s", r->scenario, r->variant == NULL ? "default" : r->variant);
	buf_add(b, "\"");
	html_attr(b, "name", name);
	html_raw(b, ">\n");
}

static void
element(struct buf *b, const char *tag, const char *message)
{
	buf_addf(b, "      <%s", tag);
	html_attr(b, "message", message);
	html_raw(b, "/>\n");
}

static void
target_case(struct buf *b, const struct result *r, const struct target *t, bool is_strict,
	struct tally *sum)
{
	char name[256], said[512], measured[SHOW_BYTES], target[SHOW_BYTES], n[SHOW_BYTES];
	bool has_figure = !isnan(t->target) && t->figure != NULL && t->figure[0] != '\0';

	snprintf(name, sizeof(name), "target %.160s%s%.16s", t->id, t->family == NULL ? "" : " ",
		t->family == NULL ? "" : t->family);
	snprintf(said, sizeof(said), "%s: %s %s, documented %.100s%s, n = %s%s%.200s",
		verdict_word(t->verdict), t->statistic == NULL ? "measured" : t->statistic,
		show_against(t->measured, t->target, t->unit, measured),
		has_figure ? t->figure : show_stated(t->target, t->unit, target), finding_close(t),
		show_count(t->n, n), t->why == NULL || t->why[0] == '\0' ? "" : "; ",
		t->why == NULL ? "" : t->why);
	sum->tests++;
	case_open(b, r, name);
	if (t->verdict == TARGET_NOT_JUDGED) {
		element(b, "skipped", said);
		sum->skipped++;
	} else if (t->verdict == TARGET_MISSED && is_strict) {
		element(b, "failure", said);
		sum->failures++;
	}
	html_raw(b, "      <system-out>");
	html_text(b, said);
	html_raw(b, "</system-out>\n    </testcase>\n");
}

static void
expectation_case(
	struct buf *b, const struct result *r, const struct expectation *x, struct tally *sum)
{
	char name[256], line[SHOW_BYTES], said[512];

	snprintf(name, sizeof(name), "expect line %s: %.160s", show_count(x->line, line),
		x->text == NULL ? "" : x->text);
	snprintf(said, sizeof(said), "measured: %.400s",
		x->measured == NULL ? SHOW_NONE : x->measured);
	sum->tests++;
	case_open(b, r, name);
	if (result_valid_trials(r) == 0) {
		element(b, "skipped", "no trial was valid");
		sum->skipped++;
	} else if (!x->held) {
		element(b, "failure", said);
		sum->failures++;
	}
	html_raw(b, "      <system-out>");
	html_text(b, said);
	html_raw(b, "</system-out>\n    </testcase>\n");
}

static void
run_case(struct buf *b, const struct result *r, struct tally *sum)
{
	size_t unhealed = notes_unhealed(r);
	struct verdict v;

	verdict_of(r, &v);
	sum->tests++;
	case_open(b, r, "run");
	if (v.kind == VERDICT_INCONCLUSIVE || r->interrupted || !r->complete) {
		element(b, "error", v.text);
		sum->errors++;
	} else if (unhealed > 0) {
		element(b, "failure", "the lab was not as before after a trial");
		sum->failures++;
	}
	html_raw(b, "      <system-out>");
	html_text(b, v.text);
	html_raw(b, "</system-out>\n    </testcase>\n");
}

/* What was compared with a baseline: a case for each metric, and one for the verdict as a whole. */
static void
gate_case(struct buf *b, const struct result *r, const char *name, enum gate_verdict verdict,
	const char *why, bool is_whole, struct tally *sum)
{
	char said[512];

	/* The verdict as a whole is a sentence that begins with it. */
	snprintf(said, sizeof(said), "%s%s%.480s", is_whole ? "" : gate_verdict_words(verdict),
		is_whole ? "" : ": ", why);
	sum->tests++;
	case_open(b, r, name);
	if (verdict == GATE_FAIL) {
		element(b, "failure", said);
		sum->failures++;
	} else if (is_whole && verdict != GATE_PASS) {
		element(b, "error", said);
		sum->errors++;
	} else if (verdict != GATE_PASS) { /* one metric alone decides nothing */
		element(b, "skipped", said);
		sum->skipped++;
	}
	html_raw(b, "      <system-out>");
	html_text(b, said);
	html_raw(b, "</system-out>\n    </testcase>\n");
}

static void
gate_cases(struct buf *b, const struct result *r, const struct compare *g, struct tally *sum)
{
	for (size_t i = 0; i < g->n_metrics; i++) {
		const struct compare_metric *m = &g->metrics[i];
		char name[160], said[512], was[SHOW_BYTES], is[SHOW_BYTES], by[GATED_BYTES];

		snprintf(name, sizeof(name), "gate %.140s", m->name);
		snprintf(said, sizeof(said), "median %s, baseline %s, shift %s%s%.250s",
			show_value(m->judged.p50, m->unit, is),
			show_value(m->judged.baseline_p50, m->unit, was), gated_change(m, by),
			m->judged.why[0] == '\0' ? "" : "; ", m->judged.why);
		gate_case(b, r, name, m->judged.verdict, said, false, sum);
	}
	gate_case(b, r, "gate", g->verdict, g->why, true, sum);
}

static double
ns_of(const struct result *r, const char *key)
{
	json_t *at = json_object_get(r->provenance, key);

	return json_is_integer(at) ? (double)json_integer_value(at) : NAN;
}

/* When it began, and how long it took, where that is known. */
static void
when(struct buf *b, const struct result *r)
{
	double began = ns_of(r, "started_wall_ns"), ended = ns_of(r, "ended_wall_ns");
	char text[32];
	struct tm tm;
	time_t at;

	if (isnan(began))
		return;
	at = (time_t)(began / 1e9);
	if (gmtime_r(&at, &tm) == NULL || strftime(text, sizeof(text), "%FT%TZ", &tm) == 0)
		return;
	html_attr(b, "timestamp", text);
	if (ended >= began)
		buf_addf(b, " time=\"%.3f\"", (ended - began) / 1e9);
}

int
junit_write(struct buf *b, const struct result *r, bool is_strict, struct err *e)
{
	struct buf cases = {0};
	struct tally sum = {0};
	int rc;

	run_case(&cases, r, &sum);
	for (size_t i = 0; i < r->n_targets; i++)
		target_case(&cases, r, &r->targets[i], is_strict, &sum);
	for (size_t i = 0; i < r->n_expectations; i++)
		expectation_case(&cases, r, &r->expectations[i], &sum);
	if (r->gated != NULL)
		gate_cases(&cases, r, r->gated, &sum);
	html_raw(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite");
	html_attr(b, "name", r->run_id == NULL ? r->scenario : r->run_id);
	buf_addf(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", sum.tests,
		sum.failures, sum.errors, sum.skipped);
	when(b, r);
	html_raw(b, ">\n");
	rc = buf_check(&cases, e);
	if (rc == 0)
		buf_add_len(b, cases.data, cases.len);
	html_raw(b, "  </testsuite>\n</testsuites>\n");
	buf_done(&cases);
	return rc < 0 ? rc : buf_check(b, e);
}
