/* citymap_sheet.h - what the files that draw one map share; theirs alone. */
#ifndef LIB_CITYMAP_SHEET_H
#define LIB_CITYMAP_SHEET_H

#include "lib/citymap_draw.h"
#include "lib/citymap_geo.h"
#include "lib/citymap_place.h"

struct citymap_sheet {
	struct buf *b;
	const struct citymap *m;
	const struct citymap_draw *d;
	struct citymap_view view;
	struct paper_point *points; /* of lines, for labels to avoid */
	size_t points_len, points_room;
	struct place_box *taken;
	size_t taken_len, taken_room;
};

static inline struct geo_point
citymap_place_of(const struct citymap_city *c)
{
	return (struct geo_point){c->lat, c->lon};
}

/* Write the labels of all cities where they cover nothing. */
void citymap_labels(struct citymap_sheet *s);

#endif
