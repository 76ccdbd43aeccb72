/* sweep_sessions.h - how often the BGP and BFD sessions of a lab went down, by the daemons' own records. */
#ifndef SCENARIOS_SWEEP_SESSIONS_H
#define SCENARIOS_SWEEP_SESSIONS_H

#include "lab/lab.h"
#include <stdbool.h>
#include <stddef.h>

struct sessions;

/* What the daemons say of each session now. One that does not answer is told in `e`: 0 or -errno. */
int sessions_take(struct lab *lab, struct sessions **ret, struct err *e);
void sessions_free(struct sessions *s); /* NULL is fine */

struct sessions_lost {
	size_t bgp, bfd;	   /* ends that went down between the two looks */
	size_t bgp_ends, bfd_ends; /* that were looked at */
};

struct sessions_lost sessions_compare(const struct sessions *before, const struct sessions *after);

/* Read what daemons say, into `s` (from sessions_new()): for sessions_take() and for tests. 0 or -EBADMSG. */
struct sessions *sessions_new(void);
int sessions_read_frr_bgp(struct sessions *s, const char *node, const char *json);
int sessions_read_frr_bfd(struct sessions *s, const char *node, const char *json);
int sessions_read_bird(struct sessions *s, const char *node, bool bfd, const char *text);
int sessions_read_openbgpd(struct sessions *s, const char *node, double now_s, const char *json);

#endif
