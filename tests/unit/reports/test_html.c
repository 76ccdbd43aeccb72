/* test_html.c - escaping, figures for people, and gnuplot's SVG on its way into a page. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/theme.h"
#include "reports/columns.h"
#include "reports/css.h"
#include "reports/gnuplot.h"
#include "reports/html.h"
#include "reports/palette.h"
#include "reports/plots/coarse.h"
#include "reports/plots/frame.h"
#include "reports/plots/stack.h"
#include "reports/show.h"
#include "reports/svg.h"

static void
test_escape(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"plain", "plain"},
		{"<b a=\"1\" c='2'>&amp;", "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;"},
		{"São Paulo →", "São Paulo →"},
		{"a\x01\x1f\x7f", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"tab\tline\n", "tab\tline\n"},
		{"\xe2\x80\xae", "\xef\xbf\xbd"},	  /* right-to-left override */
		{"\xef\xbf\xbf", "\xef\xbf\xbd"},	  /* U+FFFF */
		{"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong */
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
		{"cut\xe2\x82", "cut\xef\xbf\xbd\xef\xbf\xbd"}, /* ends within a character */
		{"\xf4\x90\x80\x80",
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* > U+10FFFF */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = {0};

		buf_add(&b, "");
		html_text(&b, cases[i].in);
		assert_string_equal(b.data, cases[i].out);
		buf_done(&b);
	}
}

static void
test_link(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"trial-001/captures/a b.pcap",
			"<a href=\"./trial-001/captures/a%20b.pcap\">trial-001/captures/a "
			"b.pcap</a>"},
		{"javascript:alert(1)",
			"<a href=\"./javascript%3Aalert%281%29\">javascript:alert(1)</a>"},
		{"/etc/passwd", "/etc/passwd"},
		{"a/../b", "a/../b"},
		{"..", ".."},
		{"..hidden", "<a href=\"./..hidden\">..hidden</a>"},
		{"a\\b", "a\\b"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = {0};

		buf_add(&b, "");
		html_link(&b, cases[i].in);
		assert_string_equal(b.data, cases[i].out);
		buf_done(&b);
	}
}

static void
test_show(void **state)
{
	char out[SHOW_BYTES];

	(void)state;
	assert_string_equal(show_ms(3652.1, out), "3.65 s");
	assert_string_equal(show_ms(-1.2, out), "−1.20 ms");
	assert_string_equal(show_ms(NAN, out), "–");
	assert_string_equal(show_ms(INFINITY, out), "–");
	assert_string_equal(show_ms(1e300, out), "1e+297 s");
	assert_string_equal(show_ms(745.96, out), "746 ms");
	assert_string_equal(show_ms(1092.7, out), "1.09 s");
	assert_string_equal(show_ms(25093.0, out), "25.1 s");
	assert_string_equal(show_ms(999.6, out), "1.00 s"); /* the unit is chosen after rounding */
	assert_string_equal(show_ms(99.96, out), "100 ms");
	assert_string_equal(show_ms(0.0512, out), "51.2 µs");
	assert_string_equal(show_ms(0, out), "0 ms");
	assert_string_equal(show_ms_stated(4000, out), "4 s");
	assert_string_equal(show_ms_stated(50, out), "50 ms");
	assert_string_equal(show_count(1234567, out),
		"1\xe2\x80\x89"
		"234\xe2\x80\x89"
		"567");
	assert_string_equal(show_count(1234, out), "1234");
	assert_string_equal(show_count(12817.6, out),
		"12\xe2\x80\x89"
		"818");
	assert_string_equal(show_count(72.5, out), "72.5");
	assert_string_equal(show_share(0.997, out), "99.7 %");
	assert_string_equal(show_share(0.99999, out), "> 99.9 %");
	assert_string_equal(show_share(1, out), "100 %");
	assert_string_equal(show_share(0.451, out), "45 %");
	assert_string_equal(show_against(4001, 4000, "ms", out), "4.001 s");
	assert_string_equal(show_against(4210, 4000, "ms", out), "4.21 s");
	assert_string_equal(show_value(412, "queries", out), "412 queries");
	assert_string_equal(show_value(0.25, "ratio", out), "25 %");
}

static void
test_css_knows_every_colour(void **state)
{
	(void)state;
	for (int c = 0; c < COLOUR_COUNT; c++) {
		char definition[64];
		const char *light, *dark;

		snprintf(definition, sizeof(definition), "%s:", colour_css((enum colour)c));
		light = strstr(theme_css, definition);
		assert_non_null(light);
		dark = strstr(light + 1, definition);
		assert_non_null(dark);
		assert_ptr_equal(
			colour_css_of(colour_rgb((enum colour)c)), colour_css((enum colour)c));
	}
}

/* Nothing on paper can be unfolded. */
static void
test_print_shows_what_is_folded(void **state)
{
	const char *print = strstr(css_text, "@media print{"), *folded;

	(void)state;
	assert_non_null(print);
	folded = strstr(print, "details:not(.trials details)::details-content{");
	assert_non_null(folded);
	assert_non_null(strstr(folded, "content-visibility:visible"));
}

/* Paper is not to tear a metric's name; a narrow page not to lay a verdict over the gate's limit. */
static void
test_metrics_stay_whole(void **state)
{
	const char *print = strstr(css_text, "@media print{"),
		   *narrow = strstr(css_text, "{#glance.gated ");

	(void)state;
	assert_non_null(print);
	assert_non_null(strstr(print, "#metrics th[scope=row]{white-space:nowrap;"));
	assert_non_null(narrow);
	assert_non_null(strstr(narrow, "#glance.gated tr{display:grid;"));
	assert_non_null(strstr(narrow, "td:last-child{grid-area:1/4;position:static;"));
}

static int
dress(const char *svg, struct buf *b, struct err *e)
{
	struct svg_dress how = {"x", "wide", "T<", "D"};

	return svg_dress(b, svg, &how, e);
}

#define HEAD                                                                                       \
	"<?xml version=\"1.0\"?><svg viewBox=\"0 0 9 "                                             \
	"9\"><title>a</title><desc>b</desc><defs><x/></defs>"

static void
test_svg_dressed(void **state)
{
	struct buf b = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(
		dress(HEAD "<g fill=\"none\"></g><g stroke=\"rgb(  0, 114, 178)\"><path "
			   "stroke='black' "
			   "d='M59.15,361.00 L68.90,-0.01 '/></g><use xlink:href='#gpPt6' "
			   "transform='translate(1.26,2) scale(1.5)' color='rgb(213,  94,   0)'/>\n"
			   "<use xlink:href='#gpPt6' transform='translate(3,4) scale(1.5)' "
			   "color='rgb(213,  94,   0)'/></svg>",
			&b, &e),
		0);
	assert_string_equal(b.data,
		"<svg class=\"wide\" viewBox=\"0 0 9 9\" role=\"img\" aria-labelledby=\"x-t "
		"x-d\"><title "
		"id=\"x-t\">T&lt;</title><desc id=\"x-d\">D</desc><g "
		"style=\"stroke:var(--site0)\"><path "
		"d=\"M59.1,361L68.9,0\" style=\"stroke:var(--ink)\"/></g><path class=\"dots\" "
		"style=\"stroke:var(--lost)\" stroke-width=\"3.0\" d=\"M1.3 2.0h0M3.0 "
		"4.0h0\"/></svg>\n");
	buf_done(&b);
}

static void
test_svg_refused(void **state)
{
	static const char *const bad[] = {
		HEAD "<script>alert(1)</script></svg>",
		HEAD "<a href=\"x\"></a></svg>",
		HEAD "<path fill='rgb(1,2,3)'/></svg>",
		HEAD "<path d='<'/></svg>",
		HEAD "<path d=M/></svg>",
		HEAD "<g></svg>",
		HEAD "</g></svg>",
		HEAD "<use xlink:href='#gpPt3' transform='translate(1,2) scale(1)'/></svg>",
		"<svg viewBox=\"x\"></svg>",
		"<svg",
		"<",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf b = {0};
		struct err e = {0};

		assert_int_equal(dress(bad[i], &b, &e), -EBADMSG);
		assert_true(e.text[0] != '\0');
		buf_done(&b);
	}
}

static void
test_gnuplot(void **state)
{
	struct err e = {0};
	char *svg = NULL;

	(void)state;
	assert_int_equal(gnuplot_svg("set term svg\nplot x\n", 20000, &svg, &e), 0);
	assert_non_null(strstr(svg, "</svg>"));
	free(svg);
	assert_int_equal(gnuplot_svg("set term svg\nplot nonsense(x)\n", 20000, &svg, &e), -EIO);
	assert_non_null(strstr(e.text, "undefined function"));
	assert_int_equal(gnuplot_svg("while (1) { x = 1 }\n", 300, &svg, &e), -ETIMEDOUT);
	assert_non_null(strstr(e.text, "300 ms"));
}

/* Text from data must not reach gnuplot as anything but text: no command, no file, no second line. */
static void
test_quote(void **state)
{
	struct buf b = {0};

	(void)state;
	frame_quote(&b, "it's `touch /tmp/x` @m $y\n\\n \"z\"");
	assert_string_equal(b.data, "'it''s `touch /tmp/x` @m $y \\n \"z\"'");
	buf_done(&b);
}

static void
test_flags(void **state)
{
	struct frame f = {
		.width_px = 960, .left_px = 50, .right_px = 900, .x_min = -5, .x_max = 32};
	struct flag flags[] = {{.x = 3.8, .text = "all answered again 3.8 s"},
		{.x = 0, .text = "fault"}, {.x = 3.5, .text = "last withdraw on the wire 3.52 s"},
		{.x = 31.5, .text = "re-announced 31.50 s"}};
	double y[] = {100, 100, 100};

	(void)state;
	assert_int_equal(flags_place(flags, 4, &f), 2);
	assert_string_equal(flags[0].text, "fault");
	assert_int_equal(flags[0].row, 0);
	assert_int_equal(flags[1].row, 1); /* over the line of the next */
	assert_int_equal(flags[2].row, 0);
	assert_true(flags[3].to_left); /* would leave the drawing */
	spread_px(y, 3, 14, 0, 110);
	assert_true(y[1] - y[0] > 13.9 && y[2] - y[1] > 13.9 && y[2] <= 110);
}

struct figures {
	const char *name;
	double some, none;
};

static void
name_cell(struct buf *b, const void *row)
{
	html_text(b, ((const struct figures *)row)->name);
}

static void
nothing_cell(struct buf *b, const void *row)
{
	(void)row;
	html_text(b, SHOW_NONE);
}

/* A column with nothing in any row is not there; one with something in one row is. */
static void
test_columns(void **state)
{
	static const struct column columns[] = {
		{"Name", name_cell, NULL, 0},
		COLUMN("Some", show_ms, struct figures, some),
		COLUMN("None", show_ms, struct figures, none),
		{"Empty", nothing_cell, NULL, 0},
	};
	const struct figures rows[] = {{"a<", NAN, NAN}, {"b", 12.0, NAN}};
	const void *const list[] = {&rows[0], &rows[1]};
	struct buf b = {0};

	(void)state;
	columns_table(&b, "Caption", columns, 4, list, 2);
	assert_non_null(
		strstr(b.data, "<th scope=\"col\">Name</th><th scope=\"col\" class=\"n\">Some"));
	assert_non_null(strstr(b.data, "<th scope=\"row\">a&lt;</th><td class=\"n\">–</td></tr>"));
	assert_non_null(strstr(b.data, "12.0 ms"));
	assert_null(strstr(b.data, "None"));
	assert_null(strstr(b.data, "Empty"));
	buf_done(&b);
}

/* The usual is 10 a bin; the ends are partial, one query in bin 2 was sent late. */
static void
test_stack(void **state)
{
	double hkg[] = {4, 10, 9, 11, 0, 10, 7}, lost[] = {0, 0, 0, 0, 10, 0, 0}, no[7] = {0};
	struct timeline_site site = {"hkg", hkg};
	struct timeline t = {.bin_ms = 100,
		.from_ms = -200,
		.bins = 7,
		.n_sites = 1,
		.sites = &site,
		.unanswered = lost,
		.failed = no};
	struct palette p = {.site = {"hkg"}, .n = 1};
	struct stack k;

	(void)state;
	stack_init(&k, &t, &p);
	assert_int_equal(k.n, 2);
	assert_int_equal(k.first, 1);
	assert_int_equal(k.end, 6);
	assert_true(k.max_qps > 99.9 && k.max_qps < 100.1); /* 11 is scaled to 10 */
	assert_true(stack_from_s(&k) > -0.11 && stack_from_s(&k) < -0.09);
	assert_true(stack_to_s(&k) > 0.39 && stack_to_s(&k) < 0.41);
}

/* Two streams that ask once a second fill bins of 100 ms by turns: drawn so it is a zebra of hundreds of kB. */
static void
test_slow_streams_are_no_zebra(void **state)
{
	static double hkg[6003], no[6003];
	struct timeline_site site = {"hkg", hkg};
	struct timeline drawn,
		t = {.bin_ms = 100,
			.from_ms = -5300,
			.bins = 6003,
			.n_sites = 1,
			.sites = &site,
			.unanswered = no,
			.failed = no};
	struct palette p = {.site = {"hkg"}, .n = 1};
	struct buf b = {0};
	struct stack k;

	(void)state;
	for (size_t i = 0; i < t.bins; i++)
		hkg[i] = i % 10 == 3 || i % 10 == 8;
	assert_int_equal(coarse_by(&t, 1000), 50); /* ten queries */
	assert_int_equal(coarse_init(&drawn, &t, 50), 0);
	assert_int_equal(drawn.bins, 120);
	assert_true(drawn.bin_ms > 4999 && drawn.bin_ms < 5001);
	assert_true(drawn.from_ms > -5001 && drawn.from_ms < -4999); /* an edge at the fault */
	stack_init(&k, &drawn, &p);
	assert_int_equal(k.end - k.first, 120);
	stack_plot(&b, &k, "T");
	assert_true(b.len < 500);
	buf_done(&b);
	coarse_done(&drawn);
	/* At the usual ten a second of many streams a bin stays a gap wide; a long run has no more bins than fit. */
	for (size_t i = 0; i < t.bins; i++)
		hkg[i] = 350;
	t.bins = 600;
	assert_int_equal(coarse_by(&t, 100), 1);
	t.bins = 6003;
	assert_true(t.bins / coarse_by(&t, 100) <= COARSE_BINS_MAX);
	t.bins = 7;
	assert_int_equal(coarse_by(&t, 1000), 1);
	assert_int_equal(coarse_by(&t, NAN), 1);
	t.bins = 0;
	assert_int_equal(coarse_by(&t, 1e300), 1);
}

/* A stall is no lateness: what was not sent is not drawn as sent. */
static void
test_stack_shows_a_stall(void **state)
{
	double hkg[] = {10, 10, 2, 10, 18, 10}, no[6] = {0};
	struct timeline_site site = {"hkg", hkg};
	struct timeline t = {.bin_ms = 100,
		.bins = 6,
		.n_sites = 1,
		.sites = &site,
		.unanswered = no,
		.failed = no};
	struct palette p = {.site = {"hkg"}, .n = 1};
	struct buf b = {0};
	struct stack k;

	(void)state;
	stack_init(&k, &t, &p);
	stack_plot(&b, &k, "T");
	assert_true(k.max_qps > 179.9);
	assert_non_null(strstr(b.data, "0.2 0 20\n"));
	buf_done(&b);
}

static void
test_close_and_far_flags(void **state)
{
	struct frame f = {
		.width_px = 960, .left_px = 52, .right_px = 908, .x_min = -5, .x_max = 35};
	struct flag close[] = {{.x = 0, .text = "fault"},
		{.x = 3.68, .text = "last withdraw on the wire 3.68 s"},
		{.x = 3.88, .text = "all answered again 3.88 s"}};
	struct flag far[] = {{.x = 0, .text = "fault"},
		{.x = 20, .text = "service restored 20.0 s"},
		{.x = 34.9, .text = "re-announced 34.9 s"}};

	(void)state;
	assert_int_equal(flags_place(close, 3, &f), 2);
	assert_int_equal(close[0].row, 0);
	assert_int_equal(close[1].row, 1);
	assert_int_equal(close[2].row, 0);
	assert_int_equal(flags_place(far, 3, &f), 1);
	assert_true(far[2].to_left);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_css_knows_every_colour),
		cmocka_unit_test(test_print_shows_what_is_folded),
		cmocka_unit_test(test_metrics_stay_whole),
		cmocka_unit_test(test_svg_dressed),
		cmocka_unit_test(test_svg_refused),
		cmocka_unit_test(test_gnuplot),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_close_and_far_flags),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_slow_streams_are_no_zebra),
		cmocka_unit_test(test_stack_shows_a_stall),
	};

	return cmocka_run_group_tests_name("reports/html", tests, NULL, NULL);
}
