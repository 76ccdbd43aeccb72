/* logtail.c - the last lines of a daemon's log, which say why better than we could. */
#include "lab/logtail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/place.h"
#include "lib/fs.h"

enum { LOG_MAX_BYTES = 16 << 20, LINE_MAX_BYTES = 400 };

json_t *
logtail(const char *lab_dir, const char *node, const char *service)
{
	json_t *lines = json_array();
	char path[PLACE_BYTES + 128], *text, *from;
	size_t len, seen = 0;

	snprintf(path, sizeof(path), "%.480s/log/%.32s/%.32s.log", lab_dir, node, service);
	if (fs_read(path, LOG_MAX_BYTES, &text, &len, NULL) < 0)
		return lines;
	for (from = text + len; from > text; from--)
		if (from[-1] == '\n' && from != text + len && ++seen == LOGTAIL_LINES)
			break;
	for (char *save, *line = strtok_r(from, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save))
		json_array_append_new(
			lines, json_stringn_nocheck(line, strnlen(line, LINE_MAX_BYTES)));
	free(text);
	return lines;
}
