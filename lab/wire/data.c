/* data.c - which frames a blackhole swallows that does not swallow all. */
#include "lab/wire/data.h"

#include "lab/wire/impair.h"
#include "lib/pkt.h"

enum {
	BGP_PORT = 179,
	BFD_PORT = 3784,
	BFD_ECHO_PORT = 3785,
	BFD_MULTIHOP_PORT = 4784,
	BABEL_PORT = 6696
};

static bool
is_bfd(uint16_t port)
{
	return port == BFD_PORT || port == BFD_ECHO_PORT || port == BFD_MULTIHOP_PORT;
}

/* Multicast listener queries to neighbour redirects, and version 2 reports. */
static bool
is_discovery(uint8_t type)
{
	return (type >= 130 && type <= 137) || type == 143;
}

bool
wire_is_data(const uint8_t *frame, size_t len_bytes)
{
	struct pkt_view v;

	if (pkt_dissect(PKT_LINK_ETHERNET, frame, len_bytes, &v) < 0)
		return false;
	switch (v.proto) {
	case PKT_TCP:
		return v.later || (v.sport != BGP_PORT && v.dport != BGP_PORT);
	case PKT_UDP:
		return v.later || (!is_bfd(v.dport) && v.dport != BABEL_PORT);
	case PKT_ICMP:
		return true;
	case PKT_ICMP6:
		return v.later || !is_discovery(v.icmp_type);
	default:
		return false;
	}
}

/* The length of an IP packet by its own header; 0 for what is none. A card's jumbo has 0 there: what came counts. */
static size_t
ip_bytes(const uint8_t *frame, size_t len_bytes)
{
	enum { HEADER = 14, TAG = 4, IP4 = 0x0800, IP6 = 0x86dd, VLAN = 0x8100 };
	size_t at = HEADER, said;
	unsigned int type;

	if (len_bytes < HEADER)
		return 0;
	type = (unsigned int)(frame[12] << 8 | frame[13]);
	if (type == VLAN && len_bytes >= HEADER + TAG) {
		type = (unsigned int)(frame[16] << 8 | frame[17]);
		at += TAG;
	}
	if ((type != IP4 && type != IP6) || len_bytes < at + 6)
		return 0;
	said = type == IP4 ? (size_t)(frame[at + 2] << 8 | frame[at + 3])
			   : (size_t)(frame[at + 4] << 8 | frame[at + 5]);
	if (said == 0)
		return len_bytes - at;
	return type == IP4 ? said : said + 40;
}

static bool
has_port(const uint8_t *frame, size_t len_bytes, int64_t tcp, int64_t udp)
{
	struct pkt_view v;
	int64_t port;

	if (pkt_dissect(PKT_LINK_ETHERNET, frame, len_bytes, &v) < 0 || v.later)
		return false;
	port = v.proto == PKT_TCP ? tcp : v.proto == PKT_UDP ? udp : 0;
	return port > 0 && (v.sport == port || v.dport == port);
}

bool
wire_is_swallowed(const struct wire_impair *m, const uint8_t *frame, size_t len_bytes)
{
	if (m->blackhole_data && wire_is_data(frame, len_bytes))
		return true;
	if (m->lose_larger_bytes > 0 && ip_bytes(frame, len_bytes) > (size_t)m->lose_larger_bytes)
		return true;
	return (m->lose_tcp_port > 0 || m->lose_udp_port > 0) &&
		has_port(frame, len_bytes, m->lose_tcp_port, m->lose_udp_port);
}
