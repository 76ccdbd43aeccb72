/* lab.c - a running lab, as commands and the scenario runner hold it. */
#include "lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/ended.h"
#include "lab/fibwalk.h"
#include "lab/lab_internal.h"
#include "lab/rootless.h"
#include "lab/supervisor.h"
#include "lib/fs.h"

enum { LOCK_INTERVAL_MS = 20, REQUEST_MS = 5000, DOWN_MS = 20000 };

const struct topology *
lab_topology(const struct lab *lab)
{
	return lab->topology;
}

const char *
lab_id(const struct lab *lab)
{
	return json_string_value(json_object_get(lab->state, "id"));
}

const char *
lab_dir(const struct lab *lab)
{
	return lab->dir;
}

json_t *
lab_state(const struct lab *lab)
{
	return lab->state;
}

pid_t
lab_node_pid(const struct lab *lab, size_t node)
{
	return lab->pids[node];
}

struct fibwalk_cache **
lab_fibwalk_cache(struct lab *lab)
{
	return &lab->fibwalk;
}

/* The variant's folder is the second of the stacks. */
static int
read_variant(struct lab *lab, struct err *e)
{
	const char *name = json_string_value(json_object_get(lab->state, "variant"));
	const char *dir =
		json_string_value(json_array_get(json_object_get(lab->state, "stacks"), 1));
	int rc = name == NULL || dir == NULL
		? err_set(e, EINVAL, "the lab's state names no variant")
		: topology_load_variant(lab->topology, name, dir, e);

	if (rc == 0 && lab->topology->variant_conf != NULL &&
		conf_complaints(lab->topology->variant_conf) > 0)
		rc = err_set(e, EINVAL, "%s was changed since the lab came up, and is wrong",
			conf_path(lab->topology->variant_conf));
	return rc;
}

/* The services that the root file system had no program for when the lab came up. */
static int
read_left_out(struct lab *lab, struct err *e)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(lab->state, "left_out"), i, entry)
	{
		const char *name = json_string_value(json_object_get(entry, "service"));
		int service = name == NULL ? -1 : topology_service(lab->topology, name);

		if (service < 0)
			return err_set(e, EINVAL,
				"the topology was changed since the lab came up: take it down "
				"first");
		topology_leave_out(lab->topology, (size_t)service);
	}
	return 0;
}

static int
read_state(struct lab *lab, struct err *e)
{
	json_t *nodes, *node;
	char path[PLACE_BYTES + 16];
	json_error_t why = {0};
	const char *schema;
	size_t i;

	snprintf(path, sizeof(path), "%s/state.json", lab->dir);
	if (access(path, R_OK) < 0)
		return err_sys(e, errno, "%s", path);
	lab->state = json_load_file(path, 0, &why);
	nodes = json_object_get(lab->state, "nodes");
	schema = json_string_value(json_object_get(lab->state, "schema"));
	if (schema != NULL && strcmp(schema, LAB_SCHEMA) != 0)
		return err_set(e, EPROTO,
			"the lab was brought up by another version of this program (%s says %s, "
			"not %s): 'catchment lab down' ends it all the same",
			path, schema, LAB_SCHEMA);
	if (schema == NULL || !json_is_array(nodes) || lab_id(lab) == NULL)
		return err_set(e, EPROTO,
			"%s: not a lab's state (%s): 'catchment lab down' ends the lab", path,
			why.text);
	if (lab->topology == NULL) {
		const char *file = json_string_value(json_object_get(lab->state, "topology"));
		int rc = file == NULL ? err_set(e, EINVAL, "%s names no topology", path)
				      : topology_load(file, &lab->topology, e);

		if (rc < 0)
			return rc;
		if (conf_complaints(lab->topology->conf) > 0)
			return err_set(e, EINVAL,
				"%s was changed since the lab came up, and is wrong", file);
		rc = read_variant(lab, e);
		if (rc == 0)
			rc = read_left_out(lab, e);
		if (rc < 0)
			return rc;
	}
	if (json_array_size(nodes) != lab->topology->nodes_len)
		return err_set(e, EINVAL,
			"the topology was changed since the lab came up: take it down first");
	lab->pids = calloc(lab->topology->nodes_len + 1, sizeof(*lab->pids));
	if (lab->pids == NULL)
		return err_set(e, ENOMEM, "out of memory");
	json_array_foreach(nodes, i, node)
	{
		int index = topology_node(
			lab->topology, json_string_value(json_object_get(node, "name")));

		if (index < 0)
			return err_set(e, EINVAL,
				"the topology was changed since the lab came up: take it down "
				"first");
		lab->pids[index] = (pid_t)json_integer_value(json_object_get(node, "pid"));
	}
	return 0;
}

static int
connect_ctl(const char *dir, struct err *e)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), code;

	if (fd < 0)
		return err_sys(e, errno, "socket");
	if (snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/ctl", dir) >=
		(int)sizeof(addr.sun_path)) {
		close(fd);
		return err_set(e, ENAMETOOLONG, "%s: too long a path for a socket", dir);
	}
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	code = errno;
	close(fd);
	return err_sys(e, code, "%s", addr.sun_path);
}

int
lab_connect(struct lab *lab, struct err *e)
{
	int rc;

	/* The socket first: what a state file says counts only while somebody stands by it. */
	lab->ctl = connect_ctl(lab->dir, e);
	if (lab->ctl < 0)
		return lab->ctl;
	rc = read_state(lab, e);
	return rc < 0 ? rc : rootless_join_peer(lab->ctl, e);
}

struct lab *
lab_alloc(void)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	if (lab == NULL)
		abort();
	lab->ctl = lab->lease = -1;
	return lab;
}

static int
tell_absent(const char *name, const char *dir, struct err *e)
{
	char end[PLACE_BYTES + 160];

	ended_tell(dir, end, sizeof(end));
	return err_set(e, ENOENT, "no lab '%s' is up%s", name, end);
}

int
lab_open(const char *name, struct lab **ret, struct err *e)
{
	struct lab *lab = lab_alloc();
	int rc = place_lab(name, lab->dir, e);

	if (rc == 0)
		rc = lab_connect(lab, e);
	/* A folder without a supervisor is what a killed one left: there is no lab. */
	if (rc == -ENOENT || rc == -ECONNREFUSED)
		rc = tell_absent(name, lab->dir, e);
	if (rc < 0)
		lab_close(lab);
	else
		*ret = lab;
	return rc;
}

void
lab_close(struct lab *lab)
{
	if (lab == NULL)
		return;
	if (lab->ctl >= 0)
		close(lab->ctl);
	if (lab->lease >= 0)
		close(lab->lease);
	if (lab->supervisor > 0)
		while (waitpid(lab->supervisor, NULL, 0) < 0 && errno == EINTR)
			;
	fibwalk_cache_free(lab->fibwalk);
	json_decref(lab->state);
	topology_free(lab->topology);
	free(lab->pids);
	free(lab);
}

int
lab_detach(struct lab *lab, struct err *e)
{
	if (send(lab->lease, "{\"detach\": true}", 16, MSG_NOSIGNAL) < 0)
		return err_sys(e, errno, "the lab's supervisor is gone");
	close(lab->lease);
	lab->lease = -1;
	lab->supervisor = 0;
	return 0;
}

/* What a killed supervisor left in /run: no process, no mount, just files. Not if a lab is up. */
static void
sweep(const char *dir)
{
	int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = -1;
	struct mono deadline = mono_add(mono_now(), DOWN_MS * NS_PER_MS);

	/* One that ended by itself is not done yet, perhaps. */
	while (lock >= 0 && (rc = flock(lock, LOCK_EX | LOCK_NB)) < 0 && ended_there(dir) &&
		mono_left_ms(deadline) > 0)
		poll(NULL, 0, LOCK_INTERVAL_MS);
	if (rc == 0)
		fs_remove_tree(dir, NULL);
	if (lock >= 0)
		close(lock);
}

int
lab_down(const char *name, struct err *e)
{
	char dir[PLACE_BYTES], path[PLACE_BYTES + 16], discard[64];
	struct mono deadline = mono_add(mono_now(), DOWN_MS * NS_PER_MS);
	int fd, pidfd, rc = place_lab(name, dir, e);
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	struct pollfd pfd = {.events = POLLIN};

	if (rc < 0)
		return rc;
	fd = connect_ctl(dir, e);
	if (fd == -ENOENT || fd == -ECONNREFUSED) {
		rc = tell_absent(name, dir, e);
		sweep(dir);
		return rc;
	}
	if (fd < 0)
		return fd;
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	pidfd = (int)syscall(SYS_pidfd_open, peer.pid, 0);
	if (send(fd, "{\"op\": \"down\"}", 14, MSG_NOSIGNAL) < 0 || pidfd < 0) {
		rc = err_sys(e, errno, "lab '%s'", name);
	} else {
		pfd.fd = pidfd;
		while ((rc = poll(&pfd, 1, mono_left_ms(deadline))) < 0 && errno == EINTR)
			;
		if (rc == 0) { /* it hangs: the kernel does the rest when it dies */
			syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
			poll(&pfd, 1, DOWN_MS);
		}
		recv(fd, discard, sizeof(discard), MSG_DONTWAIT);
		rc = 0;
	}
	if (pidfd >= 0)
		close(pidfd);
	close(fd);
	if (rc == 0 && ended_there(dir)) { /* it was about to end by itself */
		rc = tell_absent(name, dir, e);
		sweep(dir);
		return rc;
	}
	snprintf(path, sizeof(path), "%s/state.json", dir);
	if (rc == 0 && access(path, F_OK) == 0)
		sweep(dir);
	return rc;
}

/* Whoever holds the lease is told why, once all is gone. */
static int
tell_gone(struct lab *lab, struct err *e)
{
	char text[1024];
	struct pollfd pfd = {.fd = lab->lease, .events = POLLIN};
	ssize_t n = poll(&pfd, 1, DOWN_MS) > 0 ? recv(lab->lease, text, sizeof(text), 0) : -1;
	json_t *last = n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;
	const char *why = json_string_value(json_object_get(last, "error"));
	int rc = err_set(
		e, EPIPE, "the lab's supervisor is gone%s%s", why ? ": " : "", why ? why : "");

	json_decref(last);
	return rc;
}

int
lab_request(struct lab *lab, json_t *request, json_t **ret, struct err *e)
{
	static char text[SUPERVISOR_MESSAGE_BYTES];
	struct mono deadline = mono_add(mono_now(), REQUEST_MS * NS_PER_MS);
	struct pollfd pfd = {.fd = lab->ctl, .events = POLLIN};
	char *out = json_dumps(request, JSON_COMPACT);
	json_t *reply;
	ssize_t n;
	int rc;

	json_decref(request);
	n = out == NULL ? -1 : send(lab->ctl, out, strlen(out), MSG_NOSIGNAL);
	free(out);
	if (n < 0)
		return tell_gone(lab, e);
	while ((rc = poll(&pfd, 1, mono_left_ms(deadline))) < 0 && errno == EINTR)
		;
	if (rc <= 0)
		return err_set(e, ETIMEDOUT, "the lab's supervisor does not answer");
	n = recv(lab->ctl, text, sizeof(text), 0);
	if (n <= 0)
		return tell_gone(lab, e);
	reply = json_loadb(text, (size_t)n, 0, NULL);
	if (!json_is_true(json_object_get(reply, "ok"))) {
		const char *why = json_string_value(json_object_get(reply, "error"));

		rc = err_set(e, EPROTO, "%s", why ? why : "the lab's supervisor talks nonsense");
		json_decref(reply);
		return rc;
	}
	if (ret != NULL)
		*ret = reply;
	else
		json_decref(reply);
	return 0;
}

static int64_t
integer(json_t *reply, const char *key)
{
	return json_integer_value(json_object_get(reply, key));
}

static void
take_instant(json_t *reply, struct lab_instant *ret)
{
	if (ret == NULL)
		return;
	ret->before_wall.ns = integer(reply, "before_wall_ns");
	ret->after_wall.ns = integer(reply, "after_wall_ns");
	ret->before_mono.ns = integer(reply, "before_mono_ns");
	ret->after_mono.ns = integer(reply, "after_mono_ns");
}

static int
request_instant(struct lab *lab, json_t *request, json_t **ret_reply, struct lab_instant *ret,
	struct err *e)
{
	json_t *reply;
	int rc = lab_request(lab, request, &reply, e);

	if (rc < 0)
		return rc;
	take_instant(reply, ret);
	if (ret_reply != NULL)
		*ret_reply = reply;
	else
		json_decref(reply);
	return 0;
}

int
lab_signal(struct lab *lab, const char *node, const char *service, int signal,
	struct lab_instant *ret, struct err *e)
{
	return request_instant(lab,
		json_pack("{s:s, s:s, s:s, s:i}", "op", "signal", "node", node, "service", service,
			"signal", signal),
		NULL, ret, e);
}

int
lab_throttle(struct lab *lab, const char *node, const char *service, double share,
	struct lab_instant *ret, struct err *e)
{
	return request_instant(lab,
		json_pack("{s:s, s:s, s:s, s:f}", "op", "throttle", "node", node, "service",
			service, "share", share),
		NULL, ret, e);
}

int
lab_start(struct lab *lab, const char *node, const char *service, struct lab_instant *ret,
	struct err *e)
{
	return request_instant(lab,
		json_pack("{s:s, s:s, s:s}", "op", "start", "node", node, "service", service), NULL,
		ret, e);
}

int
lab_wire(struct lab *lab, json_t *request, json_t **ret_reply, struct lab_instant *ret,
	struct err *e)
{
	return request_instant(
		lab, json_pack("{s:s, s:o}", "op", "wire", "request", request), ret_reply, ret, e);
}
