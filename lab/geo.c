/* geo.c - how long light in fibre needs between two places. */
#include "lab/geo.h"

#include <math.h>

double
geo_distance_km(double lat1, double lon1, double lat2, double lon2)
{
	const double radius_km = 6371.0088, rad = M_PI / 180;
	double dlat = (lat2 - lat1) * rad, dlon = (lon2 - lon1) * rad;
	double h =
		pow(sin(dlat / 2), 2) + cos(lat1 * rad) * cos(lat2 * rad) * pow(sin(dlon / 2), 2);

	return 2 * radius_km * asin(sqrt(fmin(1, h)));
}

int64_t
geo_delay_ns(double distance_km, double stretch)
{
	const double group_index = 1.468, c_km_per_s = 299792.458;

	return llround(distance_km * stretch * group_index / c_km_per_s * 1e9);
}
