/* intake.h - files of a measurement network read to their end into a tally. */
#ifndef PROBES_IMPORT_INTAKE_H
#define PROBES_IMPORT_INTAKE_H

#include "lib/err.h"
#include "probes/import/elements.h"
#include "probes/import/tally.h"

/*
 * Read every result; what is well-formed but no usable DNS result is counted and passed over, and so
 * is a line that is not JSON at all, in a file of one object a line.
 *
 *      in              borrowed
 *      name            of the file, for messages
 *      first_bad       the first complaint; filled when its code is 0 yet
 *
 * Returns 0, -EBADMSG (damaged JSON) or another -errno; `e` is filled then.
 */
int intake_read(struct elements *in, const char *name, struct tally *t, struct err *first_bad,
	struct err *e);

#endif
