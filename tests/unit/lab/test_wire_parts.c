/* test_wire_parts.c - the emulator's parts alone: the heap against sorting, the queues, the wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

#include "lab/wire/due.h"
#include "lab/wire/frame.h"
#include "lab/wire/wait.h"
#include "lib/rng.h"

enum { IDS = 90 };

static void
heap_matches_a_search(void **state)
{
	struct mono at[IDS];
	bool in[IDS] = {false};
	struct due d;
	struct rng r;

	(void)state;
	rng_init(&r, 11);
	assert_int_equal(due_init(&d, IDS, NULL), 0);
	assert_null(due_first(&d));
	for (int step = 0; step < 20000; step++) {
		uint32_t id = (uint32_t)rng_below(&r, IDS);
		int64_t least_ns = INT64_MAX;
		size_t n = 0;

		if (rng_below(&r, 3) == 0) {
			due_remove(&d, id);
			in[id] = false;
		} else {
			at[id].ns = (int64_t)rng_below(&r, 500);
			due_set(&d, id, at[id]);
			in[id] = true;
		}
		for (size_t i = 0; i < IDS; i++) {
			n += in[i];
			if (in[i] && at[i].ns < least_ns)
				least_ns = at[i].ns;
		}
		assert_int_equal(d.len, n);
		if (n == 0) {
			assert_null(due_first(&d));
			continue;
		}
		assert_int_equal(due_first(&d)->at.ns, least_ns);
		assert_true(in[due_first(&d)->id]);
		assert_int_equal(at[due_first(&d)->id].ns, least_ns);
	}
	due_done(&d);
}

static void
queues_share_the_pool(void **state)
{
	struct frame_pool p;
	struct frame_queue q[2];
	struct frame *f;
	uint32_t taken = 0;

	(void)state;
	assert_int_equal(frame_pool_init(&p, NULL), 0);
	frame_queue_init(&q[0]);
	frame_queue_init(&q[1]);
	assert_null(frame_first(&p, &q[0]));
	while ((f = frame_take(&p)) != NULL) {
		f->len_bytes = taken;
		frame_push(&p, &q[taken & 1], f);
		taken++;
	}
	assert_int_equal(taken, FRAME_SLOTS);
	for (uint32_t i = 0; i < FRAME_SLOTS; i++) {
		f = frame_pop(&p, &q[i & 1]);
		assert_int_equal(f->len_bytes, i);
		frame_give(&p, f);
	}
	assert_int_equal(q[0].len_pkts + q[1].len_pkts, 0);
	assert_null(frame_first(&p, &q[1]));
	assert_ptr_equal(frame_take(&p), f); /* the last given back is the first taken */
	frame_pool_done(&p);
}

/* Sleeps end when files or the alarm do, and the alarm is never handed out as a file. */
static void
waiting(void **state)
{
	struct epoll_event ev[4];
	struct wire_wait w;
	struct mono until;
	uint64_t one = 1;
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(wire_wait_init(&w, 20000, NULL), 0);
	assert_int_equal(wire_wait_add(&w, fd, 5), 0);
	for (int i = 0; i < 30; i++) {
		until = mono_add(mono_now(), 3 * NS_PER_MS);
		while (mono_diff_ns(until, mono_now()) > 0)
			assert_int_equal(wire_wait_for(&w, &until, ev, 4), 0);
		assert_in_range(w.margin_ns, 0, 20000);
	}
	assert_int_equal(write(fd, &one, sizeof(one)), sizeof(one));
	until = mono_add(mono_now(), 60 * NS_PER_S);
	assert_int_equal(wire_wait_for(&w, &until, ev, 4), 1);
	assert_int_equal(ev[0].data.u32, 5);
	until = mono_add(mono_now(), NS_PER_MS); /* sooner than the alarm that is still set */
	wire_wait_drop(&w, fd);
	while (mono_diff_ns(until, mono_now()) > 0)
		assert_int_equal(wire_wait_for(&w, &until, ev, 4), 0);
	assert_int_equal(wire_wait_add(&w, fd, 6), 0);
	assert_int_equal(wire_wait_for(&w, NULL, ev, 4), 1);
	assert_int_equal(ev[0].data.u32, 6);
	close(fd);
	wire_wait_done(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(heap_matches_a_search),
		cmocka_unit_test(queues_share_the_pool), cmocka_unit_test(waiting)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
