/* test_look.c - what is read for people: instants in daemons' logs, faults of links, networks' names. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/look_links.h"
#include "lab/look_log.h"
#include "lab/look_map.h"

static void
test_stamps(void **state)
{
	static const struct {
		const char *line;
		int64_t ns; /* -1: none */
	} table[] = {
		{"2026-11-22T18:23:28+0000 info: Knot DNS 3.4.6 starting", 1795371808000000000},
		{"2026-11-22 18:23:28.249 <INFO> Started", 1795371808249000000},
		{"2026/11/22 18:23:30.955174 BGP: [N9HHH-F8H1M] Up", 1795371810955174000},
		{"2026/11/22 18:23:29 BFD: bfdd 10.3 starting", 1795371809000000000},
		{"Sun Nov 22 18:23:30 2026: Starting Keepalived", 1795371810000000000},
		{"neighbor 2001:db8:ffff::10 (hkg v6): received EOR", -1},
		{"", -1},
		{"2026-11-22", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct wall at = {-1};

		assert_int_equal(look_log_stamp(table[i].line, &at), table[i].ns < 0 ? -ENOENT : 0);
		assert_int_equal(at.ns, table[i].ns);
	}
}

static void
test_faults(void **state)
{
	static const char reply[] =
		"{\"links\": {\"a-x:l--a-y:l\": {\"carrier\": true, \"changed\": true,"
		"  \"a2b\": {\"delay_ns\": 5000000, \"blackhole\": false, \"loss_ratio\": 0.02},"
		"  \"b2a\": {\"delay_ns\": 5000000, \"blackhole\": true}},"
		" \"a-y:s--ix:y\": {\"carrier\": false},"
		" \"no:such--link:x\": {\"carrier\": false}}}";
	char x[] = "a-x", y[] = "a-y", ix[] = "ix";
	struct topo_bridge bridge = {.all_links = true};
	struct topo_role roles[] = {{0}, {.bridges = &bridge, .bridges_len = 1}};
	struct topo_node nodes[] = {
		{.name = x, .role = 0}, {.name = y, .role = 0}, {.name = ix, .role = 1}};
	struct topo_link links[] = {{.name = "a-x:l--a-y:l", .node = {0, 1}, .delay_ns = 5000000},
		{.name = "a-y:s--ix:y", .node = {1, 2}, .delay_ns = 100000}};
	struct topology t = {.roles = roles,
		.roles_len = 2,
		.nodes = nodes,
		.nodes_len = 3,
		.links = links,
		.links_len = 2};
	struct look_fault *list = NULL;
	json_t *j = json_loads(reply, 0, NULL);
	char network[32];
	size_t n = 0;

	(void)state;
	assert_non_null(j);
	assert_int_equal(look_faults_read(&t, j, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].link, 0);
	assert_string_equal(list[0].text, "a-x to a-y: loss 2 %; a-y to a-x: blackhole");
	assert_string_equal(list[1].text, "down");
	free(list);
	json_decref(j);
	look_map_network(&t, 0, network);
	assert_string_equal(network, "A");
	look_map_network(&t, 1, network);
	assert_string_equal(network, "IX");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
