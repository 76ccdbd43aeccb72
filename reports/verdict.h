/* verdict.h - what a run found, in one sentence and one word. */
#ifndef REPORTS_VERDICT_H
#define REPORTS_VERDICT_H

#include "lib/buf.h"
#include "reports/result.h"

enum verdict_kind {
	VERDICT_GOOD,
	VERDICT_MISSED,
	VERDICT_BROKEN, /* an expectation did not hold, the gate failed, or the lab did not heal */
	VERDICT_INCONCLUSIVE,
	VERDICT_NONE /* nothing was asked: neither a target judged nor an expectation there */
};

struct verdict {
	enum verdict_kind kind;
	char text[600];	   /* a sentence; of data it may hold ids: escape it */
	char aside[1200];   /* what else must be known at a glance; may be empty */
	char clients[300]; /* what clients lost, where `text` does not say it; may be empty */
};

void verdict_of(const struct result *r, struct verdict *ret);

/* Sign, word and class (of page.css) of a target's verdict; its name in JSON, where what is modelled is not told apart. */
const char *verdict_sign(enum target_verdict v);
const char *verdict_word(enum target_verdict v);
const char *verdict_class(enum target_verdict v);
const char *verdict_name(enum target_verdict v);

/* "refuted: x; missed: y, z": what v.text of a run has no room for; "" where nothing was missed. */
void verdict_say_missed(struct buf *b, const struct result *r);

#define VERDICT_QUICK_LOOK 20 /* trials below which a figure is a quick look */

#endif
