/* queries.c - what a load generator asks: one arena of wire bytes, and where each query lies in it. */
#include "bench/load/queries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/queries_internal.h"
#include "bench/load/query_pool.h"
#include "lib/dnswrite.h"

struct entry {
	uint64_t at; /* in the arena */
	uint16_t len;
	uint16_t random_at;
	uint16_t qtype;
	uint8_t random_len;
};

struct queries {
	uint8_t *wire;
	size_t wire_bytes, wire_room;
	struct entry *entry;
	size_t n, room, due_room;
	int64_t *due_ns; /* of a replay: `due_room` of them; else NULL */
};

size_t
queries_len(const struct queries *q)
{
	return q->n;
}

struct query
queries_at(const struct queries *q, size_t i)
{
	const struct entry *e = &q->entry[i];

	return (struct query){.wire = q->wire + e->at,
		.len = e->len,
		.random_at = e->random_at,
		.random_len = e->random_len,
		.qtype = e->qtype,
		.due_ns = q->due_ns == NULL ? -1 : q->due_ns[i]};
}

void
queries_free(struct queries *q)
{
	if (q == NULL)
		return;
	free(q->wire);
	free(q->entry);
	free(q->due_ns);
	free(q);
}

int
queries_new(struct queries **ret, struct err *e)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret == NULL ? err_set(e, ENOMEM, "out of memory") : 0;
}

int
queries_reserve(void *array, size_t n, size_t more, size_t *room, size_t size)
{
	void **at = array, *grown;
	size_t want = *room == 0 ? 64 : *room;

	if (n + more <= *room)
		return 0;
	while (want < n + more)
		want *= 2;
	grown = realloc(*at, want * size);
	if (grown == NULL)
		return -ENOMEM;
	*at = grown;
	*room = want;
	return 0;
}

static int
append(struct queries *q, const uint8_t *wire, const struct entry *e)
{
	if (queries_reserve(&q->entry, q->n, 1, &q->room, sizeof(*q->entry)) < 0 ||
		queries_reserve(&q->wire, q->wire_bytes, e->len, &q->wire_room, 1) < 0)
		return -ENOMEM;
	memcpy(q->wire + q->wire_bytes, wire, e->len);
	q->entry[q->n] = *e;
	q->entry[q->n++].at = q->wire_bytes;
	q->wire_bytes += e->len;
	return 0;
}

int
queries_add(
	struct queries *q, const struct query_name *a, const struct query_form *form, size_t turn)
{
	uint8_t wire[DNSWRITE_MAX_BYTES], name[DNS_NAME_WIRE_BYTES];
	struct dns_ask ask = {.name = a->name,
		.name_bytes = a->name_bytes,
		.qtype = a->qtype,
		.qclass = DNS_CLASS_IN,
		.recurse = form->recurse,
		.edns = form->edns_bytes > 0,
		.udp_bytes = form->edns_bytes,
		.dnssec_ok = form->dnssec_ok,
		.nsid = form->nsid,
		.subnet = form->ecs_n > 0 ? &form->ecs[turn % form->ecs_n] : NULL};
	struct entry e = {.qtype = a->qtype};

	if (a->random || form->random_prefix) {
		if (a->name_bytes + 1 + QUERIES_RANDOM_BYTES > sizeof(name))
			return -ENAMETOOLONG;
		name[0] = QUERIES_RANDOM_BYTES;
		memset(name + 1, 'x', QUERIES_RANDOM_BYTES);
		memcpy(name + 1 + QUERIES_RANDOM_BYTES, a->name, a->name_bytes);
		ask.name = name;
		ask.name_bytes += 1 + QUERIES_RANDOM_BYTES;
		e.random_at = DNS_HEADER_BYTES + 1;
		e.random_len = QUERIES_RANDOM_BYTES;
	}
	e.len = (uint16_t)dnswrite_query(&ask, wire);
	return append(q, wire, &e);
}

int
queries_add_again(struct queries *q, size_t i)
{
	if (queries_reserve(&q->entry, q->n, 1, &q->room, sizeof(*q->entry)) < 0)
		return -ENOMEM;
	q->entry[q->n++] = q->entry[i];
	return 0;
}

int
queries_add_wire(struct queries *q, const uint8_t *wire, size_t len, uint16_t qtype, int64_t due_ns)
{
	struct entry e = {.len = (uint16_t)len, .qtype = qtype};

	if (queries_reserve(&q->due_ns, q->n, 1, &q->due_room, sizeof(*q->due_ns)) < 0 ||
		append(q, wire, &e) < 0)
		return -ENOMEM;
	q->due_ns[q->n - 1] = due_ns;
	return 0;
}

/* One of a replay while it is sorted. */
struct timed {
	int64_t due_ns;
	size_t order;
	struct entry entry;
};

static int
by_time(const void *a, const void *b)
{
	const struct timed *x = a, *y = b;

	if (x->due_ns != y->due_ns)
		return x->due_ns < y->due_ns ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

int
queries_by_time(struct queries *q)
{
	struct timed *t = malloc((q->n + 1) * sizeof(*t));

	if (t == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < q->n; i++)
		t[i] = (struct timed){q->due_ns[i], i, q->entry[i]};
	qsort(t, q->n, sizeof(*t), by_time);
	for (size_t i = 0; i < q->n; i++) {
		q->entry[i] = t[i].entry;
		q->due_ns[i] = t[i].due_ns - t[0].due_ns;
	}
	free(t);
	return 0;
}

int
queries_from_name(const char *name, uint16_t qtype, const struct query_form *form,
	struct queries **ret, struct err *e)
{
	uint8_t wire[DNS_NAME_WIRE_BYTES];
	int n = dnswrite_name(name, strlen(name), wire), rc;
	struct query_pool pool = {0};

	if (n < 0)
		return err_set(e, EINVAL, "'%s': %s", name, dnswrite_why(n));
	if (form->random_prefix && !query_pool_takes_label((size_t)n))
		return err_set(e, ENAMETOOLONG, "'%s': no room for a label in front", name);
	rc = query_pool_add(&pool, wire, (size_t)n, qtype, 1, false);
	rc = rc < 0 ? err_set(e, -rc, "out of memory") : query_pool_dress(&pool, form, ret, e);
	query_pool_done(&pool);
	return rc;
}
