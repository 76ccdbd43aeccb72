/* test_like.c - what a scenario takes over from another, the layers it brings along, and every mistake in either. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/fs.h"
#include "lib/mono.h"
#include "scenarios/scenario.h"
#include "scenarios/scenario_settings.h"

static char top[] = "/tmp/test_like.XXXXXX";
static struct topology *t;

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(top) == NULL || topology_load("lab/topology.yaml", &t, NULL) < 0 ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	topology_free(t);
	return fs_remove_tree(top, NULL);
}

static void
put(const char *name, const char *text)
{
	char path[200], *slash;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	assert_int_equal(fs_mkdirs(path, NULL), 0);
	*slash = '/';
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
}

static struct scenario *
load(const char *name)
{
	struct scenario *s;
	char path[200];

	snprintf(path, sizeof(path), "%s/%s.yaml", top, name);
	assert_int_equal(scenario_load(path, t, &s, NULL), 0);
	return s;
}

/* All complaints without the folder, a line each. */
static void
assert_told(const char *name, const char *want)
{
	struct scenario *s = load(name);
	char told[2000] = "";
	size_t used = 0;

	for (size_t i = 0; i < conf_complaints(s->conf); i++)
		for (const char *p = conf_complaint(s->conf, i); *p != '\0';) {
			bool folder = strncmp(p, top, strlen(top)) == 0;

			p += folder ? strlen(top) + 1 : 0;
			told[used++] = *p++;
			if (*p == '\0')
				told[used++] = '\n';
			assert_true(used < sizeof(told) - 1);
		}
	told[used] = '\0';
	assert_string_equal(told, want);
	scenario_free(s);
}

/* The skip of skips.yaml, taken over in vain. */
static void
assert_skip_told(const char *name)
{
	struct scenario *s = load(name);
	const char *told = conf_complaint(s->conf, 0);
	char want[200];

	assert_int_equal(conf_complaints(s->conf), 1);
	snprintf(want, sizeof(want),
		"/%s.yaml:3: skip of %s/skips.yaml:12, taken over: from after ", name, top);
	assert_non_null(strstr(told, want));
	assert_non_null(strstr(told, "; skip: [] here leaves nothing out"));
	scenario_free(s);
}

#define BASE                                                                                       \
	"name: base\ntitle: The base\nsummary: as it is\njudges: [crash-withdraw]\n"               \
	"probes: {count: 8, rate: 5}\nphase: 2s\ntimeline:\n  - {at: 0s, kill: hkg/knotd}\n"       \
	"after: 15s\nexpect:\n  - {metric: withdraw_ms, max: \"< 5s\"}\n"

/* All but what it is called, one of probes' keys at a time, lists as a whole. */
static void
takes_over(void **state)
{
	struct scenario *s;

	(void)state;
	put("base.yaml", BASE);
	put("a.yaml",
		"name: a\ntitle: Another\nlike: base\nprobes: {rate: 7}\n"
		"timeline:\n  - {at: 0s, hang: tyo/knotd}\n");
	put("b.yaml", "name: b\ntitle: B\nlike: a\nexpect: []\nafter: 3s\n");
	s = load("b");
	assert_int_equal(conf_report(s->conf), 0);
	assert_string_equal(s->name, "b");
	assert_string_equal(s->summary, "B");
	assert_int_equal(s->judges_len, 1);
	assert_int_equal(s->probes, 8);
	assert_true(s->rate_qps == 7);
	assert_true(s->phase_window_ns == 2 * NS_PER_S && s->after_ns == 3 * NS_PER_S);
	assert_int_equal(s->actions_len, 1);
	assert_int_equal(s->actions[0].kind, ACTION_HANG);
	assert_int_equal(s->expects_len, 0);
	assert_int_equal(conf_files(s->conf), 3);
	scenario_free(s);
}

static void
mistakes(void **state)
{
	(void)state;
	put("base.yaml", BASE);
	put("none.yaml", "name: x\ntitle: x\nlike: nobody\ntimeline: []\n");
	assert_told("none", "none.yaml:3: like: nobody.yaml: No such file or directory\n");
	put("far.yaml", "name: x\ntitle: x\nlike: ../base\ntimeline: []\n");
	assert_told("far", "far.yaml:3: like: '../base' is not the name of a scenario\n");
	put("list.yaml", "name: x\ntitle: x\nlike: [base]\ntimeline: []\n");
	assert_told("list", "list.yaml:3: like must be a single value\n");
	put("self.yaml", "name: x\ntitle: x\nlike: self\ntimeline: []\n");
	assert_told("self", "self.yaml:3: like: 'self' leads back to itself\n");
	put("r1.yaml", "name: x\ntitle: x\nlike: r2\ntimeline: []\n");
	put("r2.yaml", "name: x\ntitle: x\n\nlike: r1\n");
	assert_told("r1", "r2.yaml:4: like: 'r1' leads back to itself\n");
	put("c1.yaml", "name: x\ntitle: x\nlike: c2\n");
	put("c2.yaml", "like: c3\n");
	put("c3.yaml", "like: c4\n");
	put("c4.yaml", "like: base\n");
	assert_told("c1", "c4.yaml:1: like: more than 4 files in a row\n");
	/* Each mistake where it was written. */
	put("bad.yaml",
		"name: bad\ntitle: x\ncolour: red\ntimeline:\n  - {at: 0s, kill: hgk/knotd}\n");
	put("of-bad.yaml", "name: x\ntitle: x\nlike: bad\nafter: soon\n");
	assert_told("of-bad",
		"of-bad.yaml:4: 'after': 'soon' is not understood (a duration like 300ms, 2s, "
		"1.5min)\n"
		"bad.yaml:3: unknown key 'colour'\n"
		"bad.yaml:5: the network has no node 'hgk'\n");
	/* What the base leaves out is no part of a shorter timeline: told where it was taken over. */
	put("skips.yaml", BASE "skip: [2s, 4s]\n");
	put("of-skips.yaml", "name: x\ntitle: x\nlike: skips\n");
	assert_skip_told("of-skips");
	put("none-skipped.yaml", "name: x\ntitle: x\nlike: skips\nskip: []\n");
	assert_told("none-skipped", "");
	put("cut.yaml", "name: [\n");
	put("of-cut.yaml", "name: x\ntitle: x\nlike: cut\ntimeline: []\n");
	assert_told("of-cut",
		"cut.yaml:2: did not find expected node content (while parsing a flow node that "
		"begins in line 2)\n");
}

static void
layers(void **state)
{
	struct scenario *s, *other;

	(void)state;
	put("layers/one/hkg/etc/x.conf", "x\n");
	put("layers/two/pop/etc/y.conf", "y\n");
	put("with.yaml", BASE "layers: [layers/one, layers/two]\n");
	put("same.yaml", "name: same\ntitle: x\nlike: with\n");
	put("less.yaml", "name: less\ntitle: x\nlike: with\nlayers: [layers/one]\n");
	s = load("with");
	assert_int_equal(conf_report(s->conf), 0);
	assert_int_equal(s->layers_len, 2);
	assert_true(s->layers[0][0] == '/' && strstr(s->layers[1], "/layers/two") != NULL);
	other = load("same");
	assert_true(scenario_same_layers(s, other));
	scenario_free(other);
	other = load("less");
	assert_int_equal(conf_report(other->conf), 0);
	assert_false(scenario_same_layers(s, other));
	scenario_free(other);
	scenario_free(s);
}

static void
bad_layers(void **state)
{
	static const struct {
		const char *key, *told;
	} rows[] = {
		{"layers: []\n", "12: layers names none"},
		{"layers: layers/one\n", "12: layers must be a list"},
		{"layers:\n  - layers/nowhere\n",
			"13: layers: layers/nowhere: No such file or directory"},
		{"layers: [\"\"]\n", "12: layers: an empty name is no folder"},
		{"layers: [layers/hollow]\n",
			"12: layers: layers/hollow: holds no file for any node"},
		{"layers: [layers/other]\n",
			"12: layers: layers/other/nobody: the topology has no node and no role "
			"layer of "
			"that name"},
		{"layers: [layers/slip]\n",
			"12: layers: layers/slip/hkg/ect: no such folder is at the top of a node's "
			"files "
			"(etc, usr, var ...)"},
		{"layers: [layers/one, layers/one]\n", "12: layers: 'layers/one' twice"},
		{"layers: [layers/one, layers/two, layers/three]\n", "12: layers: more than 2"},
	};
	char want[300];

	(void)state;
	put("layers/one/hkg/etc/x.conf", "x\n");
	put("layers/two/pop/etc/x.conf", "x\n");
	put("layers/three/pop/etc/x.conf", "x\n");
	put("layers/hollow/README", "nothing\n");
	put("layers/other/nobody/etc/x", "x\n");
	put("layers/slip/hkg/ect/x", "x\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1000];

		snprintf(text, sizeof(text), "%s%s", BASE, rows[i].key);
		put("l.yaml", text);
		snprintf(want, sizeof(want), "l.yaml:%s\n", rows[i].told);
		assert_told("l", want);
	}
}

/* What is set lies as files of the nodes it concerns; the same settings are one lab, another value is not. */
static void
settings(void **state)
{
	char path[200], *text;
	struct scenario *s, *other;
	json_t *told;

	(void)state;
	put("with.yaml", BASE "settings: {add-paths: on, bfd-interval: 0.1s}\n");
	put("same.yaml", BASE "settings: {bfd-interval: 100, add-paths: on}\n");
	put("else.yaml", "name: else\ntitle: x\nlike: with\nsettings: {add-paths: on}\n");
	put("other.yaml", BASE "variants: [hardened]\nsettings: {check-patient: 3}\n");
	s = load("with");
	assert_int_equal(conf_report(s->conf), 0);
	assert_int_equal(s->settings_len, 2);
	assert_false(scenario_is_plain(s));
	other = load("same");
	assert_true(scenario_same_layers(s, other));
	scenario_free(other);
	other = load("else");
	assert_int_equal(conf_report(other->conf), 0);
	assert_false(scenario_same_layers(s, other));
	scenario_free(other);
	/* A knob that only the other variant has is of no concern here. */
	other = load("other");
	assert_int_equal(conf_report(other->conf), 0);
	scenario_free(other);
	snprintf(path, sizeof(path), "%s/out", top);
	assert_int_equal(scenario_write_settings(s, path, NULL), 0);
	snprintf(path, sizeof(path), "%s/out/a-hkg/etc/bird/carrier.conf", top);
	assert_int_equal(fs_read(path, 1 << 20, &text, NULL, NULL), 0);
	assert_non_null(strstr(text, "add paths on;"));
	assert_null(strstr(text, "add paths off;"));
	assert_non_null(strstr(text, "interval 100 ms;"));
	free(text);
	snprintf(path, sizeof(path), "%s/out/rs2/etc/bgpd.conf", top);
	assert_int_equal(fs_read(path, 1 << 20, &text, NULL, NULL), 0);
	assert_non_null(strstr(text, "announce add-path recv yes\n"));
	assert_non_null(strstr(text, "announce add-path send all\n"));
	free(text);
	told = scenario_settings_json(s);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(told, 0), "value")), "on");
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(told, 1), "value")), "100");
	json_decref(told);
	scenario_free(s);
}

static void
bad_settings(void **state)
{
	static const struct {
		const char *key, *told;
	} rows[] = {
		{"settings: {}\n", "12: settings names no knob"},
		{"settings: [add-paths]\n", "12: settings must be a map (key: value)"},
		{"settings:\n  add-paths: maybe\n",
			"13: settings: add-paths: 'maybe' is none of off, on"},
		{"settings:\n  med: 1\n  no-such: 1\n",
			"14: settings: documented has no knob 'no-such'; 'catchment sweep --list' "
			"names them"},
		{"settings: {bfd-interval: 1s, med: 1, add-paths: on, prepend: 1, localpref: 1}\n",
			"12: settings: more than 4"},
		{"settings: {bfd-interval: 1ms}\n",
			"12: settings: bfd-interval: '1ms' is not from 10 to 10000 ms"},
	};
	struct scenario *s;
	char want[300];

	(void)state;
	put("layers/bare/hkg/etc/frr/bgpd.conf", "hostname hkg\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1000];

		snprintf(text, sizeof(text), "%s%s", BASE, rows[i].key);
		put("l.yaml", text);
		snprintf(want, sizeof(want), "l.yaml:%s\n", rows[i].told);
		assert_told("l", want);
	}
	/* A layer that takes the lines away which the knob sets. */
	put("l.yaml", BASE "layers: [layers/bare]\nsettings: {med: 1}\n");
	s = load("l");
	assert_int_equal(conf_complaints(s->conf), 1);
	assert_non_null(strstr(conf_complaint(s->conf, 0),
		"med: no line of /etc/frr/bgpd.conf of node hkg is like"));
	scenario_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_over),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(layers),
		cmocka_unit_test(bad_layers),
		cmocka_unit_test(settings),
		cmocka_unit_test(bad_settings),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
