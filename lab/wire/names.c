/* names.c - from a link's name to its number, in labs of thousands of links. */
#include "lab/wire/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
wire_names_init(struct wire_names *s, size_t n, struct err *e)
{
	*s = (struct wire_names){.n = n,
		.name = calloc(n + 1, sizeof(*s->name)),
		.sorted = calloc(n + 1, sizeof(*s->sorted))};
	if (s->name != NULL && s->sorted != NULL)
		return 0;
	wire_names_done(s);
	return err_set(e, ENOMEM, "out of memory for %zu links", n);
}

void
wire_names_done(struct wire_names *s)
{
	free(s->name);
	free(s->sorted);
	*s = (struct wire_names){0};
}

static int
by_name(const void *a, const void *b, void *names)
{
	const struct wire_names *s = names;

	return strcmp(s->name[*(const uint32_t *)a], s->name[*(const uint32_t *)b]);
}

int
wire_names_sort(struct wire_names *s, struct err *e)
{
	for (uint32_t i = 0; i < s->n; i++)
		s->sorted[i] = i;
	qsort_r(s->sorted, s->n, sizeof(*s->sorted), by_name, s);
	for (size_t i = 1; i < s->n; i++)
		if (by_name(&s->sorted[i - 1], &s->sorted[i], s) == 0)
			return err_set(e, EINVAL, "two links are named %s", s->name[s->sorted[i]]);
	return 0;
}

int32_t
wire_names_find(const struct wire_names *s, const char *name)
{
	size_t from = 0, to = s->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int way = strcmp(name, s->name[s->sorted[mid]]);

		if (way == 0)
			return (int32_t)s->sorted[mid];
		if (way < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return -1;
}
