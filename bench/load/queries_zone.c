/*
 * queries_zone.c - what a zone file has answers for, as queries.
 *
 * ldns reads the records one by one; of each only owner and type are kept. Then: duplicates go, what
 * lies below a delegation or a DNAME goes, and each that is left gets its weight.
 */
#include <errno.h>
#include <stdbool.h> /* before ldns, which would make a bool of its own */
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/qtype.h"
#include "bench/load/queries_internal.h"
#include "bench/load/query_mistakes.h"
#include "bench/load/query_pool.h"
#include "lib/dnswrite.h"

enum { DEFAULT_TTL = 3600, LEAST_SEQUENCE = 1000 };

struct zone {
	const struct query_zone *what;
	struct query_mistakes wrong;
	struct query_pool seen; /* owners in lower case, as they come */
	uint8_t apex[DNS_NAME_WIRE_BYTES];
	size_t apex_bytes; /* 0: no SOA so far */
	struct query_pool pool;
};

static const uint8_t *
name_of(const struct query_pool *p, const struct query_ask *a)
{
	return p->names + a->name_at;
}

/* Types together, then names: what is asked as often as each other lies beside each other. */
static int
by_type_and_name(const void *a, const void *b, void *arg)
{
	const struct query_ask *x = a, *y = b;

	if (x->qtype != y->qtype)
		return x->qtype < y->qtype ? -1 : 1;
	if (x->name_bytes != y->name_bytes)
		return x->name_bytes < y->name_bytes ? -1 : 1;
	return memcmp(name_of(arg, x), name_of(arg, y), x->name_bytes);
}

static bool
has(const struct query_pool *sorted, const uint8_t *name, size_t name_bytes, uint16_t qtype)
{
	size_t low = 0, high = sorted->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct query_ask *a = &sorted->ask[middle];
		int order = a->qtype != qtype ? (a->qtype < qtype ? -1 : 1)
			: a->name_bytes != name_bytes
			? (a->name_bytes < name_bytes ? -1 : 1)
			: memcmp(name_of(sorted, a), name, name_bytes);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Does it end in the apex? */
static bool
in_zone(const struct zone *z, const uint8_t *name, size_t name_bytes)
{
	while (name_bytes > z->apex_bytes) {
		name_bytes -= (size_t)*name + 1;
		name += *name + 1;
	}
	return name_bytes == z->apex_bytes && memcmp(name, z->apex, name_bytes) == 0;
}

/* Below a delegation or a DNAME, so that the answer is a referral or another name. */
static bool
is_occluded(const struct zone *z, const uint8_t *name, size_t name_bytes)
{
	while (name_bytes > z->apex_bytes) {
		name_bytes -= (size_t)*name + 1;
		name += *name + 1;
		if (has(&z->seen, name, name_bytes, LDNS_RR_TYPE_DNAME) ||
			(name_bytes > z->apex_bytes &&
				has(&z->seen, name, name_bytes, LDNS_RR_TYPE_NS)))
			return true;
	}
	return false;
}

static bool
is_proof(uint16_t qtype)
{
	return qtype == LDNS_RR_TYPE_RRSIG || qtype == LDNS_RR_TYPE_NSEC ||
		qtype == LDNS_RR_TYPE_NSEC3;
}

/* ---- reading ---- */

static int
take_rr(struct zone *z, const ldns_rr *rr)
{
	const ldns_rdf *owner = ldns_rr_owner(rr);
	const uint8_t *data = ldns_rdf_data(owner);
	uint16_t type = (uint16_t)ldns_rr_get_type(rr);
	uint8_t name[DNS_NAME_WIRE_BYTES];
	size_t n = ldns_rdf_size(owner);

	if (n > sizeof(name) || !qtype_asks(type) || is_proof(type))
		return 0;
	/* Lengths of labels are below 'A'. */
	for (size_t i = 0; i < n; i++)
		name[i] = (uint8_t)(data[i] >= 'A' && data[i] <= 'Z' ? data[i] + 32 : data[i]);
	if (type == LDNS_RR_TYPE_SOA && z->apex_bytes == 0) {
		memcpy(z->apex, name, n);
		z->apex_bytes = n;
	}
	return query_pool_add(&z->seen, name, n, type, 1, false);
}

/* One record or directive. Returns 1 at the end of the file, 0, -ENOMEM. */
static int
take_entry(
	struct zone *z, FILE *file, int *line, uint32_t *ttl, ldns_rdf **origin, ldns_rdf **owner)
{
	ldns_rr *rr = NULL;
	ldns_status status = ldns_rr_new_frm_fp_l(&rr, file, ttl, origin, owner, line);
	int rc = 0, at = *line + (feof(file) != 0); /* a last line without its end is not counted */

	switch (status) {
	case LDNS_STATUS_OK:
		rc = take_rr(z, rr);
		ldns_rr_free(rr);
		return rc;
	case LDNS_STATUS_SYNTAX_EMPTY:
	case LDNS_STATUS_SYNTAX_TTL:
	case LDNS_STATUS_SYNTAX_ORIGIN:
		return 0;
	case LDNS_STATUS_MEM_ERR:
		return -ENOMEM;
	case LDNS_STATUS_SYNTAX_INCLUDE:
		query_mistake(&z->wrong,
			"%s:%d: $INCLUDE is not followed: give the whole zone in one file",
			z->what->path, at);
		return 0;
	default:
		query_mistake(
			&z->wrong, "%s:%d: %s", z->what->path, at, ldns_get_errorstr_by_id(status));
		return 0;
	}
}

static int
read_zone(struct zone *z, struct err *e)
{
	ldns_rdf *origin = NULL, *owner = NULL;
	uint32_t ttl = DEFAULT_TTL;
	FILE *file = fopen(z->what->path, "re");
	int line = 0, rc = 0;

	if (file == NULL)
		return err_sys(e, errno, "%s", z->what->path);
	origin = ldns_dname_new_frm_str(z->what->origin != NULL ? z->what->origin : ".");
	if (origin == NULL)
		rc = err_set(e, EINVAL, "--origin '%s' is no name", z->what->origin);
	errno = EIO;
	while (rc == 0 && !feof(file) && !ferror(file))
		rc = take_entry(z, file, &line, &ttl, &origin, &owner);
	if (rc == -ENOMEM)
		err_set(e, ENOMEM, "%s: out of memory", z->what->path);
	else if (rc == 0 && ferror(file))
		rc = err_sys(e, errno, "%s", z->what->path);
	ldns_rdf_deep_free(origin);
	ldns_rdf_deep_free(owner);
	fclose(file);
	return rc;
}

/* ---- what of it is asked ---- */

/* A wildcard is asked with a fresh label in the place of its asterisk. */
static int
pick(struct zone *z, const struct query_ask *a)
{
	const uint8_t *name = name_of(&z->seen, a);
	size_t n = a->name_bytes;
	bool wildcard = n > 2 && name[0] == 1 && name[1] == '*';

	if (!in_zone(z, name, n) || is_occluded(z, name, n))
		return 0;
	if (wildcard) {
		name += 2;
		n -= 2;
	}
	if (wildcard && !query_pool_takes_label(n))
		return 0;
	return query_pool_add(&z->pool, name, n, a->qtype, 1, wildcard);
}

static int
pick_all(struct zone *z)
{
	const struct query_ask *before = NULL;
	int rc = 0;

	qsort_r(z->seen.ask, z->seen.n, sizeof(*z->seen.ask), by_type_and_name, &z->seen);
	for (size_t i = 0; i < z->seen.n && rc == 0; i++) {
		const struct query_ask *a = &z->seen.ask[i];

		if (before == NULL || by_type_and_name(before, a, &z->seen) != 0)
			rc = pick(z, a);
		before = a;
	}
	return rc;
}

/* Weights by type: a type's weight is shared by all that have it. Types not named are not asked. */
static int
weigh(struct zone *z, struct err *e)
{
	const struct query_zone *what = z->what;
	size_t kept = 0;

	if (what->types_n == 0)
		return 0;
	for (size_t t = 0; t < what->types_n; t++) {
		size_t n = 0;
		char text[QTYPE_TEXT_BYTES];

		for (size_t i = 0; i < z->pool.n; i++)
			n += z->pool.ask[i].qtype == what->types[t].qtype;
		if (n == 0)
			return err_set(e, ENOENT, "%s: nothing of the type %s in it", what->path,
				qtype_show(what->types[t].qtype, text));
		for (size_t i = 0; i < z->pool.n; i++)
			if (z->pool.ask[i].qtype == what->types[t].qtype)
				z->pool.ask[i].weight = -what->types[t].weight / (double)n;
	}
	for (size_t i = 0; i < z->pool.n; i++) {
		struct query_ask a = z->pool.ask[i];

		if (a.weight >= 0)
			continue;
		a.weight = -a.weight;
		z->pool.ask[kept++] = a;
	}
	z->pool.n = kept;
	return 0;
}

static double
weight_of(const struct query_pool *p, uint16_t qtype)
{
	double sum = 0;

	for (size_t i = 0; i < p->n; i++)
		if (qtype == 0 || p->ask[i].qtype == qtype)
			sum += p->ask[i].weight;
	return sum;
}

/* Names that are not there, asked for addresses as the others are. */
static int
add_absent(struct zone *z, struct err *e)
{
	static const uint8_t asterisk[] = {1, '*'};
	uint8_t wildcard[2 + DNS_NAME_WIRE_BYTES];
	double ratio = z->what->absent_ratio, v4 = weight_of(&z->pool, DNS_TYPE_A),
	       v6 = weight_of(&z->pool, DNS_TYPE_AAAA), all;

	if (ratio <= 0)
		return 0;
	memcpy(wildcard, asterisk, sizeof(asterisk));
	memcpy(wildcard + sizeof(asterisk), z->apex, z->apex_bytes);
	for (size_t i = 0; i < z->seen.n; i++) {
		const struct query_ask *a = &z->seen.ask[i];

		if (a->name_bytes == z->apex_bytes + 2 &&
			memcmp(name_of(&z->seen, a), wildcard, a->name_bytes) == 0)
			return err_set(e, EINVAL,
				"%s: its wildcard leaves no name that is not there", z->what->path);
	}
	if (!query_pool_takes_label(z->apex_bytes))
		return err_set(
			e, ENAMETOOLONG, "%s: no room for a label below its apex", z->what->path);
	if (v4 + v6 <= 0)
		v4 = 1;
	all = ratio >= 1 ? 1 : weight_of(&z->pool, 0) * ratio / (1 - ratio);
	if (ratio >= 1)
		z->pool.n = 0;
	if ((v4 > 0 &&
		    query_pool_add(&z->pool, z->apex, z->apex_bytes, DNS_TYPE_A,
			    all * v4 / (v4 + v6), true) < 0) ||
		(v6 > 0 &&
			query_pool_add(&z->pool, z->apex, z->apex_bytes, DNS_TYPE_AAAA,
				all * v6 / (v4 + v6), true) < 0))
		return err_set(e, ENOMEM, "out of memory");
	return 0;
}

/* Each once, or so long that the rarest is in it. */
static size_t
sequence_length(const struct zone *z)
{
	const struct query_pool *p = &z->pool;
	double total = 0, least = p->ask[0].weight;

	if (z->what->types_n == 0 && z->what->absent_ratio <= 0)
		return p->n;
	for (size_t i = 0; i < p->n; i++) {
		total += p->ask[i].weight;
		if (p->ask[i].weight < least)
			least = p->ask[i].weight;
	}
	total /= least;
	if (total > QUERY_POOL_SEQUENCE)
		return p->n > QUERY_POOL_SEQUENCE ? p->n : QUERY_POOL_SEQUENCE;
	return total < LEAST_SEQUENCE ? LEAST_SEQUENCE : (size_t)total + 1;
}

static int
check(const struct zone *z, const struct query_form *form, struct err *e)
{
	if (z->wrong.n > 0)
		return err_set(e, EINVAL, "%s: %zu mistakes in it", z->what->path, z->wrong.n);
	if (z->apex_bytes == 0)
		return err_set(e, EINVAL, "%s: no zone: it has no SOA record", z->what->path);
	for (size_t i = 0; form->random_prefix && i < z->seen.n; i++)
		if (!query_pool_takes_label(z->seen.ask[i].name_bytes))
			return err_set(e, ENAMETOOLONG,
				"%s: a name in it leaves no room for a label in front",
				z->what->path);
	return 0;
}

int
queries_from_zone(const struct query_zone *what, const struct query_form *form,
	struct queries **ret, struct buf *mistakes, struct err *e)
{
	struct zone z = {.what = what, .wrong = {.text = mistakes}};
	int rc = read_zone(&z, e);

	if (rc >= 0)
		rc = check(&z, form, e);
	if (rc == 0 && pick_all(&z) < 0)
		rc = err_set(e, ENOMEM, "out of memory");
	if (rc == 0)
		rc = weigh(&z, e);
	if (rc == 0)
		rc = add_absent(&z, e);
	if (rc == 0)
		rc = query_pool_mix(&z.pool, form, sequence_length(&z), what->seed, ret, e);
	query_pool_done(&z.seen);
	query_pool_done(&z.pool);
	return rc;
}
