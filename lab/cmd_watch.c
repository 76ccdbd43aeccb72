/* cmd_watch.c - catchment lab watch: who is served by whom, live. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/cmd_lab.h"
#include "lab/look_screen.h"
#include "lab/look_table.h"
#include "lib/colour.h"
#include "lib/command.h"
#include "lib/num.h"
#include "lib/talk.h"

#define INTERVAL_MIN_NS (200 * NS_PER_MS) /* nothing on a screen changes more often than that */
#define INTERVAL_MAX_NS (3600 * NS_PER_S)
#define PATIENCE_NS	NS_PER_S

struct watch_args {
	const char *name;
	bool once, json;
	int64_t interval_ns;
};

/* What the looks go to. */
struct watch {
	struct look_state state;
	struct look_changes changes;
	struct look_table_style style;
	const struct watch_args *args;
	bool full; /* a screen; else lines */
	char title[128];
};

static const struct argp_option options[] = {
	{"name", 'n', "NAME", 0, "which lab (default: default)", 0},
	{"once", '1', NULL, 0, "look once, print it, and end", 0},
	{"json", 'j', NULL, 0, "one JSON object per look", 0},
	{"interval", 'i', "TIME", 0, "look so often (default: 1s, at least 200ms)", 0},
	{0},
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct watch_args *a = state->input;

	switch (key) {
	case 'n':
		a->name = arg;
		break;
	case '1':
		a->once = true;
		break;
	case 'j':
		a->json = true;
		break;
	case 'i':
		if (num_duration_ns(arg, &a->interval_ns) < 0 || a->interval_ns < INTERVAL_MIN_NS ||
			a->interval_ns > INTERVAL_MAX_NS)
			argp_error(state, "--interval: '%s' is not a time from 200ms to 1h", arg);
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one word too many", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* A change: for the screen, or a line of its own; --json shows states, not changes. */
static void
note(void *arg, struct wall at, const char *line)
{
	struct watch *w = arg;
	char time[16];

	look_changes_add(&w->changes, at, line);
	if (!w->full && !w->args->json && !w->args->once)
		printf("%s  %s\n", look_time(at, time), line);
}

static void
show_json(const struct look_state *s)
{
	json_t *j = look_state_json(s);

	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

/* Returns 0, -EPIPE when nobody reads any more, or -ENOMEM. */
static int
show(struct watch *w, bool first)
{
	struct buf b = {0};
	char says[512], at[16];

	if (w->args->json) {
		show_json(&w->state);
	} else if (w->full || w->args->once) {
		w->style.rows = w->full ? look_screen_rows() : 0;
		look_table(&b, &w->state, w->full ? &w->changes : NULL, &w->style);
		if (b.failed) {
			buf_done(&b);
			return -ENOMEM;
		}
		if (w->full)
			look_screen_show(b.data);
		else
			fputs(b.data, stdout);
		buf_done(&b);
	} else if (first) {
		look_state_explain(&w->state, says, sizeof(says));
		printf("%s  %s: %s\n", look_time(w->state.at, at), w->title, says);
	}
	return fflush(stdout) == EOF ? -EPIPE : 0;
}

/* Until somebody wants the end of it. Returns 0 or -errno with `e` filled. */
static int
run(struct watch *w, struct err *e)
{
	int64_t interval_ns = w->args->interval_ns;
	struct mono next = mono_now();

	if (w->args->once) { /* a first query may wait for neighbour discovery: it is not shown */
		look_asker_send(w->state.asker);
		look_asker_gather(w->state.asker, mono_add(mono_now(), PATIENCE_NS));
	}
	for (bool first = true;; first = false) {
		int64_t patience_ns = w->args->once	? PATIENCE_NS
			: interval_ns / 2 < PATIENCE_NS ? interval_ns / 2
							: PATIENCE_NS;
		enum look_event event = LOOK_RESIZED;
		int rc = look_state_take(&w->state, patience_ns, note, w, e);

		if (rc < 0)
			return rc;
		rc = show(w, first);
		if (rc == -EPIPE || w->args->once)
			return 0;
		if (rc < 0)
			return err_set(e, ENOMEM, "out of memory");
		/* A look that took longer than the interval is not made up for. */
		next = mono_add(next, interval_ns);
		if (mono_diff_ns(next, mono_now()) < 0)
			next = mono_now();
		while ((event = look_screen_wait(mono_left_ms(next))) == LOOK_RESIZED)
			if (w->full)
				show(w, false);
		if (event == LOOK_QUIT)
			return 0;
	}
}

static int
watch(const struct watch_args *a, struct lab *lab, struct err *e)
{
	const char *variant = json_string_value(json_object_get(lab_state(lab), "variant"));
	const char *term = getenv("TERM");
	struct watch *w = calloc(1, sizeof(*w));
	int rc, code;

	if (w == NULL)
		return err_set(e, ENOMEM, "out of memory");
	w->args = a;
	/* A terminal that cannot move its cursor gets lines. */
	w->full = !a->once && !a->json && isatty(STDOUT_FILENO) && term != NULL &&
		strcmp(term, "dumb") != 0;
	snprintf(w->title, sizeof(w->title), "lab %s, %s", a->name, variant ? variant : "?");
	w->style = (struct look_table_style){.title = w->title,
		.colour = colour_on(STDOUT_FILENO),
		.interval_ns = a->once ? 0 : a->interval_ns};
	rc = look_state_init(&w->state, lab, e);
	if (rc == 0)
		rc = look_screen_open(w->full, e);
	if (rc == 0)
		rc = run(w, e);
	look_screen_close();
	code = rc == 0 && a->once && !survey_healthy(w->state.now, true) ? -EDOM : rc;
	look_state_done(&w->state);
	free(w);
	return code;
}

int
lab_cmd_watch(const struct lab_args *args)
{
	static const struct argp argp = {options, parse, NULL,
		"Who is served by whom, live: services, BGP sessions, links at fault; for each "
		"city "
		"and family the site, the round trip of the links' delays and that of a query, and "
		"the last change.\vOn a terminal a table until ^C or 'q'; elsewhere a line per "
		"change. --once returns 1 when the lab is not healthy.",
		NULL, NULL, NULL};
	static char name[] = "catchment lab watch";
	struct watch_args a = {
		.name = args->options.name, .json = args->json, .interval_ns = NS_PER_S};
	const char *interval = command_env("interval");
	struct lab *lab;
	struct err e = {0};
	int rc;

	if (interval != NULL &&
		(num_duration_ns(interval, &a.interval_ns) < 0 ||
			a.interval_ns < INTERVAL_MIN_NS)) {
		talk_error("CATCHMENT_INTERVAL: '%s' is not a time from 200ms to 1h", interval);
		return EXIT_USAGE;
	}
	args->words[-1] = name;
	if (argp_parse(&argp, args->words_len + 1, args->words - 1, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	if (a.name == NULL)
		a.name = "default";
	rc = lab_open(a.name, &lab, &e);
	if (rc == 0) {
		rc = watch(&a, lab, &e);
		lab_close(lab);
	}
	if (rc < 0 && rc != -EDOM)
		talk_error("%s", e.text);
	return lab_exit_code(rc);
}
