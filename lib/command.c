/* command.c - flags that also come from the environment. */
#include "lib/command.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

const char *
command_env(const char *flag)
{
	char name[64];
	int n = snprintf(name, sizeof(name), "CATCHMENT_%s", flag);

	for (int i = 0; i < n && i < (int)sizeof(name); i++)
		name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
	return getenv(name);
}
