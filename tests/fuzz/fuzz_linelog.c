/* fuzz_linelog.c - any bytes as lines.jsonl: what is given out keeps the reader's promises. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/linelog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linelog_line line;
	struct linelog *l;
	struct err e;
	int rc;

	if (linelog_open_bytes(data, size, "fuzz", &l, &e) < 0)
		return 0;
	while ((rc = linelog_next(l, &line, &e)) != 0) {
		if (rc > 0 &&
			(line.at.ns <= 0 || line.node[0] == '\0' || line.service[0] == '\0' ||
				strlen(line.text) > size))
			abort();
		if (rc < 0 && (strncmp(e.text, "fuzz:", 5) != 0 || strchr(e.text, '\n') != NULL))
			abort();
	}
	linelog_cut(l);
	linelog_free(l);
	return 0;
}
