/* test_batch.c - several runs in a row: how long all takes, what a journal remembers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scenarios/again.h"
#include "scenarios/batch.h"
#include "scenarios/batch_journal.h"
#include "scenarios/batch_order.h"
#include "tests/unit/top.h"

static struct action fault = {.at_ns = 20 * NS_PER_S};

static struct scenario
scenario_of(const char *name, int64_t before_ns, int64_t after_ns)
{
	return (struct scenario){.name = name,
		.before_ns = before_ns,
		.after_ns = after_ns,
		.actions = &fault,
		.actions_len = 1,
		.probes = 10,
		.rate_qps = 10};
}

static void
estimates(void **state)
{
	struct scenario s = scenario_of("x", 5 * NS_PER_S, 15 * NS_PER_S);
	double once_s = batch_estimate_s(&s, 1, false);

	(void)state;
	assert_true(once_s > 40);
	assert_true(batch_estimate_s(&s, 3, false) > 2.9 * once_s);
	assert_true(batch_estimate_s(&s, 1, true) > once_s);
	s.least_after_ns = 3 * NS_PER_S; /* ends when the lab is healed */
	assert_true(batch_estimate_s(&s, 1, false) < once_s);
}

/* "d1", "hX": variant and what kind of lab; small letters of the kind want it untouched. */
static void
order(void **state)
{
	static const struct {
		const char *given, *ordered;
	} rows[] = {
		{"", ""},
		{"d- d-", "d- d-"},
		{"h- d- h-", "h- h- d-"},
		{"dX d- dX h-", "d- dX dX h-"},
		{"dX dY dX", "dX dX dY"},
		{"d- dX do d- hX do h-", "do do d- d- dX h- hX"},
		{"d- hX d- hY h- hX dX", "d- d- dX h- hX hX hY"},
		{"d1 d2 d- d1 dX d2", "d- d1 d1 d2 d2 dX"},
	};
	static char x[] = "/x", y[] = "/y";
	static const struct knob knob = {.name = "k"};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct scenario s[8] = {0};
		struct batch_item items[8] = {0};
		struct batch b = {.items = items};
		const char *p = rows[r].given;
		const char *layers[BATCH_STACKS];
		char told[40] = "";

		for (; *p != '\0'; p += p[2] == ' ' ? 3 : 2, b.len++) {
			items[b.len].variant = p[0] == 'd' ? "documented" : "hardened";
			items[b.len].scenario = &s[b.len];
			s[b.len].own_lab = p[1] == 'o';
			s[b.len].layers_len = p[1] == 'X' || p[1] == 'Y';
			s[b.len].settings_len = p[1] == '1' || p[1] == '2';
			s[b.len].settings[0] =
				(struct knob_setting){.knob = &knob, .value = p[1] - '0'};
			s[b.len].layers[0] = p[1] == 'X' ? x : y;
			s[b.len].probes = 1 + (unsigned int)b.len;
			s[b.len].rate_qps = 1;
		}
		batch_order(items, b.len);
		for (size_t i = 0; i < b.len; i++) {
			const struct scenario *is = items[i].scenario;

			batch_layers(&b, i, "/S", layers);
			assert_true((layers[0] != NULL) == !scenario_is_plain(is));
			assert_true(batch_busiest(&b, i)->probes >= is->probes);
			snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%c%c",
				i ? " " : "", items[i].variant[0],
				is->own_lab	     ? 'o'
					: !layers[0] ? '-'
					: is->settings_len > 0
					? (is->settings[0].value > 1 ? '2' : '1')
					: layers[0] == x ? 'X'
							 : 'Y');
		}
		assert_string_equal(told, rows[r].ordered);
	}
}

/* Not two about the same claim in a row, where that can be. */
static void
spread_out(void **state)
{
	static const struct {
		const char *given, *ordered;
	} rows[] = {
		{"a", "a"},
		{"aab", "aba"},
		{"abc", "abc"},
		{"aaab", "abaa"},
		{"abbcccc", "cbcacbc"},
	};
	static const char *claims[][1] = {{"a"}, {"b"}, {"c"}};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		size_t len = strlen(rows[r].given);
		struct scenario s[8] = {0};
		struct batch_item items[8] = {0};
		char told[9] = "";

		for (size_t i = 0; i < len; i++) {
			s[i].judges = claims[rows[r].given[i] - 'a'];
			s[i].judges_len = 1;
			items[i] = (struct batch_item){.scenario = &s[i], .variant = "documented"};
		}
		batch_order(items, len);
		for (size_t i = 0; i < len; i++)
			told[i] = items[i].scenario->judges[0][0];
		assert_string_equal(told, rows[r].ordered);
	}
}

/* The scenario's own layers lie below its settings, these below the user's. */
static void
layers_in_order(void **state)
{
	static char own[] = "/own";
	struct knob knob = {.name = "k"};
	struct scenario s = {
		.layers = {own}, .layers_len = 1, .settings = {{.knob = &knob}}, .settings_len = 1};
	struct batch_item item = {.scenario = &s, .variant = "documented"};
	struct batch b = {.items = &item, .len = 1, .layers = {"mine", "yours"}, .layers_len = 2};
	const char *layers[BATCH_STACKS];

	(void)state;
	batch_layers(&b, 0, "settings", layers);
	assert_string_equal(layers[0], "/own");
	assert_string_equal(layers[1], "settings");
	assert_string_equal(layers[2], "mine");
	assert_string_equal(layers[3], "yours");
	assert_null(layers[4]);
	s.settings_len = 0;
	batch_layers(&b, 0, "settings", layers);
	assert_string_equal(layers[1], "mine");
	assert_true(batch_starts_lab(&b, 0));
}

static void
begin(struct batch *b, struct batch_item items[3], struct scenario *s)
{
	*b = (struct batch){.items = items, .len = 3};
	snprintf(b->dir, sizeof(b->dir), "%s", top);
	items[0] = (struct batch_item){.scenario = &s[0], .variant = "documented"};
	items[1] = (struct batch_item){.scenario = &s[1], .variant = "documented"};
	items[2] = (struct batch_item){.scenario = &s[0], .variant = "hardened"};
}

/* What a completed run leaves. */
static void
leave_result(const struct batch_item *item)
{
	char path[RUN_DIR_BYTES + 16];

	assert_int_equal(fs_mkdirs(item->dir, NULL), 0);
	snprintf(path, sizeof(path), "%s/result.json", item->dir);
	assert_int_equal(fs_write(path, "{}", 2, NULL), 0);
}

static void
journal(void **state)
{
	struct scenario s[2] = {scenario_of("a", 1, 1), scenario_of("b", 1, 1)};
	struct batch_item items[3];
	struct batch b;
	json_t *read;
	struct err e;

	(void)state;
	begin(&b, items, s);
	b.plan.trials = 2;
	b.plan.seed = 7;
	b.quick = true;
	b.probes = 64;
	items[0].done = true;
	items[0].code = 1;
	snprintf(items[0].dir, sizeof(items[0].dir), "%s/a-documented-1", top);
	leave_result(&items[0]);
	items[1].code = 130; /* interrupted: is there, but not completed */
	snprintf(items[1].dir, sizeof(items[1].dir), "%s/b-documented-1", top);
	assert_int_equal(batch_journal_write(&b), 0);

	begin(&b, items, s);
	assert_int_equal(batch_journal_read(&b, &read, &e), 0);
	assert_int_equal(b.plan.trials, 2);
	assert_int_equal(b.plan.seed, 7);
	assert_int_equal(b.probes, 64);
	assert_true(b.quick);
	batch_journal_apply(&b, read);
	json_decref(b.kept);
	json_decref(read);
	assert_true(items[0].done);
	assert_int_equal(items[0].code, 1);
	assert_false(items[1].done);
	assert_false(items[2].done);

	begin(&b, items, s);
	b.plan.trials = 5;
	assert_int_equal(batch_journal_read(&b, &read, &e), -EINVAL);
	assert_non_null(strstr(e.text, "was begun with --trials 2, not 5"));
}

/* What the lab was is taken over where it is left open, and refused where it differs. */
static void
journal_lab(void **state)
{
	struct scenario s[2] = {scenario_of("a", 1, 1), scenario_of("b", 1, 1)};
	struct batch_item items[3];
	struct batch b;
	json_t *read;
	struct err e;

	(void)state;
	begin(&b, items, s);
	b.plan.trials = 1;
	b.plan.seed = 1;
	b.plan.strict = true;
	b.lab.topology = "t.yaml";
	b.last_mile = "none";
	b.layers[b.layers_len++] = "mine";
	assert_int_equal(batch_journal_write(&b), 0);

	begin(&b, items, s);
	assert_int_equal(batch_journal_read(&b, &read, &e), 0);
	assert_true(b.plan.strict);
	assert_null(b.lab.variant);
	assert_string_equal(b.lab.topology, "t.yaml");
	assert_string_equal(b.last_mile, "none");
	assert_int_equal(b.layers_len, 1);
	assert_string_equal(b.layers[0], "mine");
	json_decref(read);

	begin(&b, items, s);
	b.lab.variant = "hardened";
	b.lab.topology = "u.yaml";
	b.lab.any_catchment = true;
	b.layers[b.layers_len++] = "yours";
	assert_int_equal(batch_journal_read(&b, &read, &e), -EINVAL);
	assert_null(read);
	assert_non_null(strstr(e.text, "was begun without --variant"));
	assert_non_null(strstr(e.text, "was begun with --topology t.yaml, not u.yaml"));
	assert_non_null(strstr(e.text, "was begun without --any-catchment"));
	assert_non_null(strstr(e.text, "was begun with other --layer"));
}

/* An inconclusive run is repeated; an entry stays until its own run is there. */
static void
journal_keeps(void **state)
{
	struct scenario s[2] = {scenario_of("a", 1, 1), scenario_of("b", 1, 1)};
	struct batch_item items[3];
	struct batch b;
	char gone[RUN_DIR_BYTES];
	json_t *read;
	struct err e;

	(void)state;
	begin(&b, items, s);
	b.plan.trials = 1;
	b.plan.seed = 1;
	for (size_t i = 0; i < 3; i++) {
		items[i].done = true;
		items[i].code = i == 0 ? 4 : 0;
		snprintf(items[i].dir, sizeof(items[i].dir), "%s/%zu", top, i);
		leave_result(&items[i]);
	}
	assert_int_equal(batch_journal_write(&b), 0);

	begin(&b, items, s);
	b.len = 2; /* of the third nobody knows now */
	assert_int_equal(batch_journal_read(&b, &read, &e), 0);
	batch_journal_apply(&b, read);
	assert_false(items[0].done);
	assert_true(items[1].done);
	assert_int_equal(json_array_size(b.kept), 2);
	snprintf(items[0].dir, sizeof(items[0].dir), "%s/again", top);
	leave_result(&items[0]);
	items[0].done = true;
	assert_int_equal(batch_journal_write(&b), 0);
	json_decref(b.kept);
	json_decref(read);

	begin(&b, items, s);
	assert_int_equal(batch_journal_read(&b, &read, &e), 0);
	batch_journal_apply(&b, read);
	assert_int_equal(json_array_size(json_object_get(read, "runs")), 3);
	assert_int_equal(json_integer_value(json_object_get(read, "planned")), 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(items[i].done);
	assert_non_null(strstr(items[0].dir, "/again"));
	json_decref(b.kept);
	json_decref(read);

	/* Whose folder is gone is run again; the entry stays until then. */
	snprintf(gone, sizeof(gone), "%s", items[1].dir);
	assert_int_equal(fs_remove_tree(gone, NULL), 0);
	begin(&b, items, s);
	assert_int_equal(batch_journal_read(&b, &read, &e), 0);
	batch_journal_apply(&b, read);
	assert_true(items[0].done);
	assert_false(items[1].done);
	assert_true(items[2].done);
	assert_int_equal(json_array_size(b.kept), 1);
	json_decref(b.kept);
	json_decref(read);
}

/* A journal's head, then one key of it or one run. */
#define HEAD "{\"schema\": \"catchment.all/1\", \"trials\": 1, \"seed\": 1, \"rate_qps\": 1, "
#define RUN(dir)                                                                                   \
	"\"runs\": [{\"scenario\": \"a\", \"variant\": \"documented\", \"code\": 0, "              \
	"\"completed\": true, \"dir\": " dir "}]}"

static void
journal_mistakes(void **state)
{
	static const char *const rows[] = {"", "[]", "{\"schema\": \"catchment.run/1\"}",
		"{\"schema\": \"catchment.all/1\"}",
		"{\"schema\": \"catchment.all/1\", \"trials\": 0, \"seed\": 1, \"rate_qps\": 1, "
		"\"runs\": []}",
		"{\"schema\": \"catchment.all/1\", \"trials\": 1, \"seed\": 1, \"rate_qps\": 1, "
		"\"runs\": 3}",
		HEAD "\"layers\": 5, \"runs\": []}", HEAD "\"quick\": 5, \"runs\": []}",
		HEAD "\"runs\": [5]}", HEAD RUN("5"), HEAD RUN("\"\""), HEAD RUN("\"..\""),
		HEAD RUN("\"../../../etc\""), HEAD RUN("\"/etc\"")};
	static const char fair[] = HEAD RUN("\"a-documented-1\"");
	struct batch b = {.len = 0};
	char path[200];
	json_t *read;
	struct err e;

	(void)state;
	snprintf(b.dir, sizeof(b.dir), "%s", top);
	snprintf(path, sizeof(path), "%s/all.json", top);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(fs_write(path, rows[i], strlen(rows[i]), NULL), 0);
		assert_true(batch_journal_read(&b, &read, &e) < 0);
	}
	assert_non_null(strstr(e.text, "runs[0]: dir: '/etc' is no folder's plain name"));
	assert_int_equal(fs_write(path, fair, strlen(fair), NULL), 0);
	assert_int_equal(batch_journal_read(&b, &read, &e), 0);
	json_decref(read);
}

/* What does one run of a batch alone: as words, and as a shell reads them. */
static void
alone(void **state)
{
	static const char *const wanted[] = {"catchment", "run", "dns-crash", "--variant",
		"hardened", "--trials", "5", "--seed", "7", "--layer", "my layer's", "--short"};
	struct scenario s = scenario_of("dns-crash", 0, 0);
	struct batch_item item = {.scenario = &s, .variant = "hardened"};
	struct batch b = {.items = &item,
		.len = 1,
		.plan = {.trials = 5, .seed = 7},
		.brief = true,
		.layers = {"my layer's"},
		.layers_len = 1};
	struct conf *conf;
	struct buf said = {0};
	struct err e;
	json_t *words;

	(void)state;
	assert_int_equal(conf_load("./scenarios/dns-crash.yaml", &conf, &e), 0);
	s.conf = conf;
	words = again_words(&b, &item, 7);
	assert_int_equal(json_array_size(words), sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < json_array_size(words); i++)
		assert_string_equal(json_string_value(json_array_get(words, i)), wanted[i]);
	json_decref(words);
	/* The run that is to confirm another has a seed of its own. */
	words = again_words(&b, &item, 8);
	assert_string_equal(json_string_value(json_array_get(words, 8)), "8");
	json_decref(words);
	again_say(&said, &b, &item);
	assert_string_equal(said.data,
		"catchment run dns-crash --variant hardened --trials 5 --seed 7 "
		"--layer 'my layer'\\''s' --short");
	buf_done(&said);
	b.out = "my runs";
	again_say(&said, &b, &item);
	assert_non_null(strstr(said.data, " --short --out 'my runs'"));
	buf_done(&said);
	conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimates),
		cmocka_unit_test(order),
		cmocka_unit_test(spread_out),
		cmocka_unit_test(layers_in_order),
		cmocka_unit_test(journal),
		cmocka_unit_test(journal_lab),
		cmocka_unit_test(journal_keeps),
		cmocka_unit_test(journal_mistakes),
		cmocka_unit_test(alone),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
