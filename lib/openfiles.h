/* openfiles.h - room for as many open files as a command is going to need. */
#ifndef LIB_OPENFILES_H
#define LIB_OPENFILES_H

#include <stddef.h>

#include "lib/err.h"

/*
 * Raise the limit of open files (RLIMIT_NOFILE) to at least `files` and some spare ones; beyond the
 * hard limit that takes CAP_SYS_RESOURCE. Returns 0 or -errno with `e` filled.
 */
int openfiles_allow(size_t files, struct err *e);

#endif
