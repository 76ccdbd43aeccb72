/* phase_name.h - the phases of the budget in words, and what kind of waiting each is. */
#ifndef REPORTS_PHASE_NAME_H
#define REPORTS_PHASE_NAME_H

#include "reports/palette.h"

/* Who was slow: whoever had to notice the fault, BGP in telling it, the client's own next query, or nobody knows. */
enum phase_kind { PHASE_NOTICE, PHASE_SPREAD, PHASE_CLIENT, PHASE_UNEXPLAINED, PHASE_KINDS };

/* By the name in result.json; one that is not known is its own words, and unexplained. */
enum phase_kind phase_kind(const char *name);
const char *phase_title(const char *name);  /* "Wait for the health check": heads a row */
const char *phase_short(const char *name);  /* "check": within a bar */
const char *phase_clause(const char *name); /* "waiting for the health check": after "2.0 s were" */

const char *phase_kind_title(enum phase_kind k);
enum colour phase_colour(enum phase_kind k);

#endif
