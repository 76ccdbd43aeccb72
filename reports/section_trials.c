/* section_trials.c - trial by trial: valid or why not, what was measured, and how noisy the host was. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "reports/columns.h"
#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

static void
number(struct buf *b, const void *row)
{
	int n = ((const struct trial *)row)->number;

	buf_addf(b, "<a href=\"#trial-%03d\">%d</a>", n, n);
}

static void
validity(struct buf *b, const void *row)
{
	const struct trial *t = row;

	if (t->valid) {
		html_raw(b, "<span class=\"met\">✓</span> valid");
		return;
	}
	html_raw(b, "<span class=\"no\">✗</span> invalid");
	for (size_t i = 0; i < t->n_invalid_because; i++)
		html_textf(b, "%s %s", i == 0 ? ":" : ";", t->invalid_because[i]);
}

static void
folder(struct buf *b, const void *row)
{
	html_link(b, ((const struct trial *)row)->dir);
}

static void
trials_table(struct buf *b, const struct result *r, const char *caption)
{
	static const struct column columns[] = {
		{"Trial", number, NULL, 0},
		{"Valid", validity, NULL, 0},
		COLUMN("Phase", show_ms, struct trial, phase_ms),
		COLUMN("Withdraw IPv4", show_ms, struct trial, withdraw_ms.v4),
		COLUMN("Withdraw IPv6", show_ms, struct trial, withdraw_ms.v6),
		COLUMN("Last answer from the site", show_ms, struct trial, last_answer_ms),
		COLUMN("First good answer, worst stream", show_ms, struct trial, first_good_ms.max),
		COLUMN("Loss, worst stream", show_ms, struct trial, loss_ms.max),
		COLUMN("All answered again", show_ms, struct trial, full_convergence_ms),
		COLUMN("Lost at the return, queries", show_count, struct trial, restore_unanswered),
		{"Folder", folder, NULL, 0},
	};
	const void **rows = calloc(r->n_trials + 1, sizeof(*rows));

	if (rows == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < r->n_trials; i++)
		rows[i] = &r->trial[i];
	columns_table(b, caption, columns, sizeof(columns) / sizeof(columns[0]), rows, r->n_trials);
	free(rows);
}

/* What was cut or missing when it was analyzed: figures that need it are worse for it, or absent. */
static void
damaged(struct buf *b, json_t *list)
{
	json_t *line;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_raw(b, "<h3 id=\"damaged\">");
	html_textf(b, "Damaged or missing evidence: %zu", json_array_size(list));
	html_raw(b, "</h3>\n<ul>\n");
	json_array_foreach(list, i, line)
	{
		html_raw(b, "<li><code class=\"no\">");
		html_text(b, json_is_string(line) ? json_string_value(line) : "?");
		html_raw(b, "</code></li>\n");
	}
	html_raw(b, "</ul>\n");
}

static bool
has_phase(const struct result *r)
{
	for (size_t i = 0; i < r->n_trials; i++)
		if (!isnan(r->trial[i].phase_ms))
			return true;
	return false;
}

void
section_trials(struct buf *b, const struct result *r)
{
	char caption[240];

	if (r->n_trials == 0)
		return;
	html_raw(b, "<section id=\"trials\"><h2>Trial by trial: ");
	html_textf(b, "%zu of %zu valid", result_valid_trials(r), r->n_trials);
	html_raw(b, "</h2>\n");
	snprintf(caption, sizeof(caption), "Times from the fault%s%s%.24s%s",
		has_phase(r) ? "; phase: fault after the last health-check tick" : "",
		r->fault_phase == NULL ? "" : " (fault phase ",
		r->fault_phase == NULL ? "" : r->fault_phase, r->fault_phase == NULL ? "" : ")");
	trials_table(b, r, caption);
	damaged(b, json_object_get(r->root, "evidence_damaged"));
	html_raw(b, "</section>\n");
}

static void
noise_cell(struct buf *b, double v, double limit, const char *unit)
{
	char text[SHOW_BYTES];

	buf_addf(b, "<td class=\"n%s\">", v > limit ? " no" : "");
	html_text(b, show_value(v, unit, text));
	if (v > limit)
		html_raw(b, " <span>over</span>");
	html_raw(b, "</td>");
}

static void
noise_row(struct buf *b, const char *name, const struct noise *n, const struct limits *l)
{
	html_row(b);
	html_rowhead(b, name);
	noise_cell(b, n->send_p99_us, l->send_lateness_p99_us, "us");
	noise_cell(b, n->send_lateness_us.max, NAN, "us");
	noise_cell(b, n->wire_p99_us, l->wire_lateness_p99_us, "us");
	noise_cell(b, n->wire_lateness_us.max, NAN, "us");
	noise_cell(b, n->before_unanswered, l->before_unanswered, NULL);
	noise_cell(b, n->rtt_excess_ms, l->rtt_excess_ms, "ms");
	noise_cell(b, n->udp_receive_drops, l->udp_receive_drops, NULL);
	noise_cell(b, n->capture_dropped, l->capture_drops, NULL);
	noise_cell(b, n->clock_step_us, l->clock_step_us, "us");
	noise_cell(b, n->cpu_pressure_ratio, l->cpu_pressure_ratio, "ratio");
	noise_cell(b, n->steal_ratio, NAN, "ratio");
	noise_cell(b, n->foreign_ratio, NAN, "ratio");
	html_row_end(b);
}

void
section_noise(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"Trial", "Send lateness, p99", "most",
		"Link emulator lateness, p99", "most", "Lost before the fault",
		"Round trip over its path's", "Dropped at sockets", "Packets not captured",
		"Clock step", "CPU pressure", "Steal", "Others' CPU"};
	const struct limits *l = &r->limits;
	struct noise limits = {.send_p99_us = l->send_lateness_p99_us,
		.wire_p99_us = l->wire_lateness_p99_us,
		.capture_dropped = l->capture_drops,
		.clock_step_us = l->clock_step_us,
		.cpu_pressure_ratio = l->cpu_pressure_ratio,
		.steal_ratio = NAN,
		.foreign_ratio = NAN,
		.before_unanswered = l->before_unanswered,
		.rtt_excess_ms = l->rtt_excess_ms,
		.udp_receive_drops = l->udp_receive_drops};
	char text[24];

	if (r->n_trials == 0)
		return;
	limits.send_lateness_us.max = limits.wire_lateness_us.max = NAN;
	html_raw(b,
		"<section id=\"noise\"><h2>How well the host kept time</h2>\n<p>A trial over a "
		"limit is "
		"invalid: neither passed nor failed.</p>\n");
	html_table(b, "Noise of each trial, and the limits");
	html_columns(b, names, sizeof(names) / sizeof(names[0]), 1);
	for (size_t i = 0; i < r->n_trials; i++) {
		snprintf(text, sizeof(text), "%d", r->trial[i].number);
		noise_row(b, text, &r->trial[i].noise, l);
	}
	noise_row(b, "limit", &limits, l);
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}
