/* bgp_facts.c - what a capture says about the BGP sessions in it, and when the routes moved. */
#include "bench/analyze/bgp_facts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bgp_name.h"
#include "lib/bgpstream.h"

enum {
	CONNECTIONS = 1024,
	HELD_BYTES = 24 << 20,
	ADDRESS_BYTES = INET6_ADDRSTRLEN,
	COMMUNITY_BUCKETS = 1024,
};

struct bgp_facts {
	struct tcptable *tcp;
	struct fact_events *events;
	int64_t quiet_ns;
	struct bgp_facts_counts counts;
	size_t sessions, communities;
	struct bgp_session *session[BGP_FACTS_SESSIONS];
	struct bgp_bursts bursts;
	struct bgp_community community[BGP_FACTS_COMMUNITIES];
	uint16_t community_at[COMMUNITY_BUCKETS]; /* 0 empty, else index + 1 */
};

/* One direction of a connection. */
struct reader {
	struct bgp_facts *facts;
	struct bgpstream *stream;
	struct bgp_session *session; /* NULL: there was no place for it */
	unsigned from;		     /* index of the sender in the session */
	bool has_open, kept_alive;
	bool ended; /* said or was told that this is the end */
	struct bgp_open open;
	const struct tcp_half *half;
};

static struct reader *
other_reader(const struct reader *r)
{
	return r->half->connection->half[!r->half->side].reader;
}

/* "198.51.100.1 > 198.51.100.2" */
static const char *
way(const struct bgp_session *s, unsigned from, char out[static 2 * ADDRESS_BYTES + 4])
{
	char a[ADDRESS_BYTES], b[ADDRESS_BYTES];
	int family = s->family == 4 ? AF_INET : AF_INET6;

	inet_ntop(family, s->addr[from], a, sizeof(a));
	inet_ntop(family, s->addr[!from], b, sizeof(b));
	snprintf(out, 2 * ADDRESS_BYTES + 4, "%s > %s", a, b);
	return out;
}

static struct fact_place
place(const struct bgp_facts *b, struct wall seen, uint64_t packet)
{
	struct fact_place at = *tcptable_place(b->tcp);

	at.seen = seen;
	at.packet = packet;
	return at;
}

static struct bgp_session *
session_of(struct bgp_facts *b, const struct tcp_connection *c, unsigned *ret_client)
{
	unsigned low = memcmp(c->addr[0], c->addr[1], 16) <= 0 ? 0 : 1;
	struct bgp_session *s;

	*ret_client = low == 0 ? 0 : 1;
	for (size_t i = 0; i < b->sessions; i++) {
		s = b->session[i];
		if (s->family == c->family && memcmp(s->addr[0], c->addr[low], 16) == 0 &&
			memcmp(s->addr[1], c->addr[!low], 16) == 0)
			return s;
	}
	s = b->sessions == BGP_FACTS_SESSIONS ? NULL : calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->family = c->family;
	memcpy(s->addr[0], c->addr[low], 16);
	memcpy(s->addr[1], c->addr[!low], 16);
	b->session[b->sessions++] = s;
	return s;
}

/* ---- bursts ---- */

static void
close_burst(struct bgp_bursts *x)
{
	if (x->now.updates == 0)
		return;
	x->n++;
	if (x->kept < BGP_FACTS_BURSTS)
		x->burst[x->kept++] = x->now;
	x->now = (struct bgp_burst){0};
}

static void
add_to_burst(struct bgp_bursts *x, struct wall at, int64_t quiet_ns, uint64_t announced,
	uint64_t withdrawn)
{
	if (x->now.updates > 0 && wall_diff_ns(at, x->now.last) > quiet_ns)
		close_burst(x);
	if (x->now.updates++ == 0)
		x->now.first = x->now.last = at;
	if (wall_diff_ns(at, x->now.last) > 0)
		x->now.last = at;
	x->now.announced += announced;
	x->now.withdrawn += withdrawn;
}

/* ---- messages ---- */

static void
add_text(char *out, size_t size, const char *text)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s", text);
}

static void
tell_open(struct reader *r, const struct fact_place *at)
{
	static const char *const how[] = {"", " receive", " send", " send+receive"};
	const struct bgp_open *o = &r->open;
	char who[2 * ADDRESS_BYTES + 4], caps[160] = "", one[48];

	for (int f = 0; f < 2; f++)
		if (o->multiprotocol[f])
			add_text(caps, sizeof(caps), f == 0 ? ", IPv4" : ", IPv6");
	for (int f = 0; f < 2; f++) {
		if (o->addpath[f] == 0)
			continue;
		snprintf(one, sizeof(one), ", add-path IPv%d%s", f == 0 ? 4 : 6,
			how[o->addpath[f] & 3]);
		add_text(caps, sizeof(caps), one);
	}
	if (o->graceful_restart) {
		snprintf(one, sizeof(one), ", graceful restart %u s%s", o->restart_s,
			o->restarting ? " (restarting)" : "");
		add_text(caps, sizeof(caps), one);
	}
	if (o->long_messages)
		add_text(caps, sizeof(caps), ", long messages");
	if (!o->as4)
		add_text(caps, sizeof(caps), ", 2-octet AS");
	fact_event(r->facts->events, at, "bgp", "open", "%s OPEN AS %u hold %u s id %u.%u.%u.%u%s",
		way(r->session, r->from, who), o->as, o->hold_s, o->id[0], o->id[1], o->id[2],
		o->id[3], caps);
}

static void
take_malformed(struct reader *r, enum bgp_type type, const struct bgp_error *why,
	const struct fact_place *at)
{
	static const char *const names[] = {
		"", "OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH"};
	struct bgp_notification n = {why->code, why->subcode, cursor_over(NULL, 0)};
	char who[2 * ADDRESS_BYTES + 4], text[BGP_NAME_BYTES];

	r->session->sender[r->from].malformed++;
	r->facts->counts.malformed++;
	fact_event(r->facts->events, at, "bgp", "malformed", "%s %s, byte %u: %s",
		way(r->session, r->from, who), names[type], why->at_bytes,
		bgp_notification_text(&n, text));
}

static void
lose(struct reader *r, const struct fact_place *at, const char *why)
{
	char who[2 * ADDRESS_BYTES + 4];

	if (!r->session->up)
		return;
	r->session->up = false;
	r->session->lost++;
	fact_event(r->facts->events, at, "bgp", "down", "%s session ends: %s",
		way(r->session, r->from, who), why);
}

/* An end that has said or got all that makes a session: OPEN and KEEPALIVE both ways. */
static void
maybe_establish(struct reader *r, const struct fact_place *at)
{
	const struct reader *other = other_reader(r);
	char who[2 * ADDRESS_BYTES + 4];
	bool complete = other != NULL && r->has_open && other->has_open && r->kept_alive &&
		other->kept_alive;

	/* Joined midway: who sends KEEPALIVE or UPDATE without having said OPEN was up before. */
	if (!complete && (r->has_open || (other != NULL && other->has_open)))
		return;
	if (r->session->up || r->ended || (other != NULL && other->ended))
		return;
	r->session->up = true;
	r->session->established++;
	fact_event(r->facts->events, at, "bgp", complete ? "established" : "found-up", "%s %s",
		way(r->session, r->from, who),
		complete ? "session established" : "session is up already");
}

static void
take_open(struct reader *r, const uint8_t *msg, size_t len_bytes, const struct fact_place *at)
{
	struct bgp_sender *s = &r->session->sender[r->from];
	struct bgp_error why;

	if (bgp_open_parse(msg, len_bytes, &r->open, &why) < 0) {
		take_malformed(r, BGP_OPEN, &why, at);
		return;
	}
	r->has_open = s->has_open = true;
	s->open = r->open;
	tell_open(r, at);
}

static void
count_community(struct bgp_facts *b, uint8_t kind, const uint32_t value[static 3])
{
	uint64_t hash = ((uint64_t)value[0] << 32 | value[1]) * 0x9e3779b97f4a7c15u +
		(value[2] + kind) * 0xd6e8feb86659fd93u;
	size_t at = (hash >> 32) % COMMUNITY_BUCKETS;
	struct bgp_community *x;

	/* There are fewer communities than buckets: an empty one comes. */
	for (; b->community_at[at] != 0; at = (at + 1) % COMMUNITY_BUCKETS) {
		x = &b->community[b->community_at[at] - 1];
		if (x->kind == kind && memcmp(x->value, value, sizeof(x->value)) == 0) {
			x->updates++;
			return;
		}
	}
	if (b->communities == BGP_FACTS_COMMUNITIES) {
		b->counts.communities_not_kept++;
		return;
	}
	x = &b->community[b->communities];
	*x = (struct bgp_community){.kind = kind, .updates = 1};
	memcpy(x->value, value, sizeof(x->value));
	b->community_at[at] = (uint16_t)++b->communities;
}

static void
count_attributes(struct reader *r, struct bgp_update *u)
{
	struct bgp_sender *s = &r->session->sender[r->from];
	enum bgp_segment segment;
	uint32_t value[3] = {0};
	uint64_t wide, hops = 0;

	s->with_communities += cursor_left(&u->communities) > 0;
	s->with_extended += cursor_left(&u->extended_communities) > 0;
	s->with_large += cursor_left(&u->large_communities) > 0;
	while (bgp_community_next(&u->communities, &value[0]))
		count_community(r->facts, 0, value);
	while (bgp_extended_community_next(&u->extended_communities, &wide))
		count_community(
			r->facts, 1, (uint32_t[3]){(uint32_t)(wide >> 32), (uint32_t)wide, 0});
	while (bgp_large_community_next(&u->large_communities, value))
		count_community(r->facts, 2, value);
	while (bgp_as_next(&u->as_path, &value[0], &segment))
		hops++;
	if (hops > s->longest_as_path)
		s->longest_as_path = hops;
	s->mp_reach += (u->has & BGP_HAS_MP_REACH) != 0;
	s->mp_unreach += (u->has & BGP_HAS_MP_UNREACH) != 0;
	s->other_family += (u->has & BGP_HAS_OTHER_FAMILY) != 0;
}

static uint64_t
count_prefixes(struct bgp_sender *s, const struct bgp_prefixes *list, uint64_t by_family[static 2])
{
	by_family[list->family == 6] += list->n;
	if (list->addpath)
		s->with_path_id += list->n;
	return list->n;
}

static void
take_update(struct reader *r, const uint8_t *msg, size_t len_bytes, const struct fact_place *at)
{
	struct bgp_sender *s = &r->session->sender[r->from];
	const struct reader *other = other_reader(r);
	char who[2 * ADDRESS_BYTES + 4];
	struct bgp_error why = {0};
	struct bgp_options options;
	struct bgp_update u;
	uint64_t announced, withdrawn;
	int rc;

	if (r->has_open && other != NULL && other->has_open) {
		options = bgp_negotiate(&r->open, &other->open);
		rc = bgp_update_parse(msg, len_bytes, &options, &u, &why);
	} else {
		s->guessed++;
		rc = bgp_update_guess(msg, len_bytes, &u, &options, &why);
	}
	if (rc < 0) {
		take_malformed(r, BGP_UPDATE, &why, at);
		return;
	}
	if (u.end_of_rib != 0) {
		s->end_of_rib[u.end_of_rib == 6]++;
		fact_event(r->facts->events, at, "bgp", "end-of-rib", "%s end-of-RIB IPv%u",
			way(r->session, r->from, who), u.end_of_rib);
		return;
	}
	withdrawn = count_prefixes(s, &u.withdrawn, s->withdrawn) +
		count_prefixes(s, &u.mp_withdrawn, s->withdrawn);
	announced = count_prefixes(s, &u.announced, s->announced) +
		count_prefixes(s, &u.mp_announced, s->announced);
	count_attributes(r, &u);
	add_to_burst(&r->session->bursts, at->seen, r->facts->quiet_ns, announced, withdrawn);
	add_to_burst(&r->facts->bursts, at->seen, r->facts->quiet_ns, announced, withdrawn);
}

static void
take_notification(
	struct reader *r, const uint8_t *msg, size_t len_bytes, const struct fact_place *at)
{
	char who[2 * ADDRESS_BYTES + 4], text[BGP_NAME_BYTES];
	struct bgp_notification n;
	struct bgp_error why;

	if (bgp_notification_parse(msg, len_bytes, &n, &why) < 0) {
		take_malformed(r, BGP_NOTIFICATION, &why, at);
		return;
	}
	bgp_notification_text(&n, text);
	fact_event(r->facts->events, at, "bgp", "notification", "%s NOTIFICATION %s",
		way(r->session, r->from, who), text);
	lose(r, at, "notification");
	r->ended = true;
}

static void
take_refresh(struct reader *r, const uint8_t *msg, size_t len_bytes, const struct fact_place *at)
{
	static const char *const kinds[] = {"", " begins (RFC 7313)", " ends (RFC 7313)"};
	char who[2 * ADDRESS_BYTES + 4];
	struct bgp_refresh refresh;
	struct bgp_error why;

	if (bgp_refresh_parse(msg, len_bytes, &refresh, &why) < 0) {
		take_malformed(r, BGP_ROUTE_REFRESH, &why, at);
		return;
	}
	fact_event(r->facts->events, at, "bgp", "refresh", "%s ROUTE-REFRESH AFI %u SAFI %u%s",
		way(r->session, r->from, who), refresh.afi, refresh.safi,
		refresh.subtype < 3 ? kinds[refresh.subtype] : "");
}

static void
on_message(void *arg, enum bgp_type type, const uint8_t *msg, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	struct reader *r = arg;
	struct fact_place at = place(r->facts, seen, packet);
	struct bgp_sender *s;
	int64_t silence_ns;

	r->facts->counts.messages++;
	if (r->session == NULL) {
		r->facts->counts.sessions_not_kept++;
		return;
	}
	s = &r->session->sender[r->from];
	s->messages[type]++;
	s->bytes += len_bytes;
	silence_ns = s->last.ns == 0 ? 0 : wall_diff_ns(seen, s->last);
	if (silence_ns > s->longest_silence_ns)
		s->longest_silence_ns = silence_ns;
	s->last = seen;
	switch (type) {
	case BGP_OPEN:
		take_open(r, msg, len_bytes, &at);
		break;
	case BGP_UPDATE:
		maybe_establish(r, &at);
		take_update(r, msg, len_bytes, &at);
		break;
	case BGP_NOTIFICATION:
		take_notification(r, msg, len_bytes, &at);
		break;
	case BGP_KEEPALIVE:
		r->kept_alive = true;
		maybe_establish(r, &at);
		break;
	case BGP_ROUTE_REFRESH:
		take_refresh(r, msg, len_bytes, &at);
		break;
	}
}

/* ---- connections ---- */

static int
open_half(void *arg, struct tcp_half *h)
{
	struct bgp_facts *b = arg;
	struct tcp_connection *c = h->connection;
	struct reader *r = calloc(1, sizeof(*r));
	unsigned client;

	if (r == NULL || bgpstream_new(&r->stream, on_message, r) < 0) {
		free(r);
		return -ENOMEM;
	}
	r->facts = b;
	r->half = h;
	r->session = session_of(b, c, &client);
	r->from = h->side == 0 ? client : !client;
	if (r->session != NULL && c->half[!h->side].reader == NULL)
		r->session->connections++;
	h->reader = r;
	return 0;
}

static void
on_bytes(struct tcp_half *h, const uint8_t *data, size_t len_bytes, struct wall seen,
	uint64_t packet)
{
	struct reader *r = h->reader;

	bgpstream_push(r->stream, data, len_bytes, seen, packet);
}

static void
on_gap(struct tcp_half *h, uint64_t missing_bytes)
{
	struct reader *r = h->reader;

	(void)missing_bytes;
	bgpstream_gap(r->stream);
}

static void
on_restart(struct tcp_half *h)
{
	struct reader *r = h->reader;

	bgpstream_restart(r->stream);
	r->has_open = r->kept_alive = r->ended = false;
	if (h->side == 0 && r->session != NULL)
		r->session->connections++;
}

static void
on_flag(void *arg, struct tcp_half *h, enum pkt_tcp_flag flag, const struct fact_place *at)
{
	struct bgp_facts *b = arg;
	struct tcp_half *other = &h->connection->half[!h->side];
	struct reader *r = h->reader, *peer = other->reader;
	char who[2 * ADDRESS_BYTES + 4];
	bool talked = (h->stream != NULL && tcpstream_counts(h->stream)->segments > 0) ||
		(other->stream != NULL && tcpstream_counts(other->stream)->segments > 0);
	struct bgp_session *s = r != NULL ? r->session : peer != NULL ? peer->session : NULL;
	unsigned from;

	if (flag == PKT_SYN || s == NULL)
		return;
	if (!talked) {
		s->refused++;
		return;
	}
	from = r != NULL ? r->from : !peer->from;
	fact_event(b->events, at, "bgp", flag == PKT_FIN ? "fin" : "reset", "%s TCP %s",
		way(s, from, who), flag == PKT_FIN ? "FIN" : "RST");
	lose(r != NULL ? r : peer, at, flag == PKT_FIN ? "TCP FIN" : "TCP RST");
	if (r != NULL)
		r->ended = true;
}

static size_t
held(const struct tcp_half *h)
{
	const struct reader *r = h->reader;

	return bgpstream_held_bytes(r->stream) + sizeof(*r);
}

static void
close_half(struct tcp_half *h)
{
	struct reader *r = h->reader;
	const struct bgpstream_counts *counts = bgpstream_counts(r->stream);

	r->facts->counts.resyncs += counts->resyncs;
	r->facts->counts.skipped_bytes += counts->skipped_bytes;
	bgpstream_free(r->stream);
	free(r);
	h->reader = NULL;
}

/* ---- all of it ---- */

int
bgp_facts_new(struct bgp_facts **ret, int64_t quiet_ns, struct fact_events *events)
{
	struct bgp_facts *b = calloc(1, sizeof(*b));
	struct tcptable_hooks hooks = {.open = open_half,
		.bytes = on_bytes,
		.gap = on_gap,
		.restart = on_restart,
		.flag = on_flag,
		.held = held,
		.close = close_half,
		.arg = b};

	if (b == NULL || tcptable_new(&b->tcp, BGP_PORT, CONNECTIONS, HELD_BYTES, &hooks) < 0) {
		free(b);
		return -ENOMEM;
	}
	b->quiet_ns = quiet_ns;
	b->events = events;
	*ret = b;
	return 0;
}

int
bgp_facts_take(struct bgp_facts *b, const struct pkt_view *v, const struct fact_place *at)
{
	return tcptable_push(b->tcp, v, at);
}

void
bgp_facts_finish(struct bgp_facts *b)
{
	tcptable_finish(b->tcp);
	b->counts.tcp = tcptable_counts(b->tcp);
	tcptable_free(b->tcp);
	b->tcp = NULL;
	close_burst(&b->bursts);
	for (size_t i = 0; i < b->sessions; i++)
		close_burst(&b->session[i]->bursts);
}

void
bgp_facts_free(struct bgp_facts *b)
{
	if (b == NULL)
		return;
	tcptable_free(b->tcp);
	for (size_t i = 0; i < b->sessions; i++)
		free(b->session[i]);
	free(b);
}

struct bgp_facts_counts
bgp_facts_counts(const struct bgp_facts *b)
{
	return b->counts;
}

struct bgp_session *const *
bgp_facts_sessions(const struct bgp_facts *b, size_t *ret_n)
{
	*ret_n = b->sessions;
	return b->session;
}

const struct bgp_bursts *
bgp_facts_bursts(const struct bgp_facts *b)
{
	return &b->bursts;
}

const struct bgp_community *
bgp_facts_communities(const struct bgp_facts *b, size_t *ret_n)
{
	*ret_n = b->communities;
	return b->community;
}
