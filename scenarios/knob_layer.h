/* knob_layer.h - the files of a lab with knobs turned, as one more layer over all others. */
#ifndef SCENARIOS_KNOB_LAYER_H
#define SCENARIOS_KNOB_LAYER_H

#include "lab/topology.h"
#include "scenarios/knobs.h"

struct knob_setting {
	const struct knob *knob;
	double value; /* in its unit */
};

/*
 * Write DIR/NODE/etc/... of each node that a setting concerns: the file as that node's overlay shows it, its lines set.
 *
 *      stacks          as layers_of() wants them: the network's own files, the variant, further layers
 *
 * Returns 0, -EINVAL (`e` names the knob's file and line: nobody is meant, a file is not there, no line matches), -errno.
 */
int knob_layer_write(const struct topology *t, const char *const stacks[],
	const struct knob_setting settings[], size_t n, const char *dir, struct err *e);

/*
 * Does the knob fit, and what is its value now, in its unit?
 *
 *      ret             out: what the first place's first node says, or the knob's own `now`; "" when nothing says it
 *
 * Returns as knob_layer_write().
 */
int knob_layer_now(const struct topology *t, const char *const stacks[], const struct knob *k,
	char ret[static KNOB_TEXT_BYTES], struct err *e);

#endif
