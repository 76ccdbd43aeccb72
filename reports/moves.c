/* moves.c - why other sites served cities during the fault, a sentence of routing each. */
#include "reports/moves.h"

#include <math.h>
#include <string.h>

#include "reports/homecoming.h"
#include "reports/html.h"
#include "reports/show.h"

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Does the other family of the same city tell the same, but for the prefix and the instant? */
static bool
agrees(const struct catchment *a, const struct catchment *c)
{
	return a != c && c->moved.says != NULL && is_same(a->city, c->city) &&
		!is_same(a->family, c->family) && is_same(a->moved.to, c->moved.to) &&
		is_same(a->moved.node, c->moved.node) && is_same(a->moved.from, c->moved.from) &&
		is_same(a->moved.next, c->moved.next);
}

static const struct catchment *
twin_of(const struct result *r, const struct catchment *c)
{
	for (size_t i = 0; i < r->n_catchment; i++)
		if (agrees(c, &r->catchment[i]))
			return &r->catchment[i];
	return NULL;
}

static const char *
family_title(const struct catchment *c)
{
	return is_same(c->family, "v6") ? "IPv6" : "IPv4";
}

/* The first of the two families speaks for both. */
static void
say_move(struct buf *b, const struct result *r, const struct catchment *c)
{
	const struct catchment *twin = twin_of(r, c);
	char text[SHOW_BYTES];

	if (twin != NULL && twin < c)
		return;
	html_raw(b, "<li>");
	html_text(b, c->moved.says);
	if (twin == NULL)
		html_textf(b, " (%s)", family_title(c));
	else if (twin->moved.prefix != NULL && !isnan(twin->moved.after_ms))
		html_textf(b, "; likewise %s, %s after the fault", twin->moved.prefix,
			show_ms(twin->moved.after_ms, text));
	else
		html_raw(b, " (IPv4 and IPv6)");
	html_raw(b, ".</li>\n");
}

/* The first withdraw of any valid trial; NaN: none was seen. */
static double
withdraw_ms(const struct result *r)
{
	double first = NAN;

	for (size_t i = 0; i < r->n_trials; i++)
		if (r->trial[i].valid)
			first = fmin(first,
				fmin(r->trial[i].withdraw_ms.v4, r->trial[i].withdraw_ms.v6));
	return first;
}

static void
say_none(struct buf *b, const struct result *r)
{
	const char *node = json_string_value(json_object_get(r->root, "fault_node"));
	double ms = withdraw_ms(r);
	char text[SHOW_BYTES];

	html_raw(b, "<p>No city went to another site during the fault: ");
	if (node == NULL)
		html_raw(b, "the fault was at no site, so none was to withdraw");
	else if (isnan(ms))
		html_textf(b, "no withdraw was seen, %s kept announcing", node);
	else
		html_textf(b,
			"%s withdrew %s after the fault, but in the time that counts as during "
			"it who was answered was answered as before",
			node, show_ms(ms, text));
	html_raw(b, ".</p>\n");
}

/* Served by another, and without a word: a result.json from before there were such sentences. */
static bool
is_unexplained(const struct catchment *c)
{
	const char *before = homecoming_main_site(&c->shares[WHEN_BEFORE]);
	const char *during = homecoming_main_site(&c->shares[WHEN_DURING]);

	return c->moved.says == NULL && before != NULL && during != NULL &&
		!is_same(before, during);
}

void
moves_write(struct buf *b, const struct result *r)
{
	size_t asked = 0, moved = 0;
	bool is_old = false;

	for (size_t i = 0; i < r->n_catchment; i++) {
		asked += r->catchment[i].shares[WHEN_DURING].n > 0;
		moved += r->catchment[i].moved.says != NULL;
		is_old |= is_unexplained(&r->catchment[i]);
	}
	if (asked == 0 || result_valid_trials(r) == 0)
		return;
	if (moved == 0 && is_old)
		return;
	if (moved == 0) {
		say_none(b, r);
		return;
	}
	html_raw(b, "<h3>What moved whom during the fault</h3>\n<ul>\n");
	for (size_t i = 0; i < r->n_catchment; i++)
		if (r->catchment[i].moved.says != NULL)
			say_move(b, r, &r->catchment[i]);
	html_raw(b, "</ul>\n");
}
