/* section_calibration.c - the instrument itself: known blackouts, delays and round trips as it measured them. */
#include <math.h>
#include <stdio.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

static double
number(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : NAN;
}

static const char *
signed_ms(double ms, char out[static SHOW_BYTES])
{
	if (isnan(ms))
		return SHOW_NONE;
	snprintf(out, SHOW_BYTES, "%+.1f ms", ms);
	return out;
}

/* The finding, as the section's heading. */
static void
heading(struct buf *b, const json_t *calibration)
{
	const json_t *blackouts = json_object_get(calibration, "blackouts"), *one;
	double worst = NAN;
	size_t i;

	html_raw(b, "<section id=\"calibration\"><h2>");
	json_array_foreach(blackouts, i, one)
	{
		double error = fabs(number(one, "union_error_ms"));

		worst = isnan(worst) || error > worst ? error : worst;
	}
	if (!json_is_true(json_object_get(calibration, "good")))
		html_raw(b, "The instrument was off its limits");
	else
		html_textf(b,
			"The instrument: blackouts of known length measured to %.1f ms by a "
			"city's streams",
			worst);
	html_raw(b, "</h2>\n");
}

static void
blackouts_table(struct buf *b, const json_t *calibration)
{
	static const char *const columns[] = {"Link", "Blackout",
		"Seen by a city's streams, off by", "Streams", "One stream off by at most",
		"More than a gap off"};
	const json_t *one;
	char text[SHOW_BYTES];
	size_t i;

	html_table(b, "Blackouts made before the first trial, and how they were measured");
	html_columns(b, columns, sizeof(columns) / sizeof(columns[0]), 1);
	json_array_foreach(json_object_get(calibration, "blackouts"), i, one)
	{
		html_row(b);
		html_rowhead(b, json_string_value(json_object_get(one, "link")));
		html_num(b, show_ms_stated(number(one, "asked_ms"), text));
		html_num(b, signed_ms(number(one, "union_error_ms"), text));
		html_num(b, show_count(number(one, "streams"), text));
		html_num(b, show_ms(number(json_object_get(one, "stream_error_ms"), "max"), text));
		html_num(b, show_count(number(one, "streams_off"), text));
		html_row_end(b);
	}
	html_table_end(b);
}

static void
summary_row(struct buf *b, const char *name, const json_t *s)
{
	static const char *const keys[] = {"min", "p50", "p99", "max"};
	char text[SHOW_BYTES];

	html_row(b);
	html_rowhead(b, name);
	for (size_t i = 0; i < 4; i++)
		html_num(b, show_value(number(s, keys[i]), "us", text));
	html_num(b, show_count(number(s, "n"), text));
	html_row_end(b);
}

void
section_calibration(struct buf *b, const struct result *r)
{
	static const char *const columns[] = {"What", "Least", "Median", "p99", "Most", "Packets"};
	const json_t *why;
	size_t i;

	if (r->calibration == NULL)
		return;
	heading(b, r->calibration);
	json_array_foreach(json_object_get(r->calibration, "why"), i, why)
	{
		html_raw(b, "<p class=\"found\">");
		html_text(b, json_string_value(why));
		html_raw(b, "</p>\n");
	}
	blackouts_table(b, r->calibration);
	html_table(b, "Errors of single packets");
	html_columns(b, columns, sizeof(columns) / sizeof(columns[0]), 1);
	summary_row(b, "A link's delay, capture to capture, beyond what it was told",
		json_object_get(r->calibration, "delay_error_us"));
	summary_row(b, "A round trip, by the probe minus by a capture beside it",
		json_object_get(r->calibration, "rtt_difference_us"));
	html_table_end(b);
	html_raw(b, "</section>\n");
}
