/* section_resolvers.c - what users of real resolvers saw: which lookups failed, how, and how much longer others took. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/html.h"
#include "reports/page.h"

/* Lookups of several resolvers together. */
struct sum {
	double lookups, failed, servfail, unanswered, over_100ms, over_1s;
};

/* Which resolvers: NULL and -1 stand for any. */
struct choice {
	const char *software;
	int affected;
	enum when when;
};

static double
failed(const struct lookups *l)
{
	return l->lookups - l->good;
}

static struct sum
sum_of(const struct result *r, struct choice c)
{
	struct sum s = {0};

	for (size_t i = 0; i < r->n_resolvers; i++) {
		const struct resolver *x = &r->resolvers[i];
		const struct lookups *l = &x->seen[c.when];

		if (isnan(l->lookups) || (c.affected >= 0 && x->affected != (c.affected == 1)) ||
			(c.software != NULL &&
				(x->software == NULL || strcmp(x->software, c.software) != 0)))
			continue;
		s.lookups += l->lookups;
		s.failed += failed(l);
		s.servfail += l->servfail;
		s.unanswered += l->unanswered;
		s.over_100ms += l->over_100ms;
		s.over_1s += l->over_1s;
	}
	return s;
}

/* "No lookup", "1 of 240 lookups", "38 of 1 600 lookups". */
static void
say_failed(struct buf *b, const struct sum *s)
{
	char n[SHOW_BYTES], of[SHOW_BYTES];

	if (s->failed > 0)
		html_textf(b, "%s of %s lookups failed", show_count(s->failed, n),
			show_count(s->lookups, of));
	else
		html_textf(b, "none of %s lookups failed", show_count(s->lookups, of));
}

static void
say_slow(struct buf *b, const struct sum *s)
{
	char n[SHOW_BYTES];

	if (s->over_1s > 0)
		html_textf(b, "%s took more than 1 s longer than usual", show_count(s->over_1s, n));
	else if (s->over_100ms > 0)
		html_textf(b, "%s took more than 100 ms longer than usual, none 1 s",
			show_count(s->over_100ms, n));
	else
		html_raw(b, "none took 100 ms longer than usual");
}

/* The affected cities' users are who the fault is about; without any, all of them. */
static void
heading(struct buf *b, const struct result *r, enum when when, int affected)
{
	struct sum s = sum_of(r, (struct choice){NULL, affected, when});

	html_raw(b, "<section id=\"resolvers\"><h2>Users of real resolvers: ");
	say_failed(b, &s);
	html_raw(b, ", ");
	say_slow(b, &s);
	html_raw(b, "</h2>\n");
}

/* How each software fails is the point: one tells at once, another keeps its users waiting. */
static void
each_software(struct buf *b, const struct result *r, enum when when, int affected)
{
	char n[SHOW_BYTES];

	html_raw(b, "<p>");
	for (size_t i = 0; i < r->n_resolvers; i++) {
		const char *software = r->resolvers[i].software;
		bool first = software != NULL;
		struct sum s;

		for (size_t k = 0; k < i && first; k++)
			first = r->resolvers[k].software == NULL ||
				strcmp(r->resolvers[k].software, software) != 0;
		if (!first)
			continue;
		s = sum_of(r, (struct choice){software, affected, when});
		html_textf(b, "%s%s%s: ", software, r->resolvers[i].version == NULL ? "" : " ",
			r->resolvers[i].version == NULL ? "" : r->resolvers[i].version);
		say_failed(b, &s);
		if (s.servfail > 0)
			html_textf(b, ", %s with SERVFAIL", show_count(s.servfail, n));
		if (s.unanswered > 0)
			html_textf(b, ", %s for want of an answer in time",
				show_count(s.unanswered, n));
		html_raw(b, "; ");
		say_slow(b, &s);
		html_raw(b, ". ");
	}
	html_raw(b, "</p>\n");
}

static void
bystanders(struct buf *b, const struct result *r)
{
	struct sum others = sum_of(r, (struct choice){NULL, 0, WHEN_DURING});
	struct sum before = sum_of(r, (struct choice){NULL, -1, WHEN_BEFORE});
	struct sum after = sum_of(r, (struct choice){NULL, -1, WHEN_AFTER});

	html_raw(b, "<p>");
	if (others.lookups > 0) {
		html_raw(b, "In the cities that were not affected, ");
		say_failed(b, &others);
		html_raw(b, " and ");
		say_slow(b, &others);
		html_raw(b, ". ");
	}
	if (after.lookups > 0) {
		html_raw(b, "After the return, ");
		say_failed(b, &after);
		html_raw(b, ". ");
	}
	html_raw(b, "Before the fault, ");
	say_failed(b, &before);
	html_raw(b, ".</p>\n");
}

/* The model beside the real ones: it is of all probes, they are of two resolvers a city. */
static void
model(struct buf *b, const struct result *r)
{
	const struct metric *m = result_metric(r, "client_failures");
	char p50[SHOW_BYTES], max[SHOW_BYTES];

	if (m == NULL || isnan(m->stats.p50))
		return;
	html_textf(b,
		"The model of a resolver with three tries (at 0, 400 and 1200 ms), played at every "
		"query of all probes, "
		"fails %s lookups a trial at the median, %s at most.",
		show_count(m->stats.p50, p50), show_count(m->stats.max, max));
}

static void
name(struct buf *b, const void *row)
{
	const struct resolver *x = row;

	html_textf(b, "%s in %s", x->software == NULL ? x->label : x->software, x->title);
}

static void
family(struct buf *b, const void *row)
{
	const char *f = ((const struct resolver *)row)->family;

	html_text(b, f == NULL ? SHOW_NONE : strcmp(f, "v6") == 0 ? "IPv6" : "IPv4");
}

#define SEEN(title, how, member) COLUMN(title, how, struct resolver, seen[WHEN_DURING].member)

static void
table(struct buf *b, const struct result *r)
{
	static const struct column columns[] = {
		{"Users of", name, NULL, 0},
		{"over", family, NULL, 0},
		SEEN("Lookups", show_count, lookups),
		SEEN("Good", show_count, good),
		SEEN("SERVFAIL", show_count, servfail),
		SEEN("No answer", show_count, unanswered),
		SEEN(">\u00a01\u00a0s longer", show_count, over_1s),
		SEEN(">\u00a0100\u00a0ms longer", show_count, over_100ms),
		COLUMN("Usually", show_rtt, struct resolver, seen[WHEN_BEFORE].latency_ms.p50),
		SEEN("Longer by: median", show_ms, added_ms.p50),
		SEEN("p99", show_ms, added_ms.p99),
		SEEN("most", show_ms, added_ms.max),
	};
	const void **rows = calloc(r->n_resolvers + 1, sizeof(*rows));
	size_t n = 0;

	if (rows == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < r->n_resolvers; i++)
		if (r->resolvers[i].affected && r->resolvers[i].seen[WHEN_DURING].lookups > 0)
			rows[n++] = &r->resolvers[i];
	if (n > 0)
		columns_table(b,
			"Resolvers of the affected cities, from the fault to the return, all valid "
			"trials; how much longer good lookups took than the median before the "
			"fault",
			columns, sizeof(columns) / sizeof(columns[0]), rows, n);
	free(rows);
}

void
section_resolvers(struct buf *b, const struct result *r)
{
	struct sum during = sum_of(r, (struct choice){NULL, -1, WHEN_DURING});
	struct sum hit = sum_of(r, (struct choice){NULL, 1, WHEN_DURING});
	enum when when = during.lookups > 0 ? WHEN_DURING : WHEN_BEFORE;
	int affected = hit.lookups > 0 ? 1 : -1;

	if (r->n_resolvers == 0)
		return;
	heading(b, r, when, affected);
	html_raw(b,
		"<p>Each access network has an Unbound and a BIND, as packaged. Their users ask "
		"them "
		"for names that nobody asked for before; a lookup failed if it ended in SERVFAIL, "
		"in another answer than the right one, or in none. ");
	model(b, r);
	html_raw(b, "</p>\n");
	each_software(b, r, when, affected);
	table(b, r);
	if (when == WHEN_DURING)
		bystanders(b, r);
	html_raw(b, "</section>\n");
}
