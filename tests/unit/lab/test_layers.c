/* test_layers.c - which folders lie over a node, in which order, and which would lie over none. */
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

#include "lab/layers.h"
#include "lib/fs.h"

static char dir[] = "/tmp/test_layers.XXXXXX";
static struct topology *t;

static const char text[] = "name: x\n"
			   "anycast: {prefixes: [10.0.0.0/24], addresses: [10.0.0.1], zone: z.}\n"
			   "cities: {c: {lat: 0, lon: 0}}\n"
			   "roles: {r: {layers: [base, over]}, s: {}}\n"
			   "nodes: {n1: {role: r, city: c}, n2: {role: s, city: c}}\n"
			   "links: [{a: \"n1:x\", b: \"n2:x\", delay: 1ms}]\n";

/* DIR/NAME, good until the fourth call after. */
static const char *
at(const char *name)
{
	static char paths[4][256];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static int
setup(void **state)
{
	static const char *const folders[] = {"nodes/base/etc", "nodes/n1/etc", "nodes/n2/etc",
		"variant/over", "user/n1/etc", "user/base", "user/.git", "typo/n3/etc"};

	(void)state;
	if (mkdtemp(dir) == NULL || topology_parse("t", text, sizeof(text) - 1, &t) < 0 ||
		conf_report(t->conf) > 0)
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (fs_mkdirs(at(folders[i]), NULL) < 0)
			return -1;
	if (fs_write(at("nodes/base/etc/x"), "x", 1, NULL) < 0 ||
		fs_write(at("user/n1/etc/x"), "x", 1, NULL) < 0)
		return -1;
	return fs_write(at("user/README"), "x", 1, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	topology_free(t);
	return fs_remove_tree(dir, NULL);
}

static void
assert_layers(size_t node, const char *const stacks[], const char *const want[])
{
	char **got;
	size_t i;

	assert_int_equal(layers_of(t, node, stacks, &got), 0);
	for (i = 0; want[i] != NULL; i++)
		assert_string_equal(got[i], at(want[i]));
	assert_null(got[i]);
	layers_free(got);
}

/* A whole stack lies over the one before it; within one, the node lies over its role's layers. */
static void
order(void **state)
{
	char nodes[64], variant[64], user[64];
	const char *const all[] = {nodes, variant, user, NULL}, *const none[] = {NULL};

	(void)state;
	snprintf(nodes, sizeof(nodes), "%s", at("nodes"));
	snprintf(variant, sizeof(variant), "%s", at("variant"));
	snprintf(user, sizeof(user), "%s", at("user/../user")); /* made plain */
	assert_layers(0, all,
		(const char *const[]){
			"nodes/base", "nodes/n1", "variant/over", "user/base", "user/n1", NULL});
	assert_layers(1, all, (const char *const[]){"nodes/n2", NULL});
	assert_layers(0, none, (const char *const[]){NULL});
	layers_free(NULL);
}

static void
unused(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(layers_check(t, at("nodes"), &e), 0);
	assert_int_equal(layers_check(t, at("user"), &e), 0); /* with a README and a .git */
	assert_int_equal(layers_check(t, at("typo"), &e), -EINVAL);
	assert_non_null(strstr(e.text, at("typo/n3")));
	assert_int_equal(layers_check(t, at("nowhere"), &e), -ENOENT);
	assert_non_null(strstr(e.text, at("nowhere")));
	assert_int_equal(layers_check(t, at("user/README"), &e), -ENOTDIR);
}

/* A slip inside a folder that a node does use. */
static void
slips(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(fs_mkdirs(at("slip/n1/ect"), NULL), 0);
	assert_int_equal(layers_check(t, at("slip"), &e), -EINVAL);
	assert_non_null(strstr(e.text, at("slip/n1/ect")));
	assert_int_equal(fs_mkdirs(at("hollow/n1/etc"), NULL), 0);
	assert_int_equal(layers_check(t, at("hollow"), &e), -EINVAL);
	assert_non_null(strstr(e.text, "holds no file"));
	assert_int_equal(fs_mkdirs(at("loose"), NULL), 0);
	assert_int_equal(symlink("/nowhere", at("loose/n1")), 0);
	assert_int_equal(layers_check(t, at("loose"), &e), -EINVAL);
	assert_non_null(strstr(e.text, "is not a folder"));
	assert_int_equal(fs_mkdirs(at("pipe/n1/etc"), NULL), 0);
	assert_int_equal(mkfifo(at("pipe/n1/etc/x"), 0600), 0);
	assert_int_equal(layers_check(t, at("pipe"), &e), -EINVAL);
	assert_non_null(strstr(e.text, at("pipe/n1/etc/x")));
}

static void
unreadable(void **state)
{
	char first[256] = "";

	(void)state;
	assert_int_equal(chmod(at("user"), 0755), 0);
	assert_int_equal(chmod(at("user/README"), 0644), 0);
	assert_int_equal(chmod(at("user/n1/etc/x"), 0644), 0);
	for (const char *const *name = (const char *const[]){"user/n1", "user/n1/etc", "user/base",
		     "user/.git", NULL};
		*name != NULL; name++)
		assert_int_equal(chmod(at(*name), 0755), 0);
	assert_int_equal(layers_unreadable(at("user"), first, sizeof(first)), 0);
	assert_string_equal(first, "");
	assert_int_equal(chmod(at("user/README"), 0600), 0);
	assert_int_equal(layers_unreadable(at("user"), first, sizeof(first)), 1);
	assert_string_equal(first, at("user/README"));
	assert_int_equal(chmod(at("user/README"), 0644), 0);
	assert_int_equal(chmod(at("user/base"), 0700), 0);
	assert_int_equal(layers_unreadable(at("user"), first, sizeof(first)), 1);
	assert_string_equal(first, at("user/base"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(unused),
		cmocka_unit_test(slips),
		cmocka_unit_test(unreadable),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
