/* budget.c - the budgets of a trial's streams: read, written as budget.json, kept for the run's. */
#include "bench/analyze/budget.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/budget_internal.h"
#include "bench/analyze/damage.h"
#include "bench/analyze/grow.h"
#include "bench/analyze/moved.h"
#include "bench/analyze/verdicts_log.h"
#include "lib/fs.h"

const char *const budget_phase_name[BUDGET_PHASES] = {"serving", "await_check", "verdict",
	"withdraw", "detect", "transit", "rib", "fib", "sampling", "query", "answer",
	"unexplained"};

int
budget_basis_open(const struct run *r, const struct trial *t, const struct bgplog *log,
	struct budget_basis *ret)
{
	struct budget_basis b = {.r = r, .t = t, .log = log};
	char path[PATH_MAX];
	struct err e;
	int rc;

	b.fault_node = r->fault_node == NULL ? -1 : bgplog_node(log, r->fault_node);
	trial_path(r, t, "routes.jsonl", path, sizeof(path));
	rc = fibdb_read(path, log, &b.fib, &e);
	if (rc < 0)
		snprintf(b.fib_why, sizeof(b.fib_why), "no forwarding tables: %.200s",
			damage_in_run(r, e.text));
	if (rc == -ENOMEM)
		return rc;
	trial_path(r, t, "lines.jsonl", path, sizeof(path));
	rc = verdicts_read(path, &b.verdicts, &e);
	if (rc < 0)
		snprintf(b.verdicts_why, sizeof(b.verdicts_why), "no log lines: %.200s",
			damage_in_run(r, e.text));
	if (rc == -ENOMEM) {
		fibdb_free(b.fib);
		return rc;
	}
	*ret = b;
	return 0;
}

void
budget_basis_close(struct budget_basis *b)
{
	fibdb_free(b->fib);
	verdicts_free(b->verdicts);
	*b = (struct budget_basis){0};
}

/* ---- budget.json ---- */

static json_t *
ms(int64_t ns)
{
	return json_real((double)ns / 1e6);
}

json_t *
budget_evidence_json(const struct budget_evidence *e)
{
	json_t *o = json_object();

	json_object_set_new(o, "kind", json_string(e->kind));
	if (e->file[0] != '\0')
		json_object_set_new(o, "file", json_string(e->file));
	if (e->number != 0)
		json_object_set_new(o, strcmp(e->kind, "capture") == 0 ? "packet" : "line",
			json_integer((json_int_t)e->number));
	json_object_set_new(o, "says", json_string(e->says));
	return o;
}

static json_t *
steps_json(const struct budget_basis *b, const struct budget_stream *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->steps; i++) {
		const struct budget_step *x = &s->step[i];

		json_array_append_new(list,
			json_pack("{s:s, s:o, s:o, s:s?, s:o}", "phase",
				budget_phase_name[x->phase], "from_ms", ms(x->from_ns), "to_ms",
				ms(x->to_ns), "node",
				x->node < 0 ? NULL : b->log->node[x->node].name, "evidence",
				budget_evidence_json(&x->evidence)));
	}
	return list;
}

static const char *
site_name(const struct run *r, int site)
{
	return site < 0 ? NULL : r->site[site].name;
}

json_t *
budget_stream_json(const struct budget_basis *b, const struct budget_stream *s)
{
	const struct stream *st = &b->t->stream[s->stream];
	json_t *disorder = json_array();

	for (size_t i = 0; i < s->disorders; i++)
		json_array_append_new(disorder,
			json_pack("{s:s, s:o, s:s}", "phase",
				budget_phase_name[s->disorder[i].phase], "at_ms",
				ms(s->disorder[i].at_ns), "says", s->disorder[i].says));
	return json_pack("{s:i, s:i, s:s, s:s, s:s?, s:s?, s:o, s:o, s:o}", "stream", (int)st->id,
		"probe", st->probe, "city", b->r->city[st->city].name, "family",
		family_name[st->family], "from_site", site_name(b->r, st->site_before), "to_site",
		site_name(b->r, st->site_first), "total_ms", ms(s->total_ns), "steps",
		steps_json(b, s), "out_of_order", disorder);
}

static int
write_json(const struct run *r, const struct trial *t, json_t *o, struct err *e)
{
	char path[PATH_MAX], *text;
	int rc;

	trial_path(r, t, "budget.json", path, sizeof(path));
	text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(o);
	if (text == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	rc = fs_write(path, text, strlen(text), e);
	free(text);
	return rc;
}

/* ---- a trial ---- */

static int
keep_sum(struct budget *sum, const struct stream *st, const struct budget_stream *s)
{
	struct budget_sum *k;

	if (grow(&sum->stream, sum->streams, sizeof(*k)) < 0)
		return -ENOMEM;
	k = &sum->stream[sum->streams++];
	*k = (struct budget_sum){.stream = st->id, .city = st->city, .total_ns = s->total_ns};
	for (size_t i = 0; i < s->steps; i++) {
		const struct budget_step *x = &s->step[i];

		k->ns[x->phase] += x->to_ns - x->from_ns;
		k->has |= 1u << x->phase;
		budget_note_kind(&sum->kinds[x->phase], x->evidence.kind);
	}
	sum->out_of_order += s->disorders;
	return 0;
}

static int
take_stream(const struct budget_basis *b, struct budget *sum, const struct stream *st,
	struct budget_stream *s, json_t *streams, json_t *missing)
{
	budget_of_stream(b, st, s);
	if (s->steps > 0) {
		json_array_append_new(streams, budget_stream_json(b, s));
		return keep_sum(sum, st, s);
	}
	sum->missing++;
	json_array_append_new(
		missing, json_pack("{s:i, s:s}", "stream", (int)st->id, "why", s->why));
	return 0;
}

static json_t *
trial_budget(const struct budget_basis *b, struct budget *sum)
{
	struct budget_stream *s = malloc(sizeof(*s));
	json_t *streams = json_array(), *missing = json_array();
	int rc = s == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < b->t->streams && rc == 0; i++)
		if (b->t->stream[i].affected)
			rc = take_stream(b, sum, &b->t->stream[i], s, streams, missing);
	free(s);
	if (rc < 0) {
		json_decref(streams);
		json_decref(missing);
		return NULL;
	}
	return json_pack("{s:s, s:i, s:I, s:f, s:o, s:o}", "schema", "catchment.budget/1", "trial",
		b->t->number, "fault_wall_ns", (json_int_t)b->t->fault_ns, "gap_ms", b->r->gap_ms,
		"streams", streams, "missing", missing);
}

int
budget_measure(const struct run *r, struct trial *t, const struct bgplog *log, struct err *e)
{
	struct budget *sum;
	struct budget_basis b;
	int rc;

	if (!t->has_fault || log == NULL)
		return 0;
	sum = calloc(1, sizeof(*sum));
	rc = sum == NULL ? -ENOMEM : budget_basis_open(r, t, log, &b);
	if (rc < 0) {
		free(sum);
		return err_sys(e, -rc, "%s/%s", r->dir, t->dir);
	}
	damage_note_basis(t, &b);
	rc = write_json(r, t, trial_budget(&b, sum), e);
	if (rc == 0 && moved_measure(&b, t) < 0)
		rc = err_sys(e, ENOMEM, "%s/%s", r->dir, t->dir);
	budget_basis_close(&b);
	t->budget = sum;
	return rc;
}

void
budget_free(struct budget *b)
{
	if (b == NULL)
		return;
	free(b->stream);
	free(b);
}
