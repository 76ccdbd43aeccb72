/* dns_timeline.c - a load over time: for each bucket of time what was sent in it, and how each site answered that. */
#include "bench/load/dns_timeline.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HIST_SUB_BITS = 4, HIST_SUBS = 1 << HIST_SUB_BITS, HIST_UNIT_BITS = 10 /* 1.024 us */ };

struct cell {
	uint32_t answered;
	uint32_t max_us;
	uint32_t hist[TIMELINE_HIST];
};

struct site {
	uint8_t nsid[TIMELINE_NSID_BYTES];
	size_t len;
	uint64_t answered;
	char name[4 * TIMELINE_NSID_BYTES + 1];
};

struct bucket {
	uint32_t sent;
	uint32_t answered;
	uint32_t cells[TIMELINE_SITES]; /* index + 1, 0: none */
};

struct dns_timeline {
	int64_t bucket_ns;
	size_t buckets_len;
	struct bucket *buckets; /* both mapped: untouched pages cost nothing */
	struct cell *cells;
	size_t cells_len;
	struct site sites[TIMELINE_SITES]; /* the first is that of answers without an NSID */
	size_t sites_len;
	uint64_t cut; /* answers for which there was no room */
};

static void *
map(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

int
dns_timeline_new(int64_t bucket_ns, int64_t length_ns, struct dns_timeline **ret)
{
	int64_t buckets = length_ns / bucket_ns + 1;
	struct dns_timeline *t;

	if (buckets > TIMELINE_BUCKETS)
		return -E2BIG;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return -ENOMEM;
	t->bucket_ns = bucket_ns;
	t->buckets_len = (size_t)buckets;
	t->sites_len = 1;
	t->buckets = map(t->buckets_len * sizeof(*t->buckets));
	t->cells = map(TIMELINE_CELLS * sizeof(*t->cells));
	if (t->buckets == NULL || t->cells == NULL) {
		dns_timeline_free(t);
		return -ENOMEM;
	}
	*ret = t;
	return 0;
}

void
dns_timeline_free(struct dns_timeline *t)
{
	if (t == NULL)
		return;
	if (t->buckets != NULL)
		munmap(t->buckets, t->buckets_len * sizeof(*t->buckets));
	if (t->cells != NULL)
		munmap(t->cells, TIMELINE_CELLS * sizeof(*t->cells));
	free(t);
}

static struct bucket *
bucket_of(struct dns_timeline *t, int64_t at_ns)
{
	if (at_ns < 0 || (size_t)(at_ns / t->bucket_ns) >= t->buckets_len)
		return NULL;
	return &t->buckets[at_ns / t->bucket_ns];
}

void
dns_timeline_sent(struct dns_timeline *t, int64_t at_ns)
{
	struct bucket *b = bucket_of(t, at_ns);

	if (b != NULL)
		b->sent++;
}

/* The place of a site, a new one if need be; TIMELINE_SITES when there is no room. */
static size_t
site_of(struct dns_timeline *t, const uint8_t *nsid, size_t len)
{
	struct site *s;
	char *out;

	if (nsid == NULL || len == 0)
		return 0;
	if (len > TIMELINE_NSID_BYTES)
		len = TIMELINE_NSID_BYTES;
	for (size_t i = 1; i < t->sites_len; i++)
		if (t->sites[i].len == len && memcmp(t->sites[i].nsid, nsid, len) == 0)
			return i;
	if (t->sites_len == TIMELINE_SITES)
		return TIMELINE_SITES;
	s = &t->sites[t->sites_len];
	memcpy(s->nsid, nsid, len);
	s->len = len;
	out = s->name;
	for (size_t i = 0; i < len; i++)
		if (nsid[i] > 0x20 && nsid[i] < 0x7f && nsid[i] != '\\')
			*out++ = (char)nsid[i];
		else
			out += snprintf(out, 5, "\\x%02x", nsid[i]);
	*out = '\0';
	return t->sites_len++;
}

static struct cell *
cell_of(struct dns_timeline *t, struct bucket *b, size_t site)
{
	if (site == TIMELINE_SITES || (b->cells[site] == 0 && t->cells_len == TIMELINE_CELLS))
		return NULL;
	if (b->cells[site] == 0)
		b->cells[site] = (uint32_t)++t->cells_len;
	return &t->cells[b->cells[site] - 1];
}

static size_t
hist_place(uint64_t us)
{
	unsigned int shift;
	size_t i;

	if (us < HIST_SUBS)
		return (size_t)us;
	shift = 63U - (unsigned int)__builtin_clzll(us) - HIST_SUB_BITS;
	i = (size_t)(shift + 1) * HIST_SUBS + (size_t)((us >> shift) - HIST_SUBS);
	return i < TIMELINE_HIST ? i : TIMELINE_HIST - 1;
}

/* The middle of a place, in microseconds. */
static double
hist_us(size_t i)
{
	double unit_us = (double)(1 << HIST_UNIT_BITS) / 1000.0;
	size_t shift = i < HIST_SUBS ? 0 : i / HIST_SUBS - 1;
	size_t low = i < HIST_SUBS ? i : (i % HIST_SUBS + HIST_SUBS) << shift;

	return ((double)low + (double)((size_t)1 << shift) / 2) * unit_us;
}

static double
quantile_us(const struct cell *c, double q)
{
	double rank = q * c->answered, us;
	uint64_t seen = 0;
	size_t i = 0;

	for (; i < TIMELINE_HIST - 1; i++) {
		seen += c->hist[i];
		if (seen > 0 && (double)seen >= rank)
			break;
	}
	us = hist_us(i);
	return us > c->max_us ? c->max_us : us;
}

void
dns_timeline_answered(struct dns_timeline *t, int64_t at_ns, int64_t latency_ns,
	const uint8_t *nsid, size_t nsid_len)
{
	struct bucket *b = bucket_of(t, at_ns);
	size_t site = site_of(t, nsid, nsid_len);
	struct cell *c;
	uint64_t ns = latency_ns > 0 ? (uint64_t)latency_ns : 0, us = (ns + 999) / 1000;

	if (site < TIMELINE_SITES)
		t->sites[site].answered++;
	c = b == NULL ? NULL : cell_of(t, b, site);
	if (b != NULL)
		b->answered++;
	if (c == NULL) {
		t->cut++;
		return;
	}
	c->answered++;
	c->hist[hist_place(ns >> HIST_UNIT_BITS)]++;
	if (us > c->max_us)
		c->max_us = us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

static void
merge_cell(struct cell *to, const struct cell *from)
{
	to->answered += from->answered;
	if (from->max_us > to->max_us)
		to->max_us = from->max_us;
	for (size_t i = 0; i < TIMELINE_HIST; i++)
		to->hist[i] += from->hist[i];
}

void
dns_timeline_merge(struct dns_timeline *to, const struct dns_timeline *from)
{
	size_t site[TIMELINE_SITES] = {0};

	for (size_t i = 0; i < from->sites_len; i++) {
		site[i] = site_of(to, from->sites[i].nsid, from->sites[i].len);
		if (site[i] < TIMELINE_SITES)
			to->sites[site[i]].answered += from->sites[i].answered;
	}
	to->cut += from->cut;
	for (size_t i = 0; i < from->buckets_len && i < to->buckets_len; i++) {
		const struct bucket *f = &from->buckets[i];
		struct bucket *b = &to->buckets[i];

		if (f->sent == 0 && f->answered == 0)
			continue;
		b->sent += f->sent;
		b->answered += f->answered;
		for (size_t k = 0; k < from->sites_len; k++) {
			struct cell *c = f->cells[k] == 0 ? NULL : cell_of(to, b, site[k]);

			if (c != NULL)
				merge_cell(c, &from->cells[f->cells[k] - 1]);
			else if (f->cells[k] != 0)
				to->cut += from->cells[f->cells[k] - 1].answered;
		}
	}
}

static void
write_bucket(const struct dns_timeline *t, size_t i, FILE *to)
{
	const struct bucket *b = &t->buckets[i];

	fprintf(to, "{\"at_ms\":%.3f,\"sent\":%u,\"answered\":%u,\"lost\":%u,\"sites\":[",
		(double)t->bucket_ns * (double)i / 1e6, b->sent, b->answered,
		b->sent > b->answered ? b->sent - b->answered : 0);
	for (size_t k = 0, n = 0; k < t->sites_len; k++) {
		const struct cell *c = b->cells[k] == 0 ? NULL : &t->cells[b->cells[k] - 1];
		json_t *name;
		char *text;

		if (c == NULL)
			continue;
		name = json_string(t->sites[k].name);
		text = json_dumps(name, JSON_ENCODE_ANY);
		fprintf(to,
			"%s{\"site\":%s,\"answered\":%u,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":"
			"%u}",
			n++ == 0 ? "" : ",", text == NULL ? "\"\"" : text, c->answered,
			quantile_us(c, 0.5), quantile_us(c, 0.99), c->max_us);
		free(text);
		json_decref(name);
	}
	fputs("]}\n", to);
}

int
dns_timeline_write(const struct dns_timeline *t, const char *path, struct wall begin, struct err *e)
{
	FILE *to = fopen(path, "we");
	size_t last = 0;

	if (to == NULL)
		return err_sys(e, errno, "%s", path);
	for (size_t i = 0; i < t->buckets_len; i++)
		if (t->buckets[i].sent > 0)
			last = i + 1;
	fprintf(to,
		"{\"schema\":\"catchment.load-timeline/"
		"1\",\"begin_ns\":%lld,\"bucket_ms\":%.3f,\"cut\":%llu}\n",
		(long long)begin.ns, (double)t->bucket_ns / 1e6, (unsigned long long)t->cut);
	for (size_t i = 0; i < last; i++)
		write_bucket(t, i, to);
	if (ferror(to) != 0) {
		fclose(to);
		return err_set(e, EIO, "%s: could not be written whole", path);
	}
	return fclose(to) != 0 ? err_sys(e, errno, "%s", path) : 0;
}

int
dns_timeline_site(
	const struct dns_timeline *t, size_t i, const char **ret_name, uint64_t *ret_answered)
{
	if (i >= t->sites_len)
		return 0;
	*ret_name = t->sites[i].name;
	*ret_answered = t->sites[i].answered;
	return 1;
}
