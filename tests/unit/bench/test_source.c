/* test_source.c - captures merged by time, slices joined, packed ones unpacked, damage named with its byte. */
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

#include "bench/analyze/source.h"

static char dir[64];

static const char *
path(const char *name)
{
	static char out[8][160];
	static int next;
	char *p = out[next++ % 8];

	snprintf(p, sizeof(out[0]), "%s/%s", dir, name);
	return p;
}

static void
put32(FILE *f, uint32_t v, int big)
{
	for (int i = 0; i < 4; i++)
		fputc((int)(v >> (big ? 24 - 8 * i : 8 * i) & 255), f);
}

/* Packets of 4 bytes at the given instants. */
static const char *
write_pcap(const char *name, int big, int nano, size_t n, const int64_t *at_ns)
{
	const char *p = path(name);
	FILE *f = fopen(p, "w");

	assert_non_null(f);
	put32(f, nano ? 0xa1b23c4d : 0xa1b2c3d4, big);
	put32(f, big ? 2 << 16 | 4 : 2 | 4 << 16, big);
	put32(f, 0, big);
	put32(f, 0, big);
	put32(f, 65535, big);
	put32(f, 1, big);
	for (size_t i = 0; i < n; i++) {
		put32(f, (uint32_t)(at_ns[i] / NS_PER_S), big);
		put32(f, (uint32_t)(at_ns[i] % NS_PER_S / (nano ? 1 : 1000)), big);
		put32(f, 4, big);
		put32(f, 60, big);
		fwrite("data", 4, 1, f);
	}
	assert_int_equal(fclose(f), 0);
	return p;
}

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/catchment-source-XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void
merged(void **state)
{
	const int64_t a[] = {NS_PER_S + 1, NS_PER_S + 5, 3 * NS_PER_S};
	const int64_t b[] = {NS_PER_S + 2000, 2 * NS_PER_S};
	const int64_t c[] = {NS_PER_S + 5, 4 * NS_PER_S};
	const char *paths[] = {write_pcap("a", 0, 1, 3, a), write_pcap("b", 1, 0, 2, b),
		write_pcap("c", 1, 1, 2, c)};
	const struct {
		int64_t ns;
		unsigned file, number;
	} wanted[] = {{a[0], 0, 1}, {a[1], 0, 2}, {c[0], 2, 1}, {b[0], 1, 1}, {b[1], 1, 2},
		{a[2], 0, 3}, {c[1], 2, 2}};
	struct source_record rec;
	struct source *s;
	struct err e;

	(void)state;
	assert_int_equal(source_open(paths, 3, &s, &e), 0);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert_int_equal(source_next(s, &rec), 1);
		assert_int_equal(rec.seen.ns, wanted[i].ns);
		assert_int_equal(rec.file, wanted[i].file);
		assert_int_equal(rec.number, wanted[i].number);
		assert_int_equal(rec.captured_bytes, 4);
		assert_int_equal(rec.wire_bytes, 60);
		assert_memory_equal(rec.data, "data", 4);
	}
	assert_int_equal(source_next(s, &rec), 0);
	assert_int_equal(source_next(s, &rec), 0);
	for (unsigned i = 0; i < 3; i++)
		assert_null(source_damage(s, i));
	/* They overlap; numbered as they begin. */
	assert_int_equal(source_point(s, 0), 0);
	assert_int_equal(source_point(s, 2), 1);
	assert_int_equal(source_point(s, 1), 2);
	assert_int_equal(source_packets(s, 0), 3);
	source_free(s);
}

static void
slices_are_one_point(void **state)
{
	const int64_t a[] = {NS_PER_S, 2 * NS_PER_S}, b[] = {2 * NS_PER_S, 3 * NS_PER_S};
	const int64_t c[] = {4 * NS_PER_S};
	/* Named in the wrong order, that does not matter. */
	const char *paths[] = {write_pcap("c", 0, 1, 1, c), write_pcap("a", 0, 1, 2, a),
		write_pcap("b", 0, 1, 2, b)};
	struct source_record rec;
	struct source *s;
	struct err e;

	(void)state;
	assert_int_equal(source_open(paths, 3, &s, &e), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(source_next(s, &rec), 1);
		assert_int_equal(rec.point, 0);
	}
	source_free(s);
}

static void
packed(void **state)
{
	const int64_t a[] = {NS_PER_S + 7};
	const char *plain = write_pcap("a", 0, 1, 1, a);
	struct source_record rec;
	char command[400];
	const char *gz = path("a.gz"), *half = path("half.gz");
	struct source *s;
	struct err e;

	(void)state;
	snprintf(command, sizeof(command), "gzip -c %s >%s && head -c 40 %s >%s", plain, gz, gz,
		half);
	assert_int_equal(system(command), 0);
	assert_int_equal(source_open(&gz, 1, &s, &e), 0);
	assert_int_equal(source_next(s, &rec), 1);
	assert_int_equal(rec.seen.ns, a[0]);
	assert_int_equal(source_next(s, &rec), 0);
	assert_null(source_damage(s, 0));
	source_free(s);
	/* Left before its end: the unpacker is not waited for in vain, nor left behind. */
	assert_int_equal(source_open(&gz, 1, &s, &e), 0);
	source_free(s);
	if (source_open(&half, 1, &s, &e) == 0) {
		while (source_next(s, &rec) == 1)
			;
		assert_non_null(source_damage(s, 0));
		source_free(s);
	} else {
		assert_non_null(strstr(e.text, "half.gz: byte "));
	}
}

static void
damage(void **state)
{
	const int64_t a[] = {NS_PER_S, 2 * NS_PER_S}, b[] = {3 * NS_PER_S};
	const char *paths[] = {write_pcap("a", 0, 1, 2, a), write_pcap("b", 0, 1, 1, b)};
	const char *none = path("none");
	struct source_record rec;
	struct source *s;
	struct err e;

	(void)state;
	/* The second packet lacks its last byte; the other file goes on. */
	assert_int_equal(truncate(paths[0], 24 + 20 + 19), 0);
	assert_int_equal(source_open(paths, 2, &s, &e), 0);
	assert_int_equal(source_next(s, &rec), 1);
	assert_int_equal(source_next(s, &rec), 1);
	assert_int_equal(rec.file, 1);
	assert_int_equal(source_next(s, &rec), 0);
	assert_non_null(strstr(source_damage(s, 0), "/a: byte 63: "));
	assert_null(source_damage(s, 1));
	source_free(s);
	/* Within the header, an empty file, and none: nothing is opened at all. */
	for (long bytes = 23; bytes >= 0; bytes -= 23) {
		assert_int_equal(truncate(paths[0], bytes), 0);
		assert_int_equal(source_open(paths, 2, &s, &e), -EBADMSG);
		assert_non_null(strstr(e.text, "/a: byte "));
	}
	assert_int_equal(source_open(&none, 1, &s, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/none: "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged),
		cmocka_unit_test(slices_are_one_point),
		cmocka_unit_test(packed),
		cmocka_unit_test(damage),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
