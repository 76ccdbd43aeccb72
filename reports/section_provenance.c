/* section_provenance.c - what exactly was measured, on what, and the command that does it again. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/mono.h"
#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

#define DEPTH_MAX 4

static void
scalar(struct buf *b, const char *key, const json_t *v)
{
	size_t len = strlen(key);
	char text[SHOW_BYTES];

	if (json_is_string(v)) {
		html_text(b, json_string_value(v));
	} else if (json_is_integer(v) && len > 8 && strcmp(key + len - 8, "_wall_ns") == 0) {
		time_t s = (time_t)(json_integer_value(v) / NS_PER_S);
		struct tm tm;

		if (gmtime_r(&s, &tm) != NULL &&
			strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm) > 0)
			html_text(b, text);
	} else if (json_is_integer(v)) {
		html_textf(b, "%lld", (long long)json_integer_value(v));
	} else if (json_is_real(v)) {
		html_textf(b, "%.9g", json_real_value(v));
	} else if (json_is_boolean(v)) {
		html_text(b, json_is_true(v) ? "yes" : "no");
	} else {
		html_text(b, SHOW_NONE);
	}
}

/* Objects and lists on one line: "frr 10.3-3, knot 3.4.6". */
static void
value(struct buf *b, const char *key, json_t *v, int depth)
{
	const char *inner_key, *between = "";
	size_t i;
	json_t *inner;

	if (depth == DEPTH_MAX) {
		html_text(b, "…");
	} else if (json_is_object(v)) {
		json_object_foreach(v, inner_key, inner)
		{
			html_textf(b, "%s%s ", between, inner_key);
			value(b, inner_key, inner, depth + 1);
			between = ", ";
		}
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, inner)
		{
			html_text(b, between);
			value(b, key, inner, depth + 1);
			between = "; ";
		}
	} else {
		scalar(b, key, v);
	}
}

static void
entry(struct buf *b, const char *name, json_t *v)
{
	html_raw(b, "<dt>");
	html_text(b, name);
	html_raw(b, "</dt><dd>");
	value(b, name, v, 0);
	html_raw(b, "</dd>\n");
}

/* As it can be pasted into a shell. */
static void
shell_word(struct buf *b, const char *word)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,+@%";

	if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
		html_text(b, word);
		return;
	}
	html_text(b, "'");
	for (const char *p = word; *p != '\0'; p++) {
		size_t n = strcspn(p, "'");

		html_textf(b, "%.*s", (int)n, p);
		p += n;
		if (*p == '\0')
			break;
		html_text(b, "'\\''");
	}
	html_text(b, "'");
}

static bool
is_program(const char *word)
{
	return strncmp(word, "catchment ", 10) == 0 &&
		word[10 + strspn(word + 10, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

static void
command(struct buf *b, const struct result *r)
{
	size_t i;
	json_t *word;

	if (json_array_size(r->command) == 0)
		return;
	html_raw(b, "<p>The command that does it again:</p>\n<pre><code>");
	json_array_foreach(r->command, i, word)
	{
		html_text(b, i == 0 ? "" : " ");
		if (i == 0 && json_is_string(word) && is_program(json_string_value(word)))
			html_text(b,
				json_string_value(
					word)); /* a command's argv[0] is "catchment NAME" */
		else if (json_is_string(word))
			shell_word(b, json_string_value(word));
	}
	html_raw(b, "</code></pre>\n");
}

static void
evidence(struct buf *b, const struct result *r)
{
	size_t total = 0;

	for (size_t i = 0; i < r->n_targets; i++)
		total += r->targets[i].n_evidence;
	if (total == 0)
		return;
	html_raw(b, "<h3>Evidence</h3>\n<ul>\n");
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *t = &r->targets[i];

		if (t->n_evidence == 0)
			continue;
		html_raw(b, "<li>");
		html_textf(b, "%s%s%s: ", t->id, t->family == NULL ? "" : " ",
			t->family == NULL ? "" : t->family);
		for (size_t j = 0; j < t->n_evidence; j++) {
			html_text(b, j == 0 ? "" : ", ");
			html_link(b, t->evidence[j]);
		}
		html_raw(b, "</li>\n");
	}
	html_raw(b, "</ul>\n");
}

/* The knobs that the scenario turned: "add-paths on". */
static void
settings(struct buf *b, const struct result *r)
{
	const json_t *list = json_object_get(r->run_root, "settings"), *one;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_raw(b, "<dt>settings</dt><dd>");
	json_array_foreach(list, i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));
		const char *value = json_string_value(json_object_get(one, "value"));
		const char *unit = json_string_value(json_object_get(one, "unit"));

		html_textf(b, "%s%s %s%s%s", i > 0 ? ", " : "", name != NULL ? name : "?",
			value != NULL ? value : "?", unit != NULL && unit[0] != '\0' ? " " : "",
			unit != NULL ? unit : "");
	}
	html_raw(b, "</dd>\n");
}

void
section_provenance(struct buf *b, const struct result *r)
{
	const char *key;
	json_t *v;

	html_raw(b, "<section id=\"provenance\"><h2>Provenance</h2>\n");
	command(b, r);
	html_raw(b, "<dl>\n");
	if (r->run_id != NULL) {
		html_raw(b, "<dt>run</dt><dd>");
		html_text(b, r->run_id);
		html_raw(b, "</dd>\n");
	}
	settings(b, r);
	if (!isnan(r->seed)) {
		html_raw(b, "<dt>seed</dt><dd>");
		html_textf(b, "%.0f", r->seed);
		html_raw(b, "</dd>\n");
	}
	json_object_foreach(r->provenance, key, v)
	{
		entry(b, key, v);
	}
	html_raw(b, "</dl>\n");
	evidence(b, r);
	html_raw(b, "</section>\n");
}
