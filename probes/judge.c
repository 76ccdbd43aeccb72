/* judge.c - is this answer what the plan calls good? */
#include "probes/judge.h"

enum answers_status
judge_answer(const struct plan *p, const struct plan_stream *s, const struct dns_msg *msg)
{
	if (msg->rcode != p->expect_rcode)
		return ANSWERS_WRONG_RCODE;
	if ((msg->flags & DNS_TC) != 0)
		return ANSWERS_TRUNCATED;
	if (s->service == PLAN_LARGE && msg->txt == NULL)
		return ANSWERS_WRONG_DATA;
	if (s->service != PLAN_LARGE && p->expect_txt[0] != '\0' &&
		(msg->txt == NULL || !dns_txt_is(msg->txt, msg->txt_len_bytes, p->expect_txt)))
		return ANSWERS_WRONG_DATA;
	if (!p->plain && s->service != PLAN_RESOLVER &&
		(msg->nsid == NULL || msg->nsid_len_bytes == 0))
		return ANSWERS_NO_NSID;
	return ANSWERS_GOOD;
}
