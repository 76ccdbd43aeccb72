/* events.c - what happened in a trial, as flags over a time axis that starts at the fault. */
#include "reports/plots/events.h"

#include <math.h>
#include <stdio.h>

#include "reports/homecoming.h"
#include "reports/show.h"

static void
add(struct flag *flags, size_t *n, double ms, bool is_strong, const char *text, const char *when)
{
	struct flag *f = &flags[*n];

	if (isnan(ms) || *n == EVENTS_MAX)
		return;
	*f = (struct flag){.x = ms / 1e3, .is_strong = is_strong};
	snprintf(f->text, sizeof(f->text), "%s%s%s", text, when[0] == '\0' ? "" : " ", when);
	(*n)++;
}

size_t
events_of(struct flag flags[static EVENTS_MAX], const struct trial *t, bool is_narrow)
{
	double full_ms = t->full_convergence_ms, withdraw_ms = family_worst(t->withdraw_ms);
	double announce_ms = family_worst(t->announce_ms), last_ms = homecoming_last_loss_ms(t);
	char when[SHOW_BYTES];
	size_t n = 0;

	add(flags, &n, 0, true, "fault", "");
	add(flags, &n, withdraw_ms, false, is_narrow ? "withdrawn" : "last withdraw on the wire",
		show_ms(withdraw_ms, when));
	if (full_ms > 0)
		add(flags, &n, full_ms, false, is_narrow ? "answered" : "all answered again",
			show_ms(full_ms, when));
	add(flags, &n, t->restore_ms, true, is_narrow ? "restore" : "service restored",
		is_narrow ? "" : show_ms(t->restore_ms, when));
	add(flags, &n, announce_ms, false, is_narrow ? "back" : "re-announced",
		show_ms(announce_ms, when));
	add(flags, &n, last_ms, false, is_narrow ? "last loss" : "last query lost",
		show_ms(last_ms, when));
	return n;
}

size_t
events_within(struct flag flags[static EVENTS_MAX], size_t n, double from_s, double to_s)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (flags[i].x >= from_s - 1e-9 && flags[i].x <= to_s + 1e-9)
			flags[kept++] = flags[i];
	return kept;
}
