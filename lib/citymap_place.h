/* citymap_place.h - where labels go, so that none lies on another, on a city or off the paper. */
#ifndef LIB_CITYMAP_PLACE_H
#define LIB_CITYMAP_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/citymap_geo.h"

struct place_box {
	double x, y, w, h; /* left upper corner and size */
};

enum { PLACE_FORMS = 2 };

/* A label, to lie near `at`. Its first form is the one wanted, the second says less. */
struct place_label {
	struct paper_point at;
	double clear;			       /* radius of the mark at `at` */
	double w[PLACE_FORMS], h[PLACE_FORMS]; /* size of each form */
	int form;	      /* out: the form that found a place; PLACE_FORMS: none did */
	struct place_box box; /* out */
	double away;	      /* out: paper between mark and label */
};

/*
 * Place all labels.
 *
 *      paper           they stay in it
 *      points, n       what is better not covered (points of lines)
 *      taken           what must not be covered
 *
 * A label that finds no free place in any form is left out. The same input gives the same map.
 * Returns 0 or -ENOMEM.
 */
int place_labels(struct place_label *labels, size_t len, struct place_box paper,
	const struct paper_point *points, size_t points_len, const struct place_box *taken,
	size_t taken_len);

bool place_overlap(const struct place_box *a, const struct place_box *b);

#endif
