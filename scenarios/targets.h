/* targets.h - the ledger of documented claims: id, figure, and how the bench judges it. */
#ifndef SCENARIOS_TARGETS_H
#define SCENARIOS_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"
#include "lib/err.h"

struct target {
	const char *id, *claim, *known;
	const char *metric, *statistic, *comparison, *unit;
	double value;
	const char *city; /* of whose probes the metric is; NULL: of all */
	bool modelled;	  /* the figure follows from the lab's delays (verdict `modelled`) */
	bool has_before;
	double before; /* the documented figure of the time before anycast */
};

struct targets {
	struct conf *conf;
	struct target *list;
	size_t len;
};

/* Read targets.yaml; mistakes become complaints of ret->conf. Returns 0 or -errno with `e`. */
int targets_load(const char *path, struct targets **ret, struct err *e);
void targets_free(struct targets *t);
const struct target *targets_find(const struct targets *t, const char *id); /* or NULL */

#endif
