/* generate_pop.c - what differs from PoP to PoP in generated networks: FRR's files, and who Knot says it is. */
#include "lab/generate_internal.h"

static const char *
code(size_t city)
{
	return generate_places[city].code;
}

static const char policy[] =
	"!\n"
	"! ---- what nobody should tell us: more than /24 and /48 (RFC 7454 6.1.3) ----\n"
	"ip prefix-list TOO-LONG4 seq 5 permit 0.0.0.0/0 ge 25\n"
	"ipv6 prefix-list TOO-LONG6 seq 5 permit ::/0 ge 49\n"
	"!\n"
	"! ---- policy (RFC 8212: no session without one) ----\n"
	"! MED 100 on every announcement to transit, at every site alike. A MED at one site only, "
	"inside one carrier\n"
	"! that meets us at several, drains that site: MED comes before hot potato.\n"
	"route-map TRANSIT4-OUT permit 10\n"
	" match ip address prefix-list OURS4\n"
	" set metric 100\n"
	"exit\n"
	"route-map TRANSIT4-IN deny 10\n"
	" match ip address prefix-list TOO-LONG4\n"
	"exit\n"
	"route-map TRANSIT4-IN permit 20\n"
	"exit\n"
	"route-map TRANSIT6-OUT permit 10\n"
	" match ipv6 address prefix-list OURS6\n"
	" set metric 100\n"
	"exit\n"
	"route-map TRANSIT6-IN deny 10\n"
	" match ipv6 address prefix-list TOO-LONG6\n"
	"exit\n"
	"route-map TRANSIT6-IN permit 20\n"
	"exit\n"
	"!\n";

static const char router[] =
	" bgp log-neighbor-changes\n"
	" ! Each session carries one family and says so below.\n"
	" no bgp default ipv4-unicast\n"
	" ! Without these two the oldest route wins a tie, and a trial depends on the one before.\n"
	" bgp bestpath compare-routerid\n"
	" bgp deterministic-med\n"
	" ! Whether we announce is decided by `network` alone, that is by the health check, not by "
	"a route in the RIB:\n"
	" ! staticd's discard routes are there for unused addresses, and their loss must not "
	"withdraw a site.\n"
	" no bgp network import-check\n";

static void
neighbors(const struct generate_plan *p, size_t city, int family, FILE *f)
{
	const struct generate_carrier *carriers[2];
	size_t n = generate_carriers_at(p, city, carriers);

	fprintf(f,
		" !\n neighbor TRANSIT%d peer-group\n neighbor TRANSIT%d timers 10 30\n"
		" neighbor TRANSIT%d timers connect 1\n neighbor TRANSIT%d bfd profile edge\n",
		family, family, family, family);
	for (size_t k = 0; k < n; k++) {
		struct generate_text peer = family == 4
			? generate_end4(carriers[k], NET_POP, city + 1, 0)
			: generate_end6(carriers[k], NET_POP, city + 1, 0);

		fprintf(f, " neighbor %s remote-as %u\n neighbor %s peer-group TRANSIT%d\n", peer.s,
			carriers[k]->as, peer.s, family);
		fprintf(f, " neighbor %s description %c-%s\n", peer.s, carriers[k]->letter,
			code(city));
	}
}

static void
address_family(int family, const char *anycast, const char *own, FILE *f)
{
	fprintf(f,
		" !\n address-family ipv%d unicast\n  network %s\n  network %s\n  maximum-paths 1\n"
		"  neighbor TRANSIT%d activate\n  neighbor TRANSIT%d route-map TRANSIT%d-IN in\n"
		"  neighbor TRANSIT%d route-map TRANSIT%d-OUT out\n exit-address-family\n",
		family, anycast, own, family, family, family, family, family);
}

void
generate_pop_bgpd(const struct generate_plan *p, size_t city, FILE *f)
{
	struct generate_text own4 = generate_site4(city, ".0/24"),
			     own6 = generate_site6(city, "::/48");

	fprintf(f,
		"! %s: the operator's PoP in %s, AS %d. Generated, ../topology.yaml says how.\n"
		"hostname %s\nlog timestamp precision 6\n!\n! ---- what is ours ----\n",
		code(city), generate_places[city].title, GENERATE_OPERATOR_AS, code(city));
	fprintf(f, "ip prefix-list OURS4 seq 5 permit %s\nip prefix-list OURS4 seq 10 permit %s\n",
		GENERATE_ANYCAST4, own4.s);
	fprintf(f,
		"ipv6 prefix-list OURS6 seq 5 permit %s\nipv6 prefix-list OURS6 seq 10 permit %s\n",
		GENERATE_ANYCAST6, own6.s);
	fputs(policy, f);
	fprintf(f, "router bgp %d\n bgp router-id %s\n", GENERATE_OPERATOR_AS,
		generate_site4(city, ".53").s);
	fputs(router, f);
	neighbors(p, city, 4, f);
	neighbors(p, city, 6, f);
	address_family(4, GENERATE_ANYCAST4, own4.s, f);
	address_family(6, GENERATE_ANYCAST6, own6.s, f);
	fputs("exit\n", f);
}

void
generate_pop_zebra(const struct generate_plan *p, size_t city, FILE *f)
{
	(void)p;
	fprintf(f,
		"! %s: this machine's own packets (transfers, queries) carry the site's unicast "
		"address. "
		"The anycast\n"
		"! address would bring the answers to another site, a link address belongs to a "
		"carrier.\n"
		"hostname %s\n!\n",
		code(city), code(city));
	fprintf(f, "route-map SOURCE4 permit 10\n set src %s\nexit\n",
		generate_site4(city, ".53").s);
	fprintf(f, "route-map SOURCE6 permit 10\n set src %s\nexit\n!\n",
		generate_site6(city, "::53").s);
	fputs("ip protocol bgp route-map SOURCE4\nipv6 protocol bgp route-map SOURCE6\n", f);
}

void
generate_pop_staticd(const struct generate_plan *p, size_t city, FILE *f)
{
	(void)p;
	fprintf(f,
		"! %s: discard what is addressed to unused addresses of our prefixes. Without this "
		"a "
		"packet for one of them\n"
		"! would go out again by the default route, to the carrier who has just sent it.\n"
		"hostname %s\n!\n",
		code(city), code(city));
	fprintf(f, "ip route %s blackhole\nip route %s blackhole\n", GENERATE_ANYCAST4,
		generate_site4(city, ".0/24").s);
	fprintf(f, "ipv6 route %s blackhole\nipv6 route %s blackhole\n", GENERATE_ANYCAST6,
		generate_site6(city, "::/48").s);
}

void
generate_pop_knot(const struct generate_plan *p, size_t city, FILE *f)
{
	(void)p;
	fprintf(f,
		"# %s: which site answers (NSID, RFC 5001), and the site's unicast address.\n"
		"server:\n    identity: %s\n    nsid: %s\n    listen: [ %s@53, %s@53 ]\n",
		code(city), code(city), code(city), generate_site4(city, ".53").s,
		generate_site6(city, "::53").s);
}
