/* summary.h - many runs on one page: each claim of the ledger, what was measured on each variant, and the verdict. */
#ifndef REPORTS_SUMMARY_H
#define REPORTS_SUMMARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "reports/result.h"

enum { SUMMARY_VARIANTS = 8, SUMMARY_RUNS = 1000 };

/* What one run found about a claim and family. */
struct summary_finding {
	const struct result *run;
	const char *link; /* the run's folder, below that of the page; NULL: elsewhere */
	const struct target *target;
};

/* All that one variant's runs found about a claim and family, the gravest first. */
struct summary_cell {
	struct summary_finding *list;
	size_t len;
};

struct summary_row {
	const char *id, *claim, *figure, *known, *source;
	const char *not_judged; /* the ledger's reason; NULL: none is given there */
	const char *family;	/* "v4", "v6"; NULL: both at once */
	struct summary_cell cells[SUMMARY_VARIANTS];
	bool follows; /* the row before is of the same claim */
};

struct summary {
	struct result **runs;
	char **links; /* beside each run: its folder as a link from the page, or NULL */
	size_t n_runs;
	const char *variants[SUMMARY_VARIANTS];
	size_t n_variants;
	struct summary_row *rows;
	size_t n_rows;
	json_t *ledger; /* catchment.targets/1, or NULL */
	size_t unhealed, unreadable;
	size_t planned, completed; /* runs of the batch in the folder; planned 0: not known */
};

/*
 * Gather what lies in a folder: its targets.json and the result.json of each folder in it. A run that cannot be read is
 * counted and left out.
 */
int summary_gather(const char *dir, struct summary **ret, struct err *e);

/* The same of given run folders; the ledger is the targets.json beside the first of them, if there is one. */
int summary_of(const char *const dirs[], size_t n, struct summary **ret, struct err *e);
void summary_free(struct summary *s);

/*
 * How far the batch in the folder has come, of its all.json; nothing without one. Returns 0; -EINVAL and what is wrong with
 * it.
 */
int summary_progress(struct summary *s, const char *dir, struct err *e);

/* The same name; NULL, which none has, is like NULL alone. */
bool summary_is_same(const char *a, const char *b);

/*
 * Judge the claims that compare a scenario with another: each such target of a run with figures gets its verdict where the
 * other scenario has a run with valid trials on the same variant, and else the reason why not.
 */
void summary_beside(struct summary *s);

/* The gravest finding of a cell; NULL: nothing was judged. */
const struct summary_finding *summary_gravest(const struct summary_cell *cell);

/* How many claims have this verdict on a variant, by the gravest of all their findings; "not judged" with those without. */
size_t summary_count(const struct summary *s, size_t variant, enum target_verdict verdict);
size_t summary_claims(const struct summary *s);

/*
 * How a run went, apart from what it found: an expectation or the lab failed it; no trial counts and it judges by checks
 * alone; it judges with an instrument off its limits; or it has nothing to say.
 */
enum amiss { AMISS_NOT, AMISS_FAILED, AMISS_CHECKED, AMISS_DOUBTED, AMISS_SILENT };
enum amiss summary_amiss(const struct result *r);

/* Does it count though its run has no valid trial? What a daemon said stands also where the host spoilt the timing. */
bool summary_by_checks(const struct summary_finding *f);
size_t summary_amiss_runs(const struct summary *s, enum amiss kind);

/* The same for people, as a section and in the page's head; and a run of catchment.summary/1. */
void summary_amiss_section(struct buf *b, const struct summary *s);
void summary_amiss_say(struct buf *b, const struct summary *s);
json_t *summary_run_json(const struct summary *s, size_t run);

/* What was found, in a sentence. */
void summary_say(const struct summary *s, struct buf *b);

/* The page, and the same as catchment.summary/1. */
int summary_page(const struct summary *s, struct buf *b, struct err *e);
json_t *summary_as_json(const struct summary *s);

#endif
