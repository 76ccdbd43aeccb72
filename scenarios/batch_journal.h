/* batch_journal.h - all.json: what a batch was asked for and what it has completed, so that it can be resumed. */
#ifndef SCENARIOS_BATCH_JOURNAL_H
#define SCENARIOS_BATCH_JOURNAL_H

#include "scenarios/batch.h"

/* Write DIR/all.json. Returns 0, or -errno after an error line. */
int batch_journal_write(const struct batch *b);

/*
 * Read it. What it was asked for is taken over where `b` leaves it open (0, NULL, false); what differs is an error. To be
 * called before the items are there.
 *
 *      ret     out; `b` borrows its texts: json_decref() it after the batch
 *
 * Returns 0 or -errno with `e` filled.
 */
int batch_journal_read(struct batch *b, json_t **ret, struct err *e);

/*
 * Mark what was completed, but for what was inconclusive and what has no result.json any more: that is repeated, and how
 * many of the latter is said. What no item takes over is written again as it
 * is, until a run of the same scenario and variant replaces it; json_decref() b->kept.
 */
void batch_journal_apply(struct batch *b, const json_t *journal);

#endif
