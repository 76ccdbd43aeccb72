/* test_calibration.c - a calibration made up with known errors: what is right is measured, what is off is told. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "bench/analyze/calibration.h"
#include "lib/answers.h"
#include "lib/fs.h"
#include "lib/num.h"
#include "tests/unit/bench/synth_wire.h"

enum { STREAMS = 40, QUERIES = 40 };

#define T0_NS	 1800000000000000000LL
#define GAP_NS	 100000000LL
#define DELAY_NS 10000000LL /* of the link, each way */

/* What is off, in this made-up instrument. */
struct flaws {
	int64_t longer_ns;     /* the blackout, beyond what the emulator says */
	int64_t link_late_ns;  /* the link, beyond its delay */
	int64_t probe_late_ns; /* the probes' reception */
	bool no_loss;	       /* nobody noticed the blackout */
	bool cut;	       /* a capture that ends within a record */
};

struct rig {
	char run[64], dir[96];
};

#define BEGIN_NS (T0_NS + 1250000000LL)
#define END_NS	 (BEGIN_NS + 500000000LL)

static int64_t
sent_ns(unsigned stream, unsigned seq)
{
	return T0_NS + seq * GAP_NS + stream * GAP_NS / STREAMS;
}

static const char *
source_of(unsigned stream)
{
	return stream % 2 ? "2001:db8:111::10" : "198.18.11.10";
}

static const char *
service_of(unsigned stream)
{
	return stream % 2 ? "2001:db8:53::53" : "203.0.113.53";
}

static bool
is_lost(const struct flaws *f, int64_t at_ns)
{
	/* What was on its way is lost as well. */
	return !f->no_loss && at_ns >= BEGIN_NS - DELAY_NS && at_ns < END_NS + f->longer_ns;
}

/* Query and answer as the two ends of the link capture them, in order of time at each. */
struct packet {
	int64_t at_ns;
	unsigned stream, seq;
	bool answer;
};

static int
by_time(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

static void
write_capture(const struct rig *r, const char *name, const struct flaws *f, bool far)
{
	static struct packet packets[2 * STREAMS * QUERIES];
	int64_t took_ns = DELAY_NS + f->link_late_ns;
	char path[160];
	size_t n = 0;
	FILE *file;

	for (unsigned s = 0; s < STREAMS; s++)
		for (unsigned q = 0; q < QUERIES; q++) {
			int64_t at_ns = sent_ns(s, q);

			if (!far || !is_lost(f, at_ns))
				packets[n++] =
					(struct packet){at_ns + (far ? took_ns : 0), s, q, false};
			if (!is_lost(f, at_ns))
				packets[n++] = (struct packet){
					at_ns + took_ns + (far ? 0 : took_ns), s, q, true};
		}
	qsort(packets, n, sizeof(packets[0]), by_time);
	snprintf(path, sizeof(path), "%s/captures/%s", r->dir, name);
	file = synth_pcap(path);
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		const char *us = source_of(p->stream), *service = service_of(p->stream);
		struct synth_bytes m, u;
		char qname[64];

		snprintf(qname, sizeof(qname), "s%05u-q%08u-cafe.probe.example", p->stream, p->seq);
		dns_message(&m, p->seq * 50 + p->stream, qname, p->answer ? "hkg" : NULL);
		udp_packet(&u, p->answer ? 53 : 40000 + p->stream,
			p->answer ? 40000 + p->stream : 53, &m);
		synth_frame(file, p->at_ns, p->answer ? service : us, p->answer ? us : service, 17,
			&u, 6);
	}
	assert_int_equal(fflush(file), 0);
	if (f->cut)
		assert_int_equal(ftruncate(fileno(file), ftell(file) - 20), 0);
	assert_int_equal(fclose(file), 0);
}

static void
write_answers(const struct rig *r, const struct flaws *f)
{
	struct answers_writer *w;
	char path[160], *plan = NULL;
	size_t plan_bytes;
	FILE *text = open_memstream(&plan, &plan_bytes);
	struct err e;

	fputs("{\"schema\":\"catchment.probe-plan/1\",\"rate_qps\":10,\"streams\":[", text);
	for (unsigned s = 0; s < STREAMS; s++)
		fprintf(text,
			"%s{\"id\":%u,\"probe\":%u,\"city\":\"hkg\",\"node\":\"acc-hkg\","
			"\"source\":\"%s\","
			"\"target\":\"%s\",\"port\":53}",
			s ? "," : "", s, s, source_of(s), service_of(s));
	fputs("]}", text);
	fclose(text);
	snprintf(path, sizeof(path), "%s/answers", r->dir);
	assert_int_equal(answers_create(path, plan, STREAMS, (struct wall){T0_NS},
				 (struct mono){1000000000}, &w, &e),
		0);
	free(plan);
	for (unsigned q = 0; q < QUERIES; q++)
		for (unsigned s = 0; s < STREAMS; s++) {
			int64_t at_ns = sent_ns(s, q);
			bool lost = is_lost(f, at_ns);
			struct answers_query record = {
				.status = lost ? ANSWERS_UNANSWERED : ANSWERS_GOOD,
				.rcode = lost ? ANSWERS_RCODE_NONE : 0,
				.stream = (uint16_t)s,
				.seq = q,
				.nsid = lost ? ANSWERS_NSID_NONE
					     : answers_intern_nsid(w, (const uint8_t *)"hkg", 3),
				.sent = {at_ns},
				.received = {lost ? 0
						  : at_ns + 2 * (DELAY_NS + f->link_late_ns) +
							f->probe_late_ns}};

			assert_int_equal(answers_write_query(w, &record), 0);
		}
	assert_int_equal(answers_close(w, &e), 0);
}

static void
write_text(const char *dir, const char *name, const char *text)
{
	char path[160];
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(fs_write(path, text, strlen(text), &e), 0);
}

static void
build(struct rig *r, const struct flaws *f)
{
	char text[2048];
	struct err e;

	snprintf(r->run, sizeof(r->run), "/tmp/test-calibration-XXXXXX");
	assert_non_null(mkdtemp(r->run));
	snprintf(r->dir, sizeof(r->dir), "%s/calibration", r->run);
	snprintf(text, sizeof(text), "%s/captures", r->dir);
	assert_int_equal(fs_mkdirs(text, &e), 0);
	write_text(r->run, "run.json",
		"{\"schema\":\"catchment.run/1\",\"seed\":1,\"gap_ms\":500,\"timeout_ms\":2000,"
		"\"anycast\":{\"prefixes\":[\"203.0.113.0/"
		"24\"]},\"sites\":[{\"name\":\"hkg\",\"node\":"
		"\"hkg\"}],\"cities\":[{\"name\":\"hkg\"},{\"name\":\"tyo\"}],\"trial_dirs\":[],"
		"\"timeline\":[{\"phase\":\"fault\"},{\"phase\":\"restore\"}]}");
	snprintf(text, sizeof(text),
		"{\"event\":\"trial_start\",\"wall_ns\":%lld}\n{\"event\":\"trial_end\",\"wall_"
		"ns\":%lld}"
		"\n",
		T0_NS, T0_NS + 5000000000LL);
	write_text(r->dir, "events.jsonl", text);
	snprintf(text, sizeof(text),
		"{\"schema\":\"catchment.calibration-plan/"
		"1\",\"gap_ms\":100,\"blackouts\":[{\"link\":\"a--b\","
		"\"towards\":\"hkg\",\"asked_ms\":500.0,\"begin_wall_ns\":%lld,\"end_wall_ns\":%"
		"lld,"
		"\"link_delay_ms\":10.0,\"crossing\":[{\"city\":\"hkg\",\"family\":\"v4\"},{"
		"\"city\":\"hkg\",\"family\":"
		"\"v6\"}"
		"]}],\"links\":[{\"link\":\"a--b\",\"delay_ms\":[10.0,10.0],\"captures\":["
		"\"captures/"
		"a.pcap\",\"captures/"
		"b.pcap\"]}],\"beside_probes\":[{\"city\":\"hkg\",\"capture\":\"captures/"
		"a.pcap\"}],\"limits\":{"
		"\"blackout_union_ms\":5.0,\"blackout_held_ms\":1.0,\"delay_error_p50_us\":250.0,"
		"\"delay_error_p99_us\":5000.0,\"rtt_difference_p50_us\":250.0}}",
		BEGIN_NS, END_NS);
	write_text(r->dir, "calibration-plan.json", text);
	write_capture(r, "a.pcap", f, false);
	write_capture(r, "b.pcap",
		&(struct flaws){.longer_ns = f->longer_ns,
			.link_late_ns = f->link_late_ns,
			.no_loss = f->no_loss},
		true);
	write_answers(r, f);
}

static void
sweep(struct rig *r)
{
	static const char *const files[] = {"calibration/captures/a.pcap",
		"calibration/captures/b.pcap", "calibration/answers",
		"calibration/calibration-plan.json", "calibration/events.jsonl", "run.json"};
	char path[160];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", r->run, files[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/captures", r->dir);
	rmdir(path);
	rmdir(r->dir);
	assert_int_equal(rmdir(r->run), 0);
}

static json_t *
measured(const struct flaws *f)
{
	struct rig r;
	json_t *result = NULL;
	struct err e = {0};

	build(&r, f);
	if (analyze_calibration(r.run, &result, &e) < 0)
		fail_msg("%s", e.text);
	sweep(&r);
	return result;
}

static double
at(const json_t *o, const char *key, const char *statistic)
{
	return json_number_value(json_object_get(json_object_get(o, key), statistic));
}

static const char *
complaint(const json_t *result)
{
	const char *why = json_string_value(json_array_get(json_object_get(result, "why"), 0));

	return why ? why : "";
}

static void
a_good_instrument(void **state)
{
	json_t *result = measured(&(struct flaws){.link_late_ns = 40000, .probe_late_ns = 20000});
	const json_t *blackout = json_array_get(json_object_get(result, "blackouts"), 0);

	(void)state;
	assert_string_equal(complaint(result), "");
	assert_true(json_is_true(json_object_get(result, "good")));
	assert_int_equal(json_integer_value(json_object_get(blackout, "streams")), STREAMS);
	assert_int_equal(json_integer_value(json_object_get(blackout, "streams_off")), 0);
	/* The comb is 2.5 ms wide. */
	assert_true(json_number_value(json_object_get(blackout, "union_error_ms")) < 2.5);
	assert_true(json_number_value(json_object_get(blackout, "union_error_ms")) > -2.5);
	assert_true(at(result, "delay_error_us", "p50") > 39.9 &&
		at(result, "delay_error_us", "p50") < 40.1);
	assert_true(at(result, "delay_error_us", "max") < 40.1);
	assert_true(at(result, "delay_error_us", "n") > STREAMS * QUERIES);
	assert_true(at(result, "rtt_difference_us", "p50") > 19.9 &&
		at(result, "rtt_difference_us", "p50") < 20.1);
	json_decref(result);
}

static void
what_is_off_is_told(void **state)
{
	static const struct {
		struct flaws flaws;
		const char *why;
	} rows[] = {
		{{.longer_ns = 9000000}, "a city's streams together are"},
		{{.longer_ns = 180000000}, "measured it more than one gap off"},
		{{.link_late_ns = 300000}, "a--b: the delay error (median) of 300 us"},
		{{.link_late_ns = -300000}, "a--b: the delay error (median) of -300 us"},
		{{.probe_late_ns = 400000}, "differ from the captures' by 400 us"},
		{{.no_loss = true}, "500 ms"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *result = measured(&rows[i].flaws);

		if (strstr(complaint(result), rows[i].why) == NULL)
			fail_msg("'%s' lacks '%s'", complaint(result), rows[i].why);
		assert_true(json_is_false(json_object_get(result, "good")));
		json_decref(result);
	}
}

static void
damage_is_an_error(void **state)
{
	struct rig r;
	json_t *result = NULL;
	struct err e = {0};

	(void)state;
	build(&r, &(struct flaws){.cut = true});
	assert_int_equal(analyze_calibration(r.run, &result, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "a.pcap"));
	sweep(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_instrument),
		cmocka_unit_test(what_is_off_is_told),
		cmocka_unit_test(damage_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
