/* supervisor_services.c - the services of a lab's nodes: started in order, asked until ready, missed when they end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/ask.h"
#include "lab/logtail.h"
#include "lab/supervisor_internal.h"
#include "lib/fs.h"

enum {
	TRY_INTERVAL_MS = 40,
	TRY_REST = 4,	    /* asking rests at least this many times as long as it took */
	STARTS_PER_CPU = 8, /* nodes of more than one service that are brought up side by side */
};

const struct topo_role *
supervisor_role(const struct supervisor *s, size_t node)
{
	return &s->plan->topology->roles[s->plan->topology->nodes[node].role];
}

const struct topo_service *
supervisor_service(const struct supervisor *s, size_t node, size_t index)
{
	return &s->plan->topology->services[supervisor_role(s, node)->services[index]];
}

int
supervisor_find_service(const struct supervisor *s, size_t node, const char *name)
{
	for (size_t i = 0; i < supervisor_role(s, node)->services_len; i++)
		if (strcmp(supervisor_service(s, node, i)->name, name) == 0)
			return (int)i;
	return -1;
}

void
supervisor_fail_service(struct supervisor *s, size_t node, size_t index, const char *what)
{
	const char *name = supervisor_service(s, node, index)->name;
	char text[256];

	snprintf(text, sizeof(text), "%s/%s %s", s->plan->topology->nodes[node].name, name, what);
	if (s->failure.code == 0)
		s->failure_log = logtail(s->plan->dir, s->plan->topology->nodes[node].name, name);
	supervisor_fail(s, text);
}

static void
note_event(struct supervisor *s, size_t node, size_t index)
{
	const struct service *service = &s->nodes[node].services[index];

	s->events[s->events_len++ % SUPERVISOR_EVENTS] = (struct event){.wall = wall_now(),
		.mono = mono_now(),
		.node = node,
		.service = index,
		.state = service->state,
		.status = service->status};
}

int
supervisor_order(struct supervisor *s, size_t node, enum node_order what, size_t index)
{
	struct node_request r = {.order = what};

	if (what != NODE_CONFIGURE)
		r.service = (uint32_t)supervisor_role(s, node)->services[index];
	return send(s->nodes[node].socket, &r, sizeof(r), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void
supervisor_start_service(struct supervisor *s, size_t node, size_t index)
{
	struct service *service = &s->nodes[node].services[index];

	service->state = SERVICE_STARTING;
	service->restart = (struct mono){0};
	service->by_request = false;
	service->trying = false;
	service->next_try = mono_now();
	supervisor_order(s, node, NODE_START, index);
}

/*
 * Nodes of many services (a PoP starts seven, one after the other) take turns: hundreds of daemons that start at once
 * starve each other, and what measures time in there, a health check say, fails.
 */
static bool
takes_turns(const struct supervisor *s, size_t node)
{
	return supervisor_role(s, node)->services_len > 1;
}

static void
give_turn(struct supervisor *s)
{
	size_t nodes = s->plan->topology->nodes_len;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	while (s->turns < STARTS_PER_CPU * (size_t)(cpus < 1 ? 1 : cpus)) {
		size_t i = 0;

		while (i < nodes && s->nodes[i].turn != TURN_WAITING)
			i++;
		if (i == nodes)
			return;
		s->nodes[i].turn = TURN_TAKEN;
		s->turns++;
		supervisor_start_service(s, i, s->nodes[i].next++);
	}
}

void
supervisor_start_next(struct supervisor *s, size_t node)
{
	struct node *n = &s->nodes[node];
	bool more = n->next < supervisor_role(s, node)->services_len;

	if (takes_turns(s, node) && n->next == 0)
		n->turn = TURN_WAITING;
	else if (more)
		supervisor_start_service(s, node, n->next++);
	else if (n->turn == TURN_TAKEN) {
		n->turn = TURN_NONE;
		s->turns--;
	}
	give_turn(s);
}

static void
service_ready(struct supervisor *s, size_t node, size_t index)
{
	s->nodes[node].services[index].state = SERVICE_READY;
	note_event(s, node, index);
	supervisor_start_next(s, node);
}

/* Asking is no cheaper on a busy host, so there it is done more rarely. */
static void
rest(struct service *service, struct mono asked)
{
	struct mono now = mono_now();
	int64_t ns = TRY_REST * mono_diff_ns(now, asked);

	service->next_try =
		mono_add(now, ns > TRY_INTERVAL_MS * NS_PER_MS ? ns : TRY_INTERVAL_MS * NS_PER_MS);
}

/* Ask a starting service once; what cannot be asked at once is asked again at the next tick. */
void
supervisor_try_ready(struct supervisor *s, size_t node, size_t index)
{
	const struct topo_service *topo = supervisor_service(s, node, index);
	struct service *service = &s->nodes[node].services[index];
	pid_t init = s->nodes[node].pid;
	char *text = NULL, state[32];
	bool ready = false;

	if (service->pidfd < 0 || service->trying || mono_left_ms(service->next_try) > 0)
		return;
	service->asked = mono_now();
	switch (topo->ready) {
	case TOPO_READY_SPAWNED:
		ready = true;
		break;
	case TOPO_READY_VTY:
		ready = ask_frr(init, topo->ready_arg, "show version", &text, NULL) == 0;
		break;
	case TOPO_READY_BIRD:
		ready = ask_bird(init, topo->ready_arg, "show status", &text, NULL) == 0;
		break;
	case TOPO_READY_KEEPALIVED:
		ready = ask_keepalived(init, service->pid, state, NULL) == 0 &&
			strcmp(state, topo->ready_arg) == 0;
		break;
	case TOPO_READY_COMMAND:
		service->trying = supervisor_order(s, node, NODE_TRY, index) == 0;
		break;
	}
	free(text);
	rest(service, service->asked);
	if (ready)
		service_ready(s, node, index);
}

static pid_t
pid_of_pidfd(int pidfd)
{
	char path[64], *text, *at;
	pid_t pid = 0;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	if (fs_read(path, 4096, &text, NULL, NULL) < 0)
		return 0;
	if ((at = strstr(text, "Pid:")) != NULL)
		pid = (pid_t)strtol(at + 4, NULL, 10);
	free(text);
	return pid;
}

static int
role_index(const struct supervisor *s, size_t node, uint32_t service)
{
	for (size_t i = 0; i < supervisor_role(s, node)->services_len; i++)
		if (supervisor_role(s, node)->services[i] == service)
			return (int)i;
	return -1;
}

static void
service_exited(struct supervisor *s, size_t node, size_t index, const struct node_report *r)
{
	struct service *service = &s->nodes[node].services[index];
	bool starting = service->state == SERVICE_STARTING;
	char what[160];

	throttle_end(service->throttle);
	service->throttle = NULL;
	if (service->pidfd >= 0)
		close(service->pidfd);
	service->pidfd = -1;
	service->state = SERVICE_EXITED;
	service->status = r->status;
	note_event(s, node, index);
	if (s->up && !service->by_request && supervisor_service(s, node, index)->restart_ns > 0)
		service->restart =
			mono_add(mono_now(), supervisor_service(s, node, index)->restart_ns);
	if (s->up || !starting)
		return;
	if (WIFEXITED(r->status))
		snprintf(what, sizeof(what), "ended with status %d before it was ready%s%.60s",
			WEXITSTATUS(r->status), r->text[0] ? ": " : "", r->text);
	else
		snprintf(what, sizeof(what), "was ended by signal %d before it was ready",
			WTERMSIG(r->status));
	supervisor_fail_service(s, node, index, what);
}

void
supervisor_service_news(struct supervisor *s, size_t node, const struct node_report *r, int pidfd)
{
	int index = role_index(s, node, r->service);
	struct service *service;

	if (index < 0)
		return;
	service = &s->nodes[node].services[index];
	switch (r->news) {
	case NODE_STARTED:
		service->pidfd = pidfd >= 0 ? fcntl(pidfd, F_DUPFD_CLOEXEC, 0) : -1;
		service->pid = pid_of_pidfd(pidfd);
		note_event(s, node, (size_t)index);
		supervisor_try_ready(s, node, (size_t)index);
		break;
	case NODE_TRIED:
		service->trying = false;
		rest(service, service->asked);
		if (r->status == 0 && service->state == SERVICE_STARTING)
			service_ready(s, node, (size_t)index);
		break;
	default:
		service_exited(s, node, (size_t)index, r);
		break;
	}
}
