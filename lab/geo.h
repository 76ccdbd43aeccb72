/* geo.h - how long light in fibre needs between two places. */
#ifndef LAB_GEO_H
#define LAB_GEO_H

#include <stdint.h>

/* Great-circle distance in kilometres on a sphere of 6371.0088 km (IUGG mean radius). */
double geo_distance_km(double lat1, double lon1, double lat2, double lon2);

/*
 * One-way delay of a fibre: distance x 1.468 / c x stretch.
 *
 *      stretch         fibre path over great circle, >= 1
 *
 * Source of the refractive index: G.652 fibre at 1550 nm, group index 1.468.
 */
int64_t geo_delay_ns(double distance_km, double stretch);

#endif
