/* test_load_replay.c - a capture replayed against a socket of ours: the same messages in the same order, when they were sent. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/load/dns_run.h"
#include "bench/load/queries.h"
#include "lib/mono.h"

enum { MOST = 1024, WIRE_BYTES = 512 };

/* What came, and when the kernel had it. */
struct listener {
	pthread_t thread;
	int fd;
	atomic_bool done;
	size_t n;
	int64_t at_ns[MOST];
	size_t len[MOST];
	uint8_t wire[MOST][WIRE_BYTES];
};

static void
take(struct listener *l)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct timespec))];
	} control;
	struct sockaddr_in from;
	struct iovec iov = {l->wire[l->n], WIRE_BYTES};
	struct msghdr m = {.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(l->fd, &m, MSG_DONTWAIT);
	struct timespec at;

	if (n < 12 || CMSG_FIRSTHDR(&m) == NULL)
		return;
	memcpy(&at, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(at));
	l->at_ns[l->n] = at.tv_sec * NS_PER_S + at.tv_nsec;
	l->len[l->n] = (size_t)n;
	l->wire[l->n][2] |= 0x80;
	sendto(l->fd, l->wire[l->n], (size_t)n, 0, (struct sockaddr *)&from, sizeof(from));
	l->wire[l->n][2] &= 0x7f;
	l->n++;
}

static void *
listen_on(void *arg)
{
	struct listener *l = arg;
	struct pollfd p = {.fd = l->fd, .events = POLLIN};

	while (!atomic_load(&l->done) && l->n < MOST)
		if (poll(&p, 1, 20) == 1)
			take(l);
	return NULL;
}

static void
begin(struct listener *l, struct sockaddr_storage *ret)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	int on = 1;

	l->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(l->fd >= 0);
	assert_int_equal(setsockopt(l->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)), 0);
	assert_int_equal(bind(l->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(l->fd, (struct sockaddr *)&at, &len), 0);
	memset(ret, 0, sizeof(*ret));
	memcpy(ret, &at, sizeof(at));
	assert_int_equal(pthread_create(&l->thread, NULL, listen_on, l), 0);
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * How far off half of them were, with the first one as the beginning. A busy machine delays some by
 * much; that half of them are is not its doing.
 */
static int64_t
median_off_ns(const struct listener *l, const struct queries *q, double speed)
{
	int64_t *off = calloc(l->n, sizeof(*off)), median;

	assert_non_null(off);
	for (size_t i = 0; i < l->n; i++)
		off[i] = llabs(l->at_ns[i] - l->at_ns[0] -
			(int64_t)((double)queries_at(q, i).due_ns / speed));
	qsort(off, l->n, sizeof(*off), by_size);
	median = off[l->n / 2];
	free(off);
	return median;
}

static void
replay(double speed)
{
	const char *path = "tests/data/captures/hardened-drain-hkg.pcap.gz";
	const struct query_replay what = {.paths = &path, .paths_n = 1};
	struct listener *l = calloc(1, sizeof(*l));
	struct sockaddr_storage to;
	struct dns_result r;
	struct queries *q;
	struct dns_plan p;
	struct err e;

	assert_non_null(l);
	begin(l, &to);
	assert_int_equal(queries_from_replay(&what, &q, &e), 0);
	assert_true(queries_len(q) > 500 && queries_len(q) < MOST);
	p = (struct dns_plan){.queries = q,
		.targets = &to,
		.targets_len = 1,
		.threads = 1,
		.sockets = 4,
		.wire = WIRE_UDP,
		.stamps = true,
		.schedule = {.kind = SCHEDULE_REPLAY, .queries = q, .speed = speed},
		.timeout_ns = 2 * NS_PER_S,
		.late_ns = NS_PER_S,
		.late_ratio = 1,
		.seed = 1};
	assert_int_equal(dns_run(&p, true, &r, &e), 0);
	atomic_store(&l->done, true);
	pthread_join(l->thread, NULL);
	assert_int_equal(r.stats.sent, queries_len(q));
	assert_int_equal(l->n, queries_len(q));
	for (size_t i = 0; i < l->n; i++) {
		struct query one = queries_at(q, i);

		/* All but the id is as it was captured. */
		assert_int_equal(l->len[i], one.len);
		assert_memory_equal(l->wire[i] + 2, one.wire + 2, one.len - 2u);
	}
	assert_in_range(median_off_ns(l, q, speed), 0, 20 * NS_PER_MS);
	dns_result_done(&r);
	queries_free(q);
	close(l->fd);
	free(l);
}

static void
test_replay(void **state)
{
	(void)state;
	replay(1);
}

static void
test_replay_faster(void **state)
{
	(void)state;
	replay(2.5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay), cmocka_unit_test(test_replay_faster)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
