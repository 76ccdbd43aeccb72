/* gnuplot.h - a gnuplot script in, an SVG out: one child process, bounded in time, its complaints kept. */
#ifndef REPORTS_GNUPLOT_H
#define REPORTS_GNUPLOT_H

#include "lib/err.h"

/*
 * Run gnuplot on a script that draws one SVG to its stdout. Script and SVG are in memory; no file
 * is left behind. Start-up files of the user are not read.
 *
 *      deadline_ms     the child is killed after that
 *      ret_svg         out; NUL-terminated, free() it
 *
 * Returns 0; -ENOPKG if there is no gnuplot (`e` says what to install), -ETIMEDOUT, -EIO if it
 * failed or drew nothing (`e` holds its own words), -errno.
 */
int gnuplot_svg(const char *script, int deadline_ms, char **ret_svg, struct err *e);

#endif
