/* bgp_options.c - what `catchment load bgp` was asked for: flags, or CATCHMENT_FLAG in the environment. */
#include "bench/load/bgp_options.h"

#include <argp.h>
#include <string.h>

#include "bench/load/bgp_generate.h"
#include "lib/argp_env.h"
#include "lib/command.h"
#include "lib/num.h"

enum {
	KEY_AS = 256,
	KEY_PEER_AS,
	KEY_ID,
	KEY_SOURCE,
	KEY_PORT,
	KEY_PASSIVE,
	KEY_NEXT_HOP,
	KEY_HOLD,
	KEY_IPV4,
	KEY_IPV6,
	KEY_SEED,
	KEY_TABLE,
	KEY_MRT_PEER,
	KEY_AVOID,
	KEY_CHURN,
	KEY_CONSTANT,
	KEY_WITHDRAW,
	KEY_REPLAY,
	KEY_SPEED,
	KEY_FOR,
	KEY_STAY,
	KEY_WATCH,
	KEY_WATCH_AS,
	KEY_WATCH_SOURCE,
	KEY_WATCH_ID,
	KEY_SETTLE,
	KEY_CONNECT_WITHIN,
	KEY_TAKE_WITHIN,
	KEY_ELSEWHERE,
	KEY_JSON,
	KEY_CHECK,
};

static const int64_t DAY_NS = 86400 * NS_PER_S;

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "The sessions, one with each PEER:", 1},
	{"as", KEY_AS, "AS", 0, "our AS number", 1},
	{"peer-as", KEY_PEER_AS, "AS", 0, "theirs; the same as ours makes the sessions internal",
		1},
	{"router-id", KEY_ID, "ID", 0, "our BGP identifier (an IPv4 --source)", 1},
	{"source", KEY_SOURCE, "ADDR", 0, "our address; once for IPv4, once for IPv6", 1},
	{"port", KEY_PORT, "PORT", 0, "of the peers, or where to listen (179)", 1},
	{"passive", KEY_PASSIVE, NULL, 0, "the peers connect to us", 1},
	{"next-hop", KEY_NEXT_HOP, "ADDR", 0,
		"of the routes (our address); once for IPv4, once for IPv6", 1},
	{"hold", KEY_HOLD, "T", 0, "hold time offered (90s)", 1},
	{NULL, 0, NULL, 0, "The table:", 2},
	{"ipv4", KEY_IPV4, "N", 0, "so many routes; with --table, no more than that", 2},
	{"ipv6", KEY_IPV6, "N", 0, "likewise", 2},
	{"seed", KEY_SEED, "N", 0, "what it is made of (1)", 2},
	{"table", KEY_TABLE, "FILE", 0, "from an MRT RIB dump, plain or gzip", 2},
	{"mrt-peer", KEY_MRT_PEER, "AS", 0,
		"which of the collector's peers in MRT files (the one that told most)", 2},
	{"avoid", KEY_AVOID, "PREFIX", 0,
		"tell nothing that overlaps it, as it never does with special ranges; may be "
		"repeated",
		2},
	{NULL, 0, NULL, 0, "Afterwards:", 3},
	{"churn", KEY_CHURN, "Q", 0, "changes a second, each an UPDATE", 3},
	{"constant", KEY_CONSTANT, NULL, 0, "evenly spaced, instead of a Poisson process", 3},
	{"withdraw", KEY_WITHDRAW, "RATIO", 0, "share of them that withdraw (0.2)", 3},
	{"replay", KEY_REPLAY, "FILE", 0, "the UPDATEs of an MRT file, with its timing", 3},
	{"speed", KEY_SPEED, "X", 0, "... so many times as fast (1)", 3},
	{"for", KEY_FOR, "T", 0, "churn, replay or just stay for so long", 3},
	{"stay", KEY_STAY, NULL, 0,
		"... and then stay until ^C; without --for, go on changing until then", 3},
	{NULL, 0, NULL, 0, "What the router tells on:", 4},
	{"watch", KEY_WATCH, "ADDR", 0,
		"a session that listens, at this address of a router: the table counts as loaded "
		"when "
		"it is all there",
		4},
	{"watch-as", KEY_WATCH_AS, "AS", 0, "our AS number there (that of the others)", 4},
	{"watch-source", KEY_WATCH_SOURCE, "ADDR", 0, "our address there", 4},
	{"watch-id", KEY_WATCH_ID, "ID", 0, "our BGP identifier there (an IPv4 --watch-source)", 4},
	{"settle", KEY_SETTLE, "T", 0, "give up when nothing new comes for so long (10s)", 4},
	{NULL, 0, NULL, 0, "Limits:", 5},
	{"connect-within", KEY_CONNECT_WITHIN, "T", 0, "until all sessions are up (30s)", 5},
	{"take-within", KEY_TAKE_WITHIN, "T", 0, "until the table is taken (10min)", 5},
	{"elsewhere", KEY_ELSEWHERE, NULL, 0,
		"also to routers of a real network: they will believe what they are told", 5},
	{"json", KEY_JSON, NULL, 0, "print what was measured as JSON", 5},
	{"check", KEY_CHECK, NULL, 0, "tell nobody, only look whether all of this can be done", 5},
	{0}};

/* The option's name for complaints. */
static const char *
name_of(int key)
{
	for (const struct argp_option *o = options; o->name != NULL || o->doc != NULL; o++)
		if (o->key == key && o->name != NULL)
			return o->name;
	return "";
}

static uint64_t
number(struct argp_state *state, int key, const char *arg, uint64_t min, uint64_t max)
{
	uint64_t n = min;

	if (num_u64(arg, min, max, &n) < 0)
		argp_error(state, "--%s '%s' is not a whole number from %llu to %llu", name_of(key),
			arg, (unsigned long long)min, (unsigned long long)max);
	return n;
}

static uint32_t
as_number(struct argp_state *state, int key, const char *arg)
{
	return (uint32_t)number(state, key, arg, 1, UINT32_MAX - 1);
}

static int64_t
duration(struct argp_state *state, int key, const char *arg, int64_t min_ns, int64_t max_ns)
{
	int64_t ns = min_ns;

	if (num_duration_ns(arg, &ns) < 0 || ns < min_ns || ns > max_ns)
		argp_error(state, "--%s '%s' is not a duration like 30s, from %lld s to %lld s",
			name_of(key), arg, (long long)(min_ns / NS_PER_S),
			(long long)(max_ns / NS_PER_S));
	return ns;
}

static struct inet
address(struct argp_state *state, int key, const char *arg)
{
	struct inet a = {.family = AF_INET, .len = 32};

	if (inet_parse(arg, &a) < 0 || strchr(arg, '/') != NULL)
		argp_error(state, "--%s '%s' is not an IPv4 or IPv6 address", name_of(key), arg);
	return a;
}

/* Once for each family. */
static void
address_of_family(struct argp_state *state, int key, const char *arg, struct inet to[2])
{
	struct inet a = address(state, key, arg);
	struct inet *slot = &to[a.family == AF_INET6];

	if (slot->family != 0 && !inet_same(slot, &a))
		argp_error(state, "--%s '%s' is a second one of that family", name_of(key), arg);
	*slot = a;
}

static void
identifier(struct argp_state *state, int key, const char *arg, uint8_t to[4], bool *has)
{
	struct inet a = address(state, key, arg);

	if (a.family != AF_INET || a.addr[0] == 0)
		argp_error(
			state, "--%s '%s' is not written like an IPv4 address", name_of(key), arg);
	memcpy(to, a.addr, 4);
	*has = true;
}

static void
avoid(struct argp_state *state, struct bgp_asked *a, const char *arg)
{
	if (a->avoid_len == BGP_MAX_AVOID)
		argp_error(state, "--avoid is given more than %d times", BGP_MAX_AVOID);
	else if (inet_parse(arg, &a->avoid[a->avoid_len]) < 0)
		argp_error(state, "--avoid '%s' is not a prefix like 203.0.113.0/24", arg);
	else
		a->avoid_len++;
}

static error_t
parse_session(int key, char *arg, struct argp_state *state)
{
	struct bgp_asked *a = state->input;

	switch (key) {
	case KEY_AS:
		a->as = as_number(state, key, arg);
		break;
	case KEY_PEER_AS:
		a->peer_as = as_number(state, key, arg);
		break;
	case KEY_ID:
		identifier(state, key, arg, a->id, &a->has_id);
		break;
	case KEY_SOURCE:
		address_of_family(state, key, arg, a->source);
		break;
	case KEY_PORT:
		a->port = (uint16_t)number(state, key, arg, 1, UINT16_MAX);
		break;
	case KEY_PASSIVE:
		a->passive = true;
		break;
	case KEY_NEXT_HOP:
		address_of_family(state, key, arg, a->plan.next_hop);
		break;
	case KEY_HOLD:
		a->hold_s =
			(uint16_t)(duration(state, key, arg, 3 * NS_PER_S, UINT16_MAX * NS_PER_S) /
				NS_PER_S);
		break;
	case KEY_WATCH:
		a->plan.watch.peer = address(state, key, arg);
		break;
	case KEY_WATCH_AS:
		a->watch_as = as_number(state, key, arg);
		break;
	case KEY_WATCH_SOURCE:
		a->watch_source = address(state, key, arg);
		break;
	case KEY_WATCH_ID:
		identifier(state, key, arg, a->watch_id, &a->has_watch_id);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static error_t
parse_table(int key, char *arg, struct argp_state *state)
{
	struct bgp_asked *a = state->input;

	switch (key) {
	case KEY_IPV4:
		a->ipv4 = number(state, key, arg, 0, BGP_GENERATE_MAX4);
		break;
	case KEY_IPV6:
		a->ipv6 = number(state, key, arg, 0, BGP_GENERATE_MAX6);
		break;
	case KEY_SEED:
		a->seed = number(state, key, arg, 0, INT64_MAX);
		break;
	case KEY_TABLE:
		a->table_path = arg;
		break;
	case KEY_MRT_PEER:
		a->mrt_peer_as = as_number(state, key, arg);
		break;
	case KEY_AVOID:
		avoid(state, a, arg);
		break;
	case KEY_REPLAY:
		a->replay_path = arg;
		break;
	default:
		return parse_session(key, arg, state);
	}
	return 0;
}

static error_t
parse_course(int key, char *arg, struct argp_state *state)
{
	struct bgp_asked *a = state->input;

	switch (key) {
	case KEY_CHURN:
		if (num_qps(arg, &a->churn.rate_qps) < 0 || a->churn.rate_qps <= 0 ||
			a->churn.rate_qps > 1e6)
			argp_error(
				state, "--churn '%s' is not a rate like 100 or 5k, up to 1M", arg);
		break;
	case KEY_CONSTANT:
		a->churn.constant = true;
		break;
	case KEY_WITHDRAW:
		if (num_ratio(arg, &a->churn.withdraw_ratio) < 0)
			argp_error(state, "--withdraw '%s' is not a share like 0.2 or 20%%", arg);
		break;
	case KEY_SPEED:
		if (num_double(arg, 0.001, 1e6, &a->speed) < 0)
			argp_error(state, "--speed '%s' is not a factor like 1 or 10", arg);
		break;
	case KEY_FOR:
		a->plan.for_ns = duration(state, key, arg, 1, 7 * DAY_NS);
		break;
	case KEY_STAY:
		a->plan.stay = true;
		break;
	case KEY_SETTLE:
		a->plan.settle_ns = duration(state, key, arg, NS_PER_MS, DAY_NS);
		break;
	case KEY_CONNECT_WITHIN:
		a->plan.connect_ns = duration(state, key, arg, NS_PER_MS, DAY_NS);
		break;
	case KEY_TAKE_WITHIN:
		a->plan.take_ns = duration(state, key, arg, NS_PER_MS, DAY_NS);
		break;
	case KEY_ELSEWHERE:
		a->elsewhere = true;
		break;
	case KEY_JSON:
		a->json = true;
		break;
	case KEY_CHECK:
		a->check = true;
		break;
	default:
		return parse_table(key, arg, state);
	}
	return 0;
}

static void
add_peer(struct argp_state *state, struct bgp_asked *a, const char *arg)
{
	struct inet peer;

	if (a->plan.sessions == BGP_RUN_MAX_SESSIONS)
		argp_error(state, "more than %d peers", BGP_RUN_MAX_SESSIONS);
	else if (inet_parse(arg, &peer) < 0 || strchr(arg, '/') != NULL)
		argp_error(state, "'%s' is not the address of a peer", arg);
	else
		a->plan.session[a->plan.sessions++].peer = peer;
}

static void
check(struct argp_state *state, const struct bgp_asked *a)
{
	bool changes = a->churn.rate_qps > 0 || a->replay_path != NULL;

	if (a->plan.sessions == 0)
		argp_error(state, "no peer given");
	else if (a->as == 0)
		argp_error(state, "--as is missing: which AS are we?");
	else if (a->peer_as == 0)
		argp_error(state, "--peer-as is missing: which AS is the peer?");
	else if (!a->has_id && a->source[0].family == 0)
		argp_error(state, "--router-id is missing, and no IPv4 --source to take it from");
	else if (a->table_path == NULL && a->ipv4 == 0 && a->ipv6 == 0)
		argp_error(state, "no table: neither --ipv4, --ipv6 nor --table");
	else if (a->churn.rate_qps > 0 && a->replay_path != NULL)
		argp_error(state, "either --churn or --replay, not both");
	else if (a->churn.rate_qps > 0 && a->plan.for_ns == 0 && !a->plan.stay)
		argp_error(state, "--churn needs --for or --stay: how long?");
	else if (!changes && a->plan.for_ns > 0 && a->plan.stay)
		argp_error(state, "either --for or --stay, not both, where nothing changes");
	else if (a->plan.watch.peer.family == 0 &&
		(a->watch_as != 0 || a->watch_source.family != 0 || a->has_watch_id))
		argp_error(state, "--watch is missing: which router is to be listened to?");
	else if (a->plan.watch.peer.family != 0 && !a->has_watch_id &&
		a->watch_source.family != AF_INET)
		argp_error(
			state, "--watch-id is missing, and no IPv4 --watch-source to take it from");
	else if (a->plan.watch.peer.family != 0 && a->watch_source.family != 0 &&
		a->watch_source.family != a->plan.watch.peer.family)
		argp_error(state, "--watch and --watch-source are not of one family");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct bgp_asked *a = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		add_peer(state, a, arg);
		return 0;
	case ARGP_KEY_INIT:
		argp_env(options, parse_course, state);
		return 0;
	case ARGP_KEY_END:
		check(state, a);
		return 0;
	default:
		return parse_course(key, arg, state);
	}
}

static const struct argp argp = {.options = options,
	.parser = parse,
	.args_doc = "PEER...",
	.doc = "Tell routers a table of the Internet's size, and change it at a rate.\v"
	       "It sends to loopback and inside network namespaces; elsewhere only with "
	       "--elsewhere."};

static void
finish(struct bgp_asked *a)
{
	struct bgp_session_options *watch = &a->plan.watch;

	if (!a->has_id)
		memcpy(a->id, a->source[0].addr, 4);
	if (!a->has_watch_id)
		memcpy(a->watch_id, a->watch_source.addr, 4);
	for (size_t i = 0; i < a->plan.sessions; i++) {
		struct bgp_session_options *s = &a->plan.session[i];
		bool six = s->peer.family == AF_INET6;

		s->source = a->source[six];
		s->port = a->port;
		s->passive = a->passive;
		s->peer_as = a->peer_as;
		s->hello = (struct bgp_hello){.as = a->as, .hold_s = a->hold_s};
		memcpy(s->hello.id, a->id, 4);
		/* Offered is what there is a next hop for, and something to tell of. */
		for (int f = 0; f < 2; f++)
			s->hello.family[f] = (six == (f == 1) || a->plan.next_hop[f].family != 0) &&
				(a->table_path != NULL || (f == 0 ? a->ipv4 : a->ipv6) > 0);
	}
	watch->source = a->watch_source;
	watch->port = a->port;
	watch->passive = a->passive;
	watch->peer_as = a->peer_as;
	watch->hello = (struct bgp_hello){.as = a->watch_as != 0 ? a->watch_as : a->as,
		.hold_s = a->hold_s,
		.family = {true, true}};
	memcpy(watch->hello.id, a->watch_id, 4);
}

void
bgp_options_parse(struct bgp_asked *a, int argc, char *argv[])
{
	*a = (struct bgp_asked){.port = BGP_PORT,
		.hold_s = 90,
		.seed = 1,
		.speed = 1,
		.churn = {.withdraw_ratio = 0.2},
		.plan = {.connect_ns = 30 * NS_PER_S,
			.take_ns = 600 * NS_PER_S,
			.settle_ns = 10 * NS_PER_S}};
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, a);
	a->churn.seed = a->seed;
	finish(a);
}
