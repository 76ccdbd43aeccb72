/* cmd_updown.c - catchment lab up, down, validate, exec, shell. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/cmd_lab.h"
#include "lab/enter.h"
#include "lab/look_names.h"
#include "lab/place.h"
#include "lab/survey.h"
#include "lib/command.h"
#include "lib/stop.h"
#include "lib/talk.h"

int
lab_exit_code(int rc)
{
	switch (rc) {
	case 0:
		return EXIT_GOOD;
	case -EINVAL:
		return EXIT_USAGE;
	case -EDOM:
		return EXIT_MISSED;
	case -EINTR:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_ENVIRONMENT;
	}
}

static const char *
lab_name(const struct lab_args *args)
{
	return args->options.name ? args->options.name : "default";
}

/* Is a path that was given the one that a lab's state names, which is absolute and without links? */
static bool
is_path(const char *given, const json_t *known)
{
	char full[PATH_MAX];

	return json_is_string(known) && realpath(given, full) != NULL &&
		strcmp(full, json_string_value(known)) == 0;
}

/* Is the lab that is up the one that is asked for: the same topology, variant and layers? */
static bool
is_same(const struct lab_args *args, const struct lab *lab)
{
	const char *variant = args->options.variant ? args->options.variant : "documented";
	const json_t *state = lab_state(lab), *stacks = json_object_get(state, "stacks");
	char data[PLACE_BYTES], own[PLACE_BYTES + 32];
	struct err ignored;

	if (place_data(data, &ignored) < 0)
		return false;
	snprintf(own, sizeof(own), "%s/lab/topology.yaml", data);
	if (!is_path(args->options.topology ? args->options.topology : own,
		    json_object_get(state, "topology")) ||
		strcmp(json_string_value(json_object_get(state, "variant")), variant) != 0 ||
		json_array_size(stacks) != args->layers_len + 2)
		return false;
	for (size_t i = 0; i < args->layers_len; i++)
		if (!is_path(args->layers[i], json_array_get(stacks, i + 2)))
			return false;
	return true;
}

/* Everything is up and well: say so, and print the facts when they are asked for. */
static int
tell_up(const struct lab_args *args, struct lab *lab, const char *how, struct err *e)
{
	struct survey *survey;
	int rc = survey_take(lab, &survey, e);

	if (rc < 0)
		return rc;
	talk_step("lab '%s' is up%s: %zu nodes, %zu links, %zu BGP sessions, %zu catchments as "
		  "expected%s",
		lab_name(args), how[0] == ',' ? "" : how, lab_topology(lab)->nodes_len,
		lab_topology(lab)->links_len, survey->sessions_len,
		survey->paths_len - survey->paths_unexpected, how[0] == ',' ? how : "");
	if (args->json) {
		json_t *j = survey_json(lab, survey);

		json_dumpf(j, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(j);
	}
	survey_free(survey);
	return 0;
}

/*
 * Up twice is fine when it is the same lab, and means the same: it is healthy when this returns.
 * Another one of the same name is bad input.
 */
static int
already_up(const struct lab_args *args)
{
	struct lab *lab;
	struct err e = {0};
	int rc = lab_open(lab_name(args), &lab, &e);

	if (rc == 0) {
		bool same = is_same(args, lab);

		lab_close(lab);
		if (!same) {
			talk_error("another lab '%s' is up; 'catchment lab down' ends it, --name "
				   "makes "
				   "a second",
				lab_name(args));
			return EXIT_USAGE;
		}
	}
	rc = lab_await(&args->options, &lab, &e);
	if (rc == 0 && !is_same(args, lab))
		rc = err_set(&e, EINVAL, "another lab '%s' came up meanwhile", lab_name(args));
	if (rc == 0) {
		rc = tell_up(args, lab, " already", &e);
		lab_close(lab);
	}
	if (rc < 0)
		talk_error("lab '%s' is up already, but: %s", lab_name(args), e.text);
	return lab_exit_code(rc);
}

int
lab_cmd_up(const struct lab_args *args)
{
	struct mono start = mono_now();
	struct lab *lab;
	struct err e = {0};
	char took[32];
	int rc;

	stop_install();
	rc = lab_up(&args->options, &lab, &e);
	if (rc == -EEXIST)
		return already_up(args);
	if (rc == 0) {
		snprintf(took, sizeof(took), ", in %.1f s",
			(double)mono_diff_ns(mono_now(), start) / 1e9);
		rc = tell_up(args, lab, took, &e);
		if (rc == 0)
			rc = lab_detach(lab, &e);
		lab_close(lab);
	}
	if (rc < 0)
		talk_error("%s", e.text);
	return lab_exit_code(rc);
}

int
lab_cmd_down(const struct lab_args *args)
{
	struct err e;
	int rc = lab_down(lab_name(args), &e);

	if (rc == -ENOENT) {
		talk_step("%s", e.text);
		return EXIT_GOOD;
	}
	if (rc < 0)
		talk_error("%s", e.text);
	else
		talk_step("lab '%s' is down", lab_name(args));
	return lab_exit_code(rc);
}

int
lab_cmd_exec(const struct lab_args *args)
{
	static char shell[] = "/bin/bash";
	char *const shell_argv[] = {shell, NULL};
	bool is_shell = strcmp(args->subcommand, "shell") == 0;
	struct lab *lab;
	struct err e;
	int rc = lab_open(lab_name(args), &lab, &e), node;
	pid_t pid;

	if (rc < 0) {
		talk_error("%s", e.text);
		return lab_exit_code(rc);
	}
	node = look_node(lab_topology(lab), args->words[0], &e);
	if (node < 0) {
		talk_error("%s", e.text);
		lab_close(lab);
		return EXIT_USAGE;
	}
	pid = enter_spawn(lab_node_pid(lab, (size_t)node), is_shell ? shell_argv : args->words + 1,
		STDIN_FILENO, -1, -1, &e);
	lab_close(lab);
	if (pid < 0) {
		talk_error("%s", e.text);
		return EXIT_ENVIRONMENT;
	}
	return enter_wait(pid);
}
