/* lab_internal.h - what holding a lab and bringing one up share. */
#ifndef LAB_LAB_INTERNAL_H
#define LAB_LAB_INTERNAL_H

#include "lab/lab.h"
#include "lab/place.h"

#define LAB_SCHEMA "catchment.lab/1" /* of state.json */

struct fibwalk_cache;

struct lab {
	char dir[PLACE_BYTES];
	struct topology *topology;
	json_t *state;
	pid_t *pids; /* PID 1 of each node */
	int ctl, lease;
	pid_t supervisor; /* when it is our child and holds our lease */
	struct fibwalk_cache *fibwalk;
};

struct lab *lab_alloc(void);

/* Read state.json and connect to the control socket. */
int lab_connect(struct lab *lab, struct err *e);

#endif
