/* test_bgp_run.c - a whole load over loopback, with a router that a thread plays by a script. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "bench/load/bgp_generate.h"
#include "bench/load/bgp_run.h"
#include "lib/bgp.h"

enum { N4 = 30000, N6 = 3000, WAIT_S = 60 };

/* What the router does, and what it has seen. */
struct router {
	int listener;
	uint16_t port;
	uint32_t as;
	bool refuse;	   /* answer OPEN with a NOTIFICATION */
	size_t shut_at;	   /* say Cease after so many prefixes */
	bool ask_again;	   /* once the first table is there */
	size_t told, ends; /* prefixes, End-of-RIBs */
	size_t withdrawn;
	bool ceased; /* they said Cease/Administrative Shutdown */
	pthread_t thread;
};

static bool
read_all(int fd, uint8_t *to, size_t len)
{
	while (len > 0) {
		ssize_t n = recv(fd, to, len, 0);

		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
read_message(int fd, uint8_t *msg, enum bgp_type *type, size_t *len)
{
	return read_all(fd, msg, BGP_HEADER_BYTES) &&
		bgp_header(msg, BGP_MAX_BYTES, type, len, NULL) == 0 &&
		read_all(fd, msg + BGP_HEADER_BYTES, *len - BGP_HEADER_BYTES);
}

static void
say(int fd, const struct buf *b)
{
	if (send(fd, b->data, b->len, MSG_NOSIGNAL) < 0)
		return;
}

static void
say_notification(int fd, uint8_t code, uint8_t subcode)
{
	struct buf b = {0};

	bgp_write_notification(&b, code, subcode);
	say(fd, &b);
	buf_done(&b);
}

static void
ask_again(int fd)
{
	uint8_t msg[23] = {[17] = 23, [18] = BGP_ROUTE_REFRESH, [20] = 1, [22] = 1};

	memset(msg, 0xff, 16);
	if (send(fd, msg, sizeof(msg), MSG_NOSIGNAL) < 0)
		return;
}

static void
take_update(struct router *r, const uint8_t *msg, size_t len, int fd)
{
	const struct bgp_options options = {.as4 = true};
	struct bgp_update u;

	if (bgp_update_parse(msg, len, &options, &u, NULL) < 0)
		return;
	r->told += u.announced.n + u.mp_announced.n;
	r->withdrawn += u.withdrawn.n + u.mp_withdrawn.n;
	r->ends += u.end_of_rib != 0;
	if (r->shut_at > 0 && r->told >= r->shut_at) {
		say_notification(fd, 6, 1);
		shutdown(fd, SHUT_WR);
		r->shut_at = 0;
	}
	if (r->ask_again && r->ends == 2) {
		ask_again(fd);
		r->ask_again = false;
	}
}

static void *
play_router(void *arg)
{
	struct bgp_hello hello = {.hold_s = 30, .id = {192, 0, 2, 1}, .family = {true, true}};
	struct timeval patience = {.tv_sec = WAIT_S};
	struct router *r = arg;
	uint8_t msg[BGP_MAX_BYTES];
	enum bgp_type type;
	struct buf b = {0};
	size_t len;
	int fd = accept(r->listener, NULL, NULL);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	hello.as = r->as;
	bgp_write_open(&b, &hello);
	bgp_write_keepalive(&b);
	while (read_message(fd, msg, &type, &len)) {
		if (type == BGP_OPEN && r->refuse)
			say_notification(fd, 2, 2);
		else if (type == BGP_OPEN)
			say(fd, &b);
		else if (type == BGP_UPDATE)
			take_update(r, msg, len, fd);
		else if (type == BGP_NOTIFICATION)
			r->ceased = msg[19] == 6 && msg[20] == 2;
	}
	close(fd);
	buf_done(&b);
	return NULL;
}

static void
start(struct router *r, struct bgp_plan *plan)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);

	r->as = 65001;
	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(r->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(r->listener, 4), 0);
	assert_int_equal(getsockname(r->listener, (struct sockaddr *)&at, &len), 0);
	r->port = ntohs(at.sin_port);
	*plan = (struct bgp_plan){.sessions = 1,
		.connect_ns = WAIT_S * NS_PER_S,
		.take_ns = WAIT_S * NS_PER_S,
		.settle_ns = NS_PER_S};
	plan->session[0] = (struct bgp_session_options){.port = r->port,
		.peer_as = r->as,
		.hello = {.as = 4200000001U,
			.hold_s = 90,
			.id = {192, 0, 2, 9},
			.family = {true, true}}};
	assert_int_equal(inet_parse("127.0.0.1", &plan->session[0].peer), 0);
	assert_int_equal(inet_parse("2001:db8::9", &plan->next_hop[1]), 0);
	assert_int_equal(pthread_create(&r->thread, NULL, play_router, r), 0);
}

static void
stop(struct router *r)
{
	pthread_join(r->thread, NULL);
	close(r->listener);
}

static struct bgp_table *
table(void)
{
	struct bgp_mix mix = {.seed = 1, .ipv4 = N4, .ipv6 = N6};
	struct bgp_table *t;
	struct err e;

	assert_int_equal(bgp_table_new(&t), 0);
	assert_int_equal(bgp_generate(t, &mix, &e), 0);
	return t;
}

static void
all_is_told_and_the_end_said(void **state)
{
	struct bgp_table *t = table();
	struct router r = {.port = 0};
	struct bgp_result result;
	struct bgp_plan plan;
	struct err e;

	(void)state;
	start(&r, &plan);
	plan.table = t;
	assert_int_equal(bgp_run(&plan, &result, &e), 0);
	stop(&r);
	assert_int_equal(r.told, N4 + N6);
	assert_int_equal(r.ends, 2);
	assert_true(r.ceased);
	assert_true(result.session[0].established && result.session[0].acked_ns >= 0);
	assert_int_equal(result.session[0].routes, N4 + N6);
	assert_false(result.lost || result.unconnected || result.interrupted || result.not_taken);
	assert_string_equal(result.session[0].why, "");
	bgp_table_free(t);
}

static void
churn_and_a_refresh(void **state)
{
	struct bgp_churn_options o = {.seed = 1, .rate_qps = 2000, .withdraw_ratio = 0.3};
	struct bgp_table *t = table();
	struct router r = {.ask_again = true};
	struct bgp_result result;
	struct bgp_plan plan;
	struct err e;

	(void)state;
	start(&r, &plan);
	plan.table = t;
	plan.for_ns = NS_PER_S;
	assert_int_equal(bgp_churn_new(&plan.churn, t, &o), 0);
	assert_int_equal(bgp_run(&plan, &result, &e), 0);
	stop(&r);
	assert_int_equal(result.refreshes, 1);
	assert_true(result.steps > 1000 && r.withdrawn >= result.step_withdrawn);
	/* The IPv4 table twice, each change once; behind the refresh, what differed by then. */
	assert_true(r.told >= N4 + N4 + N6 + result.step_announced);
	assert_int_equal(r.ends, 3);
	assert_true(r.ceased);
	assert_int_equal(result.late.count, result.steps);
	bgp_churn_free(plan.churn);
	bgp_table_free(t);
}

static void
the_peers_words_are_told(void **state)
{
	struct bgp_table *t = table();
	struct router refuses = {.refuse = true}, shuts = {.shut_at = 100};
	struct bgp_result result;
	struct bgp_plan plan;
	struct err e;

	(void)state;
	start(&refuses, &plan);
	plan.table = t;
	assert_int_equal(bgp_run(&plan, &result, &e), 0);
	stop(&refuses);
	assert_true(result.unconnected && !result.session[0].established);
	assert_string_equal(
		result.session[0].why, "the peer ended it: OPEN Message Error/Bad Peer AS");
	start(&shuts, &plan);
	plan.table = t;
	plan.for_ns = WAIT_S * NS_PER_S;
	assert_int_equal(bgp_run(&plan, &result, &e), 0);
	stop(&shuts);
	assert_true(result.lost);
	assert_string_equal(result.session[0].why,
		"the peer ended it: Cease/Maximum Number of Prefixes Reached");
	bgp_table_free(t);
}

/* The wrong AS on the other side is found here, too. */
static void
another_as_is_refused(void **state)
{
	struct bgp_table *t = table();
	struct router r = {.port = 0};
	struct bgp_result result;
	struct bgp_plan plan;
	struct err e;

	(void)state;
	start(&r, &plan);
	plan.table = t;
	plan.session[0].peer_as = 65002;
	assert_int_equal(bgp_run(&plan, &result, &e), 0);
	stop(&r);
	assert_true(result.unconnected);
	assert_string_equal(
		result.session[0].why, "the peer says that it is AS 65001, not AS 65002");
	assert_int_equal(r.told, 0);
	bgp_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_told_and_the_end_said),
		cmocka_unit_test(churn_and_a_refresh),
		cmocka_unit_test(the_peers_words_are_told),
		cmocka_unit_test(another_as_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
