/* targets.h - the ledger of documented claims: id, figure, and how the bench judges it. */
#ifndef SCENARIOS_TARGETS_H
#define SCENARIOS_TARGETS_H

#include <stddef.h>

#include "lib/conf.h"
#include "lib/err.h"

struct target {
	const char *id, *claim;
	const char
		*figure; /* the documented figure as it is written there; "" when there is none */
	const char *how; /* what is done to judge it, in words */
	const char *known, *source;
	const char *not_judged; /* why nothing judges it yet; NULL: something does */
	/* NULL metric: judged by checks or expectations of scenarios */
	const char *metric, *statistic, *comparison, *unit;
	double value;
	const char *beside; /* in place of value: the scenario whose figure it is compared with */
	bool modelled;	    /* the figure follows from the lab's own delays */
	const char *city;   /* whose probes; NULL: all. Of what is modelled only */
	double before;	    /* the documented figure of what it replaces */
	bool has_before;
	const struct conf_node *at;
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
