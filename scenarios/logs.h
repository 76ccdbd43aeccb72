/* logs.h - the part of the daemons' logs that a trial wrote. */
#ifndef SCENARIOS_LOGS_H
#define SCENARIOS_LOGS_H

struct logs;

/* Remember how long each log of a lab is now. NULL when out of memory. */
struct logs *logs_mark(const char *lab_dir);

/* Copy what was added since into TO/NODE/SERVICE.log; empty parts make no file. Frees `logs`; all are tried. 0 or the first's -errno. */
int logs_copy(struct logs *logs, const char *to);

#endif
