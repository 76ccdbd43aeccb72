/* keep.h - what was imported as an answers file, so that who reads ours reads theirs. */
#ifndef PROBES_IMPORT_KEEP_H
#define PROBES_IMPORT_KEEP_H

#include <jansson.h>

#include "probes/import/tally.h"

/*
 * Write DIR/answers and DIR/catchment.json, both or neither; DIR is made if it is not there.
 *
 *      t               closed; its rows are in the order of sending afterwards
 *      summary         what catchment.json gets, its "files" and "network" go into the plan too
 *      ret_unnamed     out: answers whose site the answers file had no room to name
 *
 * Returns 0, -EEXIST if one of the files is there already, or another -errno; `e` is filled then.
 */
int keep_write(const char *dir, struct tally *t, const json_t *summary, uint64_t *ret_unnamed,
	struct err *e);

#endif
