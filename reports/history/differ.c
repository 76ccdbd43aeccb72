/* differ.c - what two runs do not have in common, and which of it keeps the runs before a change from those after it. */
#include <stdio.h>
#include <string.h>

#include "reports/history/series.h"

/* How likely a thing explains another figure: the configuration first, then the daemons, the program and the machine. */
static int
weight(const char *what)
{
	static const struct {
		const char *what;
		int weight;
	} known[] = {{"layers", 0}, {"topology", 2}, {"scenario file", 2}, {"fault phase", 2},
		{"rate", 2}, {"streams", 2}, {"link backend", 2}, {"catchment", 4}, {"commit", 5},
		{"kernel", 4}, {"processor", 4}, {"processors", 4}, {"without root", 4}};

	if (strncmp(what, "layer ", 6) == 0)
		return 1;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].what, what) == 0)
			return known[i].weight;
	return 3; /* a package */
}

static bool
is_more_telling(const struct differ *a, const struct differ *b)
{
	if (a->throughout != b->throughout)
		return a->throughout;
	return weight(a->what) < weight(b->what);
}

/* The most telling are kept, in order. */
static void
add(struct differ *list, size_t *n, size_t max, const struct differ *one)
{
	size_t at = *n < max ? *n : max;

	while (at > 0 && is_more_telling(one, &list[at - 1])) {
		if (at < max)
			list[at] = list[at - 1];
		at--;
	}
	if (at < max)
		list[at] = *one;
	(*n)++;
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Values of the one level do not occur in the other. */
static bool
keeps_apart(const struct series *s, size_t from, size_t at, size_t to, const char *what)
{
	for (size_t i = from; i < at; i++)
		for (size_t k = at; k < to; k++)
			if (is_same(history_fact(s->runs[i], what), history_fact(s->runs[k], what)))
				return false;
	return true;
}

static size_t
differs(const struct history_run *a, const struct history_run *b, const struct series *s,
	const size_t bounds[3], struct differ *ret, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_facts; i++) {
		struct differ one = {a->facts[i].what, a->facts[i].value,
			history_fact(b, a->facts[i].what), false};

		if (is_same(one.before, one.after))
			continue;
		one.throughout =
			s != NULL && keeps_apart(s, bounds[0], bounds[1], bounds[2], one.what);
		add(ret, &n, max, &one);
	}
	for (size_t i = 0; i < b->n_facts; i++) {
		struct differ one = {b->facts[i].what, NULL, b->facts[i].value, false};

		if (history_fact(a, one.what) != NULL)
			continue;
		one.throughout =
			s != NULL && keeps_apart(s, bounds[0], bounds[1], bounds[2], one.what);
		add(ret, &n, max, &one);
	}
	return n;
}

size_t
history_differs(
	const struct history_run *a, const struct history_run *b, struct differ *ret, size_t max)
{
	return differs(a, b, NULL, NULL, ret, max);
}

size_t
series_differs(const struct series *s, size_t change, struct differ *ret, size_t max)
{
	size_t at = s->changes[change].at;
	const size_t bounds[3] = {change == 0 ? 0 : s->changes[change - 1].at, at,
		change + 1 < s->n_changes ? s->changes[change + 1].at : s->n};

	return differs(s->runs[at - 1], s->runs[at], s, bounds, ret, max);
}

/* Is this layer of that list, "nodes, documented"? */
static bool
is_layer_of(const char *list, const char *what)
{
	const char *name = what + strlen("layer ");
	size_t len = strlen(name);

	if (list == NULL || strncmp(what, "layer ", strlen("layer ")) != 0)
		return false;
	for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name))
		if ((at == list || at[-1] == ' ') && (at[len] == ',' || at[len] == '\0'))
			return true;
	return false;
}

/* The list of layers says that one came or went. */
static bool
is_said_by_layers(const struct differ *d, size_t n, const struct differ *one)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(d[i].what, "layers") == 0 && d[i].before != NULL && d[i].after != NULL &&
			((one->before == NULL && is_layer_of(d[i].after, one->what)) ||
				(one->after == NULL && is_layer_of(d[i].before, one->what))))
			return true;
	return false;
}

/* "nodes, documented" as "nodes + documented": what follows a comma is another thing that differs. */
static void
say_layers(struct buf *b, const char *list)
{
	for (const char *at = list; *at != '\0'; at++)
		if (*at == ',' && at[1] == ' ')
			buf_add(b, " +");
		else
			buf_addf(b, "%c", *at);
}

static void
say_change_of_layers(struct buf *b, const struct differ *d)
{
	buf_add(b, "layers ");
	say_layers(b, d->before);
	buf_add(b, " → ");
	say_layers(b, d->after);
}

void
history_say_differs(struct buf *b, const struct differ *d, size_t n, size_t most)
{
	size_t kept = n < HISTORY_DIFFERS ? n : HISTORY_DIFFERS, said = 0, more = 0;

	if (n == 0)
		buf_add(b, "nothing that is recorded");
	for (size_t i = 0; i < n; i++) {
		if (i < kept && is_said_by_layers(d, kept, &d[i]))
			continue;
		if (i >= kept || said == most) {
			more++;
			continue;
		}
		buf_add(b, said++ > 0 ? ", " : "");
		if (strcmp(d[i].what, "layers") == 0 && d[i].before != NULL && d[i].after != NULL)
			say_change_of_layers(b, &d[i]);
		else if (d[i].before == NULL)
			buf_addf(b, "%s %s new", d[i].what, d[i].after);
		else if (d[i].after == NULL)
			buf_addf(b, "%s gone", d[i].what);
		else if (strncmp(d[i].what, "layer ", 6) == 0)
			buf_addf(b, "%s changed", d[i].what);
		else
			buf_addf(b, "%s %s → %s", d[i].what, d[i].before, d[i].after);
	}
	if (more > 0)
		buf_addf(b, ", and %zu more", more);
}
