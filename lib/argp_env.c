/* argp_env.c - options of an argp parser that also come from the environment. */
#include "lib/argp_env.h"

#include <stdint.h>
#include <string.h>

#include "lib/command.h"

void
argp_env(const struct argp_option *options, argp_parser_t take, struct argp_state *state)
{
	if (state->name == NULL) /* argp sets it later */
		state->name = state->argv[0];
	for (const struct argp_option *o = options;
		o->name != NULL || o->key != 0 || o->doc != NULL; o++) {
		const char *value = o->name == NULL || o->key == 0 ? NULL : command_env(o->name);

		/* argp's own arguments are not const either. */
		if (value != NULL && value[0] != '\0' &&
			(o->arg != NULL || strcmp(value, "0") != 0))
			take(o->key, (char *)(uintptr_t)value, state);
	}
}
