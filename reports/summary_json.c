/* summary_json.c - the summary as catchment.summary/1, and both forms of it written into a folder. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "reports/report.h"
#include "reports/summary.h"
#include "reports/verdict.h"

static json_t *
number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
finding_json(const struct summary_finding *f)
{
	const struct target *t = f->target;

	json_t *o = json_pack(
		"{s:s?, s:s?, s:s?, s:s?, s:s, s:o, s:o, s:s?, s:s?, s:o, s:s?, s:s?}", "scenario",
		f->run->scenario, "variant", f->run->variant, "run", f->run->run_id, "dir", f->link,
		"verdict", verdict_name(t->verdict), "measured", number(t->measured), "target",
		number(t->target), "unit", t->unit, "statistic", t->statistic, "n", number(t->n),
		"why", t->why, "said", t->said);

	if (t->verdict == TARGET_MODELLED || t->verdict == TARGET_MODELLED_NOT)
		json_object_set_new(o, "holds", json_boolean(t->verdict == TARGET_MODELLED));
	if (summary_by_checks(f))
		json_object_set_new(o, "by_checks", json_true());
	if (t->close)
		json_object_set_new(o, "close", json_true());
	if (t->beside != NULL)
		json_object_set_new(o, "beside",
			json_pack("{s:s, s:s?, s:o, s:o}", "scenario", t->beside, "run",
				t->beside_run, "measured", number(t->beside_measured), "n",
				number(t->beside_n)));
	return o;
}

static json_t *
row_json(const struct summary *s, const struct summary_row *row)
{
	json_t *o = json_pack("{s:s, s:s?, s:s?, s:s?, s:s?, s:{}}", "id", row->id, "family",
		row->family, "claim", row->claim, "figure", row->figure, "not_judged",
		row->not_judged, "variants");

	for (size_t v = 0; v < s->n_variants; v++) {
		json_t *list = json_array();

		for (size_t i = 0; i < row->cells[v].len; i++)
			json_array_append_new(list, finding_json(&row->cells[v].list[i]));
		json_object_set_new(json_object_get(o, "variants"),
			s->variants[v] != NULL ? s->variants[v] : "?",
			json_pack("{s:s, s:o}", "verdict",
				row->cells[v].len > 0
					? verdict_name(row->cells[v].list[0].target->verdict)
					: verdict_word(TARGET_NOT_JUDGED),
				"findings", list));
	}
	return o;
}

json_t *
summary_as_json(const struct summary *s)
{
	struct buf sentence = {0};
	json_t *o, *list = json_array(), *runs = json_array();

	summary_say(s, &sentence);
	for (size_t i = 0; i < s->n_rows; i++)
		json_array_append_new(list, row_json(s, &s->rows[i]));
	for (size_t i = 0; i < s->n_runs; i++)
		json_array_append_new(runs, summary_run_json(s, i));
	o = json_pack("{s:s, s:s?, s:I, s:I, s:I, s:I, s:o, s:o}", "schema", "catchment.summary/1",
		"finding", sentence.data, "claims", (json_int_t)summary_claims(s), "runs",
		(json_int_t)s->n_runs, "unhealed", (json_int_t)s->unhealed, "unreadable",
		(json_int_t)s->unreadable, "targets", list, "each_run", runs);
	if (s->planned > 0) {
		json_object_set_new(o, "planned", json_integer((json_int_t)s->planned));
		json_object_set_new(o, "completed", json_integer((json_int_t)s->completed));
	}
	buf_done(&sentence);
	return o;
}

static int
write_into(const char *dir, const char *name, const char *text, size_t len, struct err *e)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= PATH_MAX)
		return err_set(e, ENAMETOOLONG, "%s: path too long", dir);
	return fs_write(path, text, len, e);
}

int
report_summary(const char *dir, struct err *e)
{
	struct summary *s = NULL;
	struct buf page = {0};
	json_t *json = NULL;
	char *text = NULL;
	int rc = summary_gather(dir, &s, e);

	if (rc == 0)
		rc = summary_page(s, &page, e);
	if (rc == 0)
		rc = write_into(dir, "summary.html", page.data, page.len, e);
	if (rc == 0) {
		json = summary_as_json(s);
		text = json_dumps(json, JSON_INDENT(1));
		rc = text == NULL ? err_set(e, ENOMEM, "out of memory")
				  : write_into(dir, "summary.json", text, strlen(text), e);
	}
	free(text);
	json_decref(json);
	buf_done(&page);
	summary_free(s);
	return rc;
}
