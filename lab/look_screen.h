/* look_screen.h - a terminal taken over for a while, and given back as it was, whatever ends us. */
#ifndef LAB_LOOK_SCREEN_H
#define LAB_LOOK_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

enum look_event {
	LOOK_TICK,    /* the time is up */
	LOOK_QUIT,    /* ^C, SIGTERM, SIGHUP, or 'q' */
	LOOK_RESIZED, /* another size, or back from ^Z: draw again */
};

/*
 * Signals become events from here on. With `full` the terminal's alternate screen is taken, its
 * cursor hidden, keys are read at once; the end of the process gives all back.
 *
 * Returns 0 or -errno with `e` filled.
 */
int look_screen_open(bool full, struct err *e);
void look_screen_close(void);

/* The rows of the window; 24 when it does not say. */
int look_screen_rows(void);

/* Put `text` there from the top, each line cut at the window's edge. */
void look_screen_show(const char *text);

enum look_event look_screen_wait(int timeout_ms);

#endif
