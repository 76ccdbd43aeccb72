/* query_options.c - the options of `catchment load dns` that say what is asked. */
#include "bench/load/query_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/qtype.h"
#include "lib/argp_env.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/talk.h"

/* Numbers that no other options of the command have. */
enum {
	KEY_QUERY = 0x5100,
	KEY_QUERIES,
	KEY_ZONE,
	KEY_ORIGIN,
	KEY_TYPES,
	KEY_NXDOMAIN,
	KEY_REPLAY,
	KEY_REPLAY_TO,
	KEY_EDNS,
	KEY_DO,
	KEY_NSID,
	KEY_ECS,
	KEY_RANDOM_PREFIX,
	KEY_RD,
	KEY_DRY_RUN,
};

enum { GROUP = 10, EDNS_LEAST_BYTES = 512 };

static const struct argp_option options[] = {{NULL, 0, NULL, 0, "What is asked, one of:", GROUP},
	{"query", KEY_QUERY, "'NAME [TYPE [WEIGHT]]'", 0,
		"a name; repeated, a mix (TYPE: A, WEIGHT: 1)", GROUP},
	{"queries", KEY_QUERIES, "FILE", 0, "a query file as dnsperf reads it; -: standard input",
		GROUP},
	{"zone", KEY_ZONE, "FILE", 0, "the names and types that a zone file has", GROUP},
	{"replay", KEY_REPLAY, "FILE", 0,
		"the queries of a capture, when and as they were sent; repeated: of several",
		GROUP},
	{NULL, 0, NULL, 0, "With --zone:", GROUP + 1},
	{"origin", KEY_ORIGIN, "NAME", 0, "what its names end in, where it does not say so itself",
		GROUP + 1},
	{"types", KEY_TYPES, "TYPE=WEIGHT,...", 0, "only these types, so often each", GROUP + 1},
	{"nxdomain", KEY_NXDOMAIN, "PERCENT", 0,
		"so many of the queries for names that are not there", GROUP + 1},
	{NULL, 0, NULL, 0, "With --replay:", GROUP + 2},
	{"replay-to", KEY_REPLAY_TO, "PREFIX", 0, "only what was sent to these addresses",
		GROUP + 2},
	{NULL, 0, NULL, 0, "How it is asked, except with --replay:", GROUP + 3},
	{"edns", KEY_EDNS, "BYTES|off", 0, "EDNS with this answer size (1232), or none", GROUP + 3},
	{"do", KEY_DO, NULL, 0, "ask for signatures (DO)", GROUP + 3},
	{"nsid", KEY_NSID, NULL, 0, "ask for the server's identifier", GROUP + 3},
	{"ecs", KEY_ECS, "PREFIX,...", 0, "EDNS client subnet; several are taken in turn",
		GROUP + 3},
	{"random-prefix", KEY_RANDOM_PREFIX, NULL, 0,
		"a fresh label in front of each name, which no cache has", GROUP + 3},
	{"rd", KEY_RD, NULL, 0, "ask for recursion", GROUP + 3},
	{"recurse", 0, NULL, OPTION_ALIAS, NULL, GROUP + 3},
	{"dry-run", KEY_DRY_RUN, "N", 0,
		"send nothing: show the first N queries, and how many of which "
		"type there are",
		GROUP + 4},
	{0}};

static void
add_query(struct argp_state *state, struct query_options *o, const char *arg)
{
	if (o->list_n == QUERY_OPTIONS_LIST)
		argp_error(state, "--query may be given %d times; --queries takes a file",
			QUERY_OPTIONS_LIST);
	o->list[o->list_n++] = arg;
}

static void
add_replay(struct argp_state *state, struct query_options *o, const char *arg)
{
	if (o->replay_n == QUERY_OPTIONS_LIST)
		argp_error(state, "--replay may be given %d times", QUERY_OPTIONS_LIST);
	o->replay[o->replay_n++] = arg;
}

/* One of "A=70,AAAA=30". */
static void
add_share(struct argp_state *state, struct query_options *o, const char *text)
{
	const char *equals = strchr(text, '=');
	struct query_share s = {.weight = 1};
	size_t len = equals == NULL ? strlen(text) : (size_t)(equals - text);

	if (o->types_n == QUERY_OPTIONS_LIST)
		argp_error(state, "--types: more than %d", QUERY_OPTIONS_LIST);
	if (qtype_parse(text, len, &s.qtype) < 0 || !qtype_asks(s.qtype))
		argp_error(
			state, "--types: '%.*s' is no type that can be asked for", (int)len, text);
	if (equals != NULL && num_double(equals + 1, 1e-6, 1e6, &s.weight) < 0)
		argp_error(state, "--types: '%s' is no weight, a number above 0", equals + 1);
	for (size_t i = 0; i < o->types_n; i++)
		if (o->type[i].qtype == s.qtype)
			argp_error(state, "--types: %.*s twice", (int)len, text);
	o->type[o->types_n++] = s;
}

static void
add_subnet(struct argp_state *state, struct query_options *o, const char *text)
{
	struct inet a;

	if (o->ecs_n == QUERY_OPTIONS_LIST)
		argp_error(state, "--ecs: more than %d prefixes", QUERY_OPTIONS_LIST);
	if (inet_parse(text, &a) < 0)
		argp_error(state, "--ecs: '%s' is no prefix, like 198.51.100.0/24", text);
	if (inet_host_bits_set(&a))
		argp_error(state, "--ecs: %s has bits set behind its length", text);
	o->ecs[o->ecs_n++] = a;
}

/* Each of a list with commas. */
static void
each(struct argp_state *state, struct query_options *o, const char *arg,
	void (*take)(struct argp_state *, struct query_options *, const char *))
{
	char *copy = strdup(arg), *rest = copy, *one;

	if (copy == NULL)
		argp_failure(state, EXIT_ENVIRONMENT, ENOMEM, "%s", arg);
	while ((one = strsep(&rest, ",")) != NULL)
		take(state, o, one);
	free(copy);
}

static void
set_edns(struct argp_state *state, struct query_options *o, const char *arg)
{
	uint64_t bytes = 0;

	if (strcmp(arg, "off") != 0 && num_u64(arg, EDNS_LEAST_BYTES, UINT16_MAX, &bytes) < 0)
		argp_error(state, "--edns '%s': from 512 to 65535 bytes, or off", arg);
	o->form.edns_bytes = (uint16_t)bytes;
}

static void
set_absent(struct argp_state *state, struct query_options *o, const char *arg)
{
	double percent;

	if (num_double(arg, 0, 100, &percent) == 0)
		o->zone.absent_ratio = percent / 100;
	else if (num_ratio(arg, &o->zone.absent_ratio) < 0)
		argp_error(state, "--nxdomain '%s' is no percentage from 0 to 100", arg);
}

static void
set_replay_to(struct argp_state *state, struct query_options *o, const char *arg)
{
	if (inet_parse(arg, &o->replay_to) < 0)
		argp_error(state, "--replay-to '%s' is no address or prefix", arg);
	o->has_replay_to = true;
}

static const char *
flag_of(int key)
{
	for (const struct argp_option *o = options; o->key != 0 || o->doc != NULL; o++)
		if (o->key == key)
			return o->name;
	return "?";
}

/* Which options were given, for those that go with one source only. */
static void
note(struct query_options *o, int key)
{
	if (key >= KEY_EDNS && key <= KEY_RD)
		o->form_option = flag_of(key);
	if (key >= KEY_ORIGIN && key <= KEY_NXDOMAIN)
		o->zone_option = flag_of(key);
	if (key == KEY_REPLAY_TO)
		o->replay_option = flag_of(key);
}

static error_t
parse_source(int key, char *arg, struct argp_state *state, struct query_options *o)
{
	switch (key) {
	case KEY_QUERY:
		add_query(state, o, arg);
		break;
	case KEY_QUERIES:
		o->file = arg;
		break;
	case KEY_ZONE:
		o->zone.path = arg;
		break;
	case KEY_ORIGIN:
		o->zone.origin = arg;
		break;
	case KEY_TYPES:
		o->types_n = 0;
		each(state, o, arg, add_share);
		break;
	case KEY_NXDOMAIN:
		set_absent(state, o, arg);
		break;
	case KEY_REPLAY:
		add_replay(state, o, arg);
		break;
	case KEY_REPLAY_TO:
		set_replay_to(state, o, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static error_t
parse_form(int key, char *arg, struct argp_state *state, struct query_options *o)
{
	uint64_t n = 0;

	switch (key) {
	case KEY_EDNS:
		set_edns(state, o, arg);
		break;
	case KEY_DO:
		o->form.dnssec_ok = true;
		break;
	case KEY_NSID:
		o->form.nsid = true;
		break;
	case KEY_ECS:
		o->ecs_n = 0;
		each(state, o, arg, add_subnet);
		break;
	case KEY_RANDOM_PREFIX:
		o->form.random_prefix = true;
		break;
	case KEY_RD:
		o->form.recurse = true;
		break;
	case KEY_DRY_RUN:
		if (num_u64(arg, 0, SIZE_MAX, &n) < 0)
			argp_error(state, "--dry-run '%s' is no whole number", arg);
		o->dry = true;
		o->dry_n = n;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static size_t
sources(const struct query_options *o)
{
	return (size_t)(o->list_n > 0) + (o->file != NULL) + (o->zone.path != NULL) +
		(o->replay_n > 0);
}

static void
check(struct argp_state *state, const struct query_options *o)
{
	const struct query_form *f = &o->form;

	if (sources(o) > 1)
		argp_error(
			state, "one of --query, --queries, --zone and --replay says what is asked");
	if (o->zone_option != NULL && o->zone.path == NULL)
		argp_error(state, "--%s goes with --zone", o->zone_option);
	if (o->replay_option != NULL && o->replay_n == 0)
		argp_error(state, "--%s goes with --replay", o->replay_option);
	if (o->replay_n > 0 && o->form_option != NULL)
		argp_error(state, "--replay sends what was captured: --%s does not go with it",
			o->form_option);
	if (f->edns_bytes == 0 && (f->dnssec_ok || f->nsid || o->ecs_n > 0))
		argp_error(state, "--%s needs EDNS: not with --edns off",
			f->dnssec_ok	  ? "do"
				: f->nsid ? "nsid"
					  : "ecs");
	if (o->dry && sources(o) == 0)
		argp_error(state, "--dry-run: of what? --query, --queries, --zone or --replay");
}

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct query_options *o = state->input;
	error_t rc = parse_source(key, arg, state, o);

	if (rc == ARGP_ERR_UNKNOWN)
		rc = parse_form(key, arg, state, o);
	if (rc == 0)
		note(o, key);
	return rc;
}

/* What the environment says; the flags come later and win. */
static void
set_up(struct argp_state *state, struct query_options *o)
{
	*o = (struct query_options){.form = {.edns_bytes = QUERY_OPTIONS_EDNS_BYTES}};
	argp_env(options, take, state);
	o->source_of_env = sources(o) > 0;
}

/* The first source among the flags takes the place of the environment's. */
static void
forget_source(struct query_options *o)
{
	o->list_n = o->replay_n = 0;
	o->file = o->zone.path = NULL;
	o->source_of_env = false;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct query_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		set_up(state, o);
		return 0;
	case ARGP_KEY_END:
		check(state, o);
		return 0;
	case KEY_QUERY:
	case KEY_QUERIES:
	case KEY_ZONE:
	case KEY_REPLAY:
		if (o->source_of_env)
			forget_source(o);
		break;
	}
	return take(key, arg, state);
}

const struct argp query_options_argp = {.options = options, .parser = parse};

bool
query_options_given(const struct query_options *o)
{
	return sources(o) > 0;
}

/* What was wrong, a line each, and then of all of it. */
static void
complain(const struct buf *mistakes, const struct err *e)
{
	const char *at = mistakes->data == NULL ? "" : mistakes->data;
	size_t lines = 0;

	for (; *at != '\0'; at += strcspn(at, "\n") + 1, lines++)
		talk_error("%.*s", (int)strcspn(at, "\n"), at);
	if (lines != 1)
		talk_error("%s", e->text);
}

int
query_options_make(const struct query_options *o, uint64_t seed, struct queries **ret)
{
	struct query_replay replay = {.paths = o->replay,
		.paths_n = o->replay_n,
		.to = o->has_replay_to ? &o->replay_to : NULL};
	struct query_form form = o->form;
	struct query_zone zone = o->zone;
	struct buf mistakes = {0};
	struct err e = {0};
	int rc;

	form.ecs = o->ecs;
	form.ecs_n = o->ecs_n;
	zone.types = o->type;
	zone.types_n = o->types_n;
	zone.seed = seed;
	if (o->list_n > 0)
		rc = queries_from_list(o->list, o->list_n, &form, seed, ret, &mistakes, &e);
	else if (o->file != NULL)
		rc = queries_from_file(o->file, &form, ret, &mistakes, &e);
	else if (o->zone.path != NULL)
		rc = queries_from_zone(&zone, &form, ret, &mistakes, &e);
	else if (o->replay_n > 0)
		rc = queries_from_replay(&replay, ret, &e);
	else
		rc = err_set(&e, EINVAL,
			"nothing to ask: --query, --queries, --zone or --replay says what");
	if (rc < 0)
		complain(&mistakes, &e);
	buf_done(&mistakes);
	return rc == 0 ? EXIT_GOOD : rc == -ENOMEM ? EXIT_ENVIRONMENT : EXIT_USAGE;
}
