/* look_table.h - how a lab is, as a table for a terminal or a pipe. */
#ifndef LAB_LOOK_TABLE_H
#define LAB_LOOK_TABLE_H

#include <stdbool.h>

#include "lab/look_state.h"
#include "lib/buf.h"

enum { LOOK_CHANGES = 64, LOOK_CHANGE_BYTES = 200 };

/* The last changes, oldest forgotten first. */
struct look_changes {
	struct {
		struct wall at;
		char line[LOOK_CHANGE_BYTES];
	} list[LOOK_CHANGES];
	size_t len; /* that there ever were */
};

struct look_table_style {
	const char *title;   /* "lab default, documented" */
	bool colour;	     /* with ANSI's codes */
	int rows;	     /* of the window; 0: no limit */
	int64_t interval_ns; /* of the looks; 0: there is one only */
};

void look_changes_add(struct look_changes *c, struct wall at, const char *line);

/* "18:20:05.123", in UTC. */
const char *look_time(struct wall t, char out[static 16]);

/* Append the table. `changes` may be NULL: then they are not shown. */
void look_table(struct buf *b, const struct look_state *s, const struct look_changes *changes,
	const struct look_table_style *style);

#endif
