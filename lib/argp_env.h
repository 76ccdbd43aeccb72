/* argp_env.h - options of an argp parser that also come from the environment: --rate as CATCHMENT_RATE. */
#ifndef LIB_ARGP_ENV_H
#define LIB_ARGP_ENV_H

#include <argp.h>

/*
 * Hand `take` each option that the environment gives. To be called at ARGP_KEY_INIT: the flags come later and win.
 *
 *      options         ends as argp's lists do; headings in it are passed over
 *      take            like the parser itself; reads state->input. Its argument lives as long as the environment
 *
 * What is empty counts as not given, and so does 0 for an option without a value. A value that is wrong
 * is `take`'s to refuse, by argp_error: the command's name is set for that.
 */
void argp_env(const struct argp_option *options, argp_parser_t take, struct argp_state *state);

#endif
