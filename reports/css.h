/* css.h - the page's style sheet. */
#ifndef REPORTS_CSS_H
#define REPORTS_CSS_H

/* Defines every variable of reports/palette.h twice: light, and dark for who prefers it. */
extern const char css_text[];

#endif
