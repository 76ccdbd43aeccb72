/* moves.h - why other sites served cities during the fault, a sentence of routing each. */
#ifndef REPORTS_MOVES_H
#define REPORTS_MOVES_H

#include "lib/buf.h"
#include "reports/result.h"

/*
 * A list of sentences, families of a city that agree in one; where no city moved one sentence that says so and
 * why. Nothing without a valid trial or without data during the fault.
 */
void moves_write(struct buf *b, const struct result *r);

#endif
