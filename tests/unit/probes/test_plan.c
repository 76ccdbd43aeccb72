/* test_plan.c - a probe plan is taken whole or refused with the place of each mistake; names are what they say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/fs.h"
#include "lib/mono.h"
#include "probes/names.h"
#include "probes/plan.h"

static char dir[] = "/tmp/test_plan.XXXXXX";
static char path[64];

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/plan.json", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(dir, NULL);
}

static void
good(void **state)
{
	static const char text[] =
		"{\"schema\": \"catchment.probe-plan/1\", \"seed\": 3, \"rate_qps\": 2.5, "
		"\"duration_ms\": 45000, \"timeout_ms\": 4000, \"zone\": \"Probe.Example\", "
		"\"qtype\": \"TXT\", \"expect_rcode\": 0, \"expect_txt\": \"catchment\", "
		"\"answers\": \"a/answers\", \"stats\": \"/s.json\", \"from the future\": 1, "
		"\"streams\": [{\"id\": 0, \"probe\": 0, \"city\": \"hkg\", \"node\": \"acc-hkg\", "
		"\"netns\": \"/proc/7/ns/net\", \"source\": \"2001:db8::1\", "
		"\"target\": \"2001:db8:53::53\", \"port\": 5353}]}";
	char answers[80], address[INET_TEXT_BYTES];
	struct err e = {0};
	struct plan *p;

	(void)state;
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	if (plan_load(path, &p, &e) < 0)
		fail_msg("%s", e.text);
	snprintf(answers, sizeof(answers), "%s/a/answers", dir);
	assert_int_equal(p->seed, 3);
	assert_true(p->rate_qps == 2.5);
	assert_int_equal(p->duration_ns, 45 * NS_PER_S);
	assert_int_equal(p->timeout_ns, 4 * NS_PER_S);
	assert_string_equal(p->zone, "probe.example.");
	assert_string_equal(p->answers_path, answers);
	assert_string_equal(p->stats_path, "/s.json");
	assert_int_equal(p->streams_len, 1);
	assert_string_equal(p->streams[0].netns, "/proc/7/ns/net");
	assert_string_equal(inet_show(&p->streams[0].target, address), "2001:db8:53::53");
	assert_int_equal(p->streams[0].port, 5353);
	assert_non_null(strstr(p->json, "\"from the future\":1"));
	plan_free(p);
	plan_free(NULL);
}

#define HEAD	"{\"schema\": \"catchment.probe-plan/1\", \"zone\": \"p.example.\", "
#define STREAM	"\"source\": \"192.0.2.1\", \"target\": \"192.0.2.2\""
#define STREAMS "\"streams\": [{" STREAM "}]}"

static void
refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {{"", ":1: '[' or '{' expected near end of file"},
		{"{\"schema\": \"catchment.probe-plan/2\"}",
			": schema is 'catchment.probe-plan/2', wanted 'catchment.probe-plan/1'"},
		{"[1]", ": schema is '', wanted"}, {HEAD STREAMS, ": rate_qps: missing"},
		{HEAD "\"rate_qps\": \"10\", " STREAMS, ": rate_qps: not a number"},
		{HEAD "\"rate_qps\": 0, " STREAMS, ": rate_qps: 0 is not between 0.001 and 100000"},
		{HEAD "\"rate_qps\": 1, \"timeout_ms\": 0, " STREAMS,
			": timeout_ms: 0 is not between 1 and 60000"},
		{HEAD "\"rate_qps\": 1}", ": streams: missing"},
		{HEAD "\"rate_qps\": 1, \"streams\": []}", ": streams: 0 of them; wanted 1 to"},
		{HEAD "\"rate_qps\": 1, \"qtype\": \"MX\", " STREAMS,
			": qtype: 'MX' is none of TXT A AAAA NS SOA"},
		{HEAD "\"rate_qps\": 1, \"qtype\": \"A\", \"expect_txt\": \"x\", " STREAMS,
			": expect_txt: only an answer to qtype TXT carries a text"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{" STREAM "}, {\"id\": 5, " STREAM "}]}",
			": streams[1].id: stream ids must count up from 0; wanted 1"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{\"source\": \"x\", \"target\": "
		      "\"192.0.2.0/24\"}]}",
			": streams[0].source: 'x' is not an IPv4 or IPv6 address; "
			"streams[0].target: '192.0.2.0/24' is not an IPv4 or IPv6 address"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{\"source\": \"::1\", \"target\": "
		      "\"192.0.2.1\"}]}",
			": streams[0]: source and target are of different address families"},
		{HEAD "\"rate_qps\": 100000, \"streams\": [{" STREAM "}, {" STREAM "}]}",
			": rate_qps: 100000 for each of 2 streams is more than one process sends"},
		{HEAD "\"rate_qps\": 1000, \"duration_ms\": 604800000, " STREAMS,
			": duration_ms: more queries per stream than there are names"},
		{"{\"schema\": \"catchment.probe-plan/1\", \"zone\": \"a b\", \"rate_qps\": "
		 "1, " STREAMS,
			": zone: 'a b' is not a domain name of letters, digits and '-'"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{" STREAM ", \"service\": \"dns\"}]}",
			": streams[0].service: 'dns' is none of anycast unicast resolver"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{" STREAM ", \"transport\": \"tls\"}]}",
			": streams[0].transport: 'tls' is none of udp tcp udp+tcp"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{" STREAM ", \"rate_qps\": 0}]}",
			": streams[0].rate_qps: 0 is not between"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{" STREAM ", \"recurse\": 1}]}",
			": streams[0].recurse: neither true nor false"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{" STREAM
		      ", \"transport\": \"tcp\", \"rate_qps\": 1001}]}",
			": streams: 1001 queries a second over TCP; 1000 connections are"},
		{HEAD "\"rate_qps\": 1, \"streams\": [{" STREAM "}, {" STREAM
		      ", \"rate_qps\": 100000}]}",
			": streams: 100001 queries a second together are more than"},
		{HEAD "\"rate_qps\": 1, \"rate_qps\": 2, " STREAMS, "duplicate object key"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan *p = NULL;
		struct err e = {0};

		assert_int_equal(fs_write(path, rows[i].text, strlen(rows[i].text), NULL), 0);
		assert_int_equal(plan_load(path, &p, &e), -EINVAL);
		assert_null(p);
		if (strncmp(e.text, path, strlen(path)) != 0 ||
			strstr(e.text, rows[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", e.text, rows[i].says);
	}
}

/* Without the optional keys a stream is what it always was; each of them is taken, or refused by its name. */
static void
kinds(void **state)
{
	static const char text[] =
		"{\"schema\": \"catchment.probe-plan/1\", \"zone\": \"p.example\", \"rate_qps\": "
		"10, "
		"\"streams\": [{" STREAM "}, {" STREAM ", \"service\": \"unicast\", "
		"\"label\": \"lax\", \"rate_qps\": 0.5}, {" STREAM ", \"service\": \"resolver\", "
		"\"transport\": \"tcp\", \"recurse\": true, \"label\": \"unbound\"}]}";
	struct err e = {0};
	struct plan *p;

	(void)state;
	assert_int_equal(fs_write(path, text, strlen(text), NULL), 0);
	if (plan_load(path, &p, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(p->streams[0].service, PLAN_ANYCAST);
	assert_int_equal(p->streams[0].transport, PLAN_UDP);
	assert_true(p->streams[0].rate_qps == 10);
	assert_string_equal(p->streams[0].label, "");
	assert_false(p->streams[0].recurse);
	assert_int_equal(p->streams[1].service, PLAN_UNICAST);
	assert_true(p->streams[1].rate_qps == 0.5);
	assert_string_equal(p->streams[1].label, "lax");
	assert_int_equal(p->streams[2].service, PLAN_RESOLVER);
	assert_int_equal(p->streams[2].transport, PLAN_TCP);
	assert_true(p->streams[2].rate_qps == 10);
	assert_true(p->streams[2].recurse);
	plan_free(p);
}

static void
names(void **state)
{
	char text[NAMES_TEXT_BYTES], other[NAMES_TEXT_BYTES];
	struct names a, b;
	uint32_t stream = 1, seq = 2;

	(void)state;
	assert_int_equal(names_init(&a, 1, "probe.example."), 0);
	assert_int_equal(names_init(&b, 2, "probe.example."), 0);
	names_format(&a, 65534, 99999999, text);
	assert_int_equal(strncmp(text, "s65534-q99999999-", NAMES_TAG_AT), 0);
	assert_string_equal(text + NAMES_ZONE_AT, "probe.example.");
	assert_string_not_equal(text, names_format(&b, 65534, 99999999, other));
	assert_false(names_parse(&b, text, &stream, &seq));
	assert_int_equal(stream, 1);
	assert_true(names_parse(&a, text, &stream, &seq));
	assert_int_equal(stream, 65534);
	assert_int_equal(seq, 99999999);
	for (size_t i = 0; i < strlen(text);
		i++) { /* each character counts, digits by their value */
		char was = text[i];

		text[i] = '#';
		assert_false(names_parse(&a, text, &stream, &seq));
		text[i] = '\0';
		assert_false(names_parse(&a, text, &stream, &seq));
		text[i] = was;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(refused),
		cmocka_unit_test(kinds), cmocka_unit_test(names)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
