/* cmd_history.c - catchment history: how figures went from run to run, and what changed where they did. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/command.h"
#include "lib/fs.h"
#include "lib/talk.h"
#include "reports/commands.h"
#include "reports/history/tell.h"

enum { KEY_JSON = 256 };

struct args {
	struct series_filter filter;
	const char *runs, *out;
	bool json;
};

static const struct argp_option options[] = {
	{"runs", 'r', "DIR", 0, "the folder of runs (default: CATCHMENT_OUT, else runs)", 0},
	{"metric", 'm', "NAME", 0, "this metric of result.json alone", 0},
	{"variant", 'v', "NAME", 0, "this variant alone", 0},
	{"out", 'o', "FILE", 0, "write the trends as a page as well", 0},
	{"json", KEY_JSON, NULL, 0, "the same as JSON", 0},
	{0},
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case 'r':
		a->runs = arg;
		break;
	case 'm':
		a->filter.metric = arg;
		break;
	case 'v':
		a->filter.variant = arg;
		break;
	case 'o':
		a->out = arg;
		break;
	case KEY_JSON:
		a->json = true;
		break;
	case ARGP_KEY_ARG:
		if (a->filter.scenario != NULL)
			argp_error(state, "one scenario, not '%s' as well", arg);
		a->filter.scenario = arg;
		break;
	case ARGP_KEY_END:
		if (a->filter.scenario == NULL && (a->out != NULL || a->filter.metric != NULL))
			argp_error(state, "--%s is of one scenario: which?",
				a->out != NULL ? "out" : "metric");
		if (a->out != NULL && a->out[0] == '\0')
			argp_error(state, "--out: an empty name is no file");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int
exit_code_of(int rc)
{
	return rc == -ENOENT || rc == -ENOTDIR || rc == -ENAMETOOLONG || rc == -EINVAL ||
			rc == -EACCES || rc == -EFBIG
		? EXIT_USAGE
		: EXIT_ENVIRONMENT;
}

/* What is wrong with single folders is told and left out: one damaged file must not hide all others. */
static void
tell_amiss(const struct history *h)
{
	if (h->rebuilt != NULL)
		talk_note("%s/index.db: %s: made anew from the runs", h->base, h->rebuilt);
	if (h->unkept[0] != '\0')
		talk_note("the index is not kept: %s", h->unkept);
	for (size_t i = 0; i < h->n; i++)
		if (h->runs[i].state == HISTORY_UNREADABLE)
			talk_note("left out: %s", h->runs[i].found);
}

static bool
is_known(const struct history *h, const struct args *a)
{
	for (size_t i = 0; i < h->n; i++)
		if (series_wants(&a->filter, &h->runs[i]) &&
			(a->filter.metric == NULL ||
				history_metric(&h->runs[i], a->filter.metric) != NULL))
			return true;
	return false;
}

static int
write_page(const struct args *a, const struct history *h, const struct series_list *l)
{
	struct buf b = {0};
	struct err e = {0};
	int rc = history_page(h, &a->filter, l, &b, &e);

	if (rc == 0)
		rc = fs_write(a->out, b.data, b.len, &e);
	buf_done(&b);
	if (rc < 0)
		talk_error("%s", e.text);
	return rc < 0 ? EXIT_ENVIRONMENT : EXIT_GOOD;
}

static int
tell(const struct args *a, const struct history *h, const struct series_list *l)
{
	if (a->json) {
		json_t *json = history_json(h, &a->filter, l);

		json_dumpf(json, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(json);
	} else if (a->filter.scenario == NULL) {
		history_overview(h, &a->filter, stdout);
	} else {
		history_table(h, &a->filter, l, stdout);
	}
	return a->out != NULL ? write_page(a, h, l) : EXIT_GOOD;
}

int
cmd_history(int argc, char *argv[])
{
	static const struct argp argp = {options, parse, "[SCENARIO]",
		"How the figures of a scenario went from run to run, where their level changed, "
		"and what "
		"differed there.\v"
		"Without SCENARIO a line for each scenario and variant. Writes DIR/index.html, a "
		"page "
		"that links all reports, and DIR/index.db, an index that is made anew whenever it "
		"is of "
		"no use. Exit status: 0 good, 2 bad input, 3 environment.",
		NULL, NULL, NULL};
	struct args a = {
		.filter = {.metric = command_env("metric"), .variant = command_env("variant")},
		.runs = command_env("runs")};
	struct series_list l = {0};
	struct history *h = NULL;
	struct err e = {0};
	int rc, code = EXIT_GOOD;

	a.runs = a.runs != NULL ? a.runs : command_env("out");
	a.runs = a.runs != NULL ? a.runs : "runs";
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	rc = history_open(a.runs, &h, &e);
	if (rc < 0) {
		talk_error("%s", e.text);
		return exit_code_of(rc);
	}
	tell_amiss(h);
	if (history_front(h, &e) < 0)
		talk_note("no page of all runs: %s", e.text);
	if (h->n == 0)
		talk_note("%s: there is no run in it", a.runs);
	if ((a.filter.scenario != NULL || a.filter.variant != NULL) && !is_known(h, &a)) {
		talk_error("%s has no run of %s%s%s%s%s", a.runs,
			a.filter.scenario != NULL ? a.filter.scenario : "any scenario",
			a.filter.variant != NULL ? " on " : "",
			a.filter.variant != NULL ? a.filter.variant : "",
			a.filter.metric != NULL ? " with " : "",
			a.filter.metric != NULL ? a.filter.metric : "");
		history_free(h);
		return EXIT_USAGE;
	}
	if ((a.filter.scenario != NULL || a.json) && series_make(h, &a.filter, &l, &e) < 0) {
		talk_error("%s", e.text);
		code = EXIT_ENVIRONMENT;
	}
	if (code == EXIT_GOOD)
		code = tell(&a, h, &l);
	series_free(&l);
	history_free(h);
	return code;
}
