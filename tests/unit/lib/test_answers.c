/* test_answers.c - the answers file: what goes in comes out, wherever it was cut, and nothing else does. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/answers.h"
#include "lib/fs.h"

enum { QUERIES = 5000, STREAMS = 7 };

static char dir[] = "/tmp/test_answers.XXXXXX";
static char path[64];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/answers", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(dir, NULL);
}

static struct answers_query
query(uint32_t i, uint16_t nsid)
{
	return (struct answers_query){.status = i % ANSWERS_STATUSES,
		.rcode = (uint8_t)(i % 5),
		.flags = i % 2,
		.stream = (uint16_t)(i % STREAMS),
		.nsid = nsid,
		.seq = i,
		.lateness_ns = i * 3,
		.sent = {1700000000000000000 + i},
		.received = {1700000000000000000 + 2 * (int64_t)i}};
}

static int
write_file(uint32_t queries, struct err *e)
{
	static const uint8_t odd[] = {'h', 'k', 'g', 0, '\\', 0xff};
	struct answers_writer *w;
	uint16_t nsid[2];
	int rc = answers_create(path, "{\"schema\": \"x\"}", STREAMS,
		(struct wall){1700000000000000000}, (struct mono){42}, &w, e);

	if (rc < 0)
		return rc;
	nsid[0] = answers_intern_nsid(w, (const uint8_t *)"tyo", 3);
	for (uint32_t i = 0; i < queries; i++) {
		struct answers_query q;

		nsid[1] = answers_intern_nsid(w, odd, sizeof(odd));
		q = query(i, i % 3 == 2 ? ANSWERS_NSID_NONE : nsid[i % 3]);
		if (answers_write_query(w, &q) < 0)
			break;
	}
	answers_write_stray(w,
		&(struct answers_stray){.kind = ANSWERS_LATE,
			.stream = 3,
			.nsid = nsid[0],
			.seq = ANSWERS_SEQ_UNKNOWN,
			.received = {99}});
	return answers_close(w, e);
}

static void
round_trip(void **state)
{
	struct answers_record r;
	struct answers *a;
	struct err e = {0};
	const char *plan;
	size_t len;

	(void)state;
	assert_int_equal(write_file(QUERIES, &e), 0);
	assert_int_equal(answers_open(path, &a, &e), 0);
	plan = answers_plan(a, &len);
	assert_int_equal(len, 32);
	assert_memory_equal(plan, "{\"schema\": \"x\"}                 ", 32);
	assert_int_equal(answers_streams(a), STREAMS);
	assert_int_equal(answers_t0_wall(a).ns, 1700000000000000000);
	assert_int_equal(answers_t0_mono(a).ns, 42);
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < QUERIES; i++) {
			struct answers_query q;

			assert_int_equal(answers_next(a, &r), 1);
			assert_int_equal(r.type, ANSWERS_QUERY);
			q = query(i, i % 3 == 2 ? ANSWERS_NSID_NONE : (uint16_t)(i % 3));
			assert_int_equal(r.query.status, q.status);
			assert_int_equal(r.query.rcode, q.rcode);
			assert_int_equal(r.query.flags, q.flags);
			assert_int_equal(r.query.stream, q.stream);
			assert_int_equal(r.query.nsid, q.nsid);
			assert_int_equal(r.query.seq, q.seq);
			assert_int_equal(r.query.lateness_ns, q.lateness_ns);
			assert_int_equal(r.query.sent.ns, q.sent.ns);
			assert_int_equal(r.query.received.ns, q.received.ns);
		}
		assert_int_equal(answers_next(a, &r), 1);
		assert_int_equal(r.type, ANSWERS_STRAY);
		assert_int_equal(r.stray.kind, ANSWERS_LATE);
		assert_int_equal(r.stray.stream, 3);
		assert_int_equal(r.stray.seq, ANSWERS_SEQ_UNKNOWN);
		assert_int_equal(r.stray.received.ns, 99);
		assert_int_equal(answers_next(a, &r), 0);
		answers_rewind(a);
	}
	assert_string_equal(answers_nsid(a, 0), "tyo");
	assert_string_equal(answers_nsid(a, 1), "hkg\\x00\\x5c\\xff");
	assert_null(answers_nsid(a, 2));
	assert_int_equal(answers_nsids(a), 2);
	assert_int_equal(answers_damaged(a), 0);
	assert_int_equal(answers_cut_bytes(a), 0);
	answers_free(a);
}

static void
cut_anywhere(void **state)
{
	struct err e;
	char *data;
	size_t len;

	(void)state;
	assert_int_equal(write_file(20, &e), 0);
	assert_int_equal(fs_read(path, 1 << 20, &data, &len, &e), 0);
	assert_int_equal(len, 64 + 32 + 23 * 32);
	for (size_t cut = 0; cut <= len; cut++) {
		struct answers_record r;
		struct answers *a;
		size_t n = 0, whole = cut < 96 ? 0 : (cut - 96) / 32;
		void *exact = malloc(cut ? cut : 1);

		assert_non_null(exact);
		memcpy(exact, data, cut);
		if (answers_open_bytes(exact, cut, "cut", &a, &e) < 0) {
			assert_true(cut < 96);
			assert_int_equal(e.code, EPROTO);
			free(exact);
			continue;
		}
		while (answers_next(a, &r))
			n++;
		assert_int_equal(n, whole < 2 ? 0 : whole - 2);
		assert_int_equal(answers_cut_bytes(a), cut % 32);
		answers_free(a);
		free(exact);
	}
	free(data);
}

static void
refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *says;
	} rows[] = {{0, 'X', "f: not an answers file"},
		{8, 2,
			"f: answers format 2 with records of 32 bytes, this program reads 1 with "
			"32"},
		{12, 64,
			"f: answers format 1 with records of 64 bytes, this program reads 1 with "
			"32"},
		{16, 31, "f: the length of the plan in it (31) is damaged"},
		{19, 1, "f: cut inside the plan that should open it"}};
	struct answers *a = NULL;
	struct err e;
	char *data;
	size_t len;

	(void)state;
	assert_int_equal(write_file(1, &e), 0);
	assert_int_equal(fs_read(path, 1 << 20, &data, &len, &e), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char was = data[rows[i].at];

		data[rows[i].at] = (char)rows[i].value;
		assert_int_equal(answers_open_bytes(data, len, "f", &a, &e), -EPROTO);
		assert_string_equal(e.text, rows[i].says);
		data[rows[i].at] = was;
	}
	assert_null(a);
	free(data);
	assert_int_equal(answers_open("/nonexistent", &a, &e), -ENOENT);
	assert_int_equal(answers_open("/dev/null", &a, &e), -EPROTO);
}

/* What TCP adds stands before its query's record, is that query's alone, and is found again after a rewind. */
static void
over_tcp(void **state)
{
	struct answers_query q = {.stream = 2,
		.nsid = ANSWERS_NSID_NONE,
		.over_tcp = true,
		.tcp = {ANSWERS_KERNEL_CONNECT, 1234567, {1700000000000000321}}};
	struct answers_writer *w;
	struct answers_record r;
	struct answers *a;
	struct err e = {0};

	(void)state;
	assert_int_equal(
		answers_create(path, "{}", STREAMS, (struct wall){1}, (struct mono){2}, &w, &e), 0);
	for (q.seq = 0; q.seq < 3000; q.seq++) {
		q.over_tcp = q.seq % 3 != 1;
		assert_int_equal(answers_write_query(w, &q), 0);
	}
	assert_int_equal(answers_close(w, &e), 0);
	assert_int_equal(answers_open(path, &a, &e), 0);
	for (int pass = 0; pass < 2; pass++, answers_rewind(a))
		for (uint32_t i = 0; i < 3000; i++) {
			assert_int_equal(answers_next(a, &r), 1);
			assert_int_equal(r.query.seq, i);
			assert_int_equal(r.query.over_tcp, i % 3 != 1);
			assert_int_equal(r.query.tcp.connect_ns, i % 3 != 1 ? 1234567 : 0);
			assert_int_equal(
				r.query.tcp.asked.ns, i % 3 != 1 ? 1700000000000000321 : 0);
			assert_int_equal(
				r.query.tcp.flags, i % 3 != 1 ? ANSWERS_KERNEL_CONNECT : 0);
		}
	assert_int_equal(answers_damaged(a), 0);
	answers_free(a);
}

/* What contradicts the head or itself is counted, not handed on; unknown types are the future's. */
static void
damaged(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		uint64_t damaged;
		int queries;
	} rows[] = {{1, ANSWERS_STATUSES, 1, 0}, {4, STREAMS, 1, 0}, {6, 2, 1, 0}, {0, 77, 0, 0},
		{1, 8, 0, 1}};
	struct answers_record r;
	struct err e;
	char *data;
	size_t len;

	(void)state;
	assert_int_equal(write_file(1, &e), 0);
	assert_int_equal(fs_read(path, 1 << 20, &data, &len, &e), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t at = 96 + 2 * 32 + rows[i].at;
		char was = data[at];
		struct answers *a;
		int queries = 0;

		data[at] = (char)rows[i].value;
		assert_int_equal(answers_open_bytes(data, len, "f", &a, &e), 0);
		for (int pass = 0; pass < 2; pass++, answers_rewind(a))
			while (answers_next(a, &r))
				queries += r.type == ANSWERS_QUERY;
		assert_int_equal(queries, 2 * rows[i].queries);
		assert_int_equal(answers_damaged(a), rows[i].damaged);
		answers_free(a);
		data[at] = was;
	}
	free(data);
}

static void
disk_full(void **state)
{
	struct rlimit was, small = {100000, RLIM_INFINITY}; /* not on a record's border */
	struct answers_record r;
	struct answers *a;
	struct err e = {0};
	struct stat st;
	uint32_t n = 0;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(write_file(QUERIES, &e), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_non_null(strstr(e.text, "answers: cannot write: File too large"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 100000 / 32 * 32);
	assert_int_equal(answers_open(path, &a, &e), 0);
	while (answers_next(a, &r))
		assert_int_equal(r.query.seq, n++);
	assert_int_equal(n, 100000 / 32 - 3 - 2);
	answers_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip),
		cmocka_unit_test(cut_anywhere), cmocka_unit_test(refused),
		cmocka_unit_test(damaged), cmocka_unit_test(over_tcp), cmocka_unit_test(disk_full)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
