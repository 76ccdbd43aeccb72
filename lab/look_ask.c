/* look_ask.c - what a client sees: now and then one DNS query from each city's access network. */
#include "lab/look_ask.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/dns.h"
#include "lib/netns.h"
#include "lib/rng.h"

enum {
	PATIENCE_MS = 1000,
	DNS_PORT = 53,
	UDP_BYTES = 1232,
	SOURCE_HOST = 10, /* the first probe's: its way is the one that the survey follows */
	SEQ_DIGITS = 8,
};

struct line {
	int fd;
	struct sockaddr_storage target;
	socklen_t target_len;
	bool pending;
	uint16_t id;
	uint32_t seq;
	struct mono since;
	struct wall sent;
	struct look_reply reply;
};

struct look_asker {
	const char *answer;
	char name[256]; /* "w00000000-TAG.ZONE" */
	uint8_t query[DNS_QUERY_MAX_BYTES];
	int query_bytes;
	uint32_t seq;
	struct rng rng;
	size_t lines_len;
	struct line *lines;
	struct pollfd *fds;
};

const char *
look_answer_name(enum look_answer answer)
{
	static const char *const names[LOOK_ANSWERS] = {
		"-", "good", "no answer", "unreachable", "no route", "bad answer"};

	return answer < LOOK_ANSWERS ? names[answer] : "?";
}

static int
open_socket(const struct inet *source)
{
	bool v6 = source->family == AF_INET6;
	struct sockaddr_storage from;
	socklen_t from_len = inet_sockaddr(source, 0, &from);
	int fd = socket(source->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, code;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_FREEBIND : IP_FREEBIND, &on,
		    sizeof(on)) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) == 0 &&
		bind(fd, (const struct sockaddr *)&from, from_len) == 0)
		return fd;
	code = errno;
	close(fd);
	return -code;
}

/* The sockets of one city, one per service address. */
static int
open_city(struct lab *lab, struct look_asker *a, size_t access, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	const struct topo_node *node = &t->nodes[access];
	char path[64];
	int home, rc, back;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)lab_node_pid(lab, access));
	rc = netns_enter(path, &home, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < t->anycast_addrs_len; i++) {
		struct line *line = &a->lines[a->lines_len++];
		struct inet source = {0};

		line->fd = -1;
		for (size_t k = 0; k < node->local_len; k++)
			if (node->local[k].family == t->anycast_addrs[i].family)
				inet_host(&node->local[k], SOURCE_HOST, &source);
		if (source.family == 0)
			continue;
		line->target_len = inet_sockaddr(&t->anycast_addrs[i], DNS_PORT, &line->target);
		line->fd = open_socket(&source);
		if (line->fd < 0)
			rc = err_sys(e, -line->fd, "a socket to ask from in %s", node->name);
	}
	back = netns_leave(home, rc < 0 ? NULL : e);
	return rc < 0 ? rc : back;
}

static int
write_query(struct look_asker *a, const char *zone, struct err *e)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "%08x", (unsigned int)rng_u64(&a->rng));
	snprintf(a->name, sizeof(a->name), "w%0*u-%s.%s", SEQ_DIGITS, 0, tag, zone);
	a->query_bytes = dns_query_write(a->name, DNS_TYPE_TXT, UDP_BYTES, a->query);
	return a->query_bytes < 0 ? err_set(e, EINVAL, "no query can be made for zone %s", zone)
				  : 0;
}

int
look_asker_new(struct lab *lab, struct look_asker **ret, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	size_t room = t->cities_len * t->anycast_addrs_len + 1;
	struct look_asker *a = calloc(1, sizeof(*a));
	int rc = 0;

	if (a == NULL)
		return err_set(e, ENOMEM, "out of memory");
	a->lines = calloc(room, sizeof(*a->lines));
	a->fds = calloc(room, sizeof(*a->fds));
	a->answer = t->answer;
	/* Names that nobody asked before: the instant is the seed. */
	rng_init(&a->rng, (uint64_t)wall_now().ns);
	if (a->lines == NULL || a->fds == NULL)
		rc = err_set(e, ENOMEM, "out of memory");
	if (rc == 0)
		rc = write_query(a, t->zone, e);
	for (size_t c = 0; rc == 0 && c < t->cities_len; c++) {
		int access = topology_access(t, c);

		if (access >= 0)
			rc = open_city(lab, a, (size_t)access, e);
	}
	if (rc < 0)
		look_asker_free(a);
	else
		*ret = a;
	return rc;
}

void
look_asker_free(struct look_asker *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->lines_len; i++)
		if (a->lines[i].fd >= 0)
			close(a->lines[i].fd);
	free(a->lines);
	free(a->fds);
	free(a);
}

static void
finish(struct line *l, struct look_reply reply)
{
	l->pending = false;
	l->reply = reply;
}

/*
 * Connected, so that an ICMP error is handed to us and only the service's own answers are; each
 * time anew, since without a route it fails. The first error of a send may be an earlier query's.
 */
static int
send_query(struct look_asker *a, struct line *l)
{
	if (connect(l->fd, (const struct sockaddr *)&l->target, l->target_len) < 0)
		return -errno;
	for (int again = 0; send(l->fd, a->query, (size_t)a->query_bytes, 0) < 0; again++)
		if (again > 0 || (errno != ECONNREFUSED && errno != EHOSTUNREACH))
			return -errno;
	return 0;
}

void
look_asker_send(struct look_asker *a)
{
	for (size_t i = 0; i < a->lines_len; i++) {
		struct line *l = &a->lines[i];

		if (l->fd < 0 || l->pending)
			continue;
		l->id = (uint16_t)rng_u64(&a->rng);
		l->seq = ++a->seq;
		dns_set_id(a->query, l->id);
		dns_patch_digits(a->query + DNS_HEADER_BYTES + 2, SEQ_DIGITS, l->seq);
		l->since = mono_now();
		l->sent = wall_now();
		l->pending = true;
		if (send_query(a, l) < 0)
			finish(l, (struct look_reply){.answer = LOOK_UNSENT});
	}
}

static bool
is_ours(const struct look_asker *a, const struct line *l, const struct dns_msg *m)
{
	char name[sizeof(a->name)];

	snprintf(name, sizeof(name), "w%0*u%s", SEQ_DIGITS, l->seq, a->name + 1 + SEQ_DIGITS);
	return (m->flags & DNS_QR) != 0 && m->id == l->id && strcmp(m->qname, name) == 0;
}

static void
take(struct look_asker *a, struct line *l, const uint8_t *wire, size_t len, struct wall at)
{
	struct look_reply r = {.answer = LOOK_BAD, .rtt_ns = wall_diff_ns(at, l->sent)};
	struct dns_msg m;
	size_t n;

	if (dns_read(wire, len, &m) < 0 || !is_ours(a, l, &m))
		return;
	r.rcode = m.rcode;
	if (m.rcode == DNS_NOERROR && m.txt != NULL &&
		dns_txt_is(m.txt, m.txt_len_bytes, a->answer))
		r.answer = LOOK_GOOD;
	n = m.nsid_len_bytes < sizeof(r.nsid) ? m.nsid_len_bytes : sizeof(r.nsid) - 1;
	for (size_t i = 0; m.nsid != NULL && i < n; i++)
		r.nsid[i] = m.nsid[i] > ' ' && m.nsid[i] < 0x7f ? (char)m.nsid[i] : '?';
	finish(l, r);
}

static void
read_line(struct look_asker *a, struct line *l)
{
	uint8_t wire[4096];
	union {
		struct cmsghdr align;
		char bytes[256];
	} control;

	while (l->pending) {
		struct iovec iov = {wire, sizeof(wire)};
		struct msghdr h = {.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control)};
		struct wall at = wall_now();
		ssize_t n = recvmsg(l->fd, &h, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (errno != EAGAIN)
				finish(l, (struct look_reply){.answer = LOOK_UNREACHABLE});
			return;
		}
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c != NULL; c = CMSG_NXTHDR(&h, c))
			if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
				struct timespec ts;

				memcpy(&ts, CMSG_DATA(c), sizeof(ts));
				at.ns = ts.tv_sec * NS_PER_S + ts.tv_nsec;
			}
		take(a, l, wire, (size_t)n, at);
	}
}

void
look_asker_gather(struct look_asker *a, struct mono deadline)
{
	for (;;) {
		struct mono until = deadline;
		size_t pending = 0;

		for (size_t i = 0; i < a->lines_len; i++) {
			struct line *l = &a->lines[i];
			struct mono end = mono_add(l->since, PATIENCE_MS * NS_PER_MS);

			if (l->pending)
				read_line(a, l);
			if (l->pending && mono_left_ms(end) == 0)
				finish(l, (struct look_reply){.answer = LOOK_SILENT});
			a->fds[i] =
				(struct pollfd){.fd = l->pending ? l->fd : -1, .events = POLLIN};
			pending += l->pending;
			if (l->pending && mono_diff_ns(end, until) < 0)
				until = end;
		}
		if (pending == 0 || mono_left_ms(deadline) == 0)
			return;
		/* A signal ends the wait: whoever asked wants to know of it. */
		if (poll(a->fds, a->lines_len, mono_left_ms(until)) < 0)
			return;
	}
}

const struct look_reply *
look_asker_reply(const struct look_asker *a, size_t path)
{
	return &a->lines[path].reply;
}

size_t
look_asker_paths(const struct look_asker *a)
{
	return a->lines_len;
}
