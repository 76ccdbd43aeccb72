/* junit.c - the run as JUnit XML, for CI: a case per target and per expectation. */
#include "reports/junit.h"

#include <math.h>
#include <stdio.h>

#include "reports/finding.h"
#include "reports/html.h"
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
	bool is_miss = t->verdict == TARGET_MISSED || t->verdict == TARGET_REFUTED;
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
	} else if (is_miss && is_strict) {
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
	struct verdict v;

	verdict_of(r, &v);
	sum->tests++;
	case_open(b, r, "run");
	if (v.kind == VERDICT_INCONCLUSIVE || r->interrupted || !r->complete) {
		element(b, "error", v.text);
		sum->errors++;
	}
	html_raw(b, "    </testcase>\n");
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
	html_raw(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite");
	html_attr(b, "name", r->run_id == NULL ? r->scenario : r->run_id);
	buf_addf(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", sum.tests,
		sum.failures, sum.errors, sum.skipped);
	rc = buf_check(&cases, e);
	if (rc == 0)
		buf_add_len(b, cases.data, cases.len);
	html_raw(b, "  </testsuite>\n</testsuites>\n");
	buf_done(&cases);
	return rc < 0 ? rc : buf_check(b, e);
}
