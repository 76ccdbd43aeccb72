/* test_mrt.c - MRT files that tests/oracle/mrt.py has made, as tables and as updates; damaged at every place, too. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/load/bgp_mrt.h"
#include "bench/load/mrt.h"

#define DATA "tests/golden/data/mrt/"

static int64_t
number_of(const struct bgp_table *t, const char *prefix)
{
	struct inet p;

	assert_int_equal(inet_parse(prefix, &p), 0);
	return bgp_table_find(t, p.family == AF_INET ? 4 : 6, p.addr, p.len);
}

static void
a_table_is_one_peers(void **state)
{
	static const char *const files[] = {DATA "rib.mrt", DATA "rib.mrt.gz"};
	static const uint8_t set[] = {0x40, 1, 1, 0, 0x40, 2, 10, 2, 2, 0xfa, 0x56, 0xea, 0x0a, 0,
		0, 0xfd, 0xfd, 0xc0, 8, 8, 0xfd, 0xf2, 0, 1, 0xfd, 0xf2, 0, 1};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bgp_mrt_options o = {0};
		struct bgp_mrt_counts n;
		struct bgp_table *t;
		struct bgp_attrs a;
		struct err e;

		assert_int_equal(bgp_table_new(&t), 0);
		assert_int_equal(bgp_mrt_table(t, files[i], &o, &n, &e), 0);
		assert_int_equal(bgp_table_len_of(t, 4), 3);
		assert_int_equal(bgp_table_len_of(t, 6), 2);
		assert_int_equal(n.records, 8);
		assert_int_equal(n.taken, 5);
		assert_int_equal(n.other_peer, 3);
		assert_int_equal(n.not_tellable, 2);
		assert_true(number_of(t, "5.5.0.0/16") >= 0 && number_of(t, "31.1.2.0/24") >= 0);
		assert_true(number_of(t, "10.2.0.0/16") < 0 && number_of(t, "0.0.0.0/0") < 0);
		/* NEXT_HOP and LOCAL_PREF are not the table's. */
		a = bgp_table_attrs(t, bgp_table_at(t, (size_t)number_of(t, "5.6.0.0/15"))->attrs);
		assert_int_equal(a.len, sizeof(set));
		assert_memory_equal(a.bytes, set, sizeof(set));
		bgp_table_free(t);
	}
}

static void
another_peer_may_be_chosen(void **state)
{
	struct bgp_mrt_options o = {.peer_as = 65010};
	struct bgp_mrt_counts n;
	struct bgp_table *t;
	struct err e;

	(void)state;
	assert_int_equal(bgp_table_new(&t), 0);
	assert_int_equal(bgp_mrt_table(t, DATA "rib.mrt", &o, &n, &e), 0);
	assert_int_equal(bgp_table_len(t), 2);
	assert_int_equal(n.other_peer, 7);
	bgp_table_free(t);
	o.peer_as = 64999;
	assert_int_equal(bgp_table_new(&t), 0);
	assert_int_equal(bgp_mrt_table(t, DATA "rib.mrt", &o, &n, &e), -ENODATA);
	bgp_table_free(t);
}

static void
updates_have_the_files_timing(void **state)
{
	static const struct {
		int64_t due_ms;
		bool withdraw;
		size_t n, attrs;
	} want[] = {{0, false, 2, 17}, {250, true, 1, 0}, {1000, false, 1, 17}};
	struct bgp_mrt_options o = {0};
	struct bgp_mrt_counts n;
	struct bgp_replay *r;
	struct bgp_step step;
	struct err e;

	(void)state;
	assert_int_equal(bgp_replay_open(&r, DATA "updates.mrt", &o, 2, &n, &e), 0);
	assert_int_equal(n.records, 5);
	assert_int_equal(n.taken, 3);
	assert_int_equal(n.other_peer, 1);
	assert_int_equal(n.span_ns, 2000000000);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(bgp_replay_next(r, &step, &e), 1);
		assert_int_equal(step.due_ns, want[i].due_ms * 1000000);
		assert_int_equal(step.withdraw, want[i].withdraw);
		assert_int_equal(step.n, want[i].n);
		assert_int_equal(step.attrs.len, want[i].withdraw ? 0 : want[i].attrs);
	}
	/* The last has AS numbers of two octets in the file. */
	assert_int_equal(step.routes[0].family, 6);
	assert_int_equal(step.attrs.bytes[6], 10);
	assert_int_equal(bgp_replay_next(r, &step, &e), 0);
	bgp_replay_close(r);
}

static uint8_t *
contents(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(4096);

	assert_non_null(f);
	assert_non_null(data);
	*ret_len = fread(data, 1, 4096, f);
	fclose(f);
	return data;
}

/* Read to the end, as far as it goes. Returns what the end was. */
static int
walk(const uint8_t *data, size_t len, size_t *ret_records)
{
	struct mrt_record r;
	struct mrt_file *f;
	struct err e = {0};
	int rc;

	assert_int_equal(mrt_open_memory(&f, data, len, &e), 0);
	*ret_records = 0;
	while ((rc = mrt_next(f, &r, &e)) > 0) {
		assert_true(r.at_bytes + 12 + r.len <= len);
		++*ret_records;
	}
	assert_int_equal(rc < 0, e.code != 0);
	mrt_close(f);
	return rc;
}

/* Cut off anywhere but between two records, a file is damaged and says so. */
static void
cut_anywhere(void **state)
{
	size_t len, n, whole, between = 0;
	uint8_t *data = contents(DATA "rib.mrt", &len);

	(void)state;
	assert_int_equal(walk(data, len, &whole), 0);
	assert_int_equal(whole, 8);
	for (size_t cut = 0; cut < len; cut++) {
		int rc = walk(data, cut, &n);

		assert_true(rc == 0 || rc == -EBADMSG);
		between += rc == 0;
	}
	assert_int_equal(between, 8);
	free(data);
}

static void
places_are_told(void **state)
{
	static const struct {
		const char *file, *says;
	} cases[] = {{DATA "bad-origin.mrt", "byte 102: malformed path attributes"},
		{DATA "cut.mrt",
			"byte 621: the record of 75 bytes that starts here is cut off after 68"},
		{DATA "no-mrt.mrt", "byte 0: no MRT record"}, {DATA "bzip2.mrt", "bzip2"},
		{DATA "no-peers.mrt", "routes before the table of peers"},
		{DATA "empty.mrt", "no route in it"}, {DATA "none.mrt", "No such file"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bgp_mrt_options o = {0};
		struct bgp_mrt_counts n;
		struct bgp_table *t;
		struct err e = {0};

		assert_int_equal(bgp_table_new(&t), 0);
		assert_true(bgp_mrt_table(t, cases[i].file, &o, &n, &e) < 0);
		if (strstr(e.text, cases[i].says) == NULL || strstr(e.text, cases[i].file) == NULL)
			fail_msg("%s: %s", cases[i].file, e.text);
		bgp_table_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_one_peers),
		cmocka_unit_test(another_peer_may_be_chosen),
		cmocka_unit_test(updates_have_the_files_timing),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(places_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
