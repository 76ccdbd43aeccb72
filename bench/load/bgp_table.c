/* bgp_table.c - a routing table to feed: prefixes, and the path attributes that many of them share. */
#include "bench/load/bgp_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct set {
	size_t at; /* in `bytes` */
	uint32_t len;
};

/* Numbers by hash, open addressing, at most half full; 0 is free, else number + 1. */
struct index {
	uint32_t *slot;
	size_t slots; /* a power of two */
};

struct bgp_table {
	struct bgp_route *route;
	size_t len, size, len_of[2];
	struct set *set;
	size_t sets, sets_size;
	uint8_t *bytes;
	size_t bytes_len, bytes_size;
	struct index by_prefix, by_attrs;
};

int
bgp_table_new(struct bgp_table **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret == NULL ? -ENOMEM : 0;
}

void
bgp_table_free(struct bgp_table *t)
{
	if (t == NULL)
		return;
	free(t->route);
	free(t->set);
	free(t->bytes);
	free(t->by_prefix.slot);
	free(t->by_attrs.slot);
	free(t);
}

/* FNV-1a, stirred at its end so that the low bits depend on all. */
static uint64_t
hash_of(const uint8_t *bytes, size_t len, uint64_t start)
{
	uint64_t h = start ^ 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		h = (h ^ bytes[i]) * 0x100000001b3ULL;
	h ^= h >> 29;
	return h * 0xbf58476d1ce4e5b9ULL >> 16;
}

static uint64_t
prefix_hash(uint8_t family, const uint8_t *addr, uint8_t bits)
{
	return hash_of(addr, 16, (uint64_t)family << 8 | bits);
}

/* Room for one more. `hash` tells that of a number already in it. */
static int
index_grow(struct index *x, size_t used, uint64_t (*hash)(const struct bgp_table *, size_t),
	const struct bgp_table *t)
{
	size_t slots = x->slots == 0 ? 1024 : x->slots * 2;
	uint32_t *slot;

	if (2 * (used + 1) <= x->slots)
		return 0;
	slot = calloc(slots, sizeof(*slot));
	if (slot == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < used; i++) {
		size_t at = hash(t, i) & (slots - 1);

		while (slot[at] != 0)
			at = (at + 1) & (slots - 1);
		slot[at] = (uint32_t)i + 1;
	}
	free(x->slot);
	*x = (struct index){slot, slots};
	return 0;
}

static uint64_t
route_hash(const struct bgp_table *t, size_t i)
{
	return prefix_hash(t->route[i].family, t->route[i].addr, t->route[i].bits);
}

static uint64_t
set_hash(const struct bgp_table *t, size_t i)
{
	return hash_of(t->bytes + t->set[i].at, t->set[i].len, 0);
}

static int
grow(void *array, size_t *size, size_t need, size_t each)
{
	void **at = array, *grown;
	size_t more = *size == 0 ? 1024 : *size;

	if (need <= *size)
		return 0;
	while (more < need)
		more *= 2;
	grown = realloc(*at, more * each);
	if (grown == NULL)
		return -ENOMEM;
	*at = grown;
	*size = more;
	return 0;
}

int
bgp_table_intern(struct bgp_table *t, const uint8_t *bytes, size_t len, uint32_t *ret)
{
	uint64_t h = hash_of(bytes, len, 0);
	size_t at;

	if (len > BGP_ATTRS_MAX_BYTES)
		return -E2BIG;
	if (index_grow(&t->by_attrs, t->sets, set_hash, t) < 0 ||
		grow(&t->set, &t->sets_size, t->sets + 1, sizeof(*t->set)) < 0 ||
		grow(&t->bytes, &t->bytes_size, t->bytes_len + len, 1) < 0)
		return -ENOMEM;
	for (at = h & (t->by_attrs.slots - 1); t->by_attrs.slot[at] != 0;
		at = (at + 1) & (t->by_attrs.slots - 1)) {
		const struct set *s = &t->set[t->by_attrs.slot[at] - 1];

		if (s->len == len && memcmp(t->bytes + s->at, bytes, len) == 0) {
			*ret = t->by_attrs.slot[at] - 1;
			return 0;
		}
	}
	if (len > 0)
		memcpy(t->bytes + t->bytes_len, bytes, len);
	t->set[t->sets] = (struct set){t->bytes_len, (uint32_t)len};
	t->bytes_len += len;
	*ret = (uint32_t)t->sets++;
	t->by_attrs.slot[at] = *ret + 1;
	return 0;
}

/* Where a prefix is in the index, or would be. */
static size_t
slot_of(const struct bgp_table *t, uint8_t family, const uint8_t *addr, uint8_t bits)
{
	const struct index *x = &t->by_prefix;
	size_t at = prefix_hash(family, addr, bits) & (x->slots - 1);

	for (; x->slot[at] != 0; at = (at + 1) & (x->slots - 1)) {
		const struct bgp_route *r = &t->route[x->slot[at] - 1];

		if (r->bits == bits && r->family == family && memcmp(r->addr, addr, 16) == 0)
			break;
	}
	return at;
}

int
bgp_table_add(struct bgp_table *t, const struct bgp_route *route)
{
	size_t at;

	if (t->len == BGP_TABLE_MAX_ROUTES)
		return -E2BIG;
	if (index_grow(&t->by_prefix, t->len, route_hash, t) < 0 ||
		grow(&t->route, &t->size, t->len + 1, sizeof(*t->route)) < 0)
		return -ENOMEM;
	at = slot_of(t, route->family, route->addr, route->bits);
	if (t->by_prefix.slot[at] != 0)
		return -EEXIST;
	t->route[t->len++] = *route;
	t->len_of[route->family == 6]++;
	t->by_prefix.slot[at] = (uint32_t)t->len;
	return 0;
}

int64_t
bgp_table_find(
	const struct bgp_table *t, uint8_t family, const uint8_t addr[static 16], uint8_t bits)
{
	if (t->len == 0)
		return -1;
	return (int64_t)t->by_prefix.slot[slot_of(t, family, addr, bits)] - 1;
}

static int
by_prefix(const void *a, const void *b)
{
	const struct bgp_route *x = a, *y = b;
	int c;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	c = memcmp(x->addr, y->addr, 16);
	return c != 0 ? c : (int)x->bits - (int)y->bits;
}

/* Sorted routes, stably by the rank of their set: the n-th to appear has rank n. One family. */
static void
by_rank(const struct bgp_route *from, size_t n, struct bgp_route *to, size_t *place, size_t sets)
{
	size_t at = 0;

	/* First the count of each; then, in order of appearance, where its routes start. */
	memset(place, 0, sets * sizeof(*place));
	for (size_t i = 0; i < n; i++)
		place[from[i].attrs]++;
	for (size_t i = 0; i < n; i++) {
		size_t count = place[from[i].attrs];

		if (count > BGP_TABLE_MAX_ROUTES)
			continue; /* placed already */
		place[from[i].attrs] = BGP_TABLE_MAX_ROUTES + 1 + at;
		at += count;
	}
	for (size_t i = 0; i < n; i++)
		to[place[from[i].attrs]++ - BGP_TABLE_MAX_ROUTES - 1] = from[i];
}

int
bgp_table_order(struct bgp_table *t)
{
	size_t n4 = t->len_of[0], n6 = t->len_of[1];
	struct bgp_route *to;
	size_t *place;

	if (t->len == 0)
		return 0;
	to = malloc(t->len * sizeof(*to));
	place = calloc(t->sets, sizeof(*place));
	if (to == NULL || place == NULL) {
		free(to);
		free(place);
		return -ENOMEM;
	}
	qsort(t->route, t->len, sizeof(*t->route), by_prefix);
	by_rank(t->route, n4, to, place, t->sets);
	by_rank(t->route + n4, n6, to + n4, place, t->sets);
	free(place);
	free(t->route);
	t->route = to;
	t->size = t->len;
	memset(t->by_prefix.slot, 0, t->by_prefix.slots * sizeof(*t->by_prefix.slot));
	for (size_t i = 0; i < t->len; i++)
		t->by_prefix.slot[slot_of(t, to[i].family, to[i].addr, to[i].bits)] =
			(uint32_t)i + 1;
	return 0;
}

size_t
bgp_table_len(const struct bgp_table *t)
{
	return t->len;
}

size_t
bgp_table_len_of(const struct bgp_table *t, uint8_t family)
{
	return t->len_of[family == 6];
}

const struct bgp_route *
bgp_table_at(const struct bgp_table *t, size_t i)
{
	return &t->route[i];
}

size_t
bgp_table_sets(const struct bgp_table *t)
{
	return t->sets;
}

struct bgp_attrs
bgp_table_attrs(const struct bgp_table *t, uint32_t set)
{
	return (struct bgp_attrs){t->bytes + t->set[set].at, t->set[set].len};
}

/* Do the first `bits` bits agree? */
static bool
agree(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	size_t whole = bits / 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return bits % 8 == 0 || ((a[whole] ^ b[whole]) & (uint8_t)(0xff << (8 - bits % 8))) == 0;
}

static bool
overlap(const uint8_t *a, unsigned a_bits, const uint8_t *b, unsigned b_bits)
{
	return agree(a, b, a_bits < b_bits ? a_bits : b_bits);
}

bool
bgp_prefix_tellable(uint8_t family, const uint8_t addr[static 16], uint8_t bits,
	const struct inet *avoid, size_t avoid_len)
{
	/* The IANA special-purpose registries; 192.88.99.0/24 and 2002::/16 are 6to4's. */
	static const struct {
		uint8_t bits, addr[4];
	} not4[] = {{8, {0}}, {8, {10}}, {10, {100, 64}}, {8, {127}}, {16, {169, 254}},
		{12, {172, 16}}, {24, {192, 0, 0}}, {24, {192, 0, 2}}, {24, {192, 88, 99}},
		{16, {192, 168}}, {15, {198, 18}}, {24, {198, 51, 100}}, {24, {203, 0, 113}},
		{3, {224}}},
	  not6[] = {{23, {0x20, 0x01, 0x00}}, {32, {0x20, 0x01, 0x0d, 0xb8}}, {16, {0x20, 0x02}},
		  {20, {0x3f, 0xff, 0x00}}};

	if (bits == 0 || (family == 6 && (bits < 3 || (addr[0] & 0xe0) != 0x20)))
		return false;
	for (size_t i = 0; family == 4 && i < sizeof(not4) / sizeof(not4[0]); i++)
		if (overlap(addr, bits, not4[i].addr, not4[i].bits))
			return false;
	for (size_t i = 0; family == 6 && i < sizeof(not6) / sizeof(not6[0]); i++)
		if (overlap(addr, bits, not6[i].addr, not6[i].bits))
			return false;
	for (size_t i = 0; i < avoid_len; i++)
		if (avoid[i].family == (family == 4 ? AF_INET : AF_INET6) &&
			overlap(addr, bits, avoid[i].addr, avoid[i].len))
			return false;
	return true;
}
