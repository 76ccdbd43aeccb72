/* dns_options.c - the options of `catchment load dns` that say how it is asked: whom, when, how much, from where. */
#include "bench/load/dns_options.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "bench/load/reach.h"
#include "lib/argp_env.h"
#include "lib/command.h"
#include "lib/mono.h"
#include "lib/num.h"

enum {
	KEY_RATE = 'r',
	KEY_DURATION = 'd',
	KEY_COUNT = 'n',
	KEY_THREADS = 't',
	KEY_JSON = 'j',
	KEY_CHECK = 0x5F00,
	KEY_PORT = 0x4400,
	KEY_STEPS,
	KEY_POISSON,
	KEY_SPEED,
	KEY_SEED,
	KEY_RAMP,
	KEY_LOSS,
	KEY_P99,
	KEY_TRY,
	KEY_TCP,
	KEY_WINDOW,
	KEY_MAX,
	KEY_SINGLY,
	KEY_SOCKETS,
	KEY_CPUS,
	KEY_SOURCE,
	KEY_TIMEOUT,
	KEY_LATE,
	KEY_LATE_SHARE,
	KEY_ELSEWHERE,
	KEY_CAP,
	KEY_TIMELINE,
	KEY_BUCKET,
	KEY_OPENMETRICS,
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "When (an open loop, unless --window or --max is given):", 20},
	{"rate", KEY_RATE, "Q", 0, "queries a second (1000)", 20},
	{"duration", KEY_DURATION, "T", 0, "for so long (10s)", 20},
	{"count", KEY_COUNT, "N", 0, "at most so many queries", 20},
	{"steps", KEY_STEPS, "Q:T,...", 0, "rates one after another, each for a time", 20},
	{"poisson", KEY_POISSON, NULL, 0, "at random, as independent clients do", 20},
	{"seed", KEY_SEED, "N", 0,
		"of all that is random (order and schedule: 1, labels: new each time)", 20},
	{"speed", KEY_SPEED, "X", 0, "with --replay: so many times as fast (1)", 20},
	{"ramp", KEY_RAMP, "FROM:TO", 0, "look for the highest rate that holds", 21},
	{"loss", KEY_LOSS, "RATIO", 0, "with --ramp: less than this is lost (0.1%)", 21},
	{"p99", KEY_P99, "T", 0, "with --ramp: 99 % are answered within (100ms)", 21},
	{"try", KEY_TRY, "T", 0, "with --ramp: keep each rate for so long (2s)", 21},
	{"window", KEY_WINDOW, "N", 0,
		"closed loop: at most N under way in each thread, at most --rate a second (10k)",
		22},
	{"max", KEY_MAX, NULL, 0, "closed loop without a rate: as many as are answered", 22},
	{"singly", KEY_SINGLY, NULL, 0,
		"with --max: each query a message of its own, not those of one length cut from one "
		"(UDP_SEGMENT)",
		22},
	{NULL, 0, NULL, 0, "How:", 23}, {"port", KEY_PORT, "PORT", 0, "the port asked (53)", 23},
	{"tcp", KEY_TCP, NULL, 0,
		"over TCP: connections that are kept, queries one behind the other", 23},
	{"threads", KEY_THREADS, "N", 0, "threads that send (1)", 23},
	{"cpus", KEY_CPUS, "N,...", 0, "a thread on each of these processors", 23},
	{"sockets", KEY_SOCKETS, "N", 0, "sockets, so ports, of each thread (8)", 23},
	{"source", KEY_SOURCE, "PREFIX", 0,
		"send from this address, or these in turn; they need not be configured; repeated: "
		"of several",
		23},
	{"timeout", KEY_TIMEOUT, "T", 0, "how long an answer may take (2s; 200ms with --max)", 23},
	{"late", KEY_LATE, "T", 0, "a query sent later than intended by more counts as late (1ms)",
		23},
	{"late-share", KEY_LATE_SHARE, "RATIO", 0,
		"beyond so many of them nothing is concluded (1%)", 23},
	{"elsewhere", KEY_ELSEWHERE, NULL, 0,
		"send load into a real network: whoever runs the addresses agrees", 24},
	{"cap", KEY_CAP, "Q", 0, "with --elsewhere: never more a second than this (1000)", 24},
	{NULL, 0, NULL, 0, "What is told:", 25},
	{"json", KEY_JSON, NULL, 0, "print the result as JSON", 25},
	{"check", KEY_CHECK, NULL, 0, "only see whether these options can be used", 25},
	{"timeline", KEY_TIMELINE, "FILE", 0, "write it over time, by NSID, as JSON lines", 25},
	{"bucket", KEY_BUCKET, "T", 0, "with --timeline: its resolution (100ms)", 25},
	{"openmetrics", KEY_OPENMETRICS, "FILE", 0, "write it for Prometheus too", 25}, {0}};

static double
rate_of(struct argp_state *state, const char *option, const char *arg)
{
	double qps = 0;

	if (num_qps(arg, &qps) < 0 || qps < 0.001)
		argp_error(state, "%s '%s' is not a rate, like 500, 5k or 2M", option, arg);
	return qps;
}

static int64_t
duration_of(struct argp_state *state, const char *option, const char *arg, int64_t min_ns,
	int64_t max_ns)
{
	char low[24], high[24];
	int64_t ns = 0;

	if (num_duration_ns(arg, &ns) < 0 || ns < min_ns || ns > max_ns)
		argp_error(state, "%s '%s' is not a duration like 10s, from %s to %s", option, arg,
			num_show_ns(min_ns, low), num_show_ns(max_ns, high));
	return ns;
}

static uint64_t
number_of(struct argp_state *state, const char *option, const char *arg, uint64_t min, uint64_t max)
{
	uint64_t n = 0;

	if (num_u64(arg, min, max, &n) < 0)
		argp_error(state, "%s '%s' is not a whole number from %" PRIu64 " to %" PRIu64,
			option, arg, min, max);
	return n;
}

static double
ratio_of(struct argp_state *state, const char *option, const char *arg)
{
	double ratio = 0;

	if (num_ratio(arg, &ratio) < 0)
		argp_error(state, "%s '%s' is not a share, like 0.1%% or 0.001", option, arg);
	return ratio;
}

static void
take_ramp(struct argp_state *state, struct dns_options *o, const char *arg)
{
	char from[64];
	const char *colon = strchr(arg, ':');

	if (colon == NULL || (size_t)(colon - arg) >= sizeof(from)) {
		argp_error(state, "--ramp '%s' is not two rates, like 1k:200k", arg);
		return;
	}
	memcpy(from, arg, (size_t)(colon - arg));
	from[colon - arg] = '\0';
	o->ramp_from_qps = rate_of(state, "--ramp", from);
	o->ramp_to_qps = rate_of(state, "--ramp", colon + 1);
	if (o->ramp_from_qps >= o->ramp_to_qps)
		argp_error(state, "--ramp '%s': the second rate must be the higher one", arg);
}

static void
take_cpus(struct argp_state *state, struct dns_options *o, const char *arg)
{
	char one[16];

	o->cpus_len = 0;
	for (const char *at = arg;; at++) {
		size_t len = strcspn(at, ",");

		if (len >= sizeof(one) || o->cpus_len == DNS_OPTIONS_CPUS) {
			argp_error(state, "--cpus '%s' is not a list like 0,2,3", arg);
			return;
		}
		memcpy(one, at, len);
		one[len] = '\0';
		o->cpus[o->cpus_len++] = (int)number_of(state, "--cpus", one, 0, CPU_SETSIZE - 1);
		at += len;
		if (*at == '\0')
			return;
	}
}

static void
take_source(struct argp_state *state, struct dns_options *o, const char *arg)
{
	if (o->sources_len == DNS_OPTIONS_SOURCES)
		argp_error(state, "--source may be given %d times", DNS_OPTIONS_SOURCES);
	else if (inet_parse(arg, &o->sources[o->sources_len]) < 0)
		argp_error(state, "--source '%s' is no address or prefix", arg);
	else if (inet_host_bits_set(&o->sources[o->sources_len]))
		argp_error(state, "--source '%s' has bits set behind its length", arg);
	else
		o->sources_len++;
}

static error_t
parse_when(int key, char *arg, struct argp_state *state, struct dns_options *o)
{
	struct err e;

	switch (key) {
	case KEY_RATE:
		o->rate_qps = rate_of(state, "--rate", arg);
		return 0;
	case KEY_DURATION:
		o->duration_ns =
			duration_of(state, "--duration", arg, NS_PER_MS, 7 * 86400 * NS_PER_S);
		return 0;
	case KEY_COUNT:
		o->count = number_of(state, "--count", arg, 1, 1000000000000);
		return 0;
	case KEY_STEPS:
		if (schedule_read_steps(arg, &o->steps, &e) < 0)
			argp_error(state, "--steps: %s", e.text);
		return 0;
	case KEY_POISSON:
		o->poisson = true;
		return 0;
	case KEY_SEED:
		o->seed = number_of(state, "--seed", arg, 1, INT64_MAX);
		return 0;
	case KEY_SPEED:
		if (num_double(arg, 0.001, 1000, &o->speed) < 0)
			argp_error(state, "--speed '%s' is not a number from 0.001 to 1000", arg);
		return 0;
	case KEY_RAMP:
		take_ramp(state, o, arg);
		return 0;
	case KEY_LOSS:
		o->ramp_option = "loss";
		o->loss_ratio = ratio_of(state, "--loss", arg);
		return 0;
	case KEY_P99:
		o->ramp_option = "p99";
		o->p99_ns = duration_of(state, "--p99", arg, NS_PER_US, 60 * NS_PER_S);
		return 0;
	case KEY_TRY:
		o->ramp_option = "try";
		o->try_ns = duration_of(state, "--try", arg, 100 * NS_PER_MS, 3600 * NS_PER_S);
		return 0;
	case KEY_WINDOW:
		o->window = (unsigned int)number_of(state, "--window", arg, 1, DNS_WINDOW_MAX);
		return 0;
	case KEY_MAX:
		o->max = true;
		return 0;
	case KEY_SINGLY:
		o->singly = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t
parse_how(int key, char *arg, struct argp_state *state, struct dns_options *o)
{
	switch (key) {
	case KEY_PORT:
		o->port = (uint16_t)number_of(state, "--port", arg, 1, 65535);
		return 0;
	case KEY_TCP:
		o->tcp = true;
		return 0;
	case KEY_THREADS:
		o->threads = (unsigned int)number_of(state, "--threads", arg, 1, DNS_THREADS_MAX);
		return 0;
	case KEY_CPUS:
		take_cpus(state, o, arg);
		return 0;
	case KEY_SOCKETS:
		o->sockets = (unsigned int)number_of(state, "--sockets", arg, 1, DNS_SOCKETS_MAX);
		return 0;
	case KEY_SOURCE:
		take_source(state, o, arg);
		return 0;
	case KEY_TIMEOUT:
		o->timeout_ns = duration_of(state, "--timeout", arg, NS_PER_MS, 60 * NS_PER_S);
		return 0;
	case KEY_LATE:
		o->late_ns = duration_of(state, "--late", arg, NS_PER_US, 60 * NS_PER_S);
		return 0;
	case KEY_LATE_SHARE:
		o->late_ratio = ratio_of(state, "--late-share", arg);
		return 0;
	case KEY_ELSEWHERE:
		o->elsewhere = true;
		return 0;
	case KEY_CAP:
		o->cap_qps = rate_of(state, "--cap", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct dns_options *o = state->input;
	error_t rc = parse_when(key, arg, state, o);

	if (rc == ARGP_ERR_UNKNOWN)
		rc = parse_how(key, arg, state, o);
	if (rc != ARGP_ERR_UNKNOWN)
		return rc;
	switch (key) {
	case KEY_CHECK:
		o->check = true;
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case KEY_TIMELINE:
		o->timeline = arg;
		return 0;
	case KEY_BUCKET:
		o->bucket_ns = duration_of(state, "--bucket", arg, NS_PER_MS, 60 * NS_PER_S);
		return 0;
	case KEY_OPENMETRICS:
		o->openmetrics = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void
check_when(struct argp_state *state, const struct dns_options *o)
{
	bool closed = o->window > 0 || o->max, ramp = o->ramp_to_qps > 0;
	bool replay = o->queries.replay_n > 0, steps = o->steps.steps_len > 0;

	if (steps && (o->rate_qps > 0 || o->duration_ns > 0))
		argp_error(state,
			"--steps says rates and durations: --rate or --duration does not go with "
			"it");
	else if (ramp &&
		(steps || closed || replay || o->rate_qps > 0 || o->duration_ns > 0 ||
			o->count > 0))
		argp_error(state,
			"--ramp finds the rate itself: no --rate, --duration, --count, --steps, "
			"--replay or "
			"closed loop with it");
	else if (closed && (steps || o->poisson || replay))
		argp_error(state,
			"a closed loop has no schedule: no --steps, --poisson or --replay with "
			"--window or --max");
	else if (o->max && o->rate_qps > 0)
		argp_error(state, "--max has no rate: --window with --rate has both");
	else if (replay && (steps || o->poisson || o->duration_ns > 0))
		argp_error(state,
			"--replay has a timing of its own: no --steps, --poisson or --duration "
			"with it");
	else if (o->ramp_option != NULL && !ramp)
		argp_error(state, "--%s goes with --ramp: one load has no bounds to hold",
			o->ramp_option);
	else if (o->speed != 1 && !replay)
		argp_error(state, "--speed goes with --replay");
	else if (o->singly && (!o->max || o->tcp))
		argp_error(state, "--singly goes with --max over UDP");
}

static void
check(struct argp_state *state, const struct dns_options *o)
{
	if (o->queries.dry)
		return;
	check_when(state, o);
	if (o->targets_len == 0)
		argp_error(state, "no address given: whom should it ask?");
	else if (o->targets_len > DNS_TARGETS_MAX)
		argp_error(state, "more than %d addresses", DNS_TARGETS_MAX);
	else if (!query_options_given(&o->queries))
		argp_error(
			state, "nothing to ask: --query, --queries, --zone or --replay says what");
	else if (o->cap_qps > 0 && !o->elsewhere)
		argp_error(state, "--cap goes with --elsewhere");
	else if (o->ramp_to_qps > 0 && (o->timeline != NULL || o->openmetrics != NULL))
		argp_error(state, "--ramp is many loads: --timeline and --openmetrics are of one");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct dns_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->queries;
		argp_env(options, take, state);
		return 0;
	case ARGP_KEY_ARGS:
		o->targets = state->argv + state->next;
		o->targets_len = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		check(state, o);
		return 0;
	default:
		return take(key, arg, state);
	}
}

static const struct argp_child children[] = {{&query_options_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {.options = options,
	.parser = parse,
	.args_doc = "ADDRESS...",
	.doc = "Ask DNS servers by the clock, whatever is answered, and measure what comes back.\v"
	       "It sends to loopback, and from inside a network namespace anywhere; from the "
	       "host's own it refuses "
	       "other addresses without --elsewhere. At most 10000 queries a second unless --rate, "
	       "--steps, --ramp, "
	       "or --max says otherwise.",
	.children = children};

void
dns_options_parse(int argc, char *argv[], struct dns_options *ret)
{
	*ret = (struct dns_options){.port = 53,
		.speed = 1,
		.loss_ratio = 0.001,
		.p99_ns = 100 * NS_PER_MS,
		.try_ns = 2 * NS_PER_S,
		.late_ns = NS_PER_MS,
		.late_ratio = 0.01,
		.bucket_ns = 100 * NS_PER_MS};
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, ret);
	ret->fresh_seed = ret->seed;
	if (ret->seed == 0) {
		ret->seed = DNS_DEFAULT_SEED;
		if (getrandom(&ret->fresh_seed, sizeof(ret->fresh_seed), 0) < 0)
			ret->fresh_seed = (uint64_t)mono_now().ns;
	}
}
