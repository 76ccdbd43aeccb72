/* section_trials.c - trial by trial: valid or why not, what was measured, and how noisy the host was. */
#include <math.h>
#include <stdio.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

static void
trial_row(struct buf *b, const struct result *r, const struct trial *t)
{
	char text[SHOW_BYTES];

	html_row(b);
	snprintf(text, sizeof(text), "%d", t->number);
	html_rowhead(b, text);
	html_raw(b, "<td>");
	if (t->valid) {
		html_raw(b, "<span class=\"met\">✓</span> valid");
	} else {
		html_raw(b, "<span class=\"no\">✗</span> invalid");
		for (size_t i = 0; i < t->n_invalid_because; i++)
			html_textf(b, "%s %s", i == 0 ? ":" : ";", t->invalid_because[i]);
	}
	html_raw(b, "</td>");
	html_num(b, show_ms(t->phase_ms, text));
	html_num(b, show_ms(t->withdraw_ms.v4, text));
	html_num(b, show_ms(t->withdraw_ms.v6, text));
	html_num(b, show_ms(t->last_answer_ms, text));
	html_num(b, show_ms_gap(t->first_good_ms.max, r->gap_ms, text));
	html_num(b, show_ms_gap(t->loss_ms.max, r->gap_ms, text));
	html_num(b, show_ms_gap(t->full_convergence_ms, r->gap_ms, text));
	html_raw(b, "<td>");
	html_link(b, t->dir);
	html_raw(b, "</td>");
	html_row_end(b);
}

void
section_trials(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"Trial", "Valid", "Phase", "Withdraw v4", "Withdraw v6",
		"Last answer from the site", "First good answer, worst", "Loss, worst",
		"All answered again", "Folder"};
	char caption[240];

	if (r->n_trials == 0)
		return;
	html_raw(b, "<section id=\"trials\"><h2>Trial by trial</h2>\n");
	snprintf(caption, sizeof(caption),
		"Times from the fault; phase: fault after the last health-check tick%s%.24s%s",
		r->fault_phase == NULL ? "" : " (fault phase ",
		r->fault_phase == NULL ? "" : r->fault_phase, r->fault_phase == NULL ? "" : ")");
	html_table(b, caption);
	html_columns(b, names, sizeof(names) / sizeof(names[0]), 2);
	for (size_t i = 0; i < r->n_trials; i++)
		trial_row(b, r, &r->trial[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
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
	noise_cell(b, n->capture_dropped, l->capture_drops, NULL);
	noise_cell(b, n->clock_step_us, l->clock_step_us, "us");
	noise_cell(b, n->cpu_pressure_ratio, l->cpu_pressure_ratio, "ratio");
	noise_cell(b, n->steal_ratio, NAN, "ratio");
	html_row_end(b);
}

void
section_noise(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"Trial", "Send lateness p99", "most",
		"Link emulator lateness p99", "most", "Capture drops", "Clock step", "CPU pressure",
		"Steal"};
	const struct limits *l = &r->limits;
	struct noise limits = {.send_p99_us = l->send_lateness_p99_us,
		.wire_p99_us = l->wire_lateness_p99_us,
		.capture_dropped = l->capture_drops,
		.clock_step_us = l->clock_step_us,
		.cpu_pressure_ratio = l->cpu_pressure_ratio,
		.steal_ratio = NAN};
	char text[24];

	if (r->n_trials == 0)
		return;
	limits.send_lateness_us.max = limits.wire_lateness_us.max = NAN;
	html_raw(b,
		"<section id=\"noise\"><h2>Noise</h2>\n<p>How well the host kept time. A trial "
		"over a limit is "
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
