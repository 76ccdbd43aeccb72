/*
 * run.c - the loop of the link emulator: read, decide, keep, write in time.
 *
 * The arrival of a frame is when epoll said that it was there, for the first one of a TAP, and when
 * it was read, for those behind it: both are later than the truth, never earlier, so that no frame
 * crosses a link in less than its delay.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab/wire/calm.h"
#include "lab/wire/data.h"
#include "lab/wire/inner.h"

enum {
	READ_BUDGET = 16,    /* frames of one TAP before the others have their turn */
	RELEASE_BUDGET = 64, /* frames written before new ones are looked at */
	EVENTS = 128,
};

static void
keep(struct wire *w, size_t dir, struct frame *f)
{
	struct wire_dir *d = &w->dirs[dir];

	if (d->impair.reorder)
		frame_push_sorted(&w->pool, &d->queue, f);
	else
		frame_push(&w->pool, &d->queue, f);
	if (frame_first(&w->pool, &d->queue) == f)
		due_set(&w->due, (uint32_t)dir, f->release);
}

/* A copy goes right behind its frame; with no memory left there is none. */
static void
keep_copy(struct wire *w, size_t dir, const struct frame *f)
{
	struct frame *copy = frame_take(&w->pool);

	if (copy == NULL)
		return;
	copy->release = f->release;
	copy->len_bytes = f->len_bytes;
	memcpy(copy->bytes, f->bytes, f->len_bytes);
	keep(w, dir, copy);
	w->dirs[dir].duplicated_pkts++;
}

static void
keep_as_decided(struct wire *w, size_t dir, struct frame *f, const struct wire_verdict *v)
{
	f->release = v->release;
	if (v->flip_bit >= 0) {
		f->bytes[v->flip_bit / 8] ^= (uint8_t)(0x80U >> (v->flip_bit % 8));
		w->dirs[dir].corrupted_pkts++;
	}
	keep(w, dir, f);
	if (v->duplicate)
		keep_copy(w, dir, f);
}

/* Takes the frame over, whatever becomes of it. */
static void
admit(struct wire *w, size_t dir, struct frame *f, struct mono arrival)
{
	struct wire_dir *d = &w->dirs[dir];
	struct wire_verdict v;

	switch (wire_decide(&d->impair, &d->memory, f->bytes, f->len_bytes, arrival, &v)) {
	case WIRE_LOST_DOWN:
		d->down_dropped_pkts++;
		break;
	case WIRE_LOST_BLACKHOLE:
		d->blackholed_pkts++;
		break;
	case WIRE_LOST_QUEUE:
		d->queue_dropped_pkts++;
		break;
	case WIRE_LOST_RANDOM:
		d->lost_pkts++;
		break;
	case WIRE_KEEP:
		if (f->len_bytes > FRAME_MAX_BYTES || d->queue.len_pkts >= FRAME_QUEUE_MAX) {
			d->tx_dropped_pkts++;
			break;
		}
		keep_as_decided(w, dir, f, &v);
		return;
	}
	frame_give(&w->pool, f);
}

/* With no slot left frames are still read, so that those lost are counted. */
static ssize_t
read_and_lose(struct wire *w, size_t dir)
{
	uint8_t byte;
	ssize_t len = read(w->taps[dir].fd, &byte, sizeof(byte));

	if (len > 0)
		w->dirs[dir].tx_dropped_pkts++;
	return len;
}

static void
read_tap(struct wire *w, size_t dir, struct mono arrival)
{
	struct wire_tap *t = &w->taps[dir];
	ssize_t len = 1;

	for (int i = 0; i < READ_BUDGET && len > 0; i++) {
		struct frame *f = frame_take(&w->pool);

		if (f == NULL) {
			len = read_and_lose(w, dir);
			continue;
		}
		len = read(t->fd, f->bytes, sizeof(f->bytes));
		if (len <= 0) {
			frame_give(&w->pool, f);
			break;
		}
		f->len_bytes = (uint32_t)len;
		admit(w, dir, f, i == 0 ? arrival : mono_now());
	}
	if (len < 0 && errno != EAGAIN && errno != EINTR) { /* EBADFD: the interface was deleted */
		wire_wait_drop(&w->wait, t->fd);
	}
}

static void
release_first(struct wire *w, size_t dir, struct mono now)
{
	struct wire_dir *d = &w->dirs[dir];
	struct frame *f = frame_pop(&w->pool, &d->queue);
	const struct frame *next = frame_first(&w->pool, &d->queue);

	hist_add(&w->lateness, mono_diff_ns(now, f->release));
	if (write(w->taps[dir ^ 1].fd, f->bytes, f->len_bytes) == (ssize_t)f->len_bytes) {
		d->tx_pkts++;
		d->tx_bytes += f->len_bytes;
	} else {
		d->tx_dropped_pkts++;
	}
	frame_give(&w->pool, f);
	if (next != NULL)
		due_set(&w->due, (uint32_t)dir, next->release);
	else
		due_remove(&w->due, (uint32_t)dir);
}

static void
release_due(struct wire *w)
{
	for (int i = 0; i < RELEASE_BUDGET && due_first(&w->due) != NULL; i++) {
		struct mono now = mono_now();

		if (mono_diff_ns(due_first(&w->due)->at, now) > 0)
			return;
		if (due_first(&w->due)->id < 2 * w->links)
			release_first(w, due_first(&w->due)->id, now);
		else
			wire_change_end(w, (uint32_t)(due_first(&w->due)->id - 2 * w->links));
	}
}

size_t
wire_flush(struct wire *w, size_t dir, const struct wire_impair *what)
{
	struct frame_queue *q = &w->dirs[dir].queue, kept;
	size_t lost = 0;

	frame_queue_init(&kept);
	while (frame_first(&w->pool, q) != NULL) {
		struct frame *f = frame_pop(&w->pool, q);

		if (what != NULL && !wire_is_swallowed(what, f->bytes, f->len_bytes)) {
			frame_push(&w->pool, &kept, f);
			continue;
		}
		frame_give(&w->pool, f);
		lost++;
	}
	*q = kept;
	if (frame_first(&w->pool, q) != NULL) {
		due_set(&w->due, (uint32_t)dir, frame_first(&w->pool, q)->release);
	} else {
		due_remove(&w->due, (uint32_t)dir);
		w->dirs[dir].memory.last_release = w->dirs[dir].memory.idle = (struct mono){0};
	}
	return lost;
}

static int
forward(struct wire *w, int ctl_fd, struct err *e)
{
	struct epoll_event events[EVENTS];
	int rc = 0;

	while (rc == 0 && !w->ended) {
		const struct due_entry *first;
		struct mono arrival;
		uint32_t asked = 0;
		int n;

		release_due(w);
		first = due_first(&w->due);
		n = wire_wait_for(&w->wait, first != NULL ? &first->at : NULL, events, EVENTS);
		if (n < 0)
			return err_sys(e, -n, "cannot wait for frames");
		arrival = mono_now();
		for (int i = 0; i < n; i++) {
			uint32_t id = events[i].data.u32;

			if (id == WIRE_CTL_ID) {
				asked = events[i].events;
				continue;
			}
			read_tap(w, id, arrival);
			release_due(w);
		}
		/* Last: frames that were there before the request are treated as before it. */
		if (asked != 0)
			rc = wire_control(w, ctl_fd, asked, e);
	}
	return rc;
}

int
wire_run(struct wire *w, int ctl_fd, struct err *e)
{
	struct wire_calm calm;
	int rc = wire_herald_init(&w->herald, w->taps, e);

	if (rc < 0)
		return rc;
	rc = wire_wait_add(&w->wait, ctl_fd, WIRE_CTL_ID);
	if (rc < 0) {
		wire_herald_done(&w->herald);
		return err_sys(e, -rc, "cannot watch the control socket");
	}
	w->ended = false;
	wire_calm_begin(&calm); /* after the herald's start: it keeps the common class */
	w->realtime = calm.realtime;
	rc = forward(w, ctl_fd, e);
	wire_calm_end(&calm);
	wire_wait_drop(&w->wait, ctl_fd);
	wire_herald_done(&w->herald);
	free(w->reply);
	w->reply = NULL;
	return rc;
}

int64_t
wire_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

void
wire_figures_reset(struct wire *w)
{
	hist_reset(&w->lateness);
	w->since = wall_now();
	w->since_cpu_ns = wire_cpu_ns();
}

void
wire_link_reset(struct wire *w, size_t link)
{
	for (size_t i = 2 * link; i < 2 * link + 2; i++) {
		struct wire_dir *d = &w->dirs[i];

		d->tx_pkts = d->tx_bytes = d->tx_dropped_pkts = 0;
		d->blackholed_pkts = d->down_dropped_pkts = d->lost_pkts = 0;
		d->queue_dropped_pkts = d->duplicated_pkts = d->corrupted_pkts = 0;
	}
}
