/* test_capture.c - packets that were sent are in the file: all, once, in order, and at their time. */
#include <arpa/inet.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "bench/capture/capture.h"
#include "bench/capture/plan.h"
#include "lib/fs.h"
#include "lib/mono.h"
#include "tests/unit/loopback.h"

enum { PACKETS = 5000, PORT = 5353 };

static char dir[] = "/tmp/test_capture.XXXXXX";
static char plan_path[64], pcap_path[64];

static int
setup(void **state)
{
	sigset_t set;

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(plan_path, sizeof(plan_path), "%s/plan.json", dir);
	snprintf(pcap_path, sizeof(pcap_path), "%s/captures/a.lo.pcap", dir);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGXFSZ, SIG_IGN);
	return enter_loopback();
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(dir, NULL);
}

static void
write_plan(const char *points)
{
	char text[2048];
	int n = snprintf(text, sizeof(text),
		"{\"schema\": \"catchment.capture-plan/1\", \"buffer_bytes\": 4194304, "
		"\"points\": [%s]}",
		points);

	assert_int_equal(fs_write(plan_path, text, (size_t)n, NULL), 0);
}

static struct capture_plan *
load(const char *points)
{
	struct capture_plan *p = NULL;
	struct err e = {0};

	write_plan(points);
	if (capture_plan_load(plan_path, &p, &e) < 0)
		fail_msg("%s", e.text);
	return p;
}

static int
open_stop(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	assert_true(fd >= 0);
	return fd;
}

/* `PACKETS` datagrams with their number in them, to a socket that never reads. */
static void
send_packets(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), sink = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(bind(sink, (struct sockaddr *)&to, sizeof(to)), 0);
	for (uint32_t i = 0; i < PACKETS; i++)
		assert_int_equal(
			sendto(fd, &i, sizeof(i), 0, (struct sockaddr *)&to, sizeof(to)), 4);
	close(fd);
	close(sink);
}

static void
check_file(struct wall before, struct wall after)
{
	static const uint8_t magic[4] = {0x4d, 0x3c, 0xb2, 0xa1};
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const uint8_t *bytes;
	uint8_t head[4];
	int64_t last_ns = before.ns;
	uint32_t n = 0;
	FILE *f = fopen(pcap_path, "re");
	pcap_t *p;

	assert_non_null(f);
	assert_int_equal(fread(head, 1, 4, f), 4);
	assert_memory_equal(head, magic, 4);
	fclose(f);
	p = pcap_open_offline_with_tstamp_precision(pcap_path, PCAP_TSTAMP_PRECISION_NANO, why);
	assert_non_null(p);
	assert_int_equal(pcap_datalink(p), DLT_EN10MB);
	while (pcap_next_ex(p, &h, &bytes) == 1) {
		int64_t ns = (int64_t)h->ts.tv_sec * NS_PER_S + h->ts.tv_usec;
		uint32_t number;

		assert_int_equal(h->len, 14 + 20 + 8 + 4);
		memcpy(&number, bytes + 42, sizeof(number));
		assert_int_equal(number, n++);
		assert_true(ns >= last_ns);
		assert_true(ns <= after.ns);
		last_ns = ns;
	}
	assert_int_equal(n, PACKETS);
	pcap_close(p);
}

static void
all_packets_once(void **state)
{
	struct capture_plan *p;
	struct capture *c;
	struct err e = {0};
	struct wall before, after;
	struct stat st;
	char *text;
	int stop_fd;

	(void)state;
	need_lab();
	stop_fd = open_stop();
	p = load("{\"file\": \"a.lo.pcap\", \"interface\": \"lo\", \"netns\": "
		 "\"/proc/self/ns/net\", "
		 "\"filter\": \"udp port 5353\"}");
	if (capture_open(p, &c, &e) < 0)
		fail_msg("%s", e.text);
	before = wall_now();
	send_packets();
	after = wall_now();
	raise(SIGTERM); /* at once: the last block is still the kernel's */
	assert_int_equal(capture_run(c, stop_fd, &e), 0);
	check_file(before, after);
	assert_int_equal(capture_stats(c, 0)->packets, PACKETS);
	assert_int_equal(capture_stats(c, 0)->dropped, 0);
	assert_int_equal(stat(pcap_path, &st), 0);
	assert_int_equal(capture_stats(c, 0)->bytes, st.st_size);
	assert_int_equal(capture_stats_write(c, &e), 0);
	assert_int_equal(fs_read(p->stats_path, 4096, &text, NULL, &e), 0);
	assert_non_null(strstr(text, "\"file\": \"a.lo.pcap\""));
	assert_non_null(strstr(text, "\"packets\": 5000"));
	free(text);
	capture_free(c);
	capture_plan_free(p);
	close(stop_fd);
}

/* One interface goes away in the middle: its point says so, the other is whole. */
static void
interface_vanishes(void **state)
{
	struct capture_plan *p;
	struct capture *c;
	struct err e = {0};
	struct wall before, after;
	int stop_fd;

	(void)state;
	need_lab();
	if (system("ip link add gone0 type veth peer name gone1 && ip link set gone0 up") != 0)
		skip();
	stop_fd = open_stop();
	p = load("{\"file\": \"gone.pcap\", \"interface\": \"gone0\"}, {\"file\": \"a.lo.pcap\", "
		 "\"interface\": \"lo\", \"filter\": \"udp port 5353\"}");
	assert_int_equal(capture_open(p, &c, &e), 0);
	assert_int_equal(system("ip link del gone0"), 0);
	before = wall_now();
	send_packets();
	after = wall_now();
	raise(SIGTERM);
	assert_int_equal(capture_run(c, stop_fd, &e), 0);
	assert_string_not_equal(capture_stats(c, 0)->error, "");
	assert_string_equal(capture_stats(c, 1)->error, "");
	check_file(before, after);
	capture_free(c);
	capture_plan_free(p);
	close(stop_fd);
}

static void
disk_full(void **state)
{
	struct capture_plan *p;
	struct capture *c;
	struct err e = {0};
	int stop_fd;

	(void)state;
	need_lab();
	stop_fd = open_stop();
	p = load("{\"file\": \"a.lo.pcap\", \"interface\": \"lo\"}");
	assert_int_equal(unlink(pcap_path), 0);
	assert_int_equal(symlink("/dev/full", pcap_path), 0);
	assert_int_equal(capture_open(p, &c, &e), -ENOSPC);
	assert_non_null(strstr(e.text, "a.lo.pcap: cannot write: No space left on device"));
	assert_int_equal(unlink(pcap_path), 0);
	capture_plan_free(p);
	close(stop_fd);
}

static void
open_says_what_and_where(void **state)
{
	static const struct {
		const char *points, *says;
	} rows[] = {{"{\"file\": \"x\", \"interface\": \"nope0\"}", "capture of nope0 (x): "},
		{"{\"file\": \"x\", \"interface\": \"lo\", \"filter\": \"port porridge\"}",
			"capture of lo (x): filter 'port porridge': "},
		{"{\"file\": \"x\", \"interface\": \"lo\", \"netns\": \"/proc/1/nope\"}",
			"capture of lo (x): cannot enter network namespace /proc/1/nope: "}};

	(void)state;
	need_lab();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture_plan *p = load(rows[i].points);
		struct capture *c = NULL;
		struct err e = {0};

		assert_true(capture_open(p, &c, &e) < 0);
		assert_non_null(strstr(e.text, rows[i].says));
		assert_null(c);
		capture_plan_free(p);
	}
}

static void
plan_says_what_and_where(void **state)
{
	static const struct {
		const char *points, *says;
	} rows[] = {{"", "points: 0 of them"}, {"7", "points[0]: not an object"},
		{"{\"interface\": \"lo\"}", "points[0].file: missing"},
		{"{\"file\": \"x\"}", "points[0].interface: missing"},
		{"{\"file\": \"../x\", \"interface\": \"lo\"}",
			"points[0].file: '../x' is not a plain file name"},
		{"{\"file\": \"x\", \"interface\": \"lo\"}, {\"file\": \"x\", \"interface\": 7}",
			"points[1].interface: not a string; points[1].file: 'x' is already that of "
			"points[0]"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture_plan *p = NULL;
		struct err e = {0};

		write_plan(rows[i].points);
		assert_int_equal(capture_plan_load(plan_path, &p, &e), -EINVAL);
		if (strstr(e.text, rows[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", e.text, rows[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plan_says_what_and_where),
		cmocka_unit_test(all_packets_once), cmocka_unit_test(interface_vanishes),
		cmocka_unit_test(disk_full), cmocka_unit_test(open_says_what_and_where)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
