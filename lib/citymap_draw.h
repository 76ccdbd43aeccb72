/* citymap_draw.h - the map itself: the world's net, links, who serves whom, cities and their labels. */
#ifndef LIB_CITYMAP_DRAW_H
#define LIB_CITYMAP_DRAW_H

#include "lib/buf.h"
#include "lib/citymap.h"

struct citymap_draw {
	const struct citymap *map;
	const char *id; /* prefix of the ids within */
	double width, height_max;
	double room_x, room_y; /* kept free around the outermost cities, for labels */
	double mark;	       /* radius of a city */
	double font;	       /* size of its name */
	bool full;	       /* labels that say who serves, and how far that is */
};

/* Append the map's elements, from 0,0. Returns its height. */
double citymap_draw(struct buf *b, const struct citymap_draw *d);

/* Pieces that a list and a legend show again: the PoP's ring and who serves, and both. */
void citymap_ring(struct buf *b, const struct citymap *m, const struct citymap_city *c, double x,
	double y, double r);
void citymap_dot(struct buf *b, const struct citymap *m, const struct citymap_city *c, double x,
	double y, double r);
void citymap_mark(struct buf *b, const struct citymap *m, const struct citymap_city *c, double x,
	double y, double r);

int citymap_colour(const struct citymap *m, const char *site);	      /* -1: none */
size_t citymap_network(const struct citymap *m, const char *network); /* its place among them */

void citymap_text(struct buf *b, double x, double y, double size, const char *class,
	const char *anchor, const char *text);
double citymap_text_width(const char *text, double size, bool bold); /* about; rather more */

enum { CITYMAP_SAY_BYTES = 96 };

/* Are both families served by the same? */
bool citymap_is_same(const struct citymap_city *c);

/* "hkg · 1.0 ms", "hkg 99 % · 1.0 ms", "nobody"; of a city, with what differs between families. */
void citymap_say_one(const struct citymap_service *s, char *out, size_t size);
void citymap_say_service(const struct citymap_city *c, char *out, size_t size);

#endif
