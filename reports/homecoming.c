/* homecoming.c - what undoing the fault cost: queries lost at the return, and who is not served as before. */
#include "reports/homecoming.h"

static const double WHOLE_RATIO = 0.99; /* what served_by expects, doc/formats.md */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/show.h"

#define NAMED_MAX 4 /* cities in a sentence */

/* The bins after the restore in which queries were lost, as a span from the fault. */
static bool
lost_span(const struct timeline *t, double restore_ms, double *ret_from_ms, double *ret_to_ms)
{
	bool found = false;

	for (size_t b = 0; b < t->bins; b++) {
		double from_ms = t->from_ms + t->bin_ms * (double)b;

		if (from_ms + t->bin_ms <= restore_ms || !(t->unanswered[b] + t->failed[b] > 0))
			continue;
		if (!found)
			*ret_from_ms = from_ms;
		*ret_to_ms = from_ms + t->bin_ms;
		found = true;
	}
	return found;
}

double
homecoming_last_loss_ms(const struct trial *t)
{
	double from_ms, to_ms;

	if (isnan(t->restore_ms) || !(t->restore_unanswered > 0) ||
		!lost_span(&t->timeline, t->restore_ms, &from_ms, &to_ms))
		return NAN;
	return to_ms;
}

static double
longest_ms(const struct result *r, const struct city *c)
{
	double longest = 0, from_ms, to_ms;

	for (size_t i = 0; i < r->n_trials; i++)
		for (size_t j = 0; r->trial[i].valid && j < r->trial[i].n_cities; j++) {
			const struct city_timeline *t = &r->trial[i].cities[j];

			if (c->city != NULL && strcmp(t->city, c->city) == 0 &&
				lost_span(&t->timeline, r->trial[i].restore_ms, &from_ms, &to_ms))
				longest = fmax(longest, to_ms - from_ms);
		}
	return longest;
}

const char *
homecoming_main_site(const struct shares *s)
{
	size_t best = 0;

	for (size_t i = 1; i < s->n; i++)
		if (s->ratio[i] > s->ratio[best])
			best = i;
	return s->n == 0 ? NULL : s->site[best];
}

static bool
is_moved(const struct catchment *c)
{
	const char *before = homecoming_main_site(&c->shares[WHEN_BEFORE]);
	const char *after = homecoming_main_site(&c->shares[WHEN_AFTER]);

	return before != NULL && after != NULL && strcmp(before, after) != 0;
}

/* The same site as before serves most, but not all: on the way back others took a turn. */
static bool
is_mixed(const struct catchment *c)
{
	const struct shares *after = &c->shares[WHEN_AFTER];
	double most = 0;

	for (size_t i = 0; i < after->n; i++)
		most = after->ratio[i] > most ? after->ratio[i] : most;
	return after->n > 0 && !is_moved(c) && most < WHOLE_RATIO;
}

void
homecoming_of(const struct result *r, struct homecoming *h)
{
	*h = (struct homecoming){0};
	for (size_t i = 0; i < r->n_trials; i++)
		if (r->trial[i].valid && !isnan(r->trial[i].restore_ms)) {
			h->trials++;
			h->lost += fmax(0, r->trial[i].restore_unanswered); /* NaN is 0 */
		}
	for (size_t i = 0; h->trials > 0 && i < r->n_cities; i++) {
		const struct city *c = &r->cities[i];
		size_t at = h->n_cities;

		if (!(c->restore_unanswered > 0) || at == HOMECOMING_CITIES_MAX)
			continue;
		for (; at > 0 && h->by_city[at - 1].lost < c->restore_unanswered; at--)
			h->by_city[at] = h->by_city[at - 1];
		h->by_city[at].city = c;
		h->by_city[at].lost = c->restore_unanswered;
		h->by_city[at].longest_ms = longest_ms(r, c);
		h->n_cities++;
	}
	for (size_t i = 0; h->trials > 0 && i < r->n_catchment; i++) {
		h->moved += is_moved(&r->catchment[i]);
		h->mixed += is_mixed(&r->catchment[i]);
	}
}

void
homecoming_say_lost(struct buf *b, const struct homecoming *h)
{
	char text[SHOW_BYTES];

	if (h->trials == 0 || !(h->lost > 0))
		return;
	buf_addf(b, "The return lost %s %s", show_count(h->lost, text),
		h->lost == 1 ? "query" : "queries");
	if (h->trials > 1)
		buf_addf(b, " in %zu trials", h->trials);
	for (size_t i = 0; i < h->n_cities && i < NAMED_MAX; i++) {
		const struct city *c = h->by_city[i].city;

		buf_addf(b, "%s %s %s", i == 0 ? ":" : ",",
			c->title != NULL	  ? c->title
				: c->city != NULL ? c->city
						  : "?",
			show_count(h->by_city[i].lost, text));
		if (h->by_city[i].longest_ms > 0)
			buf_addf(b, " (spread over %s%s)", h->trials > 1 ? "up to " : "",
				show_ms(h->by_city[i].longest_ms, text));
	}
	if (h->n_cities > NAMED_MAX)
		buf_addf(b, " and %zu more %s", h->n_cities - NAMED_MAX,
			h->n_cities - NAMED_MAX == 1 ? "city" : "cities");
	buf_add(b, ".");
}

static bool
is_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The other family's row of the same city, if it moved the same way; `*ret_is_first`: c comes before it. */
static bool
is_both(const struct result *r, const struct catchment *c, bool *ret_is_first)
{
	for (size_t i = 0; i < r->n_catchment; i++) {
		const struct catchment *o = &r->catchment[i];

		if (o == c || !is_same(o->city, c->city) || !is_moved(o) ||
			!is_same(homecoming_main_site(&o->shares[WHEN_AFTER]),
				homecoming_main_site(&c->shares[WHEN_AFTER])))
			continue;
		*ret_is_first = c < o;
		return true;
	}
	return false;
}

void
homecoming_say_moved(struct buf *b, const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_catchment; i++) {
		const struct catchment *c = &r->catchment[i];
		const struct shares *after = &c->shares[WHEN_AFTER];
		bool is_first = true, both = is_both(r, c, &is_first);
		double share = 0;

		if (!is_moved(c) || !is_first || n++ >= NAMED_MAX)
			continue;
		for (size_t k = 0; k < after->n; k++)
			share = fmax(share, after->ratio[k]);
		buf_addf(b, "%s %s%s (%s before, then ",
			n == 1 ? "When the trials ended not served as before:" : ",",
			c->title != NULL ? c->title : result_city_title(r, c->city),
			both				   ? ""
				: is_same(c->family, "v6") ? " IPv6"
							   : " IPv4",
			homecoming_main_site(&c->shares[WHEN_BEFORE]));
		if (share < WHOLE_RATIO)
			buf_addf(b, "%.0f %% ", share * 100);
		buf_addf(b, "%s)", homecoming_main_site(after));
	}
	if (n > NAMED_MAX)
		buf_addf(b, " and %zu more", n - NAMED_MAX);
	if (n > 0)
		buf_add(b, ".");
}
