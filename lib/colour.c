/* colour.c - may words be coloured: asked of --color, NO_COLOR and the terminal, in this order. */
#include "lib/colour.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/command.h"

static enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } wanted;

static int
set(const char *when, const char **ret_bad)
{
	static const char *const words[] = {"auto", "always", "never"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(when, words[i]) == 0) {
			wanted = i == 0 ? COLOUR_AUTO : i == 1 ? COLOUR_ALWAYS : COLOUR_NEVER;
			return 0;
		}
	*ret_bad = when;
	return -EINVAL;
}

/* Where the options of ours end. */
static int
end_of_ours(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0 ||
			(i > 1 && strcmp(argv[i - 1], "lab") == 0 &&
				(strcmp(argv[i], "exec") == 0 || strcmp(argv[i], "shell") == 0)))
			return i;
	return argc;
}

int
colour_take(int *argc, char *argv[], const char **ret_bad)
{
	const char *environment = command_env("color");
	int end = end_of_ours(*argc, argv), to = 1, rc = 0;

	*ret_bad = "";
	if (environment != NULL)
		rc = set(environment, ret_bad);
	for (int i = 1; i < *argc; i++) {
		if (i < end && strncmp(argv[i], "--color=", 8) == 0)
			rc = set(argv[i] + 8, ret_bad);
		else if (i < end && strcmp(argv[i], "--color") == 0)
			rc = i + 1 < end ? set(argv[++i], ret_bad) : -EINVAL;
		else
			argv[to++] = argv[i];
		if (rc < 0)
			return rc;
	}
	argv[to] = NULL;
	*argc = to;
	return rc;
}

bool
colour_on(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (wanted != COLOUR_AUTO)
		return wanted == COLOUR_ALWAYS;
	return isatty(fd) && (no == NULL || no[0] == '\0') && term != NULL &&
		strcmp(term, "dumb") != 0;
}
