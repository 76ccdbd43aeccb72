/* bgp_churn.c - a table that does not rest: routes change their path, go and come back, at a rate, from a seed. */
#include "bench/load/bgp_churn.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cursor.h"
#include "lib/mono.h"
#include "lib/rng.h"

enum { ORIGINAL = 0, VARIANTS = 5, GONE = 255, MAX_TOGETHER = 16, ATTR_AS_PATH = 2 };

static const uint32_t FIRST_DETOUR = 4200100101U;

struct bgp_churn {
	const struct bgp_table *table;
	struct bgp_churn_options options;
	struct rng rng;
	double due_ns;
	uint8_t *state; /* of each route: ORIGINAL, 1 to VARIANTS, GONE */
	uint8_t attrs[BGP_ATTRS_MAX_BYTES + 8];
};

int
bgp_churn_new(
	struct bgp_churn **ret, const struct bgp_table *t, const struct bgp_churn_options *options)
{
	struct bgp_churn *c = calloc(1, sizeof(*c));

	if (c == NULL || (c->state = calloc(bgp_table_len(t), 1)) == NULL) {
		free(c);
		return -ENOMEM;
	}
	c->table = t;
	c->options = *options;
	rng_init(&c->rng, options->seed ^ 0x636875726eULL);
	*ret = c;
	return 0;
}

void
bgp_churn_free(struct bgp_churn *c)
{
	if (c == NULL)
		return;
	free(c->state);
	free(c);
}

/*
 * The set with a detour: another AS before its path, so that it is one longer. Where it does not fit, the set as it is.
 */
static struct bgp_attrs
with_detour(struct bgp_churn *c, struct bgp_attrs attrs, unsigned variant)
{
	struct cursor in = cursor_over(attrs.bytes, attrs.len);
	uint32_t as = FIRST_DETOUR + variant;

	while (cursor_left(&in) >= 3) {
		const uint8_t *at = in.at;
		size_t head = at[0] & 0x10 ? 4 : 3;
		size_t len = head == 4 ? (size_t)at[2] << 8 | at[3] : at[2];
		size_t before = (size_t)(at - attrs.bytes), rest;

		if (cursor_take(&in, head + len) == NULL)
			break;
		if (at[1] != ATTR_AS_PATH)
			continue;
		if (len < 2 || at[head] != BGP_AS_SEQUENCE || at[head + 1] == 255 ||
			(head == 3 && len + 4 > 255) || attrs.len + 4 > BGP_ATTRS_MAX_BYTES)
			break;
		rest = attrs.len - before - head - 2;
		memcpy(c->attrs, attrs.bytes, before + head + 2);
		c->attrs[before + head - 1] = (uint8_t)(len + 4);
		if (head == 4)
			c->attrs[before + 2] = (uint8_t)((len + 4) >> 8);
		c->attrs[before + head + 1]++;
		memcpy(c->attrs + before + head + 2,
			(uint8_t[]){(uint8_t)(as >> 24), (uint8_t)(as >> 16), (uint8_t)(as >> 8),
				(uint8_t)as},
			4);
		memcpy(c->attrs + before + head + 6, at + head + 2, rest);
		return (struct bgp_attrs){c->attrs, attrs.len + 4};
	}
	return attrs;
}

/* From route `first` on, those that share its attributes and what has become of them. */
static size_t
together(const struct bgp_churn *c, size_t first, size_t max)
{
	const struct bgp_route *r = bgp_table_at(c->table, first);
	size_t len = bgp_table_len(c->table), n = 1;

	while (n < max && first + n < len && r[n].attrs == r->attrs && r[n].family == r->family &&
		c->state[first + n] == c->state[first])
		n++;
	return n;
}

static void
tell(struct bgp_churn *c, size_t first, size_t n, uint8_t state, struct bgp_step *ret)
{
	const struct bgp_route *r = bgp_table_at(c->table, first);

	*ret = (struct bgp_step){.due_ns = (int64_t)c->due_ns,
		.withdraw = state == GONE,
		.attrs = bgp_table_attrs(c->table, r->attrs),
		.routes = r,
		.n = n,
		.first = (int64_t)first};
	if (state != GONE && state != ORIGINAL)
		ret->attrs = with_detour(c, ret->attrs, state);
	memset(c->state + first, state, n);
}

void
bgp_churn_next(struct bgp_churn *c, struct bgp_step *ret)
{
	size_t len = bgp_table_len(c->table), hot = len / 100 + 1;
	double gap_ns = (double)NS_PER_S / c->options.rate_qps;
	size_t first, n = 1;
	uint8_t state;

	/* The restless ones are spread over the table: every hundredth. */
	if (rng_below(&c->rng, 2) == 0)
		first = (size_t)rng_below(&c->rng, hot) * 100 % len;
	else
		first = (size_t)rng_below(&c->rng, len);
	if (rng_below(&c->rng, 10) >= 6)
		n = together(c, first, 2 + (size_t)rng_below(&c->rng, MAX_TOGETHER - 1));
	if (c->state[first] == GONE)
		state = ORIGINAL;
	else if (rng_unit(&c->rng) < c->options.withdraw_ratio)
		state = GONE;
	else
		state = (uint8_t)((c->state[first] + 1 + rng_below(&c->rng, VARIANTS)) %
			(VARIANTS + 1));
	tell(c, first, n, state, ret);
	c->due_ns += c->options.constant ? gap_ns : -log(1 - rng_unit(&c->rng)) * gap_ns;
}

bool
bgp_churn_differing(struct bgp_churn *c, size_t *at, bool original, struct bgp_step *ret)
{
	size_t len = bgp_table_len(c->table);

	while (*at < len && c->state[*at] == ORIGINAL)
		++*at;
	if (*at == len)
		return false;
	size_t n = together(c, *at, len), first = *at;

	*at += n;
	tell(c, first, n, original ? ORIGINAL : c->state[first], ret);
	return true;
}
