/* front.h - the page of all runs, kept up to date. */
#ifndef REPORTS_HISTORY_FRONT_H
#define REPORTS_HISTORY_FRONT_H

#include "lib/err.h"

/*
 * A run in folder OUT has ended: write OUT/index.html, or where OUT is a batch's or a sweep's own folder that of the folder
 * above it. Returns 0 or -errno.
 */
int history_note(const char *out, struct err *e);

#endif
