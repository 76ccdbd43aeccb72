/* rfc_sessions.c - how many BGP sessions a trial's fault cost, by what the wire says of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/rfc_bgp.h"

/* The same two addresses, in whichever order: a session that comes back is a TCP connection of its own. */
static bool
is_same(const struct bgplog_session *a, const struct bgplog_session *b)
{
	size_t len = sizeof(a->addr[0]);

	if (a->family != b->family)
		return false;
	return (memcmp(a->addr[0], b->addr[0], len) == 0 &&
		       memcmp(a->addr[1], b->addr[1], len) == 0) ||
		(memcmp(a->addr[0], b->addr[1], len) == 0 &&
			memcmp(a->addr[1], b->addr[0], len) == 0);
}

/* By connection: the first one between the same addresses. NULL when out of memory. */
static size_t *
first_of_each(const struct bgplog *log)
{
	size_t *first = calloc(log->sessions + 1, sizeof(*first));

	for (size_t i = 0; first != NULL && i < log->sessions; i++)
		while (!is_same(&log->session[first[i]], &log->session[i]))
			first[i]++;
	return first;
}

/* Of the connections between two addresses, from the fault on. */
struct signs {
	bool talks; /* a message was seen in the second half of the time to the restore */
	bool told;  /* lost or not: the first sign has told */
};

static bool
is_end(const struct bgplog_entry *x)
{
	return x->what == BGPLOG_NOTIFICATION || x->what == BGPLOG_FIN || x->what == BGPLOG_RESET;
}

int
rfc_sessions_lost(const struct bgplog *log, int64_t fault_ns, int64_t restore_ns, size_t *ret_lost)
{
	size_t *first = first_of_each(log), lost = 0;
	struct signs *signs = calloc(log->sessions + 1, sizeof(*signs));
	int rc = first == NULL || signs == NULL ? -ENOMEM : 0;

	for (size_t i = bgplog_from(log, fault_ns); rc == 0 && i < log->entries; i++) {
		const struct bgplog_entry *x = &log->entry[i];
		struct signs *s = x->session < 0 ? NULL : &signs[first[x->session]];

		if (s == NULL || s->told)
			continue;
		s->told = is_end(x) || x->what == BGPLOG_OPEN;
		if (!s->told)
			s->talks |= x->at_ns >= fault_ns + (restore_ns - fault_ns) / 2 &&
				x->at_ns < restore_ns;
		else
			lost += x->what == BGPLOG_OPEN || x->at_ns < restore_ns || !s->talks;
	}
	if (rc == 0)
		*ret_lost = lost;
	free(first);
	free(signs);
	return rc;
}
