/* look_map.h - a topology, and a lab of it if one is up, as what lib/citymap.h draws. */
#ifndef LAB_LOOK_MAP_H
#define LAB_LOOK_MAP_H

#include "lab/look_links.h"
#include "lab/survey.h"
#include "lib/citymap.h"

struct look_map {
	struct citymap map;
	char title[80], subtitle[512];
	/* what the map points into */
	struct citymap_city *cities;
	struct citymap_link *links;
	const char **sites;
	size_t *ways;	    /* SURVEY_HOPS per city */
	char (*words)[200]; /* faults of cities, then of links */
	char (*networks)[32];
};

/*
 * Make a map.
 *
 *      survey          who serves whom now, services included; NULL: the topology's `expect:` is drawn
 *      faults          links at fault now
 *
 * `m` borrows from all of them. Returns 0 or -ENOMEM; look_map_done() in both cases.
 */
int look_map_make(struct look_map *m, const struct topology *t, const struct survey *survey,
	const struct look_fault *faults, size_t faults_len);
void look_map_done(struct look_map *m);

/* What the lines of a link are called: "HKIX" at a switch, "A" between a-hkg and a-tyo, else "". */
void look_map_network(const struct topology *t, size_t link, char out[static 32]);

#endif
