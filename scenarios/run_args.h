/* run_args.h - what catchment run was asked for, and the scenarios that this means. */
#ifndef SCENARIOS_RUN_ARGS_H
#define SCENARIOS_RUN_ARGS_H

#include "lab/place.h"
#include "scenarios/batch.h"
#include "scenarios/lastmile.h"
#include "scenarios/matrix.h"

enum { MAX_SCENARIOS = 64, MAX_VARIANTS = 2 };

/* What the input says for one variant. */
struct loaded {
	const char *variant;
	struct topology *topology;
	struct targets *targets;
	struct scenario *scenarios[MAX_SCENARIOS];
	size_t len;
};

struct run_args {
	struct batch batch;
	struct topo_last_mile last_mile;
	const char *names[MAX_SCENARIOS];
	size_t names_len;
	const char *resume;   /* folder of a batch that was interrupted */
	json_t *journal;      /* of it */
	const char *baseline; /* file, or folder of them, that the runs are gated by; or NULL */
	bool list, targets, json;
	struct matrix matrix;			     /* n_axes 0: none was asked for */
	char folder[BATCH_DIR_BYTES], scenario[128]; /* of the matrix */
	int run_key; /* of the last option given that only a run can heed; 0: none */
	/* what was loaded */
	char data[PLACE_BYTES];
	struct loaded loaded[MAX_VARIANTS];
	size_t loaded_len;
	struct batch_item items[MAX_SCENARIOS * MAX_VARIANTS];
};

/*
 * Fill it from environment and command line; the flag wins. What is wrong has been told. Returns 0 or -EINVAL; argp ends the
 * process for --help and for what it refuses.
 */
int run_args_read(struct run_args *a, int argc, char *argv[]);

/* Is every scenario meant? */
bool run_args_all(const struct run_args *a);

/*
 * Load the scenarios that are meant, for each variant, and the ledger; every mistake is told. `all` is of both variants, where
 * the bench's own network is meant and none is asked for. Returns 0 or -errno; run_args_unload() in any case.
 */
int run_args_load(struct run_args *a);
void run_args_unload(struct run_args *a);

/* What was loaded, as the items of the batch, in the order in which they are run. */
void run_args_items(struct run_args *a);

#endif
