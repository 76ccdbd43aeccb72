/* css.h - the page's style sheet. */
#ifndef REPORTS_CSS_H
#define REPORTS_CSS_H

/* The colours it names are those of lib/theme.h. */
extern const char css_text[];

#endif
