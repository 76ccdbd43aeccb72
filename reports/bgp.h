/* bgp.h - the `bgp` of result.json as C: what each router did with the change, and what it told whom. */
#ifndef REPORTS_BGP_H
#define REPORTS_BGP_H

#include <stdbool.h>
#include <stddef.h>

/* n, p50 and max of samples; NaN where there is none. */
struct spread {
	double n, p50, max;
};

/* Counts are sums over the trials. */
struct router {
	const char *node, *role, *city;
	double updates_in, updates_out, withdraws_out, messages_out, bytes_out;
	struct spread first_in_ms, first_out_ms, last_out_ms, rib_ms, fib_ms, steps;
};

struct hop {
	const char *from, *to;
	double updates, withdraws, messages, bytes;
};

struct bgp {
	bool is_there;
	double trials, fib_trials, wire_accuracy_ms, fib_accuracy_ms;
	double updates, withdraws, messages, bytes; /* of the median trial */
	double sessions_lost;			    /* likewise; NaN: not known */
	struct router *router;
	struct hop *hop;
	size_t n_routers, n_hops;
};

struct reader;
struct result;

void bgp_read(struct reader *r, struct result *res);
void bgp_done(struct bgp *b);

#endif
