/* explain.c - one stream's outage in words that fit 100 columns. */
#include "bench/analyze/explain.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 100, INDENT = 32 };

static const char *
site_of(const struct explain *x, int site)
{
	return site < 0 ? "nobody" : x->basis->r->site[site].name;
}

static double
since_fault(const struct explain *x, int64_t wall_ns)
{
	return (double)(wall_ns - x->basis->t->fault_ns) / 1e6;
}

/* Words from column `indent` on, the first line begun already. */
static void
print_wrapped(const char *text, int indent)
{
	int column = indent;

	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (column > indent && column + 1 + (int)word > COLUMNS) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		/* A word that no line holds is cut where the lines end. */
		while (indent + (int)word > COLUMNS && column + (int)word > COLUMNS) {
			int fits = COLUMNS - column;

			printf("%.*s\n%*s", fits, text, indent, "");
			text += fits;
			word -= (size_t)fits;
			column = indent;
		}
		printf("%.*s", (int)word, text);
		column += (int)word;
		text += word;
		while (*text == ' ')
			text++;
	}
	putchar('\n');
}

static void
print_head(const struct explain *x)
{
	const struct run *r = x->basis->r;
	const struct stream *s = x->stream;
	const char *scenario = json_string_value(json_object_get(r->json, "scenario"));
	const char *variant = json_string_value(json_object_get(r->json, "variant"));

	printf("probe %d in %s, stream %u: %s asks %s\n", s->probe, r->city[s->city].name, s->id,
		s->source, s->target);
	printf("%s (%s), trial %d%s\n", scenario == NULL ? "?" : scenario,
		variant == NULL ? "?" : variant, x->basis->t->number,
		x->basis->t->valid ? "" : ", which is invalid");
	printf("served by %s before the fault, by %s %.3f ms after it\n",
		site_of(x, s->site_before), site_of(x, s->site_first),
		(double)x->budget->total_ns / 1e6);
	if (s->last_mile_ns > 0)
		printf("modelled last mile: %.3f ms, half of it behind the first good answer\n",
			(double)s->last_mile_ns / 1e6);
}

static void
print_statuses(const struct explain_run *run)
{
	const char *comma = "";

	for (unsigned i = 0; i < ANSWERS_STATUSES; i++) {
		if (run->of_status[i] == 0)
			continue;
		if (run->n > 1)
			printf("%s%zu %s", comma, run->of_status[i], answers_status_name(i));
		else
			printf("%s", answers_status_name(i));
		comma = ", ";
	}
	putchar('\n');
}

static void
print_queries(const struct explain *x)
{
	struct explain_run run;
	size_t at = 0;

	printf("\nits queries, %g ms apart (sent, ms from the fault)\n", x->basis->r->gap_ms);
	while (explain_next(x, &at, &run)) {
		const struct query *q = run.first;
		char which[48];

		if (run.n == 1)
			snprintf(which, sizeof(which), "query %u", q->seq);
		else
			snprintf(which, sizeof(which), "queries %u to %u", q->seq, run.last->seq);
		printf("%12.3f  %-22s ", since_fault(x, q->sent_ns), which);
		if (q->status == ANSWERS_GOOD && run.n == 1)
			printf("answered by %s after %.3f ms\n", site_of(x, q->site),
				(double)(q->received_ns - q->sent_ns) / 1e6);
		else if (q->status == ANSWERS_GOOD)
			printf("%zu answered by %s\n", run.n, site_of(x, q->site));
		else
			print_statuses(&run);
	}
}

static void
print_steps(const struct explain *x)
{
	printf("\nwhere the time went (ms from the fault)\n");
	printf("%10s %10s  %-11s %s\n", "at", "took", "phase", "node, evidence");
	for (size_t i = 0; i < x->budget->steps; i++) {
		const struct budget_step *s = &x->budget->step[i];
		const char *what = strcmp(s->evidence.kind, "capture") == 0 ? "packet" : "line";
		const char *node = s->node < 0 ? "-" : x->basis->log->node[s->node].name;

		printf("%10.3f %10.3f  %-11s ", (double)s->to_ns / 1e6,
			(double)(s->to_ns - s->from_ns) / 1e6, budget_phase_name[s->phase]);
		if (s->phase == BUDGET_UNEXPLAINED)
			printf("%s, no evidence", node);
		else if (s->evidence.number == 0)
			printf("%s, %s", node, s->evidence.file);
		else
			printf("%s, %s, %s %llu", node, s->evidence.file, what,
				(unsigned long long)s->evidence.number);
		printf("\n%*s", INDENT + 3, "");
		print_wrapped(s->evidence.says, INDENT + 3);
	}
}

static void
print_ways(const struct explain *x)
{
	static const char *const names[2][2] = {
		{"query, before", "query, after"}, {"answer, before", "answer, after"}};
	struct fibdb_path p;
	char text[512];

	printf("\nthe ways, by the forwarding tables\n");
	if (x->basis->fib == NULL) {
		printf("  %s\n", x->basis->fib_why);
		return;
	}
	for (int back = 0; back < 2; back++)
		for (int after = 0; after < 2; after++) {
			printf("  %-16s", names[back][after]);
			if (explain_path(x, back == 1, after == 1, &p))
				print_wrapped(
					fibdb_path_text(x->basis->fib, &p, text, sizeof(text)), 18);
			else
				printf("not known\n");
		}
}

static void
print_sums(const struct explain *x)
{
	const struct budget_stream *b = x->budget;

	printf("\nsums\n");
	for (int p = 0; p < BUDGET_PHASES; p++) {
		int64_t sum_ns = 0;
		bool any = false;

		for (size_t i = 0; i < b->steps; i++)
			if (b->step[i].phase == (enum budget_phase)p) {
				sum_ns += b->step[i].to_ns - b->step[i].from_ns;
				any = true;
			}
		if (any)
			printf("  %-12s %10.3f ms  %5.1f %%\n", budget_phase_name[p],
				(double)sum_ns / 1e6,
				b->total_ns > 0 ? 100.0 * (double)sum_ns / (double)b->total_ns : 0);
	}
	printf("  %-12s %10.3f ms\n", "total", (double)b->total_ns / 1e6);
	for (size_t i = 0; i < b->disorders; i++) {
		printf("out of order at %.3f ms: ", (double)b->disorder[i].at_ns / 1e6);
		print_wrapped(b->disorder[i].says, 26);
	}
}

void
explain_print(const struct explain *x)
{
	print_head(x);
	print_queries(x);
	print_steps(x);
	print_ways(x);
	print_sums(x);
}
