/* table.c - the catchment as probes of a measurement network saw it, computed from sorted rows. */
#include "probes/import/table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the n rows from `rows` on, sorted by round trip. */
static double
quantile_us(const struct tally_row *rows, uint64_t n, double ratio)
{
	double at = ratio * (double)(n - 1);
	uint64_t low = (uint64_t)floor(at), high = low + 1 < n ? low + 1 : low;
	double a = (double)rows[low].rtt_ns, b = (double)rows[high].rtt_ns;

	return (a + (b - a) * (at - (double)low)) / 1e3;
}

static void
count(struct table_group *g, const struct tally_row *r)
{
	g->queries++;
	g->by_status[r->status]++;
	if (r->error != 0)
		g->errors[r->error]++;
	if (r->rtt_ns < 0)
		return;
	g->answered++;
	g->malformed += r->malformed;
	if (r->rcode != ANSWERS_RCODE_NONE)
		g->rcodes[r->rcode]++;
	g->by_chaos += r->named_by == ATLAS_BY_CHAOS;
	g->unnamed += r->site == TALLY_NO_SITE;
}

/* The rows of one probe in one group, sorted by site; unnamed and unanswered ones last. */
static void
count_probe(struct table_group *g, const struct tally_row *rows, uint64_t n)
{
	uint64_t named = 0, sites = 0;
	bool answered = false;

	for (uint64_t i = 0; i < n; i++) {
		count(g, &rows[i]);
		named += rows[i].site != TALLY_NO_SITE;
		answered |= rows[i].rtt_ns >= 0;
	}
	g->probes++;
	g->probes_silent += !answered;
	for (uint64_t i = 0, end; i < named; i = end) {
		struct table_site *s = &g->sites[rows[i].site];

		for (end = i; end < named && rows[end].site == rows[i].site;)
			end++;
		s->site = rows[i].site;
		s->answers += end - i;
		s->probes++;
		s->share += (double)(end - i) / (double)named;
		sites++;
	}
	g->probes_moved += sites > 1;
}

static void
walk_probes(struct table *t)
{
	struct tally_row *rows = t->tally->rows;

	for (uint64_t i = 0, end; i < t->tally->rows_len; i = end) {
		for (end = i; end < t->tally->rows_len && rows[end].group == rows[i].group &&
			rows[end].probe == rows[i].probe;)
			end++;
		count_probe(&t->groups[rows[i].group], &rows[i], end - i);
	}
}

static void
walk_sites(struct table *t)
{
	static const double ratios[] = {0.1, 0.5, 0.9};
	const struct tally_row *rows = t->tally->rows;

	for (uint64_t i = 0, end; i < t->tally->rows_len; i = end) {
		for (end = i; end < t->tally->rows_len && rows[end].group == rows[i].group &&
			rows[end].site == rows[i].site;)
			end++;
		if (rows[i].site == TALLY_NO_SITE)
			continue;
		for (int q = 0; q < 3; q++)
			t->groups[rows[i].group].sites[rows[i].site].rtt_us[q] =
				quantile_us(&rows[i], end - i, ratios[q]);
	}
}

static int
compare_share(const void *va, const void *vb)
{
	const struct table_site *a = va, *b = vb;

	if (a->share != b->share)
		return a->share < b->share ? 1 : -1;
	return (a->site > b->site) - (a->site < b->site);
}

/* Drop the sites that answered nobody here; shares become parts of all probes that were answered. */
static void
settle(struct table_group *g)
{
	double total = 0;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < g->sites_len; i++) {
		if (g->sites[i].answers == 0)
			continue;
		total += g->sites[i].share;
		g->sites[kept++] = g->sites[i];
	}
	g->sites_len = kept;
	for (uint32_t i = 0; i < kept; i++)
		g->sites[i].share /= total;
	qsort(g->sites, kept, sizeof(*g->sites), compare_share);
}

static int
compare_ids(const void *va, const void *vb)
{
	int64_t a = *(const int64_t *)va, b = *(const int64_t *)vb;

	return (a > b) - (a < b);
}

/* Over all groups. */
static int
count_probes(struct table *t)
{
	int64_t *ids = calloc(t->tally->streams_len + 1, sizeof(*ids));

	if (ids == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->tally->streams_len; i++)
		ids[i] = t->tally->streams[i].probe;
	qsort(ids, t->tally->streams_len, sizeof(*ids), compare_ids);
	for (uint32_t i = 0; i < t->tally->streams_len; i++)
		t->probes += i == 0 || ids[i] != ids[i - 1];
	free(ids);
	return 0;
}

int
table_make(struct tally *t, struct table *ret, struct err *e)
{
	*ret = (struct table){.tally = t};
	for (int g = 0; g < TALLY_GROUPS; g++) {
		ret->groups[g].sites_len = t->sites_len;
		ret->groups[g].sites = calloc(t->sites_len + 1, sizeof(struct table_site));
		if (ret->groups[g].sites == NULL)
			return err_sys(e, ENOMEM, "no room for the catchment table");
	}
	if (count_probes(ret) < 0)
		return err_sys(e, ENOMEM, "no room for the catchment table");
	for (uint64_t i = 0; i < t->rows_len; i++) {
		if (i == 0 || t->rows[i].sent_ns < ret->first_ns)
			ret->first_ns = t->rows[i].sent_ns;
		if (i == 0 || t->rows[i].sent_ns > ret->last_ns)
			ret->last_ns = t->rows[i].sent_ns;
	}
	tally_sort_by_probe(t);
	walk_probes(ret);
	tally_sort_by_rtt(t);
	walk_sites(ret);
	for (int g = 0; g < TALLY_GROUPS; g++)
		settle(&ret->groups[g]);
	return 0;
}

void
table_done(struct table *t)
{
	for (int g = 0; g < TALLY_GROUPS; g++)
		free(t->groups[g].sites);
}

const char *
table_site_name(const struct tally_site *s, char out[static TABLE_NAME_BYTES])
{
	char *at = out;

	for (uint8_t i = 0; i < s->len_bytes; i++) {
		uint8_t b = s->name[i];

		if (b > ' ' && b < 0x7f && b != '\\')
			*at++ = (char)b;
		else
			at += snprintf(at, 5, "\\x%02x", b);
	}
	*at = '\0';
	return out;
}
