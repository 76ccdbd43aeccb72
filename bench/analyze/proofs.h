/* proofs.h - verdicts that no metric gives: what a program said when the recipe was tried, what the scenario expects. */
#ifndef BENCH_ANALYZE_PROOFS_H
#define BENCH_ANALYZE_PROOFS_H

#include "bench/analyze/run.h"

/* Of one claim, for one family or (FAMILIES) for both at once. */
struct proof {
	const char *verdict; /* a literal */
	char why[512];
	json_t *shown;	  /* what was seen: doc/formats.md, targets[].shown */
	json_t *evidence; /* files */
	size_t n;	  /* how often it was tried, controls apart */
};

/* Does the scenario try this claim by `check` steps? `ret_apart`: some are for one family only. */
bool proof_has_checks(const struct run *r, const char *id, bool *ret_apart);

/*
 * What the checks of a claim found, in all trials: a program's words do not depend on how busy the host was.
 * A control says nothing of the claim, and is not counted; one that does not come out as it must leaves it not judged.
 * One whose outcome is neither leaves the claim not judged; else one that is refuted refutes it; else it is met.
 */
void proof_by_checks(const struct run *r, const char *id, enum family f, struct proof *ret);

/* Does the scenario label expectations with this claim? */
bool proof_has_expectations(const struct run *r, const char *id);

/* Met when all of them held, missed when one did not. `held` are the entries that expect_json() made. */
void proof_by_expectations(
	const struct run *r, const char *id, const json_t *held, struct proof *ret);

#endif
