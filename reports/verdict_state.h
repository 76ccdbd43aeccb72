/* verdict_state.h - what the state of a run has to do with its verdict: cut short, invalid, a quick look. */
#ifndef REPORTS_VERDICT_STATE_H
#define REPORTS_VERDICT_STATE_H

#include <stddef.h>

#include "reports/result.h"

/* Onto the end of `text`, of `size` bytes; what does not fit is left out. */
void verdict_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Sentences: cut short, trials that do not count and why, fewer than a figure to publish needs. */
void verdict_say_state(const struct result *r, size_t valid, char *text, size_t size);

/* Why a run without a valid trial says nothing; without full stop. */
void verdict_say_inconclusive(const struct result *r, char *text, size_t size);

/* Nothing missed is no promise: how often it may yet be missed, by the trials there were. */
void verdict_say_bound(const struct result *r, char *text, size_t size);

#endif
