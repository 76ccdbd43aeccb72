/* cmd_generate.c - catchment lab generate: a network of N PoPs as a data directory. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "lab/cmd_lab.h"
#include "lab/generate.h"
#include "lab/place.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/talk.h"

struct args {
	struct generate_options options;
	bool json;
};

static const struct argp_option options[] = {
	{"pops", 'p', "N", 0, "how many cities, each with a PoP and an access network: 1 to 64", 0},
	{"seed", 's', "S", 0, "local loops and detours of the fibre follow from it (default: 1)",
		0},
	{"json", 'j', NULL, 0, "print facts as JSON", 0},
	{0},
};

static void
take_number(struct argp_state *state, const char *flag, const char *text, uint64_t min,
	uint64_t max, uint64_t *ret)
{
	if (num_u64(text, min, max, ret) < 0)
		argp_error(state, "%s: '%s' is not a number from %llu to %llu", flag, text,
			(unsigned long long)min, (unsigned long long)max);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	uint64_t pops = 0;

	switch (key) {
	case 'p':
		take_number(state, "--pops", arg, 1, GENERATE_POPS_MAX, &pops);
		a->options.pops = (unsigned int)pops;
		break;
	case 's':
		take_number(state, "--seed", arg, 0, UINT64_MAX, &a->options.seed);
		break;
	case 'j':
		a->json = true;
		break;
	case ARGP_KEY_ARG:
		if (a->options.dir != NULL)
			argp_error(state, "'%s' is one word too many", arg);
		a->options.dir = arg;
		break;
	case ARGP_KEY_END:
		if (a->options.pops == 0)
			argp_error(state, "how many PoPs? --pops N, 1 to %d", GENERATE_POPS_MAX);
		if (a->options.dir == NULL)
			argp_error(state, "into which folder?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* CATCHMENT_POPS and CATCHMENT_SEED; the flags win. */
static int
from_environment(struct args *a)
{
	const char *pops = command_env("pops"), *seed = command_env("seed");
	uint64_t n = a->options.pops;

	if ((pops != NULL && num_u64(pops, 1, GENERATE_POPS_MAX, &n) < 0) ||
		(seed != NULL && num_u64(seed, 0, UINT64_MAX, &a->options.seed) < 0)) {
		talk_error("CATCHMENT_POPS is 1 to %d, CATCHMENT_SEED a number", GENERATE_POPS_MAX);
		return -EINVAL;
	}
	a->options.pops = (unsigned int)n;
	return 0;
}

static void
tell(const struct args *a, const struct generate_counts *n)
{
	json_t *j;

	if (!a->json) {
		printf("%s/topology.yaml: %u cities, %u carriers, %u nodes, %u links, %u BGP "
		       "session ends\n",
			a->options.dir, n->cities, n->carriers, n->nodes, n->links, n->sessions);
		return;
	}
	j = json_pack("{s:s, s:o, s:I, s:i, s:i, s:i, s:i, s:i}", "schema",
		"catchment.lab-generate/1", "topology",
		json_sprintf("%s/topology.yaml", a->options.dir), "seed",
		(json_int_t)a->options.seed, "cities", (int)n->cities, "carriers", (int)n->carriers,
		"nodes", (int)n->nodes, "links", (int)n->links, "sessions", (int)n->sessions);
	json_dumpf(j, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(j);
}

int
lab_cmd_generate(const struct lab_args *args)
{
	static const struct argp argp = {options, parse, "DIR",
		"Write a network of N PoPs, to be used with 'catchment lab up --topology "
		"DIR/topology.yaml'.",
		NULL, NULL, NULL};
	struct args a = {.options.seed = 1};
	struct generate_counts n;
	char data[PLACE_BYTES], name[] = "catchment lab generate", *subcommand = args->words[-1];
	struct err e = {0};
	int rc;

	if (from_environment(&a) < 0)
		return EXIT_USAGE;
	args->words[-1] = name; /* what argp calls us */
	rc = argp_parse(&argp, args->words_len + 1, args->words - 1, 0, NULL, &a);
	args->words[-1] = subcommand;
	if (rc != 0)
		return EXIT_USAGE;
	a.options.data = data;
	rc = place_data(data, &e);
	if (rc == 0)
		rc = generate_network(&a.options, &n, &e);
	if (rc == 0) {
		tell(&a, &n);
		return EXIT_GOOD;
	}
	talk_error("%s", e.text);
	return rc == -EINVAL || rc == -ENOTEMPTY || rc == -ENAMETOOLONG || rc == -ENOTDIR
		? EXIT_USAGE
		: EXIT_ENVIRONMENT;
}
