/* talk.h - what is said to people on stderr: one line each, never data. */
#ifndef LIB_TALK_H
#define LIB_TALK_H

#include "lib/mono.h"

/* "catchment: TEXT" on stderr. */
void talk_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void talk_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * What is going on. On a terminal one live line, as wide as it is, at most 5 a second, each overwriting the last; elsewhere a line
 * of its own when nothing has been said for CATCHMENT_HEARTBEAT (30s), so that nobody takes a long run for a dead one.
 * Around the text stand what talk_subject, talk_figure and talk_expect said: "SUBJECT, TEXT; FIGURE; about 3 min left".
 *
 * talk_step ends the live line and prints a finished step as a line of its own everywhere. Where colours are on
 * (lib/colour.h), a verdict that it begins with has one.
 */
void talk_live(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void talk_step(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Take the live line away, if there is one: before anything goes to stdout, which may be the same terminal. */
void talk_clear(void);

/* Of what all that follows is; the last figure that was measured. "" takes it back. */
void talk_subject(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void talk_figure(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* When all will be done, as far as can be told; an instant that has passed is not shown. */
void talk_expect(struct mono end);

/*
 * From now on SIGUSR1 is answered on stderr with what `name` ("catchment run") does, and for how long: from the signal's handler,
 * so that it is answered whatever the process waits for. Does nothing where the signal is ignored. Call it once, early.
 */
void talk_answer(const char *name);

#endif
