/* outage.c - what clients lost to the fault, in a clause: by the streams of all figures, and by those that ask otherwise. */
#include "reports/outage.h"

#include <math.h>

#include "reports/show.h"

/* Cities that the fault touched, each once: by what is worst there. */
struct touched {
	size_t lost, wrong, moved;
};

/* A city without loss whose clients another PoP served, or nobody rightly. */
static struct touched
touched_of(const struct result *r)
{
	const struct metric *wrong = result_metric(r, "wrong_answer_queries");
	bool is_wrong = wrong != NULL && wrong->stats.max > 0;
	struct touched t = {0};

	for (size_t i = 0; i < r->n_cities; i++) {
		const struct city *c = &r->cities[i];

		if (c->unanswered > 0)
			t.lost++;
		else if (c->affected && is_wrong)
			t.wrong++;
		else if (c->affected && c->first_good_ms.n > 0)
			t.moved++;
	}
	return t;
}

/* Answers that came and were of no use: refused, SERVFAIL, wrong or old data. */
static void
say_wrong(struct buf *b, const struct result *r, const char *before)
{
	const struct metric *wrong = result_metric(r, "wrong_answer_queries");
	char n[SHOW_BYTES];

	if (wrong != NULL && wrong->stats.max > 0)
		buf_addf(b, "%s%s%s %s answered wrongly", before,
			result_valid_trials(r) > 1 ? "up to " : "", show_count(wrong->stats.max, n),
			wrong->stats.max == 1 ? "query was" : "queries were");
}

void
outage_say_how_long(struct buf *b, const struct result *r)
{
	const struct metric *loss = result_metric(r, "loss_of_connectivity_ms");
	const struct metric *stretch = result_metric(r, "longest_outage_ms");
	char text[SHOW_BYTES];

	if (loss == NULL || !(loss->stats.max > 0))
		return;
	buf_addf(b, ", for up to %s", show_ms_within(loss->stats.max, loss->accuracy_ms, text));
	/* A line that loses some packets all the time is no outage of that length. */
	if (stretch != NULL && stretch->stats.max > 0 &&
		stretch->stats.max < 0.8 * loss->stats.max - 2 * r->gap_ms)
		buf_addf(b, " in all, %s at a stretch",
			show_ms_within(stretch->stats.max, loss->accuracy_ms, text));
}

bool
outage_say(struct buf *b, const struct result *r)
{
	const struct metric *streams = result_metric(r, "streams_with_loss");
	size_t valid = result_valid_trials(r), at;
	struct touched touched = touched_of(r);
	char n[SHOW_BYTES], all[SHOW_BYTES];

	if (valid == 0 || streams == NULL || isnan(streams->stats.max))
		return false;
	if (streams->stats.max > 0) {
		buf_addf(b, "%s%s", valid > 1 ? "up to " : "", show_count(streams->stats.max, n));
		if (!isnan(r->streams_count))
			buf_addf(b, " of %s", show_count(r->streams_count, all));
		buf_add(b, " streams lost queries");
		outage_say_how_long(b, r);
		say_wrong(b, r, "; ");
		return true;
	}
	at = b->len;
	say_wrong(b, r, "");
	if (b->len > at)
		return true;
	buf_add(b, "no stream lost a query");
	if (touched.moved > 0)
		buf_addf(b, "; %zu of %zu cities %s served by another PoP", touched.moved,
			r->n_cities, touched.moved == 1 ? "was" : "were");
	return true;
}

void
outage_say_where(struct buf *b, const struct result *r)
{
	struct touched t = touched_of(r);

	if (t.lost > 0)
		buf_addf(b, "%zu of %zu cities lost queries", t.lost, r->n_cities);
	else if (t.wrong > 0)
		buf_addf(b, "%zu of %zu cities %s answered wrongly", t.wrong, r->n_cities,
			t.wrong == 1 ? "was" : "were");
	else
		buf_add(b, "No city lost a query");
	if (t.moved > 0)
		buf_addf(b, ", %zu %s%s served by another PoP", t.moved,
			t.lost + t.wrong > 0 ? "more " : "", t.moved == 1 ? "was" : "were");
}

bool
outage_say_beside(struct buf *b, const struct result *r)
{
	static const struct {
		const char *key, *words;
	} sides[] = {{"tcp", "over TCP"}, {"large", "for large answers"}};
	const char *between = "";

	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		double lost = result_side_sum(r, sides[i].key, "unanswered");
		char n[SHOW_BYTES], all[SHOW_BYTES];

		if (!(lost > 0))
			continue;
		buf_addf(b, "%s%s %s of %s queries %s lost", between, sides[i].words,
			show_count(lost, n),
			show_count(result_side_sum(r, sides[i].key, "sent"), all),
			lost == 1 ? "was" : "were");
		between = ", ";
	}
	return between[0] != '\0';
}
