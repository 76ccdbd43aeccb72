/* err.h - why something failed, in words a person can act on. */
#ifndef LIB_ERR_H
#define LIB_ERR_H

struct err {
	int code;	/* errno value, 0 when nothing was set */
	char text[768]; /* one line, no newline */
};

/*
 * Record a failure and hand back its negative code, so that a library function can end in
 * `return err_set(e, EINVAL, "...")`.
 *
 *      e       out; may be NULL (then only the code is returned)
 *      code    positive errno value
 *      fmt     one line, no newline, no errno text (err_sys adds that)
 *
 * Returns -code.
 */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same, with ": " and the text of `code` appended. Pass the errno of the failed call. */
int err_sys(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
