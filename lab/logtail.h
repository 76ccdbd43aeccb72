/* logtail.h - the last lines of a daemon's log, which say why better than we could. */
#ifndef LAB_LOGTAIL_H
#define LAB_LOGTAIL_H

#include <jansson.h>

enum { LOGTAIL_LINES = 12 };

/* LAB_DIR/log/NODE/SERVICE.log as an array of strings, oldest first; empty if there is no such log. */
json_t *logtail(const char *lab_dir, const char *node, const char *service);

#endif
