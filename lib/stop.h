/* stop.h - ^C and its like, noticed instead of obeyed: the first asks to clean up, the second aborts. */
#ifndef LIB_STOP_H
#define LIB_STOP_H

/*
 * Take over SIGINT, SIGTERM and SIGHUP: the first sets a flag and interrupts system calls (EINTR),
 * the second ends the process at once with the status 130. On a
 * terminal the first is answered with what it does and what a second one would. SIGPIPE is ignored. Call it once, early.
 */
void stop_install(void);

int stop_requested(void); /* how many came */

#endif
