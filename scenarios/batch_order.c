/* batch_order.c - which runs of a batch share a lab, and in what order that makes the fewest. */
#include "scenarios/batch_order.h"

#include <string.h>

static bool
same_lab(const struct batch_item *a, const struct batch_item *b)
{
	return strcmp(a->variant, b->variant) == 0 &&
		scenario_same_layers(a->scenario, b->scenario);
}

/* Move the item at `from` to `to`, which is not behind it; those between move up by one. */
static void
pull(struct batch_item *items, size_t from, size_t to)
{
	struct batch_item moved = items[from];

	memmove(items + to + 1, items + to, (from - to) * sizeof(*items));
	items[to] = moved;
}

/* What it is about, for short: the first claim that it judges. */
static const char *
about(const struct batch_item *item)
{
	return item->scenario->judges_len > 0 ? item->scenario->judges[0] : "";
}

static size_t
count_about(const struct batch_item *items, size_t len, const char *claim)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += strcmp(about(&items[i]), claim) == 0;
	return n;
}

/*
 * Not two about the same claim in a row, where that can be: they hit the same place, and who has just come back is kept
 * waiting longer each time (a health check's damping, OpenBGPD's idle hold). Of what there is most comes first.
 */
static void
spread(struct batch_item *items, size_t len)
{
	for (size_t to = 0; to < len; to++) {
		size_t best = to, most = 0;

		for (size_t i = to; i < len; i++) {
			const char *claim = about(&items[i]);
			size_t n = count_about(items + to, len - to, claim);

			if (n > most && (to == 0 || strcmp(claim, about(&items[to - 1])) != 0)) {
				best = i;
				most = n;
			}
		}
		pull(items, best, to);
	}
}

/* Bring together from `to` on what fits the one at `to`. Returns where they end. */
static size_t
gather(struct batch_item *items, size_t to, size_t len)
{
	size_t end = to + 1, fresh = to + items[to].scenario->own_lab;

	for (size_t i = end; i < len; i++)
		if (same_lab(&items[i], &items[to])) {
			bool own = items[i].scenario->own_lab;

			pull(items, i, own ? fresh : end);
			fresh += own;
			end++;
		}
	spread(items + fresh, end - fresh);
	return end;
}

/* The first of the variant at `to` whose scenario needs no files of its own; `to` itself when all do. */
static size_t
first_plain(const struct batch_item *items, size_t to, size_t len)
{
	for (size_t i = to; i < len; i++)
		if (scenario_is_plain(items[i].scenario) &&
			strcmp(items[i].variant, items[to].variant) == 0)
			return i;
	return to;
}

void
batch_order(struct batch_item *items, size_t len)
{
	for (size_t to = 0; to < len;) {
		bool begun = to > 0 && strcmp(items[to].variant, items[to - 1].variant) == 0;
		const char *variant;

		/* The variant that was begun is gone on with, then what is first. */
		if (to > 0 && !begun) {
			variant = items[to - 1].variant;
			for (size_t i = to; i < len && !begun; i++)
				if (strcmp(items[i].variant, variant) == 0) {
					pull(items, i, to);
					begun = true;
				}
		}
		if (!begun)
			pull(items, first_plain(items, to, len), to);
		to = gather(items, to, len);
	}
}

bool
batch_starts_lab(const struct batch *b, size_t i)
{
	return i == 0 || !same_lab(&b->items[i], &b->items[i - 1]);
}

bool
batch_boots(const struct batch *b, size_t i)
{
	return batch_starts_lab(b, i) || b->items[i].scenario->own_lab;
}

const struct scenario *
batch_busiest(const struct batch *b, size_t i)
{
	const struct scenario *most = NULL;

	for (size_t k = 0; k < b->len; k++) {
		const struct scenario *s = b->items[k].scenario;

		if (same_lab(&b->items[k], &b->items[i]) &&
			(most == NULL || s->probes * s->rate_qps > most->probes * most->rate_qps))
			most = s;
	}
	return most;
}

void
batch_layers(
	const struct batch *b, size_t i, const char *settings, const char *ret[static BATCH_STACKS])
{
	const struct scenario *s = b->items[i].scenario;
	size_t n = 0;

	for (size_t k = 0; k < s->layers_len; k++)
		ret[n++] = s->layers[k];
	if (s->settings_len > 0)
		ret[n++] = settings;
	for (size_t k = 0; k < b->layers_len; k++)
		ret[n++] = b->layers[k];
	ret[n] = NULL;
}
