/* section_sides.c - what the anycast service did over TCP, and with names whose answers are large, city by city. */
#include <math.h>
#include <stdio.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

struct kind {
	const char *key, *title;
	bool connects;
};

/* In the order of the page. */
static const struct kind kinds[] = {
	{"tcp", "Over TCP, a connection for each query", true},
	{"large",
		"Names with large answers, over UDP and again over TCP where those were truncated",
		false},
};

static double
number_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static void
heading(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"Over TCP", "with large answers"};
	char lost[SHOW_BYTES], sent[SHOW_BYTES];
	bool first = true;

	html_raw(b, "<section id=\"sides\"><h2>");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		double asked = result_side_sum(r, kinds[i].key, "sent");
		double gone = result_side_sum(r, kinds[i].key, "unanswered");

		if (!(asked > 0))
			continue;
		html_textf(b, "%s%s %s of %s queries %s lost", first ? "" : ", ",
			first && i > 0 ? "With large answers" : names[i],
			gone > 0 ? show_count(gone, lost) : "none", show_count(asked, sent),
			gone == 1 ? "was" : "were");
		first = false;
	}
	html_raw(b, "</h2>\n");
}

static void
row(struct buf *b, const struct result *r, const char *city, const json_t *place,
	const struct kind *k)
{
	static const char *const counts[] = {"sent", "unanswered", "wrong", "restore_unanswered"};
	char text[SHOW_BYTES];

	html_row(b);
	html_rowhead(b, result_city_title(r, city));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		html_num(b, show_count(number_of(place, counts[i]), text));
	if (k->connects)
		html_num(b, show_rtt(number_of(json_object_get(place, "connect_ms"), "p50"), text));
	html_num(b, show_rtt(number_of(json_object_get(place, "rtt_ms"), "p50"), text));
	html_row_end(b);
}

static void
table(struct buf *b, const struct result *r, const struct kind *k)
{
	static const char *const columns[] = {"Asked", "Lost", "Wrong", "Lost at the return"};
	json_t *place, *cities = json_object_get(json_object_get(r->root, k->key), "cities");
	const char *city;

	html_table(b, k->title);
	html_raw(b, "<thead>");
	html_row(b);
	html_col(b, "City");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		html_col_num(b, columns[i]);
	if (k->connects)
		html_col_num(b, "Connecting");
	html_col_num(b, "Answer");
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	json_object_foreach(cities, city, place) row(b, r, city, place, k);
	html_raw(b, "</tbody>");
	html_table_end(b);
}

void
section_sides(struct buf *b, const struct result *r)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		any |= result_side_sum(r, kinds[i].key, "sent") > 0;
	if (!any)
		return;
	heading(b, r);
	html_raw(b,
		"<p>Beside the streams of all other figures, some ask otherwise, of all valid "
		"trials "
		"together. Lost are queries between the fault and its end that got no answer "
		"within "
		"the timeout, or a refused, reset or short connection. Times are medians before "
		"the "
		"fault, the answer's from the query's first packet on.</p>\n");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (result_side_sum(r, kinds[i].key, "sent") > 0)
			table(b, r, &kinds[i]);
	html_raw(b, "</section>\n");
}
