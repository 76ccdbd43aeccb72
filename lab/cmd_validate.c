/* cmd_validate.c - catchment lab validate: topology, layers, and whether what the daemons are told fits together. */
#include <stdio.h>
#include <stdlib.h>

#include "lab/cmd_lab.h"
#include "lab/validate.h"
#include "lib/command.h"
#include "lib/talk.h"

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void
print_json(const struct topology *t, const struct findings *f)
{
	json_t *j = json_pack("{s:s s:s s:i s:i s:i s:i s:o s:b s:o}", "schema",
		"catchment.lab-validate/1", "topology", conf_path(t->conf), "cities",
		(int)t->cities_len, "nodes", (int)t->nodes_len, "links", (int)t->links_len,
		"session_ends", (int)f->sessions, "left_out", topology_left_out_json(t), "good",
		f->errors == 0, "findings", findings_json(f));

	json_dumpf(j, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(j);
}

static void
print_text(const struct topology *t, const struct findings *f)
{
	size_t warnings = f->len - f->errors;

	for (size_t i = 0; i < f->len; i++) {
		char *line = finding_line(&f->list[i]);

		fprintf(stderr, "%s\n", line);
		free(line);
	}
	if (f->errors > 0)
		return;
	printf("%s: %zu cities, %zu nodes, %zu links, %zu BGP session ends: good",
		conf_path(t->conf), t->cities_len, t->nodes_len, t->links_len, f->sessions);
	if (warnings > 0)
		printf(", with %zu warning%s", warnings, plural(warnings));
	putchar('\n');
	for (size_t i = 0; i < t->services_len; i++)
		if (t->services[i].left_out)
			printf("%s is left out: the root file system has no %s\n",
				t->services[i].name, t->services[i].run.argv[0]);
}

int
lab_cmd_validate(const struct lab_args *args)
{
	struct findings found;
	struct topology *t;
	struct err e;
	int code, rc = lab_check(&args->options, args->strict, &t, &found, &e);

	if (rc < 0) {
		talk_error("%s", e.text);
		return lab_exit_code(rc);
	}
	if (args->json)
		print_json(t, &found);
	else
		print_text(t, &found);
	if (found.errors > 0)
		talk_error("%s: %zu mistake%s in the daemons' configuration", conf_path(t->conf),
			found.errors, plural(found.errors));
	code = found.errors > 0 ? EXIT_USAGE : EXIT_GOOD;
	findings_done(&found);
	topology_free(t);
	return code;
}
