/* again.h - the command that does a run again, for who has to look at a failure. */
#ifndef SCENARIOS_AGAIN_H
#define SCENARIOS_AGAIN_H

#include <jansson.h>

#include "lib/buf.h"
#include "scenarios/batch.h"

/* ["catchment", "run", "dns-crash", "--variant", "hardened", "--trials", "5", "--seed", "7"]; json_decref() it. */
json_t *again_words(const struct batch *b, const struct batch_item *item, uint64_t seed);

/* "catchment run dns-crash --variant hardened --trials 5 --seed 7", each word as a shell reads it. */
void again_say(struct buf *out, const struct batch *b, const struct batch_item *item);

#endif
