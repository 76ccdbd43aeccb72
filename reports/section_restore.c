/* section_restore.c - the return: queries lost when the fault was undone, who did not come back, trial by trial. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "reports/columns.h"
#include "reports/homecoming.h"
#include "reports/html.h"
#include "reports/page.h"

/* A trial's row: all that is shown of it, from the fault. */
struct restored {
	const struct trial *trial;
	double restore_ms, announce_v4_ms, announce_v6_ms, to_announce_ms, lost, last_loss_ms;
};

static void
number(struct buf *b, const void *row)
{
	const struct trial *t = ((const struct restored *)row)->trial;

	html_textf(b, "%d%s", t->number, t->valid ? "" : " (invalid)");
}

static void
table(struct buf *b, const struct restored *restored, size_t n)
{
	static const struct column columns[] = {
		{"Trial", number, NULL, 0},
		COLUMN("Restored at", show_ms, struct restored, restore_ms),
		COLUMN("Announced IPv4 at", show_ms, struct restored, announce_v4_ms),
		COLUMN("Announced IPv6 at", show_ms, struct restored, announce_v6_ms),
		COLUMN("Restore to announce", show_ms, struct restored, to_announce_ms),
		COLUMN("Queries lost at the return", show_count, struct restored, lost),
		COLUMN("Last one lost at", show_ms, struct restored, last_loss_ms),
	};
	const void **rows = calloc(n + 1, sizeof(*rows));

	if (rows == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		rows[i] = &restored[i];
	columns_table(b, "Trial by trial; times from the fault", columns,
		sizeof(columns) / sizeof(columns[0]), rows, n);
	free(rows);
}

/* " of the streams, 3 over TCP": who asked otherwise may have lost some. */
static const char *
beside(const struct result *r, char out[static 2 * SHOW_BYTES + 64])
{
	double tcp = result_side_sum(r, "tcp", "restore_unanswered");
	double large = result_side_sum(r, "large", "restore_unanswered");
	char n[SHOW_BYTES], m[SHOW_BYTES];

	out[0] = '\0';
	if (tcp > 0 || large > 0)
		snprintf(out, 2 * SHOW_BYTES + 64, " of the streams%s%s%s%s%s%s",
			tcp > 0 ? ", " : "", tcp > 0 ? show_count(tcp, n) : "",
			tcp > 0 ? " over TCP" : "", large > 0 ? ", " : "",
			large > 0 ? show_count(large, m) : "",
			large > 0 ? " for large answers" : "");
	return out;
}

static void
heading(struct buf *b, const struct result *r)
{
	struct homecoming h;
	struct buf said = {0};
	char text[SHOW_BYTES], over[2 * SHOW_BYTES + 64];

	homecoming_of(r, &h);
	html_raw(b, "<section id=\"restoration\"><h2>");
	if (h.trials == 0)
		html_text(b, "The return");
	else if (h.lost > 0)
		html_textf(b, "The return lost %s %s", show_count(h.lost, text),
			h.lost == 1 ? "query" : "queries");
	else
		html_text(b, "The return lost no query");
	html_text(b, beside(r, over));
	html_raw(b, "</h2>\n");
	homecoming_say_lost(&said, &h);
	if (said.len == 0 && h.trials > 0)
		buf_addf(&said, "No query%s was lost when the fault was undone, in %zu valid %s.",
			over[0] == '\0' ? "" : " of the streams", h.trials,
			h.trials == 1 ? "trial" : "trials");
	if (h.moved > 0) {
		buf_add(&said, " ");
		homecoming_say_moved(&said, r);
	}
	html_raw(b, "<p>");
	html_text(b, said.data);
	html_raw(b, "</p>\n");
	b->failed |= said.failed;
	buf_done(&said);
}

void
section_restore(struct buf *b, const struct result *r)
{
	struct restored *restored = calloc(r->n_trials + 1, sizeof(*restored));
	size_t n = 0;

	if (restored == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < r->n_trials; i++) {
		const struct trial *t = &r->trial[i];

		if (!isnan(t->restore_ms))
			restored[n++] = (struct restored){t, t->restore_ms, t->announce_ms.v4,
				t->announce_ms.v6, family_worst(t->announce_ms) - t->restore_ms,
				t->restore_unanswered, homecoming_last_loss_ms(t)};
	}
	if (n > 0) {
		heading(b, r);
		table(b, restored, n);
		html_raw(b, "</section>\n");
	}
	free(restored);
}
