/* test_citymap.c - the map: where it is cut, how it projects, and that labels lie on nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/citymap.h"
#include "lib/citymap_geo.h"
#include "lib/citymap_place.h"

enum { CITIES = 8, LINKS = 13 };

static const struct {
	const char *name, *title;
	double lat, lon;
	const char *served;
} places[CITIES] = {
	{"hkg", "Hong Kong", 22.32, 114.17, "hkg"},
	{"tyo", "Tokyo", 35.68, 139.69, "tyo"},
	{"sin", "Singapore", 1.35, 103.82, "hkg"},
	{"syd", "Sydney", -33.87, 151.21, "hkg"},
	{"lax", "Los Angeles", 34.05, -118.24, "tyo"},
	{"lon", "London", 51.51, -0.13, "fra"},
	{"fra", "Frankfurt", 50.11, 8.68, "fra"},
	{"gru", "S\xc3\xa3o Paulo", -23.55, -46.63, "gru"},
};

static const size_t links[LINKS][2] = {{0, 1}, {0, 2}, {2, 3}, {1, 4}, {3, 4}, {4, 5}, {5, 6},
	{2, 6}, {1, 4}, {1, 3}, {5, 6}, {4, 7}, {7, 6}};
static const char *const sites[] = {"fra", "gru", "hkg", "tyo"};

static struct citymap_city cities[CITIES];
static struct citymap_link lines[LINKS];
static struct geo_point points[CITIES], ends[2 * LINKS];

static struct citymap
sample(void)
{
	for (size_t i = 0; i < CITIES; i++) {
		struct citymap_service v = {true, places[i].served, 12.5, 1};

		cities[i] = (struct citymap_city){.name = places[i].name,
			.title = places[i].title,
			.lat = places[i].lat,
			.lon = places[i].lon,
			.service = {v, v}};
		if (strcmp(places[i].name, places[i].served) == 0)
			cities[i].site = places[i].name;
		points[i] = (struct geo_point){places[i].lat, places[i].lon};
	}
	for (size_t i = 0; i < LINKS; i++) {
		lines[i] = (struct citymap_link){
			{links[i][0], links[i][1]}, i < 8 ? "A" : "B", "a:b--b:a", 20, NULL};
		ends[2 * i] = points[links[i][0]];
		ends[2 * i + 1] = points[links[i][1]];
	}
	return (struct citymap){
		"Who serves <each> city", "where & from", cities, CITIES, lines, LINKS, sites, 4};
}

static void
test_equal_earth(void **state)
{
	double x, y;

	(void)state;
	/* Equal Earth's own figures: half the equator is 2.7066, a pole 1.3173 away. */
	citymap_equal_earth(0, 180, &x, &y);
	assert_true(fabs(x - 2.7066) < 1e-3 && fabs(y) < 1e-9);
	citymap_equal_earth(90, 0, &x, &y);
	assert_true(fabs(x) < 1e-9 && fabs(y - 1.3173) < 1e-3);
	citymap_equal_earth(-90, 0, &x, &y);
	assert_true(fabs(y + 1.3173) < 1e-3);
}

static void
test_cut_where_fewest_links_are(void **state)
{
	struct geo_point two[] = {{0, 170}, {0, -170}};
	double middle;

	(void)state;
	sample();
	/* Between Frankfurt and Singapore runs one link; elsewhere three or more. */
	middle = citymap_middle(points, CITIES, ends, LINKS);
	assert_true(fabs(middle - (-123.75)) < 0.01);
	/* Two neighbours across the date line stay neighbours. */
	middle = citymap_middle(two, 2, two, 1);
	assert_true(fabs(fabs(middle) - 180) < 0.01);
	assert_true(fabs(citymap_middle(two, 0, NULL, 0)) < 1e-9);
}

static void
test_all_on_paper(void **state)
{
	struct citymap_view v;

	(void)state;
	sample();
	citymap_fit(&v, points, CITIES, ends, LINKS, 1000, 600, 80, 60);
	assert_true(v.width == 1000 && v.height > 200 && v.height <= 600);
	for (size_t i = 0; i < CITIES; i++) {
		struct paper_point p = citymap_project(&v, points[i]);

		assert_true(p.x > 79 && p.x < 921 && p.y > 59 && p.y < v.height - 59);
	}
	/* One city alone, and none, are still a map. */
	citymap_fit(&v, points, 1, NULL, 0, 1000, 600, 80, 60);
	assert_true(isfinite(v.scale) && v.scale > 0);
	citymap_fit(&v, NULL, 0, NULL, 0, 1000, 600, 80, 60);
	assert_true(isfinite(v.scale) && v.scale > 0);
}

static void
test_arcs(void **state)
{
	struct paper_point arc[CITYMAP_ARC_POINTS];
	struct citymap_view v;
	size_t n, cuts = 0;

	(void)state;
	sample();
	citymap_fit(&v, points, CITIES, ends, LINKS, 1000, 600, 80, 60);
	for (size_t i = 0; i < LINKS; i++) {
		struct paper_point a = citymap_project(&v, ends[2 * i]);
		struct paper_point z = citymap_project(&v, ends[2 * i + 1]);
		bool cut = false;

		n = citymap_arc(&v, ends[2 * i], ends[2 * i + 1], i % 2 == 0 ? 0 : 5, arc);
		assert_in_range(n, 2, CITYMAP_ARC_POINTS);
		assert_true(arc[0].starts);
		assert_true(hypot(arc[0].x - a.x, arc[0].y - a.y) < 0.01);
		assert_true(hypot(arc[n - 1].x - z.x, arc[n - 1].y - z.y) < 0.01);
		for (size_t k = 1; k < n; k++) {
			cut |= arc[k].starts;
			if (!arc[k].starts) /* no stroke across the whole map */
				assert_true(fabs(arc[k].x - arc[k - 1].x) < 100);
		}
		cuts += cut;
	}
	assert_int_equal(cuts, 1);
}

/* Random crowds: whatever gets a place has it alone, and on the paper. */
static void
test_labels_lie_on_nothing(void **state)
{
	struct place_box paper = {0, 0, 800, 400}, taken[] = {{300, 100, 60, 60}};
	uint32_t seed = 1;

	(void)state;
	for (size_t n = 1; n <= 64; n += 7) {
		struct place_label list[64] = {0};
		size_t placed = 0;

		for (size_t i = 0; i < n; i++) {
			double at[2];

			for (int k = 0; k < 2; k++) {
				seed = seed * 1664525 + 1013904223;
				at[k] = (double)(seed >> 8) / (1 << 24);
			}
			list[i].at = (struct paper_point){800 * at[0], 400 * at[1], false};
			list[i].clear = 6;
			list[i].w[0] = 110;
			list[i].h[0] = 32;
			list[i].w[1] = 28;
			list[i].h[1] = 16;
		}
		assert_int_equal(place_labels(list, n, paper, NULL, 0, taken, 1), 0);
		for (size_t i = 0; i < n; i++) {
			const struct place_box *b = &list[i].box;

			if (list[i].form == PLACE_FORMS)
				continue;
			placed++;
			assert_true(b->w == list[i].w[list[i].form]);
			assert_true(
				b->x >= 0 && b->y >= 0 && b->x + b->w <= 800 && b->y + b->h <= 400);
			assert_false(place_overlap(b, &taken[0]));
			for (size_t k = 0; k < n; k++) {
				struct place_box mark = {
					list[k].at.x - 6, list[k].at.y - 6, 12, 12};

				assert_false(place_overlap(b, &mark));
				if (k != i && list[k].form < PLACE_FORMS)
					assert_false(place_overlap(b, &list[k].box));
			}
		}
		/* A crowd of ten finds room for all, one of 64 for most. */
		assert_true(placed >= (n <= 8 ? n : n * 6 / 10));
	}
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
		n++;
	return n;
}

static void
test_file(void **state)
{
	struct citymap m = sample();
	struct buf b = {0};

	(void)state;
	lines[3].fault = "both ways: blackhole";
	cities[3].service[0].site = NULL;
	cities[3].service[1].site = NULL;
	citymap_file(&b, &m);
	assert_false(b.failed);
	assert_int_equal(count(b.data, "<svg"), 3);
	assert_int_equal(count(b.data, "<svg"), count(b.data, "</svg>"));
	assert_int_equal(count(b.data, "<g"), count(b.data, "</g>"));
	assert_non_null(strstr(b.data, "Who serves &lt;each&gt; city"));
	assert_non_null(strstr(b.data, "where &amp; from"));
	assert_null(strstr(b.data, "<each>"));
	/* Every city stands beside its mark in the wide map, and in the list of the narrow one. */
	for (size_t i = 0; i < CITIES; i++) {
		char label[64];

		snprintf(label, sizeof(label), ">%s</text>", places[i].title);
		assert_int_equal(count(b.data, label), 2);
	}
	assert_non_null(strstr(b.data, "Sydney is served by nobody."));
	assert_non_null(strstr(b.data, "cm-fault"));
	assert_non_null(strstr(b.data, "link at fault"));
	assert_null(strstr(b.data, "nan"));
	assert_null(strstr(b.data, "inf"));
	buf_done(&b);
}

static void
test_families_apart(void **state)
{
	struct citymap m = sample();
	struct buf b = {0};

	(void)state;
	cities[4].service[1].site = "fra";
	citymap_describe(&b, &m);
	assert_non_null(strstr(b.data, "Los Angeles is served by IPv4 tyo"));
	assert_non_null(strstr(b.data, "IPv6 fra"));
	buf_done(&b);
	b = (struct buf){0};
	citymap_figure(&b, &m, "before");
	assert_non_null(strstr(b.data, "lax \xe2\x86\x92 tyo, fra"));
	assert_non_null(strstr(b.data, "id=\"before-clip\""));
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_earth),
		cmocka_unit_test(test_cut_where_fewest_links_are),
		cmocka_unit_test(test_all_on_paper),
		cmocka_unit_test(test_arcs),
		cmocka_unit_test(test_labels_lie_on_nothing),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_families_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
