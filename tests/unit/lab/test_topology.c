/* test_topology.c - the bench's own network, and every mistake that a network can have, at its line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lab/geo.h"
#include "lab/topology.h"
#include "tests/unit/slips.h"

/* A small good network; a row of the table below puts other text in the place of one of its lines. */
static const char *const good[] = {
	/* 1 */ "name: tiny",
	/* 2 */ "stretch: 1.5",
	/* 3 */ "anycast:",
	/* 4 */ "  prefixes: [203.0.113.0/24]",
	/* 5 */ "  addresses: [203.0.113.53]",
	/* 6 */ "  zone: probe.example.",
	/* 7 */ "cities:",
	/* 8 */ "  hkg: {title: Hong Kong, lat: 22.32, lon: 114.17}",
	/* 9 */ "  tyo: {lat: 35.68, lon: 139.69}",
	/* 10 */ "services:",
	/* 11 */
	"  dns: {run: [dnsd, -f], prepare: [[mkdir, /x]], ready: {vty: /run/x}, sessions: frr}",
	/* 12 */ "roles:",
	/* 13 */ "  pop: {layers: [base], services: [dns], forward: true, bridges: {ka0: []}}",
	/* 14 */ "  acc: {layers: []}",
	/* 15 */ "  hub: {bridges: {br0: all}}",
	/* 16 */ "nodes:",
	/* 17 */ "  p1: {role: pop, city: hkg, site: s1, loopback: [203.0.113.53/32, 10.9.0.1/32]}",
	/* 18 */ "  a1: {role: acc, city: tyo, local: [198.18.1.0/24]}",
	/* 19 */ "  sw: {role: hub, city: hkg}",
	/* 20 */ "  m1: {role: acc, city: hkg}",
	/* 21 */ "links:",
	/* 22 */ "  - {a: \"p1:up\", b: \"a1:p1\", a_addr: [10.0.0.0/31], b_addr: [10.0.0.1/31]}",
	/* 23 */ "  - {a: \"p1:lan\", b: \"sw:p1\", a_addr: [10.0.1.1/24], delay: 1ms}",
	/* 24 */ "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: 1ms}",
	/* 25 */ "expect:",
	/* 26 */ "  tyo: {site: s1, because: it is alone}",
};
enum { LINES = sizeof(good) / sizeof(good[0]) };

static void
assert_told(const struct slip *slips, size_t n, const char *want)
{
	char text[16384];
	size_t used = slips_text(good, LINES, slips, n, text, sizeof(text));
	struct topology *t;

	assert_int_equal(topology_parse("t", text, used, &t), 0);
	assert_complaints(t->conf, 0, want);
	topology_free(t);
}

static void
assert_each(const struct slip *slips, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_told(&slips[i], 1, slips[i].told);
}

static void
head(void **state)
{
	static const struct slip no_own[] = {{2, "unicast: {sites: [s1]}", ""},
		{17, "  p1: {role: pop, city: hkg, site: s1, loopback: [203.0.113.53/32]}", ""}};
	static const struct slip slips[] = {
		{0, "", ""},
		{1, "", "t:2: 'name' is missing"},
		{1, "name:", "t:1: 'name' is empty"},
		{1, "name: Tiny", "t:1: name 'Tiny': names are 1 to 24 of a-z, 0-9 and '-'"},
		{1, "name: tiny\ncolour: red", "t:2: unknown key 'colour'"},
		{2, "last_mile: {median: 5ms, spread: 6}",
			"t:2: 'spread': '6' is out of range (a number from 1 to 5)"},
		{2, "last_mile: {median: 5ms, max: 4ms}",
			"t:2: last_mile: max is from the median to 10 s"},
		{2, "last_mile: {spread: 2}", "t:2: 'median' is missing"},
		{2, "unicast: {sites: [s1]}", ""},
		{2, "unicast: {sites: []}", "t:2: 'sites' names none"},
		{2, "unicast: {}", "t:2: 'sites' is missing"},
		{2, "unicast: {sites: [s1], rate: 1}", "t:2: unknown key 'rate'"},
		{2, "unicast: {sites: [s2]}", "t:2: unicast: no node has site 's2'"},
		{2, "unicast: {sites: [s1, s1]}", "t:2: unicast: site 's1' is named twice"},
		{2, "stretch: 0.9",
			"t:2: 'stretch': '0.9' is out of range (a number from 1 to 10)"},
		{4, "  prefixes: [203.0.113.1/24]", "t:4: prefix 1 has host bits set"},
		{4, "  prefixes: [203.0.114.0/24]",
			"t:5: address 1 is in none of the anycast prefixes"},
		{4, "  prefixes: 203.0.113.0/24",
			"t:4: prefixes must be a list\n"
			"t:5: address 1 is in none of the anycast prefixes"},
		{5, "  addresses: [203.0.113.530]",
			"t:5: '203.0.113.530' is not an address or prefix"},
		{5, "  addresses: []", "t:5: 'addresses' names none"},
		{4, "  prefixes: []",
			"t:4: 'prefixes' names none\n"
			"t:5: address 1 is in none of the anycast prefixes"},
		{6, "  zone: probe.example",
			"t:6: zone 'probe.example': a full name ends in a dot and has at most 200 "
			"characters"},
		{6, "", "t:4: 'zone' is missing"},
		{8, "  hkg: {lat: 122, lon: 114.17}",
			"t:8: 'lat': '122' is out of range (a number from -90 to 90)"},
		{8, "  hkg: {lat: 22}", "t:8: 'lon' is missing"},
		{8, "  hkg: Hong Kong", "t:8: hkg must be a map (key: value)"},
		{9, "  tyo: {lat: 35.68, lon: 139.69}\n  new york: {lat: 1, lon: 1}",
			"t:10: city 'new york': names are 1 to 24 of a-z, 0-9 and '-'"},
	};

	(void)state;
	assert_told(no_own, 2,
		"t:2: unicast: site 's1' has no IPv4 address of its own on its loopback");
	assert_each(slips, sizeof(slips) / sizeof(slips[0]));
}

static void
services_and_roles(void **state)
{
	static const struct slip slips[] = {
		{11, "  dns: {ready: {vty: /x}}", "t:11: 'run' is missing"},
		{11, "  dns: {run: []}", "t:11: run is an empty command"},
		{11, "  dns: {run: dnsd}", "t:11: run must be a list"},
		{11, "  dns: {run: [dnsd, [x]]}", "t:11: run must be a single value"},
		{11, "  dns: {run: [dnsd], ready: {vty: /x, bird: /y}}",
			"t:11: ready takes exactly one of vty, bird, command, keepalived"},
		{11, "  dns: {run: [dnsd], ready: {vty: }}", "t:11: 'vty' is empty"},
		{11, "  dns: {run: [dnsd], ready: {http: /x}}", "t:11: unknown key 'http'"},
		{11, "  dns: {run: [dnsd], sessions: gobgp}",
			"t:11: sessions: 'gobgp' is none of frr, bird, openbgpd"},
		{11, "  dns: {run: [dnsd], respawn: yes}", "t:11: unknown key 'respawn'"},
		{11, "  dns: {run: [/bin/dnsd], optional: true}", ""},
		{11, "  dns: {run: [/bin/dnsd], optional: 1}",
			"t:11: 'optional': '1' is not true or false"},
		{11, "  dns: {run: [dnsd], optional: true}",
			"t:11: optional: 'dnsd' is no full path, so no root file system can be "
			"asked for it"},
		{11, "  dns: {run: [d], without: {o: [d, -f]}}\n  o: {run: [/o], optional: true}",
			""},
		{11, "  dns: {run: [d], without: {o: [d, -f]}}\n  o: {run: [/o]}",
			"t:11: without: 'o' is not optional: it is never left out"},
		{11, "  dns: {run: [d], without: {dns: [d, -f]}}",
			"t:11: without: 'dns' is this service itself"},
		{11,
			"  dns: {run: [/d], optional: true, without: {o: [d]}}\n  o: {run: [/o], "
			"optional: true}",
			"t:11: without: a service that is optional itself has one command only"},
		{11, "  dns: {run: [d], without: {o: [d]}}",
			"t:11: without: no service 'o' under services:"},
		{11, "  dns: {run: [d], without: o}", "t:11: without must be a map (key: value)"},
		{11, "  dns: {run: [d], without: {}}", "t:11: without takes exactly one service"},
		{11, "  dns: {run: [d], without: {o: [d], p: [d]}}",
			"t:11: without takes exactly one service"},
		{11, "  dns: {run: [d], without: {o: []}}\n  o: {run: [/o], optional: true}",
			"t:11: without is an empty command"},
		{13, "  pop: {services: [dns,\n  dnss]}",
			"t:14: no service 'dnss' under services:"},
		{13, "  pop: {layers: [Site], services: [dns]}",
			"t:13: layer 'Site': names are 1 to 24 of a-z, 0-9 and '-'"},
		{13, "  pop: {forward: 1}", "t:13: 'forward': '1' is not true or false"},
		{13, "  pop: {bridges: {br0: [eth0]}}", "t:13: bridge 'br0': ports are [] or all"},
		{13, "  pop: {bridges: {a-name-of-sixteen: []}}",
			"t:13: bridge 'a-name-of-sixteen': an interface's name is 1 to 15 of A-Z, "
			"a-z, 0-9, '.', '_' and '-', and not lo"},
		{13, "  pop: {bridges: {lo: []}}",
			"t:13: bridge 'lo': an interface's name is 1 to 15 of A-Z, a-z, 0-9, '.', "
			"'_' and '-', and not lo"},
	};

	(void)state;
	assert_each(slips, sizeof(slips) / sizeof(slips[0]));
}

static void
nodes(void **state)
{
#define POP                                                                                        \
	"  p1: {role: pop, city: hkg, site: s1, loopback: [203.0.113.53/32, 10.9.0.1/32], local: " \
	"[10.9.0.0/24], "
	static const struct slip slips[] = {
		{20, "  m1: {role: access, city: hkg}", "t:20: no role 'access' under roles:"},
		{20, "  m1: {role: acc, city: sin}", "t:20: no city 'sin' under cities:"},
		{20, "  m1: {role: acc}", "t:20: 'city' is missing"},
		{20, "  m1: {role: acc, city: hkg, rack: 7}", "t:20: unknown key 'rack'"},
		{20, "  m1: {role: acc, city: hkg, loopback: [10.9.0.1]}",
			"t:17: address 10.9.0.1 of p1 is also at m1\n"
			"t:20: address 10.9.0.1 of m1 is also at p1"},
		{20, "  m1: {role: acc, city: hkg, loopback: [10.9.0.7, 10.9.0.7]}",
			"t:20: address 10.9.0.7 of m1 is given twice"},
		{20, "  m1: {role: acc, city: hkg, loopback: [10.0.0.1]}",
			"t:20: address 10.0.0.1 of m1 is also at a1\n"
			"t:22: address 10.0.0.1 of a1 is also at m1"},
		{20, "  m1: {role: acc, city: hkg, loopback: [10.9.0.300, ten]}",
			"t:20: '10.9.0.300' is not an address or prefix\n"
			"t:20: 'ten' is not an address or prefix"},
		{20, "  m1: {role: acc, city: hkg, local: [198.18.2.1/24]}",
			"t:20: local prefix 1 has host bits set"},
		{20, "  m1: {role: acc, city: hkg, site: s1}",
			"t:20: two nodes have the site 's1'"},
		{20, "  m1: {role: acc, city: hkg, site: s2}",
			"t:20: anycast site 'm1' lacks 203.0.113.53 on its loopback"},
		{20, "  m1: {role: acc, city: hkg}\n  m2: {role: acc, city: hkg}",
			"t:21: node 'm2' has no link"},
		{20, "  m1: {role: acc, city: hkg}\n  base: {role: acc, city: hkg}",
			"t:21: node 'base' has the name of a layer of role 'pop'"},
		{20,
			"  m1: {role: acc, city: hkg}\n  a-name-of-twenty-five-chars: {role: acc, "
			"city: hkg}",
			"t:21: node 'a-name-of-twenty-five-chars': names are 1 to 24 of a-z, 0-9 "
			"and '-'"},
		{20, "  m1: {role: acc, city: hkg}\n  m1: {role: acc, city: hkg}",
			"t:21: 'm1' is given twice"},
		{17, POP "resolvers: {dns: [10.9.0.2/32]}}", ""},
		{17, POP "resolvers: [dns]}", "t:17: resolvers must be a map (key: value)"},
		{17, POP "resolvers: {ns: [10.9.0.2/32]}}",
			"t:17: no service 'ns' under services:"},
		{17, POP "resolvers: {dns: []}}",
			"t:17: resolver 'dns' has no address to ask it at"},
		{17, POP "resolvers: {dns: [10.9.1.2/32]}}",
			"t:17: resolver 'dns': 10.9.1.2 is in no local prefix of p1"},
		{17, POP "resolvers: {dns: [10.9.0.1/32]}}",
			"t:17: address 10.9.0.1 of p1 is given twice"},
		{18,
			"  a1: {role: acc, city: tyo, local: [198.18.1.0/24], resolvers: {dns: "
			"[198.18.1.2/32]}}",
			"t:18: resolver 'dns': the role of a1 does not run it"},
	};

#undef POP
	(void)state;
	assert_each(slips, sizeof(slips) / sizeof(slips[0]));
}

static void
links(void **state)
{
#define IFNAME "(an interface: 1 to 15 of A-Z, a-z, 0-9, '.', '_' and '-')"
	static const struct slip slips[] = {
		{24, "  - {a: \"p1:lan\", b: \"sw:m1\", delay: 1ms}",
			"t:24: interface 'p1:lan' is there already"},
		/* The first of its node too. */
		{24, "  - {a: \"m1:lo\", b: \"sw:m1\", delay: 1ms}",
			"t:24: interface 'm1:lo' is there already"},
		{24, "  - {a: \"m1:lan\", b: \"sw:br0\", delay: 1ms}",
			"t:24: interface 'sw:br0' is there already"},
		{24, "  - {a: \"m1:lan\", b: \"sv:m1\", delay: 1ms}",
			"t:24: no node 'sv' under nodes:"},
		{24, "  - {a: m1, b: \"sw:m1\", delay: 1ms}",
			"t:24: 'm1' is not NODE:INTERFACE " IFNAME},
		{24, "  - {a: \"m1:a-name-of-sixteen\", b: \"sw:m1\", delay: 1ms}",
			"t:24: 'm1:a-name-of-sixteen' is not NODE:INTERFACE " IFNAME},
		{24, "  - {a: \"m1:eth%d\", b: \"sw:m1\", delay: 1ms}",
			"t:24: 'm1:eth%d' is not NODE:INTERFACE " IFNAME},
		{24, "  - {a: \"m1:..\", b: \"sw:m1\", delay: 1ms}",
			"t:24: 'm1:..' is not NODE:INTERFACE " IFNAME},
		{24, "  - {a: \"m1:lan\", delay: 1ms}", "t:24: 'b' is missing"},
		{24, "  - m1", "t:24: a link must be a map (key: value)"},
		{24, "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24]}",
			"t:24: both ends are in hkg: such a link needs an explicit delay"},
		{24, "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: 5}",
			"t:24: 'delay': '5' is not understood (a duration like 300ms, 2s, 1.5min)"},
		{24, "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: -1ms}",
			"t:24: 'delay': '-1ms' is not understood (a duration like 300ms, 2s, "
			"1.5min)"},
		{24,
			"  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: 1ms,\n"
			"     jitter: 2ms}",
			"t:24: a jitter of 2 ms around a delay of 1 ms: frames would leave before "
			"they came"},
		{24,
			"  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: 1ms,\n"
			"     loss: 2, queue: 3}",
			"t:25: loss: '2' is not a ratio from 0 to 1, like 1%"},
		{24, "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: 11s}",
			"t:24: a delay of more than 10 s is surely a mistake"},
		{24,
			"  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: 1ms,\n"
			"     stretch: 2}",
			"t:24: a link has a delay or a stretch, not both"},
		{24, "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.2/24], delay: 1ms, mtu: 9}",
			"t:24: unknown key 'mtu'"},
		{24, "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.2.2/24], delay: 1ms}",
			"t:23: nobody else at 'sw' has an address in the subnet of 10.0.1.1/24\n"
			"t:24: nobody else at 'sw' has an address in the subnet of 10.0.2.2/24"},
		{24, "  - {a: \"m1:lan\", b: \"sw:m1\", a_addr: [10.0.1.1/24], delay: 1ms}",
			"t:23: address 10.0.1.1 of p1 is also at m1\n"
			"t:24: address 10.0.1.1 of m1 is also at p1"},
		{22,
			"  - {a: \"p1:up\", b: \"a1:p1\", a_addr: [10.0.0.0/31], b_addr: "
			"[10.0.0.2/31]}",
			"t:22: p1:up--a1:p1: the other end has no address in the subnet of "
			"10.0.0.0/31\n"
			"t:22: p1:up--a1:p1: the other end has no address in the subnet of "
			"10.0.0.2/31"},
		{22,
			"  - {a: \"p1:up\", b: \"a1:p1\", a_addr: [10.0.0.0/31], b_addr: "
			"[10.0.0.1/30]}",
			"t:22: p1:up--a1:p1: the other end has no address in the subnet of "
			"10.0.0.0/31\n"
			"t:22: p1:up--a1:p1: the other end has no address in the subnet of "
			"10.0.0.1/30"},
		{22, "  - {a: \"p1:up\", b: \"a1:p1\", a_addr: [10.0.0.0/31]}",
			"t:22: p1:up--a1:p1: one end has addresses, the other none"},
		{22, "  - {a: \"p1:up\", b: \"a1:p1\", stretch: 11}",
			"t:22: 'stretch': '11' is out of range (a number from 1 to 10)"},
	};

	(void)state;
	assert_each(slips, sizeof(slips) / sizeof(slips[0]));
}

static void
expectations(void **state)
{
	static const struct slip slips[] = {
		{26, "  sin: {site: s1, because: x}", "t:26: expect: no city 'sin'"},
		{26, "  tyo: {site: tyo, because: x}", "t:26: expect: no node has site 'tyo'"},
		{26, "  tyo: {site: s1}", "t:26: 'because' is missing"},
		{26, "  tyo: s1", "t:26: expect must be a map (key: value)"},
		{26, "  hkg: {site: s1, because: x}",
			"t:26: expect: no node in 'hkg' has local prefixes to ask from"},
		{17, "  p1: {role: pop, city: hkg, site: s1, anycast: false}",
			"t:26: expect: site 's1' does not announce the service (anycast: false)"},
	};

	(void)state;
	assert_each(slips, sizeof(slips) / sizeof(slips[0]));
}

/* One look is enough: every mistake of a file at once, in the order of its lines. */
static void
all_at_once(void **state)
{
	static const struct slip slips[] = {
		{2, "stretch: long", ""},
		{5, "  addresses: [nine]", ""},
		{9, "  tyo: {lat: 35.68, lon: 1390}", ""},
		{11, "  dns: {run: [x], sessions: y}", ""},
		{14, "  acc: {layer: []}", ""},
		{18, "  a1: {role: ac, city: kyo}", ""},
		{23, "  - {a: \"p1:up\", b: \"sw:p1\", delay: 1}", ""},
		{24, "  - {a: \"m1:lan\", b: \"sx:m1\", delay: 1ms}", ""},
		{26, "  kyo: {site: s2, because: x}", ""},
	};

	(void)state;
	assert_told(slips, sizeof(slips) / sizeof(slips[0]),
		"t:2: 'stretch': 'long' is not understood (a number from 1 to 10)\n"
		"t:5: 'nine' is not an address or prefix\n"
		"t:9: 'lon': '1390' is out of range (a number from -180 to 180)\n"
		"t:11: sessions: 'y' is none of frr, bird, openbgpd\n"
		"t:14: unknown key 'layer'\n"
		"t:18: no city 'kyo' under cities:\n"
		"t:18: no role 'ac' under roles:\n"
		"t:23: interface 'p1:up' is there already\n"
		"t:24: no node 'sx' under nodes:\n"
		"t:26: expect: no city 'kyo'");
}

static void
nothing_there(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {{"[]\n", "t:1: a topology must be a map (key: value)"},
		{"", "t:1: the file is empty"},
		{"name: x\nnodes: {}\n", "t:2: there are no nodes"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct topology *t;
		bool found = false;

		assert_int_equal(topology_parse("t", rows[i].text, strlen(rows[i].text), &t), 0);
		for (size_t k = 0; k < conf_complaints(t->conf); k++)
			found |= strcmp(conf_complaint(t->conf, k), rows[i].told) == 0;
		assert_true(found);
		topology_free(t);
	}
	topology_free(NULL);
}

static const struct topo_link *
link_named(const struct topology *t, const char *name)
{
	for (size_t i = 0; i < t->links_len; i++)
		if (strcmp(t->links[i].name, name) == 0)
			return &t->links[i];
	fail_msg("%s", name);
	return NULL;
}

/* The network that is shipped: whole, and as far apart as its cities are (stretch 1.3). */
static void
own(void **state)
{
	static const struct {
		const char *name;
		int64_t delay_ns;
	} rows[] = {{"a-hkg:a-tyo--a-tyo:a-hkg", 18326845}, {"a-tyo:a-lax--a-lax:a-tyo", 56124344},
		{"b-lon:b-fra--b-fra:b-lon", 4060437}, {"acc-sin:hkix--hkix:acc-sin", 16464580},
		{"hkg:hkix--hkix:hkg", 100000}, {"a-fra:fra--fra:a-fra", 3200000}};
	struct topology *t;
	struct err e = {0};

	(void)state;
	if (topology_load("lab/topology.yaml", &t, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(conf_report(t->conf), 0);
	assert_string_equal(t->name, "four-pops");
	assert_int_equal(t->cities_len, 8);
	assert_int_equal(t->nodes_len, 29);
	assert_int_equal(t->links_len, 45);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_in_range(link_named(t, rows[i].name)->delay_ns, rows[i].delay_ns - 2,
			rows[i].delay_ns + 2);
	for (size_t c = 0; c < t->cities_len; c++) {
		int access = topology_access(t, c),
		    site = topology_site(t, t->cities[c].expect_site);

		assert_true(access >= 0 && site >= 0);
		assert_true(t->nodes[site].anycast);
		assert_int_equal(t->nodes[access].city, c);
	}
	assert_int_equal(topology_node(t, "nobody"), -1);
	assert_int_equal(topology_city(t, "nowhere"), -1);
	assert_int_equal(topology_service(t, "nothing"), -1);
	assert_int_equal(topology_site(t, NULL), -1);
	assert_false(t->nodes[topology_site(t, "lax")].anycast);
	topology_free(t);
	assert_int_equal(topology_load("lab/no-such.yaml", &t, &e), -ENOENT);
	assert_non_null(strstr(e.text, "lab/no-such.yaml"));
}

/* Both ends of every link have a MAC of their own, the same in each boot. */
static void
macs(void **state)
{
	struct topology *t;

	(void)state;
	assert_int_equal(topology_load("lab/topology.yaml", &t, NULL), 0);
	for (size_t i = 0; i < t->links_len; i++)
		for (int end = 0; end < 2; end++) {
			const struct topo_iface *f =
				&t->nodes[t->links[i].node[end]].ifaces[t->links[i].iface[end]];

			assert_int_equal(f->link, i);
			assert_int_equal(f->end, end);
			assert_int_equal(f->mac[0] & 3, 2); /* local, not multicast */
			assert_int_equal(f->mac[3], i);
			assert_int_equal(f->mac[5], end + 1);
		}
	topology_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head),
		cmocka_unit_test(services_and_roles),
		cmocka_unit_test(nodes),
		cmocka_unit_test(links),
		cmocka_unit_test(expectations),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(own),
		cmocka_unit_test(macs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
