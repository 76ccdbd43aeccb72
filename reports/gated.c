/* gated.c - what the regression gate said of a run, in the words of a page. */
#include "reports/gated.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/talk.h"
#include "lib/utf8.h"
#include "reports/compare_internal.h"
#include "reports/show.h"

/* Is that the last part of the path, whatever slashes it ends with? */
static bool
is_folder(const char *path, const char *name)
{
	size_t len = strlen(path), name_len = strlen(name);

	while (len > 0 && path[len - 1] == '/')
		len--;
	return len >= name_len && strncmp(path + len - name_len, name, name_len) == 0 &&
		(len == name_len || path[len - name_len - 1] == '/');
}

int
gated_read(const char *run_dir, const char *run_id, struct compare **ret, struct err *e)
{
	int rc = compare_read(run_dir, ret, e);
	char own[sizeof((*ret)->run)];

	if (rc == -ENOENT)
		*ret = NULL;
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	snprintf(own, sizeof(own), "%s", run_id);
	utf8_tidy(own);
	if (own[0] == '\0' || strcmp((*ret)->run, own) == 0 || is_folder(run_dir, (*ret)->run))
		return 0;
	talk_note("%s/compare.json is of %s, not of %s: left out", run_dir, (*ret)->run, own);
	compare_free(*ret);
	*ret = NULL;
	return 0;
}

const char *
gated_sign(enum gate_verdict v)
{
	static const char *const signs[GATE_VERDICTS] = {"✓", "✗", "?", "–", "–"};

	return signs[v];
}

const char *
gated_class(enum gate_verdict v)
{
	static const char *const classes[GATE_VERDICTS] = {"met", "missed", "mute", "mute", "mute"};

	return classes[v];
}

const char *
gated_title(const struct compare_metric *s, char out[static GATED_BYTES])
{
	size_t unit = strlen(s->unit), len;

	snprintf(out, GATED_BYTES, "%s", s->name);
	len = strlen(out);
	if (unit > 0 && len > unit + 1 && out[len - unit - 1] == '_' &&
		strcmp(out + len - unit, s->unit) == 0)
		out[len - unit - 1] = '\0';
	for (char *p = out; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return out;
}

/* A sign and a whole figure of ms, as an interval has no finer use; "−0" is 0. */
static const char *
signed_whole(double v, char out[static SHOW_BYTES])
{
	char text[SHOW_BYTES];

	v = round(v);
	snprintf(out, SHOW_BYTES, "%s%s",
		v > 0		? "+"
			: v < 0 ? "−"
				: "",
		show_count(fabs(v), text));
	return out;
}

const char *
gated_median(double p50, size_t n, const char *unit, char out[static SHOW_BYTES])
{
	return n == 0 ? SHOW_NONE : isnan(p50) ? "never" : show_value(p50, unit, out);
}

const char *
gated_change(const struct compare_metric *s, char out[static GATED_BYTES])
{
	char text[SHOW_BYTES], figure[SHOW_BYTES];
	double v = round(s->judged.shift);

	if (!isfinite(v))
		snprintf(out, GATED_BYTES, "%s", SHOW_NONE);
	else if (strcmp(s->unit, "ms") == 0)
		snprintf(out, GATED_BYTES, "%s ms", signed_whole(v, text));
	else
		snprintf(out, GATED_BYTES, "%s%s",
			v > 0		? "+"
				: v < 0 ? "−"
					: "",
			show_value(fabs(v), s->unit, figure));
	return out;
}

const char *
gated_interval(const struct compare_metric *s, char out[static GATED_BYTES])
{
	char from[SHOW_BYTES], to[SHOW_BYTES];

	if (!isfinite(s->judged.shift_low) || !isfinite(s->judged.shift_high))
		snprintf(out, GATED_BYTES, "%s", SHOW_NONE);
	else
		snprintf(out, GATED_BYTES, "%.20s to %.20s%s",
			signed_whole(s->judged.shift_low, from),
			signed_whole(s->judged.shift_high, to),
			strcmp(s->unit, "ms") == 0 ? " ms" : "");
	return out;
}

/* The metric that speaks for the verdict: the same that the comparison's own words are about, or the first gated one. */
static const struct compare_metric *
spokesman(const struct compare *g)
{
	const struct compare_metric *lead = compare_leading(g);

	for (size_t i = 0; lead == NULL && i < g->n_metrics; i++)
		if (g->metrics[i].judged.verdict == g->verdict)
			lead = &g->metrics[i];
	return lead;
}

static void
say_change(struct buf *b, const struct compare_metric *s)
{
	char title[GATED_BYTES], now[SHOW_BYTES], then[SHOW_BYTES], change[GATED_BYTES];

	if (s->n == 0) {
		buf_addf(b, "%s has no figure", gated_title(s, title));
		return;
	}
	gated_change(s, change);
	buf_addf(b, "%s ", gated_title(s, title));
	if (isnan(s->judged.p50))
		buf_add(b, "never came");
	else
		buf_add(b, show_value(s->judged.p50, s->unit, now));
	buf_add(b, ", ");
	if (isfinite(s->judged.shift) && fabs(round(s->judged.shift)) > 0)
		buf_addf(b, "%s %s than", change + (change[0] == '+' ? 1 : strlen("−")),
			strcmp(s->unit, "ms") == 0 ? (s->judged.shift < 0 ? "faster" : "slower")
						   : (s->judged.shift < 0 ? "less" : "more"));
	else
		buf_add(b, "against");
	buf_addf(b, " the baseline's %s", show_value(s->judged.baseline_p50, s->unit, then));
}

/* Without a single value nothing came late or never: nothing was measured. */
static bool
has_no_value(const struct compare *g)
{
	for (size_t i = 0; i < g->n_metrics; i++)
		if (g->metrics[i].n > 0)
			return false;
	return g->n_metrics > 0;
}

void
gated_say(struct buf *b, const struct compare *g)
{
	const struct compare_metric *s = spokesman(g);
	const char *why = strstr(g->why, ": ");

	switch (g->verdict) {
	case GATE_PASS:
		buf_add(b, "Gate passed: ");
		break;
	case GATE_FAIL:
		buf_add(b, "Gate failed: ");
		break;
	case GATE_INCONCLUSIVE:
		buf_add(b, "Gate inconclusive: ");
		break;
	case GATE_NOT_COMPARABLE:
	case GATE_NOT_GATED:
	case GATE_VERDICTS:
		buf_addf(b, "Not gated, as not comparable with %.60s", g->baseline);
		return;
	}
	if (has_no_value(g))
		buf_add(b, "no trial was valid");
	else if (s != NULL)
		say_change(b, s);
	else
		buf_addf(b, "%.200s", why == NULL ? g->why : why + 2);
}

void
gated_say_rerun(struct buf *b, const struct compare *g)
{
	if (g->rerun[0] != '\0' && g->rerun_verdict == GATE_FAIL)
		buf_addf(b, "A second run in a fresh lab failed too: %s.", g->rerun);
	else if (g->rerun[0] != '\0')
		buf_addf(b, "This run failed; a second one, in a fresh lab, did not (%s): %s.",
			gate_verdict_words(g->rerun_verdict), g->rerun);
	else if (g->confirms[0] != '\0')
		buf_addf(b,
			"This is the second run, in a fresh lab, that was to confirm the fail of "
			"%s.",
			g->confirms);
}
