/* summary_amiss.c - what went otherwise in the runs of a summary: labs that did not heal, expectations that did not hold, runs that say nothing. */
#include <math.h>
#include <stdio.h>

#include "reports/html.h"
#include "reports/show.h"
#include "reports/summary.h"
#include "reports/verdict.h"

static size_t
not_held(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_expectations && result_valid_trials(r) > 0; i++)
		n += !r->expectations[i].held;
	return n;
}

static json_t *
unhealed(const struct result *r)
{
	return json_object_get(r->run_root, "unhealed");
}

static bool
judges(const struct result *r)
{
	for (size_t i = 0; i < r->n_targets; i++)
		if (r->targets[i].verdict != TARGET_NOT_JUDGED)
			return true;
	return false;
}

bool
summary_by_checks(const struct summary_finding *f)
{
	return f->target->verdict != TARGET_NOT_JUDGED && result_valid_trials(f->run) == 0;
}

enum amiss
summary_amiss(const struct result *r)
{
	struct verdict v;

	if (not_held(r) > 0 || json_array_size(unhealed(r)) > 0)
		return AMISS_FAILED;
	verdict_of(r, &v);
	if (result_valid_trials(r) == 0)
		return judges(r) ? AMISS_CHECKED : AMISS_SILENT;
	if (v.kind != VERDICT_INCONCLUSIVE)
		return AMISS_NOT;
	return judges(r) ? AMISS_DOUBTED : AMISS_SILENT;
}

size_t
summary_amiss_runs(const struct summary *s, enum amiss kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_runs; i++)
		n += summary_amiss(s->runs[i]) == kind;
	return n;
}

static void
row(struct buf *b, const struct summary *s, size_t run, const char *anchor)
{
	struct buf path = {0};

	html_raw(b, "<tr><th scope=\"row\">");
	if (s->links[run] != NULL) {
		buf_addf(&path, "%s/report.html", s->links[run]);
		html_link_to(b, path.data, anchor, s->runs[run]->scenario);
	} else {
		html_text(b, s->runs[run]->scenario);
	}
	buf_done(&path);
	html_raw(b, "</th>");
	html_cell(b, s->runs[run]->variant == NULL ? SHOW_NONE : s->runs[run]->variant);
	html_raw(b, "<td class=\"w\">");
}

static void
failed_rows(struct buf *b, const struct summary *s, size_t run)
{
	const struct result *r = s->runs[run];
	json_t *trial;
	size_t k;

	json_array_foreach(unhealed(r), k, trial)
	{
		row(b, s, run, "trials");
		html_raw(b, "<span class=\"v no\">✗ not healed</span> ");
		html_textf(b, "after %s the lab was not as before; it was rebuilt",
			json_is_string(trial) ? json_string_value(trial) : "a trial");
		html_raw(b, "</td></tr>\n");
	}
	for (size_t i = 0; i < r->n_expectations && result_valid_trials(r) > 0; i++) {
		const struct expectation *x = &r->expectations[i];

		if (x->held)
			continue;
		row(b, s, run, "expectations");
		html_raw(b, "<span class=\"v no\">✗ not held</span> <code>");
		html_text(b, x->text);
		html_raw(b, "</code>");
		if (x->measured != NULL)
			html_textf(b, ": %s", x->measured);
		html_raw(b, "</td></tr>\n");
	}
}

/* A run that is inconclusive, and what of it counts. */
static void
inconclusive_row(struct buf *b, const struct summary *s, size_t run, enum amiss kind)
{
	struct verdict v;

	verdict_of(s->runs[run], &v);
	row(b, s, run, "trials");
	html_raw(b, "<span class=\"v mute\">– ");
	html_text(b,
		kind == AMISS_CHECKED		? "by checks alone"
			: kind == AMISS_DOUBTED ? "in doubt"
						: "says nothing");
	html_raw(b, "</span> ");
	html_text(b, v.text);
	html_raw(b, "</td></tr>\n");
}

void
summary_amiss_section(struct buf *b, const struct summary *s)
{
	static const char *const names[] = {"Scenario", "Variant", "What"};
	size_t amiss = s->n_runs - summary_amiss_runs(s, AMISS_NOT);

	if (amiss == 0)
		return;
	html_raw(b, "<section id=\"amiss\"><h2>");
	html_textf(b, "Not as expected: %zu of %zu runs", amiss, s->n_runs);
	html_raw(b, "</h2>\n");
	html_table(b,
		"Labs that did not heal, expectations of scenarios that did not hold, and runs "
		"whose trials "
		"do not count");
	html_columns(b, names, 3, 3);
	for (size_t i = 0; i < s->n_runs; i++)
		if (summary_amiss(s->runs[i]) == AMISS_FAILED)
			failed_rows(b, s, i);
	for (enum amiss kind = AMISS_CHECKED; kind <= AMISS_SILENT; kind++)
		for (size_t i = 0; i < s->n_runs; i++)
			if (summary_amiss(s->runs[i]) == kind)
				inconclusive_row(b, s, i, kind);
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}

/* In the page's head: how far the whole can be believed. */
void
summary_amiss_say(struct buf *b, const struct summary *s)
{
	size_t failed = summary_amiss_runs(s, AMISS_FAILED);
	size_t silent = summary_amiss_runs(s, AMISS_SILENT);
	size_t checked = summary_amiss_runs(s, AMISS_CHECKED);
	size_t doubted = summary_amiss_runs(s, AMISS_DOUBTED);

	if (failed > 0)
		html_textf(b,
			"In %zu of %zu runs an expectation did not hold or the lab did not heal. ",
			failed, s->n_runs);
	if (checked > 0)
		html_textf(b,
			"%zu of %zu runs judge by checks alone: no trial's figures are valid. ",
			checked, s->n_runs);
	if (doubted > 0)
		html_textf(b, "In %zu of %zu runs the instrument was off its limits. ", doubted,
			s->n_runs);
	if (silent > 0)
		html_textf(b, "%zu of %zu runs judge nothing, their trials do not count. ", silent,
			s->n_runs);
	if (failed + checked + doubted + silent > 0)
		html_raw(b, "<a href=\"#amiss\">Which</a>. ");
}

json_t *
summary_run_json(const struct summary *s, size_t run)
{
	const struct result *r = s->runs[run];
	json_t *failed = json_array(), *ill = unhealed(r) ? json_incref(unhealed(r)) : json_array();
	struct verdict v;

	verdict_of(r, &v);
	for (size_t i = 0; i < r->n_expectations && result_valid_trials(r) > 0; i++)
		if (!r->expectations[i].held)
			json_array_append_new(failed,
				json_pack("{s:s?, s:s?}", "text", r->expectations[i].text,
					"measured", r->expectations[i].measured));
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:I, s:I, s:s, s:o, s:o}", "scenario",
		r->scenario, "variant", r->variant, "run", r->run_id, "dir", s->links[run],
		"trials", (json_int_t)(isnan(r->trials) ? 0 : r->trials), "valid_trials",
		(json_int_t)result_valid_trials(r), "finding", v.text, "not_held", failed,
		"unhealed", ill);
}
