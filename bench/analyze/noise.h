/* noise.h - how disturbed a trial was, and whether that was too much. */
#ifndef BENCH_ANALYZE_NOISE_H
#define BENCH_ANALYZE_NOISE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/analyze/run.h"

/* What the events say about the host, gathered line by line. */
struct noise_events {
	bool has_clock, has_cpu;
	int64_t offset_low_ns, offset_high_ns; /* wall - mono */
	int64_t low_error_ns, high_error_ns;   /* of those two readings */
	int64_t first_wall_ns, last_wall_ns;   /* of the pressure events */
	int64_t first_us[3], last_us[3];       /* cpu_some, steal, foreign; cumulative */
	bool has[3];
};

void noise_take_event(struct noise_events *n, const char *name, const json_t *event);

/* Write what was gathered into the trial's noise, and judge it after noise_of_files. */
void noise_of_events(const struct noise_events *n, struct trial *t);

/* Read what the probes, the captures and the link emulator left, and judge all against the limits. */
void noise_of_files(const struct run *r, struct trial *t);

/* Hold the noise figure `key` against the limit of the same name, if both are there. */
void noise_judge(
	const struct run *r, struct trial *t, const char *key, const char *what, const char *unit);

#endif
