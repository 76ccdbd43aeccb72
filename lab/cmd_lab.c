/* cmd_lab.c - catchment lab: its options, and which subcommand is meant. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/cmd_lab.h"
#include "lab/commands.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/stop.h"
#include "lib/talk.h"

static const struct {
	const char *name;
	int (*main)(const struct lab_args *args);
	int min_words; /* after the subcommand */
	bool is_last;  /* what follows it is its own business: no option of ours */
} subcommands[] = {
	{"up", lab_cmd_up, 0, false},
	{"down", lab_cmd_down, 0, false},
	{"status", lab_cmd_status, 0, false},
	{"validate", lab_cmd_validate, 0, false},
	{"exec", lab_cmd_exec, 2, true},
	{"shell", lab_cmd_exec, 1, true},
	{"link", lab_cmd_link, 0, true},
	{"watch", lab_cmd_watch, 0, true},
	{"map", lab_cmd_map, 0, true},
	{"capture", lab_cmd_capture, 0, true},
	{"log", lab_cmd_log, 0, true},
	{"generate", lab_cmd_generate, 0, true},
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

static const struct argp_option options[] = {
	{"name", 'n', "NAME", 0, "which lab (default: default)", 0},
	{"topology", 't', "FILE", 0, "another network than the bench's own", 0},
	{"variant", 'v', "NAME", 0, "configuration of the service (default: documented)", 0},
	{"layer", 'l', "DIR", 0, "your own files on top: DIR/NODE/etc/...; may be repeated", 0},
	{"rootfs", 'r', "DIR", 0, "a root file system of your own with the daemons", 0},
	{"timeout", 'T', "TIME", 0, "give up after this long (default: 60s)", 0},
	{"any-catchment", 'a', NULL, 0, "do not insist on the catchments the topology expects", 0},
	{"json", 'j', NULL, 0, "print facts as JSON", 0},
	{"strict", 's', NULL, 0, "validate: warnings are errors too", 0},
	{0},
};

static void
ask_which(struct argp_state *state)
{
	char list[256] = "";

	for (size_t i = 0, len = 0; i < SUBCOMMANDS && len < sizeof(list); i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", i == 0 ? "" : ", ",
			subcommands[i].name);
	argp_error(state, "which of %s?", list);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct lab_args *a = state->input;
	int64_t ns;

	switch (key) {
	case 'n':
		a->options.name = arg;
		break;
	case 't':
		a->options.topology = arg;
		break;
	case 'v':
		a->options.variant = arg;
		break;
	case 'l':
		if (a->layers_len == LAB_MAX_LAYERS)
			argp_error(state, "more than %d layers", LAB_MAX_LAYERS);
		a->layers[a->layers_len++] = arg;
		break;
	case 'r':
		a->options.rootfs = arg;
		break;
	case 'T':
		if (num_duration_ns(arg, &ns) < 0 || ns < 1000000 || ns > 3600000000000)
			argp_error(state, "--timeout: '%s' is not a time like 60s", arg);
		a->options.timeout_ms = (int)(ns / 1000000);
		break;
	case 'a':
		a->options.any_catchment = true;
		break;
	case 'j':
		a->json = true;
		break;
	case 's':
		a->strict = true;
		break;
	case ARGP_KEY_ARG:
		if (a->subcommand != NULL)
			argp_error(state, "'%s' is one word too many", arg);
		a->subcommand = arg;
		a->words = state->argv + state->next;
		a->words_len = state->argc - state->next;
		for (size_t i = 0; i < SUBCOMMANDS; i++)
			if (subcommands[i].is_last && strcmp(arg, subcommands[i].name) == 0)
				state->next = state->argc;
		break;
	case ARGP_KEY_END:
		if (a->subcommand == NULL)
			ask_which(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void
from_environment(struct lab_args *a)
{
	a->options.name = command_env("name");
	a->options.topology = command_env("topology");
	a->options.variant = command_env("variant");
	a->options.rootfs = command_env("rootfs");
	if (command_env("layer") != NULL)
		a->layers[a->layers_len++] = command_env("layer");
}

int
cmd_lab(int argc, char *argv[])
{
	static const struct argp argp = {options, parse,
		"up|down|status|validate\nexec NODE PROGRAM [ARGUMENT...]\nshell NODE\n"
		"link [A [B]] [CHANGE...]\nwatch|map|capture|log|generate [OPTION...]",
		"The emulated Internet.\v"
		"up        bring it up; returns when every session is established and every city "
		"reaches whom it should\n"
		"down      end it; nothing is left\n"
		"status    nodes, services, sessions and who reaches whom\n"
		"validate  check the topology, the layers and the daemons' configuration; needs no "
		"privileges\n"
		"exec      run a program inside a node\n"
		"shell     a shell inside a node\n"
		"link      what links do to packets, shown and changed\n"
		"watch     who is served by whom, live\n"
		"map       the same as a picture\n"
		"capture   the packets of one interface\n"
		"log       what the services said\n"
		"generate  write a network of N PoPs\n"
		"Each of the last six has options of its own: 'catchment lab watch --help'.",
		NULL, NULL, NULL};
	struct lab_args args = {0};

	from_environment(&args);
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &args) != 0)
		return EXIT_USAGE;
	args.options.layers = args.layers;
	for (size_t i = 0; i < SUBCOMMANDS; i++) {
		if (strcmp(args.subcommand, subcommands[i].name) != 0)
			continue;
		if (args.words_len < subcommands[i].min_words) {
			talk_error("lab %s wants %s; see 'catchment lab --help'", args.subcommand,
				subcommands[i].min_words == 1 ? "a node" : "a node and a program");
			return EXIT_USAGE;
		}
		return subcommands[i].main(&args);
	}
	talk_error("lab: no '%s'; see 'catchment lab --help'", args.subcommand);
	return EXIT_USAGE;
}
