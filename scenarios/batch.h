/* batch.h - several runs in a row: one lab for each variant, how long it will take, and what is already done. */
#ifndef SCENARIOS_BATCH_H
#define SCENARIOS_BATCH_H

#include "scenarios/run.h"

enum { BATCH_DIR_BYTES = 512, BATCH_LAYERS = 12 };

struct batch_item {
	const struct scenario *scenario;
	const struct targets *targets;
	const struct topology
		*topology; /* with the variant's changes; NULL: not known, it wants no rest */
	const char *variant;
	struct baseline *baseline; /* that it is gated by, owned; or NULL */
	double estimate_s;
	bool done; /* now, or before it was resumed */
	int code;
	char dir[RUN_DIR_BYTES]; /* below the batch's folder when it has one */
};

struct batch {
	struct batch_item *items;
	size_t len;
	struct run_plan plan;	   /* of each; its scenario, targets and session are set here */
	struct lab_options lab;	   /* of each; its variant is the item's */
	char dir[BATCH_DIR_BYTES]; /* folder with the journal all.json; "": none is kept */
	bool quick;
	bool brief;	     /* each trial as short as it can be, but as many as are wanted */
	bool phase_given;    /* plan.locked was asked for, one way or the other */
	size_t failed;	     /* gated scenarios that have failed: Holm */
	unsigned int probes; /* as asked for; 0: as each scenario says */
	double rate_qps;
	const char *layers[BATCH_LAYERS + 1]; /* what lab.layers points to */
	size_t layers_len;
	const char *out;       /* as asked for; NULL: where runs go anyhow */
	const char *baseline;  /* as asked for; NULL: nothing is gated */
	const char *last_mile; /* as asked for, in words; NULL: as the topology says */
	json_t *kept;	       /* of the journal: what no item has taken over; or NULL */
	const char *data;      /* the bench's own files */
};

/* How long one run will take, all in all but for the lab's boot. */
double batch_estimate_s(const struct scenario *s, int trials, bool calibrated);

/* The graver of two exit codes: environment troubles weigh more than a missed expectation, an interrupt more than all. */
int batch_worse(int a, int b);

/* Say what will be done and how long that will take; do it. Returns the gravest exit code. */
int batch_run(struct batch *b);

#endif
