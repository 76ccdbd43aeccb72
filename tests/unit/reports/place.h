/* place.h - a folder with a made-up result, reported and read back; what its page must have, and what none may hold. */
#ifndef TESTS_UNIT_REPORTS_PLACE_H
#define TESTS_UNIT_REPORTS_PLACE_H

#include "lib/fs.h"
#include "reports/report.h"
#include "tests/unit/reports/sample.h"
#include "tests/unit/reports/text.h"

#define EVIL "<script>alert(1)</script>'\"`id`$x\n]]>&amp;\\"

/* REPORT_SAMPLES=DIR keeps the samples there, to be looked at. */
struct place {
	char root[256], dir[300];
	char *html, *junit;
	size_t html_bytes;
	struct err e;
};

static inline void
place_init(struct place *p, const char *name)
{
	const char *kept = getenv("REPORT_SAMPLES");

	*p = (struct place){0};
	snprintf(p->root, sizeof(p->root), "/tmp/catchment-test-XXXXXX");
	if (kept != NULL) {
		snprintf(p->root, sizeof(p->root), "%s", kept);
		mkdir(p->root, 0755);
	} else {
		assert_non_null(mkdtemp(p->root));
	}
	snprintf(p->dir, sizeof(p->dir), "%s/%s", p->root, name);
}

static inline void
place_done(struct place *p)
{
	free(p->html);
	free(p->junit);
	if (getenv("REPORT_SAMPLES") == NULL)
		fs_remove_tree(p->root, NULL);
}

/* Saves, reports, reads back. Takes root over. */
static inline int
report(struct place *p, const char *name, json_t *root, bool is_strict)
{
	char path[400];
	int rc;

	assert_non_null(root);
	place_init(p, name);
	sample_save(root, p->dir);
	json_decref(root);
	rc = report_run_strict(p->dir, is_strict, &p->e);
	if (rc < 0)
		return rc;
	snprintf(path, sizeof(path), "%s/report.html", p->dir);
	assert_int_equal(fs_read(path, 16U << 20, &p->html, &p->html_bytes, &p->e), 0);
	snprintf(path, sizeof(path), "%s/junit.xml", p->dir);
	assert_int_equal(fs_read(path, 16U << 20, &p->junit, NULL, &p->e), 0);
	return 0;
}

/* What no page may hold. */
static inline void
assert_clean(const struct place *p)
{
	static const char *const banned[] = {"NaN", "nan ", ">nan", "-nan", "inf ", "(null)",
		"<script", "src=", "<image", "<use", "url(", "http://", "https://"};

	for (size_t i = 0; i < sizeof(banned) / sizeof(banned[0]); i++)
		assert_lacks(p->html, banned[i]);
	assert_has(p->html, "</html>");
}

#endif
