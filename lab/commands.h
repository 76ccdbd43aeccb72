/* commands.h - the commands of lab/, for the table in catchment.c. */
#ifndef LAB_COMMANDS_H
#define LAB_COMMANDS_H

/* Each takes argv[0] = "catchment NAME" and returns an exit code of lib/command.h. */
int cmd_lab(int argc, char *argv[]);
int cmd_doctor(int argc, char *argv[]);

#endif
