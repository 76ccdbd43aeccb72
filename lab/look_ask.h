/*
 * look_ask.h - what a client sees: now and then one DNS query from each city's access network.
 *
 * One query per city and service address is on its way at most; nothing here waits for an answer
 * that does not come.
 */
#ifndef LAB_LOOK_ASK_H
#define LAB_LOOK_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "lab/lab.h"
#include "lib/mono.h"

enum look_answer {
	LOOK_UNASKED, /* nothing came of a query yet */
	LOOK_GOOD,
	LOOK_SILENT,	  /* no answer within a second */
	LOOK_UNREACHABLE, /* an ICMP error came back */
	LOOK_UNSENT,	  /* no route: the query could not be sent */
	LOOK_BAD,	  /* another RCODE or other data than the topology's */
	LOOK_ANSWERS
};

struct look_reply {
	enum look_answer answer;
	char nsid[32];	/* who answered; "" when it did not say */
	int64_t rtt_ns; /* of a good or bad answer */
	unsigned int rcode;
};

/* "good", "no answer", "unreachable", "no route", "bad answer", "-". */
const char *look_answer_name(enum look_answer answer);

struct look_asker;

/*
 * Open a socket per city with an access network and service address, in the order in which a
 * survey lists its paths.
 *
 * Returns 0, or -errno with `e` filled.
 */
int look_asker_new(struct lab *lab, struct look_asker **ret, struct err *e);
void look_asker_free(struct look_asker *a);

/* Ask where no answer is waited for, under a name that was not asked before. */
void look_asker_send(struct look_asker *a);

/* Take answers until all have come or been given up, or the deadline passes. */
void look_asker_gather(struct look_asker *a, struct mono deadline);

/* What came of the latest query that something has come of. */
const struct look_reply *look_asker_reply(const struct look_asker *a, size_t path);
size_t look_asker_paths(const struct look_asker *a);

#endif
