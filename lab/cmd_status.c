/* cmd_status.c - catchment lab status: nodes, services, sessions, and who reaches whom. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lab/cmd_lab.h"
#include "lab/survey.h"
#include "lib/command.h"
#include "lib/mono.h"
#include "lib/talk.h"

enum { ENDING_MS = 500 };

static void
print_services(const struct survey *s)
{
	json_t *node, *service;
	size_t i, k;

	json_array_foreach(json_object_get(s->services, "nodes"), i, node)
	{
		printf("%-10s", json_string_value(json_object_get(node, "name")));
		json_array_foreach(json_object_get(node, "services"), k, service)
		{
			const char *state = json_string_value(json_object_get(service, "state"));

			printf(" %s%s%s", json_string_value(json_object_get(service, "name")),
				strcmp(state, "ready") == 0 ? "" : ":",
				strcmp(state, "ready") == 0 ? "" : state);
		}
		putchar('\n');
	}
}

static void
print_left_out(const struct topology *t)
{
	for (size_t i = 0; i < t->services_len; i++)
		if (t->services[i].left_out)
			printf("\n%s is left out: the root file system has no %s\n",
				t->services[i].name, t->services[i].run.argv[0]);
}

static void
print_sessions(const struct topology *t, const struct survey *s)
{
	printf("\nBGP sessions: %zu of %zu Established\n", s->sessions_len - s->sessions_down,
		s->sessions_len);
	for (size_t i = 0; i < s->sessions_len; i++)
		if (!s->sessions[i].session.established)
			printf("  %s with %s: %s\n", t->nodes[s->sessions[i].node].name,
				s->sessions[i].session.peer, s->sessions[i].session.state);
}

static void
print_paths(const struct topology *t, const struct survey *s)
{
	printf("\n%-10s %-6s %-8s %-8s %9s  way there\n", "city", "family", "reaches", "expected",
		"RTT ms");
	for (size_t i = 0; i < s->paths_len; i++) {
		const struct survey_path *p = &s->paths[i];
		const char *expect = t->cities[p->city].expect_site;

		printf("%-10s %-6s %-8s %-8s ", t->cities[p->city].name,
			p->family == AF_INET ? "v4" : "v6",
			p->site < 0 ? "nobody" : t->nodes[p->site].name, expect ? expect : "-");
		if (p->returned)
			printf("%9.2f ", (double)p->rtt_ns / 1e6);
		else
			printf("%9s ", "-");
		for (size_t k = 0; k < p->hops_len; k++)
			printf(" %s", t->nodes[p->hops[k]].name);
		putchar('\n');
	}
}

/* Somebody who was not there when it happened finds the reason in a log. */
static void
print_log(const struct lab *lab, const struct survey *s)
{
	const char *node, *service;

	if (survey_suspect(lab, s, &node, &service))
		printf("its log: %s/log/%s/%s.log\n", lab_dir(lab), node, service);
}

/* If a lab ends just now, that is what matters, and not what was missed first. */
static bool
is_ending(const char *name, struct err *why)
{
	struct mono deadline = mono_add(mono_now(), ENDING_MS * NS_PER_MS);
	struct lab *lab;
	int rc;

	while ((rc = lab_open(name, &lab, why)) != -ENOENT && mono_left_ms(deadline) > 0) {
		if (rc == 0)
			lab_close(lab);
		poll(NULL, 0, ENDING_MS / 20);
	}
	if (rc == 0)
		lab_close(lab);
	return rc == -ENOENT;
}

int
lab_cmd_status(const struct lab_args *args)
{
	const char *name = args->options.name ? args->options.name : "default";
	struct survey *s = NULL;
	struct lab *lab;
	char text[512];
	struct err e, why;
	bool healthy;
	int rc = lab_open(name, &lab, &e);

	if (rc == 0 && (rc = survey_take(lab, &s, &e)) < 0) {
		lab_close(lab);
		if (is_ending(name, &why))
			e = why;
	}
	if (rc < 0) {
		talk_error("%s", e.text);
		return lab_exit_code(rc);
	}
	healthy = survey_healthy(s, true);
	survey_explain(lab, s, true, text, sizeof(text));
	if (args->json) {
		json_t *j = survey_json(lab, s);

		json_dumpf(j, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(j);
	} else {
		print_services(s);
		print_left_out(lab_topology(lab));
		print_sessions(lab_topology(lab), s);
		print_paths(lab_topology(lab), s);
		printf("\n%s\n", text);
		print_log(lab, s);
	}
	survey_free(s);
	lab_close(lab);
	return healthy ? EXIT_GOOD : EXIT_MISSED;
}
