/* test_wire.c - one emulated link between two namespaces: delay, order, faults, figures, the end. */
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

static void
say(const struct rig *r, int end, uint32_t number)
{
	assert_int_equal(send(r->udp_fd[end], &number, sizeof(number), 0), sizeof(number));
}

static uint32_t
hear(const struct rig *r, int end)
{
	uint32_t number;

	assert_true(rig_wait(r->udp_fd[end], PATIENCE_MS));
	assert_int_equal(recv(r->udp_fd[end], &number, sizeof(number), 0), sizeof(number));
	return number;
}

static json_int_t
count(const struct rig *r, const char *dir, const char *key)
{
	json_t *stats = rig_ask(r, "{\"op\":\"stats\"}");
	json_t *link = json_object_get(json_object_get(stats, "links"), RIG_LINK);
	json_t *v = json_object_get(json_object_get(link, dir), key);
	json_int_t n = json_integer_value(v);

	assert_non_null(v);
	json_decref(stats);
	return n;
}

/* Wait until each of n frames is accounted for: kept, forwarded or lost. */
static void
until_counted(const struct rig *r, const char *dir, json_int_t n)
{
	static const char *const keys[] = {"in_flight_pkts", "tx_pkts", "tx_dropped_pkts",
		"blackholed_pkts", "down_dropped_pkts"};
	struct mono deadline = mono_add(mono_now(), PATIENCE_MS * NS_PER_MS);
	json_int_t seen;

	do {
		if (mono_left_ms(deadline) == 0)
			fail_msg("%s: not all of %lld frames were counted", dir, (long long)n);
		seen = 0;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			seen += count(r, dir, keys[i]);
	} while (seen < n);
}

/* A set on the link; its reply must be good and its bracket in order. */
static void
set(const struct rig *r, const char *what)
{
	char text[512];
	struct mono before = mono_now(), after;
	json_t *reply;

	snprintf(text, sizeof(text), "{\"op\":\"set\",\"links\":[\"%s\"],%s}", RIG_LINK, what);
	reply = rig_ask(r, text);
	after = mono_now();
	assert_true(json_is_true(json_object_get(reply, "ok")));
	assert_true(json_integer_value(json_object_get(reply, "before_mono_ns")) >= before.ns);
	assert_true(json_integer_value(json_object_get(reply, "after_mono_ns")) >=
		json_integer_value(json_object_get(reply, "before_mono_ns")));
	assert_true(json_integer_value(json_object_get(reply, "after_mono_ns")) <= after.ns);
	assert_true(json_integer_value(json_object_get(reply, "before_wall_ns")) > 0);
	assert_true(json_integer_value(json_object_get(reply, "after_wall_ns")) > 0);
	json_decref(reply);
}

static void
end_well(struct rig *r)
{
	assert_int_equal(rig_stop(r), 0);
}

static void
delay_is_never_less(void **state)
{
	struct rig r;
	const int64_t a2b_ns = 20 * NS_PER_MS, b2a_ns = 5 * NS_PER_MS;

	(void)state;
	NEED_ROOT();
	rig_start(&r, a2b_ns, b2a_ns, -1);
	for (uint32_t i = 0; i < 20; i++) {
		struct mono sent = mono_now(), there, back;

		say(&r, 0, i);
		assert_int_equal(hear(&r, 1), i);
		there = mono_now();
		assert_true(mono_diff_ns(there, sent) >= a2b_ns);
		say(&r, 1, i);
		assert_int_equal(hear(&r, 0), i);
		back = mono_now();
		assert_true(mono_diff_ns(back, there) >= b2a_ns);
		assert_true(mono_diff_ns(back, sent) < a2b_ns + b2a_ns + 2 * NS_PER_S);
	}
	assert_int_equal(count(&r, "a2b", "tx_pkts"), 20);
	assert_int_equal(count(&r, "b2a", "tx_pkts"), 20);
	assert_int_equal(count(&r, "a2b", "tx_bytes"), 20 * (14 + 20 + 8 + 4));
	end_well(&r);
}

static void
order_is_kept(void **state)
{
	struct rig r;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 100 * NS_PER_MS, 0, -1);
	for (uint32_t i = 0; i < 200; i++)
		say(&r, 0, i);
	until_counted(&r, "a2b", 200);
	set(&r, "\"dir\":\"a2b\",\"delay_ns\":0"); /* these could overtake, but must not */
	for (uint32_t i = 200; i < 400; i++)
		say(&r, 0, i);
	for (uint32_t i = 0; i < 400; i++)
		assert_int_equal(hear(&r, 1), i);
	end_well(&r);
}

static void
delay_changes_live(void **state)
{
	struct rig r;
	struct mono sent;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 0, 0, 0);
	say(&r, 0, 1);
	assert_int_equal(hear(&r, 1), 1);
	set(&r, "\"dir\":\"b2a\",\"delay_ns\":300000000");
	assert_int_equal(count(&r, "a2b", "delay_ns"), 0);
	set(&r, "\"dir\":\"a2b\",\"delay_ns\":30000000");
	assert_int_equal(count(&r, "b2a", "delay_ns"), 300000000);
	sent = mono_now();
	say(&r, 0, 2);
	assert_int_equal(hear(&r, 1), 2);
	assert_true(mono_diff_ns(mono_now(), sent) >= 30 * NS_PER_MS);
	end_well(&r);
}

static void
blackhole_is_one_way(void **state)
{
	struct rig r;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 200 * NS_PER_MS, 0, -1);
	for (uint32_t i = 0; i < 3; i++)
		say(&r, 0, i);
	until_counted(&r, "a2b", 3);
	set(&r, "\"dir\":\"a2b\",\"blackhole\":true");
	say(&r, 0, 3);
	say(&r, 1, 4); /* the other way is open */
	assert_int_equal(hear(&r, 0), 4);
	until_counted(&r, "a2b", 4);
	set(&r, "\"dir\":\"a2b\",\"blackhole\":false,\"delay_ns\":0");
	say(&r, 0, 5);
	until_counted(&r, "a2b", 5);
	assert_int_equal(count(&r, "b2a", "blackholed_pkts"), 0);
	/* On a stalled machine some of the first three may have arrived; what was lost is lost. */
	for (json_int_t n = count(&r, "a2b", "tx_pkts"); n > 1; n--)
		assert_true(hear(&r, 1) < 3);
	assert_int_equal(hear(&r, 1), 5);
	assert_true(count(&r, "a2b", "blackholed_pkts") >= 1);
	end_well(&r);
}

/* Read link notices until eth0 is running or not as wanted. */
static void
see_running(const struct rig *r, int end, bool wanted)
{
	char buf[16384] __attribute__((aligned(8)));

	for (;;) {
		struct nlmsghdr h;
		struct ifinfomsg info;
		ssize_t len;

		assert_true(rig_wait(r->link_fd[end], PATIENCE_MS));
		len = recv(r->link_fd[end], buf, sizeof(buf), 0);
		assert_true(len >= (ssize_t)(sizeof(h) + sizeof(info)));
		memcpy(&h, buf, sizeof(h));
		memcpy(&info, buf + NLMSG_HDRLEN, sizeof(info));
		if (h.nlmsg_type == RTM_NEWLINK && !!(info.ifi_flags & IFF_RUNNING) == wanted)
			return;
	}
}

static void
carrier_is_seen_at_both_ends(void **state)
{
	struct rig r;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 300 * NS_PER_MS, 300 * NS_PER_MS, -1);
	for (uint32_t i = 0; i < 5; i++)
		say(&r, 1, i);
	until_counted(&r, "b2a", 5);
	set(&r, "\"carrier\":false");
	see_running(&r, 0, false);
	see_running(&r, 1, false);
	assert_int_equal(count(&r, "b2a", "in_flight_pkts"), 0);
	assert_int_equal(count(&r, "b2a", "down_dropped_pkts") + count(&r, "b2a", "tx_pkts"), 5);
	set(&r, "\"carrier\":true,\"delay_ns\":0");
	see_running(&r, 0, true);
	see_running(&r, 1, true);
	say(&r, 1, 6);
	until_counted(&r, "b2a", 6);
	for (json_int_t n = count(&r, "b2a", "tx_pkts"); n > 1; n--)
		assert_true(hear(&r, 0) < 5);
	assert_int_equal(hear(&r, 0), 6);
	end_well(&r);
}

static void
figures(void **state)
{
	struct rig r;
	json_t *s, *late;

	(void)state;
	NEED_ROOT();
	rig_start(&r, NS_PER_MS, NS_PER_MS, -1);
	for (uint32_t i = 0; i < 50; i++) {
		say(&r, 0, i);
		hear(&r, 1);
	}
	s = rig_ask(&r, "{\"op\":\"stats\",\"reset\":true}");
	late = json_object_get(s, "lateness_us");
	assert_true(json_is_true(json_object_get(s, "ok")));
	assert_true(json_is_boolean(json_object_get(s, "realtime")));
	assert_int_equal(json_integer_value(json_object_get(late, "n")), 50);
	assert_true(json_real_value(json_object_get(late, "p50")) <=
		json_real_value(json_object_get(late, "p99")));
	assert_true(json_real_value(json_object_get(late, "p999")) <=
		json_real_value(json_object_get(late, "max")));
	json_decref(s);
	s = rig_ask(&r, "{\"op\":\"stats\"}");
	late = json_object_get(s, "lateness_us");
	assert_int_equal(json_integer_value(json_object_get(late, "n")), 0);
	json_decref(s);
	assert_int_equal(count(&r, "a2b", "tx_pkts"), 0);
	end_well(&r);
}

static void
bad_requests_change_nothing(void **state)
{
	static const char *const bad[] = {"", "x", "[]", "{}", "{\"op\":\"dance\"}",
		"{\"op\":\"set\"}", "{\"op\":\"set\",\"links\":[],\"blackhole\":true}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"]}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\",\"none\"],\"blackhole\":true}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\",7],\"blackhole\":true}",
		"{\"op\":\"set\",\"links\":\"" RIG_LINK "\",\"blackhole\":true}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"blackhole\":1}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"blackhole\":true,\"dir\":\"up\"}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"blackhole\":true,\"los\":1}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"blackhole\":true,\"delay_ns\":-1}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"blackhole\":true,\"delay_ns\":1.5}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"blackhole\":true,"
		"\"delay_ns\":60000000001}",
		"{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"dir\":\"a2b\",\"carrier\":false}"};
	struct rig r;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 0, 0, -1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *reply = rig_ask(&r, bad[i]);

		assert_true(json_is_false(json_object_get(reply, "ok")));
		assert_non_null(json_string_value(json_object_get(reply, "error")));
		json_decref(reply);
	}
	say(&r, 0, 9);
	assert_int_equal(hear(&r, 1), 9);
	end_well(&r);
}

static bool
has_eth0(int netns_fd, int home_fd)
{
	bool yes;

	rig_enter(netns_fd);
	yes = if_nametoindex("eth0") != 0;
	rig_enter(home_fd);
	return yes;
}

static void
killed_it_leaves_nothing(void **state)
{
	struct mono deadline;
	struct rig r;
	int status;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 0, 0, -1);
	assert_true(has_eth0(r.netns_fd[0], r.home_fd));
	assert_int_equal(kill(r.pid, SIGKILL), 0);
	assert_int_equal(waitpid(r.pid, &status, 0), r.pid);
	deadline = mono_add(mono_now(), PATIENCE_MS * NS_PER_MS);
	while (has_eth0(r.netns_fd[0], r.home_fd) || has_eth0(r.netns_fd[1], r.home_fd))
		assert_true(mono_left_ms(deadline) > 0);
	rig_stop(&r);
}

/* An interface that somebody deletes must not keep the emulator busy, nor end it. */
static void
deleted_interface(void **state)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg info;
	} del = {.h = {.nlmsg_len = sizeof(del),
			 .nlmsg_type = RTM_DELLINK,
			 .nlmsg_flags = NLM_F_REQUEST}};
	struct rig r;
	json_t *s;

	(void)state;
	NEED_ROOT();
	rig_start(&r, 0, 0, -1);
	rig_enter(r.netns_fd[0]);
	del.info.ifi_index = (int)if_nametoindex("eth0");
	rig_enter(r.home_fd);
	assert_int_equal(send(r.link_fd[0], &del, sizeof(del), 0), sizeof(del));
	say(&r, 1, 1);
	until_counted(&r, "b2a", 1);
	s = rig_ask(&r, "{\"op\":\"set\",\"links\":[\"" RIG_LINK "\"],\"carrier\":false}");
	assert_true(json_is_false(json_object_get(s, "ok")));
	json_decref(s);
	end_well(&r);
}

static void
bad_specs(void **state)
{
	struct wire_link_spec s[2] = {{.name = "x", .ifname = {"eth0", "eth1"}},
		{.name = "x", .ifname = {"eth0", "eth1"}}};
	struct wire *w = NULL;
	struct err e;

	(void)state;
	assert_int_equal(wire_new(s, 2, &w, &e), -EINVAL);
	s[0].impair[1].delay_ns = -1;
	assert_int_equal(wire_new(s, 1, &w, &e), -EINVAL);
	s[0].impair[1].delay_ns = WIRE_DELAY_MAX_NS + 1;
	assert_int_equal(wire_new(s, 1, &w, &e), -EINVAL);
	s[0].impair[1].delay_ns = 0;
	memset(s[0].ifname[0], 'x', 16);
	assert_int_equal(wire_new(s, 1, &w, &e), -EINVAL);
	NEED_ROOT();
	s[0].netns_fd[0] = -1;
	memset(s[0].ifname[0], 0, 16);
	s[0].ifname[0][0] = 'a';
	assert_int_equal(wire_new(s, 1, &w, &e), -EBADF);
	assert_null(w);
	wire_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(bad_specs),
		cmocka_unit_test(delay_is_never_less), cmocka_unit_test(order_is_kept),
		cmocka_unit_test(delay_changes_live), cmocka_unit_test(blackhole_is_one_way),
		cmocka_unit_test(carrier_is_seen_at_both_ends), cmocka_unit_test(figures),
		cmocka_unit_test(bad_requests_change_nothing),
		cmocka_unit_test(killed_it_leaves_nothing), cmocka_unit_test(deleted_interface)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
