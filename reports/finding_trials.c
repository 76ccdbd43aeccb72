/* finding_trials.c - in how many trials a target was missed, over both families. */
#include <math.h>
#include <string.h>

#include "reports/finding.h"

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Is this family measured at all in this run? */
static bool
is_in_play(const struct result *r, bool v6)
{
	for (size_t i = 0; i < r->n_trials; i++)
		if (r->trial[i].valid &&
			!isnan(v6 ? r->trial[i].withdraw_ms.v6 : r->trial[i].withdraw_ms.v4))
			return true;
	return false;
}

static double
trials_over(const struct target *t)
{
	return round(t->share_over_ratio * t->trials);
}

/* Of a withdraw the trials themselves tell how many missed. */
static double
withdraws_over(const struct result *r, const struct target *t, bool v4, bool v6)
{
	double over = 0;

	for (size_t i = 0; i < r->n_trials; i++) {
		struct family_ms w = r->trial[i].withdraw_ms;

		if (r->trial[i].valid)
			over += (v4 && !(w.v4 <= t->target)) || (v6 && !(w.v6 <= t->target));
	}
	return over;
}

/* " over IPv4"; nothing of a claim for both. */
static const char *
over_family(const struct target *t)
{
	return is(t->family, "v4") ? " over IPv4" : is(t->family, "v6") ? " over IPv6" : "";
}

/* Where each family missed in some trials, in how many one of them did is not known: the trials may be others. */
bool
finding_say_trials_over(struct buf *b, const struct result *r, const struct target *t)
{
	bool v4 = is_in_play(r, false), v6 = is_in_play(r, true);
	double over = NAN;
	size_t n = 0, said = 0;

	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *o = &r->targets[i];

		if (!finding_is_same(o, t) || !(trials_over(o) > 0))
			continue;
		n++;
		over = fmax(over, trials_over(o));
	}
	if (is(t->metric, "withdraw_ms") && (v4 || v6)) {
		over = withdraws_over(r, t, v4, v6);
		n = 1;
	}
	if (!(over > 0))
		return false;
	if (over >= t->trials)
		n = 1; /* one family missed in all */
	if (n == 1) {
		buf_addf(b, "%.0f of %.0f trial%s", over, t->trials, t->trials == 1 ? "" : "s");
		return true;
	}
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *o = &r->targets[i];

		if (!finding_is_same(o, t) || !(trials_over(o) > 0))
			continue;
		if (said++ == 0)
			buf_addf(b, "%.0f of %.0f trials%s", trials_over(o), o->trials,
				over_family(o));
		else
			buf_addf(b, ", %.0f%s", trials_over(o), over_family(o));
	}
	return true;
}
