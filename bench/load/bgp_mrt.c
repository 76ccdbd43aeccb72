/* bgp_mrt.c - the routing table of an MRT file: one peer's view of it, checked to its end before anything is taken. */
#include "bench/load/bgp_mrt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/mrt.h"

enum { PEERS = 65536 };

struct reader {
	struct mrt_file *file;
	struct mrt_record record;
	const struct bgp_mrt_options *options;
	struct bgp_mrt_counts counts;
	uint32_t *as;	     /* of each of the collector's peers, 0 where unknown */
	uint64_t *routes[2]; /* each of them told, per family */
	size_t best[2];
	bool peers_known;
	struct bgp_table *table; /* NULL in the first pass */
	struct err *e;
};

static int
complain(struct reader *r, const uint8_t *at, const char *why)
{
	return mrt_complain(r->file, &r->record, at, r->e, why);
}

static int
read_peers(struct reader *r)
{
	struct mrt_peers peers;
	struct mrt_peer peer;
	const uint8_t *at;
	const char *why;

	if (mrt_peers_parse(&r->record, &peers, &at, &why) < 0)
		return complain(r, at, why);
	for (size_t i = 0; mrt_peer_next(&peers, &peer); i++)
		r->as[i] = peer.as;
	r->peers_known = true;
	return 0;
}

static bool
chosen(const struct reader *r, const struct mrt_entry *x, int family6)
{
	if (r->options->peer_as != 0)
		return r->as[x->peer] == r->options->peer_as;
	return x->peer == r->best[family6];
}

static int
take_entry(struct reader *r, const struct mrt_rib *rib, const struct mrt_entry *x)
{
	size_t max = rib->family == 4 ? r->options->max_ipv4 : r->options->max_ipv6;
	struct bgp_route route = {.family = rib->family, .bits = rib->bits};
	uint8_t attrs[MRT_ATTRS_MAX_BYTES];
	const char *why;
	int len = mrt_attrs(x->attrs, true, attrs, &why), rc;

	if (len < 0)
		return complain(r, x->attrs.at, why);
	if (r->table == NULL) {
		r->routes[rib->family == 6][x->peer]++;
		return 0;
	}
	if (!chosen(r, x, rib->family == 6)) {
		r->counts.other_peer++;
		return 0;
	}
	memcpy(route.addr, rib->addr, sizeof(route.addr));
	if (!bgp_prefix_tellable(
		    rib->family, rib->addr, rib->bits, r->options->avoid, r->options->avoid_len)) {
		r->counts.not_tellable++;
		return 0;
	}
	if (max != 0 && bgp_table_len_of(r->table, rib->family) >= max)
		return 0;
	rc = bgp_table_intern(r->table, attrs, (size_t)len, &route.attrs);
	if (rc == 0)
		rc = bgp_table_add(r->table, &route);
	if (rc == -EEXIST)
		return 0; /* by a second peer of that AS */
	r->counts.taken++;
	return rc < 0 ? err_sys(r->e, -rc, "the table of the MRT file") : 0;
}

static int
read_rib(struct reader *r)
{
	struct mrt_rib rib;
	struct mrt_entry x;
	const uint8_t *at;
	const char *why;
	int rc = 0;

	if (!r->peers_known)
		return complain(r, NULL, "routes before the table of peers");
	if (mrt_rib_parse(&r->record, &rib, &at, &why) < 0)
		return complain(r, at, why);
	while (rc == 0 && mrt_entry_next(&rib, &x))
		rc = take_entry(r, &rib, &x);
	return rc;
}

static int
pass(struct reader *r)
{
	int rc;

	while ((rc = mrt_next(r->file, &r->record, r->e)) > 0) {
		r->counts.records += r->table == NULL;
		if (r->record.kind == MRT_PEERS)
			rc = read_peers(r);
		else if (r->record.kind == MRT_RIB)
			rc = read_rib(r);
		if (rc < 0)
			return rc;
	}
	return rc;
}

int
bgp_mrt_table(struct bgp_table *t, const char *path, const struct bgp_mrt_options *options,
	struct bgp_mrt_counts *ret, struct err *e)
{
	struct reader r = {.options = options, .e = e};
	int rc = mrt_open(&r.file, path, e);

	if (rc < 0)
		return rc;
	r.as = calloc(PEERS, sizeof(*r.as));
	r.routes[0] = calloc(PEERS, sizeof(*r.routes[0]));
	r.routes[1] = calloc(PEERS, sizeof(*r.routes[1]));
	if (r.as == NULL || r.routes[0] == NULL || r.routes[1] == NULL)
		rc = err_sys(e, ENOMEM, "%s", path);
	else
		rc = pass(&r);
	for (size_t i = 0; rc == 0 && i < PEERS; i++)
		for (int f = 0; f < 2; f++)
			if (r.routes[f][i] > r.routes[f][r.best[f]])
				r.best[f] = i;
	if (rc == 0)
		rc = mrt_rewind(r.file, e);
	r.table = t;
	if (rc == 0)
		rc = pass(&r);
	if (rc == 0 && (rc = bgp_table_order(t)) < 0)
		err_sys(e, -rc, "%s", path);
	if (rc == 0 && bgp_table_len(t) == 0)
		rc = err_set(e, ENODATA, "%s: no route in it that could be told%s", path,
			options->peer_as != 0 ? " from that peer" : "");
	free(r.as);
	free(r.routes[0]);
	free(r.routes[1]);
	mrt_close(r.file);
	if (rc == 0)
		*ret = r.counts;
	return rc;
}
