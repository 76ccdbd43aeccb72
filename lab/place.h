/* place.h - where a lab keeps its run-time files, and where the bench's own data lies. */
#ifndef LAB_PLACE_H
#define LAB_PLACE_H

#include <limits.h>
#include <stddef.h>

#include "lib/err.h"

/* PATH_MAX less what is appended to it, so that joined paths are checked once, here. */
enum { PLACE_BYTES = 512 };

/*
 * The folder of one lab: /run/catchment/NAME; without root under XDG_RUNTIME_DIR, or else in
 * /tmp/catchment-UID. Not made.
 * Returns 0; -EINVAL when the name is not 1 to 40 of a-z, 0-9 and '-'; -EPERM when another user
 * has taken that folder in /tmp.
 */
int place_lab(const char *lab_name, char out[static PLACE_BYTES], struct err *e);

/*
 * Is there room for the files of a lab of so many nodes in the folder, which exists? Mostly logs.
 * Returns 0, or -ENOSPC with `e` saying how much is free and how much is wanted.
 */
int place_room(const char *dir, size_t nodes, struct err *e);

/*
 * The folder that holds lab/ and scenarios/: $CATCHMENT_DATA, else the tree the program was built
 * in (beside its build folder), else PREFIX/share/catchment of PREFIX/bin/catchment.
 * Returns 0, or -ENOENT naming what was tried.
 */
int place_data(char out[static PLACE_BYTES], struct err *e);

/* Its path, whether it is there or not; nothing is built. Returns 0 or -errno. */
int place_rootfs_path(const char *data_dir, char out[static PLACE_BYTES], struct err *e);

/*
 * The daemons' root file system, as lab/rootfs/build names it; built on first use, which takes a
 * minute and talks on stderr. Returns 0 or -errno.
 */
int place_rootfs(const char *data_dir, char out[static PLACE_BYTES], struct err *e);

/* The same with the daemons of another Debian release: [a-z0-9-]+. */
int place_rootfs_suite(
	const char *data_dir, const char *suite, char out[static PLACE_BYTES], struct err *e);

/*
 * Is there such a release, as far as can be said before its root file system is made? Of one that is neither there nor known
 * the machine's mirrors are asked. Returns 0, -EINVAL when nobody knows it, or -errno.
 */
int place_suite_known(const char *data_dir, const char *suite, struct err *e);

#endif
