/* wire.c - the link emulator's life: make the TAPs of all links, give everything back. */
#include "lab/wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/wire/inner.h"

static int
check_spec(const struct wire_link_spec *s, struct err *e)
{
	struct err why;

	if (s->name[0] == '\0' || memchr(s->name, '\0', sizeof(s->name)) == NULL)
		return err_set(e, EINVAL, "a link's name is empty or has no end");
	for (int i = 0; i < 2; i++) {
		if (s->ifname[i][0] == '\0' || memchr(s->ifname[i], '\0', 16) == NULL)
			return err_set(e, EINVAL, "link %s: an interface name is empty or too long",
				s->name);
		if (wire_impair_check(&s->impair[i], &why) < 0)
			return err_set(e, EINVAL, "link %s: %s", s->name, why.text);
	}
	return 0;
}

static int
check_specs(const struct wire_link_spec *specs, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		int rc = check_spec(&specs[i], e);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Each end in its namespace; the caller sets the thread back. */
static int
open_taps(struct wire *w, const struct wire_link_spec *specs, struct err *e)
{
	for (size_t i = 0; i < 2 * w->links; i++) {
		const struct wire_link_spec *s = &specs[i / 2];
		int rc;

		if (setns(s->netns_fd[i & 1], CLONE_NEWNET) < 0)
			return err_sys(e, errno, "link %s: cannot enter the namespace of %s",
				s->name, s->ifname[i & 1]);
		rc = wire_tap_open(&w->taps[i], s->ifname[i & 1], s->mac[i & 1], e);
		if (rc < 0)
			return rc;
		rc = wire_wait_add(&w->wait, w->taps[i].fd, (uint32_t)i);
		if (rc < 0)
			return err_sys(e, -rc, "cannot watch %s", s->ifname[i & 1]);
	}
	return 0;
}

static int
open_taps_and_return(struct wire *w, const struct wire_link_spec *specs, struct err *e)
{
	int home_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	int rc;

	if (home_fd < 0)
		return err_sys(e, errno, "cannot open the network namespace");
	rc = open_taps(w, specs, e);
	if (setns(home_fd, CLONE_NEWNET) < 0)
		rc = err_sys(e, errno, "cannot return to the network namespace");
	close(home_fd);
	return rc;
}

/* The same every time: random numbers differ from link to link, not from start to start. */
static uint64_t
first_seed(const char *name, size_t way)
{
	uint64_t seed = 0xcbf29ce484222325ULL + way; /* FNV-1a */

	for (; *name != '\0'; name++)
		seed = (seed ^ (uint8_t)*name) * 0x100000001b3ULL;
	return seed;
}

static int
allocate(struct wire *w, const struct wire_link_spec *specs, size_t n, struct err *e)
{
	int rc = wire_names_init(&w->names, n, e);

	if (rc < 0)
		return rc;
	w->links = n;
	w->changes = calloc(WIRE_CHANGES, sizeof(*w->changes));
	w->changed = calloc(2 * n + 1, sizeof(*w->changed));
	w->taps = calloc(2 * n + 1, sizeof(*w->taps));
	w->dirs = calloc(2 * n + 1, sizeof(*w->dirs));
	w->request = malloc(WIRE_REQUEST_BYTES + 1);
	for (size_t i = 0; w->taps != NULL && i < 2 * n; i++)
		w->taps[i] = (struct wire_tap){.fd = -1, .sock = -1};
	if (w->changes == NULL || w->changed == NULL || w->taps == NULL || w->dirs == NULL ||
		w->request == NULL)
		return err_set(e, ENOMEM, "out of memory for %zu links", n);
	for (size_t i = 0; i < 2 * n; i++) {
		w->dirs[i].impair = w->dirs[i].home = specs[i / 2].impair[i & 1];
		rng_init(&w->dirs[i].memory.rng, first_seed(specs[i / 2].name, i & 1));
		frame_queue_init(&w->dirs[i].queue);
		memcpy(w->names.name[i / 2], specs[i / 2].name, WIRE_NAME_BYTES);
	}
	rc = wire_names_sort(&w->names, e);
	if (rc == 0)
		rc = frame_pool_init(&w->pool, e);
	if (rc == 0)
		rc = due_init(&w->due, 2 * n + WIRE_CHANGES, e);
	return rc;
}

int
wire_new(const struct wire_link_spec *specs, size_t n, struct wire **ret, struct err *e)
{
	struct wire *w;
	int rc = check_specs(specs, n, e);

	if (rc < 0)
		return rc;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return err_set(e, ENOMEM, "out of memory");
	w->wait = (struct wire_wait){.epfd = -1, .timer_fd = -1};
	rc = allocate(w, specs, n, e);
	if (rc == 0)
		rc = wire_wait_init(&w->wait, WIRE_SPIN_NS, e);
	if (rc == 0)
		rc = open_taps_and_return(w, specs, e);
	if (rc < 0) {
		wire_free(w);
		return rc;
	}
	wire_figures_reset(w);
	*ret = w;
	return 0;
}

void
wire_set_spin(struct wire *w, int64_t max_ns)
{
	w->wait.spin_max_ns = max_ns > 0 ? max_ns : 0;
	if (w->wait.margin_ns > w->wait.spin_max_ns)
		w->wait.margin_ns = w->wait.spin_max_ns;
}

void
wire_free(struct wire *w)
{
	if (w == NULL)
		return;
	if (w->taps != NULL)
		wire_tap_close_all(w->taps, 2 * w->links);
	wire_wait_done(&w->wait);
	due_done(&w->due);
	frame_pool_done(&w->pool);
	wire_names_done(&w->names);
	wire_changes_done(w);
	free(w->changed);
	free(w->taps);
	free(w->dirs);
	free(w->request);
	free(w->reply);
	free(w);
}
