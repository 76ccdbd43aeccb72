/* damage.c - evidence of a trial that is damaged or not there, one line a file. */
#include "bench/analyze/damage.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/analyze/verdicts_log.h"

const char *
damage_in_run(const struct run *r, const char *text)
{
	size_t len = strlen(r->dir);

	while (len > 0 && r->dir[len - 1] == '/')
		len--;
	if (strncmp(text, r->dir, len) != 0 || text[len] != '/')
		return text;
	return text + len + strspn(text + len, "/");
}

static void note(struct trial *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
note(struct trial *t, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (t->damaged == NULL)
		t->damaged = json_array();
	json_array_append_new(t->damaged, json_string(text));
}

void
damage_note_captures(const struct run *r, struct trial *t, const struct bgplog *log)
{
	for (size_t i = 0; log != NULL && i < log->points; i++)
		if (log->point[i].error[0] != '\0')
			note(t, "%.400s", damage_in_run(r, log->point[i].error));
}

/* Runs made before there was a recorder have no such files: they miss nothing. */
static bool
is_recorded(const struct run *r, const struct trial *t)
{
	char path[PATH_MAX];

	trial_path(r, t, "record-plan.json", path, sizeof(path));
	return access(path, F_OK) == 0;
}

static void
note_lines(struct trial *t, const struct run *r, size_t bad, const char *why)
{
	if (bad > 0)
		note(t, "%.400s; %zu %s passed over", damage_in_run(r, why), bad,
			bad > 1 ? "lines" : "line");
}

void
damage_note_basis(struct trial *t, const struct budget_basis *b)
{
	const char *why;
	size_t bad;

	if (b->fib != NULL) {
		bad = fibdb_bad_lines(b->fib, &why);
		note_lines(t, b->r, bad, why);
	} else if (is_recorded(b->r, t)) {
		note(t, "%s", b->fib_why);
	}
	if (b->verdicts != NULL)
		note_lines(t, b->r, b->verdicts->bad_lines, b->verdicts->bad_why);
	else if (is_recorded(b->r, t))
		note(t, "%s", b->verdicts_why);
}

json_t *
damage_json(const struct run *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->trials && list != NULL; i++)
		if (r->trial[i].damaged != NULL)
			json_array_extend(list, r->trial[i].damaged);
	return list;
}
