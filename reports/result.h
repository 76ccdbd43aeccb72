/* result.h - result.json as C: everything the report shows, NaN and NULL standing for what is missing. */
#ifndef REPORTS_RESULT_H
#define REPORTS_RESULT_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "reports/bgp.h"
#include "reports/budget.h"
#include "reports/gated.h"
#include "reports/rounds.h"

struct stats {
	double n, min, p1, p50, p99, max, ci_low, ci_high; /* all NaN when missing */
};

struct metric {
	const char *name, *unit, *family, *over, *rfc;
	double missing; /* samples that never came: "never" is their value */
	double accuracy_ms;
	struct stats stats;
};

enum target_verdict {
	TARGET_NOT_JUDGED,
	TARGET_MET,
	TARGET_MISSED,
	TARGET_REFUTED,
	TARGET_MODELLED,    /* to hold */
	TARGET_MODELLED_NOT /* not to hold */
};

/* One try of a recipe: what was done, what the program said. */
struct shown {
	const char *what, *said, *outcome, *file;
};

struct target {
	const char *id, *family, *documented, *metric, *statistic, *comparison, *unit, *why;
	enum target_verdict verdict;
	bool close; /* nearer to the documented figure than it is exact */
	double measured, target, n, trials, share_over_ratio, miss_bound_ratio;
	const char **evidence;
	size_t n_evidence;
	/* The scenario whose figure this one's is compared with, NULL: none; and of its run, once summary_beside() has. */
	const char *beside, *beside_run;
	double beside_measured, beside_n;
	char *beside_why;   /* owned; `why` then */
	const char *figure; /* what is documented, in words; NULL: nothing but `target` */
	struct shown
		*shown; /* what was tried or expected, and came of it, where no metric judges */
	size_t n_shown;
	const char *said_of, *said; /* of the first that has the verdict; NULL: none */
};

struct expectation {
	const char *text, *measured;
	double line;
	bool held;
};

/* Share of answers by site, at most SHARES_MAX of them; "none" is no answer. */
#define SHARES_MAX 16
struct shares {
	size_t n;
	const char *site[SHARES_MAX];
	double ratio[SHARES_MAX];
};

enum when { WHEN_BEFORE, WHEN_DURING, WHEN_AFTER, WHEN_COUNT };

/* Why another site served a city during the fault than before. */
struct moved {
	const char *says;			      /* NULL: none did */
	const char *to, *node, *from, *next, *prefix; /* NULL: not known */
	double after_ms;
};

struct catchment {
	const char *city, *title, *family, *expected, *reason;
	struct moved moved;
	struct shares shares[WHEN_COUNT];
	struct stats rtt_ms[WHEN_COUNT];
	double path_rtt_ms;
};

struct city {
	const char *city, *title;
	bool affected;
	double streams, sent, unanswered, icmp_unreachable, restore_unanswered;
	struct stats loss_ms, first_good_ms;
};

struct stream {
	const char *city, *family, *before_site, *first_good_site;
	int64_t id;
	double unanswered, icmp, loss_ms, first_good_ms;
};

struct timeline_site {
	const char *site;
	double *queries; /* per bin */
};

struct timeline {
	double bin_ms, from_ms;
	size_t bins; /* 0: there is none */
	size_t n_sites;
	struct timeline_site *sites;
	double *unanswered, *failed; /* per bin, never NULL when bins > 0 */
};

struct city_timeline {
	const char *city;
	struct timeline timeline;
};

struct noise {
	struct stats send_lateness_us, wire_lateness_us;
	double send_p99_us, wire_p99_us, capture_dropped, clock_step_us, cpu_pressure_ratio,
		steal_ratio, foreign_ratio, before_unanswered, rtt_excess_ms, udp_receive_drops;
};

struct family_ms {
	double v4, v6;
};

struct trial {
	int number;
	const char *dir;
	bool valid;
	const char **invalid_because;
	size_t n_invalid_because;
	double phase_ms, restore_ms; /* restore_ms: from the fault, NaN if never */
	struct family_ms withdraw_ms, announce_ms;
	double withdraw_flaps; /* of both families the more; NaN: not counted */
	double restore_unanswered, last_answer_ms, full_convergence_ms;
	struct stats first_good_ms, loss_ms;
	struct stream *streams;
	size_t n_streams;
	struct timeline timeline;
	struct city_timeline *cities;
	size_t n_cities;
	struct noise noise;
	struct rounds rounds;
};

/* Lookups at one resolver in one family and phase, over the valid trials. */
struct lookups {
	double lookups, good, servfail, other_rcode, wrong, unanswered, over_100ms, over_1s;
	struct stats latency_ms, added_ms;
};

struct resolver {
	const char *city, *title; /* title: of the city */
	const char *label, *software, *version, *family;
	bool affected; /* its city was */
	struct lookups seen[WHEN_COUNT];
};

struct limits {
	double send_lateness_p99_us, wire_lateness_p99_us, capture_drops, clock_step_us,
		cpu_pressure_ratio, before_unanswered, rtt_excess_ms, udp_receive_drops;
};

struct result {
	const char *scenario, *title, *summary, *variant, *run_id;
	double trials, invalid_trials, trials_planned, gap_ms, streams_count, rate_qps;
	bool complete, interrupted;
	struct metric *metrics;
	struct target *targets;
	struct expectation *expectations;
	struct phase *phases;
	struct catchment *catchment;
	struct city *cities;
	struct resolver *resolvers;
	struct trial *trial;
	size_t n_metrics, n_targets, n_expectations, n_phases, n_catchment, n_cities, n_resolvers,
		n_trials;
	struct budget budget;
	struct bgp bgp;
	struct compare *gated; /* what the regression gate said; NULL: there was none */
	struct noise noise;
	struct limits limits;
	double seed;
	const char *fault_phase;
	json_t *provenance, *command, *calibration; /* borrowed from the roots, may be NULL */

	char dir[PATH_MAX];	 /* that it was read from */
	json_t *root, *run_root; /* own every string above */
};

/*
 * Read RUN/result.json, and of RUN/run.json (when it is there) what result.json does not repeat:
 * limits, seed, planned trials, whether it was interrupted.
 *
 *      ret     out; result_free() it
 *
 * Returns 0; -ENOENT without a result.json, -EINVAL for what is not JSON, another schema or a
 * wrong type (`e` names the file and the key).
 */
int result_load(const char *run_dir, struct result **ret, struct err *e);

/* The same without what no verdict is made of: timelines, streams, catchments, resolvers, budgets. Several times as fast. */
int result_load_brief(const char *run_dir, struct result **ret, struct err *e);

void result_free(struct result *r);

/* Worst of the two families; NaN if neither was measured. */
double family_worst(struct family_ms f);

/* Valid trials; the trials that a figure may be built from. */
size_t result_valid_trials(const struct result *r);

/* Was every stream that had a good answer again during the fault answered by another PoP than before? */
bool result_is_elsewhere(const struct result *r);

/* The title of a city, or its name. */
const char *result_city_title(const struct result *r, const char *city);
const struct city *result_city(const struct result *r, const char *city);

/*
 * Queries that asked otherwise than the streams of all figures, summed over all cities: of "tcp" or "large", those "sent",
 * "unanswered", ... 0 where none were asked for.
 */
double result_side_sum(const struct result *r, const char *side, const char *key);

const struct metric *result_metric(const struct result *r, const char *name);

/*
 * The valid trial in the middle by withdraw (worst family), else by full convergence, else the
 * first with a timeline; the lower of two middles. NULL if no trial has a timeline.
 */
const struct trial *result_median_trial(const struct result *r);

/*
 * Load RUN/name, a JSON object, into `ret`; its whole path into `path`. Returns 0, or -errno with
 * `e` naming the file.
 */
int result_json_file(const char *run_dir, const char *name, char path[static PATH_MAX],
	json_t **ret, struct err *e);

/* A trial is read by its own file, result_trial.c. */
struct reader;
int result_trial_read(struct reader *r, json_t *object, const char *at, struct trial *ret);
void result_trial_done(struct trial *t);
void result_resolvers_read(struct reader *r, struct result *ret); /* result_resolvers.c */
struct stats result_stats_read(struct reader *r, json_t *object, const char *at, const char *key);
struct noise result_noise_read(struct reader *r, json_t *object, const char *at, const char *key);
const char **result_strings_read(
	struct reader *r, json_t *object, const char *at, const char *key, size_t *ret_n);

#endif
