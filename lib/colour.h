/* colour.h - may words be coloured: asked of --color, NO_COLOR and the terminal, in this order. */
#ifndef LIB_COLOUR_H
#define LIB_COLOUR_H

#include <stdbool.h>

/*
 * Take "--color WHEN" and "--color=WHEN" out of a command line, wherever they stand before a "--"; after "lab exec" and "lab
 * shell" they belong to what is run there. CATCHMENT_COLOR says the same, the flag wins.
 *
 * Returns 0, or -EINVAL for what is none of auto, always, never; `*ret_bad` is that word, "" where it is missing.
 */
int colour_take(int *argc, char *argv[], const char **ret_bad);

/* auto: a terminal, TERM is not dumb, NO_COLOR unset or empty. */
bool colour_on(int fd);

#endif
