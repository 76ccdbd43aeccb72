/* invalid.c - why trials do not count, each kind of reason once. */
#include "reports/invalid.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 8, SAID_KINDS = 3, REASON_BYTES = 240 };

/* Reasons of one kind: each figure's least and most, as parts of the texts that have them. */
struct kind {
	const char *least[REASON_BYTES / 2], *most[REASON_BYTES / 2]; /* of each word; equal: one */
	size_t words, trials;
};

static size_t
word_len(const char *word)
{
	return strcspn(word, " ");
}

/* The next word; NULL after the last. */
static const char *
next_word(const char *word)
{
	word += word_len(word);
	word += strspn(word, " ");
	return *word == '\0' ? NULL : word;
}

static bool
is_figure(const char *word, double *ret)
{
	char *end;

	if (!isdigit((unsigned char)word[0]) && word[0] != '-')
		return false;
	*ret = strtod(word, &end);
	return end > word && (*end == ' ' || *end == '\0');
}

static bool
is_same_word(const char *a, const char *b)
{
	return word_len(a) == word_len(b) && strncmp(a, b, word_len(a)) == 0;
}

static void
begin(struct kind *k, const char *reason)
{
	*k = (struct kind){.trials = 1};
	for (const char *w = reason; w != NULL && k->words < REASON_BYTES / 2; w = next_word(w)) {
		k->least[k->words] = k->most[k->words] = w;
		k->words++;
	}
}

/* Returns false for a reason of another kind, which leaves this one as it is. */
static bool
join(struct kind *k, const char *reason)
{
	struct kind joined = *k, one;

	begin(&one, reason);
	if (one.words != k->words)
		return false;
	for (size_t i = 0; i < one.words; i++) {
		double least, most, value;

		if (is_same_word(one.least[i], k->least[i]) &&
			is_same_word(one.least[i], k->most[i]))
			continue;
		if (!is_figure(one.least[i], &value) || !is_figure(k->least[i], &least) ||
			!is_figure(k->most[i], &most))
			return false;
		joined.least[i] = value < least ? one.least[i] : k->least[i];
		joined.most[i] = value > most ? one.most[i] : k->most[i];
	}
	joined.trials++;
	*k = joined;
	return true;
}

/* Returns how many kinds there are; those beyond KINDS count among the `ret_rest` trials. */
static size_t
gather(const struct result *r, struct kind kinds[static KINDS], size_t *ret_rest)
{
	size_t n = 0;

	*ret_rest = 0;
	for (size_t i = 0; i < r->n_trials; i++) {
		const struct trial *t = &r->trial[i];
		size_t k = 0;

		if (t->valid || t->n_invalid_because == 0)
			continue;
		while (k < n && !join(&kinds[k], t->invalid_because[0]))
			k++;
		if (k < n)
			continue;
		if (n < KINDS)
			begin(&kinds[n++], t->invalid_because[0]);
		else
			(*ret_rest)++;
	}
	return n;
}

static void
say(struct buf *b, const struct kind *k)
{
	for (size_t i = 0; i < k->words; i++) {
		buf_addf(b, "%s%.*s", i > 0 ? " " : "", (int)word_len(k->least[i]), k->least[i]);
		if (!is_same_word(k->least[i], k->most[i]))
			buf_addf(b, " to %.*s", (int)word_len(k->most[i]), k->most[i]);
	}
}

static int
by_trials(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;

	return x->trials != y->trials ? (x->trials > y->trials ? -1 : 1) : 0;
}

void
invalid_say(struct buf *b, const struct result *r)
{
	struct kind *kinds = calloc(KINDS, sizeof(*kinds));
	size_t n, rest = 0;

	if (kinds == NULL) {
		b->failed = true;
		return;
	}
	n = gather(r, kinds, &rest);
	qsort(kinds, n, sizeof(*kinds), by_trials);
	for (size_t i = 0; i < n && i < SAID_KINDS; i++) {
		buf_add(b, i > 0 ? "; " : "");
		say(b, &kinds[i]);
		if (n > 1)
			buf_addf(b, " (%zu trial%s)", kinds[i].trials,
				kinds[i].trials == 1 ? "" : "s");
	}
	for (size_t i = SAID_KINDS; i < n; i++)
		rest += kinds[i].trials;
	if (rest > 0)
		buf_addf(b, "; other reasons (%zu trial%s)", rest, rest == 1 ? "" : "s");
	free(kinds);
}
