/* cmd_map.c - catchment lab map: who is served by whom, as a picture. */
#include "lab/cmd_lab.h"
#include "lib/command.h"

int
lab_cmd_map(const struct lab_args *args)
{
	(void)args;
	return EXIT_ENVIRONMENT;
}
