/* palette.h - the report's colours by what they mean; a PoP keeps its colour in every plot and table. */
#ifndef REPORTS_PALETTE_H
#define REPORTS_PALETTE_H

#include <stddef.h>
#include <stdint.h>

#include "reports/result.h"

/*
 * Okabe and Ito's colours, which stay apart for colour-blind readers. Vermilion is kept for queries
 * without an answer, so six remain for PoPs; a seventh PoP starts over (plots label directly).
 */
enum colour {
	COLOUR_INK,
	COLOUR_MUTE,
	COLOUR_GRID,
	COLOUR_PAPER,
	COLOUR_UNANSWERED,
	COLOUR_UNANSWERED_TEXT,
	COLOUR_FAILED,
	COLOUR_SITE,			     /* the first of six fills */
	COLOUR_SITE_TEXT = COLOUR_SITE + 6,  /* the same, dark enough for text on paper */
	COLOUR_PHASE = COLOUR_SITE_TEXT + 6, /* the first of four: paper reads well on them */
	COLOUR_COUNT = COLOUR_PHASE + 4,     /* not a colour */
};

/* What gnuplot draws with, and the CSS variable that takes its place in the page. */
uint32_t colour_rgb(enum colour c);
const char *colour_css(enum colour c);

/* The variable for an RGB value, NULL if it is none of ours. */
const char *colour_css_of(uint32_t rgb);

#define PALETTE_SITES_MAX 64
struct palette {
	const char *site[PALETTE_SITES_MAX]; /* sorted; "none" is not a site */
	size_t n;
};

/* All sites that a result names, sorted, so that the same lab gives the same colours. */
void palette_init(struct palette *p, const struct result *r);

/* One more, kept sorted; nothing for NULL, "none", one that is there, or a 65th. The name must outlive the palette. */
void palette_add(struct palette *p, const char *site);

/* Fill and text colour of a site; COLOUR_MUTE for one that is unknown. */
enum colour palette_fill(const struct palette *p, const char *site);
enum colour palette_text(const struct palette *p, const char *site);

#endif
