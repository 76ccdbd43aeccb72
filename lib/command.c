/* command.c - what all commands do alike: flags that also come from the environment, and how a failure is had again. */
#include "lib/command.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/buf.h"
#include "lib/shell.h"
#include "lib/talk.h"

const char *
command_env(const char *flag)
{
	char name[64];
	int n = snprintf(name, sizeof(name), "CATCHMENT_%s", flag);

	for (int i = 0; i < n && i < (int)sizeof(name); i++)
		name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
	return getenv(name);
}

int
command_again(int code, char *const argv[])
{
	struct buf line = {0};

	if (code != EXIT_MISSED && code != EXIT_ENVIRONMENT && code != EXIT_INCONCLUSIVE)
		return code;
	buf_add(&line, argv[0]); /* "catchment load dns": words that need no quotes */
	for (size_t i = 1; argv[i] != NULL; i++) {
		buf_add(&line, " ");
		shell_quote(&line, argv[i]);
	}
	if (buf_check(&line, NULL) == 0)
		talk_step("%-12s %s", "again:", line.data);
	buf_done(&line);
	return code;
}
