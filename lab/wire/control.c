/*
 * control.c - the emulator's requests: change links all in one go, tell the figures.
 *
 * A change is checked as a whole before anything of it is done. Since the thread that forwards is
 * the one that changes, nothing is forwarded between its parts.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <jansson.h>

#include "lab/wire/inner.h"
#include "lib/hist_json.h"

/* What a set asks for; -1: leave it. */
struct change {
	size_t *links;
	size_t n;
	bool way[2];
	int blackhole;
	int carrier;
	int64_t delay_ns;
};

static json_t *refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static json_t *
refuse(const char *fmt, ...)
{
	char text[256];
	json_t *reply;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply = json_pack("{s:b, s:s}", "ok", 0, "error", text);
	if (reply == NULL) /* a name that was cut inside a character */
		reply = json_pack("{s:b, s:s}", "ok", 0, "error", "bad request");
	return reply;
}

static int
read_links(const struct wire *w, const json_t *list, struct change *c, json_t **ret_refusal)
{
	size_t n = json_array_size(list);

	if (n == 0) {
		*ret_refusal = refuse("links must be a list of names");
		return -EINVAL;
	}
	c->links = calloc(n, sizeof(*c->links));
	if (c->links == NULL)
		return -ENOMEM;
	for (c->n = 0; c->n < n; c->n++) {
		const char *name = json_string_value(json_array_get(list, c->n));
		size_t i = 0;

		while (name != NULL && i < w->links && strcmp(w->name[i], name) != 0)
			i++;
		if (name == NULL || i == w->links) {
			*ret_refusal = refuse("no link is named %.64s", name ? name : "(not text)");
			return -ENOENT;
		}
		c->links[c->n] = i;
	}
	return 0;
}

static int
read_way(const char *text, struct change *c)
{
	if (text == NULL)
		return -EINVAL;
	c->way[0] = strcmp(text, "both") == 0 || strcmp(text, "a2b") == 0;
	c->way[1] = strcmp(text, "both") == 0 || strcmp(text, "b2a") == 0;
	return c->way[0] || c->way[1] ? 0 : -EINVAL;
}

/* One key of a set. A bad value is a refusal. */
static json_t *
read_key(const char *key, const json_t *v, struct change *c)
{
	if (strcmp(key, "op") == 0 || strcmp(key, "links") == 0)
		return NULL;
	if (strcmp(key, "dir") == 0)
		return read_way(json_string_value(v), c) < 0
			? refuse("dir must be both, a2b or b2a")
			: NULL;
	if (strcmp(key, "blackhole") == 0 || strcmp(key, "carrier") == 0) {
		if (!json_is_boolean(v))
			return refuse("%s must be true or false", key);
		*(key[0] == 'b' ? &c->blackhole : &c->carrier) = json_is_true(v);
		return NULL;
	}
	if (strcmp(key, "delay_ns") == 0) {
		c->delay_ns = json_is_integer(v) ? json_integer_value(v) : -1;
		return c->delay_ns < 0 || c->delay_ns > WIRE_DELAY_MAX_NS
			? refuse("delay_ns must be a whole number, 0 to 60 s")
			: NULL;
	}
	return refuse("set has no key %.64s", key);
}

static void
change_link(struct wire *w, const struct change *c, size_t link)
{
	for (size_t i = 0; i < 2; i++) {
		struct wire_dir *d = &w->dirs[2 * link + i];

		if (c->carrier == 0)
			d->down_dropped_pkts += wire_flush(w, 2 * link + i);
		if (!c->way[i])
			continue;
		if (c->blackhole == 1)
			d->blackholed_pkts += wire_flush(w, 2 * link + i);
		if (c->blackhole >= 0)
			d->blackhole = c->blackhole;
		if (c->delay_ns >= 0)
			d->delay_ns = c->delay_ns;
	}
}

static json_t *
apply(struct wire *w, const struct change *c)
{
	struct wall before_wall = wall_now(), after_wall;
	struct mono before_mono = mono_now(), after_mono;
	const char *failed = NULL;
	json_t *reply;
	int rc = 0;

	for (size_t i = 0; i < c->n; i++)
		change_link(w, c, c->links[i]);
	for (size_t i = 0; i < 2 * c->n && c->carrier >= 0; i++) {
		int one = wire_tap_carrier(&w->taps[2 * c->links[i / 2] + (i & 1)], c->carrier);

		if (one < 0) {
			rc = one;
			failed = w->name[c->links[i / 2]];
		}
	}
	after_mono = mono_now();
	after_wall = wall_now();
	for (size_t i = 0; i < 2 * c->n && c->carrier >= 0; i++)
		wire_herald_announce(&w->herald, (uint32_t)(2 * c->links[i / 2] + (i & 1)));
	reply = rc == 0 ? json_pack("{s:b}", "ok", 1)
			: refuse("carrier of link %s: %s", failed, strerror(-rc));
	if (reply == NULL)
		return NULL;
	json_object_set_new(reply, "before_wall_ns", json_integer(before_wall.ns));
	json_object_set_new(reply, "after_wall_ns", json_integer(after_wall.ns));
	json_object_set_new(reply, "before_mono_ns", json_integer(before_mono.ns));
	json_object_set_new(reply, "after_mono_ns", json_integer(after_mono.ns));
	return reply;
}

static json_t *
set(struct wire *w, json_t *request)
{
	struct change c = {.way = {true, true}, .blackhole = -1, .carrier = -1, .delay_ns = -1};
	json_t *reply = NULL, *v;
	const char *key;

	json_object_foreach(request, key, v)
	{
		reply = read_key(key, v, &c);
		if (reply != NULL)
			return reply;
	}
	if (c.blackhole < 0 && c.carrier < 0 && c.delay_ns < 0)
		return refuse("set needs blackhole, carrier or delay_ns");
	if (c.carrier >= 0 && !(c.way[0] && c.way[1]))
		return refuse("carrier has no direction: both ends lose it");
	if (read_links(w, json_object_get(request, "links"), &c, &reply) == 0)
		reply = apply(w, &c);
	free(c.links);
	return reply;
}

static json_t *
dir_stats(const struct wire_dir *d)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "tx_pkts",
		(json_int_t)d->tx_pkts, "tx_bytes", (json_int_t)d->tx_bytes, "tx_dropped_pkts",
		(json_int_t)d->tx_dropped_pkts, "blackholed_pkts", (json_int_t)d->blackholed_pkts,
		"down_dropped_pkts", (json_int_t)d->down_dropped_pkts, "in_flight_pkts",
		(json_int_t)d->queue.len_pkts, "delay_ns", (json_int_t)d->delay_ns, "blackhole",
		d->blackhole);
}

static json_t *
stats(struct wire *w, const json_t *request)
{
	json_t *links = json_object();
	json_t *reply;

	for (size_t i = 0; links != NULL && i < w->links; i++) {
		json_t *link = json_pack("{s:b, s:o, s:o}", "carrier", w->taps[2 * i].carrier,
			"a2b", dir_stats(&w->dirs[2 * i]), "b2a", dir_stats(&w->dirs[2 * i + 1]));

		json_object_set_new(links, w->name[i], link);
	}
	reply = json_pack("{s:b, s:I, s:I, s:b, s:I, s:I, s:o, s:o}", "ok", 1, "since_wall_ns",
		(json_int_t)w->since.ns, "until_wall_ns", (json_int_t)wall_now().ns, "realtime",
		w->realtime, "cpu_us", (json_int_t)((wire_cpu_ns() - w->since_cpu_ns) / NS_PER_US),
		"spin_margin_ns", (json_int_t)w->wait.margin_ns, "lateness_us",
		hist_json_us(&w->lateness), "links", links);
	if (reply != NULL && json_is_true(json_object_get(request, "reset")))
		wire_stats_reset(w);
	return reply;
}

static json_t *
answer(struct wire *w, size_t len_bytes)
{
	json_error_t why;
	json_t *request = json_loadb(w->request, len_bytes, JSON_REJECT_DUPLICATES, &why);
	const char *op = json_string_value(json_object_get(request, "op"));
	json_t *reply;

	if (request == NULL)
		reply = refuse("not JSON: %.150s", why.text);
	else if (op != NULL && strcmp(op, "set") == 0)
		reply = set(w, request);
	else if (op != NULL && strcmp(op, "stats") == 0)
		reply = stats(w, request);
	else
		reply = refuse("op must be set or stats");
	json_decref(request);
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
	reply = len > WIRE_REQUEST_BYTES
		? refuse("a request has at most %d bytes", WIRE_REQUEST_BYTES)
		: answer(w, (size_t)len);
	if (reply != NULL)
		w->reply = json_dumps(reply, JSON_COMPACT);
	json_decref(reply);
	if (w->reply == NULL)
		w->reply = strdup("{\"ok\":false,\"error\":\"out of memory\"}");
	return w->reply != NULL ? send_reply(w, ctl_fd, e) : -ENOMEM;
}
