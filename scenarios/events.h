/* events.h - the diary of a trial: events.jsonl, one flushed line per thing done or read. */
#ifndef SCENARIOS_EVENTS_H
#define SCENARIOS_EVENTS_H

#include <jansson.h>

#include "lib/err.h"
#include "lib/mono.h"

struct events;

int events_open(const char *path, struct events **ret, struct err *e);

/*
 * Add a line. `fields` (may be NULL) is consumed; wall_ns and mono_ns are now unless it has them.
 * A failure to write is kept and told by events_close().
 */
void events_add(struct events *ev, const char *event, json_t *fields);

/* Offset of the clocks and how disturbed the host is; call it once a second. */
void events_add_host(struct events *ev);

/* Returns 0, or -errno of the first write that failed (disk full), with `e` filled. */
int events_close(struct events *ev, struct err *e);

#endif
