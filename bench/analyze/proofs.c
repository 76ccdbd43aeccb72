/* proofs.c - verdicts that no metric gives: what a program said when the recipe was tried, what the scenario expects. */
#include "bench/analyze/proofs.h"

#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/utf8.h"

enum { MAX_OUTPUT_BYTES = 1 << 20, SAID_BYTES = 300 };

enum outcome { OUTCOME_NEITHER, OUTCOME_MET, OUTCOME_REFUTED };

/* What one check of one trial came to. */
struct outcome_of {
	enum outcome outcome;
	int exit; /* -1: it did not end, or was not run */
	char said[SAID_BYTES];
};

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static bool
is_of_family(const json_t *check, enum family f)
{
	const char *family = json_string_value(json_object_get(check, "family"));

	return f == FAMILIES || family == NULL || strcmp(family, family_name[f]) == 0;
}

bool
proof_has_checks(const struct run *r, const char *id, bool *ret_apart)
{
	const json_t *check;
	bool any = false;
	size_t i;

	*ret_apart = false;
	json_array_foreach(json_object_get(r->json, "checks"), i, check)
	{
		if (strcmp(text_of(check, "judges"), id) != 0)
			continue;
		any = true;
		*ret_apart |= json_is_string(json_object_get(check, "family"));
	}
	return any;
}

/* A line as text: what is not printable UTF-8 becomes '?'. */
static void
keep_line(const char *line, size_t len, char out[static SAID_BYTES])
{
	size_t n = 0;

	for (size_t i = 0, step; i < len && n < SAID_BYTES - 5; i += step) {
		step = utf8_decode(line + i, len - i, NULL);
		if (step == 0 || (step == 1 && ((unsigned char)line[i] < ' ' || line[i] == 127)))
			out[n++] = line[i] == '\t' ? ' ' : '?';
		else
			for (size_t k = 0; k < step; k++)
				out[n++] = line[i + k];
		step = step == 0 ? 1 : step;
	}
	out[n] = '\0';
}

/* The first line that matches, or without an expression the last that is not empty. Cuts the text into lines. */
static bool
find_line(char *text, const char *expression, char out[static SAID_BYTES])
{
	char *save = NULL;
	regex_t re;
	bool found = expression == NULL;

	if (expression != NULL && regcomp(&re, expression, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	for (char *line = strtok_r(text, "\r\n", &save); line != NULL;
		line = strtok_r(NULL, "\r\n", &save)) {
		if (expression != NULL && regexec(&re, line, 0, NULL, 0) != 0)
			continue;
		keep_line(line, strlen(line), out);
		found = true;
		if (expression != NULL)
			break;
	}
	if (expression != NULL)
		regfree(&re);
	return found;
}

/* Does it fit what the scenario says? The line that shows it in `said`. */
static bool
fits(const json_t *match, const char *output, int status, char said[static SAID_BYTES])
{
	const json_t *exit = json_object_get(match, "exit");
	char *copy;
	bool found;

	if (!json_is_object(match) || status < 0 ||
		(json_is_integer(exit) && json_integer_value(exit) != status))
		return false;
	copy = strdup(output);
	if (copy == NULL)
		return false;
	found = find_line(copy, json_string_value(json_object_get(match, "says")), said);
	free(copy);
	return found;
}

static struct outcome_of
outcome(const struct run *r, const struct trial *t, size_t number, const json_t *check)
{
	struct outcome_of o = {.exit = -1};
	char path[PATH_MAX], name[48], *output = NULL;
	json_t *end = NULL;
	struct err e;

	snprintf(name, sizeof(name), "checks/check-%02zu.json", number);
	trial_path(r, t, name, path, sizeof(path));
	if (json_file(path, &end, &e) == 0 && json_is_true(json_object_get(end, "ended")))
		o.exit = (int)json_integer_value(json_object_get(end, "exit"));
	json_decref(end);
	snprintf(name, sizeof(name), "checks/check-%02zu.txt", number);
	trial_path(r, t, name, path, sizeof(path));
	if (o.exit < 0)
		return o;
	if (fs_read(path, MAX_OUTPUT_BYTES, &output, NULL, &e) < 0)
		output = strdup("");
	if (output == NULL)
		return o;
	if (fits(json_object_get(check, "refuted"), output, o.exit, o.said))
		o.outcome = OUTCOME_REFUTED;
	else if (fits(json_object_get(check, "met"), output, o.exit, o.said))
		o.outcome = OUTCOME_MET;
	else
		find_line(output, NULL, o.said);
	free(output);
	return o;
}

/* Does it show that the others mean something, rather than anything of the claim? */
static bool
is_control(const json_t *check)
{
	return json_is_true(json_object_get(check, "control"));
}

static void
show(struct proof *p, const struct trial *t, size_t number, const json_t *check,
	const struct outcome_of *o)
{
	static const char *const words[] = {"neither", "met", "refuted"};
	char file[160];

	snprintf(file, sizeof(file), "%s/checks/check-%02zu.txt", t->dir, number);
	json_array_append_new(p->shown,
		json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:i}", "what", text_of(check, "what"),
			"command", text_of(check, "command"), "said", o->said, "exit",
			o->exit < 0 ? json_null() : json_integer(o->exit), "outcome",
			is_control(check) && o->outcome != OUTCOME_NEITHER ? "control"
									   : words[o->outcome],
			"file", file, "trial", t->number));
	if (!is_control(check) || o->outcome == OUTCOME_NEITHER)
		json_array_append_new(p->evidence, json_string(file));
}

static void
conclude(struct proof *p, size_t refuted, size_t neither, const char *first_neither,
	const char *failed_control)
{
	if (failed_control[0] != '\0') {
		p->verdict = "not judged";
		snprintf(p->why, sizeof(p->why), "a control failed, so the checks show nothing: %s",
			failed_control);
	} else if (p->n == 0) {
		p->verdict = "not judged";
		snprintf(p->why, sizeof(p->why), "nothing was tried");
	} else if (neither > 0) {
		p->verdict = "not judged";
		snprintf(p->why, sizeof(p->why),
			"%zu of %zu checks came to something else than was expected: %.300s",
			neither, p->n, first_neither);
	} else if (refuted > 0) {
		p->verdict = "refuted";
		snprintf(p->why, sizeof(p->why), "%zu of %zu checks refute it", refuted, p->n);
	} else {
		p->verdict = "met";
		snprintf(p->why, sizeof(p->why), "all %zu checks found it so", p->n);
	}
}

void
proof_by_checks(const struct run *r, const char *id, enum family f, struct proof *ret)
{
	char first_neither[SAID_BYTES + 80] = "", failed_control[SAID_BYTES + 80] = "";
	size_t refuted = 0, neither = 0, number;
	const json_t *check;

	*ret = (struct proof){.shown = json_array(), .evidence = json_array()};
	for (size_t i = 0; i < r->trials; i++)
		json_array_foreach(json_object_get(r->json, "checks"), number, check)
		{
			struct outcome_of o;

			if (strcmp(text_of(check, "judges"), id) != 0 || !is_of_family(check, f))
				continue;
			o = outcome(r, &r->trial[i], number, check);
			if (is_control(check) && o.outcome == OUTCOME_NEITHER &&
				failed_control[0] == '\0')
				snprintf(failed_control, sizeof(failed_control), "%s (exit %d)",
					o.said, o.exit);
			if (!is_control(check)) {
				ret->n++;
				refuted += o.outcome == OUTCOME_REFUTED;
				if (o.outcome == OUTCOME_NEITHER && neither++ == 0)
					snprintf(first_neither, sizeof(first_neither),
						"%s (exit %d)", o.said, o.exit);
			}
			show(ret, &r->trial[i], number, check, &o);
		}
	conclude(ret, refuted, neither, first_neither, failed_control);
}

bool
proof_has_expectations(const struct run *r, const char *id)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(r->json, "expect"), i,
		item) if (strcmp(text_of(item, "judges"), id) == 0) return true;
	return false;
}

void
proof_by_expectations(const struct run *r, const char *id, const json_t *held, struct proof *ret)
{
	size_t broken = 0, unknown = 0, i;
	const json_t *item;

	*ret = (struct proof){.shown = json_array(), .evidence = json_array()};
	json_array_foreach(json_object_get(r->json, "expect"), i, item)
	{
		const json_t *entry = json_array_get(held, i);
		const json_t *is_held = json_object_get(entry, "held");

		if (strcmp(text_of(item, "judges"), id) != 0)
			continue;
		ret->n++;
		broken += json_is_false(is_held);
		unknown += !json_is_boolean(is_held);
		json_array_append_new(ret->shown,
			json_pack("{s:s, s:s, s:s}", "what", text_of(item, "text"), "said",
				text_of(entry, "measured"), "outcome",
				json_is_true(is_held)		 ? "met"
					: json_is_false(is_held) ? "missed"
								 : "neither"));
	}
	ret->verdict = unknown > 0 ? "not judged" : broken > 0 ? "missed" : "met";
	if (unknown > 0)
		snprintf(ret->why, sizeof(ret->why), "no trial was valid");
	else
		snprintf(ret->why, sizeof(ret->why), "%zu of %zu expectations held",
			ret->n - broken, ret->n);
}
