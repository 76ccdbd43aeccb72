/* look_log.c - what the services of a node said: their logs put together in the order of time. */
#include "lab/look_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lab/look_names.h"

enum { SERVICE_BYTES = 64, LIST_BYTES = 400, READ_BYTES = 65536 };

struct log_file {
	char service[SERVICE_BYTES];
	int fd;
	char *held; /* read, and not handed out */
	size_t held_len;
	struct wall last; /* time of the last line */
};

struct look_log {
	struct log_file *files; /* sorted by service */
	size_t files_len;
	int inotify;
};

/* A line that waits to be put in order. */
struct entry {
	struct wall at;
	size_t file, seq;
	char *text;
};

static int
fraction_ns(const char *s)
{
	int ns = 0, digits = 0;

	if (*s != '.')
		return 0;
	for (s++; *s >= '0' && *s <= '9' && digits < 9; s++, digits++)
		ns = ns * 10 + (*s - '0');
	for (; digits < 9; digits++)
		ns *= 10;
	return ns;
}

int
look_log_stamp(const char *line, struct wall *ret)
{
	static const char *const formats[] = {
		"%Y-%m-%dT%H:%M:%S",	/* Knot */
		"%Y-%m-%d %H:%M:%S",	/* BIRD */
		"%Y/%m/%d %H:%M:%S",	/* FRR */
		"%a %b %d %H:%M:%S %Y", /* keepalived */
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct tm tm = {0};
		const char *end = strptime(line, formats[i], &tm);

		if (end == NULL)
			continue;
		ret->ns = (int64_t)timegm(&tm) * NS_PER_S + fraction_ns(end);
		return 0;
	}
	return -ENOENT;
}

static int
by_service(const void *a, const void *b)
{
	const struct log_file *x = a, *y = b;

	return strcmp(x->service, y->service);
}

static int
add_file(struct look_log *l, int dir_fd, const char *name, size_t name_len)
{
	struct log_file *grown = realloc(l->files, (l->files_len + 1) * sizeof(*grown));
	struct log_file *f;

	if (grown == NULL)
		return -ENOMEM;
	l->files = grown;
	f = &grown[l->files_len];
	*f = (struct log_file){.fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC)};
	if (f->fd < 0)
		return errno == ENOENT ? 0 : -errno;
	snprintf(f->service, sizeof(f->service), "%.*s", (int)name_len, name);
	l->files_len++;
	return 0;
}

static int
scan(struct look_log *l, const char *dir, const char *service, struct err *e)
{
	char list[LIST_BYTES] = "";
	DIR *d = opendir(dir);
	struct dirent *entry;
	int rc = 0;

	if (d == NULL)
		return err_sys(e, errno, "%s", dir);
	while (rc == 0 && (entry = readdir(d)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 5 || len - 4 >= SERVICE_BYTES ||
			strcmp(entry->d_name + len - 4, ".log") != 0)
			continue;
		len -= 4;
		if (service == NULL ||
			(strlen(service) == len && strncmp(entry->d_name, service, len) == 0))
			rc = add_file(l, dirfd(d), entry->d_name, len);
		entry->d_name[len] = '\0';
		look_list_add(list, sizeof(list), entry->d_name);
	}
	closedir(d);
	if (rc < 0)
		return err_sys(e, -rc, "%s", dir);
	if (service != NULL && l->files_len == 0)
		return err_set(e, EINVAL, "no log of '%.64s' there; there are %s", service,
			list[0] != '\0' ? list : "none");
	qsort(l->files, l->files_len, sizeof(*l->files), by_service);
	return 0;
}

int
look_log_open(const char *dir, const char *service, struct look_log **ret, struct err *e)
{
	struct look_log *l = calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return err_set(e, ENOMEM, "out of memory");
	l->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (l->inotify >= 0)
		inotify_add_watch(l->inotify, dir, IN_MODIFY | IN_DELETE_SELF | IN_MOVE_SELF);
	rc = scan(l, dir, service, e);
	if (rc < 0)
		look_log_close(l);
	else
		*ret = l;
	return rc;
}

void
look_log_close(struct look_log *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->files_len; i++) {
		close(l->files[i].fd);
		free(l->files[i].held);
	}
	if (l->inotify >= 0)
		close(l->inotify);
	free(l->files);
	free(l);
}

size_t
look_log_services(const struct look_log *l)
{
	return l->files_len;
}

static int
read_more(struct log_file *f)
{
	for (;;) {
		char *grown = realloc(f->held, f->held_len + READ_BYTES + 1);
		ssize_t n;

		if (grown == NULL)
			return -ENOMEM;
		f->held = grown;
		n = read(f->fd, f->held + f->held_len, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		f->held_len += (size_t)n;
		f->held[f->held_len] = '\0';
		if (n == 0)
			return 0;
	}
}

static int
add_entry(struct entry **list, size_t *len, size_t *room, struct entry entry)
{
	if (*len == *room) {
		size_t more = *room == 0 ? 1024 : *room * 2;
		struct entry *grown = realloc(*list, more * sizeof(*grown));

		if (grown == NULL)
			return -ENOMEM;
		*list = grown;
		*room = more;
	}
	(*list)[(*len)++] = entry;
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->at.ns != y->at.ns)
		return x->at.ns < y->at.ns ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Whole lines of one file; what is left of it stays held. A clock set back does not reorder a file. */
static int
take_lines(struct look_log *l, size_t file, struct wall since, struct entry **list, size_t *len,
	size_t *room)
{
	struct log_file *f = &l->files[file];
	char *at = f->held, *end;
	int rc = 0;

	for (; rc == 0 && (end = memchr(at, '\n', f->held_len - (size_t)(at - f->held))) != NULL;
		at = end + 1) {
		struct wall own;

		*end = '\0';
		if (look_log_stamp(at, &own) == 0 && own.ns > f->last.ns)
			f->last = own;
		if (f->last.ns >= since.ns)
			rc = add_entry(list, len, room, (struct entry){f->last, file, *len, at});
	}
	return rc;
}

/* After the lines were handed out: only what follows the last newline stays. */
static void
drop_taken(struct log_file *f)
{
	size_t from = f->held_len;

	while (from > 0 && f->held[from - 1] != '\0' && f->held[from - 1] != '\n')
		from--;
	memmove(f->held, f->held + from, f->held_len - from + 1);
	f->held_len -= from;
}

int
look_log_read(struct look_log *l, struct wall since,
	void (*line)(void *arg, const char *service, const char *text), void *arg, struct err *e)
{
	struct entry *list = NULL;
	size_t len = 0, room = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->files_len; i++) {
		rc = read_more(&l->files[i]);
		if (rc == 0)
			rc = take_lines(l, i, since, &list, &len, &room);
	}
	if (len > 0)
		qsort(list, len, sizeof(*list), by_time);
	for (size_t i = 0; rc == 0 && i < len; i++)
		line(arg, l->files[list[i].file].service, list[i].text);
	for (size_t i = 0; rc == 0 && i < l->files_len; i++)
		drop_taken(&l->files[i]);
	free(list);
	return rc < 0 ? err_sys(e, -rc, "reading logs") : 0;
}

void
look_log_rest(struct look_log *l, void (*line)(void *arg, const char *service, const char *text),
	void *arg)
{
	for (size_t i = 0; i < l->files_len; i++)
		if (l->files[i].held_len > 0)
			line(arg, l->files[i].service, l->files[i].held);
}

int
look_log_wait(struct look_log *l, int timeout_ms)
{
	struct pollfd pfd = {.fd = l->inotify, .events = POLLIN};
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	int rc = poll(&pfd, 1, timeout_ms);
	ssize_t n;

	if (rc <= 0)
		return rc < 0 ? -errno : 0;
	while ((n = read(l->inotify, events, sizeof(events))) > 0) {
		const char *at = events;

		while (at < events + n) {
			const struct inotify_event *event = (const void *)at;

			if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0)
				return -ENOENT;
			at += sizeof(*event) + event->len;
		}
	}
	return 1;
}
