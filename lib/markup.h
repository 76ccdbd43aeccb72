/* markup.h - text that came from data, escaped so that it cannot become markup. */
#ifndef LIB_MARKUP_H
#define LIB_MARKUP_H

#include "lib/buf.h"

/*
 * Text, escaped for an element's content and for a quoted attribute, in HTML and in XML 1.0.
 * Control characters, characters that XML forbids, bytes that are not UTF-8 and those that turn the
 * reading direction become U+FFFD. NULL writes nothing.
 */
void markup_text(struct buf *b, const char *text);

/* ` NAME="escaped"`; `name` is a literal of ours. */
void markup_attr(struct buf *b, const char *name, const char *value);

#endif
