/* test_page_form.c - every page is well formed and can be read without eyes: an independent walk over its elements. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/pair_page.h"
#include "tests/unit/reports/place.h"

#define DEPTH 64

/* What the walk counts, and the elements that are open. */
struct walk {
	char open[DEPTH][24];
	int depth;
	int svgs, titles_of_svg, tables, captions, mains, h1s;
};

static bool
is_void(const char *name)
{
	return strcmp(name, "meta") == 0 || strcmp(name, "br") == 0 ||
		strcmp(name, "!DOCTYPE") == 0;
}

static void
begin(struct walk *w, const char *name, const char *tag, size_t len)
{
	bool is_own = tag[len - 2] == '/';

	if (strcmp(name, "th") == 0 && memmem(tag, len, " scope=\"", 8) == NULL)
		fail_msg("a heading without scope: %.*s", (int)len, tag);
	if (strcmp(name, "svg") == 0) {
		assert_non_null(memmem(tag, len, " role=\"img\"", 11));
		assert_non_null(memmem(tag, len, " aria-labelledby=\"", 18));
		w->svgs++;
	}
	if (strcmp(name, "title") == 0 && strcmp(w->open[w->depth - 1], "svg") == 0)
		w->titles_of_svg++;
	w->tables += strcmp(name, "table") == 0;
	w->captions += strcmp(name, "caption") == 0;
	w->mains += strcmp(name, "main") == 0;
	w->h1s += strcmp(name, "h1") == 0;
	if (is_own || is_void(name))
		return;
	assert_in_range(w->depth, 0, DEPTH - 1);
	snprintf(w->open[w->depth++], sizeof(w->open[0]), "%s", name);
}

static void
end(struct walk *w, const char *name)
{
	assert_true(w->depth > 0);
	if (strcmp(w->open[w->depth - 1], name) != 0)
		fail_msg("</%s> closes <%s>", name, w->open[w->depth - 1]);
	w->depth--;
}

static void
walk(struct walk *w, const char *html)
{
	for (const char *p = html; (p = strchr(p, '<')) != NULL;) {
		const char *stop = strchr(p, '>');
		bool is_end = p[1] == '/';
		char name[24];

		assert_non_null(stop);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p + 1 + is_end, " />\n"),
			p + 1 + is_end);
		if (is_end)
			end(w, name);
		else
			begin(w, name, p, (size_t)(stop + 1 - p));
		p = stop + 1;
	}
	assert_int_equal(w->depth, 0);
}

/* No id twice, and each link within the page goes somewhere. */
static void
ids(const char *html)
{
	for (const char *p = html; (p = strstr(p, " id=\"")) != NULL;) {
		char attr[200];

		snprintf(attr, sizeof(attr), "%.*s\"", (int)(5 + strcspn(p + 5, "\"")), p);
		if (strstr(p + 5, attr) != NULL)
			fail_msg("twice:%s", attr);
		p += 5;
	}
	for (const char *p = html; (p = strstr(p, " href=\"#")) != NULL;) {
		char attr[200];

		p += 8;
		snprintf(attr, sizeof(attr), " id=\"%.*s\"", (int)strcspn(p, "\""), p);
		if (strstr(html, attr) == NULL)
			fail_msg("leads nowhere:%s", attr);
	}
}

static void
form_of(const char *html)
{
	struct walk w = {0};

	walk(&w, html);
	ids(html);
	assert_int_equal(w.svgs, w.titles_of_svg);
	assert_int_equal(w.tables, w.captions);
	assert_int_equal(w.mains, 1);
	assert_int_equal(w.h1s, 1);
}

static void
test_reports(void **state)
{
	static const size_t trials[] = {1, 5, 20};

	(void)state;
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		struct place p;

		assert_int_equal(report(&p, "form", sample_run((int)trials[i], 1), false), 0);
		form_of(p.html);
		assert_clean(&p);
		assert_has(p.html, "id=\"trial-001\"");
		assert_has(p.html, "<g class=\"tips\"><rect ");
		assert_true(p.html_bytes < 1000000);
		place_done(&p);
	}
}

static void
test_the_walk_finds(void **state)
{
	struct walk w = {0};

	(void)state;
	walk(&w, "<!DOCTYPE html><p><b>x</b><br></p>");
	assert_int_equal(w.depth, 0);
}

static void
test_pair(void **state)
{
	struct place p, q;
	struct result *a = NULL, *b = NULL;
	struct buf page = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(report(&p, "a", sample_run(5, 1), false), 0);
	assert_int_equal(report(&q, "b", sample_run(5, 2), false), 0);
	assert_int_equal(result_load(p.dir, &a, &e), 0);
	assert_int_equal(result_load(q.dir, &b, &e), 0);
	assert_int_equal(pair_page(&page, a, b, &e), 0);
	form_of(page.data);
	assert_has(page.data, "Differences are shown, not judged");
	assert_has(page.data, "withdraw_ms");
	buf_done(&page);
	result_free(a);
	result_free(b);
	place_done(&p);
	place_done(&q);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_the_walk_finds),
		cmocka_unit_test(test_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
