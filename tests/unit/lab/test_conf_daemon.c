/* test_conf_daemon.c - what is read of FRR's, BIRD's, OpenBGPD's and keepalived's files, and from which layer. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "lab/conf_daemon.h"
#include "lab/overlay.h"
#include "lib/fs.h"

struct text {
	const char *path, *data;
};

/* Files in memory, ended by a NULL path. */
static int
read_text(void *arg, const char *path, char **ret_data, size_t *ret_len,
	char shown[static DC_PATH_BYTES])
{
	for (const struct text *t = arg; t->path != NULL; t++)
		if (strcmp(t->path, path) == 0) {
			*ret_data = strdup(t->data);
			*ret_len = strlen(t->data);
			snprintf(shown, DC_PATH_BYTES, "%s", path);
			return 0;
		}
	return -ENOENT;
}

static size_t
expand(void *arg, const char *pattern, char (*ret)[DC_PATH_BYTES], size_t max)
{
	(void)arg;
	(void)max;
	snprintf(ret[0], DC_PATH_BYTES, "%s", pattern);
	return 1;
}

typedef int reader(struct daemon_conf *c, const struct dc_source *from, const char *path);

static struct daemon_conf
read_all(reader *read, struct text *texts)
{
	struct dc_source from = {expand, read_text, texts};
	struct daemon_conf c = {0};

	assert_int_equal(read(&c, &from, texts[0].path), 0);
	return c;
}

/* "LINE peer[/len] remote local-as[+other] from families flags" of each session, for comparing. */
static void
assert_sessions(struct daemon_conf *c, const char *const expected[])
{
	size_t n = 0;

	for (; expected[n] != NULL; n++) {
		char line[512], peer[INET_TEXT_BYTES] = "-", local[INET_TEXT_BYTES] = "-";
		const struct dc_session *s = &c->sessions[n];

		assert_true(n < c->sessions_len);
		if (s->peer.family != 0)
			s->dynamic ? inet_show_prefix(&s->peer, peer) : inet_show(&s->peer, peer);
		if (s->local.family != 0)
			inet_show(&s->local, local);
		snprintf(line, sizeof(line), "%d %s%s%s kind%d %u as %u+%u from %s%s fam%u%s%s",
			s->at.line, peer, s->peer_if[0] ? "%" : "", s->peer_if, (int)s->remote_kind,
			s->remote_as, s->local_as, s->other_as, local, s->local_if, s->families,
			s->multihop ? " multihop" : "", s->shutdown ? " down" : "");
		assert_string_equal(line, expected[n]);
	}
	assert_int_equal(c->sessions_len, n);
	daemon_conf_done(c);
}

static void
test_frr(void **state)
{
	struct text texts[] = {{"/c",
				       "router bgp 1.10\n"
				       " bgp router-id 198.51.100.9\n"
				       " neighbor 192.0.2.1 peer-group G\n"
				       " neighbor G peer-group\n" /* after its member */
				       " neighbor G remote-as external\n"
				       " neighbor G update-source lo\n"
				       " neighbor 192.0.2.2 remote-as 65546\n"
				       " neighbor 192.0.2.2 update-source 198.51.100.9\n"
				       " neighbor 192.0.2.2 shutdown\n"
				       " neighbor eth0 interface v6only remote-as internal\n"
				       " neighbor 192.0.2.3 remote-as 64500\n"
				       " neighbor 192.0.2.3 local-as 64501 no-prepend replace-as\n"
				       " neighbor 192.0.2.3 ebgp-multihop 4\n"
				       " bgp listen range 10.0.0.0/8 peer-group G\n"
				       " address-family ipv4 unicast\n"
				       "  no neighbor 192.0.2.3 activate\n"
				       "  network 203.0.113.0/24\n"
				       " exit-address-family\n"
				       " address-family ipv6 unicast\n"
				       "  neighbor G activate\n"
				       " exit-address-family\n"
				       "interface eth0\n"
				       " ip address 192.0.2.9/24\n"
				       " ip ospf area 0\n"
				       "ip route 10.1.0.0/16 192.0.2.254\n"
				       "ip route 10.2.0.0/16 eth1\n"
				       "ip route 10.3.0.0/16 Null0\n"},
		{0}};
	struct daemon_conf c = read_all(conf_frr_read, texts);
	const char *const sessions[] = {"3 192.0.2.1 kind3 0 as 65546+0 from -lo fam3",
		"7 192.0.2.2 kind1 65546 as 65546+0 from 198.51.100.9 fam1 multihop down",
		"10 -%eth0 kind2 0 as 65546+0 from - fam1 multihop",
		"11 192.0.2.3 kind1 64500 as 64501+65546 from - fam0 multihop",
		"14 10.0.0.0/8 kind3 0 as 65546+0 from -lo fam3", NULL};

	(void)state;
	assert_int_equal(c.local_as, 65546);
	assert_int_equal(c.id_at.line, 2);
	assert_int_equal(c.origins_len, 1);
	assert_int_equal(c.origins[0].inet.len, 24);
	assert_int_equal(c.addrs_len, 1);
	assert_string_equal(c.addrs[0].ifname, "eth0");
	assert_int_equal(c.vias_len, 1);
	assert_int_equal(c.names_len, 2);
	assert_string_equal(c.names[0].what, "OSPF");
	assert_string_equal(c.names[1].name, "eth1");
	assert_sessions(&c, sessions);
}

static void
test_bird(void **state)
{
	struct text texts[] = {
		{"/etc/bird/bird.conf",
			"router id 198.19.0.1; # a comment { with a brace\n"
			"define SELF = 64601;\n"
			"define ALSO = SELF; /* another; { */\n"
			"include \"more.conf\";\n"
			"filter f { if net ~ [10.0.0.0/8{8,24}] then { accept; } reject; }\n"
			"protocol bgp from t { neighbor 192.0.2.1 as 64500; }\n"
			"protocol bgp 'a-b' from t { neighbor 192.0.2.2 port 1179 internal;\n"
			"	ipv6 { import all; }; source address 192.0.2.9; }\n"
			"protocol bgp d { local 192.0.2.9 port 179 as 1; neighbor range "
			"10.0.0.0/8 external; ipv4; }\n"
			"protocol bgp l from t { neighbor fe80::1%eth0 as 2; disabled; }\n"
			"protocol bgp nobody from t { }\n"
			"protocol babel { interface \"e*\", -\"e9\" { type wired; }; }\n"
			"protocol ospf v2 { area 0 { interface \"x\" { cost 5; }; }; }\n"
			"protocol static { route 203.0.113.0/24 via 192.0.2.7; route "
			"10.0.0.0/8 via \"y\"; }\n"},
		{"/etc/bird/more.conf",
			"template bgp base { local as ALSO; multihop 3; ipv4 { import all; }; }\n"
			"template bgp t from base { direct; hold time 3; }\n"},
		{0}};
	struct daemon_conf c = read_all(conf_bird_read, texts);
	const char *const sessions[] = {"6 192.0.2.1 kind1 64500 as 64601+0 from - fam1",
		"7 192.0.2.2 kind2 0 as 64601+0 from 192.0.2.9 fam3 multihop",
		"9 10.0.0.0/8 kind3 0 as 1+0 from 192.0.2.9 fam1",
		"10 fe80::1%eth0 kind1 2 as 64601+0 from - fam1 down", NULL};

	(void)state;
	assert_int_equal(c.files_len, 2);
	assert_int_equal(c.router_id.family, AF_INET);
	assert_int_equal(c.names_len, 3);
	assert_string_equal(c.names[0].name, "e*");
	assert_string_equal(c.names[0].what, "Babel");
	assert_int_equal(c.names[1].at.line, 13);
	assert_string_equal(c.names[2].name, "y");
	assert_int_equal(c.origins_len, 2);
	assert_int_equal(c.vias_len, 1);
	assert_sessions(&c, sessions);
}

static void
test_openbgpd(void **state)
{
	struct text texts[] = {{"/etc/bgpd.conf",
				       "peer=\"192.0.2.1\"\n"
				       "AS 64510 23456\n"
				       "router-id 198.51.100.2\n"
				       "network 203.0.113.0/24\n"
				       "prefix-set \"p\" { 10.0.0.0/8\n 11.0.0.0/8 }\n"
				       "group \"g\" {\n"
				       "	announce IPv6 unicast\n"
				       "	local-address \\\n"
				       "		192.0.2.9\n"
				       "	neighbor $peer {\n"
				       "		remote-as 64500\n"
				       "	}\n"
				       "	neighbor 10.0.0.0/8 { multihop 2 }\n"
				       "}\n"
				       "neighbor 2001:db8::1 {\n"
				       "	remote-as 64510\n"
				       "	down\n"
				       "}\n"
				       "include \"/etc/more\"\n"
				       "match to ebgp set { community delete 0:* }\n"},
		{"/etc/more",
			"neighbor 192.0.2.3 {\n	remote-as 1\n	local-as 2\n	announce IPv4 "
			"none\n}\n"},
		{0}};
	struct daemon_conf c = read_all(conf_openbgpd_read, texts);
	const char *const sessions[] = {"11 192.0.2.1 kind1 64500 as 64510+0 from 192.0.2.9 fam2",
		"14 10.0.0.0/8 kind0 0 as 64510+0 from 192.0.2.9 fam2 multihop",
		"16 2001:db8::1 kind1 64510 as 64510+0 from - fam2 multihop down",
		"1 192.0.2.3 kind1 1 as 2+64510 from - fam0", NULL};

	(void)state;
	assert_int_equal(c.origins_len, 1);
	assert_int_equal(c.id_at.line, 3);
	assert_sessions(&c, sessions);
}

static void
test_keepalived(void **state)
{
	struct text texts[] = {
		{"/k",
			"vrrp_script s {\n	script \"x\"\n}\nvrrp_instance i {\n	interface "
			"eth0\n"
			"	track_script {\n		interface no\n	}\n}\n"},
		{0}};
	struct daemon_conf c = read_all(conf_keepalived_read, texts);

	(void)state;
	assert_int_equal(c.names_len, 1);
	assert_string_equal(c.names[0].name, "eth0");
	assert_int_equal(c.names[0].at.line, 5);
	daemon_conf_done(&c);
}

static void
test_absent_first_file(void **state)
{
	struct text none[] = {{0}};
	struct dc_source from = {expand, read_text, none};
	struct daemon_conf c = {0};

	(void)state;
	assert_int_equal(conf_frr_read(&c, &from, "/x"), -ENOENT);
	assert_int_equal(conf_bird_read(&c, &from, "/x"), -ENOENT);
	assert_int_equal(conf_openbgpd_read(&c, &from, "/x"), -ENOENT);
	assert_int_equal(conf_keepalived_read(&c, &from, "/x"), -ENOENT);
	daemon_conf_done(&c);
}

/* The highest layer wins, patterns see all layers, and a link does not lead out of its layer. */
static void
test_overlay(void **state)
{
	char dir[] = "/tmp/test_conf_daemon.XXXXXX", low[64], high[64], path[128],
	     shown[DC_PATH_BYTES], matches[4][DC_PATH_BYTES], *data;
	char *layers[] = {low, high, NULL};
	struct overlay o = {layers};
	size_t len;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(low, sizeof(low), "%s/low", dir);
	snprintf(high, sizeof(high), "%s/high", dir);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/etc", layers[i]);
		assert_int_equal(fs_mkdirs(path, NULL), 0);
		snprintf(path, sizeof(path), "%s/etc/a.conf", layers[i]);
		assert_int_equal(fs_write(path, i == 0 ? "low" : "high", 4 - (i == 0), NULL), 0);
	}
	snprintf(path, sizeof(path), "%s/etc/b.conf", low);
	assert_int_equal(fs_write(path, "b", 1, NULL), 0);
	snprintf(path, sizeof(path), "%s/etc/host", high);
	assert_int_equal(symlink("/etc/passwd", path), 0);

	assert_int_equal(overlay_read(&o, "/etc/a.conf", &data, &len, shown), 0);
	assert_string_equal(data, "high");
	assert_non_null(strstr(shown, "/high/etc/a.conf"));
	free(data);
	assert_int_equal(overlay_read(&o, "/etc/b.conf", &data, &len, shown), 0);
	assert_int_equal(len, 1);
	free(data);
	assert_true(overlay_read(&o, "/etc/host", &data, &len, shown) < 0);
	assert_int_equal(overlay_read(&o, "/etc/none", &data, &len, shown), -ENOENT);
	assert_int_equal(overlay_read(&o, "/etc", &data, &len, shown), -EINVAL);
	assert_int_equal(overlay_expand(&o, "/etc/*.conf", matches, 4), 2);
	assert_string_equal(matches[0], "/etc/a.conf");
	assert_string_equal(matches[1], "/etc/b.conf");
	assert_int_equal(fs_remove_tree(dir, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frr),
		cmocka_unit_test(test_bird),
		cmocka_unit_test(test_openbgpd),
		cmocka_unit_test(test_keepalived),
		cmocka_unit_test(test_absent_first_file),
		cmocka_unit_test(test_overlay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
