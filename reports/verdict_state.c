/* verdict_state.c - what the state of a run has to do with its verdict: cut short, invalid, a quick look. */
#include "reports/verdict_state.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reports/invalid.h"
#include "reports/show.h"
#include "reports/verdict.h"

void
verdict_append(char *text, size_t size, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + used, size - used, fmt, ap);
	va_end(ap);
}

void
verdict_say_bound(const struct result *r, char *text, size_t size)
{
	double bound = NAN, trials = 0;
	char share[SHOW_BYTES];

	for (size_t i = 0; i < r->n_targets; i++)
		if (r->targets[i].verdict == TARGET_MET && r->targets[i].miss_bound_ratio > 0) {
			bound = fmax(bound, r->targets[i].miss_bound_ratio);
			trials = r->targets[i].trials;
		}
	if (!isnan(bound) && trials > 0)
		verdict_append(text, size,
			"What was met in %.0f %s may still be missed in up to %s (95 %% "
			"confidence). ",
			trials, trials > 1 ? "trials" : "trial", show_share(bound, share));
}

void
verdict_say_state(const struct result *r, size_t valid, char *text, size_t size)
{
	double invalid = isnan(r->invalid_trials) ? 0 : r->invalid_trials;
	struct buf why = {0};

	invalid_say(&why, r);
	if (r->interrupted || !r->complete) {
		verdict_append(text, size, "%s",
			r->interrupted ? "The run was interrupted" : "The run did not end");
		if (r->trials < r->trials_planned)
			verdict_append(text, size, " after %.0f of %.0f trials", r->trials,
				r->trials_planned);
		verdict_append(text, size, ". ");
	}
	if (invalid > 0 && valid > 0)
		verdict_append(text, size,
			"%.0f of %.0f trials %s invalid and not counted%s%.400s. ", invalid,
			r->trials, invalid > 1 ? "are" : "is", why.len == 0 ? "" : ": ",
			why.len == 0 ? "" : why.data);
	buf_done(&why);
	if (valid > 0 && valid < VERDICT_QUICK_LOOK)
		verdict_append(text, size,
			"Quick look, n = %zu: a figure to publish needs %d trials. ", valid,
			VERDICT_QUICK_LOOK);
}

void
verdict_say_inconclusive(const struct result *r, char *text, size_t size)
{
	struct buf why = {0};

	if (!(r->trials > 0)) {
		verdict_append(text, size, "Inconclusive: no trial was finished");
		return;
	}
	verdict_append(text, size, "Inconclusive: ");
	if (r->trials > 1)
		verdict_append(text, size, "all %.8g trials were invalid", r->trials);
	else
		verdict_append(text, size, "the only trial was invalid");
	invalid_say(&why, r);
	verdict_append(
		text, size, "%s%.300s", why.len == 0 ? "" : ": ", why.len == 0 ? "" : why.data);
	buf_done(&why);
}
