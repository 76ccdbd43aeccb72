/* stop.c - ^C and its like, noticed instead of obeyed: the first asks to clean up, the second aborts. */
#include "lib/stop.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "lib/command.h"

static volatile sig_atomic_t requests, told; /* told: somebody sits at a terminal */

static void
note(int signal)
{
	static const char word[] = "\ncatchment: aborted\n";
	static const char first[] =
		"\ncatchment: stopping, and cleaning up; once more to end it at once\n";

	(void)signal;
	if (++requests == 1 && told && write(STDERR_FILENO, first, sizeof(first) - 1) < 0)
		told = 0;
	if (requests > 1) {
		if (write(STDERR_FILENO, word, sizeof(word) - 1) < 0)
			_exit(EXIT_INTERRUPTED);
		_exit(EXIT_INTERRUPTED);
	}
}

void
stop_install(void)
{
	struct sigaction act = {.sa_handler = note};

	told = isatty(STDERR_FILENO);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int
stop_requested(void)
{
	return requests;
}
