/*
 * look_state.h - a lab as it is right now, put side by side with how it was: what `lab watch` shows.
 */
#ifndef LAB_LOOK_STATE_H
#define LAB_LOOK_STATE_H

#include <jansson.h>

#include "lab/look_ask.h"
#include "lab/look_links.h"
#include "lab/survey.h"
#include "lib/mono.h"

/* Who serves a path by the FIBs, and since when; -1 is nobody, and before a change nothing is known. */
struct look_service {
	int site, before;	 /* node indices */
	struct wall changed;	 /* .ns == 0: not since we look */
	enum look_answer answer; /* as last told */
	char nsid[32];
};

struct look_state {
	struct lab *lab; /* borrowed */
	struct look_asker *asker;
	struct wall at;
	struct survey *now, *last; /* last: NULL at first */
	struct look_fault *faults;
	size_t faults_len;
	struct look_fault *last_faults;
	size_t last_faults_len;
	struct look_service *services; /* one per path */
};

/* Returns 0 or -errno with `e` filled; look_state_done() in both cases. */
int look_state_init(struct look_state *s, struct lab *lab, struct err *e);
void look_state_done(struct look_state *s);

/*
 * Look again: ask the DNS, survey, links.
 *
 *      patience_ns     how long to wait for DNS answers; what comes later counts next time
 *      change          is told each difference to the last look as a line; not at the first look
 *
 * Returns 0 or -errno with `e` filled.
 */
int look_state_take(struct look_state *s, int64_t patience_ns,
	void (*change)(void *arg, struct wall at, const char *line), void *arg, struct err *e);

/* One line on how it is: "healthy", or the first thing that is not, faults of links included. */
void look_state_explain(const struct look_state *s, char *out, size_t size);

/* The name of a site's node as people know it; "nobody" for -1. */
const char *look_site_name(const struct topology *t, int node);

/* What is the matter with a service that is not ready: "exited (signal 9)", "starting". */
void look_service_state(const json_t *service, char *out, size_t size);

/* {"schema": "catchment.lab-watch/1", …}, doc/formats.md. */
json_t *look_state_json(const struct look_state *s);

#endif
