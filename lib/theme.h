/* theme.h - the colours of pages and pictures as CSS variables, for light and for dark. */
#ifndef LIB_THEME_H
#define LIB_THEME_H

/*
 * A style sheet that defines --ink --mute --grid --paper --wash --shade --link --lost --lost-text --failed
 * --good, and per PoP --siteN (fills) and --siteN-text (dark enough for text), N below THEME_SITES:
 * Okabe and Ito's colours, which stay apart for colour-blind readers. Vermilion is kept for what is
 * lost. PoPs take theirs in the order of their names, a seventh starts over. --phaseN are those of
 * four kinds of waiting, after Paul Tol's muted scheme; --paper reads well on them. What is text has
 * a contrast of 4.5 and more to --paper and --wash (tests/unit/lib/test_theme.c). Dark is for screens: print is light.
 */
extern const char theme_css[];

enum { THEME_SITES = 6 };

#endif
