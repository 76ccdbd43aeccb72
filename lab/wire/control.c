/*
 * control.c - the emulator's requests are answered: change links all in one go, tell figures and changes.
 *
 * A change is checked as a whole before anything of it is done. Since the thread that forwards is
 * the one that changes, nothing is forwarded between its parts. While it answers it does not
 * forward either, so no reply is long: figures and changes are told by the page.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <jansson.h>

#include "lab/wire/inner.h"
#include "lib/hist_json.h"

enum { CHANGES_BYTES = 48 << 10 }; /* a page of changes ends behind so many bytes of names */

static json_t *
refuse(const char *text)
{
	json_t *reply = json_pack("{s:b, s:s}", "ok", 0, "error", text);

	if (reply == NULL) /* a name that was cut inside a character */
		reply = json_pack("{s:b, s:s}", "ok", 0, "error", "bad request");
	return reply;
}

static void
put_whole(json_t *to, const char *key, int64_t value)
{
	json_object_set_new(to, key, json_integer(value));
}

/* The knobs of `mask`. */
static void
put_knobs(json_t *to, const struct wire_impair *m, uint32_t mask)
{
	for (int k = 0; k < WIRE_KNOBS; k++) {
		double v = wire_knob_get(m, (enum wire_knob)k);
		json_t *j = NULL;

		if (!(mask & (1U << k)))
			continue;
		switch (wire_knobs[k].kind) {
		case WIRE_KNOB_WHOLE:
			j = json_integer((json_int_t)v);
			break;
		case WIRE_KNOB_REAL:
			j = json_real(v);
			break;
		case WIRE_KNOB_FLAG:
		case WIRE_KNOB_NOT:
			j = json_boolean((v > 0) == (wire_knobs[k].kind == WIRE_KNOB_FLAG));
			break;
		}
		json_object_set_new(to, wire_knobs[k].key, j);
	}
}

static void
put_bracket(json_t *to, const struct wire_bracket *b, const struct wire_notice *notice)
{
	struct wall announced;

	put_whole(to, "before_wall_ns", b->before_wall.ns);
	put_whole(to, "after_wall_ns", b->after_wall.ns);
	put_whole(to, "before_mono_ns", b->before_mono.ns);
	put_whole(to, "after_mono_ns", b->after_mono.ns);
	if (notice != NULL && wire_notice_done(notice, &announced))
		put_whole(to, "announced_wall_ns", announced.ns);
}

static json_t *
do_set(struct wire *w, struct wire_set *s)
{
	const struct wire_change *c;
	json_t *reply;
	struct err e;
	int rc = wire_change_do(w, s, &c, &e);

	if (rc < 0 && rc != -EIO)
		return refuse(e.text);
	reply = rc == 0 ? json_pack("{s:b}", "ok", 1) : refuse(e.text);
	put_whole(reply, "id", (json_int_t)c->id);
	put_bracket(reply, &c->begin, NULL);
	return reply;
}

/* What a direction does and did; knobs that do nothing are left out, except the two oldest. */
static json_t *
dir_stats(const struct wire_dir *d)
{
	uint32_t mask = 1U << WIRE_DELAY | 1U << WIRE_BLACKHOLE;
	json_t *j = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "tx_pkts",
		(json_int_t)d->tx_pkts, "tx_bytes", (json_int_t)d->tx_bytes, "tx_dropped_pkts",
		(json_int_t)d->tx_dropped_pkts, "blackholed_pkts", (json_int_t)d->blackholed_pkts,
		"down_dropped_pkts", (json_int_t)d->down_dropped_pkts, "lost_pkts",
		(json_int_t)d->lost_pkts, "queue_dropped_pkts", (json_int_t)d->queue_dropped_pkts,
		"duplicated_pkts", (json_int_t)d->duplicated_pkts, "corrupted_pkts",
		(json_int_t)d->corrupted_pkts, "in_flight_pkts", (json_int_t)d->queue.len_pkts);

	for (int k = 0; k < WIRE_DOWN; k++)
		if (wire_knob_get(&d->impair, (enum wire_knob)k) > 0)
			mask |= 1U << k;
	put_knobs(j, &d->impair, mask);
	return j;
}

/* Does it differ from what it began with? */
static bool
is_changed(const struct wire_dir *d)
{
	for (int k = 0; k < WIRE_KNOBS; k++)
		if (wire_knob_get(&d->impair, (enum wire_knob)k) <
				wire_knob_get(&d->home, (enum wire_knob)k) ||
			wire_knob_get(&d->impair, (enum wire_knob)k) >
				wire_knob_get(&d->home, (enum wire_knob)k))
			return true;
	return false;
}

static json_t *
do_stats(struct wire *w, const struct wire_request *r)
{
	json_t *links = json_object(), *reply;
	size_t i = r->from, end = r->from < w->links ? r->from + r->max : r->from;

	for (; i < end && i < w->links; i++) {
		const struct wire_dir *d = &w->dirs[2 * i];
		json_t *link = json_pack("{s:b, s:b, s:o, s:o}", "carrier", !d->impair.down,
			"changed", is_changed(&d[0]) || is_changed(&d[1]), "a2b", dir_stats(&d[0]),
			"b2a", dir_stats(&d[1]));

		json_object_set_new(links, w->names.name[i], link);
		if (r->reset)
			wire_link_reset(w, i);
	}
	reply = json_pack("{s:b, s:I, s:I, s:b, s:I, s:I, s:o, s:o, s:I}", "ok", 1, "since_wall_ns",
		(json_int_t)w->since.ns, "until_wall_ns", (json_int_t)wall_now().ns, "realtime",
		w->realtime, "cpu_us", (json_int_t)((wire_cpu_ns() - w->since_cpu_ns) / NS_PER_US),
		"spin_margin_ns", (json_int_t)w->wait.margin_ns, "lateness_us",
		hist_json_us(&w->lateness), "links", links, "links_total", (json_int_t)w->links);
	if (i < w->links)
		put_whole(reply, "next", (json_int_t)i);
	if (r->reset && r->from == 0)
		wire_figures_reset(w);
	return reply;
}

/* Links of a change: names where both directions or all the same one are meant. */
static json_t *
change_links(const struct wire *w, const struct wire_set *s, const char **ret_way)
{
	json_t *links = json_array();
	bool both = wire_set_both(s);
	size_t back = 0;

	for (size_t i = 0; i < s->n; i++)
		back += s->dirs[i] & 1;
	*ret_way = both ? "both" : back == 0 ? "a2b" : back == s->n ? "b2a" : "mixed";
	for (size_t i = 0; i < s->n; i += both ? 2 : 1) {
		const char *name = w->names.name[s->dirs[i] / 2];

		json_array_append_new(links,
			both || back == 0 || back == s->n
				? json_string(name)
				: json_pack("{s:s, s:s}", "link", name, "dir",
					  s->dirs[i] & 1 ? "b2a" : "a2b"));
	}
	return links;
}

static json_t *
change_json(const struct wire *w, const struct wire_change *c)
{
	const struct wire_set *s = &c->what;
	json_t *links, *j, *begin = json_object(), *end, *knobs = json_object();
	const char *way;

	links = change_links(w, s, &way);
	put_bracket(begin, &c->begin, &c->notice[0]);
	if (!s->reset)
		put_knobs(knobs, &s->value, s->mask);
	j = json_pack("{s:I, s:o, s:s, s:b, s:o, s:o}", "id", (json_int_t)c->id, "links", links,
		"dir", way, "reset", s->reset, "set", knobs, "begin", begin);
	if (c->timed)
		put_whole(j, "for_ns", s->for_ns);
	if (c->ended) {
		end = json_object();
		put_bracket(end, &c->end, &c->notice[1]);
		json_object_set_new(j, "end", end);
	}
	if (c->ended_by != 0)
		put_whole(j, "ended_by", (json_int_t)c->ended_by);
	return j;
}

static json_t *
do_changes(const struct wire *w, uint64_t since)
{
	uint64_t oldest = w->changes_len > WIRE_CHANGES ? w->changes_len - WIRE_CHANGES + 1 : 1;
	uint64_t id = since > oldest ? since : oldest;
	json_t *list = json_array(), *reply;
	size_t bytes = 0;

	for (; id <= w->changes_len && bytes < CHANGES_BYTES; id++) {
		const struct wire_change *c = wire_change_find(w, id);

		bytes += 600 + c->what.n * (WIRE_NAME_BYTES + 4);
		if (json_array_size(list) > 0 && bytes > CHANGES_BYTES)
			break;
		json_array_append_new(list, change_json(w, c));
	}
	reply = json_pack("{s:b, s:o, s:I, s:b}", "ok", 1, "changes", list, "next", (json_int_t)id,
		"more", id <= w->changes_len);
	return reply;
}

static json_t *
answer(struct wire *w, size_t len_bytes)
{
	struct wire_request r;
	json_t *reply = NULL;
	struct err e;

	if (len_bytes > WIRE_REQUEST_BYTES)
		return refuse("a request has at most 65536 bytes");
	if (wire_request_read(w->request, len_bytes, &w->names, &r, &e) < 0)
		return refuse(e.text);
	switch (r.op) {
	case WIRE_OP_SET:
		reply = do_set(w, &r.set);
		break;
	case WIRE_OP_STATS:
		reply = do_stats(w, &r);
		break;
	case WIRE_OP_CHANGES:
		reply = do_changes(w, r.since);
		break;
	}
	wire_request_done(&r);
	return reply;
}

/* Send w->reply. While the other side does not take it, no further request is read. */
static int
send_reply(struct wire *w, int ctl_fd, struct err *e)
{
	bool full = false;

	if (send(ctl_fd, w->reply, strlen(w->reply), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno == EMSGSIZE && strlen(w->reply) > 256) {
			free(w->reply);
			w->reply = strdup("{\"ok\":false,\"error\":\"the reply is too long\"}");
			return w->reply != NULL ? send_reply(w, ctl_fd, e) : -ENOMEM;
		}
		full = errno == EAGAIN || errno == EINTR || errno == ENOBUFS;
		if (errno == EPIPE || errno == ECONNRESET)
			w->ended = true;
		else if (!full)
			return err_sys(e, errno, "cannot answer on the control socket");
	}
	if (!full) {
		free(w->reply);
		w->reply = NULL;
	}
	return wire_wait_change(
		&w->wait, ctl_fd, WIRE_CTL_ID, full ? EPOLLOUT : EPOLLIN | EPOLLRDHUP);
}

int
wire_control(struct wire *w, int ctl_fd, uint32_t events, struct err *e)
{
	json_t *reply;
	ssize_t len;

	if (w->reply != NULL)
		return send_reply(w, ctl_fd, e);
	len = recv(ctl_fd, w->request, WIRE_REQUEST_BYTES + 1, MSG_DONTWAIT | MSG_TRUNC);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (len < 0 && errno != ECONNRESET)
		return err_sys(e, errno, "cannot read the control socket");
	if (len < 0 || (len == 0 && (events & (EPOLLHUP | EPOLLRDHUP)) != 0)) {
		w->ended = true;
		return 0;
	}
	reply = answer(w, (size_t)len);
	if (reply != NULL)
		w->reply = json_dumps(reply, JSON_COMPACT);
	json_decref(reply);
	if (w->reply == NULL)
		w->reply = strdup("{\"ok\":false,\"error\":\"out of memory\"}");
	return w->reply != NULL ? send_reply(w, ctl_fd, e) : -ENOMEM;
}
