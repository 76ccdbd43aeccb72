/* data.c - tell a link's traffic from what keeps the network's routing and neighbours alive. */
#include "lab/wire/data.h"

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
