/* fs.h - files and folders, whole: read all of one, write all of one or nothing, remove a tree. */
#ifndef LIB_FS_H
#define LIB_FS_H

#include <stddef.h>

#include "lib/err.h"

/*
 * Read a whole file into memory, with a NUL behind it that `ret_len` does not count.
 *
 *      max_bytes       larger files are refused (-EFBIG)
 *      ret_data        out; free() it
 *      ret_len         out; may be NULL
 *
 * Works on /proc files, whose size is not known beforehand. A pipe, socket or device is refused (-EINVAL) and never waited for,
 * but below /dev and /proc, where a shell hands on what it has (/dev/stdin, /dev/fd/63). Returns 0 or -errno with `e` filled.
 */
int fs_read(const char *path, size_t max_bytes, char **ret_data, size_t *ret_len, struct err *e);

/* The same of a pipe or device as well, until its end: for what somebody named as input. */
int fs_read_any(
	const char *path, size_t max_bytes, char **ret_data, size_t *ret_len, struct err *e);

/*
 * Write a file so that a reader sees the old one or the whole new one: temporary name in the same
 * folder, fsync, rename. On any failure (disk full) the temporary is removed, the old file stays.
 * A device or a pipe (/dev/null, /dev/stdout) is written to and stays what it is.
 */
int fs_write(const char *path, const void *data, size_t len, struct err *e);

/* mkdir -p, mode 0755. Returns 0 or -errno. */
int fs_mkdirs(const char *path, struct err *e);

/* rm -rf that never leaves its file system and never follows a link. Absent is fine. */
int fs_remove_tree(const char *path, struct err *e);

/*
 * SHA-256 as 64 hex digits: of a file's bytes, as sha256sum prints it, or of a tree (names, types,
 * modes and contents, sorted). A link is not followed. Returns 0 or -errno with `e` filled.
 */
int fs_sha256(const char *path, char out[static 65], struct err *e);

#endif
