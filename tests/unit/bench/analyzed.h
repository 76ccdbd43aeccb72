/* analyzed.h - a run made up in a folder of its own, and the result.json that analyze makes of it. */
#ifndef TESTS_UNIT_BENCH_ANALYZED_H
#define TESTS_UNIT_BENCH_ANALYZED_H

#include <jansson.h>
#include <math.h>
#include <unistd.h>

#include "bench/analyze/analyze.h"
#include "tests/unit/bench/synth.h"

struct made {
	char dir[64];
	struct synth_truth truth;
};

static inline int
make_dir(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	snprintf(m->dir, sizeof(m->dir), "/tmp/catchment-synth-XXXXXX");
	if (mkdtemp(m->dir) == NULL)
		return -1;
	*state = m;
	return 0;
}

static inline int
remove_dir(void **state)
{
	struct made *m = *state;
	struct err e;
	int rc = getenv("KEEP_SYNTH") != NULL ? 0 : fs_remove_tree(m->dir, &e);

	free(m);
	return rc;
}

static inline json_t *
analyzed(const struct made *m)
{
	char path[128];
	json_t *o;
	struct err e = {0};

	if (analyze_run(m->dir, &e) < 0)
		fail_msg("%s", e.text);
	snprintf(path, sizeof(path), "%s/result.json", m->dir);
	o = json_load_file(path, 0, NULL);
	assert_non_null(o);
	return o;
}

/* Follow keys and indices ("0") to a value. */
static inline json_t *
at(json_t *o, const char *path)
{
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *k = strtok_r(copy, "/", &save); k != NULL; k = strtok_r(NULL, "/", &save)) {
		o = json_is_array(o) ? json_array_get(o, strtoul(k, NULL, 10))
				     : json_object_get(o, k);
		if (o == NULL)
			fail_msg("no %s in %s", k, path);
	}
	return o;
}

static inline void
assert_number(json_t *o, const char *path, double wanted)
{
	json_t *v = at(o, path);

	if (!json_is_number(v) || fabs(json_number_value(v) - wanted) > 1e-6)
		fail_msg("%s is %f, not %f", path, json_number_value(v), wanted);
}

static inline void
assert_text(json_t *o, const char *path, const char *wanted)
{
	assert_string_equal(json_string_value(at(o, path)), wanted);
}

#endif
