/* outage.h - what clients lost to the fault, in a clause: by the streams of all figures, and by those that ask otherwise. */
#ifndef REPORTS_OUTAGE_H
#define REPORTS_OUTAGE_H

#include <stdbool.h>

#include "lib/buf.h"
#include "reports/result.h"

/*
 * "up to 132 of 350 streams lost queries, for up to 3.6 s; 17 queries were answered wrongly", "no stream lost a query; 2 of 8
 * cities were served by another PoP": without full stop. Nothing, and false, where no valid trial counted it.
 */
bool outage_say(struct buf *b, const struct result *r);

/* ", for up to 6.2 s in all, 1.1 s at a stretch" of the stream that lost most; nothing if none did. */
void outage_say_how_long(struct buf *b, const struct result *r);

/* "over TCP 97 of 705 queries were lost": of clients beside the streams. False if these lost none. */
bool outage_say_beside(struct buf *b, const struct result *r);

/* "3 of 8 cities lost queries": where, for a heading; the run has cities and a valid trial. */
void outage_say_where(struct buf *b, const struct result *r);

#endif
