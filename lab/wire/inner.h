/* inner.h - what the files of the link emulator share: links, directions, frames on their way. */
#ifndef LAB_WIRE_INNER_H
#define LAB_WIRE_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/wire/due.h"
#include "lab/wire/frame.h"
#include "lab/wire/herald.h"
#include "lab/wire/tap.h"
#include "lab/wire/wait.h"
#include "lab/wire/wire.h"
#include "lib/hist.h"
#include "lib/mono.h"

#define WIRE_CTL_ID 0x7fffffffU /* of the control socket, among directions */

/* One way of a link. Direction i of the lab reads taps[i] and writes taps[i ^ 1]. */
struct wire_dir {
	int64_t delay_ns;
	bool blackhole;
	struct mono last_release; /* of the newest frame kept: none may leave before it */
	struct frame_queue queue;
	uint64_t tx_pkts;
	uint64_t tx_bytes;
	uint64_t tx_dropped_pkts;
	uint64_t blackholed_pkts;
	uint64_t down_dropped_pkts;
};

struct wire {
	size_t links;
	char (*name)[64];      /* [links] */
	struct wire_tap *taps; /* [2 * links] */
	struct wire_dir *dirs; /* [2 * links] */
	struct frame_pool pool;
	struct due due; /* directions with frames, by the release of their first */
	struct wire_wait wait;
	struct wire_herald herald; /* while wire_run runs */
	struct hist lateness;
	struct wall since; /* when the figures began */
	int64_t since_cpu_ns;
	bool realtime;
	bool ended;    /* the control socket reported end of file */
	char *request; /* [WIRE_REQUEST_BYTES + 1] */
	char *reply;   /* waits to be sent; NULL: none */
};

/* Drop all frames on their way in a direction; how many there were. */
size_t wire_flush(struct wire *w, size_t dir);

/*
 * Answer what waits on the control socket. Sets w->ended at end of file. Returns 0, or -errno
 * when the socket fails.
 */
int wire_control(struct wire *w, int ctl_fd, uint32_t events, struct err *e);

/* Zero the figures. */
void wire_stats_reset(struct wire *w);

int64_t wire_cpu_ns(void);

#endif
