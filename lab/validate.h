/*
 * validate.h - do the daemons' configurations fit the topology, and each other?
 *
 * A session has two ends: both must know the other's address and AS number and carry a family in
 * common, or it never comes up. Everything is found at once, with file and line of the place to mend.
 */
#ifndef LAB_VALIDATE_H
#define LAB_VALIDATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lab/topology.h"
#include "lib/err.h"

struct finding {
	bool is_error;	  /* cannot work in this lab; else it may be meant so */
	const char *kind; /* "remote-as-mismatch"...; static storage */
	const char *node; /* of the topology */
	char *file;
	int line;
	char *text;
};

struct findings {
	struct finding *list; /* sorted by file and line */
	size_t len, errors;
	size_t sessions; /* ends that were looked at */
};

/*
 * Read every node's FRR, BIRD, OpenBGPD, keepalived and resolvers' files as its overlay will show them and compare.
 *
 *      stacks  as layers_of() wants them
 *      strict  warnings are errors too
 *
 * Returns 0 whatever is found, or -ENOMEM.
 */
int validate_configs(
	const struct topology *t, const char *const stacks[], bool strict, struct findings *ret);
void findings_done(struct findings *f);

/* "FILE:LINE: TEXT", with "warning: " before the text of what is no error. To be freed. */
char *finding_line(const struct finding *f);
json_t *findings_json(const struct findings *f);

#endif
