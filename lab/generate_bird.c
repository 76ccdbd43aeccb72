/* generate_bird.c - bird.conf of generated carriers and access networks; their policy is in the shared layers. */
#include "lab/generate_internal.h"

static const char *
code(size_t city)
{
	return generate_places[city].code;
}

/* Within its carrier's core each router is an AS of its own: 42, the carrier's AS, the city's number in three digits. */
static uint32_t
core_as(const struct generate_carrier *c, size_t city)
{
	return 4200000000U + c->as * 1000 + (uint32_t)city + 1;
}

/* "AS 64601 in Hong Kong", in words for people. */
static void
head(const struct generate_carrier *c, size_t city, FILE *f)
{
	if (c->number < GENERATE_REGIONS)
		fprintf(f, "# %c-%s: regional carrier %c", c->letter, code(city),
			c->letter - 'a' + 'A');
	else
		fprintf(f, "# %c-%s: the backbone carrier", c->letter, code(city));
	fprintf(f,
		" (AS %u) in %s. Generated, ../topology.yaml says how.\n"
		"# Policy is in carrier.conf; here is only who is next to whom.\n\n",
		c->as, generate_places[city].title);
	fprintf(f,
		"router id %s;\ndefine CARRIER = %u;\n"
		"define CITY = %zu;			# ingress city code: its number\n"
		"define CORE_AS = %u;		# within the core only: 42, carrier, city\n",
		generate_loop4(c, city).s, c->as, city + 1, core_as(c, city));
	fprintf(f, "define LOOP4 = %s;\ndefine LOOP6 = %s;\n", generate_loop4(c, city).s,
		generate_loop6(c, city).s);
	fprintf(f,
		"define OWN4 = %s;\ndefine OWN6 = %s;\n\ninclude \"/etc/bird/carrier.conf\";\n\n",
		generate_own4(c).s, generate_own6(c).s);
}

/* Everything that depends on what the carrier layer has for an IGP is here. */
static void
igp(const struct generate_carrier *c, size_t city, FILE *f)
{
	fputs("# The core. Cost = one-way delay of the link in units of 10 us, so that hot potato "
	      "means nearest.\n",
		f);
	for (size_t i = 0; i < c->links_len; i++) {
		const struct generate_link *l = &c->links[i];
		size_t peer = l->a == city ? l->b : l->a;
		int far_end = l->a == city;

		if (l->a != city && l->b != city)
			continue;
		for (int family = 4; family <= 6; family += 2)
			fprintf(f,
				"protocol bgp core_%c_%s_%d from core%d { neighbor %s as %u; "
				"ipv%d { cost %u; }; }\n",
				c->letter, code(peer), family, family,
				family == 4 ? generate_end4(c, NET_CORE, l->number, far_end).s
					    : generate_end6(c, NET_CORE, l->number, far_end).s,
				core_as(c, peer), family, l->cost);
	}
	fputc('\n', f);
}

static void
mesh(const struct generate_carrier *c, size_t city, FILE *f)
{
	if (c->cities_len > 1)
		fputs("# Full iBGP mesh between loopbacks, a session per family.\n", f);
	for (size_t i = 0; i < c->cities_len; i++) {
		size_t peer = c->cities[i];

		if (peer == city)
			continue;
		fprintf(f, "protocol bgp %c_%s_4 from ibgp4 { neighbor %s internal; }\n", c->letter,
			code(peer), generate_loop4(c, peer).s);
		fprintf(f, "protocol bgp %c_%s_6 from ibgp6 { neighbor %s internal; }\n", c->letter,
			code(peer), generate_loop6(c, peer).s);
	}
	fputc('\n', f);
}

/* A session per family with whoever is at the other end of link (net, city) of `owner`. */
static void
sessions(const struct generate_carrier *owner, enum generate_net net, size_t city, int far_end,
	const char *prefix, const char *kind, uint32_t as, FILE *f)
{
	fprintf(f, "protocol bgp %s%s_4 from %s4 { neighbor %s as %u; }\n", prefix, code(city),
		kind, generate_end4(owner, net, city + 1, far_end).s, as);
	fprintf(f, "protocol bgp %s%s_6 from %s6 { neighbor %s as %u; }\n", prefix, code(city),
		kind, generate_end6(owner, net, city + 1, far_end).s, as);
}

/* Between a regional carrier and the backbone, where both are. */
static void
backbone_session(
	const struct generate_plan *p, const struct generate_carrier *c, size_t city, FILE *f)
{
	const struct generate_carrier *regional = &p->carriers[p->cities[city].region];
	const struct generate_carrier *t = generate_backbone(p);
	char prefix[3] = {'t', '_', '\0'};

	if (!p->cities[city].hub)
		return;
	if (c == t) {
		prefix[0] = regional->letter;
		fputs("\n# Customer: the city's regional carrier.\n", f);
		sessions(t, NET_CARRIER, city, 1, prefix, "customer", regional->as, f);
		return;
	}
	fputs("\n# Upstream. What it tells is for customers only, and less wanted than what they "
	      "tell: like a "
	      "peer's.\n",
		f);
	sessions(t, NET_CARRIER, city, 0, prefix, "peer", t->as, f);
}

void
generate_carrier_bird(
	const struct generate_plan *p, const struct generate_carrier *c, size_t city, FILE *f)
{
	head(c, city, f);
	igp(c, city, f);
	mesh(c, city, f);
	fputs("# Customer: the operator's site. It also gets a default route.\n", f);
	sessions(c, NET_POP, city, 1, "", "site", GENERATE_OPERATOR_AS, f);
	fputs("\n# Customer: the city's access network.\n", f);
	sessions(c, NET_ACCESS, city, 1, "acc_", "customer", generate_access_as(city), f);
	backbone_session(p, c, city, f);
}

void
generate_access_bird(const struct generate_plan *p, size_t city, FILE *f)
{
	const struct generate_carrier *carriers[2];
	size_t n = generate_carriers_at(p, city, carriers);

	fprintf(f,
		"# acc-%s: the access network of %s, AS %u. Generated, ../topology.yaml says how.\n"
		"# Policy is in access.conf.\n\n",
		code(city), generate_places[city].title, generate_access_as(city));
	fprintf(f, "router id %s;\ndefine SELF = %u;\n", generate_access4(city, ".1").s,
		generate_access_as(city));
	fprintf(f, "define OWN4 = %s;\ndefine OWN6 = %s;\n", generate_access4(city, ".0/24").s,
		generate_access6(city, "::/48").s);
	fprintf(f,
		"define SOURCE4 = %s;\ndefine SOURCE6 = %s;\n\ninclude "
		"\"/etc/bird/access.conf\";\n\n",
		generate_access4(city, ".1").s, generate_access6(city, "::1").s);
	for (size_t k = 0; k < n; k++) {
		const char prefix[3] = {carriers[k]->letter, '_', '\0'};

		sessions(carriers[k], NET_ACCESS, city, 0, prefix, "transit", carriers[k]->as, f);
	}
}
