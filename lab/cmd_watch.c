/* cmd_watch.c - catchment lab watch: who is served by whom, live. */
#include "lab/cmd_lab.h"
#include "lib/command.h"

int
lab_cmd_watch(const struct lab_args *args)
{
	(void)args;
	return EXIT_ENVIRONMENT;
}
