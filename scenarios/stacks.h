/* stacks.h - the folders that a lab's files are put together of, and the knobs that are declared in them. */
#ifndef SCENARIOS_STACKS_H
#define SCENARIOS_STACKS_H

#include <limits.h>

#include "lab/topology.h"
#include "scenarios/knobs.h"

enum { STACKS_LAYERS = 16 };

/* As lab_up() puts them together, the lowest first. */
struct stacks {
	char own[PATH_MAX], variant[PATH_MAX];
	const char *list[STACKS_LAYERS + 3]; /* both, then further layers; NULL-terminated */
};

/*
 * The network's own files, the variant's, and `n` layers over them, at most STACKS_LAYERS (more are left out).
 *
 *      layers  borrowed by `ret`
 */
void stacks_of(const struct topology *t, const char *const layers[], size_t n, struct stacks *ret);

/* The variant's knobs, then those that the layers declare: the later wins. Returns 0 or what knobs_add_file() does. */
int stacks_read_knobs(const struct stacks *s, struct knobs *knobs, struct err *e);

#endif
