/* table.h - the catchment as probes of a measurement network saw it: per site who, how many, how far. */
#ifndef PROBES_IMPORT_TABLE_H
#define PROBES_IMPORT_TABLE_H

#include <jansson.h>
#include <stdio.h>

#include "probes/import/tally.h"

enum { TABLE_NAME_BYTES = 4 * ATLAS_SITE_BYTES + 1 };

struct table_site {
	uint16_t site; /* of the tally */
	uint64_t answers;
	uint64_t probes;  /* that it answered at least once */
	double share;	  /* of the catchment: each probe weighs 1, split by its own answers */
	double rtt_us[3]; /* quantiles 0.1, 0.5, 0.9, type 7 */
};

/* The answers over one IP version and transport. */
struct table_group {
	uint64_t queries, answered;
	uint64_t probes;	/* that asked */
	uint64_t probes_silent; /* that got no answer at all */
	uint64_t probes_moved;	/* that more than one site answered */
	uint64_t unnamed;	/* answers that do not tell their site */
	uint64_t malformed;
	uint64_t by_chaos; /* named in a TXT record of class CHAOS; the rest by NSID */
	uint64_t by_status[ANSWERS_STATUSES];
	uint64_t rcodes[256];
	uint64_t errors[TALLY_ERRORS];
	struct table_site *sites; /* largest share first */
	uint32_t sites_len;
};

struct table {
	const struct tally *tally;
	struct table_group groups[TALLY_GROUPS];
	uint64_t probes;
	int64_t first_ns, last_ns; /* sending, wall */
};

/*
 * Make the table; the tally's rows are in another order afterwards.
 * Returns 0 or -ENOMEM with `e` filled; table_done either way.
 */
int table_make(struct tally *t, struct table *ret, struct err *e);
void table_done(struct table *t);

/* The name of a site as text: what is not printable ASCII as \xNN. Returns `out`. */
const char *table_site_name(const struct tally_site *s, char out[static TABLE_NAME_BYTES]);

/* "catchment" of doc/formats.md (catchment.import/1), a new reference; NULL when out of memory. */
json_t *table_json(const struct table *t);

void table_print(const struct table *t, FILE *to);

#endif
