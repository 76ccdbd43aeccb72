/* intake.c - files of a measurement network read to their end into a tally. */
#include "probes/import/intake.h"

#include <errno.h>

#include "probes/import/atlas.h"

static void
note_bad(struct tally *t, struct err *first_bad, const char *name, uint64_t line, const char *text)
{
	t->bad_results++;
	if (first_bad->code == 0)
		err_set(first_bad, EBADMSG, "%s:%llu: %s", name, (unsigned long long)line, text);
}

static int
read_element(const struct element *at, const char *name, struct tally *t, struct err *first_bad,
	struct err *e)
{
	json_error_t je;
	json_t *result = json_loadb(at->text, at->len_bytes, 0, &je);
	uint64_t line = at->line + (je.line > 1 ? (uint64_t)je.line - 1 : 0);
	struct err why;
	int rc;

	if (result == NULL && !at->alone)
		return err_set(
			e, EBADMSG, "%s:%llu: %.200s", name, (unsigned long long)line, je.text);
	t->results++;
	if (result == NULL) {
		note_bad(t, first_bad, name, line, je.text);
		return 0;
	}
	rc = atlas_read(result, tally_add, t, &why);
	json_decref(result);
	if (rc == -EBADMSG) {
		note_bad(t, first_bad, name, at->line, why.text);
		return 0;
	}
	if (rc < 0 && e != NULL)
		*e = why;
	return rc;
}

int
intake_read(struct elements *in, const char *name, struct tally *t, struct err *first_bad,
	struct err *e)
{
	struct element at;
	int rc;

	while ((rc = elements_next(in, &at, e)) > 0) {
		rc = read_element(&at, name, t, first_bad, e);
		if (rc < 0)
			return rc;
	}
	return rc;
}
