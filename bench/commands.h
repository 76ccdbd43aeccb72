/* commands.h - the commands of bench/, for the table in catchment.c. */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

/* Each takes argv[0] = "catchment NAME" and returns an exit code of lib/command.h. */
int cmd_analyze(int argc, char *argv[]);
int cmd_explain(int argc, char *argv[]);
int cmd_capture(int argc, char *argv[]);
int cmd_record(int argc, char *argv[]);
int cmd_load(int argc, char *argv[]);

#endif
