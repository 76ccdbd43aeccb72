/* table.c - the history on a terminal: scenarios, runs, changes. */
#include <math.h>
#include <string.h>

#include "lib/utf8.h"
#include "reports/history/tell.h"

enum { COLUMNS = 8, DIFFERS = HISTORY_DIFFERS, SAID = 3 };

/* Text in a column of so many characters; what is longer is cut. */
static void
put(FILE *to, const char *text, int width)
{
	int n = 0;

	for (const char *p = text; *p != '\0' && (width == 0 || n < width); n++) {
		uint32_t c;
		size_t taken = utf8_decode(p, strlen(p), &c);

		if (taken == 0 || utf8_is_control(c))
			fputc('?', to);
		else
			fwrite(p, 1, taken, to);
		p += taken == 0 ? 1 : taken;
	}
	for (; n < width; n++)
		fputc(' ', to);
}

static void
verdict(FILE *to, const struct history_run *r)
{
	fprintf(to, "%s ", history_run_sign(r));
	put(to, history_run_word(r), 13);
}

static const struct history_run *
latest(const struct history *h, const struct history_run *of, size_t *ret_n, bool *ret_first)
{
	const struct series_filter same = {of->scenario, of->variant, NULL};
	const struct history_run *last = of;

	*ret_n = 0;
	*ret_first = true;
	for (size_t i = 0; i < h->n; i++) {
		if (!series_wants(&same, &h->runs[i]))
			continue;
		*ret_first = *ret_first && (*ret_n > 0 || &h->runs[i] == of);
		(*ret_n)++;
		last = &h->runs[i];
	}
	return last;
}

void
history_overview(const struct history *h, const struct series_filter *f, FILE *to)
{
	char when[24], runs[16];

	fprintf(to, "%-22s %-12s %5s  %-16s  %-15s %s\n", "scenario", "variant", "runs",
		"last (UTC)", "verdict", "found");
	for (size_t i = 0; i < h->n; i++) {
		size_t n;
		bool first;
		const struct history_run *last = latest(h, &h->runs[i], &n, &first);

		if (!first || !series_wants(f, &h->runs[i]))
			continue;
		put(to, last->scenario[0] != '\0' ? last->scenario : "–", 22);
		fputc(' ', to);
		put(to, last->variant[0] != '\0' ? last->variant : "–", 12);
		snprintf(runs, sizeof(runs), " %5zu  ", n);
		fputs(runs, to);
		put(to, history_show_time(last->began_ns, when), 16);
		fputs("  ", to);
		verdict(to, last);
		fputc(' ', to);
		put(to, last->found, 0);
		fputc('\n', to);
	}
}

/* The metrics that have a column: those of the series, each once. */
static size_t
columns(const struct series_list *l, const struct series *ret[static COLUMNS])
{
	size_t n = 0;

	for (size_t i = 0; i < l->n && n < COLUMNS; i++) {
		bool known = false;

		for (size_t k = 0; k < n; k++)
			known = known || strcmp(ret[k]->metric, l->series[i].metric) == 0;
		if (!known)
			ret[n++] = &l->series[i];
	}
	return n;
}

/* The run before, of the same scenario and variant, that counts. */
static const struct history_run *
before(const struct history *h, size_t at)
{
	const struct series_filter same = {h->runs[at].scenario, h->runs[at].variant, NULL};

	for (size_t i = at; i-- > 0;)
		if (series_wants(&same, &h->runs[i]) && series_counts(&h->runs[i]))
			return &h->runs[i];
	return NULL;
}

static void
run_line(const struct history *h, size_t at, const struct series *const columns[], size_t n,
	FILE *to)
{
	const struct history_run *r = &h->runs[at], *last = before(h, at);
	char when[24], figure[48];
	struct differ differ[DIFFERS];
	struct buf said = {0};

	put(to, history_show_time(r->began_ns, when), 16);
	fputs("  ", to);
	put(to, r->variant, 11);
	snprintf(figure, sizeof(figure), " %lld/%lld", (long long)r->valid, (long long)r->trials);
	put(to, figure, 8);
	verdict(to, r);
	for (size_t i = 0; i < n; i++) {
		const struct history_metric *m = history_metric(r, columns[i]->metric);

		fputc(' ', to);
		put(to, m == NULL || isnan(m->p50) ? "–" : series_show(m->p50, m->unit, figure),
			(int)strlen(columns[i]->metric) < 9 ? 9 : (int)strlen(columns[i]->metric));
	}
	fputc(' ', to);
	put(to, r->dir, 0);
	if (last != NULL && series_counts(r)) {
		size_t differs = history_differs(last, r, differ, DIFFERS);

		if (differs > 0) {
			history_say_differs(&said, differ, differs, SAID);
			fprintf(to, "  (%s)", said.data != NULL ? said.data : "");
		}
	}
	fputc('\n', to);
	buf_done(&said);
}

static void
series_lines(const struct series *s, FILE *to)
{
	char before_text[48], after[48], shift[48], when[24];
	struct differ differ[DIFFERS];

	fprintf(to, "%s on %s, %s: %zu run%s, ", s->scenario, s->variant, s->metric, s->n,
		s->n == 1 ? "" : "s");
	if (s->n < 2 * CHANGE_SEGMENT)
		fprintf(to, "too few to look for changes");
	else
		fprintf(to, "%zu change%s", s->n_changes, s->n_changes == 1 ? "" : "s");
	if (s->has_trend && s->n_changes == 0)
		fprintf(to, ", %s%s%.3g %s a run (95 %%: %.3g to %.3g)",
			s->trend.low > 0 || s->trend.high < 0 ? "trend " : "no trend: ",
			s->trend.slope > 0 ? "+" : "", s->trend.slope, s->unit, s->trend.low,
			s->trend.high);
	fputc('\n', to);
	for (size_t i = 0; i < s->n_changes; i++) {
		const struct change *c = &s->changes[i];
		struct buf said = {0};
		size_t n = series_differs(s, i, differ, DIFFERS);

		history_say_differs(&said, differ, n, SAID);
		fprintf(to, "  %s  %s -> %s, %s, p = %.3f: %s\n",
			history_show_time(s->runs[c->at]->began_ns, when),
			series_show(c->before, s->unit, before_text),
			series_show(c->after, s->unit, after), series_show_shift(c, s->unit, shift),
			c->p_value, said.data != NULL ? said.data : "");
		fputs("                    from ", to);
		put(to, s->runs[c->at - 1]->dir, 0);
		fputs(" to ", to);
		put(to, s->runs[c->at]->dir, 0);
		fputc('\n', to);
		buf_done(&said);
	}
}

void
history_table(const struct history *h, const struct series_filter *f, const struct series_list *l,
	FILE *to)
{
	const struct series *column[COLUMNS];
	size_t n = columns(l, column);

	fprintf(to, "%-16s  %-11s %-7s%-15s", "began (UTC)", "variant", "valid", "verdict");
	for (size_t i = 0; i < n; i++)
		fprintf(to, " %-9s", column[i]->metric);
	fputs(" run (what differs from the one before)\n", to);
	for (size_t i = 0; i < h->n; i++)
		if (series_wants(f, &h->runs[i]))
			run_line(h, i, column, n, to);
	if (l->n > 0)
		fputc('\n', to);
	for (size_t i = 0; i < l->n; i++)
		series_lines(&l->series[i], to);
}
