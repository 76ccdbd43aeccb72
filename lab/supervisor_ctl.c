/*
 * supervisor_ctl.c - what a lab's control socket understands.
 *
 * One JSON text per message, one reply per request: {"ok": true, ...} or {"ok": false, "error": ...}.
 *
 *      {"op": "status"}                                    nodes, services, their states
 *      {"op": "events", "since": N}                        services started, ready, exited; "next"
 *      {"op": "signal", "node": , "service": , "signal": } a signal number to a running service
 *      {"op": "throttle", "node": , "service": , "share": } of a processor at most, until SIGCONT or SIGSTOP
 *      {"op": "start", "node": , "service": }              start one that is not running
 *      {"op": "wire", "request": {...}}                    handed to the link emulator, lab/wire/wire.h
 *      {"op": "down"}                                      end the lab
 *
 * A reply to signal, throttle and start brackets its instant with before_/after_ wall_ns and mono_ns.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/supervisor_internal.h"

enum { WIRE_REPLY_MS = 2000 };

static const char *const state_names[] = {"waiting", "starting", "ready", "exited"};

static json_t *
refuse(const char *error)
{
	return json_pack("{s:b, s:s}", "ok", 0, "error", error);
}

static json_t *
refuse_service(const struct topology *t, const char *name)
{
	int service = topology_service(t, name);
	char text[200];

	if (service < 0 || !t->services[service].left_out)
		return refuse("the node has no such service");
	snprintf(text, sizeof(text), "%s is left out: the root file system has no %s", name,
		t->services[service].run.argv[0]);
	return refuse(text);
}

static json_t *
describe_service(const struct supervisor *s, size_t node, size_t index)
{
	const struct service *service = &s->nodes[node].services[index];
	json_t *j = json_pack("{s:s, s:s}", "name", supervisor_service(s, node, index)->name,
		"state", state_names[service->state]);

	if (service->pidfd >= 0)
		json_object_set_new(j, "pid", json_integer(service->pid));
	if (service->state == SERVICE_EXITED) {
		bool signalled = WIFSIGNALED(service->status);

		json_object_set_new(j, signalled ? "signal" : "status",
			json_integer(signalled ? WTERMSIG(service->status)
					       : WEXITSTATUS(service->status)));
		json_object_set_new(j, "asked_for", json_boolean(service->by_request));
	}
	return j;
}

static json_t *
do_status(const struct supervisor *s)
{
	const struct topology *t = s->plan->topology;
	json_t *nodes = json_array();

	for (size_t i = 0; i < t->nodes_len; i++) {
		json_t *services = json_array();

		for (size_t k = 0; k < t->roles[t->nodes[i].role].services_len; k++)
			json_array_append_new(services, describe_service(s, i, k));
		json_array_append_new(nodes,
			json_pack("{s:s, s:i, s:o}", "name", t->nodes[i].name, "pid",
				(int)s->nodes[i].pid, "services", services));
	}
	return json_pack("{s:b, s:b, s:o}", "ok", 1, "up", s->up, "nodes", nodes);
}

static json_t *
do_events(const struct supervisor *s, json_t *request)
{
	json_int_t since = json_integer_value(json_object_get(request, "since"));
	size_t from = since < 0 ? 0 : (size_t)since;
	json_t *list = json_array();

	if (s->events_len > SUPERVISOR_EVENTS && from < s->events_len - SUPERVISOR_EVENTS)
		from = s->events_len - SUPERVISOR_EVENTS;
	/* At most what fits a message; the reader comes again from `next`. */
	for (; from < s->events_len && json_array_size(list) < 256; from++) {
		const struct event *ev = &s->events[from % SUPERVISOR_EVENTS];

		json_array_append_new(list,
			json_pack("{s:I, s:I, s:s, s:s, s:s, s:i}", "wall_ns",
				(json_int_t)ev->wall.ns, "mono_ns", (json_int_t)ev->mono.ns, "node",
				s->plan->topology->nodes[ev->node].name, "service",
				supervisor_service(s, ev->node, ev->service)->name, "state",
				state_names[ev->state], "status", ev->status));
	}
	return json_pack("{s:b, s:o, s:I}", "ok", 1, "events", list, "next", (json_int_t)from);
}

static void
put_instants(json_t *reply, const char *side, struct wall wall, struct mono mono)
{
	char key[32];

	snprintf(key, sizeof(key), "%s_wall_ns", side);
	json_object_set_new(reply, key, json_integer(wall.ns));
	snprintf(key, sizeof(key), "%s_mono_ns", side);
	json_object_set_new(reply, key, json_integer(mono.ns));
}

static json_t *
do_signal(struct service *service, int signal)
{
	json_t *reply;
	struct wall wall[2];
	struct mono mono[2];
	long rc;

	if (service->pidfd < 0)
		return refuse("the service is not running");
	/* What says how it is to run ends what says how much. */
	if (signal == SIGCONT || signal == SIGSTOP) {
		throttle_end(service->throttle);
		service->throttle = NULL;
	}
	service->by_request = true;
	wall[0] = wall_now();
	mono[0] = mono_now();
	rc = syscall(SYS_pidfd_send_signal, service->pidfd, signal, NULL, 0);
	mono[1] = mono_now();
	wall[1] = wall_now();
	if (rc < 0)
		return refuse(strerror(errno));
	reply = json_pack("{s:b}", "ok", 1);
	put_instants(reply, "before", wall[0], mono[0]);
	put_instants(reply, "after", wall[1], mono[1]);
	return reply;
}

static json_t *
do_throttle(struct service *service, double share)
{
	json_t *reply = json_pack("{s:b}", "ok", 1);
	struct err e = {.text = "a share is above 0 and at most 1"};

	throttle_end(service->throttle);
	service->throttle = NULL;
	put_instants(reply, "before", wall_now(), mono_now());
	if (service->pidfd < 0 || !(share > 0 && share <= 1) ||
		throttle_begin(service->pidfd, service->pid, share, &service->throttle, &e) < 0) {
		json_decref(reply);
		return refuse(service->pidfd < 0 ? "the service is not running" : e.text);
	}
	put_instants(reply, "after", wall_now(), mono_now());
	return reply;
}

static json_t *
do_start(struct supervisor *s, size_t node, size_t index)
{
	json_t *reply = json_pack("{s:b}", "ok", 1);

	if (s->nodes[node].services[index].pidfd >= 0) {
		json_decref(reply);
		return refuse("the service is running");
	}
	put_instants(reply, "before", wall_now(), mono_now());
	supervisor_start_service(s, node, index);
	put_instants(reply, "after", wall_now(), mono_now());
	return reply;
}

static json_t *
do_service(struct supervisor *s, const char *op, json_t *request)
{
	const char *node_name = json_string_value(json_object_get(request, "node"));
	const char *service_name = json_string_value(json_object_get(request, "service"));
	json_int_t signal = json_integer_value(json_object_get(request, "signal"));
	int node = topology_node(s->plan->topology, node_name), index;

	if (node < 0 || service_name == NULL)
		return refuse("no such node");
	index = supervisor_find_service(s, (size_t)node, service_name);
	if (index < 0)
		return refuse_service(s->plan->topology, service_name);
	if (strcmp(op, "start") == 0)
		return do_start(s, (size_t)node, (size_t)index);
	if (strcmp(op, "throttle") == 0)
		return do_throttle(&s->nodes[node].services[index],
			json_number_value(json_object_get(request, "share")));
	if (signal < 1 || signal > 64)
		return refuse("no such signal");
	return do_signal(&s->nodes[node].services[index], (int)signal);
}

static json_t *
do_wire(struct supervisor *s, json_t *request)
{
	static char text[SUPERVISOR_MESSAGE_BYTES];
	struct pollfd pfd = {.fd = s->wire_socket, .events = POLLIN};
	ssize_t n;
	json_t *reply;

	if (!s->wire_ready || !json_is_object(json_object_get(request, "request")))
		return refuse("a wire request needs an object 'request' and a running emulator");
	if (supervisor_send(s->wire_socket, json_incref(json_object_get(request, "request"))) < 0 ||
		poll(&pfd, 1, WIRE_REPLY_MS) <= 0)
		return refuse("the link emulator does not answer");
	n = recv(s->wire_socket, text, sizeof(text), MSG_DONTWAIT);
	reply = n <= 0 ? NULL : json_loadb(text, (size_t)n, 0, NULL);
	return reply != NULL ? reply : refuse("the link emulator answered nonsense");
}

static json_t *
do_down(struct supervisor *s)
{
	if (s->lease >= 0) /* somebody still waits for it to come up, or works with it */
		supervisor_fail(s, "the lab was taken down by 'lab down'");
	s->ending = true;
	return json_pack("{s:b}", "ok", 1);
}

int
supervisor_serve(struct supervisor *s, int client)
{
	static char text[SUPERVISOR_MESSAGE_BYTES];
	ssize_t n = recv(client, text, sizeof(text), MSG_DONTWAIT);
	json_t *request, *reply;
	const char *op;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -EPIPE;
	request = json_loadb(text, (size_t)n, 0, NULL);
	op = json_string_value(json_object_get(request, "op"));
	if (op == NULL)
		reply = refuse("a request is a JSON object with 'op'");
	else if (strcmp(op, "status") == 0)
		reply = do_status(s);
	else if (strcmp(op, "events") == 0)
		reply = do_events(s, request);
	else if (strcmp(op, "signal") == 0 || strcmp(op, "start") == 0 ||
		strcmp(op, "throttle") == 0)
		reply = do_service(s, op, request);
	else if (strcmp(op, "wire") == 0)
		reply = do_wire(s, request);
	else if (strcmp(op, "down") == 0)
		reply = do_down(s);
	else
		reply = refuse("no such op");
	json_decref(request);
	return supervisor_send(client, reply);
}
