/* html.h - HTML and XML written piece by piece, where text that came from data cannot become markup. */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "lib/buf.h"

/* Markup: for literals of our own only. */
#define html_raw(b, literal) buf_add((b), "" literal)

/*
 * Text, escaped for an element's content and for a quoted attribute, in HTML and in XML 1.0.
 * Control characters, characters that XML forbids and those that turn the reading direction
 * become U+FFFD. NULL writes nothing.
 */
void html_text(struct buf *b, const char *text);

/* Formatted first, then escaped as a whole. */
void html_textf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ` NAME="escaped"`; `name` is a literal of ours. */
void html_attr(struct buf *b, const char *name, const char *value);

/*
 * A link to a file below the page's folder, the path its text. What is absolute, has a ".." or
 * is empty is written as text without a link.
 */
void html_link(struct buf *b, const char *path);
void html_link_as(struct buf *b, const char *path, const char *text); /* another text */
/* The same to a place of that page; `anchor` NULL: the page. */
void html_link_to(struct buf *b, const char *path, const char *anchor, const char *text);
/* ` id="target-ID"`: where a page tells of a claim. */
void html_target_id(struct buf *b, const char *id);

/* A page up to <main>: its title, and what of CSS comes after the theme's and the reports' own; may be NULL. */
void html_page(struct buf *b, const char *title, const char *more_css);

/* Tables: the caption is text; a cell is closed by the next call. */
void html_table(struct buf *b, const char *caption);
void html_table_end(struct buf *b);
void html_row(struct buf *b);
void html_row_end(struct buf *b);
void html_col(struct buf *b, const char *text);	    /* heading of a column */
void html_col_num(struct buf *b, const char *text); /* the same, over figures */
/* A whole <thead> and the opening <tbody>; the first `n_text` columns are of text, the rest of figures. */
void html_columns(struct buf *b, const char *const names[], size_t n, size_t n_text);
void html_rowhead(struct buf *b, const char *text); /* heading of a row */
void html_cell(struct buf *b, const char *text);
void html_num(struct buf *b, const char *text);

#endif
