/* summary.c - what many runs found about each claim of the ledger: gathered, in rows, the gravest first. */
#include "reports/summary.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/jread.h"
#include "lib/talk.h"
#include "reports/verdict.h"

enum { MAX_LEDGER_BYTES = 1 << 20 };

bool
summary_is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* What a reader must know first: what cannot be, what was not held, what was. */
static int
weight(enum target_verdict v)
{
	static const int weights[] = {[TARGET_NOT_JUDGED] = 0,
		[TARGET_MODELLED] = 1,
		[TARGET_MODELLED_NOT] = 2,
		[TARGET_MET] = 3,
		[TARGET_MISSED] = 4,
		[TARGET_REFUTED] = 5};

	return weights[v];
}

/* Of two alike the worse figure: the one farther on the wrong side. */
static bool
is_graver(const struct target *a, const struct target *b)
{
	bool is_floor = a->comparison != NULL && a->comparison[0] == '>';

	if (weight(a->verdict) != weight(b->verdict))
		return weight(a->verdict) > weight(b->verdict);
	if (isnan(a->measured) || isnan(b->measured))
		return isnan(a->measured) && !isnan(b->measured) && a->verdict == TARGET_MISSED;
	return is_floor ? a->measured < b->measured : a->measured > b->measured;
}

static void
add_finding(struct summary_cell *cell, const struct summary_finding *finding)
{
	size_t at = cell->len;

	cell->list = realloc(cell->list, (cell->len + 1) * sizeof(*cell->list));
	if (cell->list == NULL)
		abort();
	while (at > 0 && is_graver(finding->target, cell->list[at - 1].target)) {
		cell->list[at] = cell->list[at - 1];
		at--;
	}
	cell->list[at] = *finding;
	cell->len++;
}

static const char *
text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static struct summary_row *
add_row(struct summary *s, const char *id, const char *family)
{
	struct summary_row *row;

	s->rows = realloc(s->rows, (s->n_rows + 1) * sizeof(*s->rows));
	if (s->rows == NULL)
		abort();
	row = &s->rows[s->n_rows++];
	*row = (struct summary_row){.id = id, .family = family};
	return row;
}

static size_t
variant_index(struct summary *s, const char *variant)
{
	size_t i = 0;

	while (i < s->n_variants && !summary_is_same(s->variants[i], variant))
		i++;
	if (i == s->n_variants && i < SUMMARY_VARIANTS)
		s->variants[s->n_variants++] = variant;
	return i;
}

/* All that the runs found about one claim and family; false: nothing. */
static bool
fill_row(struct summary *s, struct summary_row *row)
{
	bool any = false;

	for (size_t r = 0; r < s->n_runs; r++)
		for (size_t i = 0; i < s->runs[r]->n_targets; i++) {
			const struct target *t = &s->runs[r]->targets[i];
			struct summary_finding finding = {s->runs[r], s->links[r], t};
			size_t v = variant_index(s, s->runs[r]->variant);

			if (!summary_is_same(t->id, row->id) ||
				!summary_is_same(t->family, row->family) || v == SUMMARY_VARIANTS)
				continue;
			if (row->claim == NULL)
				row->claim = t->documented;
			add_finding(&row->cells[v], &finding);
			any = true;
		}
	return any;
}

static struct summary_row *
add_described_row(struct summary *s, const char *id, const char *family, const json_t *entry)
{
	struct summary_row *row = add_row(s, id, family);

	row->claim = text_of(entry, "claim");
	row->figure = text_of(entry, "figure");
	row->known = text_of(entry, "known");
	row->source = text_of(entry, "source");
	row->not_judged = text_of(entry, "not_judged");
	return row;
}

/* What is not judged for both at once is not judged for each: it goes where the families have rows of their own. */
static void
spread(struct summary_row *both, struct summary_row *families, size_t n)
{
	for (size_t v = 0; v < SUMMARY_VARIANTS; v++) {
		struct summary_cell *cell = &both->cells[v];

		if (cell->len == 0 || cell->list[0].target->verdict != TARGET_NOT_JUDGED)
			continue;
		for (size_t f = 0; f < n; f++)
			for (size_t i = 0; i < cell->len; i++)
				add_finding(&families[f].cells[v], &cell->list[i]);
		free(cell->list);
		*cell = (struct summary_cell){0};
	}
}

static bool
is_empty(const struct summary_row *row)
{
	for (size_t v = 0; v < SUMMARY_VARIANTS; v++)
		if (row->cells[v].len > 0)
			return false;
	return true;
}

/* A claim's rows: one for both families at once, one for each that was judged apart; at least one. */
static void
add_claim(struct summary *s, const char *id, const json_t *entry)
{
	static const char *const families[] = {"v4", "v6"};
	size_t first = s->n_rows;

	fill_row(s, add_described_row(s, id, NULL, entry));
	for (size_t f = 0; f < 2; f++)
		if (!fill_row(s, add_described_row(s, id, families[f], entry)))
			s->n_rows--;
	if (s->n_rows > first + 1) {
		spread(&s->rows[first], &s->rows[first + 1], s->n_rows - first - 1);
		if (is_empty(&s->rows[first])) {
			memmove(&s->rows[first], &s->rows[first + 1],
				(s->n_rows - first - 1) * sizeof(*s->rows));
			s->n_rows--;
		}
	}
	for (size_t i = first + 1; i < s->n_rows; i++)
		s->rows[i].follows = true;
	/* Without a ledger the first run that judges it says what it is. */
	for (size_t i = first + 1; i < s->n_rows; i++)
		if (s->rows[first].claim == NULL)
			s->rows[first].claim = s->rows[i].claim;
}

static bool
has_claim(const struct summary *s, const char *id)
{
	for (size_t i = 0; i < s->n_rows; i++)
		if (summary_is_same(s->rows[i].id, id))
			return true;
	return false;
}

static void
make_rows(struct summary *s)
{
	const json_t *entry;
	size_t i;

	summary_beside(s);
	json_array_foreach(json_object_get(s->ledger, "targets"), i, entry)
	{
		const char *id = text_of(entry, "id");

		if (id != NULL && !has_claim(s, id))
			add_claim(s, id, entry);
	}
	for (size_t r = 0; r < s->n_runs; r++)
		for (size_t k = 0; k < s->runs[r]->n_targets; k++)
			if (!has_claim(s, s->runs[r]->targets[k].id))
				add_claim(s, s->runs[r]->targets[k].id, NULL);
}

static void
add_run(struct summary *s, const char *dir, const char *link)
{
	struct result *r;
	struct err e;

	if (s->n_runs == SUMMARY_RUNS)
		return;
	if (result_load(dir, &r, &e) < 0) {
		talk_note("left out: %s", e.text);
		s->unreadable++;
		return;
	}
	s->runs[s->n_runs] = r;
	s->links[s->n_runs] = link != NULL ? strdup(link) : NULL;
	s->unhealed += json_array_size(json_object_get(r->run_root, "unhealed"));
	s->n_runs++;
}

/* That of a folder with none is no mistake: its runs say what they judge. */
static int
read_ledger(struct summary *s, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	struct jread r;
	const json_t *list, *one;
	size_t i;
	int rc;

	snprintf(path, sizeof(path), "%s/targets.json", dir);
	if (access(path, F_OK) < 0)
		return 0;
	rc = jread_open(&r, path, MAX_LEDGER_BYTES, "catchment.targets/1", e);
	if (rc < 0)
		return rc;
	list = jread_array(&r, r.root, "", "targets");
	json_array_foreach(list, i, one)
	{
		char where[32];

		snprintf(where, sizeof(where), "targets[%zu]", i);
		if (!json_is_object(one))
			jread_complain(&r, where, "not an object");
		else
			jread_str(&r, one, where, "id", NULL);
	}
	s->ledger = json_incref(r.root);
	return jread_end(&r);
}

static struct summary *
new_summary(void)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->runs = calloc(SUMMARY_RUNS, sizeof(struct result *));
	s->links = calloc(SUMMARY_RUNS, sizeof(*s->links));
	if (s->runs == NULL || s->links == NULL)
		abort();
	return s;
}

static int
is_run(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int
summary_gather(const char *dir, struct summary **ret, struct err *e)
{
	struct summary *s;
	struct dirent **list;
	char path[PATH_MAX];
	int n = scandir(dir, &list, is_run, alphasort), rc;

	if (n < 0)
		return err_sys(e, errno, "%s", dir);
	s = new_summary();
	rc = read_ledger(s, dir, e);
	if (rc == 0)
		rc = summary_progress(s, dir, e);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s/result.json", dir, list[i]->d_name);
		if (rc == 0 && access(path, F_OK) == 0) {
			snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
			add_run(s, path, list[i]->d_name);
		}
		free(list[i]);
	}
	free(list);
	if (rc < 0) {
		summary_free(s);
		return rc;
	}
	if (s->n_runs == 0) {
		n = (int)s->unreadable;
		summary_free(s);
		return n > 0 ? err_set(e, EINVAL, "%s: no run in it can be read", dir)
			     : err_set(e, EINVAL, "%s: there is no run in it", dir);
	}
	make_rows(s);
	*ret = s;
	return 0;
}

int
summary_of(const char *const dirs[], size_t n, struct summary **ret, struct err *e)
{
	struct summary *s = new_summary();
	char path[PATH_MAX];
	struct result *r;
	int rc;

	snprintf(path, sizeof(path), "%s/..", dirs[0]);
	rc = read_ledger(s, path, e);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = result_load(dirs[i], &r, e);
		if (rc < 0)
			break;
		result_free(r);
		add_run(s, dirs[i], NULL);
	}
	if (rc < 0) {
		summary_free(s);
		return rc;
	}
	make_rows(s);
	*ret = s;
	return 0;
}

void
summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_rows; i++)
		for (size_t v = 0; v < SUMMARY_VARIANTS; v++)
			free(s->rows[i].cells[v].list);
	for (size_t i = 0; i < s->n_runs; i++) {
		result_free(s->runs[i]);
		free(s->links[i]);
	}
	free(s->rows);
	free(s->runs);
	free(s->links);
	json_decref(s->ledger);
	free(s);
}

const struct summary_finding *
summary_gravest(const struct summary_cell *cell)
{
	return cell->len > 0 ? &cell->list[0] : NULL;
}

size_t
summary_claims(const struct summary *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_rows; i++)
		n += !s->rows[i].follows;
	return n;
}

/* Of a claim's rows, from `first` on, the gravest verdict on a variant. */
static enum target_verdict
verdict_on(const struct summary *s, size_t first, size_t variant)
{
	enum target_verdict gravest = TARGET_NOT_JUDGED;

	for (size_t i = first; i < s->n_rows && (i == first || s->rows[i].follows); i++) {
		const struct summary_finding *f = summary_gravest(&s->rows[i].cells[variant]);

		if (f != NULL && weight(f->target->verdict) > weight(gravest))
			gravest = f->target->verdict;
	}
	return gravest;
}

size_t
summary_count(const struct summary *s, size_t variant, enum target_verdict verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_rows; i++)
		n += !s->rows[i].follows && verdict_on(s, i, variant) == verdict;
	return n;
}

void
summary_say(const struct summary *s, struct buf *b)
{
	static const enum target_verdict order[] = {TARGET_MET, TARGET_MISSED, TARGET_REFUTED,
		TARGET_MODELLED, TARGET_MODELLED_NOT, TARGET_NOT_JUDGED};
	size_t claims = summary_claims(s);

	if (s->n_runs == 0) {
		buf_addf(b, "%zu claims, and no run that judges any", claims);
		return;
	}
	if (s->completed < s->planned)
		buf_addf(b, "%zu of %zu runs so far. ", s->completed, s->planned);
	buf_addf(b, "Of %zu claims", claims);
	for (size_t v = 0; v < s->n_variants; v++) {
		const char *between = " ";

		buf_addf(b, "%s on %s", v == 0 ? "," : ";", s->variants[v]);
		for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
			size_t n = summary_count(s, v, order[i]);

			if (n == 0)
				continue;
			buf_addf(b, "%s%zu %s", between, n, verdict_word(order[i]));
			between = ", ";
		}
	}
}
