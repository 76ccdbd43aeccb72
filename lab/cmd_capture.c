/* cmd_capture.c - catchment lab capture: the packets of one interface, live, into a file or a pipe. */
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lab/cmd_lab.h"
#include "lab/look_names.h"
#include "lab/look_pcap.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/talk.h"

enum { FILTER_BYTES = 4096, NODE_BYTES = 64 };

struct capture_args {
	const char *name, *out;
	uint64_t count_pkts;
	double seconds;
	const char *point; /* "NODE:IF" */
	char filter[FILTER_BYTES];
};

static const struct argp_option options[] = {
	{"name", 'n', "NAME", 0, "which lab (default: default)", 0},
	{"out", 'o', "FILE", 0,
		"write there; - is standard output (default, but not on a terminal)", 0},
	{"count", 'c', "N", 0, "end after N packets", 0},
	{"seconds", 's', "S", 0, "end after S seconds", 0},
	{0},
};

static void
add_word(struct argp_state *state, struct capture_args *a, const char *word)
{
	size_t len = strlen(a->filter);

	if (snprintf(a->filter + len, sizeof(a->filter) - len, "%s%s", len > 0 ? " " : "", word) >=
		(int)(sizeof(a->filter) - len))
		argp_error(state, "the filter is too long");
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct capture_args *a = state->input;

	switch (key) {
	case 'n':
		a->name = arg;
		break;
	case 'o':
		a->out = arg;
		break;
	case 'c':
		if (num_u64(arg, 1, UINT32_MAX, &a->count_pkts) < 0)
			argp_error(state, "--count: '%s' is not a number of packets", arg);
		break;
	case 's':
		if (num_double(arg, 0.001, 1e6, &a->seconds) < 0)
			argp_error(state, "--seconds: '%s' is not a number of seconds", arg);
		break;
	case ARGP_KEY_ARG:
		if (a->point == NULL)
			a->point = arg;
		else
			add_word(state, a, arg);
		break;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "of which interface? NODE:INTERFACE");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Who we are asked for: its PID 1, and the interface. */
static int
find_point(struct lab *lab, const char *point, pid_t *ret_init, const char **ret_interface,
	struct err *e)
{
	const char *colon = strchr(point, ':');
	size_t len = colon == NULL ? strlen(point) : (size_t)(colon - point);
	char node[NODE_BYTES];
	int index;

	snprintf(node, sizeof(node), "%.*s", (int)(len < NODE_BYTES ? len : NODE_BYTES - 1), point);
	index = look_node(lab_topology(lab), node, e);
	if (index < 0)
		return index;
	*ret_init = lab_node_pid(lab, (size_t)index);
	*ret_interface = colon == NULL ? "" : colon + 1;
	return look_interface(*ret_init, node, *ret_interface, e);
}

static int
open_stop(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
tell(const struct capture_args *a, const struct look_pcap_counts *c)
{
	char lost[120] = "";

	if (c->dropped_pkts > 0 || c->if_dropped_pkts > 0)
		snprintf(lost, sizeof(lost), ", %llu dropped by our buffer, %llu by the interface",
			(unsigned long long)c->dropped_pkts,
			(unsigned long long)c->if_dropped_pkts);
	talk_step("%s: %llu packets%s", a->point, (unsigned long long)c->written_pkts,
		lost[0] != '\0' ? lost : ", none dropped");
}

static int
capture(const struct capture_args *a, struct lab *lab, struct err *e)
{
	struct look_pcap_plan plan = {.filter = a->filter,
		.out = a->out,
		.count_pkts = a->count_pkts,
		.duration_ns = (int64_t)(a->seconds * 1e9)};
	struct look_pcap_counts counts;
	int rc = find_point(lab, a->point, &plan.init_pid, &plan.interface, e);

	if (rc == 0 && strcmp(a->out, "-") == 0 && isatty(STDOUT_FILENO))
		rc = err_set(e, EINVAL,
			"packets are no text for a terminal: --out FILE, or '| tshark -r -'");
	if (rc < 0)
		return rc;
	plan.stop_fd = open_stop();
	rc = look_pcap(&plan, &counts, e);
	if (rc == 0 || counts.written_pkts > 0)
		tell(a, &counts);
	close(plan.stop_fd);
	return rc;
}

int
lab_cmd_capture(const struct lab_args *args)
{
	static const struct argp argp = {options, parse, "NODE:INTERFACE [FILTER...]",
		"Write the packets of one interface of a node as pcap, with nanosecond "
		"timestamps.\v"
		"The filter is one of pcap-filter(7). It ends at ^C, or at --count or --seconds. "
		"To look while it runs:\n"
		"  catchment lab capture hkg:a-hkg -o - | tshark -r -",
		NULL, NULL, NULL};
	static char name[] = "catchment lab capture";
	struct capture_args a = {.name = args->options.name, .out = "-"};
	struct lab *lab;
	struct err e;
	int rc;

	if (command_env("out") != NULL)
		a.out = command_env("out");
	args->words[-1] = name;
	if (argp_parse(&argp, args->words_len + 1, args->words - 1, ARGP_IN_ORDER, NULL, &a) != 0)
		return EXIT_USAGE;
	rc = lab_open(a.name ? a.name : "default", &lab, &e);
	if (rc == 0) {
		rc = capture(&a, lab, &e);
		lab_close(lab);
	}
	if (rc < 0)
		talk_error("%s", e.text);
	return lab_exit_code(rc);
}
