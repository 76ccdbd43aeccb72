/* notes.h - what somebody who only looks at the margin of a change must know of a run, the gravest first. */
#ifndef REPORTS_NOTES_H
#define REPORTS_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/result.h"

enum { NOTE_TITLE_BYTES = 256 };
enum note_level {
	NOTE_ERROR,
	NOTE_WARNING,
	NOTE_NOTICE
}; /* an error is what makes the exit status other than 0 */

struct note {
	enum note_level level;
	unsigned int line; /* of the scenario's file; 0: it is of none */
	char title[NOTE_TITLE_BYTES], text[600];
};

struct notes {
	struct note *list;
	size_t len;
	char file[PATH_MAX]; /* the scenario's; "": not known */
};

/* Gather them of a run; notes_done() them. */
void notes_of(const struct result *r, bool is_strict, struct notes *ret);
void notes_done(struct notes *n);

/* "error", "warning", "notice" */
const char *note_word(enum note_level level);

/* Trials after which the lab was not as before. */
size_t notes_unhealed(const struct result *r);

#endif
