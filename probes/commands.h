/* commands.h - the commands of probes/, for the table in catchment.c. */
#ifndef PROBES_COMMANDS_H
#define PROBES_COMMANDS_H

/* Each takes argv[0] = "catchment NAME" and returns an exit code of lib/command.h. */
int cmd_probe(int argc, char *argv[]);
int cmd_import(int argc, char *argv[]);

#endif
