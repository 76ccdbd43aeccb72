/* test_topology_fit.c - what a root file system has no program for is left out, if it may be, and who runs otherwise then. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "lab/topology.h"
#include "lib/fs.h"

static char rootfs[] = "/tmp/catchment-fit-XXXXXX";

static const char text[] =
	"name: tiny\n"
	"anycast: {prefixes: [203.0.113.0/24], addresses: [203.0.113.53], zone: x.}\n"
	"cities: {hkg: {lat: 22, lon: 114}}\n"
	"services:\n"
	"  one: {run: [/usr/lib/one, -f], optional: true}\n"
	"  two: {run: [/two, -a], without: {one: [/two, -b, -c]}}\n"
	"  three: {run: [/usr/lib/one], optional: true}\n"
	"roles:\n"
	"  r: {services: [one, two, two]}\n"
	"  s: {services: [two, one]}\n"
	"nodes:\n"
	"  a: {role: r, city: hkg}\n"
	"  b: {role: s, city: hkg}\n"
	"links:\n"
	"  - {a: \"a:b\", b: \"b:a\", delay: 1ms, a_addr: [10.0.0.0/31], b_addr: [10.0.0.1/31]}\n";

static struct topology *
fitted(void)
{
	struct topology *t;

	assert_int_equal(topology_parse("t", text, strlen(text), &t), 0);
	assert_int_equal(conf_complaints(t->conf), 0);
	assert_int_equal(topology_fit(t, rootfs, NULL), 0);
	return t;
}

static void
assert_whole(void)
{
	struct topology *t = fitted();

	assert_false(t->services[0].left_out);
	assert_int_equal(t->roles[0].services_len, 3);
	assert_string_equal(t->services[1].run.argv[1], "-a");
	topology_free(t);
}

static void
assert_left_out(void)
{
	struct topology *t = fitted();
	json_t *told = topology_left_out_json(t);

	assert_true(t->services[0].left_out);
	assert_int_equal(t->roles[0].services_len, 2);
	assert_int_equal(t->roles[1].services_len, 1);
	assert_string_equal(t->services[t->roles[1].services[0]].name, "two");
	assert_string_equal(t->services[1].run.argv[1], "-b");
	assert_string_equal(t->services[1].run.argv[2], "-c");
	assert_null(t->services[1].run.argv[3]);
	/* What nobody runs is not missed. */
	assert_false(t->services[2].left_out);
	assert_int_equal(json_array_size(told), 1);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(told, 0), "service")), "one");
	assert_string_equal(json_string_value(json_object_get(json_array_get(told, 0), "program")),
		"/usr/lib/one");
	json_decref(told);
	/* Twice is as once. */
	assert_int_equal(topology_fit(t, rootfs, NULL), 0);
	assert_int_equal(t->roles[0].services_len, 2);
	topology_free(t);
}

static void
put(const char *name, mode_t mode)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", rootfs, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static void
finds_programs(void **state)
{
	char path[200], to[200];

	(void)state;
	assert_left_out(); /* not even the folder is there */
	snprintf(path, sizeof(path), "%s/usr", rootfs);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/usr/real", rootfs);
	assert_int_equal(mkdir(path, 0755), 0);
	/* A link leads to where it leads inside. */
	snprintf(to, sizeof(to), "%s/usr/lib", rootfs);
	assert_int_equal(symlink("/usr/real", to), 0);
	assert_left_out();
	put("usr/real/one", 0644);
	assert_left_out(); /* not to be run */
	put("usr/real/one", 0755);
	assert_whole();
	put("two", 0755); /* the host's own does not count, nor does another's */
	assert_int_equal(unlink(strcat(path, "/one")), 0);
	assert_left_out();
	assert_int_equal(mkdir(path, 0755), 0);
	assert_left_out(); /* a folder is no program */
}

static void
no_root_file_system(void **state)
{
	struct topology *t;
	struct err e;

	(void)state;
	assert_int_equal(topology_parse("t", text, strlen(text), &t), 0);
	assert_int_equal(topology_fit(t, "/nowhere/at-all", &e), -ENOENT);
	assert_string_equal(e.text, "/nowhere/at-all: No such file or directory");
	assert_false(t->services[0].left_out);
	topology_free(t);
}

/* The bench's own network, with a root file system that has nothing: only what is optional is missed. */
static void
own_network(void **state)
{
	struct topology *t;
	int zebra;

	(void)state;
	assert_int_equal(topology_load("lab/topology.yaml", &t, NULL), 0);
	assert_int_equal(topology_fit(t, "tests/unit", NULL), 0);
	for (size_t i = 0; i < t->services_len; i++)
		assert_int_equal(
			t->services[i].left_out, strcmp(t->services[i].name, "mgmtd") == 0);
	zebra = topology_service(t, "zebra");
	assert_string_equal(t->services[zebra].run.argv[1], "-f");
	assert_string_equal(t->services[zebra].run.argv[2], "/etc/frr/zebra.conf");
	topology_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds_programs),
		cmocka_unit_test(no_root_file_system), cmocka_unit_test(own_network)};
	int failed;

	if (mkdtemp(rootfs) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fs_remove_tree(rootfs, NULL);
	return failed;
}
