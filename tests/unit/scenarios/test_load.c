/* test_load.c - load steps: what they may say, when they are, and what the generator itself is asked. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
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
#include "scenarios/load.h"
#include "scenarios/scenario_load.h"

static struct topology *t;

static int
setup(void **state)
{
	(void)state;
	return topology_load("lab/topology.yaml", &t, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	topology_free(t);
	return 0;
}

/* The timeline begins on line 4; `rest` is what stands below it. */
static struct scenario *
parse(const char *timeline, const char *rest)
{
	char text[4096];
	struct scenario *s;

	snprintf(text, sizeof(text), "name: x\ntitle: X\ntimeline:\n%s\n%s", timeline, rest);
	assert_int_equal(scenario_parse("/tmp/x.yaml", text, strlen(text), t, &s), 0);
	return s;
}

static void
assert_told(const char *timeline, const char *rest, const char *want)
{
	struct scenario *s = parse(timeline, rest);
	char told[2048] = "";
	size_t n = 0;

	for (size_t i = 0; i < conf_complaints(s->conf); i++)
		n += (size_t)snprintf(told + n, sizeof(told) - n, "%s%s", i ? "\n" : "",
			conf_complaint(s->conf, i) + strlen("/tmp/x.yaml:"));
	assert_string_equal(told, want);
	scenario_free(s);
}

#define LOAD(more) "  - {at: 0s, load: {node: acc-syd, run: [dns, --rate, 5], name: syd" more "}"
#define EXEC(more) "  - {at: 0s, exec: {node: acc-syd, command: [a], " more "}}"
#define KILL	   "\n  - {at: 0s, kill: hkg/knotd}"

static void
mistakes(void **state)
{
	static const struct {
		const char *timeline, *rest, *told;
	} rows[] = {
		{LOAD("") "}", "", ""},
		{LOAD("") ", for: 5s}" KILL, "", ""},
		{LOAD(", ahead: 5s") "}" KILL, "before: 5s", ""},
		{LOAD("") "}\n  - {at: 5s, load-stop: syd}", "", ""},
		{LOAD("") "}\n  - {at: 5s, kill: hkg/knotd}", "",
			"5: the first step is the fault and is at 0s; if the load of line 4 is the "
			"fault, it says fault: true"},
		{LOAD(", fault: true") "}\n  - {at: 5s, kill: hkg/knotd}", "", ""},
		{"  - {at: 1s, load: {node: acc-syd, run: [dns], name: s, fault: true}}", "",
			"4: the first step is the fault and is at 0s"},
		{"  - {at: 0s, load: hkg}", "", "4: load must be a map (key: value)"},
		{"  - {at: 0s, load: {}}", "",
			"4: 'name' is missing\n4: 'node' is missing\n4: 'run' is missing"},
		{"  - {at: 0s, load: {node: syd, run: [dns], name: a}}", "",
			"4: the network has no node 'syd'"},
		{"  - {at: 0s, load: {node: acc-syd, run: [], name: a}}", "",
			"4: run: which load? [dns, ...]; see catchment-load(1)"},
		{"  - {at: 0s, load: {node: acc-syd, run: dns, name: a}}", "",
			"4: run must be a list"},
		{"  - {at: 0s, load: {node: acc-syd, run: [dns], name: ../a}}", "",
			"4: name '../a': at most 32 of a-z, 0-9 and '-'"},
		{LOAD(", rate: 5") "}", "", "4: unknown key 'rate'"},
		{LOAD(", ahead: 6s") "}" KILL, "before: 5s",
			"4: ahead: longer than what is observed before the fault ('before', 5 s)"},
		{LOAD(", ahead: 1s, fault: true") "}", "",
			"4: ahead goes with a load that is not the fault"},
		{EXEC("prepares: true, ahead: 5s") KILL, "before: 5s", ""},
		{EXEC("prepares: true") "\n  - {at: 5s, kill: hkg/knotd}", "",
			"5: the first step is the fault and is at 0s"},
		{EXEC("prepares: true, ahead: 6s") KILL, "before: 5s",
			"4: ahead: longer than what is observed before the fault ('before', 5 s)"},
		{EXEC("ahead: 1s"), "", "4: ahead goes with what prepares"},
		{EXEC("prepares: true, mends: true") KILL, "", "4: exec: either prepares or mends"},
		{"  - {at: 0s, repeat: {times: 2, every: 1s, steps: [{at: 0s, exec: {node: hkg, "
		 "command: [a], prepares: true}}, {at: 0s, kill: hkg/knotd}]}}",
			"", "4: repeat: what prepares is done once, before"},
		{LOAD("") ", for: 2h}", "", "4: for: a time up to an hour, like 5s"},
		{LOAD("") "}\n" LOAD("") "}", "", "5: another load is called 'syd'"},
		{"  - {at: 0s, load-stop: syd}", "", "4: no load before it is called 'syd'"},
		{LOAD("") ", for: 5s}\n  - {at: 6s, load-stop: syd}", "",
			"5: the load of line 4 ends by its 'for'"},
		{"  - {at: 0s, repeat: {times: 2, every: 1s, steps: [{at: 0s, load: {node: "
		 "acc-syd, "
		 "run: [dns], name: s, fault: true}}]}}",
			"", "4: repeat: a load is begun once"},
		{LOAD("") "}", "expect: [{metric: load_syd_answered_qps, min: \"> 100\"}]", ""},
		{LOAD("") "}", "expect: [{metric: load_syd_p99_ms, max: \"< 1s\"}]", ""},
		{LOAD("") "}", "expect: [{metric: load_tyo_p99_ms, max: \"< 1s\"}]",
			"5: 'load_tyo_p99_ms' is of a load 'tyo', and the timeline has none"},
		{LOAD("") "}", "expect: [{metric: load_syd_shine, max: \"< 1\"}]",
			"5: there is no metric 'load_syd_shine'; catchment-scenario(5) lists them"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_told(rows[i].timeline, rows[i].rest, rows[i].told);
}

/* What prepares comes before the fault, is not it, and is undone as other commands are. */
static void
prepared(void **state)
{
	struct scenario *s = parse(EXEC("prepares: true, ahead: 3s, undo: [b]") KILL, "before: 5s");
	const struct action *a = &s->actions[0];

	(void)state;
	assert_int_equal(conf_complaints(s->conf), 0);
	assert_int_equal(a->kind, ACTION_EXEC);
	assert_int_equal(a->at_ns, -3 * NS_PER_S);
	assert_true(a->prepares && action_is_beside(a) && !action_is_beside(a + 1));
	assert_string_equal(a->undo[0], "b");
	assert_string_equal(scenario_fault_node(s), "hkg");
	scenario_free(s);
}

static void
what_it_becomes(void **state)
{
	struct scenario *s =
		parse(LOAD(", ahead: 3s") ", for: 10s}" KILL "\n  - {at: 9s, start: hkg/knotd}",
			"before: 5s");
	const struct action *a = &s->actions[0];
	json_t *list = loads_json(s), *load = json_array_get(list, 0);

	(void)state;
	assert_int_equal(conf_complaints(s->conf), 0);
	assert_int_equal(a->kind, ACTION_LOAD);
	assert_int_equal(a->at_ns, -3 * NS_PER_S);
	assert_int_equal(a->for_ns, 10 * NS_PER_S);
	assert_string_equal(a->target, "acc-syd: dns --rate 5");
	assert_true(action_is_beside(a));
	assert_string_equal(scenario_fault_node(s), "hkg");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_object_get(load, "kind")), "dns");
	assert_int_equal(json_array_size(json_object_get(load, "run")), 3);
	json_decref(list);
	scenario_free(s);
}

/* A load that is the fault breaks nothing at its own node. */
static void
flood_is_told_where(void **state)
{
	struct scenario *s = parse(LOAD(", fault: true") ", for: 10s}", "");

	(void)state;
	assert_int_equal(conf_complaints(s->conf), 0);
	assert_false(action_is_beside(&s->actions[0]));
	assert_null(scenario_fault_node(s));
	assert_int_equal(scenario_last_ns(s), 10 * NS_PER_S);
	scenario_free(s);
}

/* The program under /proc/self/exe is this one: see main(). */
static void
the_generator_is_asked(void **state)
{
	char *good[] = {(char *)(uintptr_t) "good", NULL},
	     *bad[] = {(char *)(uintptr_t) "bad", (char *)(uintptr_t) "--rate", NULL},
	     *silent[] = {(char *)(uintptr_t) "silent", NULL};
	struct mono deadline = mono_add(mono_now(), 20 * NS_PER_S);
	struct err e;

	(void)state;
	setenv("CATCHMENT_RATE", "nonsense", 1);
	assert_int_equal(load_check("/tmp", good, deadline, &e), 0);
	assert_int_equal(load_check("/tmp", bad, deadline, &e), -EINVAL);
	assert_string_equal(e.text, "bad takes no --rate");
	assert_int_equal(load_check("/tmp", silent, deadline, &e), -EINVAL);
	assert_string_equal(e.text, "the generator does not take it");
}

static void
start(struct load_jobs *jobs, struct action *a, const char *name, const char *kind, int64_t for_ns)
{
	static char *words[4][2];
	struct lab_instant at;
	struct err e;

	words[jobs->len][0] = (char *)(uintptr_t)kind;
	*a = (struct action){.kind = ACTION_LOAD, .argv = words[jobs->len], .load = {.name = name}};
	a->for_ns = for_ns;
	assert_int_equal(load_start_in(jobs, "", a, &at, &e), 0);
}

/* See after them until one fails or `n` have ended. */
static int
see(struct load_jobs *jobs, size_t n, struct err *e)
{
	struct mono deadline = mono_add(mono_now(), 20 * NS_PER_S);
	struct pollfd fds[LOAD_JOBS];
	int rc = 0;

	while (rc == 0 && jobs->len - load_poll(jobs, fds) < n && mono_left_ms(deadline) > 0) {
		(void)poll(fds, load_poll(jobs, fds),
			mono_left_ms(load_next(jobs, mono_add(mono_now(), NS_PER_S))));
		rc = load_see(jobs, e);
	}
	return rc;
}

/* It was told to end; how it took that depends on how far it had come. */
static void
assert_asked(const char *events, const char *name)
{
	char want[64];
	const char *at, *asked;

	snprintf(want, sizeof(want), "\"name\":\"%s\",", name);
	at = strstr(events, want);
	assert_non_null(at);
	asked = strstr(at, "\"asked\":");
	assert_non_null(asked);
	assert_int_equal(strncmp(asked, "\"asked\":true", 12), 0);
}

static void
from_begin_to_end(void **state)
{
	char dir[] = "/tmp/test_load.XXXXXX", file[96], *text;
	struct load_jobs jobs = {.folder = "/tmp"};
	struct action a[3];
	struct lab_instant at;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	jobs.dir = dir;
	snprintf(file, sizeof(file), "%s/events.jsonl", dir);
	assert_int_equal(events_open(file, &jobs.events, &e), 0);
	start(&jobs, &a[0], "ends", "good", 0);
	start(&jobs, &a[1], "timed", "waits", NS_PER_S / 5);
	start(&jobs, &a[2], "stopped", "waits", 0);
	if (see(&jobs, 2, &e) < 0)
		fail_msg("%s", e.text);
	load_stop(&jobs, "stopped", &at);
	assert_int_equal(see(&jobs, 3, &e), 0);
	assert_int_equal(load_finish(&jobs, &e), 0);
	/* One that fails says why; the other is ended all the same. */
	start(&jobs, &a[0], "fails", "fails", 0);
	start(&jobs, &a[1], "last", "waits", 0);
	assert_int_equal(see(&jobs, 1, &e), -EIO);
	assert_string_equal(e.text, "load fails failed (status 3): nobody there");
	assert_int_equal(load_finish(&jobs, &e), 0);
	assert_int_equal(jobs.len, 0);
	assert_int_equal(events_close(jobs.events, &e), 0);
	assert_int_equal(fs_read(file, 1 << 20, &text, NULL, &e), 0);
	assert_non_null(strstr(text, "\"name\":\"ends\",\"exit\":0,\"asked\":false"));
	assert_asked(text, "timed");
	assert_asked(text, "stopped");
	assert_asked(text, "last");
	free(text);
	snprintf(file, sizeof(file), "%s/load-ends.json", dir);
	assert_int_equal(fs_read(file, 100, &text, NULL, &e), 0);
	assert_string_equal(text, "{}\n");
	free(text);
	assert_int_equal(fs_remove_tree(dir, NULL), 0);
}

/* What "catchment load KIND --json" does here. */
static int
run_generator(const char *kind)
{
	sigset_t term;
	int got;

	/* As stop_install() does: it is not to be missed before it is waited for. */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);

	if (strcmp(kind, "good") == 0)
		return puts("{}") < 0;
	if (strcmp(kind, "fails") == 0) {
		fputs("catchment: nobody there\n", stderr);
		return 3;
	}
	return sigwait(&term, &got);
}

/* A generator: "catchment load KIND ... --check". */
static int
generator(int argc, char *argv[])
{
	if (strcmp(argv[argc - 1], "--json") == 0)
		return run_generator(argv[2]);
	if (getenv("CATCHMENT_RATE") != NULL || strcmp(argv[argc - 1], "--check") != 0)
		return 1;
	if (strcmp(argv[2], "bad") == 0)
		fprintf(stderr, "catchment load bad: %s takes no %s\nmore\n", argv[2], argv[3]);
	return strcmp(argv[2], "good") == 0 ? 0 : 2;
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes),
		cmocka_unit_test(prepared),
		cmocka_unit_test(what_it_becomes),
		cmocka_unit_test(flood_is_told_where),
		cmocka_unit_test(the_generator_is_asked),
		cmocka_unit_test(from_begin_to_end),
	};

	if (argc > 3 && strcmp(argv[1], "load") == 0)
		return generator(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
