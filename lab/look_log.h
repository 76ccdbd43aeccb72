/* look_log.h - what the services of a node said: their logs put together in the order of time. */
#ifndef LAB_LOOK_LOG_H
#define LAB_LOOK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/mono.h"

/*
 * The instant that a daemon's line begins with, as Knot, BIRD, FRR, keepalived write it (UTC).
 *
 *      ret     out; to the second or finer
 *
 * Returns 0, or -ENOENT when the line begins with none.
 */
int look_log_stamp(const char *line, struct wall *ret);

struct look_log;

/*
 * Open the logs of a node.
 *
 *      dir             LAB_DIR/log/NODE
 *      service         one of them, or NULL for all
 *
 * Returns 0, -EINVAL (`service` is not there; `e` names those that are), or another -errno.
 */
int look_log_open(const char *dir, const char *service, struct look_log **ret, struct err *e);
void look_log_close(struct look_log *l);

size_t look_log_services(const struct look_log *l); /* how many are open */

/*
 * Hand out every whole line written since the last call, those of one instant in the order of the
 * services' names. A line without a time of its own has that of the line before it.
 *
 *      since           lines before it are passed over
 *      line            gets the service and the line, without its newline
 *
 * Returns 0 or -errno with `e` filled.
 */
int look_log_read(struct look_log *l, struct wall since,
	void (*line)(void *arg, const char *service, const char *text), void *arg, struct err *e);

/* What is left of each log without a newline; at the end. */
void look_log_rest(struct look_log *l,
	void (*line)(void *arg, const char *service, const char *text), void *arg);

/*
 * Wait until there may be more to read.
 *
 * Returns 1, 0 after `timeout_ms`, -EINTR (a signal), or -ENOENT (the logs are gone).
 */
int look_log_wait(struct look_log *l, int timeout_ms);

#endif
