/* bgp_watch.c - what a router tells on of the table that it is told, and how long each change takes to get there. */
#include "bench/load/bgp_watch.h"

#include <errno.h>
#include <stdlib.h>

int
bgp_watch_init(struct bgp_watch *w, const struct bgp_table *t)
{
	size_t n = bgp_table_len(t) + 1;

	*w = (struct bgp_watch){.table = t};
	w->here = calloc(n, sizeof(*w->here));
	w->waiting_ns = calloc(n, sizeof(*w->waiting_ns));
	w->gone = calloc(n, sizeof(*w->gone));
	if (w->here == NULL || w->waiting_ns == NULL || w->gone == NULL) {
		bgp_watch_done(w);
		return -ENOMEM;
	}
	return 0;
}

void
bgp_watch_done(struct bgp_watch *w)
{
	free(w->here);
	free(w->waiting_ns);
	free(w->gone);
	w->here = NULL;
	w->waiting_ns = NULL;
	w->gone = NULL;
}

static void
take(struct bgp_watch *w, struct bgp_prefixes it, bool withdrawn, struct mono now)
{
	struct bgp_prefix p;

	while (bgp_prefix_next(&it, &p)) {
		int64_t i = bgp_table_find(w->table, p.family, p.addr, p.bits);

		if (i < 0) {
			w->other += !withdrawn;
			continue;
		}
		if (w->waiting_ns[i] != 0 && w->gone[i] == withdrawn) {
			hist_add(&w->echo, now.ns - w->waiting_ns[i]);
			w->waiting_ns[i] = 0;
		}
		if (withdrawn) {
			w->seen -= w->here[i];
		} else if (!w->here[i]) {
			w->seen++;
			w->last = now;
			if (w->first.ns == 0)
				w->first = now;
		}
		w->here[i] = !withdrawn;
	}
}

void
bgp_watch_update(struct bgp_watch *w, const struct bgp_update *u, struct mono now)
{
	take(w, u->withdrawn, true, now);
	take(w, u->mp_withdrawn, true, now);
	take(w, u->announced, false, now);
	take(w, u->mp_announced, false, now);
}

void
bgp_watch_expect(struct bgp_watch *w, const struct bgp_step *step, struct mono now)
{
	for (size_t k = 0; step->first >= 0 && k < step->n; k++) {
		w->waiting_ns[(size_t)step->first + k] = now.ns;
		w->gone[(size_t)step->first + k] = step->withdraw;
	}
}
