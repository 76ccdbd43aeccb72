/* commands.h - the commands of scenarios/, for the table in catchment.c. */
#ifndef SCENARIOS_COMMANDS_H
#define SCENARIOS_COMMANDS_H

/* Each takes argv[0] = "catchment NAME" and returns an exit code of lib/command.h. */
int cmd_run(int argc, char *argv[]);
int cmd_sweep(int argc, char *argv[]);
int cmd_calibrate(int argc, char *argv[]);

#endif
