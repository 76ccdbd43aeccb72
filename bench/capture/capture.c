/* capture.c - packets at many interfaces in many namespaces, into a nanosecond pcap file each. */
#include "bench/capture/capture.h"

#include <errno.h>
#include <jansson.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/mono.h"
#include "lib/netns.h"
#include "lib/openfiles.h"
#include "lib/stopfd.h"

enum {
	/*
	 * The kernel hands over a block that is not full after this. libpcap's blocks are 256 KiB, so with
	 * few packets a ring is full after (its size / 256 KiB) x this: the longest that we may be kept waiting.
	 */
	BLOCK_TIMEOUT_MS = 200,
	DRAIN_MS = 3 * BLOCK_TIMEOUT_MS,
	FILE_BUFFER_BYTES = 1 << 18,
	EVENTS = 64,
	FILE_HEADER_BYTES = 24,
	PACKET_HEADER_BYTES = 16,
	FILES_PER_POINT = 3, /* packet socket, its eventfd, the file */
	/*
	 * Setting up a ring and closing a packet socket each wait for the kernel (RCU), 20 ms and more, however
	 * idle the machine: 90 in a row took 1.7 s and 2 s, side by side a tenth of that.
	 */
	SIDE_BY_SIDE = 16,
};

struct point {
	const struct capture_plan_point *plan;
	pcap_t *live;
	int fd;	      /* of `live`; -1 once it is no longer watched */
	pcap_t *dead; /* gives the file its link type and precision */
	pcap_dumper_t *dumper;
	FILE *file;
	struct capture_point_stats stats;
	struct pcap_stat before; /* what the rings lost while others were still being opened */
};

struct capture {
	const struct capture_plan *plan;
	struct point *points;
	int epoll_fd;
	bool stopping;
	struct mono drain_until;
};

static int
point_error(const struct point *pt, int code, const char *why, struct err *e)
{
	return err_set(e, code, "capture of %s (%s): %s", pt->plan->interface, pt->plan->file, why);
}

static int
set_filter(struct point *pt, struct err *e)
{
	struct bpf_program program;
	int rc;

	if (pt->plan->filter[0] == '\0')
		return 0;
	if (pcap_compile(pt->live, &program, pt->plan->filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return err_set(e, EINVAL, "capture of %s (%s): filter '%s': %s",
			pt->plan->interface, pt->plan->file, pt->plan->filter,
			pcap_geterr(pt->live));
	rc = pcap_setfilter(pt->live, &program);
	pcap_freecode(&program);
	return rc < 0 ? point_error(pt, EIO, pcap_geterr(pt->live), e) : 0;
}

/* In the namespace of the point. */
static int
activate(struct point *pt, const struct capture_plan *p, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int rc;

	pt->live = pcap_create(pt->plan->interface, why);
	if (pt->live == NULL)
		return point_error(pt, ENODEV, why, e);
	pcap_set_snaplen(pt->live, p->snaplen_bytes);
	pcap_set_buffer_size(pt->live, p->buffer_bytes);
	pcap_set_timeout(pt->live, BLOCK_TIMEOUT_MS);
	if (pcap_set_tstamp_precision(pt->live, PCAP_TSTAMP_PRECISION_NANO) != 0)
		return point_error(pt, ENOTSUP, "no nanosecond timestamps", e);
	rc = pcap_activate(pt->live);
	if (rc < 0) {
		const char *detail = pcap_geterr(pt->live);
		bool is_permission = rc == PCAP_ERROR_PERM_DENIED;

		return point_error(pt, is_permission ? EPERM : ENODEV,
			detail[0] != '\0' ? detail : pcap_statustostr(rc), e);
	}
	if (pcap_setnonblock(pt->live, 1, why) < 0)
		return point_error(pt, EIO, why, e);
	rc = set_filter(pt, e);
	if (rc < 0)
		return rc;
	pt->fd = pcap_get_selectable_fd(pt->live);
	return pt->fd < 0 ? point_error(pt, EIO, "cannot be waited for", e) : 0;
}

static int
open_file(struct point *pt, const struct capture_plan *p, struct err *e)
{
	pt->dead = pcap_open_dead_with_tstamp_precision(
		pcap_datalink(pt->live), p->snaplen_bytes, PCAP_TSTAMP_PRECISION_NANO);
	if (pt->dead == NULL)
		return point_error(pt, ENOMEM, "out of memory", e);
	pt->file = fopen(pt->plan->path, "we");
	if (pt->file == NULL)
		return err_sys(e, errno, "%s", pt->plan->path);
	setvbuf(pt->file, NULL, _IOFBF, FILE_BUFFER_BYTES);
	pt->dumper = pcap_dump_fopen(pt->dead, pt->file);
	if (pt->dumper == NULL || fflush(pt->file) != 0)
		return err_sys(e, errno, "%s: cannot write", pt->plan->path);
	pt->stats.bytes = FILE_HEADER_BYTES;
	return 0;
}

static int
open_point(struct capture *c, struct point *pt, int key, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = key};
	struct err why = {0};
	int home, rc, back;

	rc = netns_enter(pt->plan->netns, &home, &why);
	if (rc < 0)
		return point_error(pt, -rc, why.text, e);
	rc = activate(pt, c->plan, e);
	back = netns_leave(home, &why);
	if (rc == 0 && back < 0)
		rc = point_error(pt, -back, why.text, e);
	if (rc == 0)
		rc = open_file(pt, c->plan, e);
	if (rc == 0 && epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, pt->fd, &ev) < 0)
		rc = err_sys(e, errno, "cannot watch a capture");
	return rc;
}

static void
keep_packet(uint8_t *user, const struct pcap_pkthdr *h, const uint8_t *bytes)
{
	struct point *pt = (struct point *)(void *)user;

	pcap_dump((uint8_t *)pt->dumper, h, bytes);
	pt->stats.packets++;
	pt->stats.bytes += PACKET_HEADER_BYTES + h->caplen;
}

static void
note_counts(struct point *pt)
{
	struct pcap_stat st;

	if (pcap_stats(pt->live, &st) < 0)
		return;
	pt->stats.received = st.ps_recv - pt->before.ps_recv;
	pt->stats.dropped = st.ps_drop - pt->before.ps_drop;
	pt->stats.if_dropped = st.ps_ifdrop - pt->before.ps_ifdrop;
}

/* Its interface went away: what it saw stays, the others go on. */
static void
end_point(struct capture *c, struct point *pt)
{
	snprintf(pt->stats.error, sizeof(pt->stats.error), "%s", pcap_geterr(pt->live));
	note_counts(pt);
	epoll_ctl(c->epoll_fd, EPOLL_CTL_DEL, pt->fd, NULL);
	pt->fd = -1;
}

static int
read_point(struct capture *c, struct point *pt, struct err *e)
{
	int n;

	if (pt->fd < 0)
		return 0;
	n = pcap_dispatch(pt->live, -1, keep_packet, (uint8_t *)(void *)pt);
	if (n < 0)
		end_point(c, pt);
	if (ferror(pt->file))
		return err_sys(e, errno != 0 ? errno : EIO, "%s: cannot write", pt->plan->path);
	return 0;
}

/* What one of the threads that work side by side does: every point that nobody has taken yet. */
struct crew {
	struct capture *c;
	int (*work)(struct capture *c, struct point *pt, int key, struct err *e);
	atomic_size_t next;
	atomic_bool failed;
	pthread_mutex_t mutex; /* of what follows: the first that went wrong */
	int rc;
	struct err e;
};

static void *
crew_member(void *user)
{
	struct crew *crew = user;
	struct err e = {0};
	size_t i;

	while (!atomic_load(&crew->failed) &&
		(i = atomic_fetch_add(&crew->next, 1)) < crew->c->plan->points_len) {
		int rc = crew->work(crew->c, &crew->c->points[i], (int)i, &e);

		if (rc == 0)
			continue;
		pthread_mutex_lock(&crew->mutex);
		if (!atomic_exchange(&crew->failed, true)) {
			crew->rc = rc;
			crew->e = e;
		}
		pthread_mutex_unlock(&crew->mutex);
	}
	return NULL;
}

/* `work` on every point, side by side; where no thread is to be had, one after the other. Returns the first failure. */
static int
side_by_side(struct capture *c,
	int (*work)(struct capture *c, struct point *pt, int key, struct err *e), struct err *e)
{
	struct crew crew = {.c = c, .work = work, .mutex = PTHREAD_MUTEX_INITIALIZER};
	pthread_t threads[SIDE_BY_SIDE];
	size_t started = 0;

	while (started < SIDE_BY_SIDE && started + 1 < c->plan->points_len &&
		pthread_create(&threads[started], NULL, crew_member, &crew) == 0)
		started++;
	crew_member(&crew);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (crew.rc < 0 && e != NULL)
		*e = crew.e;
	return crew.rc;
}

int
capture_open(const struct capture_plan *p, struct capture **ret, struct err *e)
{
	struct capture *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL || (c->points = calloc(p->points_len, sizeof(*c->points))) == NULL)
		abort();
	c->plan = p;
	for (size_t i = 0; i < p->points_len; i++)
		c->points[i] = (struct point){.plan = &p->points[i], .fd = -1};
	c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	rc = c->epoll_fd < 0 ? err_sys(e, errno, "cannot open an epoll descriptor")
			     : openfiles_allow(FILES_PER_POINT * p->points_len, e);
	if (rc == 0)
		rc = fs_mkdirs(p->dir, e);
	if (rc == 0)
		rc = side_by_side(c, open_point, e);
	/*
	 * Opening many takes long, rings of the first may run full meanwhile: nobody was promised those
	 * packets. From here on they are read, and what is lost is counted.
	 */
	for (size_t i = 0; rc == 0 && i < p->points_len; i++) {
		rc = read_point(c, &c->points[i], e);
		pcap_stats(c->points[i].live, &c->points[i].before);
	}
	if (rc < 0) {
		capture_free(c);
		return rc;
	}
	*ret = c;
	return 0;
}

static int
flush_all(struct capture *c, struct err *e)
{
	for (size_t i = 0; i < c->plan->points_len; i++)
		if (fflush(c->points[i].file) != 0)
			return err_sys(e, errno, "%s: cannot write", c->points[i].plan->path);
	return 0;
}

static int
wait_and_read(struct capture *c, int stop_fd, int timeout_ms, struct err *e)
{
	struct epoll_event events[EVENTS];
	int rc = 0, n = epoll_wait(c->epoll_fd, events, EVENTS, timeout_ms);

	if (n < 0 && errno != EINTR)
		return err_sys(e, errno, "waiting for packets");
	for (int i = 0; i < n && rc == 0; i++) {
		if (events[i].data.fd >= 0) {
			rc = read_point(c, &c->points[events[i].data.fd], e);
		} else if (stopfd_asked(stop_fd) > 0 && !c->stopping) {
			c->stopping = true;
			c->drain_until = mono_add(mono_now(), DRAIN_MS * NS_PER_MS);
		}
	}
	return rc;
}

static int
loop(struct capture *c, int stop_fd, struct err *e)
{
	struct mono next_flush = mono_add(mono_now(), NS_PER_S);
	int rc = 0;

	while (rc == 0 && !(c->stopping && mono_left_ms(c->drain_until) == 0)) {
		struct mono until = c->stopping ? c->drain_until : next_flush;

		rc = wait_and_read(c, stop_fd, mono_left_ms(until), e);
		if (rc == 0 && mono_left_ms(next_flush) == 0) {
			next_flush = mono_add(mono_now(), NS_PER_S);
			rc = flush_all(c, e);
		}
	}
	/* one more pass over every ring: what the kernel handed over while others were read */
	for (size_t i = 0; i < c->plan->points_len && rc == 0; i++)
		rc = read_point(c, &c->points[i], e);
	return rc;
}

static int
close_file(struct point *pt, struct err *e)
{
	int rc = 0;

	if (pt->file == NULL)
		return 0;
	errno = 0;
	if (fflush(pt->file) != 0 || ferror(pt->file))
		rc = err_sys(e, errno != 0 ? errno : EIO, "%s: cannot write", pt->plan->path);
	if (pt->dumper != NULL)
		pcap_dump_close(pt->dumper);
	else
		fclose(pt->file);
	pt->dumper = NULL;
	pt->file = NULL;
	return rc;
}

int
capture_run(struct capture *c, int stop_fd, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = -1};
	int rc;

	if (epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, stop_fd, &ev) < 0)
		return err_sys(e, errno, "cannot watch the stop descriptor");
	rc = loop(c, stop_fd, e);
	for (size_t i = 0; i < c->plan->points_len; i++) {
		int closed;

		if (c->points[i].fd >= 0)
			note_counts(&c->points[i]);
		closed = close_file(&c->points[i], rc < 0 ? NULL : e);
		rc = rc < 0 ? rc : closed;
	}
	return rc;
}

const struct capture_point_stats *
capture_stats(const struct capture *c, size_t point)
{
	return &c->points[point].stats;
}

int
capture_stats_write(const struct capture *c, struct err *e)
{
	json_t *list = json_array(), *o;
	char *text;
	int rc;

	for (size_t i = 0; i < c->plan->points_len; i++) {
		const struct capture_point_stats *s = &c->points[i].stats;

		o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "file", c->plan->points[i].file,
			"received", (json_int_t)s->received, "dropped", (json_int_t)s->dropped,
			"if_dropped", (json_int_t)s->if_dropped, "packets", (json_int_t)s->packets,
			"bytes", (json_int_t)s->bytes);
		if (s->error[0] != '\0')
			json_object_set_new(o, "error", json_string(s->error));
		json_array_append_new(list, o);
	}
	o = json_pack("{s:s, s:o}", "schema", "catchment.capture-stats/1", "points", list);
	text = o == NULL ? NULL : json_dumps(o, JSON_INDENT(1));
	json_decref(o);
	if (text == NULL)
		return err_sys(e, ENOMEM, "%s", c->plan->stats_path);
	rc = fs_write(c->plan->stats_path, text, strlen(text), e);
	free(text);
	return rc;
}

static int
close_point(struct capture *c, struct point *pt, int key, struct err *e)
{
	(void)c;
	(void)key;
	(void)e;
	close_file(pt, NULL);
	if (pt->dead != NULL)
		pcap_close(pt->dead);
	if (pt->live != NULL)
		pcap_close(pt->live);
	return 0;
}

void
capture_free(struct capture *c)
{
	if (c == NULL)
		return;
	(void)side_by_side(c, close_point, NULL);
	if (c->epoll_fd >= 0)
		close(c->epoll_fd);
	free(c->points);
	free(c);
}
