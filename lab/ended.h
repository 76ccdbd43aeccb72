/* ended.h - what a lab that nobody took down leaves: the reason, and its logs, until the next up or down. */
#ifndef LAB_ENDED_H
#define LAB_ENDED_H

#include <stddef.h>

/*
 * Called by the supervisor at the end of a lab that was up and that nobody waits for: keep the
 * logs in its folder, remove the rest, write down why.
 */
void ended_leave(const char *lab_dir, const char *why);

/*
 * What is known of the lab whose folder this was, as the end of a sentence: "; it ended by itself
 * at ...". "" when nothing is left of one.
 */
void ended_tell(const char *lab_dir, char *out, size_t size);

#endif
