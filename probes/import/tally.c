/* tally.c - answers from a measurement network gathered: who asked, who answered, how fast. */
#include "probes/import/tally.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Trees of indices are not possible with tsearch; these nodes carry what they are found by. */
struct stream_node {
	struct tally_stream key;
	uint16_t index;
};

struct site_node {
	struct tally_site key;
	uint16_t index;
};

struct tally_index {
	void *streams, *sites; /* tsearch */
	FILE *spool;
	size_t mapped_bytes;
};

static int
order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_streams(const void *va, const void *vb)
{
	const struct tally_stream *a = va, *b = vb;
	int c = order(a->probe, b->probe);

	if (c == 0)
		c = order(a->measurement, b->measurement);
	if (c == 0)
		c = order(a->family, b->family);
	if (c == 0)
		c = order(a->tcp, b->tcp);
	return c != 0 ? c : memcmp(a->target.addr, b->target.addr, sizeof(a->target.addr));
}

static int
compare_sites(const void *va, const void *vb)
{
	const struct tally_site *a = va, *b = vb;
	int c = order(a->len_bytes, b->len_bytes);

	return c != 0 ? c : memcmp(a->name, b->name, a->len_bytes);
}

int
tally_new(struct tally **ret, struct err *e)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->index = calloc(1, sizeof(*t->index))) == NULL) {
		tally_free(t);
		return err_sys(e, ENOMEM, "no room to gather answers");
	}
	t->index->spool = tmpfile();
	if (t->index->spool == NULL) {
		int rc = err_sys(e, errno, "cannot make a temporary file");

		tally_free(t);
		return rc;
	}
	t->errors_len = 1;
	*ret = t;
	return 0;
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	if (t->rows != NULL)
		munmap(t->rows, t->index->mapped_bytes);
	if (t->index != NULL) {
		if (t->index->spool != NULL)
			fclose(t->index->spool);
		tdestroy(t->index->streams, free);
		tdestroy(t->index->sites, free);
	}
	free(t->index);
	free(t->streams);
	free(t->sites);
	free(t);
}

/*
 * The tree's entry of `key`, `size` bytes long and first in its node; a new node if there is none.
 * Returns NULL when out of memory; a new node is told by *ret_new.
 */
static void *
find_or_add(void **tree, const void *key, size_t key_size, size_t node_size,
	int (*compare)(const void *, const void *), bool *ret_new)
{
	void **found = tfind(key, tree, compare), *node;

	*ret_new = false;
	if (found != NULL)
		return *found;
	node = calloc(1, node_size);
	if (node == NULL)
		return NULL;
	memcpy(node, key, key_size);
	if (tsearch(node, tree, compare) == NULL) {
		free(node);
		return NULL;
	}
	*ret_new = true;
	return node;
}

/*
 * Room for one more in a list of `len`, which doubles when it is full: at 0 and at powers of two.
 * Returns the list, NULL when out of memory (the old one is still good then).
 */
static void *
grow(void *list, uint32_t len, size_t size)
{
	if (len != 0 && (len & (len - 1)) != 0)
		return list;
	return reallocarray(list, len == 0 ? 1 : 2 * (size_t)len, size);
}

static int
find_stream(struct tally *t, const struct atlas_answer *a, uint16_t *ret, struct err *e)
{
	struct tally_stream key = {.probe = a->probe,
		.measurement = a->measurement,
		.family = a->family,
		.tcp = a->tcp,
		.target = a->target,
		.source = a->source,
		.from = a->from,
		.asn = a->asn};
	struct tally_stream *grown;
	struct stream_node *node;
	bool is_new;

	memcpy(key.country, a->country, sizeof(key.country));
	node = find_or_add(
		&t->index->streams, &key, sizeof(key), sizeof(*node), compare_streams, &is_new);
	if (node == NULL)
		return err_sys(e, ENOMEM, "no room for the streams");
	if (is_new) {
		if (t->streams_len == TALLY_STREAMS)
			return err_set(e, E2BIG,
				"more than %d streams (a probe asking an address over a transport, "
				"in one measurement); import fewer measurements at a time",
				TALLY_STREAMS);
		grown = grow(t->streams, t->streams_len, sizeof(*grown));
		if (grown == NULL)
			return err_sys(e, ENOMEM, "no room for the streams");
		t->streams = grown;
		node->index = (uint16_t)t->streams_len;
		t->streams[t->streams_len++] = key;
	}
	*ret = node->index;
	return 0;
}

static int
find_site(struct tally *t, const struct atlas_answer *a, uint16_t *ret, struct err *e)
{
	struct tally_site key = {.len_bytes = (uint8_t)a->site_len_bytes};
	struct tally_site *grown;
	struct site_node *node;
	bool is_new;

	if (a->named_by == ATLAS_UNNAMED) {
		*ret = TALLY_NO_SITE;
		return 0;
	}
	memcpy(key.name, a->site, a->site_len_bytes);
	node = find_or_add(
		&t->index->sites, &key, sizeof(key), sizeof(*node), compare_sites, &is_new);
	if (node == NULL)
		return err_sys(e, ENOMEM, "no room for the names of sites");
	if (is_new) {
		if (t->sites_len == TALLY_SITES)
			return err_set(
				e, E2BIG, "more than %d different names of sites", TALLY_SITES);
		grown = grow(t->sites, t->sites_len, sizeof(*grown));
		if (grown == NULL)
			return err_sys(e, ENOMEM, "no room for the names of sites");
		t->sites = grown;
		node->index = (uint16_t)t->sites_len;
		t->sites[t->sites_len++] = key;
	}
	*ret = node->index;
	return 0;
}

static uint8_t
find_error(struct tally *t, const char *name)
{
	if (name[0] == '\0')
		return 0;
	for (uint32_t i = 1; i < t->errors_len; i++)
		if (strcmp(t->errors[i], name) == 0)
			return (uint8_t)i;
	if (t->errors_len == TALLY_ERRORS)
		return TALLY_ERRORS - 1;
	snprintf(t->errors[t->errors_len], ATLAS_ERROR_BYTES, "%s",
		t->errors_len == TALLY_ERRORS - 1 ? "other" : name);
	return (uint8_t)t->errors_len++;
}

int
tally_add(void *context, const struct atlas_answer *a, struct err *e)
{
	struct tally *t = context;
	struct tally_row row;
	int rc;

	memset(&row, 0, sizeof(row));
	row.sent_ns = a->sent.ns;
	row.rtt_ns = a->rtt_ns;
	row.probe = a->probe;
	row.subid = a->subid;
	row.status = (uint8_t)a->status;
	row.rcode = a->rcode;
	row.group = (uint8_t)((a->family == AF_INET6 ? 2 : 0) + (a->tcp ? 1 : 0));
	row.named_by = (uint8_t)a->named_by;
	row.malformed = a->malformed;
	if ((rc = find_stream(t, a, &row.stream, e)) < 0 ||
		(rc = find_site(t, a, &row.site, e)) < 0)
		return rc;
	row.error = find_error(t, a->error);
	t->clock_unsure += a->clock_unsure;
	if (fwrite(&row, sizeof(row), 1, t->index->spool) != 1)
		return err_sys(e, errno, "cannot write a temporary file");
	t->rows_len++;
	return 0;
}

static int
compare_sent(const void *va, const void *vb)
{
	const struct tally_row *a = va, *b = vb;
	int c = order(a->sent_ns, b->sent_ns);

	if (c == 0)
		c = order(a->stream, b->stream);
	if (c == 0)
		c = order(a->subid, b->subid);
	if (c == 0)
		c = order(a->rtt_ns, b->rtt_ns);
	return c != 0 ? c : order(a->site, b->site);
}

static int
compare_probe(const void *va, const void *vb)
{
	const struct tally_row *a = va, *b = vb;
	int c = order(a->group, b->group);

	if (c == 0)
		c = order(a->probe, b->probe);
	return c != 0 ? c : order(a->site, b->site);
}

static int
compare_rtt(const void *va, const void *vb)
{
	const struct tally_row *a = va, *b = vb;
	int c = order(a->group, b->group);

	if (c == 0)
		c = order(a->site, b->site);
	return c != 0 ? c : order(a->rtt_ns, b->rtt_ns);
}

void
tally_sort_by_sent(struct tally *t)
{
	if (t->rows_len > 0)
		qsort(t->rows, t->rows_len, sizeof(*t->rows), compare_sent);
}

void
tally_sort_by_probe(struct tally *t)
{
	if (t->rows_len > 0)
		qsort(t->rows, t->rows_len, sizeof(*t->rows), compare_probe);
}

void
tally_sort_by_rtt(struct tally *t)
{
	if (t->rows_len > 0)
		qsort(t->rows, t->rows_len, sizeof(*t->rows), compare_rtt);
}

/* The same result in two files, or in two downloads of one. */
static void
drop_duplicates(struct tally *t)
{
	uint64_t kept = 0;

	for (uint64_t i = 0; i < t->rows_len; i++) {
		if (kept > 0 && compare_sent(&t->rows[kept - 1], &t->rows[i]) == 0)
			continue;
		t->rows[kept++] = t->rows[i];
	}
	t->duplicates = t->rows_len - kept;
	t->rows_len = kept;
}

int
tally_close(struct tally *t, struct err *e)
{
	struct tally_index *x = t->index;
	void *map;

	if (fflush(x->spool) != 0)
		return err_sys(e, errno, "cannot write a temporary file");
	if (t->rows_len == 0)
		return 0;
	x->mapped_bytes = t->rows_len * sizeof(*t->rows);
	map = mmap(NULL, x->mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(x->spool), 0);
	if (map == MAP_FAILED)
		return err_sys(e, errno, "cannot map a temporary file");
	t->rows = map;
	tally_sort_by_sent(t);
	drop_duplicates(t);
	return 0;
}
