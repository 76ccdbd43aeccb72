/* citymap_geo.h - from the globe to the paper: where to cut it, how to project, how to fit. */
#ifndef LIB_CITYMAP_GEO_H
#define LIB_CITYMAP_GEO_H

#include <stdbool.h>
#include <stddef.h>

struct geo_point {
	double lat, lon; /* degrees */
};

struct paper_point {
	double x, y;
	bool starts; /* the pen is lifted before it: the line came round the edge of the map */
};

/* A part of the world on a rectangle of paper. */
struct citymap_view {
	double lon0;			 /* in the middle; the map is cut at lon0 + 180 */
	double scale;			 /* paper units per unit of the projection */
	double x0, y0;			 /* of lat 0, lon lon0 */
	double left, top, width, height; /* the rectangle */
};

/*
 * Where to cut: in the middle of that gap between neighbouring cities which the fewest links
 * cross, of those the widest.
 *
 *      ends    2 per link
 *
 * Returns the longitude of the map's middle, -180 to 180.
 */
double citymap_middle(
	const struct geo_point *cities, size_t n, const struct geo_point *ends, size_t links);

/* Equal Earth (Savric, Patterson, Jenny 2018) of a latitude and a longitude from the middle. */
void citymap_equal_earth(double lat, double lon, double *ret_x, double *ret_y);

struct paper_point citymap_project(const struct citymap_view *v, struct geo_point p);

/*
 * Fit cities and links, with room around them for labels, into a rectangle.
 *
 *      width, height_max       of the paper; the height that is needed is in ret->height
 *      room_x, room_y          paper kept free beside and above the outermost
 */
void citymap_fit(struct citymap_view *ret, const struct geo_point *cities, size_t n,
	const struct geo_point *ends, size_t links, double width, double height_max, double room_x,
	double room_y);

enum { CITYMAP_ARC_POINTS = 50 }; /* 48 steps, and both sides of a cut */

/*
 * The great circle from a to b on paper.
 *
 *      offset  paper units to the left of it, for parallel lines; they meet at their ends
 *
 * Returns how many points were written; where the map is cut the line ends at the edge and a
 * point that `starts` follows at the other edge.
 */
size_t citymap_arc(const struct citymap_view *v, struct geo_point a, struct geo_point b,
	double offset, struct paper_point ret[static CITYMAP_ARC_POINTS]);

#endif
