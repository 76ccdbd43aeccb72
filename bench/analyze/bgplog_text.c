/* bgplog_text.c - the BGP log asked and told: twins, what is about a prefix, a message in words. */
#include "bench/analyze/bgplog.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/bgplog_internal.h"
#include "lib/bfd.h"
#include "lib/bgp_name.h"

/* ---- twins ---- */

struct key {
	uint64_t hash;
	int64_t at_ns;
	int entry;
	bool sent;
};

static int
key_order(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->sent == y->sent ? 0 : x->sent ? -1 : 1;
}

/* Of the same bytes in the same direction of a session the first sent is the first received. */
static void
pair_group(struct bgplog *log, const struct key *k, size_t n)
{
	size_t sent = 0;

	for (size_t i = 0; i < n; i++) {
		if (k[i].sent)
			continue;
		while (sent < i && !k[sent].sent)
			sent++;
		if (sent == i)
			continue;
		log->entry[k[i].entry].twin = k[sent].entry;
		log->entry[k[sent].entry].twin = k[i].entry;
		sent++;
	}
}

int
bgplog_pair(struct bgplog *log)
{
	struct key *k = calloc(log->entries + 1, sizeof(*k));
	size_t n = 0;

	if (k == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < log->entries; i++) {
		const struct bgplog_entry *x = &log->entry[i];

		if (x->hash != 0 && x->way != BGPLOG_LOCAL)
			k[n++] = (struct key){x->hash, x->at_ns, (int)i, x->way == BGPLOG_SENT};
	}
	if (n > 0)
		qsort(k, n, sizeof(*k), key_order);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && k[end].hash == k[i].hash; end++)
			;
		pair_group(log, k + i, end - i);
	}
	free(k);
	return 0;
}

/* ---- questions ---- */

const struct bgplog_change *
bgplog_about(
	const struct bgplog *log, const struct bgplog_entry *x, const struct bgp_prefix *prefix)
{
	for (uint32_t i = 0; i < x->changes; i++) {
		const struct bgplog_change *c = &log->change[x->change + i];

		if (c->prefix.family == prefix->family && c->prefix.bits == prefix->bits &&
			memcmp(c->prefix.addr, prefix->addr, sizeof(prefix->addr)) == 0)
			return c;
	}
	return NULL;
}

const char *
bgplog_what_name(enum bgplog_what what)
{
	static const char *const name[] = {[BGPLOG_OPEN] = "OPEN",
		[BGPLOG_UPDATE] = "UPDATE",
		[BGPLOG_NOTIFICATION] = "NOTIFICATION",
		[BGPLOG_KEEPALIVE] = "KEEPALIVE",
		[BGPLOG_REFRESH] = "ROUTE-REFRESH",
		[BGPLOG_MALFORMED] = "malformed UPDATE",
		[BGPLOG_FIN] = "FIN",
		[BGPLOG_RESET] = "RST",
		[BGPLOG_BFD] = "BFD"};

	return name[what];
}

const char *
bgplog_how_name(enum bgplog_how how)
{
	static const char *const name[] = {[BGPLOG_NLRI] = "nlri",
		[BGPLOG_MP_REACH] = "mp_reach",
		[BGPLOG_WITHDRAWN] = "withdrawn",
		[BGPLOG_MP_UNREACH] = "mp_unreach"};

	return name[how];
}

const char *
bgplog_peer_text(const struct bgplog *log, const struct bgplog_entry *x)
{
	const struct bgplog_session *s = x->session < 0 ? NULL : &log->session[x->session];
	int node = log->point[x->point].node;

	if (s == NULL)
		return x->peer < 0 ? "?" : log->node[x->peer].name;
	return s->text[s->node[0] == node ? 1 : 0];
}

static int
add_change_text(const struct bgplog_change *c, char *out, size_t out_bytes)
{
	char addr[64] = "?";

	inet_ntop(c->prefix.family == 4 ? AF_INET : AF_INET6, c->prefix.addr, addr, sizeof(addr));
	return snprintf(out, out_bytes, "%s %s/%u", bgplog_withdraws(c) ? "withdraw" : "announce",
		addr, c->prefix.bits);
}

static void
update_text(const struct bgplog *log, const struct bgplog_entry *x, char *out, size_t out_bytes)
{
	size_t at = (size_t)snprintf(out, out_bytes, "UPDATE");

	for (uint32_t i = 0; i < x->changes && i < 3 && at < out_bytes; i++) {
		at += (size_t)snprintf(out + at, out_bytes - at, "%s ", i == 0 ? "" : ",");
		if (at < out_bytes)
			at += (size_t)add_change_text(
				&log->change[x->change + i], out + at, out_bytes - at);
	}
	if (x->changes > 3 && at < out_bytes)
		at += (size_t)snprintf(out + at, out_bytes - at, ", and %u more", x->changes - 3);
	if (x->path_len > 0 && at < out_bytes)
		snprintf(out + at, out_bytes - at, " (path of %u, from AS %u)", x->path_len,
			x->path_origin);
}

const char *
bgplog_text(const struct bgplog *log, const struct bgplog_entry *x, char *out, size_t out_bytes)
{
	struct bgp_notification n = {x->code, x->subcode, cursor_over(NULL, 0)};
	char text[BGP_NAME_BYTES];

	switch (x->what) {
	case BGPLOG_UPDATE:
		update_text(log, x, out, out_bytes);
		break;
	case BGPLOG_NOTIFICATION:
		snprintf(out, out_bytes, "NOTIFICATION %s", bgp_notification_text(&n, text));
		break;
	case BGPLOG_BFD:
		snprintf(out, out_bytes, "BFD %s -> %s (%s)",
			bfd_state_name((enum bfd_state)x->state_from),
			bfd_state_name((enum bfd_state)x->state_to), bfd_diag_name(x->diag));
		break;
	case BGPLOG_OPEN:
	case BGPLOG_KEEPALIVE:
	case BGPLOG_REFRESH:
	case BGPLOG_MALFORMED:
	case BGPLOG_FIN:
	case BGPLOG_RESET:
		snprintf(out, out_bytes, "%s", bgplog_what_name(x->what));
		break;
	}
	return out;
}
