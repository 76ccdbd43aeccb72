/*
 * citymap.h - a map of cities, links and who serves whom, as SVG; the lab and the report draw with it.
 *
 * The projection is Equal Earth, cut in the ocean or the continent that the fewest links cross and
 * zoomed to what there is; links are great circles. Colours are lib/theme.h's, by the name of the
 * site; a letter on each line names its network, so that nothing hangs on colour alone.
 */
#ifndef LIB_CITYMAP_H
#define LIB_CITYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

enum { CITYMAP_FAMILIES = 2 }; /* IPv4, IPv6 */

/* How one family of a city's clients is served. */
struct citymap_service {
	bool asked;	  /* there are clients of that family */
	const char *site; /* who serves them; NULL: nobody */
	double rtt_ms;	  /* NaN: not known */
	double share;	  /* of the answers that are the site's; 1 where only one can be */
};

struct citymap_city {
	const char *name, *title; /* "hkg", "Hong Kong" */
	double lat, lon;	  /* degrees */
	const char *site;	  /* the PoP of the service that is here; NULL: none */
	bool unicast;		  /* a site without the service */
	const char *fault;	  /* what is wrong here; NULL: nothing */
	struct citymap_service service[CITYMAP_FAMILIES];
	const size_t *
		way; /* cities on the way to the IPv4 site, itself first; NULL: as the crow flies */
	size_t way_len;
};

struct citymap_link {
	size_t city[2];
	const char *network; /* "A"; lines of one network look alike */
	const char *title;   /* "a-hkg:a-tyo--a-tyo:a-hkg" */
	double delay_ms;     /* one way */
	const char *fault;   /* what is wrong with it; NULL: nothing */
};

struct citymap {
	const char *title;    /* "Who serves each city now" */
	const char *subtitle; /* where that is known from */
	const struct citymap_city *cities;
	size_t cities_len;
	const struct citymap_link *links; /* between different cities */
	size_t links_len;
	const char *const *sites; /* sorted: a site's place is its colour */
	size_t sites_len;
};

/* The rules that the drawings need beside theme_css; class names begin with cm-. */
extern const char citymap_css[];

/* A whole file that fits its window: wide with full labels, below 720 px narrow with a list. */
void citymap_file(struct buf *b, const struct citymap *m);

/*
 * Only the map, small, for several side by side in a page that has theme_css and citymap_css.
 *
 *      id      letters and -, unique in the page
 */
void citymap_figure(struct buf *b, const struct citymap *m, const char *id);

/* Who serves whom in sentences, for those who do not see the map. */
void citymap_describe(struct buf *b, const struct citymap *m);

#endif
