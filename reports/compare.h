/*
 * compare.h - a run beside its baseline: has it become slower, and was it measured under the same conditions?
 *
 * `catchment compare` makes one and prints it, `catchment run --baseline` leaves it as RUN/compare.json
 * (catchment.compare/1, doc/formats.md). A run's folder without that file was not gated.
 */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include <jansson.h>
#include <stdio.h>

#include "lib/err.h"
#include "lib/gate.h"
#include "lib/gate_metrics.h"
#include "reports/baseline.h"

enum { COMPARE_DIFFERS = 32, COMPARE_TEXT_BYTES = 200 };

/* One condition or part of the configuration that is not the same. */
struct compare_differs {
	char what[96]; /* "layer variants/documented", "package frr", "machine" */
	char baseline[COMPARE_TEXT_BYTES], run[COMPARE_TEXT_BYTES]; /* "" where there is none */
	bool comparable; /* it may be what is tested: gated all the same */
};

struct compare_metric {
	char name[64], unit[16], statistic[16];
	size_t baseline_n, n; /* values; a trial each */
	struct gate_judged judged;
};

struct compare {
	char scenario[64], variant[64];
	char baseline[256], run[256];			/* names: of the file or the run, the run */
	size_t baseline_trials, trials, invalid_trials; /* trials: valid ones */
	size_t baseline_labs;
	enum gate_phase phase; /* of the run */
	int look;	       /* index into gate_looks; -1: fewer trials than the first wants */
	bool off_limits;       /* the instrument of either was: no more trials help */
	size_t scenarios;      /* gated together, less those that had failed before */
	enum gate_verdict verdict;
	char why[512]; /* a sentence without full stop: the verdict in words, with figures and what differs */
	struct compare_differs differs[COMPARE_DIFFERS];
	size_t n_differs;
	struct compare_metric metrics[GATE_METRICS];
	size_t n_metrics;
	/* Of a gated run whose first verdict was a fail: the run in a fresh lab that was to confirm it. "": none. */
	char rerun[256], confirms[256]; /* confirms: of that other run, which one it is for */
	enum gate_verdict rerun_verdict;
	json_t *provenance; /* of the baseline: its conditions and configuration; owned */
};

/* How a comparison is to be made. */
struct compare_rule {
	size_t scenarios; /* 0 counts as 1 */
	bool last;	  /* no more trials will come */
};

/*
 * Before anything is measured: is what is known of the run's conditions already no match for the baseline?
 *
 *      phase   as the fault's will be, at best
 *      known   of baseline_conditions(); what is not known yet is not in it
 *
 * Returns 0 when nothing speaks against a verdict so far, or -EXDEV with `e` saying as compare_make() would what is not the same.
 */
int compare_foresee(
	const struct baseline *baseline, enum gate_phase phase, json_t *known, struct err *e);

/* Returns 0 with *ret (compare_free() it), -EINVAL when they are of different scenarios, or -ENOMEM; `e` filled. */
int compare_make(const struct baseline *baseline, const struct baseline *run,
	const struct compare_rule *rule, struct compare **ret, struct err *e);
void compare_free(struct compare *c);

/*
 * The verdict of a comparison that failed and of the one that was to confirm it, in `first`: a fail if that failed too,
 * else inconclusive. NULL: that one did not come to an end.
 */
void compare_conclude(struct compare *first, const struct compare *second);

/* catchment.compare/1 */
json_t *compare_json(const struct compare *c);
int compare_write(const struct compare *c, const char *run_dir, struct err *e);

/* RUN/compare.json. Returns 0 with *ret, -ENOENT when there is none, -EINVAL (not what it should be) or another -errno. */
int compare_read(const char *run_dir, struct compare **ret, struct err *e);
int compare_read_file(const char *path, struct compare **ret, struct err *e);

/* The table and the verdict, for people. */
void compare_print(const struct compare *c, FILE *to);

/* 0 pass, 1 fail, 4 inconclusive and not comparable (lib/command.h). */
int compare_exit_code(enum gate_verdict v);

#endif
