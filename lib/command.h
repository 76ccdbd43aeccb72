/* command.h - what every command is: a name, a line about it, a main, and one meaning per exit code. */
#ifndef LIB_COMMAND_H
#define LIB_COMMAND_H

enum exit_code {
	EXIT_GOOD = 0,		/* all good */
	EXIT_MISSED = 1,	/* an expectation or gate missed */
	EXIT_USAGE = 2,		/* usage or bad input */
	EXIT_ENVIRONMENT = 3,	/* missing feature, lab failed */
	EXIT_INCONCLUSIVE = 4,	/* inconclusive or invalid (noisy host) */
	EXIT_INTERRUPTED = 130, /* ^C */
};

struct command {
	const char *name;
	const char *summary;		     /* one line, no full stop */
	int (*main)(int argc, char *argv[]); /* argv[0] is "catchment NAME"; returns an exit_code */
};

/* The value of CATCHMENT_FLAG ("any-catchment" -> CATCHMENT_ANY_CATCHMENT), or NULL. The flag wins. */
const char *command_env(const char *flag);

/*
 * Whoever sees a failure can have it again: unless the exit code is good, usage or an interrupt, the command line is said on stderr.
 *
 *      argv    as a command's main has it
 *
 * Returns the code.
 */
int command_again(int code, char *const argv[]);

#endif
