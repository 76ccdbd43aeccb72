/*
 * wire_bench.c - what one link of the emulator carries on this machine, and how punctually.
 *
 * Three measurements, five rounds each, the medians printed with the share of CPU time that the
 * host took from us (steal) beside them:
 *
 *      flood 64, 512   frames a second that arrive at the far end when the sender never stops
 *      pace 10k        arrival minus sending minus delay, 10,000 frames a second: what a
 *                      measurement through the link sees. Both instants are taken in this
 *                      process around send and by the kernel at receipt (SO_TIMESTAMPNS).
 *
 * Must be run as root. Takes about half a minute.
 */
#include "tests/unit/lab/test_wire_rig.h"

#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#include "lib/wakeful.h"
#include "lib/cputime.h"
#include "lib/hist.h"

enum { ROUNDS = 5, FLOOD_MS = 1000, PACE_PPS = 10000, PACE_MS = 2000, UDP_HEADERS = 42 };

struct round {
	double pps;
	double lost_ratio;
	double cpu_ratio;  /* of one core, the emulator's */
	double late_us[3]; /* the emulator's own: p50 p99 max */
	double error_us[3];
	double steal_ratio;
};

static double
number(const json_t *stats, const char *a, const char *b, const char *c)
{
	const json_t *v = json_object_get(json_object_get(stats, a), b);

	return json_number_value(c != NULL ? json_object_get(v, c) : v);
}

static void
emulator(const struct rig *r, double seconds, struct round *ret)
{
	json_t *s = rig_ask(r, "{\"op\":\"stats\",\"reset\":true}");

	ret->cpu_ratio = json_number_value(json_object_get(s, "cpu_us")) / 1e6 / seconds;
	ret->late_us[0] = number(s, "lateness_us", "p50", NULL);
	ret->late_us[1] = number(s, "lateness_us", "p99", NULL);
	ret->late_us[2] = number(s, "lateness_us", "max", NULL);
	json_decref(s);
}

/* The sender is a process of its own, so that it and the emulator share the cores as in a lab. */
static pid_t
start_flood(const struct rig *r, size_t payload_bytes)
{
	char payload[1500] = {0};
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		(void)!send(r->udp_fd[0], payload, payload_bytes, 0);
}

static void
drain(const struct rig *r)
{
	char buf[2048];

	while (rig_wait(r->udp_fd[1], 100))
		(void)!recv(r->udp_fd[1], buf, sizeof(buf), 0);
}

static void
flood(const struct rig *r, size_t frame_bytes, struct round *ret)
{
	struct cputime t0 = {0}, t1 = {0};
	struct mono from, to;
	json_t *a, *b;
	pid_t pid = start_flood(r, frame_bytes - UDP_HEADERS);

	cputime_read(&t0);
	usleep(100000); /* let it get going */
	a = rig_ask(r, "{\"op\":\"stats\",\"reset\":true}");
	from = mono_now();
	usleep(FLOOD_MS * 1000);
	b = rig_ask(r, "{\"op\":\"stats\"}");
	to = mono_now();
	ret->pps = json_number_value(json_object_get(
			   json_object_get(
				   json_object_get(json_object_get(b, "links"), RIG_LINK), "a2b"),
			   "tx_pkts")) *
		1e9 / (double)mono_diff_ns(to, from);
	emulator(r, (double)mono_diff_ns(to, from) / 1e9, ret);
	json_decref(a);
	json_decref(b);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	drain(r);
	cputime_read(&t1);
	ret->steal_ratio =
		(double)(t1.steal_us - t0.steal_us) / (double)(t1.total_us - t0.total_us + 1);
}

struct probe {
	int64_t sent_wall_ns;
	uint32_t number;
	uint32_t spare;
};

/* A receipt's kernel timestamp. */
static int64_t
receipt_ns(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		struct timespec ts;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
	}
	return 0;
}

static size_t
receive_all(const struct rig *r, int64_t delay_ns, struct hist *h)
{
	size_t n = 0;

	for (;;) {
		struct probe p;
		char control[128];
		struct iovec io = {&p, sizeof(p)};
		struct msghdr m = {.msg_iov = &io,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control)};

		if (recvmsg(r->udp_fd[1], &m, MSG_DONTWAIT) != sizeof(p))
			return n;
		hist_add(h, receipt_ns(&m) - p.sent_wall_ns - delay_ns);
		n++;
	}
}

static void
pace(const struct rig *r, int64_t delay_ns, struct round *ret)
{
	const uint32_t total = PACE_PPS / 1000 * PACE_MS;
	static struct hist h;
	struct cputime t0 = {0}, t1 = {0};
	struct mono start = mono_now();
	size_t got = 0;

	cputime_read(&t0);
	hist_reset(&h);
	json_decref(rig_ask(r, "{\"op\":\"stats\",\"reset\":true}"));
	for (uint32_t i = 0; i < total; i++) {
		struct timespec at =
			mono_timespec(mono_add(start, (int64_t)i * NS_PER_S / PACE_PPS));
		struct probe p = {.number = i};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		p.sent_wall_ns = wall_now().ns;
		(void)!send(r->udp_fd[0], &p, sizeof(p), 0);
		if (i % 512 == 0)
			got += receive_all(r, delay_ns, &h);
	}
	emulator(r, (double)mono_diff_ns(mono_now(), start) / 1e9, ret);
	usleep((useconds_t)(delay_ns / 1000) + 100000);
	got += receive_all(r, delay_ns, &h);
	ret->pps = (double)got * 1000 / PACE_MS;
	ret->lost_ratio = 1 - (double)got / total;
	ret->error_us[0] = (double)hist_quantile_ns(&h, 0.5) / 1e3;
	ret->error_us[1] = (double)hist_quantile_ns(&h, 0.99) / 1e3;
	ret->error_us[2] = (double)h.max_ns / 1e3;
	cputime_read(&t1);
	ret->steal_ratio =
		(double)(t1.steal_us - t0.steal_us) / (double)(t1.total_us - t0.total_us + 1);
}

static int
by_pps(const void *a, const void *b)
{
	double x = ((const struct round *)a)->pps, y = ((const struct round *)b)->pps;

	return (x > y) - (x < y);
}

static int
by_error(const void *a, const void *b)
{
	double x = ((const struct round *)a)->error_us[1],
	       y = ((const struct round *)b)->error_us[1];

	return (x > y) - (x < y);
}

static void
print(const char *name, const struct round *m)
{
	printf("%-10s %9.0f %6.2f %5.0f%% %7.1f %7.1f %8.1f", name, m->pps, m->lost_ratio * 100,
		m->cpu_ratio * 100, m->late_us[0], m->late_us[1], m->late_us[2]);
	printf(" %7.1f %7.1f %8.1f %5.1f%%\n", m->error_us[0], m->error_us[1], m->error_us[2],
		m->steal_ratio * 100);
	fflush(stdout);
}

int
main(void)
{
	static const size_t sizes[] = {64, 512};
	struct round rounds[ROUNDS];
	struct rig r;
	char name[32];
	int on = 1;

	if (rig_missing() != NULL) {
		printf("skipped: %s\n", rig_missing());
		return 0;
	}
	rig_start(&r, 2 * NS_PER_MS, 2 * NS_PER_MS, -1);
	setsockopt(r.udp_fd[1], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	prctl(PR_SET_TIMERSLACK, 1UL);
	printf("medians of %d rounds   emulator    lateness us             delay error us\n",
		ROUNDS);
	printf("%-10s %9s %6s %6s %7s %7s %8s %7s %7s %8s %6s\n", "what", "frames/s", "lost%",
		"cpu", "p50", "p99", "max", "p50", "p99", "max", "steal");
	for (size_t s = 0; s < 2; s++) {
		memset(rounds, 0, sizeof(rounds));
		for (int i = 0; i < ROUNDS; i++)
			flood(&r, sizes[s], &rounds[i]);
		qsort(rounds, ROUNDS, sizeof(rounds[0]), by_pps);
		snprintf(name, sizeof(name), "flood %zu", sizes[s]);
		print(name, &rounds[ROUNDS / 2]);
	}
	/* Once as in a lab at rest, once as while a trial is measured. */
	for (int s = 0; s < 2; s++) {
		int fd = s == 0 ? -1 : wakeful_begin();

		if (s == 1 && fd < 0) {
			printf("awake 10k  skipped: /dev/cpu_dma_latency: %s\n", strerror(-fd));
			break;
		}
		memset(rounds, 0, sizeof(rounds));
		for (int i = 0; i < ROUNDS; i++)
			pace(&r, 2 * NS_PER_MS, &rounds[i]);
		qsort(rounds, ROUNDS, sizeof(rounds[0]), by_error);
		print(s == 0 ? "pace 10k" : "awake 10k", &rounds[ROUNDS / 2]);
		wakeful_end(fd);
	}
	return rig_stop(&r) == 0 ? 0 : 1;
}
