/* test_generate.c - generated networks: the same for a seed, valid, connected, as many of everything as said. */
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

#include "lab/generate.h"
#include "lab/generate_internal.h"
#include "lab/topology.h"
#include "lib/fs.h"

static char dir[] = "/tmp/test_generate.XXXXXX";

static const char *
at(const char *name)
{
	static char paths[4][300];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(dir, NULL);
}

/* The tests run in the top folder of the tree: its lab/ is the bench's data. */
static void
make(unsigned int pops, uint64_t seed, const char *name, struct generate_counts *ret)
{
	struct generate_options o = {.pops = pops, .seed = seed, .dir = at(name), .data = "."};
	struct err e = {0};

	if (generate_network(&o, ret, &e) < 0)
		fail_msg("%u PoPs: %s", pops, e.text);
}

static struct topology *
load(const char *name)
{
	struct topology *t;

	assert_int_equal(topology_load(at(name), &t, NULL), 0);
	assert_int_equal(conf_report(t->conf), 0); /* addresses are unique and fit at both ends */
	return t;
}

static void
same_seed(void **state)
{
	char one[65], two[65], other[65];

	(void)state;
	make(12, 5, "one", NULL);
	make(12, 5, "two", NULL);
	make(12, 6, "other", NULL);
	assert_int_equal(fs_sha256(at("one"), one, NULL), 0);
	assert_int_equal(fs_sha256(at("two"), two, NULL), 0);
	assert_string_equal(one, two);
	assert_int_equal(fs_sha256(at("one/nodes/a-hkg"), one, NULL), 0);
	assert_int_equal(fs_sha256(at("other/nodes/a-hkg"), other, NULL), 0);
	assert_string_not_equal(one, other); /* other fibre, other costs */
}

/* How many nodes a packet from the first one could reach, if every node forwarded. */
static size_t
reachable(const struct topology *t)
{
	bool *seen = calloc(t->nodes_len, sizeof(*seen)), more = true;
	size_t n = 0;

	seen[0] = true;
	while (more) {
		more = false;
		for (size_t l = 0; l < t->links_len; l++) {
			const size_t *ends = t->links[l].node;

			if (seen[ends[0]] != seen[ends[1]])
				seen[ends[0]] = seen[ends[1]] = more = true;
		}
	}
	for (size_t i = 0; i < t->nodes_len; i++)
		n += seen[i];
	free(seen);
	return n;
}

static void
every_size(void **state)
{
	(void)state;
	for (unsigned int pops = 1; pops <= GENERATE_POPS_MAX; pops += pops < 18 ? 1 : 23) {
		struct generate_counts n;
		struct topology *t;
		char name[32], file[64];

		snprintf(name, sizeof(name), "n%u", pops);
		snprintf(file, sizeof(file), "n%u/topology.yaml", pops);
		make(pops, pops, name, &n);
		t = load(file);
		assert_int_equal(t->cities_len, pops);
		assert_int_equal(n.cities, pops);
		assert_int_equal(t->nodes_len, n.nodes);
		assert_int_equal(t->links_len, n.links);
		assert_int_equal(reachable(t), t->nodes_len);
		for (size_t c = 0; c < t->cities_len; c++)
			assert_string_equal(t->cities[c].expect_site, t->cities[c].name);
		topology_free(t);
	}
}

/* What the limits promise: small meshes, a second line to every city of a carrier of three or more. */
static void
shape(void **state)
{
	struct generate_plan *p = malloc(sizeof(*p));

	(void)state;
	for (unsigned int pops = 1; pops <= GENERATE_POPS_MAX; pops++) {
		size_t cities = 0;

		generate_plan_make(p, pops, 3);
		for (size_t k = 0; k < p->regions_len + p->has_backbone; k++) {
			const struct generate_carrier *c = &p->carriers[k];

			assert_in_range(c->cities_len, 1, GENERATE_CARRIER_CITIES);
			cities += k < p->regions_len ? c->cities_len : 0;
			for (size_t i = 0; i < c->cities_len; i++) {
				size_t lines = 0;

				for (size_t l = 0; l < c->links_len; l++)
					lines += c->links[l].a == c->cities[i] ||
						c->links[l].b == c->cities[i];
				assert_in_range(lines, c->cities_len < 3 ? c->cities_len - 1 : 2,
					c->cities_len - 1);
			}
			for (size_t l = 0; l < c->links_len; l++)
				assert_in_range(c->links[l].cost, 1, 65535);
		}
		assert_int_equal(cities, pops);
		assert_true(pops == 1 ? generate_next_best(p, 0) == SIZE_MAX
				      : generate_next_best(p, 0) < pops);
	}
	free(p);
}

static bool
says(const char *name, const char *what)
{
	char *text;
	bool found;

	assert_int_equal(fs_read(at(name), 1 << 20, &text, NULL, NULL), 0);
	found = strstr(text, what) != NULL;
	free(text);
	return found;
}

/* Above 16 PoPs the layers' BFD is slowed; that depends on how the layers put it. */
static void
bfd_pace(void **state)
{
	static const char *const files[] = {"nodes/carrier/etc/bird/carrier.conf",
		"nodes/access/etc/bird/access.conf", "nodes/site/etc/frr/bfdd.conf"};
	static const char *const brisk[] = {"interval 300 ms;", "interval 300 ms;", "interval 300"};
	static const char *const slow[] = {
		"interval 1000 ms;", "interval 1000 ms;", "interval 1000"};

	(void)state;
	make(16, 1, "brisk", NULL);
	make(17, 1, "slow", NULL);
	for (size_t i = 0; i < 3; i++) {
		char name[128];

		snprintf(name, sizeof(name), "brisk/%s", files[i]);
		assert_true(says(name, brisk[i]) && !says(name, slow[i]));
		snprintf(name, sizeof(name), "slow/%s", files[i]);
		assert_true(says(name, slow[i]) && !says(name, brisk[i]));
	}
}

static void
refusals(void **state)
{
	struct generate_options o = {.pops = 65, .dir = at("many"), .data = "."};
	struct err e = {0};

	(void)state;
	assert_int_equal(generate_network(&o, NULL, &e), -EINVAL);
	o.pops = 2;
	assert_int_equal(fs_mkdirs(at("full/x"), NULL), 0);
	o.dir = at("full");
	assert_int_equal(generate_network(&o, NULL, &e), -ENOTEMPTY);
	assert_int_equal(fs_mkdirs(at("empty"), NULL), 0);
	o.dir = at("empty");
	o.data = at(
		"nowhere"); /* fails half way: the folder stays empty, and nothing is left beside it */
	assert_true(generate_network(&o, NULL, &e) < 0);
	assert_int_equal(rmdir(at("empty")), 0);
	assert_int_equal(rmdir(at("full/x")), 0);
	assert_int_equal(rmdir(at("full")), 0);
	o.dir = at("new/");
	o.data = ".";
	assert_int_equal(generate_network(&o, NULL, &e), 0);
	assert_int_equal(access(at("new/topology.yaml"), R_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_seed),
		cmocka_unit_test(every_size),
		cmocka_unit_test(shape),
		cmocka_unit_test(bfd_pace),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
