/* report.c - from a run directory with a result.json to report.html in it, and to what CI reads. */
#include "reports/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/fs.h"
#include "reports/digest.h"
#include "reports/junit.h"
#include "reports/openmetrics.h"
#include "reports/page.h"
#include "reports/pair_page.h"
#include "reports/trend_file.h"

static int
write_into(const char *run_dir, const char *name, const struct buf *b, struct err *e)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", run_dir, name) >= PATH_MAX)
		return err_set(e, ENAMETOOLONG, "%s: path too long", run_dir);
	return fs_write(path, b->data, b->len, e);
}

/* What programs read: CI and trend tools get theirs even if plots fail. */
static int
write_for_programs(const char *run_dir, const struct result *r, bool is_strict, struct err *e)
{
	struct buf junit = {0}, trend = {0}, metrics = {0}, digest = {0};
	const struct {
		const char *name;
		struct buf *text;
	} files[] = {{"junit.xml", &junit}, {"metrics.json", &trend}, {"metrics.txt", &metrics},
		{"summary.md", &digest}};
	int rc = junit_write(&junit, r, is_strict, e);

	if (rc == 0)
		rc = trend_file_write(&trend, r, e);
	if (rc == 0)
		rc = openmetrics_write(&metrics, &(const struct result *){r}, 1, e);
	if (rc == 0)
		rc = digest_write(&digest, r, e);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (rc == 0)
			rc = write_into(run_dir, files[i].name, files[i].text, e);
		buf_done(files[i].text);
	}
	return rc;
}

int
report_run_strict(const char *run_dir, bool is_strict, struct err *e)
{
	struct buf page = {0};
	struct result *r = NULL;
	int rc = result_load(run_dir, &r, e);

	if (rc == 0)
		rc = write_for_programs(run_dir, r, is_strict, e);
	if (rc == 0)
		rc = page_write(&page, r, e);
	if (rc == 0)
		rc = write_into(run_dir, "report.html", &page, e);
	buf_done(&page);
	result_free(r);
	return rc;
}

int
report_openmetrics(const char *const dirs[], size_t n, const char *path, struct err *e)
{
	const struct result **list = calloc(n + 1, sizeof(list[0]));
	struct result **runs = calloc(n + 1, sizeof(runs[0]));
	struct buf text = {0};
	int rc = 0;

	if (list == NULL || runs == NULL)
		abort();
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = result_load(dirs[i], &runs[i], e);
		list[i] = runs[i];
	}
	if (rc == 0)
		rc = openmetrics_write(&text, list, n, e);
	if (rc == 0)
		rc = fs_write(path, text.data, text.len, e);
	for (size_t i = 0; i < n; i++)
		result_free(runs[i]);
	buf_done(&text);
	free(list);
	free(runs);
	return rc;
}

int
report_run(const char *run_dir, struct err *e)
{
	return report_run_strict(run_dir, false, e);
}

int
report_pair(const char *baseline_dir, const char *dir, struct err *e)
{
	struct result *a = NULL, *b = NULL;
	struct buf page = {0};
	int rc = result_load(baseline_dir, &a, e);

	if (rc == 0)
		rc = result_load(dir, &b, e);
	if (rc == 0)
		rc = pair_page(&page, a, b, e);
	if (rc == 0)
		rc = write_into(dir, "pair.html", &page, e);
	buf_done(&page);
	result_free(a);
	result_free(b);
	return rc;
}
