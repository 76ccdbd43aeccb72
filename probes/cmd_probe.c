/* cmd_probe.c - `catchment probe`: query as many vantage points from a plan file, or a few addresses. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/command.h"
#include "lib/mono.h"
#include "lib/num.h"
#include "lib/stopfd.h"
#include "lib/talk.h"
#include "probes/commands.h"
#include "probes/direct.h"
#include "probes/engine.h"
#include "probes/plan.h"
#include "probes/stats.h"
#include "probes/summary.h"

enum {
	KEY_PLAN = 'p',
	KEY_NAME = 'n',
	KEY_TYPE = 't',
	KEY_CLASS = 'c',
	KEY_RATE = 'r',
	KEY_DURATION = 'd',
	KEY_COUNT = 'k',
	KEY_SOURCE = 's',
	KEY_JSON = 'j',
	KEY_PORT = 256,
	KEY_TIMEOUT,
	KEY_NSID,
	KEY_RECURSE,
	KEY_UNIQUE,
	KEY_ANSWERS,
	KEY_TCP,
	KEY_MORE,
	DEFAULT_COUNT = 10,
};

struct options {
	const char *plan_path;
	const char *answers_path;
	bool has_direct; /* an option that a plan leaves no room for */
	bool json;
	struct direct direct;
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "As many vantage points, from a plan file:", 1},
	{"plan", KEY_PLAN, "FILE", 0, "who asks whom, how often (schema catchment.probe-plan/1)",
		1},
	{NULL, 0, NULL, 0, "One question to real addresses:", 2},
	{"name", KEY_NAME, "QNAME", 0, "the name asked for", 2},
	{"type", KEY_TYPE, "TYPE", 0, "its type (TXT)", 2},
	{"class", KEY_CLASS, "CLASS", 0, "IN (default) or CH, as for id.server", 2},
	{"rate", KEY_RATE, "Q", 0, "queries a second to each address (1); 10 at most", 2},
	{"i-may-send-more", KEY_MORE, NULL, 0,
		"allow a rate up to 1000: whoever runs the addresses agrees", 2},
	{"count", KEY_COUNT, "N", 0, "queries to each address (10)", 2},
	{"duration", KEY_DURATION, "T", 0, "send for so long, instead of a count", 2},
	{"timeout", KEY_TIMEOUT, "T", 0, "how long an answer may take (5s)", 2},
	{"source", KEY_SOURCE, "ADDR", 0, "the address to ask from", 2},
	{"port", KEY_PORT, "PORT", 0, "the port asked (53)", 2},
	{"nsid", KEY_NSID, NULL, 0, "ask for the server's identifier (EDNS)", 2},
	{"recurse", KEY_RECURSE, NULL, 0, "ask for recursion (RD)", 2},
	{"unique", KEY_UNIQUE, NULL, 0, "put a label that is new each time before the name", 2},
	{"tcp", KEY_TCP, NULL, 0, "ask over TCP, a connection for each query", 2},
	{"answers", KEY_ANSWERS, "FILE", 0, "keep the answers file", 2},
	{"json", KEY_JSON, NULL, 0, "print the summary as JSON", 2}, {0}};

static double
rate_of(struct argp_state *state, const char *arg)
{
	double qps = 0;

	if (num_qps(arg, &qps) < 0)
		argp_error(state, "--rate '%s' is not a rate, like 1 or 0.5", arg);
	return qps;
}

static int64_t
duration_of(struct argp_state *state, const char *option, const char *arg, int64_t max_ns)
{
	int64_t ns = 0;

	if (num_duration_ns(arg, &ns) < 0 || ns <= 0 || ns > max_ns)
		argp_error(state, "%s '%s' is not a duration like 10s, above 0 and at most %s",
			option, arg, max_ns > 60 * NS_PER_S ? "a day" : "a minute");
	return ns;
}

static uint64_t
number_of(struct argp_state *state, const char *option, const char *arg, uint64_t max)
{
	uint64_t n = 0;

	if (num_u64(arg, 1, max, &n) < 0)
		argp_error(state, "%s '%s' is not a whole number from 1 to %" PRIu64, option, arg,
			max);
	return n;
}

static error_t
parse_direct(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct direct *d = &o->direct;

	switch (key) {
	case KEY_NAME:
		d->name = arg;
		break;
	case KEY_TYPE:
		d->type = arg;
		break;
	case KEY_CLASS:
		d->class = arg;
		break;
	case KEY_RATE:
		d->rate_qps = rate_of(state, arg);
		break;
	case KEY_MORE:
		d->may_send_more = true;
		break;
	case KEY_COUNT:
		d->count = number_of(state, "--count", arg, 10000000);
		break;
	case KEY_DURATION:
		d->duration_ns = duration_of(state, "--duration", arg, 86400 * NS_PER_S);
		break;
	case KEY_TIMEOUT:
		d->timeout_ns = duration_of(state, "--timeout", arg, 60 * NS_PER_S);
		break;
	case KEY_SOURCE:
		d->source = arg;
		break;
	case KEY_PORT:
		d->port = (uint16_t)number_of(state, "--port", arg, 65535);
		break;
	case KEY_NSID:
		d->nsid = true;
		break;
	case KEY_RECURSE:
		d->recurse = true;
		break;
	case KEY_UNIQUE:
		d->unique = true;
		break;
	case KEY_ANSWERS:
		o->answers_path = arg;
		break;
	case KEY_JSON:
		o->json = true;
		break;
	case KEY_TCP:
		d->tcp = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	o->has_direct = true;
	return 0;
}

static void
check(struct argp_state *state, struct options *o)
{
	struct direct *d = &o->direct;

	if (o->plan_path != NULL && d->addresses_len > 0)
		argp_error(state, "either --plan or addresses, not both");
	else if (o->plan_path != NULL && o->has_direct)
		argp_error(state, "with --plan all else stands in the plan");
	else if (o->plan_path == NULL && d->addresses_len == 0)
		argp_error(state, "neither --plan nor an address is given");
	else if (o->plan_path == NULL && d->name == NULL)
		argp_error(state, "--name is missing: what should be asked for?");
	else if (d->count > 0 && d->duration_ns > 0)
		argp_error(state, "either --count or --duration, not both");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_PLAN:
		o->plan_path = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->direct.addresses = state->argv + state->next;
		o->direct.addresses_len = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		check(state, o);
		return 0;
	default:
		return parse_direct(key, arg, state);
	}
}

static const struct argp argp = {.options = options,
	.parser = parse,
	.args_doc = "--plan FILE\nADDRESS... --name QNAME",
	.doc = "Ask DNS servers by the clock, whatever is answered: as many vantage points, until "
	       "the "
	       "plan's duration is over or SIGTERM; or a few real addresses, slowly.\v"
	       "With a plan it prints {\"ready\":true} when every socket is open and writes the "
	       "answers file and the stats that the plan names; with addresses it prints a summary "
	       "of each."};

static int
probe(const struct plan *p)
{
	struct engine *en;
	struct err e;
	int stop_fd, status = EXIT_GOOD;

	if (stopfd_open(&stop_fd, &e) < 0 || engine_open(p, &en, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	puts("{\"ready\":true}");
	fflush(stdout);
	if (engine_run(en, stop_fd, &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	if (probe_stats_write(p, engine_stats(en), &e) < 0) {
		talk_error("%s", e.text);
		status = EXIT_ENVIRONMENT;
	}
	engine_free(en);
	close(stop_fd);
	return status;
}

static int
probe_plan(const char *path)
{
	struct plan *p;
	struct err e;
	int status;

	if (plan_load(path, &p, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_USAGE;
	}
	status = probe(p);
	plan_free(p);
	return status;
}

static int
show(const struct options *o, const struct plan *p, bool stopped)
{
	struct summary s;
	struct err e;
	int status = EXIT_ENVIRONMENT;

	if (summary_read(p->answers_path, p, &s, &e) < 0) {
		talk_error("%s", e.text);
	} else {
		json_t *all = o->json ? summary_json(&s) : NULL;

		if (o->json) {
			json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
			putchar('\n');
		} else {
			summary_print(&s, stdout);
		}
		json_decref(all);
		status = stopped		 ? EXIT_INTERRUPTED
			: summary_silent(&s) > 0 ? EXIT_MISSED
						 : EXIT_GOOD;
	}
	summary_done(&s);
	return status;
}

static int
ask(const struct options *o, const struct plan *p)
{
	struct engine *en;
	struct err e;
	char took[24];
	int stop_fd, rc;
	bool stopped;

	if (stopfd_open(&stop_fd, &e) < 0 || engine_open(p, &en, &e) < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	talk_note("asking %u address%s%s for %s%s %s %s, %g a second each, for %s", p->streams_len,
		p->streams_len == 1 ? "" : "es", o->direct.tcp ? " over TCP" : "",
		o->direct.unique ? "names below " : "", p->zone, o->direct.class, o->direct.type,
		p->rate_qps, num_show_ns(p->duration_ns, took));
	rc = engine_run(en, stop_fd, &e);
	stopped = engine_stats(en)->told_to_stop;
	engine_free(en);
	close(stop_fd);
	if (rc < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	return show(o, p, stopped);
}

/* Without --answers the file lives in memory, and is gone with the process. */
static int
probe_addresses(struct options *o)
{
	char path[64];
	struct plan *p;
	struct err e;
	int status, fd = -1, rc;

	if (o->direct.count == 0 && o->direct.duration_ns == 0)
		o->direct.count = DEFAULT_COUNT;
	if (getrandom(&o->direct.seed, sizeof(o->direct.seed), 0) < 0)
		o->direct.seed = (uint64_t)wall_now().ns;
	o->direct.seed >>= 1; /* JSON's integers are signed */
	if (o->answers_path == NULL) {
		fd = memfd_create("answers", MFD_CLOEXEC);
		if (fd < 0) {
			talk_error("no memory for the answers: %s", strerror(errno));
			return EXIT_ENVIRONMENT;
		}
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	o->direct.answers_path = fd < 0 ? o->answers_path : path;
	rc = direct_plan(&o->direct, &p, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		status = rc == -EINVAL ? EXIT_USAGE : EXIT_ENVIRONMENT;
	} else {
		status = ask(o, p);
		plan_free(p);
	}
	if (fd >= 0)
		close(fd);
	return status;
}

int
cmd_probe(int argc, char *argv[])
{
	struct options o = {.direct = {.type = "TXT",
				    .class = "IN",
				    .rate_qps = 1,
				    .timeout_ns = 5 * NS_PER_S,
				    .port = 53}};

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	return o.plan_path != NULL ? probe_plan(o.plan_path) : probe_addresses(&o);
}
