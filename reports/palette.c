/* palette.c - the report's colours by what they mean; a PoP keeps its colour in every plot and table. */
#include "reports/palette.h"

#include <stdlib.h>
#include <string.h>

#define SITE_COLOURS 6

static const struct {
	uint32_t rgb;
	const char *css;
} colours[COLOUR_COUNT] = {
	[COLOUR_INK] = {0x1f2933, "--ink"},
	[COLOUR_MUTE] = {0x566270, "--mute"},
	[COLOUR_GRID] = {0xdfe4ea, "--grid"},
	[COLOUR_PAPER] = {0xffffff, "--paper"},
	[COLOUR_UNANSWERED] = {0xd55e00, "--lost"},
	[COLOUR_UNANSWERED_TEXT] = {0xa84300, "--lost-text"},
	[COLOUR_FAILED] = {0x7f2f00, "--failed"},
	[COLOUR_SITE] = {0x0072b2, "--site0"},
	[COLOUR_SITE + 1] = {0xe69f00, "--site1"},
	[COLOUR_SITE + 2] = {0x009e73, "--site2"},
	[COLOUR_SITE + 3] = {0xcc79a7, "--site3"},
	[COLOUR_SITE + 4] = {0x56b4e9, "--site4"},
	[COLOUR_SITE + 5] = {0xf0e442, "--site5"},
	[COLOUR_SITE_TEXT] = {0x005a8d, "--site0-text"},
	[COLOUR_SITE_TEXT + 1] = {0x8a5f00, "--site1-text"},
	[COLOUR_SITE_TEXT + 2] = {0x006b4e, "--site2-text"},
	[COLOUR_SITE_TEXT + 3] = {0x9a3f73, "--site3-text"},
	[COLOUR_SITE_TEXT + 4] = {0x1b6fa3, "--site4-text"},
	[COLOUR_SITE_TEXT + 5] = {0x6b6300, "--site5-text"},
	[COLOUR_PHASE] = {0x332288, "--phase0"},
	[COLOUR_PHASE + 1] = {0x1f776f, "--phase1"},
	[COLOUR_PHASE + 2] = {0x86690f, "--phase2"},
	[COLOUR_PHASE + 3] = {0x882255, "--phase3"},
};

uint32_t
colour_rgb(enum colour c)
{
	return colours[c].rgb;
}

const char *
colour_css(enum colour c)
{
	return colours[c].css;
}

const char *
colour_css_of(uint32_t rgb)
{
	for (size_t i = 0; i < COLOUR_COUNT; i++)
		if (colours[i].rgb == rgb)
			return colours[i].css;
	return NULL;
}

void
palette_add(struct palette *p, const char *site)
{
	size_t at = 0;

	if (site == NULL || strcmp(site, "none") == 0)
		return;
	while (at < p->n && strcmp(p->site[at], site) < 0)
		at++;
	if ((at < p->n && strcmp(p->site[at], site) == 0) || p->n == PALETTE_SITES_MAX)
		return;
	memmove(p->site + at + 1, p->site + at, (p->n - at) * sizeof(p->site[0]));
	p->site[at] = site;
	p->n++;
}

void
palette_init(struct palette *p, const struct result *r)
{
	*p = (struct palette){0};
	for (size_t i = 0; i < r->n_catchment; i++) {
		palette_add(p, r->catchment[i].expected);
		for (size_t w = 0; w < WHEN_COUNT; w++)
			for (size_t s = 0; s < r->catchment[i].shares[w].n; s++)
				palette_add(p, r->catchment[i].shares[w].site[s]);
	}
	for (size_t i = 0; i < r->n_trials; i++) {
		const struct trial *t = &r->trial[i];

		for (size_t s = 0; s < t->timeline.n_sites; s++)
			palette_add(p, t->timeline.sites[s].site);
		for (size_t c = 0; c < t->n_cities; c++)
			for (size_t s = 0; s < t->cities[c].timeline.n_sites; s++)
				palette_add(p, t->cities[c].timeline.sites[s].site);
		for (size_t s = 0; s < t->n_streams; s++)
			palette_add(p, t->streams[s].first_good_site);
	}
}

static enum colour
of_site(const struct palette *p, const char *site, enum colour first)
{
	for (size_t i = 0; site != NULL && i < p->n; i++)
		if (strcmp(p->site[i], site) == 0)
			return (enum colour)((size_t)first + i % SITE_COLOURS);
	return COLOUR_MUTE;
}

enum colour
palette_fill(const struct palette *p, const char *site)
{
	return of_site(p, site, COLOUR_SITE);
}

enum colour
palette_text(const struct palette *p, const char *site)
{
	return of_site(p, site, COLOUR_SITE_TEXT);
}
