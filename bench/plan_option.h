/* plan_option.h - the command line of a command that the runner drives: --plan FILE and nothing else. */
#ifndef BENCH_PLAN_OPTION_H
#define BENCH_PLAN_OPTION_H

/*
 * The plan's path out of the command line; a wrong one ends the process with EXIT_USAGE, --help with 0.
 *
 *      about           of --plan, for --help
 *      doc             as argp takes it: what comes before the options, \v, what comes after
 */
const char *plan_option(int argc, char *argv[], const char *about, const char *doc);

#endif
