/* talk.h - what is said to people on stderr: one line each, never data. */
#ifndef LIB_TALK_H
#define LIB_TALK_H

/* "catchment: TEXT" on stderr. */
void talk_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void talk_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * One live line on a terminal (at most 5 a second, each overwriting the last), nothing elsewhere.
 * talk_step ends the live line and prints a finished step as a line of its own everywhere.
 */
void talk_live(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void talk_step(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Take the live line away, if there is one: before anything goes to stdout, which may be the same terminal. */
void talk_clear(void);

#endif
