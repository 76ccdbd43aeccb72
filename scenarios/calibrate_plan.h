/* calibrate_plan.h - which links are blacked out and which are captured, from who reaches whom. */
#ifndef SCENARIOS_CALIBRATE_PLAN_H
#define SCENARIOS_CALIBRATE_PLAN_H

#include <jansson.h>

#include "lab/lab.h"
#include "lab/survey.h"

enum { CALIBRATE_DARK_MAX = 3, CALIBRATE_LINKS_MAX = 48 };

/* A link on its way into a site, and which paths end over it. */
struct calibrate_dark {
	size_t link;
	int end;	  /* the site's: frames towards it are lost */
	size_t paths[64]; /* indices into the survey's */
	size_t paths_len;
};

struct calibrate_choice {
	struct calibrate_dark dark[CALIBRATE_DARK_MAX]; /* the one of most paths first */
	size_t dark_len;
	size_t links[CALIBRATE_LINKS_MAX]; /* to be captured at both ends */
	size_t links_len;
};

/* Returns 0, or -ENOENT with `e` filled when no city reaches a site. */
int calibrate_choose(const struct topology *t, const struct survey *s, struct calibrate_choice *ret,
	struct err *e);

/* A capture plan for both ends of the chosen links: DNS only. NULL when out of memory. */
json_t *calibrate_captures(struct lab *lab, const struct calibrate_choice *choice);

/* "links" and "beside_probes" of calibration-plan.json. */
json_t *calibrate_links_json(const struct topology *t, const struct calibrate_choice *choice);
json_t *calibrate_beside_json(const struct topology *t, const struct calibrate_choice *choice);

/* [{"city", "family"}] of the paths that a dark link cuts. */
json_t *calibrate_crossing_json(
	const struct topology *t, const struct survey *s, const struct calibrate_dark *dark);

#endif
