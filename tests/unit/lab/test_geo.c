/* test_geo.c - distances on the globe and what light in fibre makes of them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <math.h>

#include "lab/geo.h"

/* Vincenty on the WGS 84 ellipsoid, computed apart from this program; a sphere is off by up to 0.4 %. */
static void
distances(void **state)
{
	static const struct {
		double lat1, lon1, lat2, lon2, km, within;
	} rows[] = {{22.32, 114.17, 35.68, 139.69, 2880.6, 0.003},
		{34.05, -118.24, 51.51, -0.13, 8776.3, 0.003},
		{50.11, 8.68, -23.55, -46.63, 9807.0, 0.003},
		{51.51, -0.13, 50.11, 8.68, 639.8, 0.004},
		{35.68, 139.69, 34.05, -118.24, 8835.7, 0.003},
		{22.32, 114.17, 1.35, 103.82, 2576.4, 0.004},
		{-33.87, 151.21, 34.05, -118.24, 12063.3, 0.003}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double there =
			geo_distance_km(rows[i].lat1, rows[i].lon1, rows[i].lat2, rows[i].lon2);
		double back =
			geo_distance_km(rows[i].lat2, rows[i].lon2, rows[i].lat1, rows[i].lon1);

		assert_true(fabs(there / rows[i].km - 1) < rows[i].within);
		assert_true(fabs(there - back) < 1e-6);
	}
}

static void
corners(void **state)
{
	const double half_km = M_PI * 6371.0088;

	(void)state;
	assert_true(geo_distance_km(35, 139, 35, 139) == 0);
	assert_true(fabs(geo_distance_km(0, 0, 0, 180) - half_km) < 1e-6);
	assert_true(fabs(geo_distance_km(90, 0, -90, 77) - half_km) < 1e-6);
	assert_true(fabs(geo_distance_km(90, 10, 90, -100)) < 1e-6);
	/* Across the date line, and the same place named by two longitudes. */
	assert_true(fabs(geo_distance_km(0, 179.5, 0, -179.5) - half_km / 180) < 1e-6);
	assert_true(fabs(geo_distance_km(12, 180, 12, -180)) < 1e-6);
}

/* distance x 1.468 / 299792.458 km/s x stretch: 1000 km are 4.8967 ms. */
static void
delays(void **state)
{
	(void)state;
	assert_int_equal(geo_delay_ns(0, 1.3), 0);
	assert_int_equal(geo_delay_ns(1000, 1), 4896721);
	assert_int_equal(geo_delay_ns(1000, 1.5), 7345081);
	assert_int_equal(geo_delay_ns(20015, 10), 980078692);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(corners),
		cmocka_unit_test(delays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
