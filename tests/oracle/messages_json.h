/* messages_json.h - one BGP or DNS message with every field that lib/bgp.h and lib/dns.h read of it, as JSON. */
#ifndef TESTS_ORACLE_MESSAGES_JSON_H
#define TESTS_ORACLE_MESSAGES_JSON_H

#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lib/bgp.h"
#include "lib/bgp_name.h"
#include "lib/dns.h"

static json_t *
hex_json(const uint8_t *data, size_t len_bytes)
{
	char *text = malloc(2 * len_bytes + 1);
	json_t *o;

	for (size_t i = 0; i < len_bytes; i++)
		snprintf(text + 2 * i, 3, "%02x", data[i]);
	text[2 * len_bytes] = '\0';
	o = json_string(text);
	free(text);
	return o;
}

/* ["203.0.113.0/24", 5]: prefix and path id, -1 where none is carried */
static json_t *
prefixes_json(struct bgp_prefixes it)
{
	json_t *list = json_array();
	struct bgp_prefix prefix;
	char addr[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 8];

	while (bgp_prefix_next(&it, &prefix)) {
		inet_ntop(it.family == 4 ? AF_INET : AF_INET6, prefix.addr, addr, sizeof(addr));
		snprintf(text, sizeof(text), "%s/%u", addr, prefix.bits);
		json_array_append_new(list,
			json_pack("[sI]", text, it.addpath ? (json_int_t)prefix.path_id : -1));
	}
	return list;
}

/* [[segment type, AS...], ...] would hide two segments of one type in a row from nobody: as tshark. */
static json_t *
as_path_json(struct bgp_as_path it)
{
	json_t *list = json_array();
	enum bgp_segment segment;
	uint32_t as;

	while (bgp_as_next(&it, &as, &segment))
		json_array_append_new(list, json_pack("[iI]", (int)segment, (json_int_t)as));
	return list;
}

static json_t *
communities_json(const struct bgp_update *u)
{
	struct cursor plain = u->communities, extended = u->extended_communities,
		      large = u->large_communities;
	json_t *p = json_array(), *e = json_array(), *l = json_array();
	uint32_t value, three[3];
	uint64_t wide;
	char text[BGP_COMMUNITY_TEXT_BYTES];

	while (bgp_community_next(&plain, &value))
		json_array_append_new(p, json_integer(value));
	while (bgp_extended_community_next(&extended, &wide)) {
		snprintf(text, sizeof(text), "%016llx", (unsigned long long)wide);
		json_array_append_new(e, json_string(text));
	}
	while (bgp_large_community_next(&large, three))
		json_array_append_new(l, json_string(bgp_large_community_text(three, text)));
	return json_pack("{sososo}", "plain", p, "extended", e, "large", l);
}

static json_t *
open_json(const struct bgp_open *o)
{
	json_t *x = json_pack("{sisIsiso}", "version", o->version, "as", (json_int_t)o->as,
		"hold_s", (int)o->hold_s, "id", hex_json(o->id, 4));
	json_t *caps = json_pack("{sbsbsbsisisbsbsb}", "as4", o->as4, "ipv4", o->multiprotocol[0],
		"ipv6", o->multiprotocol[1], "addpath4", o->addpath[0], "addpath6", o->addpath[1],
		"refresh", o->route_refresh, "long", o->long_messages, "enhanced",
		o->enhanced_refresh);

	json_object_update(x, caps);
	json_decref(caps);
	if (o->graceful_restart)
		json_object_set_new(x, "graceful",
			json_pack("{sisbsbsbsb}", "restart_s", o->restart_s, "restarting",
				o->restarting, "on_notification", o->restart_on_notification,
				"kept4", o->forwarding_kept[0], "kept6", o->forwarding_kept[1]));
	return x;
}

static json_t *
update_json(const struct bgp_update *u)
{
	json_t *x = json_pack("{sosososososi}", "withdrawn", prefixes_json(u->withdrawn),
		"announced", prefixes_json(u->announced), "mp_withdrawn",
		prefixes_json(u->mp_withdrawn), "mp_announced", prefixes_json(u->mp_announced),
		"communities", communities_json(u), "end_of_rib", u->end_of_rib);

	if (u->has & BGP_HAS_ORIGIN)
		json_object_set_new(x, "origin", json_integer(u->origin));
	if (u->has & BGP_HAS_AS_PATH)
		json_object_set_new(x, "as_path", as_path_json(u->as_path));
	if (u->has & BGP_HAS_NEXT_HOP)
		json_object_set_new(x, "next_hop", hex_json(u->next_hop, 4));
	if (u->has & BGP_HAS_MP_REACH)
		json_object_set_new(
			x, "mp_next_hop", hex_json(u->mp_next_hop, u->mp_next_hop_bytes));
	if (u->has & BGP_HAS_MED)
		json_object_set_new(x, "med", json_integer(u->med));
	if (u->has & BGP_HAS_LOCAL_PREF)
		json_object_set_new(x, "local_pref", json_integer(u->local_pref));
	if (u->has & BGP_HAS_ATOMIC)
		json_object_set_new(x, "atomic", json_true());
	if (u->has & BGP_HAS_OTHER_FAMILY)
		json_object_set_new(x, "other_family", json_true());
	return x;
}

static json_t *
notification_json(const struct bgp_notification *n)
{
	char text[BGP_NAME_BYTES];

	return json_pack("{sisisoss}", "code", n->code, "subcode", n->subcode, "data",
		hex_json(n->data.at, cursor_left(&n->data)), "text",
		bgp_notification_text(n, text));
}

static json_t *
bad_json(const struct bgp_error *why)
{
	return json_pack("{s[iii]}", "bad", why->code, why->subcode, (int)why->at_bytes);
}

static json_t *
dns_json(const struct dns_msg *m, bool whole)
{
	json_t *x = json_pack("{sisisssisis[iiii]}", "id", m->id, "flags", m->flags, "name",
		m->qname, "qtype", m->qtype, "qclass", m->qclass, "counts", m->qdcount, m->ancount,
		m->nscount, m->arcount);

	if (!whole) {
		json_object_set_new(x, "cut", json_true());
		return x;
	}
	json_object_set_new(x, "rcode", json_integer(m->rcode));
	if (m->has_opt)
		json_object_set_new(x, "opt",
			json_pack("{sisb}", "udp_bytes", m->udp_bytes, "do", m->dnssec_ok));
	if (m->nsid != NULL)
		json_object_set_new(x, "nsid", hex_json(m->nsid, m->nsid_len_bytes));
	if (m->txt != NULL)
		json_object_set_new(x, "txt", hex_json(m->txt, m->txt_len_bytes));
	return x;
}

#endif
