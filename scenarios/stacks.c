/* stacks.c - the folders that a lab's files are put together of, and the knobs that are declared in them. */
#include "scenarios/stacks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
stacks_of(const struct topology *t, const char *const layers[], size_t n, struct stacks *ret)
{
	const char *topology = conf_path(t->conf), *slash = strrchr(topology, '/');
	int dir_len = slash != NULL ? (int)(slash - topology) : 1;
	const char *dir = slash != NULL ? topology : ".";

	snprintf(ret->own, sizeof(ret->own), "%.*s/nodes", dir_len, dir);
	snprintf(ret->variant, sizeof(ret->variant), "%.*s/variants/%s", dir_len, dir,
		t->variant != NULL ? t->variant : "documented");
	ret->list[0] = ret->own;
	ret->list[1] = ret->variant;
	n = n > STACKS_LAYERS ? STACKS_LAYERS : n;
	for (size_t i = 0; i < n; i++)
		ret->list[2 + i] = layers[i];
	ret->list[2 + n] = NULL;
}

int
stacks_read_knobs(const struct stacks *s, struct knobs *knobs, struct err *e)
{
	char path[PATH_MAX];
	int rc = 0;

	for (size_t i = 1; rc == 0 && s->list[i] != NULL; i++) {
		snprintf(path, sizeof(path), "%.4000s/%s", s->list[i],
			i == 1 ? "variant.yaml" : "knobs.yaml");
		if (access(path, F_OK) == 0)
			rc = knobs_add_file(knobs, path, i == 1, e);
	}
	return rc;
}
