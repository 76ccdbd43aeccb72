/* bgplog_bfd.c - the BFD sessions of one capture point: each change of state that a side tells. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/bgplog_internal.h"
#include "lib/bfd.h"

enum { MAX_SENDERS = 1024, MAC_BYTES = 6 };

/* One direction: what its sender last told. */
struct sender {
	uint8_t family;
	uint8_t src[16], dst[16];
	enum bfd_state state;
	int64_t seen_ns;
};

struct bgplog_bfd {
	struct sender sender[MAX_SENDERS];
	size_t senders;
	bool knows_mac; /* of the point's own interface, from a packet with an address of its node */
	uint8_t mac[MAC_BYTES];
};

int
bgplog_bfd_new(struct bgplog_reading *x)
{
	x->bfd = calloc(1, sizeof(*x->bfd));
	return x->bfd == NULL ? -ENOMEM : 0;
}

void
bgplog_bfd_done(struct bgplog_reading *x)
{
	free(x->bfd);
	x->bfd = NULL;
}

static struct sender *
find(struct bgplog_bfd *b, uint8_t family, const uint8_t src[static 16],
	const uint8_t dst[static 16])
{
	for (size_t i = 0; i < b->senders; i++)
		if (b->sender[i].family == family && memcmp(b->sender[i].src, src, 16) == 0 &&
			memcmp(b->sender[i].dst, dst, 16) == 0)
			return &b->sender[i];
	return NULL;
}

/* Link-local addresses are in no plan: the sender's MAC address tells whose packet it is. */
static bool
is_ours(struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec)
{
	const struct bgplog_point *p = &x->log->point[x->point];
	int node = bgplog_node_of(x->log, v->family, v->src);
	struct bgplog_bfd *b = x->bfd;

	if (rec->captured_bytes < 2 * MAC_BYTES)
		return false;
	if (node == p->node && !b->knows_mac) {
		b->knows_mac = true;
		memcpy(b->mac, rec->data + MAC_BYTES, MAC_BYTES);
	}
	if (node >= 0)
		return node == p->node;
	return b->knows_mac && memcmp(b->mac, rec->data + MAC_BYTES, MAC_BYTES) == 0;
}

static void
keep_change(struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec,
	const struct sender *s, const struct bfd_packet *told)
{
	const struct bgplog_point *p = &x->log->point[x->point];
	bool ours = is_ours(x, v, rec);
	struct bgplog_entry *n = bgplog_add(x, BGPLOG_BFD, rec->seen, rec->number);
	const struct sender *other = find(x->bfd, v->family, v->dst, v->src);

	if (n == NULL)
		return;
	n->way = p->loop ? BGPLOG_LOCAL : ours ? BGPLOG_SENT : BGPLOG_RECEIVED;
	n->peer = bgplog_node_of(x->log, v->family, ours ? v->dst : v->src);
	/* On a link between two the peer is at its other end, whatever address it uses. */
	if (n->peer < 0)
		n->peer = p->peer;
	n->bytes = (uint32_t)v->payload_wire_bytes;
	n->state_from = (uint8_t)s->state;
	n->state_to = (uint8_t)told->state;
	n->diag = told->diag;
	if (other != NULL)
		n->heard_ns = other->seen_ns;
}

void
bgplog_bfd_take(struct bgplog_reading *x, const struct pkt_view *v, const struct pcap_record *rec)
{
	struct bgplog_bfd *b = x->bfd;
	struct bfd_packet told;
	struct sender *s;

	if (bfd_read(v->payload, v->payload_bytes, &told) < 0)
		return;
	is_ours(x, v, rec);
	s = find(b, v->family, v->src, v->dst);
	if (s == NULL && b->senders < MAX_SENDERS) {
		s = &b->sender[b->senders++];
		*s = (struct sender){.family = v->family, .state = told.state};
		memcpy(s->src, v->src, 16);
		memcpy(s->dst, v->dst, 16);
	}
	if (s == NULL)
		return;
	if (s->state != told.state)
		keep_change(x, v, rec, s, &told);
	s->state = told.state;
	s->seen_ns = rec->seen.ns;
}
