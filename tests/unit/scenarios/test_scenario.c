/* test_scenario.c - the scenarios that are shipped, every mistake one can have, what link patterns mean. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/fs.h"
#include "lib/mono.h"
#include "scenarios/scenario.h"
#include "scenarios/scenario_links.h"
#include "tests/unit/slips.h"

static char path[] = "/tmp/test_scenario.XXXXXX";
static struct topology *t;

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || topology_load("lab/topology.yaml", &t, NULL) < 0)
		return -1;
	return fs_write(path, "", 0, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	topology_free(t);
	return remove(path);
}

/* A small good scenario; a row of the table below puts other text in the place of one of its lines. */
static const char *const good[] = {
	/* 1 */ "name: tiny",
	/* 2 */ "title: A tiny one",
	/* 3 */ "judges: [crash-withdraw]",
	/* 4 */ "probes: {count: 8, rate: 5, timeout: 2s}",
	/* 5 */ "phase: 2s",
	/* 6 */ "timeline:",
	/* 7 */ "  - {at: 0s, kill: hkg/knotd}",
	/* 8 */ "  - {at: 20s, start: hkg/knotd}",
	/* 9 */ "after: 15s",
	/* 10 */ "expect:",
	/* 11 */ "  - {during: [10s, 19s], clients: hkg, served_by: tyo}",
	/* 12 */ "  - {metric: withdraw_ms, max: \"< 5s\"}",
	/* 13 */ "rollback: always",
};
enum { LINES = sizeof(good) / sizeof(good[0]) };

static void
assert_told(const struct slip *slips, size_t n, const char *want)
{
	char text[8192];
	size_t used = slips_text(good, LINES, slips, n, text, sizeof(text));
	struct scenario *s;

	assert_int_equal(fs_write(path, text, used, NULL), 0);
	assert_int_equal(scenario_load(path, t, &s, NULL), 0);
	assert_complaints(s->conf, strlen(path) + 1, want);
	scenario_free(s);
}

#define STEP                                                                                       \
	"a step does exactly one of kill, stop, hang, throttle, resume, start, blackhole, "        \
	"blackhole-data, link-down, impair, link-up, exec, check, load, load-stop"
#define BOUND "a metric is bound by exactly one of min, p1, p50, p90, p99, max"

static void
slips_one_by_one(void **state)
{
	static const struct slip slips[] = {
		{0, "", ""},
		{1, "", "2: 'name' is missing"},
		{1, "name: Tiny One", "1: name 'Tiny One': at most 40 of a-z, 0-9 and '-'"},
		{2, "title:", "2: 'title' is empty"},
		{2, "title: x\nseverity: high", "3: unknown key 'severity'"},
		{3, "judges: crash-withdraw", "3: judges must be a list"},
		{3, "judges: [crash-withdraw/v5]",
			"3: judges: 'crash-withdraw/v5': after '/' comes the family, v4 or v6"},
		{3, "judges: [crash-withdraw/]",
			"3: judges: 'crash-withdraw/': after '/' comes the family, v4 or v6"},
		{3, "judges: [crash-withdraw/v4, crash-withdraw]",
			"3: judges: 'crash-withdraw' is there twice"},
		{3, "judges: [crash-withdraw/v6]", ""},
		{4, "probes: {count: 0}",
			"4: 'count': '0' is out of range (a whole number from 1 to 2000)"},
		{4, "probes: {rate: 5000}",
			"4: rate: 1 to 1000 queries a second and probe: fewer see no outage of "
			"seconds"},
		{4, "probes: {timeout: 1ms}", "4: timeout: 100ms to 60s"},
		{4, "probes: {number: 5}", "4: unknown key 'number'"},
		{5, "phase: 2",
			"5: 'phase': '2' is not understood (a duration like 300ms, 2s, "
			"1.5min)"},
		{5, "phase: 2h", "5: 'phase' is more than an hour"},
		{9, "after: 1000h", "9: 'after' is more than an hour"},
		{5, "before: 61min", "5: 'before' is more than an hour"},
		{7, "  - {at: 0s, kill: hkg/named}", "7: node 'hkg' runs no 'named'"},
		{7, "  - {at: 0s, kill: hgk/knotd}", "7: the network has no node 'hgk'"},
		/* The one bad step is the whole complaint: nothing follows about the others. */
		{7, "  - {at: 0s, kill: knotd}", "7: 'knotd' is not NODE/SERVICE"},
		{7, "  - {at: 0s, destroy: hkg/knotd}", "7: " STEP "\n7: unknown key 'destroy'"},
		{7, "  - {at: 0s}", "7: " STEP},
		{7, "  - {at: 0s, kill: hkg/knotd, stop: hkg/knotd}", "7: " STEP},
		{7, "  - {at: 0s, kill: }", "7: 'kill' is empty"},
		{7, "  - kill", "7: a step of the timeline must be a map (key: value)"},
		{7, "  - {kill: hkg/knotd}", "7: 'at' is missing"},
		{7, "  - {at: 5s, kill: hkg/knotd}", "7: the first step is the fault and is at 0s"},
		{7, "  - {at: 0s, start: hkg/knotd}",
			"7: start breaks nothing: what undoes cannot come first"},
		{7, "  - {at: 0s, link-up: \"hkg--*\"}",
			"7: link-up breaks nothing: what undoes cannot come first"},
		{7, "  - {at: 0s, blackhole: \"x-*\"}", "7: no link of the network matches 'x-*'"},
		{7, "  - {at: 0s, impair: hkg}", "7: impair: how? loss, delay, jitter, rate..."},
		{7, "  - {at: 0s, impair: hkg, loss: 130%}",
			"7: loss: '130%' is not a ratio from 0 to 1, like 1%"},
		{7, "  - {at: 0s, impair: hkg, rate: 5, queue: 0}",
			"7: queue: '0' is not a time up to 60s or bytes up to 64MiB, like 50ms or "
			"64KiB\n7: rate: '5' is not a rate from 1k to 100G, like 10Mbit, or 0 for "
			"no "
			"limit"},
		{7, "  - {at: 0s, impair: hkg--a-hkg, jitter: 5s}",
			"7: link a-hkg:hkg--hkg:a-hkg: a jitter of 5000 ms around a delay of 0.4 "
			"ms: "
			"frames would leave before they came"},
		{7, "  - {at: 0s, impair: hkg--a-hkg, loss: 90%, burst: 2}",
			"7: link a-hkg:hkg--hkg:a-hkg: a loss of 90 % takes bursts of more than 2 "
			"frames: one at least passes between two"},
		{7, "  - {at: 0s, impair: hkg, loss: 1%, dir: up}",
			"7: dir: 'up' is not both, ab or ba"},
		{7, "  - {at: 0s, impair: hkg, loss: 1%, for: 2h}",
			"7: for: a time up to an hour, like 5s"},
		{7, "  - {at: 0s, blackhole: hkg, loss: 1%}",
			"7: 'loss' goes with impair, not with blackhole"},
		{7, "  - {at: 0s, throttle: hkg/knotd}",
			"7: throttle: to which share of a processor? to: 0.1% to 100%"},
		{7, "  - {at: 0s, throttle: hkg/knotd, to: 101%}",
			"7: throttle: to which share of a processor? to: 0.1% to 100%"},
		{7, "  - {at: 0s, hang: hkg/knotd, to: 1%}",
			"7: 'to' goes with throttle, not with hang"},
		{7, "  - {at: 0s, impair: hkg, lose: icmp}",
			"7: lose: 'icmp' is not larger:BYTES (68 on), tcp/PORT or udp/PORT, or "
			"several of them with commas, or nothing"},
		{7, "  - {at: 0s, blackhole: hkg, lose: tcp/53}",
			"7: 'lose' goes with impair, not with blackhole"},
		{7, "  - {at: 0s, blackhole-data: hkg, loss: 1%}",
			"7: 'loss' goes with impair, not with blackhole-data"},
		{7, "  - {at: 0s, link-down: hkg, dir: ab}",
			"7: 'dir' goes with blackhole and impair, not with link-down"},
		{7, "  - {at: 0s, kill: hkg/knotd, for: 5s}",
			"7: 'for' goes with blackhole, link-down, impair and load, not with kill"},
		{7,
			"  - {at: 0s, blackhole: a-hkg, for: 5s}\n"
			"  - {at: 4s, blackhole: hkg--a-hkg, for: 1s, dir: ab}",
			"8: link a-hkg:hkg--hkg:a-hkg: the step of line 7 still lasts then, and "
			"sets "
			"the same"},
		{7, "  - {at: 0s, repeat: {times: 3, every: 1s}}", "7: 'steps' is missing"},
		{7,
			"  - {at: 0s, repeat: {times: 3, every: 0s, steps: [{at: 0s, kill: "
			"hkg/knotd}]}}",
			"7: repeat: 'every' is more than 0s"},
		{7,
			"  - {at: 0s, repeat: {times: 1, every: 1s, steps: [{at: 0s, kill: "
			"hkg/knotd}]}}",
			"7: 'times': '1' is out of range (a whole number from 2 to 1000)"},
		{7,
			"  - {at: 0s, kill: hkg/bgpd, repeat: {times: 2, every: 1s, steps: [{at: "
			"0s, stop: hkg/knotd}]}}",
			"7: unknown key 'kill'"},
		{7,
			"  - {at: 0s, repeat: {times: 2, every: 1s, steps: [{at: 1s, kill: "
			"hkg/knotd}]}}",
			"7: repeat: a round is over before the next begins: its steps end before "
			"'every'\n7: the first step is the fault and is at 0s"},
		{7,
			"  - {at: 0s, repeat: {times: 2, every: 1s, steps: [{at: 0s, kill: "
			"hkg/named}]}}",
			"7: node 'hkg' runs no 'named'"},
		{7,
			"  - {at: 0s, repeat: {times: 1000, every: 10s, steps: [{at: 0s, kill: "
			"hkg/knotd}]}}",
			"7: a timeline of more than an hour\n"
			"8: the steps are not in the order of their time"},
		{7, "  - {at: 0s, repeat: [2]}", "7: repeat must be a map (key: value)"},
		{7, "  - {at: 0s, exec: {node: hkg}}", "7: exec: either command or script"},
		{7, "  - {at: 0s, exec: {node: hkg, command: [true], script: x}}",
			"7: exec: either command or script"},
		{7, "  - {at: 0s, exec: {node: hkg, command: [true], args: [x]}}",
			"7: args go with script"},
		{7, "  - {at: 0s, exec: {node: hkg, command: []}}",
			"7: command is an empty command"},
		{7, "  - {at: 0s, exec: {node: hkg, script: no-such-file}}",
			"7: script: /tmp/no-such-file: No such file or directory"},
		{7, "  - {at: 0s, exec: {node: hgk, script: /etc/passwd}}",
			"7: the network has no node 'hgk'"},
		{7, "  - {at: 0s, kill: \"x-*/bird\"}", "7: the network has no node 'x-*'"},
		{7, "  - {at: 0s, kill: \"a-*/knotd\"}", "7: node 'a-*' runs no 'knotd'"},
		{8, "  - {at: 20s, start: hkg/knotd}\n  - {at: 19s, stop: tyo/knotd}",
			"9: the steps are not in the order of their time"},
		{8, "  - {at: 2h, start: hkg/knotd}", "7: a timeline of more than an hour"},
		{11, "  - {during: [10s], clients: hkg, served_by: tyo}",
			"11: during is [from, to]"},
		{11, "  - {during: [10, 19], clients: hkg, served_by: tyo}",
			"11: during: durations like 10s"},
		{11, "  - {during: [19s, 10s], clients: hkg, served_by: tyo}",
			"11: during ends before it starts"},
		{11, "  - {during: [10s, 36s], clients: hkg, served_by: tyo}",
			"11: during ends after the trial does (35 s)"},
		{11, "  - {during: [10s, 19s], clients: hgk, served_by: tyo}",
			"11: the network has no city 'hgk'"},
		{11, "  - {during: [10s, 19s], clients: hkg, served_by: sin}",
			"11: the network has no site 'sin'"},
		{11, "  - {during: [10s, 19s], clients: hkg}", "11: 'served_by' is missing"},
		{11, "  - {during: [10s, 19s], clients: hkg, served_by: lax}",
			"11: site 'lax' does not announce the anycast prefixes: it serves no "
			"client"},
		{11, "  - {during: [10s, 19s], clients: hkg, served_by: tyo, variant: nosuch}",
			"11: there is no variant 'nosuch'"},
		{12, "  - {metric: withdraw_ms, max: \"< 5s\", variant: ..}",
			"12: there is no variant '..'"},
		{12, "  - {metric: withdraw_ms, max: \"< 5s\", variant: hardened}", ""},
		{13, "variants: [hardened]", ""},
		{13, "variants: [documented, hardned]", "13: there is no variant 'hardned'"},
		{13, "withdraws: hkg", ""},
		{13, "withdraws: hgk", "13: the network has no node 'hgk'"},
		{13, "withdraws: acc-hkg",
			"13: node 'acc-hkg' does not announce the anycast prefixes: it has nothing "
			"to withdraw"},
		{12, "  - {metric: soak_good_rounds, min: \"> 1\"}",
			"12: 'soak_good_rounds' is of rounds, and the timeline has no repeat"},
		{12, "  - {metric: large_rtt_ms, p50: \"< 1s\"}",
			"12: 'large_rtt_ms' is of queries that probes: {large: 0} turns off"},
		{12, "  - {metric: tcp_rtt_ms, p50: \"< 1s\"}", ""},
		{12, "  - {metric: withdraw_ms}", "12: " BOUND},
		{12, "  - {metric: withdraw_ms, max: \"< 5s\", p50: \"< 1s\"}", "12: " BOUND},
		{12, "  - {metric: withdraw_ms, mean: \"< 5s\"}",
			"12: " BOUND "\n12: unknown key 'mean'"},
		{12, "  - {metric: withdraw_ms, max: 5s}",
			"12: '5s' does not start with <, <=, > or >="},
		{12, "  - {metric: withdraw_ms, max: \"=< 5s\"}",
			"12: '=< 5s' does not start with <, <=, > or >="},
		{12, "  - {metric: withdraw_ms, max: \"< 5\"}",
			"12: '5' is not a duration, and the metric is one"},
		{12, "  - {metric: streams_with_loss, max: \"<= many\"}",
			"12: 'many' is not a number"},
		{7,
			"  - {at: 0s, kill: hkg/knotd}\n  - {at: 1s, check: {judges: x, what: y, "
			"node: hkg, "
			"command: [a], refuted: {says: no, exit: 1}, met: {exit: 1, says: no}}}",
			"8: met is what refuted is: it could never be met"},
		{7,
			"  - {at: 0s, kill: hkg/knotd}\n  - {at: 1s, check: {judges: x, what: y, "
			"node: hkg, command: [a], control: true, refuted: {exit: 1}, met: {exit: "
			"0}}}",
			"8: a control says one thing that it must come to: met or refuted"},
		{13, "rollback: never",
			"13: rollback: faults are undone always, there is no 'never'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++)
		assert_told(&slips[i], 1, slips[i].told);
}

/* Queries that are turned off leave nothing to expect of them. */
static void
turned_off(void **state)
{
	static const struct slip slips[] = {{4, "probes: {tcp: 0, unicast: 0}", ""},
		{11, "  - {metric: tcp_rtt_ms, p50: \"< 1s\"}", ""},
		{12, "  - {metric: unicast_rtt_ms, p50: \"< 1s\"}", ""}};

	(void)state;
	assert_told(slips, sizeof(slips) / sizeof(slips[0]),
		"11: 'tcp_rtt_ms' is of queries that probes: {tcp: 0} turns off\n"
		"12: 'unicast_rtt_ms' is of queries that probes: {unicast: 0} turns off");
}

static void
all_at_once(void **state)
{
	static const struct slip slips[] = {{4, "probes: {count: none}", ""},
		{7, "  - {at: 0s, kill: hgk/knotd}", ""}, {9, "after: soon", ""},
		{11, "  - {during: [0s, 1s], clients: hgk, served_by: tok}", ""},
		{12, "  - {metric: withdraw_ms, max: 5s}", ""}, {13, "rollback: no", ""}};

	(void)state;
	assert_told(slips, sizeof(slips) / sizeof(slips[0]),
		"4: 'count': 'none' is not understood (a whole number from 1 to 2000)\n"
		"7: the network has no node 'hgk'\n"
		"9: 'after': 'soon' is not understood (a duration like 300ms, 2s, 1.5min)\n"
		"11: the network has no city 'hgk'\n"
		"11: the network has no site 'tok'\n"
		"12: '5s' does not start with <, <=, > or >=\n"
		"13: rollback: faults are undone always, there is no 'no'");
}

static void
empty(void **state)
{
	static const char text[] = "name: x\ntitle: y\ntimeline: []\n";
	struct scenario *s;
	struct err e = {0};

	(void)state;
	assert_int_equal(fs_write(path, text, sizeof(text) - 1, NULL), 0);
	assert_int_equal(scenario_load(path, t, &s, NULL), 0);
	assert_int_equal(conf_complaints(s->conf), 0); /* nothing breaks: that can be watched too */
	assert_int_equal(s->actions_len, 0);
	assert_null(scenario_fault_node(s));
	assert_int_equal(scenario_last_ns(s), 0);
	assert_true(s->unicast_qps > 0 && s->tcp_qps > 0);
	scenario_free(s);
	scenario_free(NULL);
	assert_int_equal(scenario_load("/nowhere/x.yaml", t, &s, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/nowhere/x.yaml"));
}

static void
own(void **state)
{
	struct scenario *s;

	(void)state;
	assert_int_equal(scenario_load("scenarios/dns-crash.yaml", t, &s, NULL), 0);
	assert_int_equal(conf_report(s->conf), 0);
	assert_string_equal(s->name, "dns-crash");
	assert_int_equal(s->judges_len, 4);
	assert_null(s->judged_family[0]);
	assert_int_equal(s->probes, 350);
	assert_int_equal(s->actions_len, 2);
	assert_int_equal(s->actions[0].kind, ACTION_KILL);
	assert_string_equal(s->actions[0].node, "hkg");
	assert_string_equal(s->actions[0].service, "knotd");
	assert_false(s->actions[0].restores);
	assert_true(s->actions[1].restores);
	assert_int_equal(scenario_last_ns(s), 20 * NS_PER_S);
	assert_int_equal(s->phase_window_ns, 2 * NS_PER_S);
	assert_int_equal(s->expects[0].kind, EXPECT_SERVED_BY);
	assert_string_equal(
		s->expects[0].text, "clients in hkg served by tyo from 10.00 s to 19.00 s");
	assert_int_equal(s->expects[3].kind, EXPECT_METRIC);
	assert_true(s->expects[3].value == 5000);
	assert_string_equal(s->expects[3].comparison, "<");
	assert_string_equal(s->expects[3].statistic, "max");
	scenario_free(s);

	assert_int_equal(scenario_load("scenarios/carrier-outage.yaml", t, &s, NULL), 0);
	assert_int_equal(conf_report(s->conf), 0);
	assert_true(action_is_link(s->actions[0].kind));
	scenario_free(s);
}

static void
patterns(void **state)
{
	static const struct {
		const char *pattern;
		size_t links;
	} rows[] = {{"*", 45}, {"a-hkg--a-sin", 1}, {"a-sin--a-hkg", 1}, {"hkg", 2}, {"hkix", 6},
		{"a-*--a-*", 8}, {"b-*--b-*", 7}, {"a-*--b-*", 3}, {"b-*--a-*", 3}, {"a-*", 23},
		{"acc-gru", 1}, {"rs?", 2}, {"nobody", 0}, {"hkg--tyo", 0}, {"", 0}, {"--", 0},
		{"A-*", 0}, {"hkg:*", 2}, {"hkg:a-hkg", 1}, {"hkg:a-hkg--a-hkg:hkg", 1},
		{"hkg:x", 0}, {"*:hkg--hkg:a-*", 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = action_links(t, rows[i].pattern, NULL);

		if (n != rows[i].links)
			fail_msg("'%s': %zu links", rows[i].pattern, n);
	}
}

/* A step about the services of several nodes is one for each. */
static void
steps_of_services(void **state)
{
	const char *text = "name: x\ntitle: x\ntimeline:\n"
			   "  - {at: 0s, kill: \"a-*/bird\"}\n"
			   "  - {at: 3s, start: \"*/bird\"}\n";
	struct scenario *s;

	(void)state;
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	assert_int_equal(scenario_load(path, t, &s, NULL), 0);
	assert_int_equal(conf_complaints(s->conf), 0);
	assert_int_equal(s->actions_len, 7 + 7 + 6 + 8 + 1); /* A; A, B, access networks, rs1 */
	assert_string_equal(s->actions[0].target, "a-hkg/bird");
	assert_string_equal(s->actions[6].node, "a-fra");
	assert_string_equal(s->actions[6].service, "bird");
	assert_int_equal(s->actions[6].line, 4);
	assert_true(s->actions[7].restores);
	assert_int_equal(s->actions[7].at_ns, 3 * NS_PER_S);
	scenario_free(s);
}

/* A script goes along as text, read once, from beside the scenario. */
static void
steps_with_a_script(void **state)
{
	char script[] = "/tmp/test_script.XXXXXX", all[512], want[64];
	int fd = mkstemp(script);
	struct scenario *s;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "echo $1\n", 8), 8);
	close(fd);
	snprintf(all, sizeof(all),
		"name: x\ntitle: x\ntimeline:\n"
		"  - {at: 0s, exec: {node: hkg, script: %s, args: [a, b c], undo: [u]}}\n",
		strrchr(script, '/') + 1);
	assert_int_equal(fs_write(path, all, strlen(all), NULL), 0);
	assert_int_equal(scenario_load(path, t, &s, NULL), 0);
	assert_int_equal(conf_report(s->conf), 0);
	assert_int_equal(remove(script), 0);
	snprintf(want, sizeof(want), "hkg: %s a b c", strrchr(script, '/') + 1);
	assert_string_equal(s->actions[0].target, want);
	assert_string_equal(s->actions[0].argv[1], "-c");
	assert_string_equal(s->actions[0].argv[2], "echo $1\n");
	assert_string_equal(s->actions[0].argv[5], "b c");
	assert_null(s->actions[0].argv[6]);
	assert_string_equal(s->actions[0].undo[2], "echo $1\n");
	assert_string_equal(s->actions[0].undo[4], "u");
	assert_null(s->actions[0].undo[5]);
	scenario_free(s);
}

/* What a step of links asks the emulator for, and how long the timeline is with it. */
static void
steps_of_links(void **state)
{
	const char *text =
		"name: x\ntitle: x\ntimeline:\n"
		"  - {at: 0s, impair: \"hkg--a-hkg\", dir: ab, loss: 30%, burst: 5, rate: 10Mbit, "
		"queue: 64KiB, for: 5s}\n"
		"  - {at: 1s, blackhole: tyo, for: 500ms}\n"
		"  - {at: 2s, link-down: fra, for: 9s}\n"
		"  - {at: 3s, link-up: \"*\"}\n";
	struct link_match m[64];
	json_t *request = json_object(), *want;
	struct scenario *s;

	(void)state;
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	assert_int_equal(scenario_load(path, t, &s, NULL), 0);
	assert_int_equal(conf_complaints(s->conf), 0);
	assert_int_equal(s->actions_len, 4);
	assert_int_equal(scenario_last_ns(s), 11 * NS_PER_S);
	assert_int_equal(action_links(t, s->actions[0].target, m), 1);
	assert_true(m[0].reversed); /* the topology has it from a-hkg to hkg */
	action_request(&s->actions[0], request);
	want = json_pack("{s:f, s:f, s:i, s:i, s:I}", "loss_ratio", 0.3, "burst_pkts", 5.0,
		"rate_bps", 10000000, "queue_bytes", 65536, "for_ns", (json_int_t)(5 * NS_PER_S));
	assert_true(json_equal(request, want));
	json_decref(want);
	json_object_clear(request);
	action_request(&s->actions[1], request);
	assert_true(json_is_true(json_object_get(request, "blackhole")));
	assert_int_equal(json_object_size(request), 2);
	json_object_clear(request);
	action_request(&s->actions[2], request);
	assert_true(json_is_false(json_object_get(request, "carrier")));
	json_object_clear(request);
	action_request(&s->actions[3], request);
	assert_true(json_is_true(json_object_get(request, "reset")));
	assert_int_equal(json_object_size(request), 1);
	json_decref(request);
	scenario_free(s);
}

/* Rounds are the same steps, later; they borrow what the first owns. */
static void
rounds(void **state)
{
	const char *text =
		"name: a\ntitle: A\ntimeline:\n"
		"  - at: 0s\n    repeat:\n      times: 200\n      every: 800ms\n      steps:\n"
		"        - {at: 0s, exec: {node: hkg, command: [off], undo: [on]}}\n"
		"        - {at: 400ms, exec: {node: hkg, command: [on], mends: true}}\n"
		"  - {at: 300s, kill: hkg/bgpd}\n";
	const struct action *a;
	struct scenario *s;

	(void)state;
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	assert_int_equal(scenario_load(path, t, &s, NULL), 0);
	assert_int_equal(conf_report(s->conf), 0);
	assert_int_equal(s->actions_len, 401);
	assert_int_equal(s->rounds.times, 200);
	assert_int_equal(s->rounds.every_ns, 800 * NS_PER_MS);
	a = &s->actions[2 * 150 + 1];
	assert_int_equal(a->at_ns, (150 * 800 + 400) * NS_PER_MS);
	assert_int_equal(a->round, 151);
	assert_true(a->restores);
	assert_string_equal(a->target, "hkg: on");
	assert_ptr_equal(a->argv, s->actions[1].argv);
	assert_int_equal(s->actions[400].round, 0);
	assert_string_equal(scenario_fault_node(s), "hkg");
	scenario_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_one_by_one),
		cmocka_unit_test(turned_off),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(empty),
		cmocka_unit_test(own),
		cmocka_unit_test(patterns),
		cmocka_unit_test(steps_of_services),
		cmocka_unit_test(steps_with_a_script),
		cmocka_unit_test(steps_of_links),
		cmocka_unit_test(rounds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
