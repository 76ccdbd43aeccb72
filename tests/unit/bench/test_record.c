/* test_record.c - what is done to routes, interfaces and logs while somebody records is in the files, in order. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "bench/record/lines.h"
#include "bench/record/plan.h"
#include "bench/record/record.h"
#include "lib/fs.h"
#include "lib/linelog.h"
#include "lib/routelog.h"
#include "lib/stopfd.h"

enum { WAIT_MS = 10000, TOO_LONG = LINES_TEXT_BYTES + 100 };

static char dir[] = "/tmp/test_record.XXXXXX";
static char plan_path[64], log_path[64];
static const char *no_lab; /* why there is no namespace to record in */

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(plan_path, sizeof(plan_path), "%s/plan.json", dir);
	snprintf(log_path, sizeof(log_path), "%s/s.log", dir);
	if (unshare(CLONE_NEWNET) < 0)
		no_lab = strerror(errno);
	else if (system("ip -V >/dev/null 2>&1") != 0)
		no_lab = "ip is not there";
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return fs_remove_tree(dir, NULL);
}

static struct record_plan *
load(const char *rest)
{
	struct record_plan *p = NULL;
	struct err e = {0};
	char text[1024];
	int n = snprintf(text, sizeof(text), "{\"schema\": \"catchment.record-plan/1\", %s}", rest);

	assert_int_equal(fs_write(plan_path, text, (size_t)n, NULL), 0);
	if (record_plan_load(plan_path, &p, &e) < 0)
		fail_msg("%s", e.text);
	return p;
}

static void
plans(void **state)
{
	static const struct {
		const char *rest, *says;
	} wrong[] = {{"\"logs\": []", "nodes: missing"},
		{"\"nodes\": [], \"logs\": [1]", "logs[0]: not an object"},
		{"\"nodes\": [{}], \"logs\": [{\"node\": \"\"}]",
			"nodes[0].node: missing; logs[0].node: '' is no name; logs[0].service: "
			"missing; logs[0].path: missing"},
		{"\"nodes\": [{\"node\": \"n\", \"netns\": 1}], \"logs\": []",
			"nodes[0].netns: not"}};
	struct record_plan *p =
		load("\"nodes\": [{\"node\": \"n\"}], \"lines\": \"/tmp/l\", \"logs\": "
		     "[{\"node\": \"n\", \"service\": \"s\", \"path\": \"s.log\"}]");
	char text[256];
	struct err e;

	(void)state;
	assert_string_equal(p->lines_path, "/tmp/l");
	assert_string_equal(p->nodes[0].netns, "");
	assert_string_equal(p->logs[0].path, log_path);
	record_plan_free(p);
	record_plan_free(NULL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int n = snprintf(text, sizeof(text),
			"{\"schema\": \"catchment.record-plan/1\", %s}", wrong[i].rest);

		assert_int_equal(fs_write(plan_path, text, (size_t)n, NULL), 0);
		assert_int_equal(record_plan_load(plan_path, &p, &e), -EINVAL);
		if (strstr(e.text, wrong[i].says) == NULL)
			fail_msg("'%s' gave '%s'", wrong[i].rest, e.text);
	}
}

static void
clean_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} table[] = {{"plain\t\033[1m", 10, "plain\t\033[1m"}, {"\xc3\xa9", 2, "\xc3\xa9"},
		{"a\0b", 3, "a\\x00b"}, {"\xff\xfe", 2, "\\xFF\\xFE"}, {"\xc3", 1, "\\xC3"},
		{"\xc0\x80", 2, "\\xC0\\x80"}, {"\xed\xa0\x80", 3, "\\xED\\xA0\\x80"},
		{"\xf0\x9f\x98\x80!", 5, "\xf0\x9f\x98\x80!"},
		{"\xf4\x90\x80\x80", 4, "\\xF4\\x90\\x80\\x80"}};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf b = {0};

		lines_clean(table[i].bytes, table[i].len, &b);
		assert_string_equal(b.data, table[i].text);
		buf_done(&b);
	}
}

/* ---- logs ---- */

static void
append(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

/* Read until nothing is told any more: what was written before is all in. */
static void
follow(struct lines *l, int epoll_fd)
{
	struct epoll_event ev;
	struct err e;

	while (epoll_wait(epoll_fd, &ev, 1, 0) > 0 || lines_pending(l))
		if (lines_read(l, &e) < 0)
			fail_msg("%s", e.text);
}

static void
expect_line(struct linelog *log, const char *text, bool cut)
{
	struct linelog_line line;
	struct err e;

	if (linelog_next(log, &line, &e) != 1)
		fail_msg("no line where '%s' should be", text);
	assert_string_equal(line.node, "n");
	assert_string_equal(line.service, "s");
	assert_int_equal(strncmp(line.text, text, strlen(text)), 0);
	assert_true(cut || strlen(line.text) == strlen(text));
	assert_int_equal(line.cut, cut);
}

/* New lines only; in pieces; cut and rotated files; one longer than is kept; an end without a newline. */
static void
logs(void **state)
{
	struct record_plan *p =
		load("\"nodes\": [], \"logs\": "
		     "[{\"node\": \"n\", \"service\": \"s\", \"path\": \"s.log\"}]");
	int epoll_fd = epoll_create1(0);
	char moved[80], *long_line = malloc(TOO_LONG);
	struct linelog *log;
	struct lines *l;
	struct out *o;
	struct err e;

	(void)state;
	assert_non_null(long_line);
	memset(long_line, 'x', TOO_LONG);
	long_line[TOO_LONG - 1] = '\n';
	snprintf(moved, sizeof(moved), "%s.1", log_path);
	append(log_path, "before\n", 7);
	assert_int_equal(out_open(p->lines_path, "catchment.lines/1", &o, &e), 0);
	assert_int_equal(lines_open(p, o, epoll_fd, 0, &l, &e), 0);
	append(log_path, "one\ntw", 6);
	follow(l, epoll_fd);
	append(log_path, "o\n\xff\n", 4);
	follow(l, epoll_fd);
	append(log_path, long_line, TOO_LONG);
	follow(l, epoll_fd);
	assert_int_equal(truncate(log_path, 0), 0);
	follow(l, epoll_fd);
	append(log_path, "cut\n", 4);
	follow(l, epoll_fd);
	assert_int_equal(rename(log_path, moved), 0);
	append(moved, "late\n", 5);
	append(log_path, "rotated\n", 8);
	follow(l, epoll_fd);
	append(log_path, "unfinished", 10);
	follow(l, epoll_fd);
	lines_finish(l);
	assert_int_equal(lines_stats(l)->lines, 8);
	assert_int_equal(lines_stats(l)->cut, 2);
	lines_free(l);
	assert_int_equal(out_close(o, &e), 0);

	assert_int_equal(linelog_open(p->lines_path, &log, &e), 0);
	expect_line(log, "one", false);
	expect_line(log, "two", false);
	expect_line(log, "\\xFF", false);
	expect_line(log, "xxxxxxxx", true);
	expect_line(log, "cut", false);
	expect_line(log, "late", false);
	expect_line(log, "rotated", false);
	expect_line(log, "unfinished", true);
	linelog_free(log);
	record_plan_free(p);
	free(long_line);
	close(epoll_fd);
}

/* A log that is not there yet is recorded from its beginning; a folder that is not there is a mistake. */
static void
logs_to_come(void **state)
{
	struct record_plan *p =
		load("\"nodes\": [], \"logs\": "
		     "[{\"node\": \"n\", \"service\": \"s\", \"path\": \"new.log\"}]");
	int epoll_fd = epoll_create1(0);
	struct linelog *log;
	struct lines *l;
	struct out *o;
	struct err e;

	(void)state;
	assert_int_equal(out_open(p->lines_path, "catchment.lines/1", &o, &e), 0);
	assert_int_equal(lines_open(p, o, epoll_fd, 0, &l, &e), 0);
	assert_int_equal(lines_stats(l)->absent, 1);
	append(p->logs[0].path, "first\n", 6);
	follow(l, epoll_fd);
	lines_free(l);
	assert_int_equal(out_close(o, &e), 0);
	assert_int_equal(linelog_open(p->lines_path, &log, &e), 0);
	expect_line(log, "first", false);
	linelog_free(log);
	record_plan_free(p);

	p = load("\"nodes\": [], \"logs\": "
		 "[{\"node\": \"n\", \"service\": \"s\", \"path\": \"none/s.log\"}]");
	assert_int_equal(out_open(p->lines_path, "catchment.lines/1", &o, &e), 0);
	assert_int_equal(lines_open(p, o, epoll_fd, 0, &l, &e), -ENOENT);
	assert_int_equal(out_close(o, &e), 0);
	record_plan_free(p);
	close(epoll_fd);
}

/* ---- routes ---- */

static void
need_lab(void)
{
	if (no_lab == NULL)
		return;
	print_message("skipped: no network namespace (%s)\n", no_lab);
	skip();
}

static void
ip(const char *what)
{
	char command[256];

	snprintf(command, sizeof(command), "ip %s", what);
	if (system(command) != 0)
		fail_msg("'%s' failed", command);
}

/* The next event of that kind, those between passed over. */
static struct routelog_event
next_of(struct routelog *log, enum routelog_op op, const char *of)
{
	char dst[INET_TEXT_BYTES];
	struct routelog_event ev;
	struct err e = {0};
	int rc;

	while ((rc = routelog_next(log, &ev, &e)) == 1)
		if (ev.op == op &&
			strcmp(op == ROUTELOG_LINK	 ? ev.interface
					: op == ROUTELOG_LOST ? ev.node
							      : inet_show_prefix(&ev.dst, dst),
				of) == 0)
			return ev;
	fail_msg("no event %d of %s %s", op, of, e.text);
	return ev;
}

static void
assert_hop(const struct routelog_event *ev, size_t hop, const char *gateway, const char *interface)
{
	char text[INET_TEXT_BYTES];

	assert_true(hop < ev->hops_len);
	assert_int_equal(ev->hops[hop].has_gateway, gateway != NULL);
	if (gateway != NULL)
		assert_string_equal(inet_show(&ev->hops[hop].gateway, text), gateway);
	assert_string_equal(ev->hops[hop].interface, interface);
}

static void
check_routes(const char *path)
{
	struct routelog_event ev, down;
	struct routelog *log;
	struct err e;

	assert_int_equal(routelog_open(path, &log, &e), 0);
	ev = next_of(log, ROUTELOG_LINK, "v0");
	assert_true(ev.up && ev.carrier);
	ev = next_of(log, ROUTELOG_HAVE, "192.0.2.0/24");
	assert_hop(&ev, 0, NULL, "v0");
	assert_string_equal(ev.type, "unicast");
	assert_string_equal(ev.node, "n");
	ev = next_of(log, ROUTELOG_HAVE, "203.0.113.0/24");
	assert_hop(&ev, 0, "192.0.2.2", "v0");
	assert_int_equal(ev.metric, 32);
	assert_int_equal(ev.proto, 12);
	ev = next_of(log, ROUTELOG_SET, "203.0.113.0/24");
	assert_int_equal(ev.hops_len, 2);
	assert_hop(&ev, 0, "192.0.2.3", "v0");
	assert_hop(&ev, 1, "192.0.2.4", "v0");
	ev = next_of(log, ROUTELOG_GONE, "203.0.113.0/24");
	assert_int_equal(ev.metric, 32);
	ev = next_of(log, ROUTELOG_SET, "2001:db8:53::/48");
	assert_int_equal(ev.hops_len, 2);
	assert_hop(&ev, 0, "2001:db8::2", "v0");
	assert_hop(&ev, 1, "2001:db8::3", "v0");
	ev = next_of(log, ROUTELOG_SET, "198.51.100.0/24");
	assert_string_equal(ev.type, "blackhole");
	assert_int_equal(ev.hops_len, 0);
	/* Another table than main is nobody's business: 100.64.0.0/10 is not in the file (below). */
	down = next_of(log, ROUTELOG_LINK, "v0");
	assert_false(down.up || down.carrier);
	/* The kernel drops 192.0.2.0/24 without a word: what is left comes anew. */
	next_of(log, ROUTELOG_LOST, "n");
	ev = next_of(log, ROUTELOG_HAVE, "198.51.100.0/24");
	assert_true(ev.at.ns >= down.at.ns);
	while (routelog_next(log, &ev, &e) == 1)
		;
	routelog_free(log);
}

static void
assert_absent(const char *path, const char *text)
{
	char *data;

	assert_int_equal(fs_read(path, 1 << 20, &data, NULL, NULL), 0);
	assert_null(strstr(data, text));
	free(data);
}

/* Changes are made by a child, which then tells the recorder to stop. */
static void
routes(void **state)
{
	struct record_plan *p;
	struct record *r;
	struct err e;
	int stop_fd;
	pid_t child;

	(void)state;
	need_lab();
	ip("link set lo up");
	ip("link add v0 type veth peer name v1");
	ip("link set v0 up");
	ip("link set v1 up");
	ip("addr add 192.0.2.1/24 dev v0");
	ip("-6 addr add 2001:db8::1/64 dev v0 nodad");
	ip("route add 203.0.113.0/24 via 192.0.2.2 metric 32 proto bird");
	p = load("\"nodes\": [{\"node\": \"n\", \"netns\": \"/proc/thread-self/ns/net\"}], "
		 "\"logs\": []");
	assert_int_equal(stopfd_open(&stop_fd, &e), 0);
	if (record_open(p, &r, &e) < 0)
		fail_msg("%s", e.text);
	child = fork();
	if (child == 0) {
		int rc = system(
			"set -e\n"
			"ip route replace 203.0.113.0/24 metric 32 proto bird nexthop via "
			"192.0.2.3 nexthop via 192.0.2.4\n"
			"ip route del 203.0.113.0/24 metric 32\n"
			"ip -6 route add 2001:db8:53::/48 nexthop via 2001:db8::2 nexthop via "
			"2001:db8::3\n"
			"ip route add 100.64.0.0/10 via 192.0.2.2 table 7\n"
			"ip route add blackhole 198.51.100.0/24\n"
			"ip link set v0 down\n");

		kill(getppid(), SIGTERM);
		_exit(rc == 0 ? 0 : 1);
	}
	if (record_run(r, stop_fd, &e) < 0)
		fail_msg("%s", e.text);
	record_free(r);
	{
		int status;

		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	check_routes(p->routes_path);
	assert_absent(p->routes_path, "100.64.0.0");
	record_plan_free(p);
	close(stop_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plans), cmocka_unit_test(clean_text),
		cmocka_unit_test(logs), cmocka_unit_test(logs_to_come), cmocka_unit_test(routes)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
