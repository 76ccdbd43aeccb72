/* homecoming.h - what undoing the fault cost: queries lost at the return, and who is not served as before. */
#ifndef REPORTS_HOMECOMING_H
#define REPORTS_HOMECOMING_H

#include <stdbool.h>

#include "lib/buf.h"
#include "reports/result.h"

#define HOMECOMING_CITIES_MAX 32

struct homecoming {
	size_t trials; /* valid ones in which the fault was undone; 0: nothing below is set */
	double lost;   /* queries, over these trials */
	struct {
		const struct city *city;
		double lost, longest_ms;  /* first to last loss in the worst trial; 0: not known */
	} by_city[HOMECOMING_CITIES_MAX]; /* that lost any, the most first */
	size_t n_cities;
	size_t mixed; /* rows that the same PoP serves again, but not wholly */
	size_t moved; /* rows of result.catchment that another PoP serves after the return than before */
};

void homecoming_of(const struct result *r, struct homecoming *ret);

/*
 * Sentences, plain text: "The return lost 2 465 queries: London 2403 (over 6.40 s), Sydney 62."
 * and "Not served as before after the return: Los Angeles IPv4 (tyo before, fra after)."
 * Nothing where there is nothing to find.
 */
void homecoming_say_lost(struct buf *b, const struct homecoming *h);
void homecoming_say_moved(struct buf *b, const struct result *r);

/* The PoP that answers most; NULL if there is none. "none" is one. */
const char *homecoming_main_site(const struct shares *s);

/* When the last query after the restore was lost, from the fault; NaN if none was. */
double homecoming_last_loss_ms(const struct trial *t);

#endif
