/* judges.h - which claims of the ledger a scenario judges, and by what. */
#ifndef SCENARIOS_JUDGES_H
#define SCENARIOS_JUDGES_H

#include <stdio.h>

#include "scenarios/scenario.h"
#include "scenarios/targets.h"

/*
 * Check a scenario's claims against the ledger: each known, judged by a metric, a check or an expectation, and each that
 * a check or an expectation names listed in `judges`. Mistakes become complaints of the scenario's file.
 */
void judges_check(struct scenario *s, const struct targets *t);

/* Does it judge the claim? */
bool judges_id(const struct scenario *s, const char *id);

/*
 * The ledger, a line per id: the scenarios that judge it, or why none does; as JSON catchment.targets/1.
 *
 * Returns how many ids are neither judged nor say why not, each told on stderr.
 */
size_t judges_print(const struct targets *t, struct scenario *const scenarios[], size_t len,
	bool as_json, FILE *out);

#endif
