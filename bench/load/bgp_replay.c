/* bgp_replay.c - the messages of an MRT file, one peer's, as steps with the file's own timing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/bgp_mrt.h"
#include "bench/load/mrt.h"

/* A message is at most this many prefixes: 65535 bytes, a byte each. */
enum { MAX_PREFIXES = 65536, MAX_PEERS = 4096, LISTS = 4 };

struct list {
	struct bgp_route *routes;
	size_t n;
	bool withdraw;
};

struct peer {
	struct mrt_peer is;
	uint64_t messages;
};

struct bgp_replay {
	struct mrt_file *file;
	struct mrt_record record;
	struct bgp_mrt_options options;
	struct bgp_mrt_counts counts;
	double speed;
	struct peer *peers;
	size_t peers_len;
	struct mrt_peer best;
	int64_t first_ns; /* of the message that all are counted from; -1 before it */
	/* Of the message read last: */
	struct bgp_route *routes;
	struct list list[LISTS];
	size_t at; /* the list that is next */
	int64_t due_ns;
	uint8_t attrs[MRT_ATTRS_MAX_BYTES];
	size_t attrs_len;
};

static bool
same_peer(const struct mrt_peer *a, const struct mrt_peer *b)
{
	return a->as == b->as && a->address.family == b->address.family &&
		inet_same(&a->address, &b->address);
}

static void
count_peer(struct bgp_replay *r, const struct mrt_peer *peer)
{
	for (size_t i = 0; i < r->peers_len; i++)
		if (same_peer(&r->peers[i].is, peer)) {
			r->peers[i].messages++;
			return;
		}
	if (r->peers_len < MAX_PEERS)
		r->peers[r->peers_len++] = (struct peer){*peer, 1};
}

static bool
chosen(const struct bgp_replay *r, const struct mrt_peer *peer)
{
	return r->options.peer_as != 0 ? peer->as == r->options.peer_as : same_peer(peer, &r->best);
}

static void
take_list(struct bgp_replay *r, struct bgp_prefixes it, bool withdraw, size_t *used)
{
	struct list *l = &r->list[r->at++];
	struct bgp_prefix p;

	*l = (struct list){.routes = r->routes + *used, .withdraw = withdraw};
	while (*used + l->n < MAX_PREFIXES && bgp_prefix_next(&it, &p)) {
		struct bgp_route *to = &l->routes[l->n];

		if (!bgp_prefix_tellable(
			    p.family, p.addr, p.bits, r->options.avoid, r->options.avoid_len)) {
			r->counts.not_tellable++;
			continue;
		}
		*to = (struct bgp_route){.family = p.family, .bits = p.bits};
		memcpy(to->addr, p.addr, sizeof(to->addr));
		l->n++;
	}
	*used += l->n;
}

/* The attributes of an UPDATE that has been parsed: behind its withdrawn routes. */
static struct cursor
attributes_of(const struct mrt_message *m)
{
	struct cursor c = cursor_over(m->bytes + BGP_HEADER_BYTES, m->len - BGP_HEADER_BYTES);

	cursor_take(&c, cursor_u16(&c));
	return cursor_sub(&c, cursor_u16(&c));
}

/* Returns 0, or -EBADMSG with `ret_why`. */
static int
take_update(struct bgp_replay *r, const struct mrt_message *m, const char **ret_why)
{
	struct bgp_options options = {.as4 = m->as4, .long_messages = true};
	struct bgp_update u;
	size_t used = 0;
	int len;

	*ret_why = "a malformed UPDATE";
	if (bgp_update_parse(m->bytes, m->len, &options, &u, NULL) < 0)
		return -EBADMSG;
	r->at = 0;
	r->attrs_len = 0;
	take_list(r, u.withdrawn, true, &used);
	take_list(r, u.mp_withdrawn, true, &used);
	take_list(r, u.announced, false, &used);
	take_list(r, u.mp_announced, false, &used);
	r->at = 0;
	if (r->list[2].n + r->list[3].n == 0)
		return 0;
	len = mrt_attrs(attributes_of(m), m->as4, r->attrs, ret_why);
	r->attrs_len = len < 0 ? 0 : (size_t)len;
	return len < 0 ? len : 0;
}

/* The next message of the file that is an UPDATE of the peer chosen: 1, 0, -errno. */
static int
next_message(struct bgp_replay *r, bool first_pass, struct err *e)
{
	struct mrt_message m;
	const uint8_t *at;
	const char *why;
	int rc;

	while ((rc = mrt_next(r->file, &r->record, e)) > 0) {
		r->counts.records += first_pass;
		if (r->record.kind != MRT_MESSAGE)
			continue;
		if (mrt_message_parse(&r->record, &m, &at, &why) < 0)
			return mrt_complain(r->file, &r->record, at, e, why);
		if (!m.update)
			continue;
		if (m.addpath) {
			r->counts.not_understood += first_pass;
			continue;
		}
		if (!first_pass && !chosen(r, &m.peer)) {
			r->counts.other_peer++;
			continue;
		}
		if (take_update(r, &m, &why) < 0)
			return mrt_complain(r->file, &r->record, m.bytes, e, why);
		if (first_pass)
			count_peer(r, &m.peer);
		else
			return 1;
	}
	return rc;
}

int
bgp_replay_next(struct bgp_replay *r, struct bgp_step *ret, struct err *e)
{
	for (;;) {
		while (r->at < LISTS) {
			const struct list *l = &r->list[r->at++];

			if (l->n == 0)
				continue;
			*ret = (struct bgp_step){r->due_ns, l->withdraw, {r->attrs, r->attrs_len},
				l->routes, l->n, -1};
			return 1;
		}
		int rc = next_message(r, false, e);

		if (rc <= 0)
			return rc;
		if (r->first_ns < 0)
			r->first_ns = r->record.time_ns;
		/* A collector's clock may step back: what is earlier is due at once. */
		r->due_ns = (int64_t)((double)(r->record.time_ns - r->first_ns) / r->speed);
		r->counts.span_ns = r->record.time_ns - r->first_ns > r->counts.span_ns
			? r->record.time_ns - r->first_ns
			: r->counts.span_ns;
		r->counts.taken++;
	}
}

static int
check_all(struct bgp_replay *r, const char *path, struct err *e)
{
	struct bgp_step step;
	size_t best = 0;
	int rc = next_message(r, true, e);

	if (rc < 0)
		return rc;
	for (size_t i = 1; i < r->peers_len; i++)
		if (r->peers[i].messages > r->peers[best].messages)
			best = i;
	r->best = r->peers[best].is;
	/* A second time as it will be replayed, for the figures of what is taken. */
	r->counts.not_tellable = 0;
	r->at = LISTS;
	rc = mrt_rewind(r->file, e);
	while (rc == 0 && (rc = bgp_replay_next(r, &step, e)) > 0)
		rc = 0;
	if (rc == 0 && r->counts.taken == 0)
		rc = err_set(e, ENODATA, "%s: no UPDATE in it%s", path,
			r->options.peer_as != 0 ? " from that peer" : "");
	return rc;
}

int
bgp_replay_open(struct bgp_replay **ret, const char *path, const struct bgp_mrt_options *options,
	double speed, struct bgp_mrt_counts *ret_counts, struct err *e)
{
	struct bgp_replay *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return err_sys(e, ENOMEM, "%s", path);
	r->options = *options;
	r->speed = speed;
	r->first_ns = -1;
	r->at = LISTS;
	r->peers = calloc(MAX_PEERS, sizeof(*r->peers));
	r->routes = calloc(MAX_PREFIXES, sizeof(*r->routes));
	rc = r->peers == NULL || r->routes == NULL ? err_sys(e, ENOMEM, "%s", path)
						   : mrt_open(&r->file, path, e);
	if (rc == 0)
		rc = check_all(r, path, e);
	if (rc == 0)
		rc = mrt_rewind(r->file, e);
	if (rc < 0) {
		bgp_replay_close(r);
		return rc;
	}
	*ret_counts = r->counts;
	r->first_ns = -1;
	r->due_ns = 0;
	r->at = LISTS;
	*ret = r;
	return 0;
}

void
bgp_replay_close(struct bgp_replay *r)
{
	if (r == NULL)
		return;
	mrt_close(r->file);
	free(r->peers);
	free(r->routes);
	free(r);
}
