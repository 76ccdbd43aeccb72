/* section_bgp.c - the change in BGP: who heard when, what each router did with it, and what that took. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

static bool
is_busy(const struct router *x)
{
	return x->updates_in > 0 || x->updates_out > 0;
}

/* By when they had the news: the sender first, as it heard of nothing before it told. */
static double
instant(const struct router *x)
{
	double in = x->first_in_ms.p50, out = x->first_out_ms.p50;

	return isnan(in) ? (isnan(out) ? HUGE_VAL : out) : isnan(out) ? in : fmin(in, out);
}

static int
by_instant(const void *a, const void *b)
{
	const struct router *x = *(const struct router *const *)a,
			    *y = *(const struct router *const *)b;

	if (instant(x) < instant(y) || instant(x) > instant(y))
		return instant(x) < instant(y) ? -1 : 1;
	return strcmp(x->node == NULL ? "" : x->node, y->node == NULL ? "" : y->node);
}

static int
by_updates(const void *a, const void *b)
{
	const struct hop *x = *(const struct hop *const *)a, *y = *(const struct hop *const *)b;

	if (x->updates < y->updates || x->updates > y->updates)
		return x->updates > y->updates ? -1 : 1;
	return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

static const char *
per_trial(double sum, double trials, char out[static SHOW_BYTES])
{
	double each = sum / trials;

	if (!isfinite(each) || each >= 100)
		return show_count(round(each), out);
	snprintf(out, SHOW_BYTES, "%.*f", fabs(each - round(each)) < 0.05 ? 0 : 1, each);
	return out;
}

static void
spread_cells(struct buf *b, const struct spread *s, double accuracy_ms)
{
	char text[SHOW_BYTES];

	html_num(b, show_ms_within(s->p50, accuracy_ms, text));
	html_num(b, show_ms_within(s->max, accuracy_ms, text));
}

static void
router_row(struct buf *b, const struct router *x, const struct bgp *bgp, bool has_fib)
{
	char text[SHOW_BYTES];

	html_row(b);
	html_rowhead(b, x->node == NULL ? SHOW_NONE : x->node);
	html_num(b, show_ms_within(x->first_in_ms.p50, bgp->wire_accuracy_ms, text));
	html_num(b, show_ms_within(x->last_out_ms.p50, bgp->wire_accuracy_ms, text));
	spread_cells(b, &x->rib_ms, bgp->wire_accuracy_ms);
	if (has_fib)
		spread_cells(b, &x->fib_ms, bgp->fib_accuracy_ms);
	html_num(b, per_trial(x->updates_in, bgp->trials, text));
	html_num(b, per_trial(x->updates_out, bgp->trials, text));
	html_num(b, per_trial(x->withdraws_out, bgp->trials, text));
	html_num(b, show_count(x->steps.max, text));
	html_row_end(b);
}

/* "(exact to ± 0.3 ms)", or that nobody calibrated it. */
static void
say_accuracy(struct buf *b, const struct bgp *bgp, bool has_fib)
{
	char wire[SHOW_BYTES], fib[SHOW_BYTES];

	if (isnan(bgp->wire_accuracy_ms)) {
		buf_add(b, "how exact the instants are is not known, the run was not calibrated");
		return;
	}
	buf_addf(b, "± %s on the wire", show_ms_about(bgp->wire_accuracy_ms, wire));
	if (has_fib && !isnan(bgp->fib_accuracy_ms))
		buf_addf(b, ", ± %s in the FIB", show_ms_about(bgp->fib_accuracy_ms, fib));
}

static bool
has_fib(const struct bgp *b)
{
	for (size_t i = 0; i < b->n_routers; i++)
		if (b->router[i].fib_ms.n > 0)
			return true;
	return false;
}

static void
routers_table(struct buf *b, const struct bgp *bgp, const struct router *const busy[], size_t n)
{
	static const char *const names[] = {"Router", "First heard at", "Told the last peer at",
		"UPDATE in to out, median", "most", "UPDATE in to FIB, median", "most",
		"UPDATEs in", "out", "of it withdraws", "Exploration steps, most"};
	bool fib = has_fib(bgp);
	struct buf caption = {0};

	buf_addf(&caption,
		"What each router did with the change, in the order in which they knew: times from "
		"the "
		"fault are medians over %.0f %s, counts are per trial, of UPDATEs about the "
		"anycast "
		"prefixes between fault and restore; ",
		bgp->trials, bgp->trials > 1 ? "trials" : "trial");
	say_accuracy(&caption, bgp, fib);
	html_table(b, caption.data == NULL ? "" : caption.data);
	b->failed |= caption.failed;
	buf_done(&caption);
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (i == 0)
			html_col(b, names[i]);
		else if (fib || (i != 5 && i != 6))
			html_col_num(b, names[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < n; i++)
		router_row(b, busy[i], bgp, fib);
	html_raw(b, "</tbody>");
	html_table_end(b);
}

static void
idle_line(struct buf *b, const struct bgp *bgp, size_t idle)
{
	const char *before = ": ";

	if (idle == 0)
		return;
	html_raw(b, "<p class=\"meta\">");
	html_textf(b, "%zu %s neither heard nor told anything about the prefixes", idle,
		idle == 1 ? "router" : "routers");
	for (size_t i = 0; i < bgp->n_routers; i++) {
		if (is_busy(&bgp->router[i]))
			continue;
		html_text(b, before);
		html_text(b, bgp->router[i].node);
		before = ", ";
	}
	html_raw(b, ".</p>\n");
}

static void
hops_table(struct buf *b, const struct bgp *bgp)
{
	static const char *const names[] = {"From", "To", "UPDATEs about the prefixes",
		"of it withdraws", "BGP messages of all kinds", "Bytes"};
	const struct hop **hops = calloc(bgp->n_hops + 1, sizeof(struct hop *));
	double messages = 0, bytes = 0;
	size_t n = 0;
	char text[SHOW_BYTES], size[SHOW_BYTES];

	if (hops == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < bgp->n_hops; i++) {
		if (bgp->hop[i].updates > 0) {
			hops[n++] = &bgp->hop[i];
			continue;
		}
		messages += bgp->hop[i].messages;
		bytes += bgp->hop[i].bytes;
	}
	if (n > 0)
		qsort(hops, n, sizeof(*hops), by_updates);
	html_raw(b, "<details><summary>Messages and bytes hop by hop</summary>\n");
	html_table(b, "Per trial, between fault and restore; bytes of BGP, without TCP and below");
	html_columns(b, names, sizeof(names) / sizeof(names[0]), 2);
	for (size_t i = 0; i < n; i++) {
		html_row(b);
		html_rowhead(b, hops[i]->from);
		html_cell(b, hops[i]->to);
		html_num(b, per_trial(hops[i]->updates, bgp->trials, text));
		html_num(b, per_trial(hops[i]->withdraws, bgp->trials, text));
		html_num(b, per_trial(hops[i]->messages, bgp->trials, text));
		html_num(b, per_trial(hops[i]->bytes, bgp->trials, text));
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
	if (bgp->n_hops > n) {
		html_raw(b, "<p class=\"meta\">");
		html_textf(b,
			"%zu other hops carried no UPDATE about the prefixes: %s messages a trial, "
			"%s "
			"bytes.",
			bgp->n_hops - n, per_trial(messages, bgp->trials, text),
			per_trial(bytes, bgp->trials, size));
		html_raw(b, "</p>\n");
	}
	html_raw(b, "</details>\n");
	free(hops);
}

/* The slowest router, in one clause; nothing when there is no sample. */
static void
say_slowest(struct buf *b, const struct bgp *bgp)
{
	const struct router *rib = NULL, *fib = NULL;
	char text[SHOW_BYTES];

	for (size_t i = 0; i < bgp->n_routers; i++) {
		const struct router *x = &bgp->router[i];

		if (x->rib_ms.n > 0 && (rib == NULL || x->rib_ms.max > rib->rib_ms.max))
			rib = x;
		if (x->fib_ms.n > 0 && (fib == NULL || x->fib_ms.max > fib->fib_ms.max))
			fib = x;
	}
	if (rib != NULL)
		buf_addf(b, "Routers passed the change on within %s (%s)",
			show_ms_within(rib->rib_ms.max, bgp->wire_accuracy_ms, text), rib->node);
	if (fib != NULL)
		buf_addf(b, "%s within %s (%s)",
			rib != NULL ? ", into their FIBs" : "Routes got into FIBs",
			show_ms_within(fib->fib_ms.max, bgp->fib_accuracy_ms, text), fib->node);
}

/* Of the median trial. */
static void
say_lost(struct buf *b, const struct bgp *bgp)
{
	char text[SHOW_BYTES];

	html_textf(b, "%s BGP %s lost", show_count(round(bgp->sessions_lost), text),
		round(bgp->sessions_lost) > 1 ? "sessions were" : "session was");
}

static void
say_totals(struct buf *b, const struct bgp *bgp, size_t busy)
{
	double steps = 0;
	char updates[SHOW_BYTES], withdraws[SHOW_BYTES], messages[SHOW_BYTES], bytes[SHOW_BYTES];

	for (size_t i = 0; i < bgp->n_routers; i++)
		steps = fmax(steps, bgp->router[i].steps.max);
	html_raw(b, "<p>");
	html_textf(b,
		"In a trial (the median one) %zu of %zu routers took part: %s UPDATEs about the "
		"anycast "
		"prefixes, %s of them withdraws; BGP sent %s messages in all, keepalives included, "
		"%s "
		"bytes. ",
		busy, bgp->n_routers, show_count(round(bgp->updates), updates),
		show_count(round(bgp->withdraws), withdraws),
		show_count(round(bgp->messages), messages), show_count(round(bgp->bytes), bytes));
	if (steps > 0)
		html_textf(b,
			"Path exploration: up to %.0f %s told to one peer before the last one.",
			steps, steps > 1 ? "states" : "state");
	else
		html_text(b, "No path exploration: each peer was told one change, the last one.");
	if (bgp->sessions_lost > 0) {
		html_raw(b, " ");
		say_lost(b, bgp);
		html_raw(b, ".");
	}
	html_raw(b, "</p>\n");
}

/* The routers sent each other no UPDATE: what they know of it, if anything, is that sessions are gone. */
static void
say_quiet(struct buf *b, const struct bgp *bgp)
{
	html_raw(b, "<section id=\"bgp\"><h2>No UPDATE was about the anycast prefixes");
	if (bgp->sessions_lost > 0) {
		html_raw(b, ": ");
		say_lost(b, bgp);
	}
	html_raw(b, "</h2>\n<p>That is between fault and restore, in all captures.");
	if (bgp->sessions_lost > 0)
		html_raw(b,
			" A session that is lost takes the routes along that it carried, without "
			"an "
			"UPDATE; both ends announce them again when it is back.");
	else if (bgp->sessions_lost == 0)
		html_raw(b, " No BGP session was lost either.");
	html_raw(b, "</p>\n</section>\n");
}

void
section_bgp(struct buf *b, const struct result *r)
{
	const struct bgp *bgp = &r->bgp;
	const struct router **busy = calloc(bgp->n_routers + 1, sizeof(struct router *));
	struct buf said = {0};
	size_t n = 0;

	if (busy == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < bgp->n_routers; i++)
		if (is_busy(&bgp->router[i]))
			busy[n++] = &bgp->router[i];
	if (n > 0) {
		qsort(busy, n, sizeof(*busy), by_instant);
		say_slowest(&said, bgp);
		html_raw(b, "<section id=\"bgp\"><h2>");
		html_text(b, said.data == NULL ? "The change in BGP" : said.data);
		html_raw(b, "</h2>\n");
		say_totals(b, bgp, n);
		routers_table(b, bgp, busy, n);
		idle_line(b, bgp, bgp->n_routers - n);
		hops_table(b, bgp);
		html_raw(b, "</section>\n");
	} else if (bgp->is_there) {
		say_quiet(b, bgp);
	}
	b->failed |= said.failed;
	buf_done(&said);
	free(busy);
}
