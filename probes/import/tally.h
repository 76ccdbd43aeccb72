/*
 * tally.h - answers from a measurement network gathered: who asked, who answered, how fast.
 *
 * An answer takes 40 bytes of a temporary file, which is sorted in place; memory holds only what is
 * different: streams, names of sites. So exact quantiles need no memory either.
 */
#ifndef PROBES_IMPORT_TALLY_H
#define PROBES_IMPORT_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/answers.h"
#include "lib/err.h"
#include "probes/import/atlas.h"

enum {
	TALLY_STREAMS = 65535,
	TALLY_SITES = 65535,
	TALLY_GROUPS = 4,  /* IPv4 and IPv6, UDP and TCP */
	TALLY_ERRORS = 32, /* different names; more are "other" */
	TALLY_NO_SITE = 0xffff,
};

/* A probe asking an address over a transport, in one measurement. */
struct tally_stream {
	int64_t probe;
	int64_t measurement;
	uint8_t family;
	bool tcp;
	struct inet target, source, from;
	char country[3];
	uint32_t asn;
};

struct tally_site {
	uint8_t name[ATLAS_SITE_BYTES];
	uint8_t len_bytes;
};

struct tally_row {
	int64_t sent_ns;
	int64_t rtt_ns; /* -1: no answer */
	int64_t probe;
	uint16_t stream;
	uint16_t site; /* or TALLY_NO_SITE */
	uint16_t subid;
	uint8_t status;
	uint8_t rcode;
	uint8_t group;
	uint8_t named_by;
	uint8_t error; /* index; 0: none */
	uint8_t malformed;
};

struct tally {
	struct tally_stream *streams;
	uint32_t streams_len;
	struct tally_site *sites;
	uint32_t sites_len;
	char errors[TALLY_ERRORS][ATLAS_ERROR_BYTES]; /* [0] is none, the last "other" */
	uint32_t errors_len;
	uint64_t results, bad_results, clock_unsure; /* the caller counts the first two */
	uint64_t duplicates;			     /* known after tally_close */
	struct tally_row *rows;			     /* after tally_close */
	uint64_t rows_len;
	struct tally_index *index;
};

/* Returns 0 or -errno with `e` filled. Free with tally_free, which takes NULL. */
int tally_new(struct tally **ret, struct err *e);
void tally_free(struct tally *t);

/*
 * An atlas_take: context is the tally.
 * Returns 0, -E2BIG (more streams or sites than there is room for) or another -errno; `e` is filled.
 */
int tally_add(void *context, const struct atlas_answer *a, struct err *e);

/*
 * The end of adding: rows are mapped, without those that came twice, sorted by the instant of sending.
 */
int tally_close(struct tally *t, struct err *e);

/* Sort the rows: by sending; by group, probe, site; by group, site, round trip. */
void tally_sort_by_sent(struct tally *t);
void tally_sort_by_probe(struct tally *t);
void tally_sort_by_rtt(struct tally *t);

#endif
