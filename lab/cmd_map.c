/* cmd_map.c - catchment lab map: who is served by whom, as a picture. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab/cmd_lab.h"
#include "lab/look_map.h"
#include "lib/command.h"
#include "lib/fs.h"
#include "lib/talk.h"

struct map_args {
	struct lab_options options;
	const char *out;
};

static const struct argp_option options[] = {
	{"name", 'n', "NAME", 0, "which lab (default: default)", 0},
	{"topology", 't', "FILE", 0, "this network as it is expected to be, not a lab", 0},
	{"out", 'o', "FILE", 0, "write there (default: standard output)", 0},
	{0},
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct map_args *a = state->input;

	switch (key) {
	case 'n':
		a->options.name = arg;
		break;
	case 't':
		a->options.topology = arg;
		break;
	case 'o':
		a->out = arg;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one word too many", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int
draw(const struct map_args *a, struct look_map *m, struct err *e)
{
	struct buf b = {0};
	int rc;

	citymap_file(&b, &m->map);
	rc = buf_check(&b, e);
	if (rc == 0 && strcmp(a->out, "-") != 0)
		rc = fs_write(a->out, b.data, b.len, e);
	else if (rc == 0 && (fputs(b.data, stdout) == EOF || fflush(stdout) == EOF))
		rc = err_sys(e, errno, "standard output");
	buf_done(&b);
	return rc;
}

/* Who serves whom now. */
static int
map_lab(const struct map_args *a, struct lab *lab, struct err *e)
{
	const char *variant = json_string_value(json_object_get(lab_state(lab), "variant"));
	time_t now = (time_t)(wall_now().ns / NS_PER_S);
	struct look_fault *faults = NULL;
	size_t faults_len = 0;
	struct survey *s;
	struct look_map m;
	char at[40], says[300];
	struct tm tm;
	int rc = survey_take(lab, &s, e);

	if (rc < 0)
		return rc;
	rc = look_faults_take(lab, &faults, &faults_len, e);
	if (rc == 0) {
		if (look_map_make(&m, lab_topology(lab), s, faults, faults_len) < 0)
			rc = err_set(e, ENOMEM, "out of memory");
		gmtime_r(&now, &tm);
		strftime(at, sizeof(at), "%Y-%m-%d %H:%M:%S UTC", &tm);
		survey_explain(lab, s, true, says, sizeof(says));
		snprintf(m.title, sizeof(m.title), "Who serves each city now");
		snprintf(m.subtitle, sizeof(m.subtitle),
			"Lab %s, variant %s, %s: %s. Round trips are the sums of the links' "
			"delays.",
			a->options.name, variant ? variant : "?", at, says);
		if (rc == 0)
			rc = draw(a, &m, e);
		look_map_done(&m);
	}
	free(faults);
	survey_free(s);
	return rc;
}

/* Who should serve whom. */
static int
map_topology(const struct map_args *a, const char *why, struct err *e)
{
	struct topology *t;
	struct look_map m;
	int rc = lab_validate(&a->options, &t, e);

	if (rc < 0)
		return rc;
	if (look_map_make(&m, t, NULL, NULL, 0) < 0)
		rc = err_set(e, ENOMEM, "out of memory");
	snprintf(m.title, sizeof(m.title), "Who should serve each city");
	snprintf(m.subtitle, sizeof(m.subtitle), "%sAs the topology %s expects it in 'documented'.",
		why, t->name ? t->name : "");
	if (rc == 0)
		rc = draw(a, &m, e);
	look_map_done(&m);
	topology_free(t);
	return rc;
}

int
lab_cmd_map(const struct lab_args *args)
{
	static const struct argp argp = {options, parse, NULL,
		"Cities, links and who serves whom as an SVG file for a browser. Of the lab that "
		"is "
		"up; without one, or with --topology, as the topology expects it.",
		NULL, NULL, NULL};
	static char name[] = "catchment lab map";
	struct map_args a = {.options = args->options, .out = "-"};
	struct lab *lab;
	struct err e = {0};
	int rc;

	if (command_env("out") != NULL)
		a.out = command_env("out");
	args->words[-1] = name;
	if (argp_parse(&argp, args->words_len + 1, args->words - 1, 0, NULL, &a) != 0)
		return EXIT_USAGE;
	if (a.options.name == NULL)
		a.options.name = "default";
	if (a.options.topology != NULL) {
		rc = map_topology(&a, "", &e);
	} else if ((rc = lab_open(a.options.name, &lab, &e)) == 0) {
		rc = map_lab(&a, lab, &e);
		lab_close(lab);
	} else if (rc == -ENOENT) {
		rc = map_topology(&a, "No lab is up. ", &e);
	}
	if (rc < 0)
		talk_error("%s", e.text);
	return lab_exit_code(rc);
}
