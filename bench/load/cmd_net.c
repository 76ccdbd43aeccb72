/* cmd_net.c - `catchment load net`: how fast a way through the network is, by libiperf. */
#include <argp.h>
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "bench/load/kinds.h"
#include "bench/load/net_iperf.h"
#include "bench/load/net_result.h"
#include "bench/load/reach.h"
#include "lib/argp_env.h"
#include "lib/command.h"
#include "lib/mono.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum {
	KEY_SERVER = 1000,
	KEY_TO,
	KEY_BIND,
	KEY_PORT,
	KEY_FOR,
	KEY_OMIT,
	KEY_UDP,
	KEY_SET_RATE,
	KEY_PAIR,
	KEY_CHECK,
	SECONDS_MAX = 60,
	LOOK_MS = 200,
	PLACE_BYTES = 32,
};

struct args {
	struct net_plan plan;
	uint64_t set_bps;
	char from[PLACE_BYTES], to[PLACE_BYTES];
	bool server, json, check;
};

static const struct argp_option options[] = {
	{"server", KEY_SERVER, NULL, 0, "be the other end, of one client after another", 0},
	{"to", KEY_TO, "ADDRESS", 0, "measure the way to a server there", 0},
	{"bind", KEY_BIND, "ADDRESS", 0, "our own address", 0},
	{"port", KEY_PORT, "PORT", 0, "of the server (5201)", 0},
	{"for", KEY_FOR, "TIME", 0, "measured (3s), whole seconds, at most 60", 1},
	{"omit", KEY_OMIT, "TIME", 0, "sent before that and not counted (1s): TCP starts slowly",
		1},
	{"udp", KEY_UDP, "RATE", 0, "UDP at that rate, in place of TCP as fast as it goes", 1},
	{"set-rate", KEY_SET_RATE, "RATE", 0, "of the slowest link on the way, to compare with", 2},
	{"pair", KEY_PAIR, "FROM:TO", 0, "what the two ends are called in a report", 2},
	{"check", KEY_CHECK, NULL, 0, "only see whether these options can be used", 3},
	{"json", 'j', NULL, 0, "print facts as JSON", 3},
	{0},
};

static void
read_address(struct argp_state *state, const char *option, const char *text, struct inet *ret)
{
	struct inet a;

	if (inet_parse(text, &a) < 0 || a.len != inet_bits(&a))
		argp_error(state, "--%s: '%s' is not an IPv4 or IPv6 address", option, text);
	else
		*ret = a;
}

static void
read_seconds(struct argp_state *state, const char *option, const char *text, int least, int *ret)
{
	int64_t ns;

	if (num_duration_ns(text, &ns) < 0 || ns % NS_PER_S != 0 || ns < least * NS_PER_S ||
		ns > SECONDS_MAX * NS_PER_S)
		argp_error(state,
			"--%s: '%s' is not a whole number of seconds from %d to %d, like 3s",
			option, text, least, SECONDS_MAX);
	else
		*ret = (int)(ns / NS_PER_S);
}

static void
read_rate(struct argp_state *state, const char *option, const char *text, uint64_t *ret)
{
	if (num_bps(text, ret) < 0 || *ret < 1000 || *ret > 100000000000)
		argp_error(state, "--%s: '%s' is not a rate from 1k to 100G, like 20Mbit", option,
			text);
}

static void
read_pair(struct argp_state *state, const char *text, struct args *a)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL || colon == text || colon[1] == '\0' || colon - text >= PLACE_BYTES ||
		strlen(colon + 1) >= PLACE_BYTES) {
		argp_error(state, "--pair: '%s' is not FROM:TO", text);
		return;
	}
	snprintf(a->from, sizeof(a->from), "%.*s", (int)(colon - text), text);
	snprintf(a->to, sizeof(a->to), "%s", colon + 1);
}

static void
check_together(struct argp_state *state, const struct args *a)
{
	if (a->server == (a->plan.to.family != 0))
		argp_error(state, "either --server or --to ADDRESS");
	else if (!a->server && a->plan.bind.family != 0 && a->plan.bind.family != a->plan.to.family)
		argp_error(state, "--bind is not of the family of --to");
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
	case KEY_SERVER:
		a->server = true;
		return 0;
	case KEY_TO:
		read_address(state, "to", text, &a->plan.to);
		return 0;
	case KEY_BIND:
		read_address(state, "bind", text, &a->plan.bind);
		return 0;
	case KEY_PORT:
		if (num_u64(text, 1, 65535, &port) < 0)
			argp_error(state, "--port: '%s' is not a port", text);
		else
			a->plan.port = (uint16_t)port;
		return 0;
	case KEY_FOR:
		read_seconds(state, "for", text, 1, &a->plan.duration_s);
		return 0;
	case KEY_OMIT:
		read_seconds(state, "omit", text, 0, &a->plan.omit_s);
		return 0;
	case KEY_UDP:
		read_rate(state, "udp", text, &a->plan.udp_bps);
		return 0;
	case KEY_SET_RATE:
		read_rate(state, "set-rate", text, &a->set_bps);
		return 0;
	case KEY_PAIR:
		read_pair(state, text, a);
		return 0;
	case KEY_CHECK:
		a->check = true;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s'? the other end is --to ADDRESS", text);
		return 0;
	case ARGP_KEY_END:
		check_together(state, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {.options = options,
	.parser = parse,
	.doc = "How fast a way through the network is, TCP or UDP, by iperf3's engine: one end "
	       "with --server, the other with "
	       "--to.\vOnly on loopback, and inside a network namespace that is not the host's."};

static json_t *
head_json(const struct args *a)
{
	char text[INET_TEXT_BYTES];
	json_t *o = json_pack("{s:s, s:s}", "schema", "catchment.load-net/1", "role",
		a->server ? "server" : "client");

	if (a->plan.to.family != 0)
		json_object_set_new(o, "address", json_string(inet_show(&a->plan.to, text)));
	if (a->from[0] != '\0') {
		json_object_set_new(o, "from", json_string(a->from));
		json_object_set_new(o, "to", json_string(a->to));
	}
	return o;
}

static void
print_json(json_t *o)
{
	json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(o);
}

static void
print_text(const json_t *o)
{
	const json_t *again = json_object_get(o, "retransmits"),
		     *lost = json_object_get(o, "lost_ratio");
	const json_t *ratio = json_object_get(o, "rate_ratio");

	printf("%s: %.3g Mbit/s received", json_string_value(json_object_get(o, "protocol")),
		json_number_value(json_object_get(o, "received_bps")) / 1e6);
	if (ratio != NULL)
		printf(", %.1f %% of the rate set", 100 * json_number_value(ratio));
	if (again != NULL)
		printf(", %lld segments sent again", (long long)json_integer_value(again));
	if (lost != NULL)
		printf(", %.2g %% lost", 100 * json_number_value(lost));
	putchar('\n');
}

static int
measure(const struct args *a)
{
	char *text;
	json_t *o, *head;
	struct err e;
	int rc = net_client(&a->plan, &text, &e);

	if (rc == 0) {
		rc = net_result(text, (double)a->set_bps, &o, &e);
		free(text);
	}
	if (rc < 0) {
		talk_error("%s", e.text);
		return rc == -EINTR ? EXIT_INTERRUPTED : EXIT_ENVIRONMENT;
	}
	talk_clear();
	if (!a->json) {
		print_text(o);
		json_decref(o);
		return EXIT_GOOD;
	}
	head = head_json(a);
	json_object_update_missing(head, o);
	json_decref(o);
	print_json(head);
	return EXIT_GOOD;
}

/* Until told to stop: that is how it is meant to end. */
static int
serve(const struct args *a)
{
	struct err e;
	pid_t pid = net_server(&a->plan, &e);

	if (pid < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	while (!stop_requested()) {
		if (waitpid(pid, NULL, WNOHANG) != 0) {
			talk_error("port %d cannot be listened to", a->plan.port);
			return EXIT_ENVIRONMENT;
		}
		talk_live("listening at port %d until it is told to stop", a->plan.port);
		poll(NULL, 0, LOOK_MS);
	}
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	talk_clear();
	if (a->json)
		print_json(head_json(a));
	return EXIT_GOOD;
}

static bool
may_be_there(const struct args *a)
{
	struct sockaddr_storage to;

	if (a->server || a->check || !reach_at_home())
		return true;
	inet_sockaddr(&a->plan.to, a->plan.port, &to);
	if (reach_is_loopback((struct sockaddr *)&to))
		return true;
	talk_error("throughput is measured on loopback and inside a lab's network only, and this "
		   "is the host's");
	return false;
}

int
load_net(int argc, char *argv[])
{
	struct args a = {.plan = {.port = 5201, .duration_s = 3, .omit_s = 1}};

	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0 || !may_be_there(&a))
		return EXIT_USAGE;
	if (a.check)
		return EXIT_GOOD;
	stop_install();
	return a.server ? serve(&a) : measure(&a);
}
