/* knob_text.h - a value into the lines of a configuration file that a knob means, and out of them. */
#ifndef SCENARIOS_KNOB_TEXT_H
#define SCENARIOS_KNOB_TEXT_H

#include "scenarios/knobs.h"

/*
 * Set every line that the place means.
 *
 * Without `set` its group becomes the value, of a knob of words the place's word for it. With it the line becomes that text, in which {line} is the line as it was,
 * {value} the value, and {value times TEXT} the text so often, blanks between; of a text of several lines those are left out
 * in which something comes no time at all.
 *
 *      value           in the knob's unit
 *      text            the file's, NUL-terminated
 *      ret             out: free() it
 *      ret_lines       out: how many lines matched; with 0 the text is as it was
 *
 * Returns 0, or -EINVAL (`set` says something that there is not, a file of too many repetitions) with `e` filled.
 */
int knob_text_set(const struct knob_place *p, bool whole, double value, const char *text,
	char **ret, size_t *ret_lines, struct err *e);

/*
 * What the first such line says now, in the knob's unit.
 *
 * Returns 0; -ENOENT (no line matches), -ENODATA (there is a line, but no group to read), -EINVAL (its group is no number, and none of the words).
 */
int knob_text_now(const struct knob_place *p, const char *text, double *ret);

#endif
