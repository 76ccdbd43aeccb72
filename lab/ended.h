/* ended.h - what a lab that nobody took down leaves: the reason, and its logs, until the next up or down. */
#ifndef LAB_ENDED_H
#define LAB_ENDED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Called by the supervisor when a lab that was up, and that nobody waits for, ends: write down why,
 * and take away what makes it look alive, before the taking down, which may last a while.
 */
void ended_leave(const char *lab_dir, const char *why);

/* And when all is gone: keep the logs, remove the rest. All of it, if the reason could not be kept. */
void ended_tidy(const char *lab_dir);

/* Is this the folder of a lab that ended by itself? It may still be locked for a moment. */
bool ended_there(const char *lab_dir);

/*
 * What is known of the lab whose folder this was, as the end of a sentence: "; it ended by itself
 * at ...". "" when nothing is left of one.
 */
void ended_tell(const char *lab_dir, char *out, size_t size);

#endif
