/* bgp.c - the `bgp` of result.json as C: what each router did with the change, and what it told whom. */
#include "reports/bgp.h"

#include <stdlib.h>

#include "reports/reader.h"
#include "reports/result.h"

#define ENTRIES_MAX 10000

static struct spread
spread_read(struct reader *r, json_t *object, const char *at, const char *key)
{
	struct stats s = result_stats_read(r, object, at, key);

	return (struct spread){s.n, s.p50, s.max};
}

static void
routers_read(struct reader *r, json_t *o, struct bgp *b)
{
	json_t *list = reader_list(r, o, "bgp", "routers", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	b->router = reader_alloc(r, json_array_size(list), sizeof(*b->router));
	for (size_t i = 0; b->router != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *one = reader_entry(r, list, i, "bgp", "routers", at);

		b->router[b->n_routers++] = (struct router){
			.node = reader_str(r, one, at, "node"),
			.role = reader_str(r, one, at, "role"),
			.city = reader_str(r, one, at, "city"),
			.updates_in = reader_num(r, one, at, "updates_in"),
			.updates_out = reader_num(r, one, at, "updates_out"),
			.withdraws_out = reader_num(r, one, at, "withdraws_out"),
			.messages_out = reader_num(r, one, at, "messages_out"),
			.bytes_out = reader_num(r, one, at, "bytes_out"),
			.first_in_ms = spread_read(r, one, at, "first_update_in_ms"),
			.first_out_ms = spread_read(r, one, at, "first_update_out_ms"),
			.last_out_ms = spread_read(r, one, at, "last_update_out_ms"),
			.rib_ms = spread_read(r, one, at, "rib_convergence_ms"),
			.fib_ms = spread_read(r, one, at, "fib_convergence_ms"),
			.steps = spread_read(r, one, at, "path_exploration_steps"),
		};
	}
}

static void
hops_read(struct reader *r, json_t *o, struct bgp *b)
{
	json_t *list = reader_list(r, o, "bgp", "hops", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	b->hop = reader_alloc(r, json_array_size(list), sizeof(*b->hop));
	for (size_t i = 0; b->hop != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *one = reader_entry(r, list, i, "bgp", "hops", at);

		b->hop[b->n_hops++] = (struct hop){
			.from = reader_str(r, one, at, "from"),
			.to = reader_str(r, one, at, "to"),
			.updates = reader_num(r, one, at, "updates"),
			.withdraws = reader_num(r, one, at, "withdraws"),
			.messages = reader_num(r, one, at, "messages"),
			.bytes = reader_num(r, one, at, "bytes"),
		};
	}
}

void
bgp_read(struct reader *r, struct result *res)
{
	json_t *o = reader_object(r, res->root, "", "bgp");
	json_t *totals = reader_object(r, o, "bgp", "totals");
	struct bgp *b = &res->bgp;

	b->is_there = o != NULL;
	b->trials = reader_num(r, o, "bgp", "trials");
	b->fib_trials = reader_num(r, o, "bgp", "fib_trials");
	b->wire_accuracy_ms = reader_num(r, o, "bgp", "wire_accuracy_ms");
	b->fib_accuracy_ms = reader_num(r, o, "bgp", "fib_accuracy_ms");
	b->updates = spread_read(r, totals, "bgp.totals", "updates").p50;
	b->withdraws = spread_read(r, totals, "bgp.totals", "withdraws").p50;
	b->messages = spread_read(r, totals, "bgp.totals", "messages").p50;
	b->bytes = spread_read(r, totals, "bgp.totals", "bytes").p50;
	b->sessions_lost = spread_read(r, totals, "bgp.totals", "sessions_lost").p50;
	routers_read(r, o, b);
	hops_read(r, o, b);
}

void
bgp_done(struct bgp *b)
{
	free(b->router);
	free(b->hop);
}
