/* neighbour_facts.c - what a capture says about who keeps watch on whom: BFD, OSPF Hellos and VRRP. */
#include "bench/analyze/neighbour_facts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_BYTES = INET6_ADDRSTRLEN };

int
neighbour_facts_init(struct neighbour_facts *n, struct fact_events *events)
{
	struct neighbour_table *const tables[] = {&n->bfd, &n->ospf, &n->vrrp};
	static const char *const names[] = {"bfd", "ospf", "vrrp"};

	*n = (struct neighbour_facts){.events = events};
	for (int i = 0; i < 3; i++) {
		tables[i]->protocol = names[i];
		tables[i]->sender = calloc(NEIGHBOUR_SENDERS, sizeof(*tables[i]->sender));
		if (tables[i]->sender == NULL) {
			neighbour_facts_done(n);
			return -ENOMEM;
		}
	}
	return 0;
}

void
neighbour_facts_done(struct neighbour_facts *n)
{
	free(n->bfd.sender);
	free(n->ospf.sender);
	free(n->vrrp.sender);
	*n = (struct neighbour_facts){0};
}

static const char *
show(uint8_t family, const uint8_t addr[static 16], char out[static ADDRESS_BYTES])
{
	inet_ntop(family == 4 ? AF_INET : AF_INET6, addr, out, ADDRESS_BYTES);
	return out;
}

/* The sender of a packet; NULL: seen at another point than its own, or no place. */
static struct neighbour_sender *
sender_of(struct neighbour_table *t, const struct pkt_view *v, bool to_one, uint32_t id,
	const struct fact_place *at)
{
	static const uint8_t nobody[16];
	const uint8_t *dst = to_one ? v->dst : nobody;
	uint16_t port = to_one ? v->dport : 0;
	struct neighbour_sender *s;

	t->packets++;
	for (size_t i = 0; i < t->n; i++) {
		s = &t->sender[i];
		if (s->family == v->family && s->id == id && s->port == port &&
			memcmp(s->src, v->src, 16) == 0 && memcmp(s->dst, dst, 16) == 0)
			return s->point == at->point ? s : NULL;
	}
	if (t->n == NEIGHBOUR_SENDERS) {
		t->not_kept++;
		return NULL;
	}
	s = &t->sender[t->n++];
	s->family = v->family;
	s->port = port;
	s->id = id;
	s->point = at->point;
	memcpy(s->src, v->src, 16);
	memcpy(s->dst, dst, 16);
	return s;
}

/* Was it silent for longer than its neighbours wait? Returns true on its first packet. */
static bool
count_packet(struct neighbour_facts *n, const struct neighbour_table *t, struct neighbour_sender *s,
	const struct fact_place *at)
{
	int64_t gap_ns = s->packets == 0 ? 0 : wall_diff_ns(at->seen, s->last);
	char who[ADDRESS_BYTES];

	if (gap_ns > s->longest_gap_ns)
		s->longest_gap_ns = gap_ns;
	if (s->dead_ns > 0 && gap_ns > s->dead_ns) {
		s->silences++;
		fact_event(n->events, at, t->protocol, "silence",
			"%s was silent for %.3f s, its neighbours wait %.3f s",
			show(s->family, s->src, who), (double)gap_ns / 1e9,
			(double)s->dead_ns / 1e9);
	}
	s->last = at->seen;
	return s->packets++ == 0;
}

static void
malformed(struct neighbour_facts *n, struct neighbour_table *t, const struct pkt_view *v,
	const struct fact_place *at)
{
	char who[ADDRESS_BYTES];

	t->malformed++;
	fact_event(n->events, at, t->protocol, "malformed", "from %s: cannot be read",
		show(v->family, v->src, who));
}

static void
take_bfd(struct neighbour_facts *n, const struct pkt_view *v, const struct fact_place *at)
{
	char a[ADDRESS_BYTES], z[ADDRESS_BYTES];
	struct neighbour_sender *s;
	struct bfd_packet b;
	int64_t interval_us;
	bool first;

	if (bfd_read(v->payload, v->payload_bytes, &b) < 0) {
		malformed(n, &n->bfd, v, at);
		return;
	}
	s = sender_of(&n->bfd, v, true, 0, at);
	if (s == NULL)
		return;
	first = count_packet(n, &n->bfd, s, at);
	if (first || b.state != s->bfd.state) {
		s->changes += !first;
		fact_event(n->events, at, "bfd", "state", "%s > %s %s%s%s (%s)",
			show(v->family, v->src, a), show(v->family, v->dst, z),
			first ? "" : bfd_state_name(s->bfd.state), first ? "" : " to ",
			bfd_state_name(b.state), bfd_diag_name(b.diag));
	}
	/*
	 * RFC 5880 6.8.4: the receiver waits the sender's multiplier times the slower of the sender's
	 * wish and its own; its own is in the packets of the other direction.
	 */
	interval_us = b.desired_min_tx_us;
	for (size_t i = 0; i < n->bfd.n; i++) {
		const struct neighbour_sender *x = &n->bfd.sender[i];

		if (x->port == s->port && memcmp(x->src, s->dst, 16) == 0 &&
			memcmp(x->dst, s->src, 16) == 0 && x->packets > 0 &&
			x->bfd.required_min_rx_us > interval_us)
			interval_us = x->bfd.required_min_rx_us;
	}
	s->dead_ns = b.state == BFD_UP ? interval_us * b.detect_mult * NS_PER_US : 0;
	s->bfd = b;
}

static bool
lists(const uint32_t *ids, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static void
tell_neighbour(struct neighbour_facts *n, const struct neighbour_sender *s, uint32_t id,
	const char *what, const struct fact_place *at)
{
	char who[ADDRESS_BYTES];

	fact_event(n->events, at, "ospf", what, "%s (router %u.%u.%u.%u) %s %u.%u.%u.%u",
		show(s->family, s->src, who), s->id >> 24, s->id >> 16 & 255, s->id >> 8 & 255,
		s->id & 255, strcmp(what, "heard") == 0 ? "hears" : "hears no longer", id >> 24,
		id >> 16 & 255, id >> 8 & 255, id & 255);
}

static void
compare_lists(struct neighbour_facts *n, struct neighbour_sender *s, struct cursor list,
	const struct fact_place *at)
{
	uint32_t now[NEIGHBOUR_LIST];
	size_t k = 0;

	while (cursor_left(&list) >= 4 && k < NEIGHBOUR_LIST)
		now[k++] = cursor_u32(&list);
	for (size_t i = 0; i < k; i++)
		if (!lists(s->heard_id, s->heard, now[i])) {
			s->changes++;
			tell_neighbour(n, s, now[i], "heard", at);
		}
	for (size_t i = 0; i < s->heard; i++)
		if (!lists(now, k, s->heard_id[i])) {
			s->changes++;
			tell_neighbour(n, s, s->heard_id[i], "lost", at);
		}
	memcpy(s->heard_id, now, k * sizeof(now[0]));
	s->heard = k;
}

static void
take_ospf(struct neighbour_facts *n, const struct pkt_view *v, const struct fact_place *at)
{
	struct neighbour_sender *s;
	enum ospf_type type;
	struct ospf_hello h;
	int rc = ospf_hello_read(v->payload, v->payload_bytes, &type, &h);

	if (rc == -ENOENT)
		return;
	if (rc < 0) {
		malformed(n, &n->ospf, v, at);
		return;
	}
	s = sender_of(&n->ospf, v, false, h.router_id, at);
	if (s == NULL)
		return;
	count_packet(n, &n->ospf, s, at);
	compare_lists(n, s, h.neighbours, at);
	s->ospf = h;
	s->ospf.neighbours = cursor_over(NULL, 0);
	s->dead_ns = (int64_t)h.dead_s * NS_PER_S;
}

static void
take_vrrp(struct neighbour_facts *n, const struct pkt_view *v, const struct fact_place *at)
{
	struct neighbour_sender *s;
	struct vrrp_advert a;
	char who[ADDRESS_BYTES];
	bool first;

	if (vrrp_read(v->payload, v->payload_bytes, v->hops, v->family, &a) < 0) {
		malformed(n, &n->vrrp, v, at);
		return;
	}
	s = sender_of(&n->vrrp, v, false, a.vrid, at);
	if (s == NULL)
		return;
	first = count_packet(n, &n->vrrp, s, at);
	show(v->family, v->src, who);
	if (first)
		fact_event(n->events, at, "vrrp", "master", "%s VRID %u priority %u every %u ms",
			who, a.vrid, a.priority, a.interval_ms);
	else if (a.priority != s->vrrp.priority)
		fact_event(n->events, at, "vrrp", a.priority == 0 ? "released" : "priority",
			"%s VRID %u priority %u to %u%s", who, a.vrid, s->vrrp.priority, a.priority,
			a.priority == 0 ? ": gives up" : "");
	s->changes += !first && a.priority != s->vrrp.priority;
	s->vrrp = a;
	/* Who has given up is not waited for. */
	s->dead_ns = a.priority == 0 ? 0 : vrrp_down_interval_ns(&a);
}

void
neighbour_facts_take(
	struct neighbour_facts *n, const struct pkt_view *v, const struct fact_place *at)
{
	if (v->proto == PKT_UDP && (v->dport == BFD_PORT || v->dport == BFD_MULTIHOP_PORT))
		take_bfd(n, v, at);
	else if (v->proto == PKT_OSPF)
		take_ospf(n, v, at);
	else if (v->proto == PKT_VRRP)
		take_vrrp(n, v, at);
}

static void
finish(struct neighbour_facts *n, struct neighbour_table *t, const struct fact_place *at)
{
	char who[ADDRESS_BYTES];

	for (size_t i = 0; i < t->n; i++) {
		struct neighbour_sender *s = &t->sender[i];
		int64_t gap_ns = wall_diff_ns(at->seen, s->last);

		if (s->dead_ns == 0 || gap_ns <= s->dead_ns)
			continue;
		s->silences++;
		if (gap_ns > s->longest_gap_ns)
			s->longest_gap_ns = gap_ns;
		fact_event(n->events, at, t->protocol, "silence",
			"%s is silent since %.3f s, its neighbours wait %.3f s",
			show(s->family, s->src, who), (double)gap_ns / 1e9,
			(double)s->dead_ns / 1e9);
	}
}

void
neighbour_facts_finish(struct neighbour_facts *n, const struct fact_place *at)
{
	finish(n, &n->bfd, at);
	finish(n, &n->ospf, at);
	finish(n, &n->vrrp, at);
}
