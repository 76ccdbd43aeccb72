/* summary_progress.c - how far the batch has come whose runs are summed up: all.json's word for it. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/jread.h"
#include "reports/summary.h"

enum { MAX_JOURNAL_BYTES = 1 << 20, MAX_PLANNED = 1000000 };

int
summary_progress(struct summary *s, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	const json_t *list, *run;
	struct jread r;
	size_t i;
	int rc;

	if (snprintf(path, sizeof(path), "%s/all.json", dir) >= (int)sizeof(path) ||
		access(path, F_OK) < 0)
		return 0;
	rc = jread_open(&r, path, MAX_JOURNAL_BYTES, "catchment.all/1", e);
	if (rc < 0)
		return rc;
	s->planned = (size_t)jread_int(&r, r.root, "", "planned", 0, MAX_PLANNED, 0);
	list = jread_array(&r, r.root, "", "runs");
	json_array_foreach(list, i, run)
	{
		s->completed += json_is_true(json_object_get(run, "completed"));
	}
	return jread_end(&r);
}
