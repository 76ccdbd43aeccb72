/* cmd_lab.h - what the subcommands of catchment lab are handed. */
#ifndef LAB_CMD_LAB_H
#define LAB_CMD_LAB_H

#include "lab/lab.h"

enum { LAB_MAX_LAYERS = 12 };

struct lab_args {
	struct lab_options options;
	const char *layers[LAB_MAX_LAYERS + 1];
	size_t layers_len;
	bool json, strict;
	const char *subcommand;
	char **words; /* after the subcommand */
	int words_len;
};

/* Each returns an exit code of lib/command.h. */
int lab_cmd_up(const struct lab_args *args);
int lab_cmd_down(const struct lab_args *args);
int lab_cmd_status(const struct lab_args *args);
int lab_cmd_validate(const struct lab_args *args);
int lab_cmd_exec(const struct lab_args *args);

/* These read their own options: args->words[-1] is the subcommand. */
int lab_cmd_link(const struct lab_args *args);
int lab_cmd_watch(const struct lab_args *args);
int lab_cmd_map(const struct lab_args *args);
int lab_cmd_capture(const struct lab_args *args);
int lab_cmd_log(const struct lab_args *args);
int lab_cmd_generate(const struct lab_args *args);

/* The exit code for what a lab_ function returned. */
int lab_exit_code(int rc);

#endif
