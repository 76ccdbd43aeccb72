/* test_wire_change.c - changes of a link: for a time, overlapping, taken over, reset, and their record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/lab/test_wire_rig.h"

enum { PATIENCE_MS = 10000 };

#define NEED_ROOT()                                                                                \
	do {                                                                                       \
		if (rig_missing() != NULL) {                                                       \
			print_message("skipped: %s\n", rig_missing());                             \
			skip();                                                                    \
		}                                                                                  \
	} while (0)

/* The id of a set that must be done; 0 of one that must be refused. */
static json_int_t
set(const struct rig *r, const char *what, bool good)
{
	char text[512];
	json_t *reply;
	json_int_t id;

	snprintf(text, sizeof(text), "{\"op\":\"set\",\"links\":[\"%s\"],%s}", RIG_LINK, what);
	reply = rig_ask(r, text);
	assert_non_null(reply);
	id = json_integer_value(json_object_get(reply, "id"));
	if (json_is_true(json_object_get(reply, "ok")) != good)
		fail_msg("%s: %s", what, json_string_value(json_object_get(reply, "error")));
	json_decref(reply);
	return good ? id : 0;
}

static json_t *
change(const struct rig *r, json_int_t id)
{
	char text[64];
	json_t *reply, *c;

	snprintf(text, sizeof(text), "{\"op\":\"changes\",\"since\":%lld}", (long long)id);
	reply = rig_ask(r, text);
	assert_true(json_is_true(json_object_get(reply, "ok")));
	c = json_incref(json_array_get(json_object_get(reply, "changes"), 0));
	assert_int_equal(json_integer_value(json_object_get(c, "id")), id);
	json_decref(reply);
	return c;
}

static json_t *
when_ended(const struct rig *r, json_int_t id)
{
	struct mono deadline = mono_add(mono_now(), PATIENCE_MS * NS_PER_MS);

	for (;;) {
		json_t *c = change(r, id);

		if (json_object_get(c, "end") != NULL)
			return c;
		json_decref(c);
		if (mono_left_ms(deadline) == 0)
			fail_msg("change %lld does not end", (long long)id);
	}
}

static json_int_t
at(const json_t *c, const char *side, const char *key)
{
	const json_t *v = json_object_get(json_object_get(c, side), key);

	assert_non_null(v);
	return json_integer_value(v);
}

/* A knob of a direction as the figures tell it, NULL when it does nothing. */
static json_t *
knob(const struct rig *r, const char *dir, const char *key)
{
	json_t *stats = rig_ask(r, "{\"op\":\"stats\"}");
	json_t *link = json_object_get(json_object_get(stats, "links"), RIG_LINK);
	json_t *v =
		json_incref(json_object_get(dir != NULL ? json_object_get(link, dir) : link, key));

	json_decref(stats);
	return v;
}

static bool
is_true(const struct rig *r, const char *dir, const char *key)
{
	json_t *v = knob(r, dir, key);
	bool yes = json_is_true(v);

	json_decref(v);
	return yes;
}

static json_int_t
number(const struct rig *r, const char *dir, const char *key)
{
	json_t *v = knob(r, dir, key);
	json_int_t n = (json_int_t)(json_number_value(v) * 1000 + 0.5);

	json_decref(v);
	return n;
}

/* Not a nanosecond too early; how late is for the bench to say. */
static void
ends_by_itself(void **state)
{
	const json_int_t for_ns = 150 * NS_PER_MS;
	json_int_t id, begin_ns;
	struct rig r;
	json_t *c;

	(void)state;
	NEED_ROOT();
	rig_start(&r, NS_PER_MS, NS_PER_MS, -1);
	id = set(&r, "\"dir\":\"a2b\",\"blackhole\":true,\"for_ns\":150000000", true);
	c = change(&r, id);
	assert_string_equal(json_string_value(json_object_get(c, "dir")), "a2b");
	assert_true(json_is_true(json_object_get(json_object_get(c, "set"), "blackhole")));
	json_decref(c);
	c = when_ended(&r, id);
	begin_ns = at(c, "begin", "before_mono_ns") +
		(at(c, "begin", "after_mono_ns") - at(c, "begin", "before_mono_ns")) / 2;
	assert_true(at(c, "end", "before_mono_ns") >= begin_ns + for_ns);
	assert_true(at(c, "end", "after_mono_ns") >= at(c, "end", "before_mono_ns"));
	assert_true(at(c, "end", "after_wall_ns") >= at(c, "end", "before_wall_ns"));
	assert_null(json_object_get(c, "ended_by"));
	json_decref(c);
	assert_false(is_true(&r, "a2b", "blackhole"));
	assert_false(is_true(&r, NULL, "changed"));
	assert_int_equal(rig_stop(&r), 0);
}

/* Only what was set goes back, to what it was and not to how the link began. */
static void
goes_back_to_before(void **state)
{
	struct rig r;
	json_int_t id;

	(void)state;
	NEED_ROOT();
	rig_start(&r, NS_PER_MS, NS_PER_MS, -1);
	set(&r, "\"delay_ns\":2000000,\"loss_ratio\":0.25", true);
	id = set(&r, "\"loss_ratio\":0.5,\"burst_pkts\":4,\"for_ns\":300000000", true);
	set(&r, "\"delay_ns\":7000000", true);
	json_decref(when_ended(&r, id));
	assert_int_equal(number(&r, "a2b", "loss_ratio"), 250);
	assert_int_equal(number(&r, "b2a", "burst_pkts"), 0);
	assert_int_equal(number(&r, "b2a", "delay_ns"), 7000000000);
	assert_true(is_true(&r, NULL, "changed"));
	set(&r, "\"reset\":true", true);
	assert_false(is_true(&r, NULL, "changed"));
	assert_int_equal(number(&r, "a2b", "delay_ns"), 1000000000);
	assert_int_equal(rig_stop(&r), 0);
}

static void
two_at_once(void **state)
{
	json_int_t first, second, by;
	struct rig r;
	json_t *c;

	(void)state;
	NEED_ROOT();
	rig_start(&r, NS_PER_MS, NS_PER_MS, -1);
	first = set(&r, "\"loss_ratio\":0.5,\"delay_ns\":3000000,\"for_ns\":60000000000", true);
	set(&r, "\"loss_ratio\":0.6,\"for_ns\":1000000", false); /* owned */
	set(&r, "\"dir\":\"b2a\",\"delay_ns\":1,\"for_ns\":1000000", false);
	second = set(&r, "\"blackhole\":true,\"for_ns\":1000000", true); /* another knob */
	json_decref(when_ended(&r, second));
	set(&r, "\"loss_ratio\":0.1", true); /* taken over: the delay alone is still owned */
	c = change(&r, first);
	assert_null(json_object_get(c, "end"));
	json_decref(c);
	by = set(&r, "\"delay_ns\":9000000", true);
	c = when_ended(&r, first);
	assert_int_equal(json_integer_value(json_object_get(c, "ended_by")), by);
	json_decref(c);
	assert_int_equal(number(&r, "a2b", "loss_ratio"), 100);
	first = set(&r, "\"loss_ratio\":0.5,\"for_ns\":60000000000", true);
	by = set(&r, "\"reset\":true", true);
	c = when_ended(&r, first);
	assert_int_equal(json_integer_value(json_object_get(c, "ended_by")), by);
	json_decref(c);
	assert_int_equal(number(&r, "a2b", "loss_ratio"), 0);
	assert_int_equal(rig_stop(&r), 0);
}

/* The carrier comes back by itself, and the record says when the kernel told of both. */
static void
carrier_for_a_time(void **state)
{
	struct mono deadline = mono_add(mono_now(), PATIENCE_MS * NS_PER_MS);
	struct rig r;
	json_int_t id;
	json_t *c;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 0, 0, -1);
	id = set(&r, "\"carrier\":false,\"for_ns\":50000000", true);
	do {
		assert_true(mono_left_ms(deadline) > 0);
		c = when_ended(&r, id);
		if (json_object_get(json_object_get(c, "end"), "announced_wall_ns") != NULL)
			break;
		json_decref(c);
	} while (true);
	assert_true(at(c, "begin", "announced_wall_ns") >= at(c, "begin", "after_wall_ns"));
	assert_true(at(c, "end", "announced_wall_ns") >= at(c, "end", "after_wall_ns"));
	json_decref(c);
	assert_true(is_true(&r, NULL, "carrier"));
	assert_int_equal(rig_stop(&r), 0);
}

static void
impossible(void **state)
{
	static const char *const bad[] = {"\"jitter_ns\":2000000", "\"loss_ratio\":1.5",
		"\"loss_ratio\":0.9,\"burst_pkts\":2", "\"burst_pkts\":0.5", "\"rate_bps\":10",
		"\"queue_ns\":1,\"queue_bytes\":1", "\"reset\":true,\"for_ns\":5",
		"\"reset\":true,\"loss_ratio\":0.5", "\"for_ns\":5",
		"\"loss_ratio\":0.1,\"for_ns\":0", "\"dir\":\"a2b\",\"carrier\":false,\"for_ns\":5",
		"\"seed\":1,\"for_ns\":5", "\"corrupt_ratio\":-0.1", "\"duplicate_ratio\":\"x\"",
		"\"reorder\":1"};
	struct rig r;

	(void)state;
	NEED_ROOT();
	rig_start(&r, NS_PER_MS, NS_PER_MS, -1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		set(&r, bad[i], false);
	assert_false(is_true(&r, NULL, "changed"));
	set(&r, "\"queue_bytes\":3000,\"rate_bps\":1000000", true);
	set(&r, "\"queue_ns\":5000000", true); /* takes the bytes' place */
	assert_int_equal(number(&r, "a2b", "queue_bytes"), 0);
	json_decref(rig_ask(&r,
		"{\"op\":\"set\",\"links\":[{\"link\":\"" RIG_LINK
		"\",\"dir\":\"b2a\"}],\"dir\":\"a2b\",\"loss_ratio\":0.5}"));
	assert_int_equal(number(&r, "a2b", "loss_ratio"), 0);
	assert_int_equal(number(&r, "b2a", "loss_ratio"), 500);
	assert_int_equal(rig_stop(&r), 0);
}

/* More changes than are remembered: the oldest are forgotten, the newest are told by the page. */
static void
record_is_a_ring(void **state)
{
	struct rig r;
	json_t *reply;
	json_int_t next = 0, seen = 0, first = 0;
	bool more = true;

	(void)state;
	NEED_ROOT();
	rig_start(&r, NS_PER_MS, NS_PER_MS, -1);
	for (int i = 0; i < 600; i++)
		set(&r, i % 2 == 0 ? "\"loss_ratio\":0.5" : "\"loss_ratio\":0", true);
	while (more) {
		char text[64];

		snprintf(
			text, sizeof(text), "{\"op\":\"changes\",\"since\":%lld}", (long long)next);
		reply = rig_ask(&r, text);
		if (seen == 0)
			first = json_integer_value(json_object_get(
				json_array_get(json_object_get(reply, "changes"), 0), "id"));
		seen += (json_int_t)json_array_size(json_object_get(reply, "changes"));
		next = json_integer_value(json_object_get(reply, "next"));
		more = json_is_true(json_object_get(reply, "more"));
		json_decref(reply);
	}
	assert_int_equal(next, 601);
	assert_int_equal(first + seen, next);
	assert_in_range(seen, 500, 599);
	assert_int_equal(rig_stop(&r), 0);
}

enum { MANY = 130 };

static void
drive_many(int ctl_fd)
{
	static struct wire_link_spec specs[MANY];
	int netns_fd = rig_netns();
	struct wire *w;
	struct err e;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < MANY; i++) {
		snprintf(specs[i].name, sizeof(specs[i].name), "link-%d", i);
		for (int end = 0; end < 2; end++) {
			const uint8_t mac[6] = {
				2, 0, 0, (uint8_t)(i >> 8), (uint8_t)i, (uint8_t)end};

			specs[i].netns_fd[end] = netns_fd;
			snprintf(specs[i].ifname[end], 16, "%c%d", 'a' + end, i);
			memcpy(specs[i].mac[end], mac, 6);
		}
	}
	if (wire_new(specs, MANY, &w, &e) < 0 || send(ctl_fd, "{}", 2, MSG_NOSIGNAL) != 2 ||
		wire_run(w, ctl_fd, &e) < 0)
		rig_die(e.text);
	wire_free(w);
	_exit(0);
}

/* Figures are told by the page; a change of all links is one change. */
static void
many_links(void **state)
{
	int pair[2], status = -1;
	size_t links = 0, pages = 0;
	json_int_t from = 0;
	struct rig r = {0};
	char text[96];
	json_t *reply;

	(void)state;
	NEED_ROOT();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	r.pid = fork();
	if (r.pid == 0) {
		close(pair[0]);
		drive_many(pair[1]);
	}
	close(pair[1]);
	r.ctl_fd = pair[0];
	assert_int_equal(recv(r.ctl_fd, text, sizeof(text), 0), 2);
	reply = rig_ask(&r, "{\"op\":\"set\",\"links\":\"*\",\"loss_ratio\":0.5}");
	assert_true(json_is_true(json_object_get(reply, "ok")));
	json_decref(reply);
	do {
		json_t *link;
		const char *name;

		snprintf(text, sizeof(text), "{\"op\":\"stats\",\"from\":%lld}", (long long)from);
		reply = rig_ask(&r, text);
		json_object_foreach(json_object_get(reply, "links"), name, link)
		{
			assert_true(json_is_true(json_object_get(link, "changed")));
			links++;
		}
		assert_int_equal(json_integer_value(json_object_get(reply, "links_total")), MANY);
		from = json_integer_value(json_object_get(reply, "next"));
		json_decref(reply);
		pages++;
	} while (from > 0 && pages < MANY);
	assert_int_equal(links, MANY);
	assert_int_equal(pages, 3);
	close(r.ctl_fd);
	assert_int_equal(waitpid(r.pid, &status, 0), r.pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ends_by_itself),
		cmocka_unit_test(goes_back_to_before), cmocka_unit_test(two_at_once),
		cmocka_unit_test(carrier_for_a_time), cmocka_unit_test(impossible),
		cmocka_unit_test(record_is_a_ring), cmocka_unit_test(many_links)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
