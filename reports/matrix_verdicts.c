/* matrix_verdicts.c - which verdicts are not alike in a matrix: what its reader wants to know first. */
#include <stdio.h>
#include <string.h>

#include "reports/matrix_read.h"
#include "reports/verdict.h"

#define NAMED_MAX 4 /* claims in the sentence */

bool
matrix_verdict_at(const char *cell, enum target_verdict *ret)
{
	bool found = false;
	size_t longest = 0;

	for (int v = TARGET_NOT_JUDGED; v <= TARGET_MODELLED_NOT; v++) {
		const char *word = verdict_word((enum target_verdict)v);
		size_t len = strlen(word);

		if (len <= longest || strncmp(cell, word, len) != 0 ||
			(cell[len] != '\0' && cell[len] != ':'))
			continue;
		*ret = (enum target_verdict)v;
		longest = len;
		found = true;
	}
	return found;
}

/* Do two columns judge this line differently? */
static bool
is_disputed(const struct matrix_doc *d, const struct matrix_line *line)
{
	enum target_verdict first = TARGET_NOT_JUDGED, v;

	for (size_t i = 0; i < d->n_columns; i++) {
		if (!matrix_verdict_at(line->cells[i], &v) || v == TARGET_NOT_JUDGED)
			continue;
		if (first != TARGET_NOT_JUDGED && v != first)
			return true;
		first = v;
	}
	return false;
}

void
matrix_say_disputed(const struct matrix_doc *d, char *out, size_t size)
{
	const char *last = "";
	size_t named = 0, last_len = 0;

	for (size_t l = 0; l < d->n_lines; l++) {
		const char *name = d->lines[l].name;
		size_t len = strcspn(name, " "), used = strlen(out);

		/* A claim has a line for each family; it is told once. */
		if (!is_disputed(d, &d->lines[l]) ||
			(len == last_len && strncmp(name, last, len) == 0))
			continue;
		last = name;
		last_len = len;
		if (named++ < NAMED_MAX)
			snprintf(out + used, size - used, "%s%.*s",
				named == 1 ? "; verdicts differ on " : ", ", (int)len, name);
	}
	if (named > NAMED_MAX)
		snprintf(out + strlen(out), size - strlen(out), " and %zu more", named - NAMED_MAX);
}
