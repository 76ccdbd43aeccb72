/* rfc_fib.c - what a trial's recorder saw of the anycast routes, and of carriers lost, as a list by time. */
#include "bench/analyze/rfc_fib.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/grow.h"
#include "lib/routelog.h"

static int
prefix_of(const struct run *r, const struct inet *dst)
{
	for (int i = 0; i < r->prefixes; i++) {
		const struct bgp_prefix *p = &r->prefix[i];

		if ((p->family == 6) == (dst->family == AF_INET6) && p->bits == dst->len &&
			memcmp(p->addr, dst->addr, p->family == 6 ? 16 : 4) == 0)
			return i;
	}
	return -1;
}

static int
keep(struct rfc_fib *f, const struct run *r, const struct bgplog *log,
	const struct routelog_event *x)
{
	int node, prefix = -1;

	if (x->op == ROUTELOG_LINK ? x->up && x->carrier
				   : x->op != ROUTELOG_SET && x->op != ROUTELOG_GONE)
		return 0;
	if (x->op != ROUTELOG_LINK) {
		prefix = prefix_of(r, &x->dst);
		if (prefix < 0)
			return 0;
	}
	node = bgplog_node(log, x->node);
	if (node < 0)
		return 0;
	if (grow(&f->event, f->n, sizeof(f->event[0])) < 0)
		return -ENOMEM;
	f->event[f->n++] = (struct rfc_fib_event){x->at.ns, node, prefix};
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct rfc_fib_event *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

static void
read_error(const struct run *r, const struct trial *t, struct rfc_fib *f)
{
	char path[PATH_MAX];
	json_t *stats, *p99;
	struct err unheard;

	trial_path(r, t, "record-stats.json", path, sizeof(path));
	if (json_file(path, &stats, &unheard) < 0)
		return;
	p99 = json_object_get(json_object_get(stats, "reading_error_us"), "p99");
	if (json_is_number(p99))
		f->error_ms = json_number_value(p99) / 1e3;
	json_decref(stats);
}

int
rfc_fib_read(
	const struct run *r, const struct trial *t, const struct bgplog *log, struct rfc_fib *ret)
{
	struct rfc_fib f = {.error_ms = NAN};
	struct routelog_event *x = malloc(sizeof(*x)); /* large: multipath */
	char path[PATH_MAX];
	struct routelog *routes = NULL;
	struct err unheard;
	int rc = x == NULL ? -ENOMEM : 0, got;

	trial_path(r, t, "routes.jsonl", path, sizeof(path));
	if (rc == 0 && routelog_open(path, &routes, &unheard) == 0) {
		f.is_there = true;
		/* A line that cannot be read was passed over. */
		while (rc == 0 && (got = routelog_next(routes, x, &unheard)) != 0)
			rc = got == 1 ? keep(&f, r, log, x) : 0;
		routelog_free(routes);
		read_error(r, t, &f);
	}
	free(x);
	if (rc < 0) {
		rfc_fib_done(&f);
		return rc;
	}
	if (f.n > 0)
		qsort(f.event, f.n, sizeof(f.event[0]), by_time);
	*ret = f;
	return 0;
}

void
rfc_fib_done(struct rfc_fib *f)
{
	free(f->event);
}
