/* section_load.c - the load generators that a scenario ran: what each sent, what came back, and whether it kept up. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stat.h"
#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

enum { WORDS_BYTES = 300 };

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* The middle one of a figure over the load's valid trials; NAN: it has none. */
static double
figure_of(const json_t *load, const char *name)
{
	json_t *list = json_object_get(load, "per_trial"), *trial;
	double *v = calloc(json_array_size(list) + 1, sizeof(*v)), middle = NAN;
	size_t i, n = 0;

	json_array_foreach(list, i, trial)
	{
		const json_t *figures = json_object_get(trial, "figures");
		const json_t *value = json_object_get(figures, name);

		if (v != NULL && json_is_number(value) &&
			json_is_true(json_object_get(trial, "valid")))
			v[n++] = json_number_value(value);
	}
	if (n > 0) {
		stat_sort(v, n);
		middle = stat_quantile(v, n, 0.5);
	}
	free(v);
	return middle;
}

/* Counts of one object of a load's file into the sums; an answer that is well is no failure. */
static void
add_counts(json_t *sums, json_t *of)
{
	const char *name;
	json_t *value;

	json_object_foreach(of, name, value) if (json_number_value(value) > 0 &&
		strcmp(name, "NOERROR") != 0) json_object_set_new(sums, name,
		json_real(
			json_number_value(value) + json_number_value(json_object_get(sums, name))));
}

/* "12 timeout, 3 SERVFAIL": what went wrong, of the valid trials together. */
static void
failures(const json_t *load, char out[static WORDS_BYTES])
{
	static const char *const kinds[] = {"failures", "lost", "not_sent", "strays", "rcodes"};
	json_t *sums = json_object(), *trial, *value;
	const char *name;
	size_t i, n = 0;

	json_array_foreach(json_object_get(load, "per_trial"), i, trial)
	{
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (json_is_true(json_object_get(trial, "valid")))
				add_counts(sums,
					json_object_get(json_object_get(trial, "file"), kinds[k]));
	}
	out[0] = '\0';
	json_object_foreach(sums, name, value)
	{
		char count[SHOW_BYTES], words[64];

		snprintf(words, sizeof(words), "%.60s", name);
		for (char *c = words; *c; c++)
			*c = *c == '_' ? ' ' : *c;
		if (n < WORDS_BYTES)
			n += (size_t)snprintf(out + n, WORDS_BYTES - n, "%s%s %s", n ? ", " : "",
				show_count(json_number_value(value), count), words);
	}
	json_decref(sums);
}

static size_t
trials_ended_with(const json_t *load, json_int_t code)
{
	json_t *trial;
	size_t i, n = 0;

	json_array_foreach(json_object_get(load, "per_trial"), i, trial)
	{
		const json_t *exit = json_object_get(trial, "exit");

		n += json_is_integer(exit) && json_integer_value(exit) == code;
	}
	return n;
}

/* Did it keep up? Trials in which it did not are invalid. */
static void
kept_up(struct buf *b, const json_t *load)
{
	char late[SHOW_BYTES], text[WORDS_BYTES];
	double queries = figure_of(load, "late_queries");
	size_t trials = trials_ended_with(load, 4);

	if (trials > 0)
		snprintf(text, sizeof(text), "too late in %zu trial%s", trials,
			trials == 1 ? "" : "s");
	else if (queries > 0)
		snprintf(text, sizeof(text), "%s queries late", show_count(queries, late));
	else
		snprintf(text, sizeof(text), "yes");
	html_cell(b, text);
}

static void
command(struct buf *b, const json_t *load)
{
	char text[WORDS_BYTES] = "";
	json_t *word;
	size_t i, n = 0;

	json_array_foreach(json_object_get(load, "run"), i, word)
	{
		const char *s = json_string_value(word);

		if (s != NULL && n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? " " : "", s);
	}
	html_cell(b, text);
}

static void
row(struct buf *b, const json_t *load)
{
	static const struct {
		const char *name;
		const char *(*show)(double value, char out[static SHOW_BYTES]);
	} figures[] = {{"sent", show_count}, {"sent_qps", show_count}, {"answered_qps", show_count},
		{"loss_ratio", show_share}, {"p50_ms", show_rtt}, {"p99_ms", show_rtt}};
	char text[WORDS_BYTES];

	html_row(b);
	html_rowhead(b, text_of(load, "name"));
	html_cell(b, text_of(load, "node"));
	command(b, load);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		double value = figure_of(load, figures[i].name);

		if (isnan(value))
			html_num(b, SHOW_NONE);
		else
			html_num(b, figures[i].show(value, text));
	}
	failures(load, text);
	html_cell(b, text[0] ? text : "none");
	kept_up(b, load);
	html_row_end(b);
}

/* Loads of the net have a matrix of their own. */
static bool
is_here(const json_t *load)
{
	return strcmp(text_of(load, "kind"), "net") != 0;
}

static void
heading(struct buf *b, const json_t *loads)
{
	char sent[SHOW_BYTES], answered[SHOW_BYTES];
	double rate = 0, back = 0;
	json_t *load;
	size_t i;

	json_array_foreach(loads, i, load) if (is_here(load))
	{
		rate += fmax(figure_of(load, "sent_qps"), 0);
		back += fmax(figure_of(load, "answered_qps"), 0);
	}
	html_raw(b, "<section id=\"load\"><h2>");
	if (!(rate > 0))
		html_raw(b, "Load: no valid trial tells of it");
	else if (back > 0)
		html_textf(b, "Load: %s queries a second sent, %s answered", show_count(rate, sent),
			show_count(back, answered));
	else
		html_textf(b, "Load: %s queries a second sent", show_count(rate, sent));
	html_raw(b, "</h2>\n");
}

void
section_load(struct buf *b, const struct result *r)
{
	static const char *const columns[] = {
		"Sent", "A second", "Answered a second", "Lost", "Latency, median", "p99"};
	json_t *loads = json_object_get(r->root, "loads"), *load;
	size_t i, here = 0;

	json_array_foreach(loads, i, load) here += is_here(load);
	if (here == 0)
		return;
	heading(b, loads);
	html_raw(b,
		"<p>Generators that the scenario ran in nodes' networks beside its probes. Figures "
		"are medians over the valid trials, failures their sum.</p>\n");
	html_table(b, "What each load came to");
	html_raw(b, "<thead>");
	html_row(b);
	html_col(b, "Load");
	html_col(b, "From");
	html_col(b, "Command");
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		html_col_num(b, columns[i]);
	html_col(b, "Failures");
	html_col(b, "Generator kept up");
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	json_array_foreach(loads, i, load) if (is_here(load)) row(b, load);
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}
