/* test_knobs.c - lines set and read by a knob's pattern, values and their limits, combinations, layers written. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "scenarios/knob_layer.h"
#include "scenarios/knob_text.h"
#include "scenarios/sweep.h"
#include "tests/unit/top.h"

/* What a place makes of a text, and how many lines it found. */
static void
lines_are_set(void **state)
{
	static const struct {
		struct knob_place place;
		bool whole;
		double value;
		const char *text, *wanted;
		size_t lines;
	} rows[] = {
		{{.line = "^fall ([0-9]+)"}, true, 3, "fall 2 # why\n", "fall 3 # why\n", 1},
		{{.line = "^fall ([0-9]+)"}, true, 3, "a\nfall 2", "a\nfall 3", 1},
		{{.line = "^fall ([0-9]+)"}, true, 3, " fall 2\n", " fall 2\n", 0},
		{{.line = "^fall ([0-9]+)"}, true, 3, "", "", 0},
		{{.line = "fall ([0-9]+)"}, true, 10, "fall 2\nrise 1\nfall 4\n",
			"fall 10\nrise 1\nfall 10\n", 2},
		{{.line = "^ms = ([0-9.]+)", .multiply = 1000}, false, 0.05, "ms = 9\n",
			"ms = 50\n", 1},
		{{.line = "^t ([0-9]+) [0-9]+$", .divide = 3}, true, 10, "t 10 30\n", "t 3 30\n",
			1},
		{{.line = "^t ([0-9]+)", .plus = 1}, true, 1, "t 5\n", "t 2\n", 1},
		{{.line = "^x$", .set = "{line}\n prepend {value times 64500}"}, true, 2,
			"x\ny\nx\n", "x\n prepend 64500 64500\ny\nx\n prepend 64500 64500\n", 2},
		{{.line = "^x$", .set = "{line}\n prepend {value times 64500}"}, true, 0, "x\ny\n",
			"x\ny\n", 1},
		{{.line = "^x", .set = "v = {value}; # {line}"}, false, 0.25, "x 1\n",
			"v = 0.25; # x 1\n", 1},
		{{.line = "^fall = ([0-9]+)", .from = "^\\[udp\\]", .to = "^\\["}, true, 5,
			"[tcp]\nfall = 1\n[udp]\nfall = 2\n[x]\nfall = 3\n[udp]\nfall = 4\n",
			"[tcp]\nfall = 1\n[udp]\nfall = 5\n[x]\nfall = 3\n[udp]\nfall = 5\n", 2},
		{{.line = "^fall = ([0-9]+)", .from = "^\\[udp\\]"}, true, 5,
			"fall = 1\n[udp]\nfall = 2\n", "fall = 1\n[udp]\nfall = 5\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct knob_place p = rows[i].place;
		char *text = NULL;
		size_t lines = 99;
		struct err e = {0};

		p.multiply = p.multiply > 0 ? p.multiply : 1;
		p.divide = p.divide > 0 ? p.divide : 1;
		assert_int_equal(knob_text_set(&p, rows[i].whole, rows[i].value, rows[i].text,
					 &text, &lines, &e),
			0);
		assert_string_equal(text, rows[i].wanted);
		assert_int_equal(lines, rows[i].lines);
		free(text);
	}
}

static void
templates_are_checked(void **state)
{
	struct knob_place p = {.line = "x", .set = "{valeu}", .multiply = 1, .divide = 1};
	char *text = NULL;
	struct err e = {0};
	size_t lines;

	(void)state;
	assert_int_equal(knob_text_set(&p, true, 1, "x\n", &text, &lines, &e), -EINVAL);
	assert_non_null(strstr(e.text, "{valeu}"));
	p.set = "{value times a}";
	assert_int_equal(knob_text_set(&p, true, 65, "x\n", &text, &lines, &e), -EINVAL);
	assert_int_equal(knob_text_set(&p, false, 1.5, "x\n", &text, &lines, &e), -EINVAL);
	assert_null(text);
}

/* Back in the knob's unit. */
static void
values_are_read(void **state)
{
	const struct knob_place ms = {.line = "^ms = ([0-9.]+)", .multiply = 1000, .divide = 1};
	const struct knob_place set = {.line = "^x$", .set = "y", .multiply = 1, .divide = 1};
	const struct knob_place word = {.line = "^x (.*)", .multiply = 1, .divide = 1};
	double value = 0;

	(void)state;
	assert_int_equal(knob_text_now(&ms, "a\nms = 50\nms = 70\n", &value), 0);
	assert_true(fabs(value - 0.05) < 1e-12);
	assert_int_equal(knob_text_now(&ms, "a\n", &value), -ENOENT);
	assert_int_equal(knob_text_now(&set, "x\n", &value), -ENODATA);
	assert_int_equal(knob_text_now(&word, "x five\n", &value), -EINVAL);
}

static void
values_have_limits(void **state)
{
	const struct knob seconds = {.name = "a", .about = "", .unit = "s", .min = 0.5, .max = 10};
	const struct knob whole = {
		.name = "b", .about = "why", .unit = "", .whole = true, .max = 9};
	static const struct {
		bool whole;
		const char *text;
		double value; /* NAN: refused */
	} rows[] = {{false, "1", 1}, {false, "0.5", 0.5}, {false, "500ms", 0.5}, {false, "10s", 10},
		{false, "0.4", NAN}, {false, "11", NAN}, {false, "1x", NAN}, {false, "", NAN},
		{false, "nan", NAN}, {true, "0", 0}, {true, "9", 9}, {true, "9.0", 9},
		{true, "1.5", NAN}, {true, "10", NAN}, {true, "-1", NAN}, {true, "1s", NAN}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double value = -7;
		struct err e;
		int rc = knob_parse_value(
			rows[i].whole ? &whole : &seconds, rows[i].text, &value, &e);

		assert_int_equal(rc, isnan(rows[i].value) ? -EINVAL : 0);
		if (rc == 0)
			assert_true(fabs(value - rows[i].value) < 1e-12);
		else
			assert_true(value == -7);
	}
}

/* Values that are words: each place may have its own for them. */
static void
words(void **state)
{
	const char *here[] = {"no", "yes"};
	struct knob k = {
		.name = "w", .unit = "", .words = {"off", "on"}, .words_len = 2, .whole = true};
	struct knob_place p = {.line = "^recv (no|yes)",
		.multiply = 1,
		.divide = 1,
		.words = here,
		.words_len = 2};
	char *text = NULL, shown[KNOB_TEXT_BYTES];
	double value = -7;
	size_t lines;
	struct err e = {0};

	(void)state;
	assert_int_equal(knob_parse_value(&k, "on", &value, &e), 0);
	assert_true(value == 1);
	assert_int_equal(knob_parse_value(&k, "1", &value, &e), -EINVAL);
	assert_string_equal(e.text, "w: '1' is none of off, on");
	assert_string_equal(knob_show(&k, value, shown), "on");
	assert_int_equal(knob_text_set(&p, true, value, "x\nrecv no\n", &text, &lines, &e), 0);
	assert_string_equal(text, "x\nrecv yes\n");
	assert_int_equal(lines, 1);
	value = -7;
	assert_int_equal(knob_text_now(&p, text, &value), 0);
	assert_true(value == 1);
	free(text);
	p.line = "^recv (.*)";
	assert_int_equal(knob_text_now(&p, "recv maybe\n", &value), -EINVAL);
}

/* All combinations, the last knob fastest; more than can be waited for are refused. */
static void
combinations(void **state)
{
	struct sweep *s = calloc(1, sizeof(*s));
	struct err e;

	(void)state;
	assert_non_null(s);
	s->vary_len = 2;
	s->vary[0].len = 2;
	s->vary[1].len = 3;
	assert_int_equal(sweep_combine(s, &e), 0);
	assert_int_equal(s->len, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(s->items[i].value[0], i / 3);
		assert_int_equal(s->items[i].value[1], i % 3);
	}
	s->vary[0].len = 11;
	s->vary[1].len = 10;
	assert_int_equal(sweep_combine(s, &e), -EINVAL);
	s->vary[0].len = 10;
	assert_int_equal(sweep_combine(s, &e), 0);
	assert_int_equal(s->len, SWEEP_COMBINATIONS);
	free(s);
}

/* Two knobs of the same file: the second does not undo the first; mode and other lines stay. */
static void
layers_are_written(void **state)
{
	static const char *at_list[] = {"edge", NULL};
	static struct knob_place fall = {.at = at_list,
		.at_len = 1,
		.file = "/etc/c",
		.multiply = 1,
		.divide = 1,
		.line = "^fall ([0-9]+)"};
	static struct knob_place rise = {.at = at_list,
		.at_len = 1,
		.file = "/etc/c",
		.multiply = 1,
		.divide = 1,
		.line = "^rise ([0-9]+)"};
	static struct knob_place none = {.at = at_list,
		.at_len = 1,
		.file = "/etc/c",
		.multiply = 1,
		.divide = 1,
		.line = "^drop ([0-9]+)",
		.conf_line = 7};
	const struct knob knobs[] = {
		{.name = "fall", .whole = true, .places = &fall, .places_len = 1},
		{.name = "rise", .whole = true, .places = &rise, .places_len = 1},
		{.name = "drop", .path = "k.yaml", .places = &none, .places_len = 1}};
	const struct knob_setting both[] = {{&knobs[0], 4}, {&knobs[1], 5}}, bad = {&knobs[2], 1};
	struct topo_role role = {.layers = at_list, .layers_len = 1};
	struct topo_node nodes[2] = {{.name = "n1"}, {.name = "n2"}};
	struct topology t = {.roles = &role, .roles_len = 1, .nodes = nodes, .nodes_len = 2};
	char low[64], high[64], out[64], path[160], now[KNOB_TEXT_BYTES], *text;
	const char *const stacks[] = {low, high, NULL};
	struct err e = {0};

	(void)state;
	snprintf(low, sizeof(low), "%s/low", top);
	snprintf(high, sizeof(high), "%s/high", top);
	snprintf(out, sizeof(out), "%s/out", top);
	snprintf(path, sizeof(path), "%s/edge/etc", low);
	assert_int_equal(fs_mkdirs(path, &e), 0);
	snprintf(path, sizeof(path), "%s/edge/etc/c", low);
	assert_int_equal(fs_write(path, "fall 1\nrise 1\n", 14, &e), 0);
	snprintf(path, sizeof(path), "%s/n2/etc", high);
	assert_int_equal(fs_mkdirs(path, &e), 0);
	snprintf(path, sizeof(path), "%s/n2/etc/c", high);
	assert_int_equal(fs_write(path, "rise 9\nfall 9\n", 14, &e), 0);
	assert_int_equal(knob_layer_now(&t, stacks, &knobs[0], now, &e), 0);
	assert_string_equal(now, "1");
	assert_int_equal(knob_layer_write(&t, stacks, both, 2, out, &e), 0);
	snprintf(path, sizeof(path), "%s/n1/etc/c", out);
	assert_int_equal(fs_read(path, 100, &text, NULL, &e), 0);
	assert_string_equal(text, "fall 4\nrise 5\n");
	free(text);
	snprintf(path, sizeof(path), "%s/n2/etc/c", out);
	assert_int_equal(fs_read(path, 100, &text, NULL, &e), 0);
	assert_string_equal(text, "rise 5\nfall 4\n");
	free(text);
	assert_int_equal(knob_layer_write(&t, stacks, &bad, 1, out, &e), -EINVAL);
	assert_string_equal(
		e.text, "k.yaml:7: drop: no line of /etc/c of node n1 is like '^drop ([0-9]+)'");
}

/* A scenario's own setting of a knob that is varied too leaves no line behind. */
static void
varied_over_a_setting(void **state)
{
	static struct knob_place place = {
		.line = "^x$", .set = "{line}\n prepend {value}", .multiply = 1, .divide = 1};
	static const struct knob varied = {.name = "prepend", .whole = true, .places = &place},
				 other = {.name = "fall"};
	struct sweep *s = calloc(1, sizeof(*s));
	struct knob_setting got[SCENARIO_SETTINGS + SWEEP_KNOBS];
	struct scenario *scenario = calloc(1, sizeof(*scenario));
	char *text = NULL;
	struct err e = {0};
	size_t lines;

	(void)state;
	assert_non_null(s);
	assert_non_null(scenario);
	s->scenario = scenario;
	scenario->settings[0] = (struct knob_setting){&varied, 3};
	scenario->settings[1] = (struct knob_setting){&other, 7};
	scenario->settings_len = 2;
	s->vary[0] = (struct sweep_vary){.knob = &varied, .values = {1, 2}, .len = 2};
	s->vary_len = 1;
	assert_int_equal(sweep_combine(s, &e), 0);
	assert_int_equal(sweep_settings(s, 1, got), 2);
	assert_ptr_equal(got[0].knob, &other);
	assert_true(got[0].value == 7);
	assert_ptr_equal(got[1].knob, &varied);
	assert_true(got[1].value == 2);
	assert_int_equal(knob_text_set(&place, true, got[1].value, "x\n", &text, &lines, &e), 0);
	assert_string_equal(text, "x\n prepend 2\n");
	free(text);
	free(scenario);
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_set),
		cmocka_unit_test(templates_are_checked), cmocka_unit_test(values_are_read),
		cmocka_unit_test(values_have_limits), cmocka_unit_test(words),
		cmocka_unit_test(combinations), cmocka_unit_test(layers_are_written),
		cmocka_unit_test(varied_over_a_setting)};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
