/* report.c - from a run directory with a result.json to report.html and junit.xml in it. */
#include "reports/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "lib/fs.h"
#include "reports/junit.h"
#include "reports/page.h"

static int
write_into(const char *run_dir, const char *name, const struct buf *b, struct err *e)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", run_dir, name) >= PATH_MAX)
		return err_set(e, ENAMETOOLONG, "%s: path too long", run_dir);
	return fs_write(path, b->data, b->len, e);
}

int
report_run_strict(const char *run_dir, bool is_strict, struct err *e)
{
	struct buf page = {0}, junit = {0};
	struct result *r = NULL;
	int rc = result_load(run_dir, &r, e);

	if (rc == 0)
		rc = junit_write(&junit, r, is_strict, e);
	if (rc == 0)
		rc = write_into(
			run_dir, "junit.xml", &junit, e); /* CI gets its own even if plots fail */
	if (rc == 0)
		rc = page_write(&page, r, e);
	if (rc == 0)
		rc = write_into(run_dir, "report.html", &page, e);
	buf_done(&page);
	buf_done(&junit);
	result_free(r);
	return rc;
}

int
report_run(const char *run_dir, struct err *e)
{
	return report_run_strict(run_dir, false, e);
}
