/* test_atlas.c - RIPE Atlas results: elements of a file, each shape of a result, what is hostile in them. */
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

#include "probes/import/atlas.h"
#include "probes/import/base64.h"
#include "probes/import/intake.h"
#include "probes/import/table.h"

/* ---- elements ---- */

static void
elements_of_both_shapes(void **state)
{
	static const struct {
		const char *text;
		int elements; /* before the end */
		int end;      /* what comes then */
		const char *why;
	} cases[] = {
		{"[]", 0, 0, NULL},
		{" [ {} , {\"a\":[{}]} ]\n", 2, 0, NULL},
		{"[{\"a\":\"}]\\\"\\\\\"}]", 1, 0, NULL},
		{"{}\n\n{\"a\":1}", 2, 0, NULL},
		{"", 0, -EBADMSG, "t:1: empty"},
		{"\n\nx", 0, -EBADMSG, "t:3: neither a JSON array nor an object a line"},
		{"[", 0, -EBADMSG, "t:1: the list of results is cut: no ']'"},
		{"[{}\n", 1, -EBADMSG, "t:2: the list of results is cut: no ']'"},
		{"[{},\n]", 1, -EBADMSG, "t:2: a comma before the end of the list"},
		{"[{}{}]", 1, -EBADMSG, "t:1: neither ',' nor ']' behind a result"},
		{"[1]", 0, -EBADMSG, "t:1: a result must be an object"},
		{"[,{}]", 0, -EBADMSG, "t:1: a result must be an object"},
		{"[{}]\n]", 1, -EBADMSG, "t:2: something stands behind the list of results"},
		{"[\n{\"a\":\n[", 0, -EBADMSG,
			"t:2: the file is cut inside the result that begins here"},
		{"[{\"a\":\"}]", 0, -EBADMSG,
			"t:1: the file is cut inside the result that begins here"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = {0};
		struct elements *in;
		struct element at;
		int n = 0, rc;

		assert_int_equal(
			elements_open_bytes(cases[i].text, strlen(cases[i].text), "t", &in, &e), 0);
		while ((rc = elements_next(in, &at, &e)) > 0)
			n++;
		assert_int_equal(n, cases[i].elements);
		assert_int_equal(rc, cases[i].end);
		if (cases[i].why != NULL)
			assert_string_equal(e.text, cases[i].why);
		elements_close(in);
	}
}

static void
an_element_is_bounded(void **state)
{
	size_t size = (size_t)ELEMENTS_MAX_BYTES + 100;
	char *text = malloc(size);
	struct elements *in;
	struct element at;
	struct err e;

	(void)state;
	assert_non_null(text);
	for (int lines = 0; lines < 2; lines++) {
		memset(text, 'x', size);
		memcpy(text, lines ? "{\"a\":\"" : "[{\"a\":\"", lines ? 6 : 7);
		assert_int_equal(elements_open_bytes(text, size, "t", &in, &e), 0);
		assert_int_equal(elements_next(in, &at, &e), -EBADMSG);
		assert_string_equal(e.text, "t:1: a result of more than 4 MiB");
		elements_close(in);
	}
	free(text);
}

static void
base64_is_strict(void **state)
{
	uint8_t out[4];
	size_t len;

	(void)state;
	assert_int_equal(base64_read("aGk=", 4, out, sizeof(out), &len), 0);
	assert_int_equal(len, 2);
	assert_memory_equal(out, "hi", 2);
	assert_int_equal(base64_read("aGk", 3, out, sizeof(out), &len), 0);
	assert_int_equal(len, 2);
	assert_int_equal(base64_read("", 0, out, sizeof(out), &len), 0);
	assert_int_equal(len, 0);
	assert_int_equal(
		base64_read("aGl", 3, out, sizeof(out), &len), -EINVAL); /* bits left over */
	assert_int_equal(base64_read("a", 1, out, sizeof(out), &len), -EINVAL);
	assert_int_equal(base64_read("a===", 4, out, sizeof(out), &len), -EINVAL);
	assert_int_equal(base64_read("aG=k", 4, out, sizeof(out), &len), -EINVAL);
	assert_int_equal(base64_read("aG k", 4, out, sizeof(out), &len), -EINVAL);
	assert_int_equal(base64_read("aGkhaGk=", 8, out, sizeof(out), &len), -ENOSPC);
}

/* ---- results ---- */

enum { TAKEN_MAX = 8 };

struct taken {
	struct atlas_answer a[TAKEN_MAX];
	int n;
};

static int
take(void *context, const struct atlas_answer *a, struct err *e)
{
	struct taken *t = context;

	(void)e;
	assert_true(t->n < TAKEN_MAX);
	t->a[t->n++] = *a;
	return 0;
}

static int
read_text(const char *text, struct taken *t, struct err *e)
{
	json_t *result = json_loads(text, 0, NULL);
	int rc;

	assert_non_null(result);
	*t = (struct taken){0};
	rc = atlas_read(result, take, t, e);
	json_decref(result);
	return rc;
}

#define HEAD "\"type\":\"dns\",\"prb_id\":7,\"msm_id\":9,\"timestamp\":1700000000,"
/* example. TXT IN with NSID "fra1"; id.server TXT CH "AMS" */
#define NSID_ABUF  "EjSEAAABAAAAAAABB2V4YW1wbGUAABAAAQAAKQTQAAAAAAAIAAMABGZyYTE="
#define CHAOS_ABUF "EjSEAAABAAEAAAAAAmlkBnNlcnZlcgAAEAADwAwAEAADAAAAAAAEA0FNUw=="

static void
check_site(const struct atlas_answer *a, enum atlas_named_by by, const char *site)
{
	assert_int_equal(a->named_by, by);
	assert_int_equal(a->site_len_bytes, strlen(site));
	assert_memory_equal(a->site, site, strlen(site));
}

static void
new_firmware_with_nsid(void **state)
{
	struct taken t;
	struct err e;

	(void)state;
	assert_int_equal(
		read_text("{" HEAD "\"fw\":5080,\"af\":6,\"proto\":\"TCP\",\"lts\":-1,"
			  "\"dst_addr\":\"2001:db8::53\",\"src_addr\":\"2001:db8:1::2\","
			  "\"from\":\"192.0.2.1\",\"country_code\":\"NL\",\"asn_v4\":1,\"asn_v6\":"
			  "64500,\"result\":{\"rt\":12.345,\"abuf\":\"" NSID_ABUF "\"}}",
			&t, &e),
		0);
	assert_int_equal(t.n, 1);
	check_site(&t.a[0], ATLAS_BY_NSID, "fra1");
	assert_int_equal(t.a[0].status, ANSWERS_GOOD);
	assert_int_equal(t.a[0].probe, 7);
	assert_int_equal(t.a[0].measurement, 9);
	assert_int_equal(t.a[0].family, AF_INET6);
	assert_true(t.a[0].tcp);
	assert_true(t.a[0].clock_unsure);
	assert_int_equal(t.a[0].from.family, AF_INET);
	assert_int_equal(t.a[0].sent.ns, 1700000000 * NS_PER_S);
	assert_int_equal(t.a[0].rtt_ns, 12345000);
	assert_string_equal(t.a[0].country, "NL");
	assert_int_equal(t.a[0].asn, 64500);
}

static void
old_firmware_with_id_server(void **state)
{
	struct taken t;
	struct err e;

	(void)state;
	assert_int_equal(read_text("{" HEAD "\"fw\":4400,\"pf\":4,\"address\":\"192.0.2.53\","
				   "\"result\":{\"rt\":3,\"abuf\":\"" CHAOS_ABUF "\"}}",
				 &t, &e),
		0);
	check_site(&t.a[0], ATLAS_BY_CHAOS, "AMS");
	assert_int_equal(t.a[0].family, AF_INET);
	assert_int_equal(t.a[0].target.family, AF_INET);
	/* without the message: RDATA as text, and as a list */
	assert_int_equal(read_text("{" HEAD "\"af\":4,\"result\":{\"rt\":3,\"answers\":[{\"NAME\":"
				   "\"hostname.bind\",\"RDATA\":\"LHR\"}]}}",
				 &t, &e),
		0);
	check_site(&t.a[0], ATLAS_BY_CHAOS, "LHR");
	assert_int_equal(t.a[0].rcode, ANSWERS_RCODE_NONE);
	assert_int_equal(read_text("{" HEAD "\"af\":4,\"result\":{\"rt\":3,\"answers\":[{\"NAME\":"
				   "\"id.server.\",\"RDATA\":[\"LH\",\"R\"]}]}}",
				 &t, &e),
		0);
	check_site(&t.a[0], ATLAS_BY_CHAOS, "LHR");
	/* a version is no site */
	assert_int_equal(read_text("{" HEAD "\"af\":4,\"result\":{\"rt\":3,\"answers\":[{\"NAME\":"
				   "\"version.bind\",\"RDATA\":[\"9\"]}]}}",
				 &t, &e),
		0);
	assert_int_equal(t.a[0].status, ANSWERS_NO_NSID);
}

static void
errors_by_name(void **state)
{
	static const struct {
		const char *error;
		enum answers_status status;
		const char *name;
	} cases[] = {{"{\"timeout\":5000}", ANSWERS_UNANSWERED, "timeout"},
		{"{\"socket\":\"x\",\"timeout\":1}", ANSWERS_UNANSWERED, "timeout"},
		{"{\"TUCONNECT\":\"refused\"}", ANSWERS_UNREACHABLE, "TUCONNECT"},
		{"{\"getaddrinfo\":\"no\"}", ANSWERS_SEND_FAILED, "getaddrinfo"},
		{"{\"a\\u0007 name that is far too long for it\":1}", ANSWERS_SEND_FAILED,
			"a??name?that?is?far?too"},
		{"{}", ANSWERS_SEND_FAILED, "unnamed"}};
	char text[512];
	struct taken t;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "{" HEAD "\"af\":4,\"error\":%s}", cases[i].error);
		assert_int_equal(read_text(text, &t, &e), 0);
		assert_int_equal(t.a[0].status, cases[i].status);
		assert_string_equal(t.a[0].error, cases[i].name);
		assert_int_equal(t.a[0].rtt_ns, -1);
	}
}

static void
a_set_is_all_or_nothing(void **state)
{
	struct taken t;
	struct err e;

	(void)state;
	assert_int_equal(
		read_text("{" HEAD "\"resultset\":[{\"time\":1700000001,\"subid\":1,\"af\":4,"
			  "\"dst_addr\":\"192.0.2.1\",\"proto\":\"UDP\",\"result\":{\"rt\":1,"
			  "\"abuf\":\"" CHAOS_ABUF "\"}},{\"time\":1700000002,\"subid\":2,"
			  "\"dst_addr\":\"fe80::1%eth0\",\"error\":{\"timeout\":1}}]}",
			&t, &e),
		0);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.a[0].subid, 1);
	assert_int_equal(t.a[1].family, AF_INET6);
	assert_int_equal(t.a[1].sent.ns, 1700000002 * NS_PER_S);
	assert_int_equal(t.a[1].named_by, ATLAS_UNNAMED); /* nothing of the one before it */
	assert_int_equal(
		read_text("{" HEAD
			  "\"resultset\":[{\"time\":1,\"af\":4,\"error\":{}},{\"time\":2}]}",
			&t, &e),
		-EBADMSG);
	assert_int_equal(t.n, 0);
	assert_string_equal(e.text, "resultset[1]: af: missing");
	assert_int_equal(read_text("{" HEAD "\"resultset\":[]}", &t, &e), -EBADMSG);
}

static void
bad_results_say_what(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {{"[]", "not an object"}, {"{}", "prb_id: missing"},
		{"{\"prb_id\":\"7\"}", "prb_id: not a number"},
		{"{\"prb_id\":0}", "prb_id: 0 is out of range"},
		{"{\"type\":\"ping\"}", "type: a result of 'ping', not of dns"},
		{"{\"prb_id\":1,\"msm_id\":2}", "timestamp: missing"},
		{"{\"prb_id\":1,\"msm_id\":2,\"timestamp\":9330000000}",
			"timestamp: 9.33e+09 is out of range"},
		{"{" HEAD "\"af\":5,\"error\":{}}", "af: neither 4 nor 6"},
		{"{" HEAD "\"error\":{}}", "af: missing"},
		{"{" HEAD "\"af\":4}", "neither result nor error nor resultset"},
		{"{" HEAD "\"af\":4,\"error\":1}", "neither result nor error nor resultset"},
		{"{" HEAD "\"af\":4,\"proto\":\"QUIC\",\"error\":{}}",
			"proto: 'QUIC' is neither UDP nor TCP"},
		{"{" HEAD "\"af\":4,\"dst_addr\":\"nope\",\"error\":{}}",
			"dst_addr: 'nope' is not an address"},
		{"{" HEAD "\"af\":4,\"dst_addr\":\"::1\",\"error\":{}}",
			"dst_addr: not of the family that af says"},
		{"{" HEAD "\"af\":4,\"result\":[]}", "result: not an object"},
		{"{" HEAD "\"af\":4,\"result\":{}}", "rt: missing"},
		{"{" HEAD "\"af\":4,\"result\":{\"rt\":-1}}", "rt: -1 is out of range"},
		{"{" HEAD "\"af\":4,\"result\":{\"rt\":1e99}}", "rt: 1e+99 is out of range"},
		{"{" HEAD "\"af\":4,\"result\":{\"rt\":1,\"abuf\":\"?\"}}",
			"abuf: not base64 of a DNS message"}};
	struct taken t;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_text(cases[i].text, &t, &e), -EBADMSG);
		assert_string_equal(e.text, cases[i].why);
		assert_int_equal(t.n, 0);
	}
}

static void
a_damaged_message_is_an_answer(void **state)
{
	struct taken t;
	struct err e;

	(void)state;
	assert_int_equal(
		read_text("{" HEAD "\"af\":4,\"result\":{\"rt\":1,\"abuf\":\"AAAA\"}}", &t, &e), 0);
	assert_true(t.a[0].malformed);
	assert_int_equal(t.a[0].status, ANSWERS_WRONG_DATA);
	assert_int_equal(t.a[0].rtt_ns, 1000000);
}

/* ---- the table ---- */

static void
read_into(struct tally *t, const char *text, struct err *first_bad)
{
	struct elements *in;
	struct err e;

	assert_int_equal(elements_open_bytes(text, strlen(text), "t", &in, &e), 0);
	assert_int_equal(intake_read(in, "t", t, first_bad, &e), 0);
	elements_close(in);
}

#define LINE(probe, time, rt)                                                                      \
	"{\"prb_id\":" #probe ",\"msm_id\":9,\"timestamp\":" #time                                 \
	",\"af\":4,\"result\":{\"rt\":" #rt ",\"abuf\":\"" NSID_ABUF "\"}}\n"

static void
a_bad_line_among_good_ones(void **state)
{
	struct err first_bad = {0}, e;
	struct table table;
	struct tally *t;

	(void)state;
	assert_int_equal(tally_new(&t, &e), 0);
	read_into(t,
		LINE(1, 100, 10) "{\"prb_id\":1\n" LINE(1, 200, 20)
			LINE(2, 100, 40) "7\n" LINE(1, 100, 10),
		&first_bad);
	assert_int_equal(t->results, 6);
	assert_int_equal(t->bad_results, 2);
	assert_string_equal(first_bad.text, "t:2: '}' expected near end of file");
	assert_int_equal(tally_close(t, &e), 0);
	assert_int_equal(t->duplicates, 1);
	assert_int_equal(table_make(t, &table, &e), 0);
	assert_int_equal(table.probes, 2);
	assert_int_equal(table.groups[0].queries, 3);
	assert_int_equal(table.groups[0].sites_len, 1);
	assert_int_equal(table.groups[0].sites[0].probes, 2);
	assert_true(table.groups[0].sites[0].rtt_us[1] == 20000);
	assert_true(table.groups[0].sites[0].rtt_us[0] == 12000); /* type 7 */
	table_done(&table);
	tally_free(t);
}

/* Real results, published on the Internet and not kept with the sources; where they are, they are read. */
static void
real_results(void **state)
{
	static const struct {
		const char *site;
		uint64_t answers;
	} sites[] = {{"JNB", 1742}, {"LHR", 685}, {"CDG", 95}, {"FRA", 70}, {"SIN", 44},
		{"AMS", 24}, {"EWR", 24}};
	const char *path = getenv("ATLAS_SAMPLE");
	struct err first_bad = {0}, e;
	char name[TABLE_NAME_BYTES];
	struct elements *in;
	struct table table;
	struct tally *t;

	(void)state;
	path = path != NULL ? path : "../shared/data/atlas/cloudflare-2015.json.gz";
	if (access(path, R_OK) < 0) {
		print_message("skipped: no real results at %s (ATLAS_SAMPLE)\n", path);
		skip();
	}
	assert_int_equal(tally_new(&t, &e), 0);
	assert_int_equal(elements_open(path, &in, &e), 0);
	assert_int_equal(intake_read(in, path, t, &first_bad, &e), 0);
	elements_close(in);
	assert_int_equal(tally_close(t, &e), 0);
	assert_int_equal(table_make(t, &table, &e), 0);
	assert_int_equal(t->results, 2684);
	assert_int_equal(t->bad_results, 0);
	assert_int_equal(table.probes, 119);
	assert_int_equal(table.groups[0].sites_len, sizeof(sites) / sizeof(sites[0]));
	for (uint32_t i = 0; i < table.groups[0].sites_len; i++) {
		const struct table_site *s = &table.groups[0].sites[i];
		size_t k = 0;

		table_site_name(&t->sites[s->site], name);
		while (k < sizeof(sites) / sizeof(sites[0]) && strcmp(sites[k].site, name) != 0)
			k++;
		assert_true(k < sizeof(sites) / sizeof(sites[0]));
		assert_int_equal(s->answers, sites[k].answers);
	}
	table_done(&table);
	tally_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(elements_of_both_shapes),
		cmocka_unit_test(an_element_is_bounded), cmocka_unit_test(base64_is_strict),
		cmocka_unit_test(new_firmware_with_nsid),
		cmocka_unit_test(old_firmware_with_id_server), cmocka_unit_test(errors_by_name),
		cmocka_unit_test(a_set_is_all_or_nothing), cmocka_unit_test(bad_results_say_what),
		cmocka_unit_test(a_damaged_message_is_an_answer),
		cmocka_unit_test(a_bad_line_among_good_ones), cmocka_unit_test(real_results)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
