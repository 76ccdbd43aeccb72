/* cal.h - what the parts of the calibration share: its plan, and the streams of its probes. */
#ifndef BENCH_ANALYZE_CAL_H
#define BENCH_ANALYZE_CAL_H

#include "bench/analyze/run.h"

enum { CAL_DIR_BYTES = 4096 };

struct cal {
	struct run *run;
	struct trial *trial; /* its answers, read as those of any trial */
	json_t *plan;	     /* calibration-plan.json */
	json_t *result;	     /* what is being filled */
	json_t *why;	     /* array of strings: what is not as it should be */
};

/* Note something that is not as it should be. One line. */
void cal_complain(struct cal *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Path of a file of the calibration. */
void cal_path(const struct cal *c, const char *name, char out[static CAL_DIR_BYTES]);

/* {"n", "min", "p50", "p99", "max"} in microseconds, one digit behind the point. */
json_t *cal_summary_us(const struct samples *s);

/* A limit of the plan, INFINITY when it states none. */
double cal_limit(const struct cal *c, const char *key);

/* Each fills one key of the result. 0, or -errno with `e` filled. */
int cal_blackouts(struct cal *c, struct err *e);
int cal_delay(struct cal *c, struct err *e);
int cal_rtt(struct cal *c, struct err *e);

#endif
