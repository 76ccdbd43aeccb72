/* judge.h - is this answer what the plan calls good? */
#ifndef PROBES_JUDGE_H
#define PROBES_JUDGE_H

#include "lib/answers.h"
#include "lib/dns.h"
#include "probes/plan.h"

/*
 * Judge an answer that is known to belong to the query (address, port, id and question).
 *
 * The first of these that is so: wrong rcode, truncated, wrong data (no TXT, or another text than
 * expected), no NSID where one was asked for (a resolver is nobody's site and need give none), good.
 */
enum answers_status judge_answer(
	const struct plan *p, const struct plan_stream *s, const struct dns_msg *msg);

#endif
