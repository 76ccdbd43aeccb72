/* test_variant.c - variant.yaml: what it changes of the bench's own network, and every mistake at its line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lab/topology.h"

static struct topology *
with(const char *text)
{
	struct topology *t;

	assert_int_equal(topology_load("lab/topology.yaml", &t, NULL), 0);
	assert_int_equal(conf_complaints(t->conf), 0);
	assert_int_equal(topology_parse_variant(t, "mine", text, strlen(text)), 0);
	return t;
}

static const struct topo_role *
role(const struct topology *t, const char *name)
{
	for (size_t i = 0; i < t->roles_len; i++)
		if (strcmp(t->roles[i].name, name) == 0)
			return &t->roles[i];
	fail_msg("no role %s", name);
	return NULL;
}

static void
changes(void **state)
{
	struct topology *t = with(
		"summary: another check\n"
		"rest: 15s\n"
		"services:\n"
		"  check: {run: [checkd, -f], ready: {command: [test, -e, /x]}, restart: 1.5s}\n"
		"  knotd: {prepare: [[mkdir, /y]]}\n"
		"roles:\n"
		"  pop: {services: [knotd, check], bridges: {}}\n"
		"expect:\n"
		"  syd: {site: tyo, because: it is nearer}\n");
	const struct topo_service *knotd = &t->services[topology_service(t, "knotd")];
	const struct topo_role *pop = role(t, "pop");

	(void)state;
	assert_int_equal(conf_complaints(t->variant_conf), 0);
	assert_string_equal(t->variant, "mine");
	assert_string_equal(t->variant_summary, "another check");
	assert_true(t->rest_ns == 15 * NS_PER_S);
	assert_int_equal(pop->services_len, 2);
	assert_string_equal(t->services[pop->services[1]].name, "check");
	assert_true(t->services[pop->services[1]].restart_ns == 1500000000);
	assert_true(knotd->restart_ns == 0);
	assert_int_equal(pop->bridges_len, 0);
	assert_int_equal(pop->layers_len, 2);
	/* What is not said stays. */
	assert_string_equal(knotd->run.argv[0], "/usr/sbin/knotd");
	assert_int_equal(knotd->ready, TOPO_READY_COMMAND);
	assert_int_equal(knotd->prepare_len, 1);
	assert_string_equal(knotd->prepare[0].argv[1], "/y");
	assert_int_equal(role(t, "unicast")->services_len, 6);
	assert_string_equal(t->cities[topology_city(t, "syd")].expect_site, "tyo");
	assert_string_equal(t->cities[topology_city(t, "hkg")].expect_site, "hkg");
	topology_free(t);
}

static void
mistakes(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"", "variant.yaml:1: the file is empty"},
		{"roles: {}\n", "variant.yaml:1: 'summary' is missing"},
		{"summary: x\nrest: 11min\n", "variant.yaml:2: rest: 0 to 10 minutes"},
		{"summary: x\nrest: long\n", "variant.yaml:2: 'rest': 'long' is not understood (a duration "
					      "like 300ms, 2s, 1.5min)"},
		{"summary: x\nnodes: {}\n", "variant.yaml:2: unknown key 'nodes'"},
		{"summary: x\nservices:\n  mgmtd: {optional: false}\n",
			"variant.yaml:3: without: 'mgmtd' is not optional: it is never left out"},
		{"summary: x\nroles:\n  pops: {services: []}\n",
			"variant.yaml:3: the topology has no role 'pops'"},
		{"summary: x\nroles:\n  pop: {layers: [x]}\n",
			"variant.yaml:3: unknown key 'layers'"},
		{"summary: x\nroles:\n  pop: {services: [chekc]}\n",
			"variant.yaml:3: no service 'chekc' under services:"},
		{"summary: x\nservices:\n  check: {}\n", "variant.yaml:3: 'run' is missing"},
		{"summary: x\nservices:\n  knotd: {rdy: 1}\n", "variant.yaml:3: unknown key 'rdy'"},
		{"summary: x\nexpect:\n  xyz: {site: tyo, because: y}\n",
			"variant.yaml:3: expect: no city 'xyz'"},
		{"summary: x\nexpect:\n  syd: {site: lax, because: y}\n",
			"variant.yaml:3: expect: site 'lax' does not announce the service "
			"(anycast: false)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct topology *t = with(rows[i].text);

		if (conf_complaints(t->variant_conf) != 1 ||
			strcmp(conf_complaint(t->variant_conf, 0), rows[i].told) != 0)
			fail_msg("row %zu: %zu complaints, first '%s'", i,
				conf_complaints(t->variant_conf),
				conf_complaints(t->variant_conf)
					? conf_complaint(t->variant_conf, 0)
					: "");
		assert_int_equal(conf_complaints(t->conf), 0);
		topology_free(t);
	}
}

/* Every variant that is shipped; one without a file changes nothing. */
static void
shipped(void **state)
{
	static const char *const names[] = {"documented", "hardened"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct topology *t;
		char dir[64];

		snprintf(dir, sizeof(dir), "lab/variants/%s", names[i]);
		assert_int_equal(topology_load("lab/topology.yaml", &t, NULL), 0);
		assert_int_equal(topology_load_variant(t, names[i], dir, NULL), 0);
		assert_true(t->variant_conf == NULL || conf_report(t->variant_conf) == 0);
		assert_int_equal(topology_service(t, "dnsguard") >= 0, i == 1);
		topology_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
