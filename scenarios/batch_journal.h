/* batch_journal.h - all.json: what a batch was asked for and what it has completed, so that it can be resumed. */
#ifndef SCENARIOS_BATCH_JOURNAL_H
#define SCENARIOS_BATCH_JOURNAL_H

#include "scenarios/batch.h"

/* Write DIR/all.json. Returns 0, or -errno after an error line. */
int batch_journal_write(const struct batch *b);

/*
 * Read it. What it was asked for is taken over where `b` leaves it open (0); what differs is an error. To be called before
 * the items are there.
 *
 *      ret     out; json_decref() it after batch_journal_apply()
 *
 * Returns 0 or -errno with `e` filled.
 */
int batch_journal_read(struct batch *b, json_t **ret, struct err *e);

/* Mark what was completed. */
void batch_journal_apply(struct batch *b, const json_t *journal);

#endif
