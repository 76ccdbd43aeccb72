/* commands.h - the commands of reports/, for the table in catchment.c. */
#ifndef REPORTS_COMMANDS_H
#define REPORTS_COMMANDS_H

/* Each takes argv[0] = "catchment NAME" and returns an exit code of lib/command.h. */
int cmd_history(int argc, char *argv[]);
int cmd_report(int argc, char *argv[]);
int cmd_compare(int argc, char *argv[]);
int cmd_baseline(int argc, char *argv[]);

#endif
