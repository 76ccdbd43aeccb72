/* lab_up.c - bring a lab up: check the input, start its supervisor, wait until it is healthy. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/lab_internal.h"
#include "lab/layers.h"
#include "lab/logtail.h"
#include "lab/rootless.h"
#include "lab/supervisor.h"
#include "lab/survey.h"
#include "lab/validate.h"
#include "lib/fs.h"
#include "lib/stop.h"
#include "lib/talk.h"

enum {
	UP_MS = 60000,	   /* to be up, for a small lab ... */
	UP_NODE_MS = 1500, /* ... and for a large one, per node */
	SURVEY_INTERVAL_MS = 200,
	STEADY_MS = 600,      /* paths must stay as they are for this long */
	UNEXPECTED_MS = 8000, /* everything up, but another catchment than expected */
	STACKS = 17,
	WARN_LINES = 20
};

/* How long bringing it up may take. Starting daemons is what takes long, and that is by the node. */
static int
timeout_ms(const struct lab_options *o, const struct topology *t)
{
	int by_size_ms = UP_NODE_MS * (int)t->nodes_len;

	return o->timeout_ms ? o->timeout_ms : by_size_ms > UP_MS ? by_size_ms : UP_MS;
}

/* The inputs of one lab, made absolute. */
struct up {
	const struct lab_options *o;
	char data[PLACE_BYTES], rootfs[PATH_MAX], topology_path[PATH_MAX];
	char stack_paths[STACKS][PATH_MAX];
	const char *stacks[STACKS + 1], *layer_dirs[STACKS + 1];
	char layer_copies[STACKS][PLACE_BYTES + 48];
	size_t stacks_len;
};

static int
add_stack(struct up *up, const struct topology *t, const char *path, struct err *e)
{
	struct stat st;

	if (up->stacks_len == STACKS)
		return err_set(e, EINVAL, "more than %d layers", STACKS - 2);
	if (realpath(path, up->stack_paths[up->stacks_len]) == NULL)
		return err_set(e, EINVAL, "layer %s: %s", path, strerror(errno));
	path = up->stack_paths[up->stacks_len];
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(e, EINVAL, "layer %s: not a folder", path);
	up->stacks[up->stacks_len++] = path;
	up->stacks[up->stacks_len] = NULL;
	return layers_check(t, path, e);
}

/* What the variant says in its variant.yaml, if it has one. */
static int
apply_variant(struct topology *t, const char *name, const char *dir, struct err *e)
{
	if (topology_load_variant(t, name, dir, e) < 0)
		return -EINVAL;
	if (t->variant_conf == NULL || conf_report(t->variant_conf) == 0)
		return 0;
	return err_set(e, EINVAL, "%s: %zu mistake%s", conf_path(t->variant_conf),
		conf_complaints(t->variant_conf), conf_complaints(t->variant_conf) == 1 ? "" : "s");
}

/* Everything that can be wrong about the input, found without privileges. */
static int
prepare(struct up *up, struct topology **ret, struct err *e)
{
	const struct lab_options *o = up->o;
	const char *variant = o->variant ? o->variant : "documented";
	char path[PATH_MAX];
	struct topology *t;
	int rc = place_data(up->data, e);

	if (rc < 0)
		return rc;
	snprintf(path, sizeof(path), "%s/lab/topology.yaml", up->data);
	if (realpath(o->topology ? o->topology : path, up->topology_path) == NULL)
		return err_set(
			e, EINVAL, "%s: %s", o->topology ? o->topology : path, strerror(errno));
	if (topology_load(up->topology_path, &t, e) < 0)
		return -EINVAL; /* a file that cannot be read is bad input, whatever the reason */
	if (conf_report(t->conf) > 0) {
		rc = err_set(e, EINVAL, "%s: %zu mistake%s", up->topology_path,
			conf_complaints(t->conf), conf_complaints(t->conf) == 1 ? "" : "s");
		topology_free(t);
		return rc;
	}
	/* The network's own files lie beside its topology. */
	snprintf(path, sizeof(path), "%.*s/nodes",
		(int)(strrchr(up->topology_path, '/') - up->topology_path), up->topology_path);
	rc = add_stack(up, t, path, e);
	snprintf(path, sizeof(path), "%.*s/variants/%s",
		(int)(strrchr(up->topology_path, '/') - up->topology_path), up->topology_path,
		variant);
	if (rc == 0 &&
		(variant[0] == '\0' || variant[0] == '.' || strchr(variant, '/') != NULL ||
			access(path, F_OK) < 0))
		rc = err_set(e, EINVAL, "no variant '%s': %s is not there", variant, path);
	if (rc == 0)
		rc = add_stack(up, t, path, e);
	if (rc == 0)
		rc = apply_variant(t, variant, path, e);
	for (size_t i = 0; rc == 0 && o->layers != NULL && o->layers[i] != NULL; i++)
		rc = add_stack(up, t, o->layers[i], e);
	if (rc < 0)
		topology_free(t);
	else
		*ret = t;
	return rc;
}

static void
warn_unreadable(const struct up *up)
{
	char first[PATH_MAX];

	for (size_t i = 0; i < up->stacks_len; i++) {
		size_t n = layers_unreadable(up->stacks[i], first, sizeof(first));

		if (n > 0)
			talk_note(
				"%zu of the files under %s are not for everybody to read (%s): the "
				"daemons' own users may need 'chmod -R o+rX'",
				n, up->stacks[i], first);
	}
}

/* What does not fit may be meant so here: a broken configuration can be what is to be tried. */
static void
warn_configs(const struct up *up, const struct topology *t)
{
	struct findings found;

	if (validate_configs(t, up->stacks, false, &found) < 0)
		return;
	for (size_t i = 0; i < found.len && i < WARN_LINES; i++) {
		char *line = finding_line(&found.list[i]);

		talk_note("%s", line);
		free(line);
	}
	if (found.len > WARN_LINES)
		talk_note(
			"and %zu more: 'catchment lab validate' tells all", found.len - WARN_LINES);
	findings_done(&found);
}

/* What it cannot run is left out, and that is said. */
static int
fit_rootfs(struct topology *t, const char *rootfs, struct err *e)
{
	int rc = topology_fit(t, rootfs, e);

	for (size_t i = 0; rc == 0 && i < t->services_len; i++)
		if (t->services[i].left_out)
			talk_note("%s is left out: the root file system has no %s",
				t->services[i].name, t->services[i].run.argv[0]);
	return rc;
}

int
lab_check(const struct lab_options *o, bool strict, struct topology **ret,
	struct findings *ret_findings, struct err *e)
{
	struct up *up = calloc(1, sizeof(*up));
	struct topology *t;
	int rc;

	if (up == NULL)
		return err_set(e, ENOMEM, "out of memory");
	up->o = o;
	rc = prepare(up, &t, e);
	if (rc < 0) {
		free(up);
		return rc;
	}
	if (o->rootfs != NULL && (rc = lab_find_rootfs(o, up->rootfs, e)) == 0)
		rc = topology_fit(t, up->rootfs, e);
	if (rc == 0 && ret_findings != NULL &&
		validate_configs(t, up->stacks, strict, ret_findings) < 0)
		rc = err_set(e, ENOMEM, "out of memory");
	if (rc == 0)
		*ret = t;
	else
		topology_free(t);
	free(up);
	return rc;
}

int
lab_validate(const struct lab_options *o, struct topology **ret, struct err *e)
{
	return lab_check(o, false, ret, NULL, e);
}

/*
 * Take the lab's folder, locked: it is the lab's name. The lock is the supervisor's for its life.
 * A folder that is removed between opening and locking is tried again.
 */
static int
take_folder(const char *name, const char *dir, struct err *e)
{
	for (int attempt = 0; attempt < 10; attempt++) {
		struct stat held, there;
		int fd, rc = fs_mkdirs(dir, e);

		if (rc < 0)
			return rc;
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
			close(fd);
			return err_set(e, EEXIST, "a lab '%s' is up already", name);
		}
		if (fstat(fd, &held) == 0 && stat(dir, &there) == 0 && held.st_ino == there.st_ino)
			return fd;
		close(fd);
	}
	return err_set(e, EBUSY, "%s comes and goes", dir);
}

static void
empty_folder(const char *dir)
{
	static const char *const names[] = {
		"state.json", "ctl", "log", "mnt", "supervisor.log", "layers", "ended.json"};
	char path[PLACE_BYTES + 32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		fs_remove_tree(path, NULL);
	}
}

static void
become_supervisor(const struct up *up, const struct lab *lab, const char *name, int lock, int lease)
{
	char id[96], stamp[17], log_path[PLACE_BYTES + 32];
	struct supervisor_plan plan = {.topology = lab->topology,
		.name = name,
		.id = id,
		.dir = lab->dir,
		.rootfs = up->rootfs,
		.stacks = up->stacks,
		.layer_dirs = up->layer_dirs,
		.lease = lease,
		/* Services come first; sessions and routes need the rest of the time. */
		.start_ms = timeout_ms(up->o, lab->topology) / 4 * 3,
		.variant = up->o->variant ? up->o->variant : "documented"};
	int null, log;

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	wall_stamp(wall_now(), stamp);
	snprintf(id, sizeof(id), "%s-%s-%d", name, stamp, (int)getpid());
	snprintf(log_path, sizeof(log_path), "%s/supervisor.log", lab->dir);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	log = open(log_path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log < 0 ? null : log, STDERR_FILENO);
	/* Nothing else of the caller's stays open: a pipe held here would hang its reader. */
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
		if (fd != lock && fd != lease)
			close(fd);
	if (chdir("/") < 0)
		_exit(1);
	_exit(supervisor_run(&plan));
}

static void
show_log(json_t *message)
{
	json_t *line;
	size_t i;

	json_array_foreach(json_object_get(message, "log"), i, line)
		talk_step("    %s", json_string_value(line));
}

/* Wait for {"up"} or {"error"} from the supervisor. */
static int
await_supervisor(struct lab *lab, struct mono deadline, struct err *e)
{
	static char text[SUPERVISOR_MESSAGE_BYTES];
	struct pollfd pfd = {.fd = lab->lease, .events = POLLIN};
	json_t *message;
	ssize_t n;
	int rc;

	do {
		if (stop_requested())
			return err_set(e, EINTR, "interrupted");
		talk_live("lab: starting");
		rc = poll(&pfd, 1, mono_left_ms(deadline) > 200 ? 200 : mono_left_ms(deadline));
	} while (rc == 0 ? mono_left_ms(deadline) > 0 : rc < 0 && errno == EINTR);
	if (rc <= 0)
		return err_set(e, ETIMEDOUT, "the lab did not come up in time");
	n = recv(lab->lease, text, sizeof(text), 0);
	if (n <= 0)
		return err_set(e, EIO, "the lab's supervisor died");
	message = json_loadb(text, (size_t)n, 0, NULL);
	if (json_object_get(message, "up") != NULL) {
		json_decref(message);
		return 0;
	}
	rc = err_set(e, EIO, "%s", json_string_value(json_object_get(message, "error")));
	show_log(message);
	json_decref(message);
	return rc;
}

static void
show_suspect(const struct lab *lab, const struct survey *s)
{
	const char *node, *service;
	json_t *log;

	if (s == NULL || !survey_suspect(lab, s, &node, &service))
		return;
	log = json_pack("{s:o}", "log", logtail(lab->dir, node, service));
	talk_step("The last lines of the log of %s/%s:", node, service);
	show_log(log);
	json_decref(log);
}

static bool
same_paths(const struct survey *a, const struct survey *b)
{
	if (a == NULL || a->paths_len != b->paths_len)
		return false;
	for (size_t i = 0; i < a->paths_len; i++) {
		const struct survey_path *x = &a->paths[i], *y = &b->paths[i];

		if (x->site != y->site || x->rtt_ns != y->rtt_ns || x->hops_len != y->hops_len ||
			memcmp(x->hops, y->hops, x->hops_len * sizeof(x->hops[0])) != 0)
			return false;
	}
	return true;
}

/*
 * Healthy means: everything is up, and the paths have not moved for STEADY_MS. What is up but
 * elsewhere than expected gets UNEXPECTED_MS to move, since BGP may still be exploring.
 */
static int
await_health(struct lab *lab, bool insist, struct mono deadline, struct err *e)
{
	struct survey *last = NULL, *now = NULL;
	struct mono steady_since = mono_now(), whole_since = {0};
	char text[512] = "no look at it yet";
	int rc = -ETIMEDOUT;

	while (mono_left_ms(deadline) > 0) {
		if (stop_requested()) {
			rc = err_set(e, EINTR, "interrupted");
			break;
		}
		if ((rc = survey_take(lab, &now, e)) < 0)
			break;
		rc = -ETIMEDOUT;
		survey_explain(lab, now, insist, text, sizeof(text));
		talk_live("lab: %s", text);
		if (!same_paths(last, now))
			steady_since = mono_now();
		survey_free(last);
		last = now;
		if (strcmp(now->wrong_state, "exited") == 0) {
			rc = err_set(e, EIO, "%s", text); /* that will not mend itself */
			break;
		}
		if (!survey_healthy(now, false))
			whole_since = (struct mono){0};
		else if (whole_since.ns == 0)
			whole_since = mono_now();
		if (survey_healthy(now, insist) &&
			mono_diff_ns(mono_now(), steady_since) >= STEADY_MS * NS_PER_MS) {
			rc = 0;
			break;
		}
		if (insist && whole_since.ns != 0 &&
			mono_diff_ns(mono_now(), whole_since) > UNEXPECTED_MS * NS_PER_MS) {
			rc = err_set(e, EDOM, "%s", text);
			break;
		}
		poll(NULL, 0, SURVEY_INTERVAL_MS);
	}
	if (rc == -ETIMEDOUT)
		err_set(e, ETIMEDOUT, "the lab is not healthy in time: %s", text);
	if (rc == -ETIMEDOUT || rc == -EIO)
		show_suspect(lab, last);
	survey_free(last);
	return rc;
}

static int
start(struct up *up, struct lab *lab, const char *name, struct err *e)
{
	int pair[2], lock = take_folder(name, lab->dir, e);
	pid_t pid;

	if (lock < 0)
		return lock;
	empty_folder(lab->dir);
	memcpy(up->layer_dirs, up->stacks, sizeof(up->layer_dirs));
	if (place_room(lab->dir, lab->topology->nodes_len, e) < 0 ||
		rootless_own_layers(lab->dir, up->layer_dirs, up->layer_copies, e) < 0) {
		fs_remove_tree(lab->dir, NULL);
		close(lock);
		return -e->code;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		int code = errno;

		close(lock);
		return err_sys(e, code, "socketpair");
	}
	pid = fork();
	if (pid == 0)
		become_supervisor(up, lab, name, lock, pair[1]);
	close(lock);
	close(pair[1]);
	lab->lease = pair[0];
	if (pid < 0)
		return err_sys(e, errno, "fork");
	lab->supervisor = pid;
	return 0;
}

int
lab_find_rootfs(const struct lab_options *o, char ret[static PATH_MAX], struct err *e)
{
	struct stat st;

	ret[0] = '\0';
	if (o->rootfs == NULL)
		return 0;
	if (realpath(o->rootfs, ret) == NULL || stat(ret, &st) < 0)
		return err_set(e, EINVAL, "--rootfs: %s: %s", o->rootfs, strerror(errno));
	return S_ISDIR(st.st_mode)
		? 0
		: err_set(e, EINVAL, "--rootfs: %s: %s", o->rootfs, strerror(ENOTDIR));
}

int
lab_up(const struct lab_options *o, struct lab **ret, struct err *e)
{
	struct mono deadline = {0};
	const char *name = o->name ? o->name : "default";
	struct up *up = calloc(1, sizeof(*up));
	struct lab *lab = lab_alloc();
	int rc;

	if (up == NULL)
		abort();
	up->o = o;
	rc = place_lab(name, lab->dir, e);
	if (rc == 0)
		rc = prepare(up, &lab->topology, e);
	if (rc == 0)
		rc = rootless_begin(name, lab->dir, e);
	if (rc == 0 && o->rootfs != NULL)
		rc = lab_find_rootfs(o, up->rootfs, e);
	if (rc == 0 && o->rootfs == NULL) {
		rc = place_rootfs(up->data, up->rootfs, e);
		if (rc < 0 && stop_requested())
			rc = err_set(e, EINTR, "interrupted");
	}
	if (rc == 0 && rootless_inside())
		rc = rootless_leave_network(e);
	if (rc == 0) {
		deadline = mono_add(mono_now(), timeout_ms(o, lab->topology) * NS_PER_MS);
		rc = fit_rootfs(lab->topology, up->rootfs, e);
	}
	if (rc == 0) {
		warn_unreadable(up);
		warn_configs(up, lab->topology);
		rc = start(up, lab, name, e);
	}
	if (rc == 0)
		rc = await_supervisor(lab, deadline, e);
	if (rc == 0)
		rc = lab_connect(lab, e);
	if (rc == 0)
		rc = await_health(lab, !o->any_catchment, deadline, e);
	free(up);
	if (rc < 0)
		lab_close(lab);
	else
		*ret = lab;
	return rc;
}

int
lab_await(const struct lab_options *o, struct lab **ret, struct err *e)
{
	struct mono deadline =
		mono_add(mono_now(), (o->timeout_ms ? o->timeout_ms : UP_MS) * NS_PER_MS);
	struct lab *lab = NULL;
	int rc;

	/* One that is coming up has no state file or control socket for a moment. */
	while ((rc = lab_open(o->name ? o->name : "default", &lab, e)) == -ENOENT &&
		mono_left_ms(deadline) > 0 && !stop_requested())
		poll(NULL, 0, SURVEY_INTERVAL_MS);
	if (rc == 0)
		deadline = mono_add(mono_now(), timeout_ms(o, lab->topology) * NS_PER_MS);
	if (rc == 0)
		rc = await_health(lab, !o->any_catchment, deadline, e);
	if (rc < 0)
		lab_close(lab);
	else
		*ret = lab;
	return rc;
}
