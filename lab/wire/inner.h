/* inner.h - what the files of the link emulator share: links, directions, frames on their way. */
#ifndef LAB_WIRE_INNER_H
#define LAB_WIRE_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/wire/change.h"
#include "lab/wire/due.h"
#include "lab/wire/frame.h"
#include "lab/wire/herald.h"
#include "lab/wire/impair.h"
#include "lab/wire/names.h"
#include "lab/wire/tap.h"
#include "lab/wire/wait.h"
#include "lab/wire/wire.h"
#include "lib/hist.h"
#include "lib/mono.h"

#define WIRE_CTL_ID 0x7fffffffU /* of the control socket, among directions */

/* One way of a link. Direction i of the lab reads taps[i] and writes taps[i ^ 1]. */
struct wire_dir {
	struct wire_impair impair, home; /* now; as it began */
	struct wire_memory memory;
	struct wire_loan loan;
	struct frame_queue queue;
	uint64_t tx_pkts;
	uint64_t tx_bytes;
	uint64_t tx_dropped_pkts;
	uint64_t blackholed_pkts;
	uint64_t down_dropped_pkts;
	uint64_t lost_pkts;
	uint64_t queue_dropped_pkts;
	uint64_t duplicated_pkts;
	uint64_t corrupted_pkts;
};

struct wire {
	size_t links;
	struct wire_names names;
	struct wire_tap *taps; /* [2 * links] */
	struct wire_dir *dirs; /* [2 * links] */
	struct frame_pool pool;
	struct due
		due; /* directions with frames, by the release of their first; changes, by their end */
	struct wire_change *changes; /* [WIRE_CHANGES], a ring by id */
	uint64_t changes_len;	     /* ever */
	bool *changed;		     /* [2 * links], for change.c */
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

/* Drop all frames on their way in a direction, or those that an impairment swallows (data.h); how many there were. */
size_t wire_flush(struct wire *w, size_t dir, const struct wire_impair *what);

/*
 * Answer what waits on the control socket. Sets w->ended at end of file. Returns 0, or -errno
 * when the socket fails.
 */
int wire_control(struct wire *w, int ctl_fd, uint32_t events, struct err *e);

/* Zero the figures that are told of all; those of a link. */
void wire_figures_reset(struct wire *w);
void wire_link_reset(struct wire *w, size_t link);

int64_t wire_cpu_ns(void);

#endif
