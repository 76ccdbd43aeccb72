/* facts_json.c - what a capture says, as JSON: "catchment.facts/1" of doc/formats.md. */
#include "bench/analyze/facts.h"

#include "bench/analyze/facts_name.h"

static json_t *
whole(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static void
put(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, whole(n));
}

static void
put_family(json_t *o, const char *key, const uint64_t n[static 2])
{
	json_object_set_new(
		o, key, json_pack("{sIsI}", "ipv4", (json_int_t)n[0], "ipv6", (json_int_t)n[1]));
}

static double
us(int64_t ns)
{
	return (double)ns / 1e3;
}

static json_t *
rtt_json(const struct dns_rtt *r)
{
	const struct hist *h;

	if (r == NULL)
		return json_null();
	h = &r->hist;
	return json_pack("{sIsfsfsfsfsfsf}", "n", (json_int_t)h->count, "min", us(h->min_ns),
		"mean", us(r->sum_ns) / (double)h->count, "p50", us(hist_quantile_ns(h, 0.5)),
		"p90", us(hist_quantile_ns(h, 0.9)), "p99", us(hist_quantile_ns(h, 0.99)), "max",
		us(h->max_ns));
}

static json_t *
nsids_json(const struct dns_facts *d, size_t server)
{
	json_t *list = json_array();
	const struct dns_nsid *n;
	size_t nsids;
	char name[FACTS_NAME_BYTES];

	n = dns_facts_nsids(d, &nsids);
	for (size_t i = 0; i < nsids; i++) {
		if (n[i].server != server)
			continue;
		json_array_append_new(list,
			json_pack("{sssIsIsIso}", "nsid", facts_nsid(&n[i], name), "answers",
				(json_int_t)n[i].answers, "first_wall_ns",
				(json_int_t)n[i].first_ns, "last_wall_ns", (json_int_t)n[i].last_ns,
				"rtt_us", rtt_json(n[i].rtt)));
	}
	return list;
}

static json_t *
rcodes_json(const struct dns_server *s)
{
	json_t *o = json_object();
	char name[FACTS_NAME_BYTES];

	for (unsigned i = 0; i < DNS_FACTS_RCODES; i++)
		if (s->rcode[i] > 0)
			put(o, facts_rcode(i, name), s->rcode[i]);
	return o;
}

static json_t *
server_json(const struct dns_facts *d, const struct dns_server *s, size_t index)
{
	char name[FACTS_NAME_BYTES];
	json_t *o = json_pack("{ss}", "server", facts_address(s->family, s->addr, name));
	double seconds = (double)wall_diff_ns(s->last, s->first) / 1e9;

	json_object_set_new(o, "queries",
		json_pack("{sIsI}", "udp", (json_int_t)s->queries[0], "tcp",
			(json_int_t)s->queries[1]));
	json_object_set_new(o, "answered",
		json_pack("{sIsI}", "udp", (json_int_t)s->answered[0], "tcp",
			(json_int_t)s->answered[1]));
	put(o, "unanswered", s->unanswered);
	put(o, "open_at_end", s->open);
	put(o, "answered_elsewhere", s->answered_elsewhere);
	put(o, "forgotten", s->forgotten);
	put(o, "retransmits", s->retransmits);
	put(o, "answers", s->answers);
	put(o, "duplicates", s->duplicates);
	put(o, "late", s->late);
	put(o, "mismatched", s->mismatched);
	put(o, "orphans", s->orphans);
	put(o, "transfer_messages", s->transfer_messages);
	put(o, "query_copies", s->query_copies);
	put(o, "answer_copies", s->answer_copies);
	put(o, "truncated", s->truncated);
	put(o, "edns_queries", s->edns_queries);
	put(o, "dnssec_ok_queries", s->dnssec_ok_queries);
	put(o, "icmp_errors", s->icmp_errors);
	json_object_set_new(o, "mean_qps",
		seconds > 0
			? json_real((double)(s->queries[0] + s->queries[1] + s->retransmits - 1) /
				  seconds)
			: json_null());
	put(o, "peak_qps", s->peak_queries);
	json_object_set_new(o, "rcodes", rcodes_json(s));
	json_object_set_new(o, "rtt_udp_us", rtt_json(s->rtt[0]));
	json_object_set_new(o, "rtt_tcp_us", rtt_json(s->rtt[1]));
	json_object_set_new(o, "nsids", nsids_json(d, index));
	put(o, "nsid_overflow", s->nsid_overflow);
	return o;
}

static json_t *
tcp_json(const struct tcptable_counts *c, uint64_t resyncs, uint64_t skipped_bytes)
{
	json_t *o = json_object();

	put(o, "connections", c->connections);
	put(o, "forgotten_connections", c->forgotten);
	put(o, "segments", c->streams.segments);
	put(o, "repeated_bytes", c->streams.repeated_bytes);
	put(o, "reordered_bytes", c->streams.reordered_bytes);
	put(o, "gap_bytes", c->streams.gap_bytes);
	put(o, "early_bytes", c->streams.early_bytes);
	put(o, "odd_segments", c->streams.odd_segments);
	put(o, "resyncs", resyncs);
	put(o, "skipped_bytes", skipped_bytes);
	return o;
}

static json_t *
dns_json(const struct dns_facts *d)
{
	struct dns_facts_counts c = dns_facts_counts(d);
	const struct dns_server *s;
	json_t *o = json_object(), *list = json_array();
	size_t n;

	json_object_set_new(o, "messages",
		json_pack("{sIsI}", "udp", (json_int_t)c.messages[0], "tcp",
			(json_int_t)c.messages[1]));
	put(o, "malformed", c.malformed);
	put(o, "cut", c.cut);
	json_object_set_new(o, "tcp", tcp_json(&c.tcp, c.stream_resyncs, c.stream_skipped_bytes));
	s = dns_facts_servers(d, &n);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, server_json(d, &s[i], i));
	json_object_set_new(o, "servers", list);
	return o;
}

static json_t *
addpath_json(const uint8_t addpath[static 2])
{
	static const char *const how[] = {"none", "receive", "send", "both"};

	return json_pack("{ssss}", "ipv4", how[addpath[0] & 3], "ipv6", how[addpath[1] & 3]);
}

static json_t *
open_json(const struct bgp_sender *s)
{
	const struct bgp_open *o = &s->open;
	char id[FACTS_NAME_BYTES];

	if (!s->has_open)
		return json_null();
	return json_pack("{sIsisssbsbsbsosbsbsbsbsosbsb}", "as", (json_int_t)o->as, "hold_s",
		(int)o->hold_s, "id",
		facts_id((uint32_t)o->id[0] << 24 | (uint32_t)o->id[1] << 16 |
				(uint32_t)o->id[2] << 8 | o->id[3],
			id),
		"as4", o->as4, "ipv4", o->multiprotocol[0], "ipv6", o->multiprotocol[1], "add_path",
		addpath_json(o->addpath), "route_refresh", o->route_refresh, "enhanced_refresh",
		o->enhanced_refresh, "long_messages", o->long_messages, "graceful_restart",
		o->graceful_restart, "restart_s",
		o->graceful_restart ? json_integer(o->restart_s) : json_null(), "restarting",
		o->restarting, "restart_on_notification", o->restart_on_notification);
}

static json_t *
sender_json(const struct bgp_session *session, unsigned side)
{
	const struct bgp_sender *s = &session->sender[side];
	char name[FACTS_NAME_BYTES];
	json_t *o = json_pack(
		"{ss}", "from", facts_address(session->family, session->addr[side], name));

	put(o, "opens", s->messages[BGP_OPEN]);
	put(o, "updates", s->messages[BGP_UPDATE]);
	put(o, "notifications", s->messages[BGP_NOTIFICATION]);
	put(o, "keepalives", s->messages[BGP_KEEPALIVE]);
	put(o, "route_refreshes", s->messages[BGP_ROUTE_REFRESH]);
	put(o, "bytes", s->bytes);
	put(o, "malformed", s->malformed);
	put(o, "updates_guessed", s->guessed);
	put_family(o, "prefixes_announced", s->announced);
	put_family(o, "prefixes_withdrawn", s->withdrawn);
	put_family(o, "end_of_rib", s->end_of_rib);
	put(o, "mp_reach", s->mp_reach);
	put(o, "mp_unreach", s->mp_unreach);
	put(o, "other_family", s->other_family);
	put(o, "prefixes_with_path_id", s->with_path_id);
	put(o, "updates_with_communities", s->with_communities);
	put(o, "updates_with_extended_communities", s->with_extended);
	put(o, "updates_with_large_communities", s->with_large);
	put(o, "longest_as_path", s->longest_as_path);
	json_object_set_new(
		o, "longest_silence_ms", json_real((double)s->longest_silence_ns / 1e6));
	json_object_set_new(o, "open", open_json(s));
	return o;
}

static json_t *
bursts_json(const struct bgp_bursts *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->kept; i++) {
		const struct bgp_burst *x = &b->burst[i];

		json_array_append_new(list,
			json_pack("{sIsIsfsIsIsI}", "first_wall_ns", (json_int_t)x->first.ns,
				"last_wall_ns", (json_int_t)x->last.ns, "duration_ms",
				(double)wall_diff_ns(x->last, x->first) / 1e6, "updates",
				(json_int_t)x->updates, "announced", (json_int_t)x->announced,
				"withdrawn", (json_int_t)x->withdrawn));
	}
	return json_pack("{sIso}", "n", (json_int_t)b->n, "first", list);
}

static json_t *
session_json(const struct bgp_session *s)
{
	char a[FACTS_NAME_BYTES], b[FACTS_NAME_BYTES];
	json_t *o = json_pack("{s[ss]}", "between", facts_address(s->family, s->addr[0], a),
		facts_address(s->family, s->addr[1], b));

	put(o, "connections", s->connections);
	put(o, "refused_connections", s->refused);
	put(o, "established", s->established);
	put(o, "lost", s->lost);
	json_object_set_new(o, "up_at_end", json_boolean(s->up));
	json_object_set_new(o, "senders", json_pack("[oo]", sender_json(s, 0), sender_json(s, 1)));
	json_object_set_new(o, "bursts", bursts_json(&s->bursts));
	return o;
}

static json_t *
bgp_json(const struct bgp_facts *b)
{
	struct bgp_facts_counts c = bgp_facts_counts(b);
	json_t *o = json_object(), *sessions = json_array(), *communities = json_array();
	const struct bgp_community *x;
	struct bgp_session *const *s;
	char name[FACTS_NAME_BYTES];
	size_t n;

	put(o, "messages", c.messages);
	put(o, "malformed", c.malformed);
	put(o, "messages_not_kept", c.sessions_not_kept);
	json_object_set_new(o, "tcp", tcp_json(&c.tcp, c.resyncs, c.skipped_bytes));
	s = bgp_facts_sessions(b, &n);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(sessions, session_json(s[i]));
	json_object_set_new(o, "sessions", sessions);
	json_object_set_new(o, "bursts", bursts_json(bgp_facts_bursts(b)));
	x = bgp_facts_communities(b, &n);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(communities,
			json_pack("{sssssI}", "kind", facts_community_kind(&x[i]), "value",
				facts_community(&x[i], name), "updates", (json_int_t)x[i].updates));
	json_object_set_new(o, "communities", communities);
	put(o, "communities_not_kept", c.communities_not_kept);
	return o;
}

static json_t *
neighbour_json(const struct neighbour_table *t, const struct neighbour_sender *s)
{
	char name[FACTS_NAME_BYTES];
	json_t *o = json_pack("{ss}", "from", facts_address(s->family, s->src, name));

	if (t->protocol[0] == 'b') {
		json_object_set_new(o, "to", json_string(facts_address(s->family, s->dst, name)));
		put(o, "port", s->port);
		json_object_set_new(o, "state", json_string(bfd_state_name(s->bfd.state)));
		json_object_set_new(o, "diagnostic", json_string(bfd_diag_name(s->bfd.diag)));
		put(o, "detect_mult", s->bfd.detect_mult);
		put(o, "desired_min_tx_us", s->bfd.desired_min_tx_us);
		put(o, "required_min_rx_us", s->bfd.required_min_rx_us);
	} else if (t->protocol[0] == 'o') {
		json_t *list = json_array();

		for (size_t i = 0; i < s->heard; i++)
			json_array_append_new(list, json_string(facts_id(s->heard_id[i], name)));
		json_object_set_new(o, "router_id", json_string(facts_id(s->id, name)));
		json_object_set_new(o, "area", json_string(facts_id(s->ospf.area_id, name)));
		put(o, "version", s->ospf.version);
		put(o, "hello_s", s->ospf.hello_s);
		put(o, "dead_s", s->ospf.dead_s);
		json_object_set_new(o, "hears", list);
	} else {
		put(o, "vrid", s->id);
		put(o, "version", s->vrrp.version);
		put(o, "priority", s->vrrp.priority);
		put(o, "interval_ms", s->vrrp.interval_ms);
	}
	put(o, "packets", s->packets);
	put(o, "changes", s->changes);
	put(o, "silences", s->silences);
	json_object_set_new(o, "longest_gap_ms", json_real((double)s->longest_gap_ns / 1e6));
	return o;
}

static json_t *
table_json(const struct neighbour_table *t)
{
	json_t *o = json_object(), *list = json_array();

	put(o, "packets", t->packets);
	put(o, "malformed", t->malformed);
	put(o, "packets_not_kept", t->not_kept);
	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(list, neighbour_json(t, &t->sender[i]));
	json_object_set_new(o, "senders", list);
	return o;
}

static json_t *
events_json(const struct fact_events *events, const struct source *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < events->n; i++) {
		const struct fact_event *x = &events->event[i];
		/* What a capture says may be no UTF-8; JSON has to be. */
		json_t *text = json_string(x->text);

		json_array_append_new(list,
			json_pack("{sIsssIssssso}", "wall_ns", (json_int_t)x->at.seen.ns, "file",
				source_path(s, x->at.file), "packet", (json_int_t)x->at.packet,
				"protocol", x->protocol, "what", x->what, "text",
				text == NULL ? json_string("(not UTF-8)") : text));
	}
	return list;
}

static json_t *
captures_json(const struct source *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < source_files(s); i++) {
		const char *damage = source_damage(s, i);

		json_array_append_new(list,
			json_pack("{sssisIso}", "file", source_path(s, i), "point",
				(int)source_point(s, i), "packets",
				(json_int_t)source_packets(s, i), "damage",
				damage == NULL ? json_null() : json_string(damage)));
	}
	return list;
}

json_t *
facts_json(const struct facts *f, const struct source *s)
{
	const struct ipfrag_counts *g = ipfrag_counts(f->fragments);
	json_t *o = json_pack("{sssfsf}", "schema", "catchment.facts/1", "expiry_ms",
		(double)f->options.expiry_ns / 1e6, "quiet_ms", (double)f->options.quiet_ns / 1e6);

	if (o == NULL)
		return NULL;
	json_object_set_new(o, "captures", captures_json(s));
	put(o, "packets", f->packets);
	put(o, "bytes", f->bytes);
	json_object_set_new(o, "first_wall_ns", json_integer(f->first.ns));
	json_object_set_new(o, "last_wall_ns", json_integer(f->last.ns));
	put(o, "other_packets", f->other_link);
	put(o, "cut_packets", f->cut);
	put(o, "malformed_packets", f->malformed);
	json_object_set_new(o, "fragments",
		json_pack("{sIsIsIsI}", "n", (json_int_t)g->fragments, "whole",
			(json_int_t)g->whole, "abandoned", (json_int_t)g->abandoned, "refused",
			(json_int_t)g->refused));
	json_object_set_new(o, "dns", dns_json(f->dns));
	json_object_set_new(o, "bgp", bgp_json(f->bgp));
	json_object_set_new(o, "bfd", table_json(&f->neighbours.bfd));
	json_object_set_new(o, "ospf", table_json(&f->neighbours.ospf));
	json_object_set_new(o, "vrrp", table_json(&f->neighbours.vrrp));
	json_object_set_new(o, "events", events_json(&f->events, s));
	put(o, "events_not_kept", f->events.dropped);
	return o;
}
