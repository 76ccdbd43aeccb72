/* queries.c - what a load generator asks: one arena of wire bytes, and where each query lies in it. */
#include "bench/load/queries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/queries_internal.h"
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
	size_t n, room;
	int64_t *due_ns; /* NULL: no replay */
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

/* Room for `more` elements behind `n`. */
static int
reserve(void *array, size_t n, size_t more, size_t *room, size_t size)
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
	if (reserve(&q->entry, q->n, 1, &q->room, sizeof(*q->entry)) < 0 ||
		reserve(&q->wire, q->wire_bytes, e->len, &q->wire_room, 1) < 0)
		return -ENOMEM;
	memcpy(q->wire + q->wire_bytes, wire, e->len);
	q->entry[q->n] = *e;
	q->entry[q->n++].at = q->wire_bytes;
	q->wire_bytes += e->len;
	return 0;
}

int
queries_add(
	struct queries *q, const struct query_ask *a, const struct query_form *form, size_t turn)
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

	if (a->random_prefix || form->random_prefix) {
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
queries_from_name(const char *name, uint16_t qtype, const struct query_form *form,
	struct queries **ret, struct err *e)
{
	struct query_ask a = {.qtype = qtype};
	int n = dnswrite_name(name, strlen(name), a.name), rc = 0;
	size_t turns = form->ecs_n > 0 ? form->ecs_n : 1;
	struct queries *q;

	if (n < 0)
		return err_set(e, EINVAL, "'%s': %s", name, dnswrite_why(n));
	a.name_bytes = (size_t)n;
	if (queries_new(&q, e) < 0)
		return -ENOMEM;
	for (size_t turn = 0; turn < turns && rc == 0; turn++)
		rc = queries_add(q, &a, form, turn);
	if (rc < 0) {
		queries_free(q);
		return rc == -ENOMEM
			? err_set(e, ENOMEM, "out of memory")
			: err_set(e, -rc, "'%s': no room for a random label in front", name);
	}
	*ret = q;
	return 0;
}
