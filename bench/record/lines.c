/* lines.c - what services write to their logs, line by line, from now on. */
#include "bench/record/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mono.h"
#include "lib/utf8.h"

enum { CHUNK_BYTES = 65536, CHUNKS_PER_TURN = 4, EVENTS_BYTES = 16384 };

struct log {
	const struct record_plan_log *plan;
	int fd;		  /* -1: it is not there */
	int watch;	  /* -1: none */
	int folder;	  /* watch of its folder */
	const char *name; /* in that folder */
	off_t at;
	bool pending;
	bool cut; /* the line under way is longer than what is kept */
	size_t len;
	char text[LINES_TEXT_BYTES]; /* of the line under way */
};

struct lines {
	struct out *out;
	int inotify;
	struct log *logs;
	size_t logs_len;
	size_t pending;
	struct lines_stats stats;
	struct buf clean;
	char chunk[CHUNK_BYTES];
};

void
lines_clean(const char *bytes, size_t len, struct buf *to)
{
	while (len > 0) {
		size_t n = bytes[0] == '\0' ? 0 : utf8_decode(bytes, len, NULL);

		if (n == 0)
			buf_addf(to, "\\x%02X", (unsigned char)bytes[0]);
		else
			buf_add_len(to, bytes, n);
		n += n == 0;
		bytes += n;
		len -= n;
	}
}

static void
tell(struct lines *l, struct log *log, struct wall at)
{
	json_t *o;

	l->clean.len = 0;
	buf_add(&l->clean, "");
	lines_clean(log->text, log->len, &l->clean);
	o = l->clean.failed ? NULL
			    : json_pack("{s:I, s:s, s:s, s:s%}", "at", (json_int_t)at.ns, "node",
				      log->plan->node, "service", log->plan->service, "text",
				      l->clean.data, l->clean.len);
	if (log->cut && o != NULL) {
		json_object_set_new(o, "cut", json_true());
		l->stats.cut++;
	}
	l->stats.lines++;
	out_add(l->out, o);
	log->len = 0;
	log->cut = false;
}

static void
take(struct lines *l, struct log *log, const char *bytes, size_t len, struct wall at)
{
	while (len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t part = end == NULL ? len : (size_t)(end - bytes);
		size_t room = sizeof(log->text) - log->len, kept = part < room ? part : room;

		memcpy(log->text + log->len, bytes, kept);
		log->len += kept;
		log->cut = log->cut || kept < part;
		part += end != NULL;
		bytes += part;
		len -= part;
		if (end != NULL)
			tell(l, log, at);
	}
}

static void
set_pending(struct lines *l, struct log *log, bool pending)
{
	l->pending += pending;
	l->pending -= log->pending;
	log->pending = pending;
}

/* Up to so much of it that the others are not kept waiting. */
static int
read_log(struct lines *l, struct log *log, struct err *e)
{
	struct stat st;

	set_pending(l, log, false);
	if (log->fd < 0)
		return 0;
	if (fstat(log->fd, &st) == 0 && st.st_size < log->at) {
		log->at = st.st_size; /* somebody cut it */
		log->len = 0;
		log->cut = false;
	}
	for (int i = 0; i < CHUNKS_PER_TURN; i++) {
		ssize_t n = pread(log->fd, l->chunk, sizeof(l->chunk), log->at);

		if (n < 0 && errno != EINTR)
			return err_sys(e, errno, "%s", log->plan->path);
		if (n == 0)
			return 0;
		if (n > 0) {
			take(l, log, l->chunk, (size_t)n, wall_now());
			log->at += n;
			l->stats.bytes += (uint64_t)n;
		}
	}
	set_pending(l, log, true);
	return 0;
}

/* The file of this name, from its end or its beginning. One that is not there is waited for. */
static int
open_log(struct lines *l, struct log *log, int whence, struct err *e)
{
	log->fd = open(log->plan->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (log->fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, errno, "%s", log->plan->path);
	/* Watch first: what comes between this and the seeking is told of, what came before is not. */
	log->watch = inotify_add_watch(l->inotify, log->plan->path, IN_MODIFY);
	if (log->watch < 0)
		return err_sys(e, errno, "%s: cannot watch it", log->plan->path);
	log->at = lseek(log->fd, 0, whence);
	if (log->at < 0)
		return err_sys(e, errno, "%s", log->plan->path);
	return 0;
}

/* Another file has its name now: the old one to its end, then this one from its beginning. */
static int
reopen_log(struct lines *l, struct log *log, struct err *e)
{
	struct stat have, now;
	int rc;

	if (log->fd >= 0) {
		if (stat(log->plan->path, &now) < 0 || fstat(log->fd, &have) < 0 ||
			(now.st_ino == have.st_ino && now.st_dev == have.st_dev))
			return 0;
		do
			rc = read_log(l, log, e);
		while (rc == 0 && log->pending);
		if (rc < 0)
			return rc;
		inotify_rm_watch(l->inotify, log->watch);
		close(log->fd);
	}
	rc = open_log(l, log, SEEK_SET, e);
	return rc < 0 ? rc : read_log(l, log, e);
}

static int
heed(struct lines *l, const struct inotify_event *ev, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->logs_len; i++) {
		struct log *log = &l->logs[i];

		if ((ev->mask & IN_Q_OVERFLOW) != 0 || (log->fd >= 0 && ev->wd == log->watch))
			set_pending(l, log, true);
		if ((ev->mask & IN_Q_OVERFLOW) != 0 ||
			(ev->wd == log->folder && ev->len > 0 && strcmp(ev->name, log->name) == 0))
			rc = reopen_log(l, log, e);
	}
	return rc;
}

int
lines_read(struct lines *l, struct err *e)
{
	_Alignas(struct inotify_event) char events[EVENTS_BYTES];
	ssize_t n = read(l->inotify, events, sizeof(events));
	int rc = 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return err_sys(e, errno, "inotify");
	for (ssize_t at = 0; rc == 0 && at < n;) {
		const struct inotify_event *ev =
			(const struct inotify_event *)(const void *)(events + at);

		rc = heed(l, ev, e);
		at += (ssize_t)(sizeof(*ev) + ev->len);
	}
	for (size_t i = 0; rc == 0 && l->pending > 0 && i < l->logs_len; i++)
		if (l->logs[i].pending)
			rc = read_log(l, &l->logs[i], e);
	return rc;
}

bool
lines_pending(const struct lines *l)
{
	return l->pending > 0;
}

void
lines_finish(struct lines *l)
{
	struct wall now = wall_now();

	for (size_t i = 0; i < l->logs_len; i++)
		if (l->logs[i].len > 0) {
			l->logs[i].cut = true;
			tell(l, &l->logs[i], now);
		}
}

static int
begin_log(struct lines *l, struct log *log, struct err *e)
{
	const char *slash = strrchr(log->plan->path, '/');
	char *folder = slash == NULL
		? strdup(".")
		: strndup(log->plan->path, (size_t)(slash - log->plan->path) + 1);
	int rc;

	if (folder == NULL)
		abort();
	log->name = slash == NULL ? log->plan->path : slash + 1;
	log->folder = inotify_add_watch(l->inotify, folder, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	rc = log->folder < 0 ? err_sys(e, errno, "%s: cannot watch it", folder) : 0;
	free(folder);
	if (rc == 0)
		rc = open_log(l, log, SEEK_END, e);
	l->stats.absent += log->fd < 0;
	return rc;
}

int
lines_open(const struct record_plan *p, struct out *o, int epoll_fd, uint64_t key,
	struct lines **ret, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = key};
	struct lines *l = calloc(1, sizeof(*l));
	int rc = 0;

	if (l == NULL || (l->logs = calloc(p->logs_len + 1, sizeof(*l->logs))) == NULL)
		abort();
	l->out = o;
	l->logs_len = p->logs_len;
	for (size_t i = 0; i < l->logs_len; i++) {
		l->logs[i].plan = &p->logs[i];
		l->logs[i].fd = l->logs[i].watch = -1;
	}
	l->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (l->inotify < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, l->inotify, &ev) < 0)
		rc = err_sys(e, errno, "cannot open an inotify descriptor");
	for (size_t i = 0; rc == 0 && i < l->logs_len; i++)
		rc = begin_log(l, &l->logs[i], e);
	if (rc < 0) {
		lines_free(l);
		return rc;
	}
	*ret = l;
	return 0;
}

const struct lines_stats *
lines_stats(const struct lines *l)
{
	return &l->stats;
}

void
lines_free(struct lines *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->logs_len; i++)
		if (l->logs[i].fd >= 0)
			close(l->logs[i].fd);
	if (l->inotify >= 0)
		close(l->inotify);
	buf_done(&l->clean);
	free(l->logs);
	free(l);
}
