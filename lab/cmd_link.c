/* cmd_link.c - catchment lab link: what links do to packets, shown and changed while the lab runs. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab/cmd_lab.h"
#include "lab/impairment.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum { PATIENCE_MS = 2000, POLL_MS = 2, WORDS = 2 };

enum key {
	KEY_IMPAIRMENT = 1000, /* and up: impairment_words */
	KEY_FOR = 2000,
	KEY_SEED,
	KEY_DOWN,
	KEY_UP,
	KEY_BLACKHOLE,
	KEY_BLACKHOLE_DATA,
	KEY_PASS,
	KEY_RESET,
	KEY_REORDER,
	KEY_NO_WAIT,
};

struct link_args {
	const char *name;
	const char *end[WORDS];
	size_t ends;
	enum link_way way;
	struct impairment what;
	int64_t for_ns;
	uint64_t seed;
	bool seeded, reset, json, no_wait, way_given;
};

/* Those of KEY_IMPAIRMENT in the order of impairment_words; reorder needs no value here. */
static const struct argp_option options[] = {
	{"name", 'n', "NAME", 0, "which lab (default: default)", 0},
	{"dir", 'd', "WAY", 0, "both (default), ab (from A to B) or ba", 0},
	{"delay", KEY_IMPAIRMENT, "TIME", 0, "one way", 1},
	{"jitter", KEY_IMPAIRMENT + 1, "TIME", 0, "around the delay, at most the delay", 1},
	{"spread", KEY_IMPAIRMENT + 2, "SHAPE", 0, "of the jitter: uniform (default) or normal", 1},
	{"reorder", KEY_REORDER, "BOOL", OPTION_ARG_OPTIONAL,
		"with jitter packets may overtake each other", 1},
	{"loss", KEY_IMPAIRMENT + 4, "RATIO", 0, "random, like 1%", 1},
	{"burst", KEY_IMPAIRMENT + 5, "N", 0, "losses come in bursts of N packets on average", 1},
	{"rate", KEY_IMPAIRMENT + 6, "RATE", 0, "like 10Mbit; 0 for no limit", 1},
	{"queue", KEY_IMPAIRMENT + 7, "SIZE", 0,
		"in front of the rate: a time or bytes (default: 50ms)", 1},
	{"duplicate", KEY_IMPAIRMENT + 8, "RATIO", 0, "of packets that arrive twice", 1},
	{"corrupt", KEY_IMPAIRMENT + 9, "RATIO", 0, "of packets with one bit inverted", 1},
	{"lose", KEY_IMPAIRMENT + 10, "WHAT", 0,
		"silently: larger:BYTES, tcp/PORT, udp/PORT, several with commas; or nothing", 1},
	{"blackhole", KEY_BLACKHOLE, NULL, 0, "lose everything, silently", 2},
	{"blackhole-data", KEY_BLACKHOLE_DATA, NULL, 0,
		"the same, but BGP, BFD and the IGP pass: no session notices", 2},
	{"pass", KEY_PASS, NULL, 0, "the end of a blackhole", 2},
	{"down", KEY_DOWN, NULL, 0, "both ends lose their carrier", 2},
	{"up", KEY_UP, NULL, 0, "and get it back", 2},
	{"reset", KEY_RESET, NULL, 0, "everything as the topology says", 2},
	{"for", KEY_FOR, "TIME", 0, "then as before; the emulator itself sees to it", 3},
	{"no-wait", KEY_NO_WAIT, NULL, 0, "do not wait for the end of --for", 3},
	{"seed", KEY_SEED, "N", 0, "restart the random numbers there", 3},
	{"json", 'j', NULL, 0, "print facts as JSON", 3},
	{0},
};

static void
set_flag(struct argp_state *state, struct link_args *a, enum wire_knob k, bool value)
{
	if ((a->what.mask & (1U << k)) && (wire_knob_get(&a->what.value, k) > 0) != value)
		argp_error(state, "%s",
			k == WIRE_DOWN ? "--up and --down contradict each other"
				       : "--pass and --blackhole contradict each other");
	wire_knob_put(&a->what.value, k, value);
	a->what.mask |= 1U << k;
}

static void
read_impairment(struct argp_state *state, struct link_args *a, size_t word, const char *text)
{
	struct err e;

	if (impairment_read(&a->what, impairment_words[word], text, &e) < 0)
		argp_error(state, "--%s", e.text);
}

static error_t
parse_change(int key, char *arg, struct argp_state *state)
{
	struct link_args *a = state->input;

	switch (key) {
	case KEY_DOWN:
	case KEY_UP:
		set_flag(state, a, WIRE_DOWN, key == KEY_DOWN);
		break;
	case KEY_BLACKHOLE:
		set_flag(state, a, WIRE_BLACKHOLE, true);
		break;
	case KEY_BLACKHOLE_DATA:
		set_flag(state, a, WIRE_BLACKHOLE_DATA, true);
		break;
	case KEY_PASS:
		set_flag(state, a, WIRE_BLACKHOLE, false);
		set_flag(state, a, WIRE_BLACKHOLE_DATA, false);
		set_flag(state, a, WIRE_LOSE_LARGER, false);
		set_flag(state, a, WIRE_LOSE_TCP, false);
		set_flag(state, a, WIRE_LOSE_UDP, false);
		break;
	case KEY_RESET:
		a->reset = true;
		break;
	case KEY_REORDER:
		read_impairment(state, a, 3, arg != NULL ? arg : "true");
		break;
	case KEY_FOR:
		if (num_duration_ns(arg, &a->for_ns) < 0 || a->for_ns < 1 ||
			a->for_ns > 24 * 3600 * NS_PER_S)
			argp_error(state, "--for: '%s' is not a time up to 24h, like 500ms", arg);
		break;
	case KEY_SEED:
		if (num_u64(arg, 0, INT64_MAX, &a->seed) < 0)
			argp_error(state, "--seed: '%s' is not a whole number", arg);
		a->seeded = true;
		break;
	default:
		if (key < KEY_IMPAIRMENT || key >= KEY_FOR)
			return ARGP_ERR_UNKNOWN;
		read_impairment(state, a, (size_t)(key - KEY_IMPAIRMENT), arg);
	}
	return 0;
}

static bool
is_change(const struct link_args *a)
{
	return a->what.mask != 0 || a->reset || a->seeded;
}

/* What the options mean together. */
static void
check(struct argp_state *state, const struct link_args *a)
{
	if (is_change(a) && a->ends == 0)
		argp_error(state, "which link? Two nodes, or a node and all its links; '*' is all");
	if (a->reset && (a->what.mask != 0 || a->for_ns > 0))
		argp_error(state, "--reset goes with no other change, and not with --for");
	if (a->for_ns > 0 && a->what.mask == 0)
		argp_error(state, "--for: which change?");
	if (a->way_given && !is_change(a))
		argp_error(state, "--dir: which change?");
	if ((a->what.mask & 1U << WIRE_DOWN) && a->way != LINK_BOTH)
		argp_error(state, "a carrier has no direction: --blackhole does");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct link_args *a = state->input;

	switch (key) {
	case 'n':
		a->name = arg;
		break;
	case 'd':
		if (link_way_read(arg, &a->way) < 0)
			argp_error(state, "--dir: '%s' is not both, ab or ba", arg);
		a->way_given = true;
		break;
	case 'j':
		a->json = true;
		break;
	case KEY_NO_WAIT:
		a->no_wait = true;
		break;
	case ARGP_KEY_ARG:
		if (a->ends == WORDS)
			argp_error(state, "'%s': a link has two ends", arg);
		a->end[a->ends++] = arg;
		break;
	case ARGP_KEY_END:
		check(state, a);
		break;
	default:
		return parse_change(key, arg, state);
	}
	return 0;
}

/* ---- which links ---- */

/* "hkg has links with a-hkg, hkix", when `a` is a node. */
static void
say_neighbours(const struct topology *t, const char *a, char *out, size_t size)
{
	int node = topology_node(t, a);
	size_t len;

	out[0] = '\0';
	if (node < 0)
		return;
	len = (size_t)snprintf(out, size, "; %s has links with", a);
	for (size_t i = 0; i < t->nodes[node].ifaces_len && len < size; i++) {
		const struct topo_iface *f = &t->nodes[node].ifaces[i];

		len += (size_t)snprintf(out + len, size - len, "%s %s", i == 0 ? "" : ",",
			t->nodes[t->links[f->link].node[!f->end]].name);
	}
}

static int
find(const struct topology *t, const struct link_args *a, struct link_match *m, size_t *ret_n,
	struct err *e)
{
	const char *left = a->ends > 0 ? a->end[0] : "*", *right = a->ends > 1 ? a->end[1] : "*";
	char hint[400];

	*ret_n = link_matches(t, left, right, m);
	if (*ret_n == 0) {
		say_neighbours(t, left, hint, sizeof(hint));
		return err_set(e, EINVAL, "no link %s '%s'%s%s%s%s",
			a->ends > 1 ? "joins" : "is at", left, a->ends > 1 ? " and '" : "",
			a->ends > 1 ? right : "", a->ends > 1 ? "'" : "", hint);
	}
	if (*ret_n > 1 && a->ends == WORDS && is_change(a) && strpbrk(left, "*?[:") == NULL &&
		strpbrk(right, "*?[:") == NULL) {
		const struct topo_link *one = &t->links[m[0].link];

		return err_set(e, EINVAL,
			"%zu links join %s and %s: name an interface, like %s:%s, or '%s:*' for "
			"all",
			*ret_n, left, right, left,
			t->nodes[one->node[m[0].reversed]].ifaces[one->iface[m[0].reversed]].name,
			left);
	}
	return 0;
}

/* ---- show ---- */

/* Knobs besides the delay that do something. */
static const char *
show_way(const json_t *dir, char out[static 200])
{
	struct wire_impair m;
	uint32_t mask = 0;

	impairment_from_json(dir, &m);
	for (int k = WIRE_JITTER; k < WIRE_DOWN; k++)
		if (wire_knob_get(&m, (enum wire_knob)k) > 0)
			mask |= 1U << k;
	return impairment_show(&m, mask, out);
}

static void
show_link(const char *name, const json_t *link)
{
	const json_t *a2b = json_object_get(link, "a2b"), *b2a = json_object_get(link, "b2a");
	char ab[200], ba[200], delay[2][24];
	json_int_t ns[2] = {json_integer_value(json_object_get(a2b, "delay_ns")),
		json_integer_value(json_object_get(b2a, "delay_ns"))};

	show_way(a2b, ab);
	show_way(b2a, ba);
	printf("%-40s %8s", name, num_show_ns(ns[0], delay[0]));
	if (ns[0] != ns[1])
		printf(" / %s", num_show_ns(ns[1], delay[1]));
	if (json_is_false(json_object_get(link, "carrier")))
		printf("  no carrier");
	if (strcmp(ab, ba) == 0 && ab[0] != '\0')
		printf("  %s", ab);
	else if (ab[0] != '\0' || ba[0] != '\0')
		printf("  -> %s  <- %s", ab[0] ? ab : "passes", ba[0] ? ba : "passes");
	printf("%s\n", json_is_true(json_object_get(link, "changed")) ? "  (changed)" : "");
}

static int
show(struct lab *lab, const struct link_args *a, const struct link_match *m, size_t n,
	struct err *e)
{
	const struct topology *t = lab_topology(lab);
	json_t *stats, *links = json_object();
	int rc = lab_wire_stats(lab, false, &stats, e);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const char *name = t->links[m[i].link].name;
		json_t *link = json_object_get(json_object_get(stats, "links"), name);

		if (a->json)
			json_object_set(links, name, link);
		else
			show_link(name, link);
	}
	if (rc == 0 && a->json) {
		json_t *out =
			json_pack("{s:s, s:O}", "schema", "catchment.lab-link/1", "links", links);

		json_dumpf(out, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(out);
	}
	if (rc == 0)
		json_decref(stats);
	json_decref(links);
	return rc;
}

/* ---- change ---- */

static void
show_instant(const char *what, const json_t *bracket)
{
	json_int_t before = json_integer_value(json_object_get(bracket, "before_wall_ns"));
	json_int_t after = json_integer_value(json_object_get(bracket, "after_wall_ns"));
	const json_t *announced = json_object_get(bracket, "announced_wall_ns");
	json_int_t middle = before + (after - before) / 2;
	time_t s = (time_t)(middle / NS_PER_S);
	char date[32];
	struct tm tm;

	strftime(date, sizeof(date), "%FT%T", gmtime_r(&s, &tm));
	printf("%s %s.%06lldZ +- %.1f us", what, date, (long long)(middle % NS_PER_S / 1000),
		(double)(after - before) / 2e3);
	if (announced != NULL)
		printf(", told by the kernels %.1f ms later",
			(double)(json_integer_value(announced) - middle) / 1e6);
	putchar('\n');
}

static void
show_change(const struct link_args *a, const json_t *c, size_t n)
{
	static const char *const ways[] = {
		[LINK_BOTH] = "both ways", [LINK_AB] = "from A to B", [LINK_BA] = "from B to A"};
	const json_t *end = json_object_get(c, "end");
	char text[200];

	if (a->reset)
		snprintf(text, sizeof(text), "as the topology says");
	else
		impairment_show(&a->what.value, a->what.mask, text);
	printf("%zu link%s %s: %s\n", n, n == 1 ? "" : "s", ways[a->way],
		text[0] ? text : "random numbers restarted");
	show_instant("from", json_object_get(c, "begin"));
	if (end != NULL)
		show_instant("to  ", end);
}

/* Is everything known of the change that will be? */
static bool
is_complete(const struct link_args *a, const json_t *c)
{
	const json_t *end = json_object_get(c, "end");

	return a->for_ns == 0 || a->no_wait || end != NULL;
}

static int
follow(struct lab *lab, const struct link_args *a, json_int_t id, json_t **ret, struct err *e)
{
	struct mono end = mono_add(mono_now(), a->no_wait ? 0 : a->for_ns);
	struct mono deadline = mono_add(end, PATIENCE_MS * NS_PER_MS);

	stop_install();
	while (mono_left_ms(end) > 0 && !stop_requested()) {
		struct timespec until = mono_timespec(end);

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	for (;;) {
		const struct timespec pause = {.tv_nsec = POLL_MS * NS_PER_MS};
		json_t *list;
		int rc = lab_wire_changes(lab, (uint64_t)id, &list, NULL, e);

		if (rc < 0)
			return rc;
		*ret = json_incref(json_array_get(list, 0));
		json_decref(list);
		if (is_complete(a, *ret) || stop_requested())
			return 0;
		json_decref(*ret);
		if (mono_left_ms(deadline) == 0)
			return err_set(e, ETIMEDOUT, "change %lld does not end", (long long)id);
		nanosleep(&pause, NULL);
	}
}

static int
change(struct lab *lab, const struct link_args *a, const struct link_match *m, size_t n,
	struct err *e)
{
	json_t *request = link_request(lab_topology(lab), m, n, a->way), *reply, *c = NULL;
	int rc;

	impairment_request(&a->what, request);
	if (a->reset)
		json_object_set_new(request, "reset", json_true());
	if (a->for_ns > 0)
		json_object_set_new(request, "for_ns", json_integer(a->for_ns));
	if (a->seeded)
		json_object_set_new(request, "seed", json_integer((json_int_t)a->seed));
	rc = lab_wire(lab, request, &reply, NULL, e);
	if (rc == -EPROTO) /* refused: it cannot be */
		return -EINVAL;
	if (rc < 0)
		return rc;
	rc = follow(lab, a, json_integer_value(json_object_get(reply, "id")), &c, e);
	json_decref(reply);
	if (rc < 0)
		return rc;
	if (a->json) {
		json_object_set_new(c, "schema", json_string("catchment.lab-link-change/1"));
		json_dumpf(c, stdout, JSON_INDENT(1));
		putchar('\n');
	} else {
		show_change(a, c, n);
	}
	if (!is_complete(a, c)) {
		talk_note("interrupted; the emulator ends the change by itself");
		rc = err_set(e, EINTR, "interrupted");
	}
	json_decref(c);
	return rc;
}

static int
link_main(struct lab *lab, const struct link_args *a, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	struct link_match *m = calloc(t->links_len + 1, sizeof(*m));
	size_t n;
	int rc;

	if (m == NULL)
		return err_set(e, ENOMEM, "out of memory");
	rc = find(t, a, m, &n, e);
	if (rc == 0)
		rc = is_change(a) ? change(lab, a, m, n, e) : show(lab, a, m, n, e);
	free(m);
	return rc;
}

int
lab_cmd_link(const struct lab_args *args)
{
	static const struct argp argp = {options, parse, "[A [B]] [CHANGE...]",
		"What links do to packets; changed while the lab runs.\v"
		"A and B are nodes, NODE:INTERFACE where several links join them, or patterns "
		"like 'a-*'. Without a change it tells what the links do. Examples:\n"
		"  catchment lab link hkg a-hkg --loss 30% --burst 5 --for 5s\n"
		"  catchment lab link hkg a-hkg --dir ab --blackhole\n"
		"  catchment lab link 'a-*' --reset",
		NULL, NULL, NULL};
	static char name[] = "catchment lab link";
	struct link_args a = {.name = args->options.name, .json = args->json};
	struct lab *lab;
	struct err e;
	int rc;

	args->words[-1] = name;
	if (argp_parse(&argp, args->words_len + 1, args->words - 1, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	rc = lab_open(a.name ? a.name : "default", &lab, &e);
	if (rc == 0) {
		rc = link_main(lab, &a, &e);
		lab_close(lab);
	}
	if (rc < 0 && rc != -EINTR)
		talk_error("%s", e.text);
	return lab_exit_code(rc);
}
