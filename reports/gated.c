/* gated.c - what the regression gate said of a run, in the words of a page. */
#include "reports/gated.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/show.h"

int
gated_read(const char *run_dir, struct compare **ret, struct err *e)
{
	int rc = compare_read(run_dir, ret, e);

	if (rc == -ENOENT)
		*ret = NULL;
	return rc == -ENOENT ? 0 : rc;
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

const char *
gated_change(const struct compare_metric *s, char out[static GATED_BYTES])
{
	char text[SHOW_BYTES];

	if (!isfinite(s->judged.shift))
		snprintf(out, GATED_BYTES, "%s", SHOW_NONE);
	else
		snprintf(out, GATED_BYTES, "%s%s",
			s->judged.shift > 0	      ? "+"
				: s->judged.shift < 0 ? "−"
						      : "",
			show_value(fabs(s->judged.shift), s->unit, text));
	return out;
}

/* The metric that speaks for the verdict: of those that have it, the one furthest over its limit. */
static const struct compare_metric *
spokesman(const struct compare *g)
{
	const struct compare_metric *most = NULL;

	for (size_t i = 0; i < g->n_metrics; i++) {
		const struct compare_metric *s = &g->metrics[i];

		if (s->judged.verdict == g->verdict &&
			(most == NULL || isnan(s->judged.shift) ||
				s->judged.shift > most->judged.shift))
			most = s;
	}
	return most;
}

static void
say_change(struct buf *b, const struct compare *g, const struct compare_metric *s)
{
	char title[GATED_BYTES], now[SHOW_BYTES], then[SHOW_BYTES], by[SHOW_BYTES];

	buf_addf(b, "%s ", gated_title(s, title));
	if (isnan(s->judged.p50))
		buf_add(b, "never came");
	else
		buf_add(b, show_value(s->judged.p50, s->unit, now));
	if (!isnan(s->judged.shift))
		buf_addf(b, ", %s %s than", show_value(fabs(s->judged.shift), s->unit, by),
			s->judged.shift < 0 ? "less" : "more");
	else
		buf_add(b, ", against");
	buf_addf(b, " %.60s's %s", g->baseline, show_value(s->judged.baseline_p50, s->unit, then));
}

void
gated_say(struct buf *b, const struct compare *g)
{
	const struct compare_metric *s = spokesman(g);

	switch (g->verdict) {
	case GATE_PASS:
		buf_addf(b, "Gate passed against %.60s", g->baseline);
		return;
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
	if (s != NULL)
		say_change(b, g, s);
	else
		buf_addf(b, "%.200s", g->why);
}
