/*
 * calibration.h - how wrong the instrument itself is: known things done to the lab, measured as any other.
 *
 * Three questions, each asked of the same probes, captures and links that the trials use:
 *
 *      blackouts       a link that loses every packet of a service for exactly T must be seen as T: by
 *                      each stream that crosses it to within one gap (RFC 6412 eq. 8), by all
 *                      streams of a city together far closer
 *      delay           a frame that a link was told to keep for D must be captured D later at its
 *                      other end
 *      round trip      what a probe says of its query must be what a capture beside it says
 */
#ifndef BENCH_ANALYZE_CALIBRATION_H
#define BENCH_ANALYZE_CALIBRATION_H

#include <jansson.h>

#include "lib/err.h"

/*
 * Measure RUN/calibration, which scenarios/calibrate.c filled.
 *
 *      run_dir         a run's folder: run.json, calibration/
 *      ret             out: a catchment.calibration/1 object (doc/formats.md); "good" false and "why" say
 *                      what is beyond its limit
 *
 * Returns 0 whatever was found, -errno with `e` filled when a file cannot be read or is damaged.
 */
int analyze_calibration(const char *run_dir, json_t **ret, struct err *e);

#endif
