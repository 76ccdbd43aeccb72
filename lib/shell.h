/* shell.h - words as a shell reads them. */
#ifndef LIB_SHELL_H
#define LIB_SHELL_H

#include "lib/buf.h"

/* A word, in quotes where a shell would take it apart. */
void shell_quote(struct buf *out, const char *text);

#endif
