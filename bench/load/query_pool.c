/* query_pool.c - names and types before they are dressed, and how often each of them is asked. */
#include "bench/load/query_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/queries_internal.h"
#include "lib/rng.h"

/* Which of the pool is asked when. */
struct sequence {
	uint32_t *at; /* NULL: in the pool's order */
	size_t once;  /* how long that is */
	size_t n;     /* and how long with all its rounds */
};

/* More copies of a dressed query than this are not looked for. */
enum { MEMO_MAX = 4 << 20 };

void
query_pool_done(struct query_pool *p)
{
	free(p->names);
	free(p->ask);
	*p = (struct query_pool){0};
}

bool
query_pool_takes_label(size_t name_bytes)
{
	return name_bytes + 1 + QUERIES_RANDOM_BYTES <= DNS_NAME_WIRE_BYTES;
}

int
query_pool_add(struct query_pool *p, const uint8_t *name, size_t name_bytes, uint16_t qtype,
	double weight, bool random)
{
	if (queries_reserve(&p->names, p->names_bytes, name_bytes, &p->names_room, 1) < 0 ||
		queries_reserve(&p->ask, p->n, 1, &p->room, sizeof(*p->ask)) < 0)
		return -ENOMEM;
	memcpy(p->names + p->names_bytes, name, name_bytes);
	p->ask[p->n++] = (struct query_ask){.name_at = p->names_bytes,
		.weight = weight,
		.qtype = qtype,
		.name_bytes = (uint8_t)name_bytes,
		.random = random};
	p->names_bytes += name_bytes;
	return 0;
}

static int
add(struct queries *q, const struct query_pool *p, size_t i, const struct query_form *form,
	size_t turn)
{
	const struct query_ask *a = &p->ask[i];
	struct query_name n = {p->names + a->name_at, a->name_bytes, a->qtype, a->random};

	return queries_add(q, &n, form, turn);
}

/*
 * `memo` knows where each query of the pool, with each subnet, was dressed first: one more than its
 * place, 0 for never. NULL: not kept.
 */
static int
dress(const struct query_pool *p, const struct query_form *form, const struct sequence *s,
	struct queries *q, uint32_t *memo)
{
	size_t subnets = form->ecs_n > 0 ? form->ecs_n : 1;

	for (size_t i = 0; i < s->n; i++) {
		size_t which = s->at == NULL ? i % s->once : s->at[i % s->once], turn = i % subnets;
		uint32_t *first = memo == NULL ? NULL : &memo[which * subnets + turn];
		int rc = first != NULL && *first != 0 ? queries_add_again(q, *first - 1)
						      : add(q, p, which, form, turn);

		if (rc < 0)
			return rc;
		if (first != NULL && *first == 0)
			*first = (uint32_t)queries_len(q);
	}
	return 0;
}

static size_t
common_divisor(size_t a, size_t b)
{
	while (b != 0) {
		size_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* As many rounds as it takes for each to have had every subnet, if that is not too long. */
static void
set_rounds(struct sequence *s, const struct query_form *form)
{
	size_t rounds = 1;

	if (form->ecs_n > 1)
		rounds = form->ecs_n / common_divisor(s->once, form->ecs_n);
	s->n = s->once <= QUERY_POOL_SEQUENCE / rounds ? s->once * rounds : s->once;
}

static int
dress_all(const struct query_pool *p, const struct query_form *form, struct sequence *s,
	struct queries **ret, struct err *e)
{
	size_t kinds = p->n * (form->ecs_n > 0 ? form->ecs_n : 1);
	uint32_t *memo = NULL;
	struct queries *q;
	int rc = queries_new(&q, e);

	if (rc < 0)
		return rc;
	set_rounds(s, form);
	if (s->n > p->n && kinds <= MEMO_MAX)
		memo = calloc(kinds, sizeof(*memo));
	rc = dress(p, form, s, q, memo);
	free(memo);
	if (rc < 0) {
		queries_free(q);
		return err_set(e, ENOMEM, "out of memory");
	}
	*ret = q;
	return 0;
}

int
query_pool_dress(const struct query_pool *p, const struct query_form *form, struct queries **ret,
	struct err *e)
{
	struct sequence s = {.once = p->n};

	return dress_all(p, form, &s, ret, e);
}

/* One draw in the middle of each of s->n equal parts of all the weight: nothing is left to chance. */
static void
draw(const struct query_pool *p, struct sequence *s)
{
	double total = 0, below;
	size_t which = 0;

	for (size_t i = 0; i < p->n; i++)
		total += p->ask[i].weight;
	below = p->ask[0].weight;
	for (size_t i = 0; i < s->once; i++) {
		double at = total * ((double)i + 0.5) / (double)s->once;

		while (at >= below && which + 1 < p->n)
			below += p->ask[++which].weight;
		s->at[i] = (uint32_t)which;
	}
}

int
query_pool_mix(const struct query_pool *p, const struct query_form *form, size_t length,
	uint64_t seed, struct queries **ret, struct err *e)
{
	struct sequence s = {.once = length};
	struct rng rng;
	int rc;

	s.at = malloc(length * sizeof(*s.at));
	if (s.at == NULL)
		return err_set(e, ENOMEM, "out of memory");
	draw(p, &s);
	rng_init(&rng, seed);
	for (size_t i = length - 1; i > 0; i--) {
		size_t j = rng_below(&rng, i + 1);
		uint32_t other = s.at[j];

		s.at[j] = s.at[i];
		s.at[i] = other;
	}
	rc = dress_all(p, form, &s, ret, e);
	free(s.at);
	return rc;
}
