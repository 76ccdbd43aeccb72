/* cmd_doctor.c - catchment doctor: what this host offers, what is missing, what that costs, how to get it. */
#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "lab/commands.h"
#include "lab/doctor.h"
#include "lib/command.h"

static const char *const verdict_names[] = {"good", "weak", "missing"};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	if (key == 'j')
		*(bool *)state->input = true;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "'%s' is one word too many", arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static void
print_json(const struct doctor_finding *list, size_t n)
{
	json_t *findings = json_array(), *root;
	bool lab = true;

	for (size_t i = 0; i < n; i++) {
		lab = lab && list[i].verdict != DOCTOR_MISSING;
		json_array_append_new(findings,
			json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", list[i].name, "verdict",
				verdict_names[list[i].verdict], "found", list[i].found, "cost",
				list[i].cost, "remedy", list[i].remedy));
	}
	root = json_pack("{s:s, s:b, s:b, s:o}", "schema", "catchment.doctor/1", "lab", lab, "root",
		geteuid() == 0, "findings", findings);
	json_dumpf(root, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(root);
}

static void
print_text(const struct doctor_finding *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("%-8s %-21s %s\n", verdict_names[list[i].verdict], list[i].name,
			list[i].found);
		if (list[i].verdict != DOCTOR_GOOD)
			printf("%-8s %-21s without it: %s\n%-8s %-21s remedy: %s\n", "", "",
				list[i].cost, "", "", list[i].remedy);
	}
}

int
cmd_doctor(int argc, char *argv[])
{
	static const struct argp_option options[] = {
		{"json", 'j', NULL, 0, "print the findings as JSON", 0}, {0}};
	static const struct argp argp = {options, parse, NULL,
		"Try what a lab needs of this host, changing nothing.\vExit status: 0 when a lab "
		"can run "
		"here, 3 when something it cannot do without is missing.",
		NULL, NULL, NULL};
	struct doctor_finding list[DOCTOR_FINDINGS_MAX];
	bool json = false, missing = false;
	size_t n;

	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &json) != 0)
		return EXIT_USAGE;
	n = doctor_examine(list);
	if (json)
		print_json(list, n);
	else
		print_text(list, n);
	for (size_t i = 0; i < n; i++)
		missing |= list[i].verdict == DOCTOR_MISSING;
	return missing ? EXIT_ENVIRONMENT : EXIT_GOOD;
}
