/* markdown.h - Markdown written piece by piece, where text that came from data cannot become markup. */
#ifndef REPORTS_MARKDOWN_H
#define REPORTS_MARKDOWN_H

#include <stddef.h>

#include "lib/buf.h"

/* Text on one line, also in a table's cell: what Markdown or HTML would take for its own is escaped. NULL writes nothing. */
void markdown_text(struct buf *b, const char *text);
void markdown_textf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A row of a table from its cells, which are text; `head` also writes the line below it, figures to the right. */
void markdown_head(struct buf *b, const char *const names[], size_t n, size_t n_text);
void markdown_row(struct buf *b, const char *const cells[], size_t n);

/* A block of code: its fence is longer than any within. */
void markdown_code(struct buf *b, const char *text);

#endif
