/* tcp_home.c - TCP sockets opened in the streams' namespaces, one query at a time, and the way back home. */
#include "probes/tcp_home.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Streams of a node name the same namespace, and mostly stand together. */
static int
open_one(struct tcp_home *h, const struct plan *p, uint32_t stream, struct err *e)
{
	const struct plan_stream *s = &p->streams[stream];
	int fd;

	for (uint32_t i = stream; i-- > 0;)
		if (h->of[i] >= 0 && strcmp(p->streams[i].netns, s->netns) == 0) {
			h->of[stream] = h->of[i];
			return 0;
		}
	fd = open(s->netns, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "stream %u (%s): cannot enter network namespace %s",
			stream, s->node, s->netns);
	h->of[stream] = (int32_t)h->fds_len;
	h->fds[h->fds_len++] = fd;
	return 0;
}

int
tcp_home_open(const struct plan *p, struct tcp_home *ret, struct err *e)
{
	struct tcp_home h = {.own_fd = -1};
	int rc = 0;

	h.fds = calloc(p->streams_len, sizeof(h.fds[0]));
	h.of = calloc(p->streams_len, sizeof(h.of[0]));
	if (h.fds == NULL || h.of == NULL)
		abort();
	for (uint32_t i = 0; i < p->streams_len; i++)
		h.of[i] = -1;
	for (uint32_t i = 0; i < p->streams_len && rc == 0; i++)
		if (p->streams[i].transport != PLAN_UDP && p->streams[i].netns[0] != '\0')
			rc = open_one(&h, p, i, e);
	if (rc == 0 && h.fds_len > 0) {
		h.own_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		if (h.own_fd < 0)
			rc = err_sys(e, errno, "cannot open our own network namespace");
	}
	if (rc < 0) {
		tcp_home_close(&h);
		return rc;
	}
	*ret = h;
	return 0;
}

void
tcp_home_close(struct tcp_home *h)
{
	for (size_t i = 0; i < h->fds_len; i++)
		close(h->fds[i]);
	if (h->fds_len > 0 && h->own_fd >= 0)
		close(h->own_fd);
	free(h->fds);
	free(h->of);
	*h = (struct tcp_home){.own_fd = -1};
}

int
tcp_home_socket(struct tcp_home *h, uint32_t stream, int family)
{
	int fd, rc;

	if (h->lost)
		return -ENOTRECOVERABLE;
	if (h->of[stream] >= 0 && setns(h->fds[h->of[stream]], CLONE_NEWNET) < 0)
		return -errno;
	fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	rc = fd < 0 ? -errno : fd;
	if (h->of[stream] >= 0 && setns(h->own_fd, CLONE_NEWNET) < 0)
		h->lost = true;
	return rc;
}
