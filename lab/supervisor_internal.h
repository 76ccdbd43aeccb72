/* supervisor_internal.h - the supervisor's state, shared by its life and its control socket. */
#ifndef LAB_SUPERVISOR_INTERNAL_H
#define LAB_SUPERVISOR_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lab/node.h"
#include "lab/place.h"
#include "lab/supervisor.h"
#include "lab/throttle.h"
#include "lib/mono.h"

enum { SUPERVISOR_CLIENTS = 16, SUPERVISOR_EVENTS = 4096 };

enum service_state { SERVICE_WAITING, SERVICE_STARTING, SERVICE_READY, SERVICE_EXITED };

struct service {
	enum service_state state;
	int pidfd;		   /* -1 when not running */
	pid_t pid;		   /* as the host sees it; for people and for /proc */
	int status;		   /* of waitpid, once exited */
	bool trying;		   /* a readiness command is under way */
	bool by_request;	   /* its end was asked for */
	struct throttle *throttle; /* NULL: it runs as it likes */
	struct mono asked, next_try;
	struct mono restart; /* of one that ended by itself; 0: it stays away */
};

enum node_state { NODE_STATE_BUILDING, NODE_STATE_STANDING, NODE_STATE_RUNNING };

/* Nodes of several services take turns in starting them, see supervisor_services.c. */
enum node_turn { TURN_NONE, TURN_WAITING, TURN_TAKEN };

struct node {
	struct node_plan plan;
	char **layers;
	char log_dir[PLACE_BYTES + 40];
	pid_t pid;
	int socket;
	enum node_state state;
	struct service *services; /* parallel to the role's services */
	size_t next;		  /* the service to start next */
	enum node_turn turn;
};

struct event {
	struct wall wall;
	struct mono mono;
	size_t node, service;
	enum service_state state;
	int status;
};

struct supervisor {
	const struct supervisor_plan *plan;
	struct node *nodes;
	size_t built, configured, turns; /* turns: nodes that have theirs */
	pid_t wire_pid;
	int wire_socket;
	bool wire_ready, up, ending;
	int lease, listener, clients[SUPERVISOR_CLIENTS];
	struct mono deadline;
	struct event events[SUPERVISOR_EVENTS]; /* a ring */
	size_t events_len;			/* ever */
	struct err failure;
	json_t *failure_log;
};

/* Send a JSON text as one message; consumes `message`. Returns 0 or -errno. */
int supervisor_send(int socket, json_t *message);

/* One request of a client: read, obey, answer. Returns 0, or < 0 when the client is gone. */
int supervisor_serve(struct supervisor *s, int client);

/* The lab cannot go on: the first reason given is the one that is told. */
void supervisor_fail(struct supervisor *s, const char *text);

/* Tell the node's PID 1 to do something; `index` is a service of its role. Returns 0 or -errno. */
int supervisor_order(struct supervisor *s, size_t node, enum node_order what, size_t index);

/* ---- supervisor_services.c; `index` counts the services of the node's role ---- */

const struct topo_role *supervisor_role(const struct supervisor *s, size_t node);
const struct topo_service *supervisor_service(
	const struct supervisor *s, size_t node, size_t index);
int supervisor_find_service(const struct supervisor *s, size_t node, const char *name); /* or -1 */

/* Order a start; the service is then STARTING until its readiness was seen. */
void supervisor_start_service(struct supervisor *s, size_t node, size_t index);

/* Start the node's next service that was never started, if there is one. */
void supervisor_start_next(struct supervisor *s, size_t node);

/* Ask a starting service once, if it is time to. */
void supervisor_try_ready(struct supervisor *s, size_t node, size_t index);

/* NODE_STARTED, NODE_TRIED, NODE_EXITED; `pidfd` (or -1) stays the caller's. */
void supervisor_service_news(
	struct supervisor *s, size_t node, const struct node_report *r, int pidfd);

/* The lab fails over a service: "NODE/SERVICE WHAT", with the last lines of its log. */
void supervisor_fail_service(struct supervisor *s, size_t node, size_t index, const char *what);

#endif
