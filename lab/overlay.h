/* overlay.h - a node's files as its overlay will show them, read without mounting anything. */
#ifndef LAB_OVERLAY_H
#define LAB_OVERLAY_H

#include <stddef.h>

#include "lab/conf_daemon.h"

struct overlay {
	char **layers; /* lowest first, as layers_of() gives them; borrowed */
};

/*
 * Read /etc/... from the highest layer that has it. A link is followed within its layer and no further.
 *
 *      shown   out: the file's path on this machine
 *
 * Returns 0, -ENOENT, -EFBIG (over DC_MAX_FILE_BYTES), -EINVAL (not a file) or -errno. `arg` is a struct overlay.
 */
int overlay_read(void *arg, const char *path, char **ret_data, size_t *ret_len,
	char shown[static DC_PATH_BYTES]);

/* Paths that match, of all layers, sorted, each once; wildcards in the last part only. */
size_t overlay_expand(void *arg, const char *pattern, char (*ret)[DC_PATH_BYTES], size_t max);

#endif
