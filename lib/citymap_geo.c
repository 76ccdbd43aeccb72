/* citymap_geo.c - from the globe to the paper: where to cut it, how to project, how to fit. */
#include "lib/citymap_geo.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { ARC_STEPS = 48 };

#define RAD (M_PI / 180)

/* Smallest piece of the world that is drawn, in units of the projection (about 450 km). */
#define EXTENT_MIN 0.07

static double
wrap(double lon)
{
	lon = fmod(lon + 180, 360);
	return lon < 0 ? lon + 180 : lon - 180;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static size_t
crossings(double meridian, const struct geo_point *ends, size_t links)
{
	size_t n = 0;

	for (size_t i = 0; i < links; i++) {
		double span = wrap(ends[2 * i + 1].lon - ends[2 * i].lon);
		double at = wrap(meridian - ends[2 * i].lon);

		n += span > 0 ? at > 0 && at < span : at < 0 && at > span;
	}
	return n;
}

double
citymap_middle(const struct geo_point *cities, size_t n, const struct geo_point *ends, size_t links)
{
	double *lon = calloc(n + 1, sizeof(*lon)), best_cut = 180, best_gap = -1;
	size_t best_crossings = SIZE_MAX;

	if (lon == NULL || n == 0) {
		free(lon);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		lon[i] = wrap(cities[i].lon);
	qsort(lon, n, sizeof(*lon), ascending);
	for (size_t i = 0; i < n; i++) {
		double next = i + 1 < n ? lon[i + 1] : lon[0] + 360;
		double gap = next - lon[i], cut = lon[i] + gap / 2;
		size_t crossed = crossings(cut, ends, links);

		if (gap < 1e-9 || crossed > best_crossings ||
			(crossed == best_crossings && gap <= best_gap))
			continue;
		best_crossings = crossed;
		best_gap = gap;
		best_cut = cut;
	}
	free(lon);
	return wrap(best_cut + 180);
}

void
citymap_equal_earth(double lat, double lon, double *ret_x, double *ret_y)
{
	const double a1 = 1.340264, a2 = -0.081106, a3 = 0.000893, a4 = 0.003796;
	const double m = sqrt(3) / 2;
	double t = asin(m * sin(lat * RAD)), t2 = t * t, t6 = t2 * t2 * t2;

	*ret_x = lon * RAD * cos(t) / (m * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)));
	*ret_y = t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2));
}

static struct paper_point
put(const struct citymap_view *v, double lat, double lon_from_middle)
{
	double x, y;

	citymap_equal_earth(lat, lon_from_middle, &x, &y);
	return (struct paper_point){v->x0 + v->scale * x, v->y0 - v->scale * y, false};
}

struct paper_point
citymap_project(const struct citymap_view *v, struct geo_point p)
{
	return put(v, p.lat, wrap(p.lon - v->lon0));
}

/* A point of the great circle from a to b, at `t` of its length. */
static struct geo_point
between(struct geo_point a, struct geo_point b, double t)
{
	double p[3] = {cos(a.lat * RAD) * cos(a.lon * RAD), cos(a.lat * RAD) * sin(a.lon * RAD),
		sin(a.lat * RAD)};
	double q[3] = {cos(b.lat * RAD) * cos(b.lon * RAD), cos(b.lat * RAD) * sin(b.lon * RAD),
		sin(b.lat * RAD)};
	double dot = p[0] * q[0] + p[1] * q[1] + p[2] * q[2], r[3];
	double angle = acos(fmax(-1, fmin(1, dot))), s = sin(angle);
	double ka = s < 1e-9 ? 1 - t : sin((1 - t) * angle) / s;
	double kb = s < 1e-9 ? t : sin(t * angle) / s;

	for (int i = 0; i < 3; i++)
		r[i] = ka * p[i] + kb * q[i];
	return (struct geo_point){atan2(r[2], hypot(r[0], r[1])) / RAD, atan2(r[1], r[0]) / RAD};
}

/* Parallel lines: full distance in the middle, none at the ends. */
static void
shift(struct paper_point *list, size_t n, double offset)
{
	struct paper_point *from = calloc(n + 1, sizeof(*from));

	for (size_t i = 0; from != NULL && i < n; i++)
		from[i] = list[i];
	for (size_t i = 0; from != NULL && i < n; i++) {
		size_t back = i > 0 && !from[i].starts ? i - 1 : i;
		size_t on = i + 1 < n && !from[i + 1].starts ? i + 1 : i;
		double dx = from[on].x - from[back].x, dy = from[on].y - from[back].y;
		double len = hypot(dx, dy), t = n > 1 ? (double)i / (double)(n - 1) : 0;
		double k = offset * fmin(1, fmin(5 * t, 5 * (1 - t)));

		if (len < 1e-9)
			continue;
		list[i].x += k * dy / len;
		list[i].y -= k * dx / len;
	}
	free(from);
}

size_t
citymap_arc(const struct citymap_view *v, struct geo_point a, struct geo_point b, double offset,
	struct paper_point ret[static CITYMAP_ARC_POINTS])
{
	double last = 0, last_lat = 0;
	size_t n = 0;

	for (int i = 0; i <= ARC_STEPS; i++) {
		struct geo_point g = between(a, b, (double)i / ARC_STEPS);
		double lon = wrap(g.lon - v->lon0);

		if (i > 0 && fabs(lon - last) > 180 && n + 2 < CITYMAP_ARC_POINTS + 1) {
			double edge = last > 0 ? 180 : -180;

			/* The step across the cut becomes two points, one at each edge. */
			ret[n++] = put(v, (g.lat + last_lat) / 2, edge);
			if (n < CITYMAP_ARC_POINTS) {
				ret[n] = put(v, (g.lat + last_lat) / 2, -edge);
				ret[n++].starts = true;
			}
			last = lon;
			last_lat = g.lat;
			continue;
		}
		if (n < CITYMAP_ARC_POINTS)
			ret[n++] = put(v, g.lat, lon);
		last = lon;
		last_lat = g.lat;
	}
	if (n > 0)
		ret[0].starts = true;
	if (offset != 0)
		shift(ret, n, offset);
	return n;
}

static void
widen(double *low, double *high, double least)
{
	double more = (least - (*high - *low)) / 2;

	if (more > 0) {
		*low -= more;
		*high += more;
	}
}

void
citymap_fit(struct citymap_view *ret, const struct geo_point *cities, size_t n,
	const struct geo_point *ends, size_t links, double width, double height_max, double room_x,
	double room_y)
{
	struct citymap_view unit = {.lon0 = citymap_middle(cities, n, ends, links), .scale = 1};
	double low_x = 1e9, high_x = -1e9, low_y = 1e9, high_y = -1e9, by_height;

	for (size_t i = 0; i < n + links; i++) {
		struct paper_point arc[CITYMAP_ARC_POINTS];
		size_t len = 1;

		if (i < n)
			arc[0] = citymap_project(&unit, cities[i]);
		else
			len = citymap_arc(&unit, ends[2 * (i - n)], ends[2 * (i - n) + 1], 0, arc);
		for (size_t k = 0; k < len; k++) {
			low_x = fmin(low_x, arc[k].x);
			high_x = fmax(high_x, arc[k].x);
			low_y = fmin(low_y, arc[k].y);
			high_y = fmax(high_y, arc[k].y);
		}
	}
	if (n + links == 0)
		low_x = high_x = low_y = high_y = 0;
	widen(&low_x, &high_x, EXTENT_MIN);
	widen(&low_y, &high_y, EXTENT_MIN / 2);
	unit.scale = (width - 2 * room_x) / (high_x - low_x);
	by_height = (height_max - 2 * room_y) / (high_y - low_y);
	if (by_height < unit.scale)
		unit.scale = by_height;
	unit.width = width;
	unit.height = fmin(height_max, (high_y - low_y) * unit.scale + 2 * room_y);
	unit.x0 = width / 2 - unit.scale * (low_x + high_x) / 2;
	unit.y0 = unit.height / 2 - unit.scale * (low_y + high_y) / 2;
	*ret = unit;
}
