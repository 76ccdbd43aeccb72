/*
 * atlas.h - one result of a RIPE Atlas DNS measurement, whatever firmware wrote it.
 *
 * A result holds one answer (`result`), none (`error`) or one of each resolver that the probe asked
 * (`resultset`). Firmware before 4460 says `pf` for `af`; before 4750 RDATA is a string and not a
 * list; NSID is nowhere but in the message itself, `abuf`.
 */
#ifndef PROBES_IMPORT_ATLAS_H
#define PROBES_IMPORT_ATLAS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/answers.h"
#include "lib/err.h"
#include "lib/inet.h"
#include "lib/mono.h"

enum { ATLAS_SITE_BYTES = 255, ATLAS_ERROR_BYTES = 24 };

enum atlas_named_by { ATLAS_UNNAMED, ATLAS_BY_NSID, ATLAS_BY_CHAOS };

struct atlas_answer {
	int64_t probe;
	int64_t measurement;
	uint8_t family; /* AF_INET or AF_INET6 */
	bool tcp;
	bool malformed;	    /* the message is none */
	bool clock_unsure;  /* the probe did not know whether its clock is right (lts -1) */
	struct inet target; /* family 0: not known */
	struct inet source; /* as the probe saw it, maybe private; family 0: not known */
	struct inet from;   /* as the network saw it; may be of the other family */
	struct wall sent;   /* whole seconds */
	int64_t rtt_ns;	    /* -1: no answer */
	enum answers_status status;
	uint8_t rcode; /* ANSWERS_RCODE_NONE: none, or not told */
	uint16_t subid;
	enum atlas_named_by named_by;
	uint8_t site[ATLAS_SITE_BYTES]; /* what the server called itself */
	size_t site_len_bytes;
	char error[ATLAS_ERROR_BYTES]; /* the first key of `error`; "": none */
	char country[3];	       /* "": not told (Atlas itself does not) */
	uint32_t asn;		       /* 0: not told */
};

typedef int (*atlas_take)(void *context, const struct atlas_answer *answer, struct err *e);

/*
 * Read one result and hand out each of its answers; all of them or, when the result is bad, none.
 *
 *      result          any JSON value
 *      take            may end it by a negative value
 *
 * Returns 0; -EBADMSG with `e` naming the key (not a DNS result, a key missing or absurd); or what
 * `take` returned.
 * Source: RIPE Atlas, Measurement Result Format, versions 1 to 5000.
 */
int atlas_read(const json_t *result, atlas_take take, void *context, struct err *e);

#endif
