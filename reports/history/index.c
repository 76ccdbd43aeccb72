/* index.c - all runs of a folder, quickly: what has not changed comes from its index.db, the rest is read anew. */
#include "reports/history/index.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/version.h"
#include "reports/history/store.h"

enum { STAMP_BYTES = 200 };

struct scan {
	struct history *to;
	const struct history *known; /* ordered by folder */
	bool *used;		     /* of each that is known */
	bool varied;		     /* in the folder of a matrix */
	struct err *e;
};

int
history_add(struct history *h, struct history_run *r)
{
	if (h->n == h->size) {
		size_t size = h->size == 0 ? 64 : h->size * 2;
		struct history_run *more = realloc(h->runs, size * sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		h->runs = more;
		h->size = size;
	}
	h->runs[h->n++] = *r;
	return 0;
}

void
history_free(struct history *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		history_run_done(&h->runs[i]);
	free(h->runs);
	free(h->base);
	free(h);
}

/* Size and time of the files that a run is read from: what they were then. */
static void
stamp_of(const char *run_dir, char out[static STAMP_BYTES])
{
	static const char *const files[] = {"run.json", "result.json", "compare.json"};
	char path[PATH_MAX];
	size_t used = 0;
	struct stat st;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && used < STAMP_BYTES; i++) {
		snprintf(path, sizeof(path), "%.4000s/%s", run_dir, files[i]);
		if (stat(path, &st) < 0)
			st = (struct stat){0};
		used += (size_t)snprintf(out + used, STAMP_BYTES - used, "%s%lld.%09ld:%lld",
			i > 0 ? " " : "", (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			(long long)st.st_size);
	}
}

static int
by_dir(const void *key, const void *run)
{
	return strcmp(key, ((const struct history_run *)run)->dir);
}

static int
add_run(struct scan *s, const char *path, const char *dir)
{
	struct history_run r,
		*known = s->known->n == 0
		? NULL
		: bsearch(dir, s->known->runs, s->known->n, sizeof(r), by_dir);
	char stamp[STAMP_BYTES];
	int rc = 0;

	if (s->to->n == HISTORY_RUNS)
		return err_set(s->e, EFBIG, "%s: more than %d runs", s->to->base, HISTORY_RUNS);
	stamp_of(path, stamp);
	if (known != NULL && !s->used[known - s->known->runs] && strcmp(known->stamp, stamp) == 0) {
		s->used[known - s->known->runs] = true;
		r = *known;
	} else {
		rc = history_digest(s->to->base, dir, stamp, &r);
		s->to->read_anew++;
		if (rc < 0)
			return err_sys(s->e, -rc, "%s", path);
	}
	r.swept = r.swept || s->varied; /* its runs differ on purpose */
	rc = history_add(s->to, &r);
	if (rc < 0) {
		history_run_done(&r);
		return err_sys(s->e, -rc, "%s", path);
	}
	return 0;
}

static bool
has(const char *dir, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", dir, name) < PATH_MAX &&
		access(path, F_OK) == 0;
}

static bool
is_batch(const char *path)
{
	return has(path, "all.json") || has(path, "sweep.json") || has(path, "matrix.json");
}

/* The runs in one folder, `below` the base; batches and sweeps are entered from the top alone. */
static int
scan_folder(struct scan *s, const char *below)
{
	char folder[PATH_MAX], path[PATH_MAX], dir[PATH_MAX];
	struct dirent *entry;
	DIR *list;
	int rc = 0;

	snprintf(folder, sizeof(folder), below[0] ? "%.2000s/%.2000s" : "%.2000s", s->to->base,
		below);
	list = opendir(folder);
	if (list == NULL && below[0] != '\0')
		return 0; /* gone meanwhile, or not ours to read */
	if (list == NULL)
		return err_sys(s->e, errno, "%s", folder);
	while (rc == 0 && (entry = readdir(list)) != NULL) {
		if (entry->d_name[0] == '.' ||
			snprintf(path, sizeof(path), "%.3000s/%s", folder, entry->d_name) >=
				PATH_MAX)
			continue;
		snprintf(
			dir, sizeof(dir), below[0] ? "%.2000s/%s" : "%.0s%s", below, entry->d_name);
		if (has(path, "run.json") || has(path, "result.json"))
			rc = add_run(s, path, dir);
		else if (below[0] == '\0' && is_batch(path)) {
			s->varied = has(path, "matrix.json");
			rc = scan_folder(s, dir);
			s->varied = false;
		}
	}
	closedir(list);
	return rc;
}

static int
by_begin(const void *a, const void *b)
{
	const struct history_run *x = a, *y = b;

	return x->began_ns != y->began_ns ? (x->began_ns < y->began_ns ? -1 : 1)
					  : strcmp(x->dir, y->dir);
}

/* What the index says, and why it is of no use if it is not; there being none is no reason to say anything. */
static void
recall(struct history *h, struct history *known, const char *path)
{
	char *data = NULL;
	size_t len = 0;
	struct err e = {0};
	int rc = fs_read(path, STORE_MAX_BYTES, &data, &len, &e);

	if (rc == 0)
		rc = store_parse(data, len, version_commit(), known, &e);
	if (rc < 0 && rc != -ENOENT)
		h->rebuilt = rc == -ESTALE ? "another version of catchment wrote it"
			: rc == -EBADMSG   ? "it is damaged"
					   : "it cannot be read";
	free(data);
}

static void
remember(struct history *h, const char *path)
{
	void *data = NULL;
	size_t len = 0;
	struct err e = {0};

	if (store_make(h, version_commit(), &data, &len, &e) < 0 ||
		fs_write(path, data, len, &e) < 0)
		snprintf(h->unkept, sizeof(h->unkept), "%.250s", e.text);
	free(data);
}

/* What was taken over belongs to the new list. */
static void
drop_known(struct history *known, const bool *used)
{
	for (size_t i = 0; i < known->n; i++)
		if (used == NULL || !used[i])
			history_run_done(&known->runs[i]);
	free(known->runs);
}

int
history_open(const char *base, struct history **ret, struct err *e)
{
	struct history *h = calloc(1, sizeof(*h)), known = {0};
	struct scan s = {.to = h, .known = &known, .e = e};
	char path[PATH_MAX];
	bool changed;
	int rc = 0;

	if (h == NULL || (h->base = strdup(base)) == NULL) {
		free(h);
		return err_set(e, ENOMEM, "out of memory");
	}
	if (strlen(base) > 2000 || snprintf(path, sizeof(path), "%s/index.db", base) >= PATH_MAX)
		rc = err_set(e, ENAMETOOLONG, "%.100s…: path too long", base);
	if (rc == 0) {
		recall(h, &known, path);
		s.used = calloc(known.n + 1, sizeof(*s.used));
		rc = s.used == NULL ? err_set(e, ENOMEM, "out of memory") : scan_folder(&s, "");
	}
	changed = h->read_anew > 0 || h->n != known.n || (h->rebuilt != NULL && rc == 0);
	drop_known(&known, s.used);
	free(s.used);
	if (rc < 0) {
		history_free(h);
		return rc;
	}
	qsort(h->runs, h->n, sizeof(*h->runs), by_begin);
	if (changed)
		remember(h, path);
	*ret = h;
	return 0;
}
