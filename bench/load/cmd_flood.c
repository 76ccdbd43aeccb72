/* cmd_flood.c - `catchment load flood`: its options, and what it came to. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "bench/load/flood.h"
#include "bench/load/kinds.h"
#include "bench/load/qtype.h"
#include "lib/argp_env.h"
#include "lib/command.h"
#include "lib/mono.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum {
	KEY_FROM = 1000,
	KEY_RATE,
	KEY_FOR,
	KEY_COUNT,
	KEY_DOMAIN,
	KEY_TYPE,
	KEY_ONE_NAME,
	KEY_PORT,
	KEY_SEED,
	KEY_CHECK
};

/* Of the queries that it was to send, so many must have left, or it was none. */
#define LEAST_RATIO 0.95

struct args {
	struct flood_plan plan;
	const char *name;
	uint16_t qtype;
	bool one_name, json, check;
};

static const struct argp_option options[] = {
	{"from", KEY_FROM, "PREFIX", 0, "sources, forged; repeated: taken in turn", 0},
	{"rate", KEY_RATE, "QPS", 0, "queries a second (1k), at most 50k", 0},
	{"for", KEY_FOR, "TIME", 0, "how long (10s), at most 2min", 0},
	{"count", KEY_COUNT, "N", 0, "no more queries than these", 0},
	{"domain", KEY_DOMAIN, "NAME", 0,
		"what is asked, each time with a fresh label in front (probe.example)", 1},
	{"one-name", KEY_ONE_NAME, NULL, 0, "the name itself, always the same", 1},
	{"type", KEY_TYPE, "TYPE", 0, "of the queries (TXT)", 1},
	{"port", KEY_PORT, "PORT", 0, "where it is asked (53)", 1},
	{"seed", KEY_SEED, "N", 0, "of sources, ports, ids and names (1)", 2},
	{"check", KEY_CHECK, NULL, 0, "only see whether these options can be used", 2},
	{"json", 'j', NULL, 0, "print facts as JSON", 2},
	{0},
};

static void
add_inet(struct argp_state *state, const char *text, bool prefix,
	struct inet list[static FLOOD_LIST], size_t *len)
{
	struct inet a;

	if (*len == FLOOD_LIST)
		argp_error(state, "more than %d %s", FLOOD_LIST, prefix ? "--from" : "addresses");
	else if (inet_parse(text, &a) < 0 || (!prefix && a.len != inet_bits(&a)))
		argp_error(state, "'%s' is not an IPv4 or IPv6 %s", text,
			prefix ? "prefix" : "address");
	else if (prefix && inet_host_bits_set(&a))
		argp_error(state, "'%s' has bits behind its length", text);
	else
		list[(*len)++] = a;
}

static void
read_bounds(int key, const char *text, struct argp_state *state, struct flood_plan *p)
{
	if (key == KEY_RATE &&
		(num_qps(text, &p->rate_qps) < 0 || p->rate_qps < 1 ||
			p->rate_qps > FLOOD_RATE_MAX_QPS))
		argp_error(
			state, "--rate: '%s' is not a rate from 1 to %d", text, FLOOD_RATE_MAX_QPS);
	if (key == KEY_FOR &&
		(num_duration_ns(text, &p->for_ns) < 0 || p->for_ns <= 0 ||
			p->for_ns > FLOOD_SECONDS_MAX * NS_PER_S))
		argp_error(state, "--for: '%s' is not a duration up to %d s, like 10s", text,
			FLOOD_SECONDS_MAX);
	if (key == KEY_COUNT && num_u64(text, 1, UINT32_MAX, &p->count) < 0)
		argp_error(state, "--count: '%s' is not a number from 1", text);
	if (key == KEY_SEED && num_u64(text, 0, UINT64_MAX, &p->seed) < 0)
		argp_error(state, "--seed: '%s' is not a whole number", text);
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
	struct args *a = state->input;
	uint64_t port;

	switch (key) {
	case ARGP_KEY_INIT:
		argp_env(options, parse, state);
		return 0;
	case KEY_FROM:
		add_inet(state, text, true, a->plan.from, &a->plan.from_len);
		return 0;
	case KEY_DOMAIN:
		a->name = text;
		return 0;
	case KEY_ONE_NAME:
		a->one_name = true;
		return 0;
	case KEY_TYPE:
		if (qtype_parse(text, strlen(text), &a->qtype) < 0)
			argp_error(state, "--type: there is no type '%s'", text);
		return 0;
	case KEY_PORT:
		if (num_u64(text, 1, 65535, &port) < 0)
			argp_error(state, "--port: '%s' is not a port", text);
		else
			a->plan.port = (uint16_t)port;
		return 0;
	case KEY_CHECK:
		a->check = true;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		add_inet(state, text, false, a->plan.to, &a->plan.to_len);
		return 0;
	case ARGP_KEY_END:
		if (a->plan.to_len == 0)
			argp_error(state, "no address to flood");
		if (a->plan.from_len == 0)
			argp_error(state, "from where? --from PREFIX");
		return 0;
	case KEY_RATE:
	case KEY_FOR:
	case KEY_COUNT:
	case KEY_SEED:
		read_bounds(key, text, state, &a->plan);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {.options = options,
	.parser = parse,
	.args_doc = "ADDRESS...",
	.doc = "Flood DNS servers of a lab with queries from forged sources, at a rate and for a "
	       "time.\v"
	       "Only inside a network namespace that is not the host's: nothing of it can leave "
	       "the lab, and there "
	       "is no option that lets it. It does not hear the answers: those go to the forged "
	       "sources."};

static double
sent_qps(const struct flood_result *r)
{
	return r->lasted_ns > 0 ? (double)r->sent / ((double)r->lasted_ns / 1e9) : 0;
}

static bool
was_late(const struct flood_result *r)
{
	return (double)r->sent < LEAST_RATIO * (double)(r->sent + r->failed + r->not_sent);
}

static void
print_json(const struct args *a, const struct flood_result *r)
{
	json_t *o = json_pack("{s:s, s:f, s:I, s:f, s:I, s:{s:I, s:I}, s:f, s:f, s:I, s:b, s:b}",
		"schema", "catchment.load-flood/1", "rate_qps", a->plan.rate_qps, "sent",
		(json_int_t)r->sent, "sent_qps", sent_qps(r), "wire_bytes",
		(json_int_t)r->wire_bytes, "failures", "send_failed", (json_int_t)r->failed,
		"not_sent", (json_int_t)r->not_sent, "duration_s", (double)r->lasted_ns / 1e9,
		"late_max_ms", (double)r->late_ns / 1e6, "seed", (json_int_t)a->plan.seed,
		"stopped", r->stopped, "generator_was_late", was_late(r));

	json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(o);
}

static void
print_text(const struct flood_result *r)
{
	char lasted[24], late[24];

	printf("sent %" PRIu64 " queries in %s, %.1f q/s, %" PRIu64 " bytes\n", r->sent,
		num_show_ns(r->lasted_ns, lasted), sent_qps(r), r->wire_bytes);
	printf("not sent: %" PRIu64 " that the kernel did not take, %" PRIu64
	       " that were more than %d ms late; the latest %s\n",
		r->failed, r->not_sent, FLOOD_LATE_MS, num_show_ns(r->late_ns, late));
}

/* Once the options are good. */
static int
flood(struct args *a)
{
	struct query_form form = {.random_prefix = !a->one_name};
	struct queries *queries;
	struct flood_result r;
	struct err e;
	int rc = flood_check(&a->plan, a->check, &e);

	if (rc == 0)
		rc = queries_from_name(a->name, a->qtype, &form, &queries, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	a->plan.queries = queries;
	if (!a->check)
		rc = flood_run(&a->plan, &r, &e);
	queries_free(queries);
	if (rc < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	if (a->check)
		return EXIT_GOOD;
	talk_clear();
	if (a->json)
		print_json(a, &r);
	else
		print_text(&r);
	if (r.stopped)
		return EXIT_INTERRUPTED;
	if (!was_late(&r))
		return EXIT_GOOD;
	talk_error("only %" PRIu64 " of %" PRIu64 " queries left in time", r.sent,
		r.sent + r.failed + r.not_sent);
	return EXIT_INCONCLUSIVE;
}

int
load_flood(int argc, char *argv[])
{
	struct args a = {.plan = {.port = 53, .rate_qps = 1000, .for_ns = 10 * NS_PER_S, .seed = 1},
		.name = "probe.example",
		.qtype = 16};

	argp_err_exit_status = EXIT_USAGE;
	stop_install();
	if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	return flood(&a);
}
