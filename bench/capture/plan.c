/* plan.c - the capture plan: where to capture, and into which files. */
#include "bench/capture/plan.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/jread.h"

enum { PLAN_MAX_BYTES = 32 << 20, POINTS_MAX = 4096 };

static char *
keep(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	return copy;
}

static char *
join(const char *folder, size_t folder_len, const char *path)
{
	char *joined;

	if (path[0] == '/' || folder_len == 0)
		return keep(path);
	if (asprintf(&joined, "%.*s/%s", (int)folder_len, folder, path) < 0)
		abort();
	return joined;
}

static void
read_point(struct jread *r, const json_t *object, size_t index, const struct capture_plan *p,
	struct capture_plan_point *point)
{
	char in[40], where[60];

	snprintf(in, sizeof(in), "points[%zu]", index);
	if (!json_is_object(object)) {
		jread_complain(r, in, "not an object");
		return;
	}
	point->file = keep(jread_str(r, object, in, "file", NULL));
	point->interface = keep(jread_str(r, object, in, "interface", NULL));
	point->netns = keep(jread_str(r, object, in, "netns", ""));
	point->filter = keep(jread_str(r, object, in, "filter", ""));
	point->path = join(p->dir, strlen(p->dir), point->file);
	if (strchr(point->file, '/') != NULL || point->file[0] == '.') {
		snprintf(where, sizeof(where), "%s.file", in);
		jread_complain(r, where, "'%s' is not a plain file name", point->file);
	}
	if (strlen(point->interface) >= IFNAMSIZ) {
		snprintf(where, sizeof(where), "%s.interface", in);
		jread_complain(r, where, "'%s' is not an interface name", point->interface);
	}
	for (size_t i = 0; i < index; i++) {
		if (p->points[i].file == NULL || strcmp(p->points[i].file, point->file) != 0)
			continue;
		snprintf(where, sizeof(where), "%s.file", in);
		jread_complain(r, where, "'%s' is already that of points[%zu]", point->file, i);
	}
}

static void
read_all(struct jread *r, struct capture_plan *p)
{
	const char *slash = strrchr(r->path, '/');
	size_t folder_len = slash == NULL ? 0 : (size_t)(slash - r->path);
	const json_t *list;
	size_t n;

	p->dir = join(r->path, folder_len, jread_str(r, r->root, "", "dir", "captures"));
	p->stats_path =
		join(r->path, folder_len, jread_str(r, r->root, "", "stats", "capture-stats.json"));
	p->snaplen_bytes = (int)jread_int(r, r->root, "", "snaplen_bytes", 64, 262144, 512);
	p->buffer_bytes = (int)jread_int(r, r->root, "", "buffer_bytes", 262144, 1 << 30, 8 << 20);
	list = jread_array(r, r->root, "", "points");
	n = json_array_size(list);
	if (list != NULL && (n == 0 || n > POINTS_MAX))
		jread_complain(r, "points", "%zu of them; wanted 1 to %d", n, POINTS_MAX);
	if (n == 0 || n > POINTS_MAX)
		return;
	p->points = calloc(n, sizeof(*p->points));
	if (p->points == NULL)
		abort();
	p->points_len = n;
	for (size_t i = 0; i < n; i++)
		read_point(r, json_array_get(list, i), i, p, &p->points[i]);
}

int
capture_plan_load(const char *path, struct capture_plan **ret, struct err *e)
{
	struct capture_plan *p;
	struct jread r;
	int rc = jread_open(&r, path, PLAN_MAX_BYTES, "catchment.capture-plan/1", e);

	if (rc < 0)
		return rc;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		abort();
	read_all(&r, p);
	rc = jread_end(&r);
	if (rc < 0) {
		capture_plan_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

void
capture_plan_free(struct capture_plan *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->points_len; i++) {
		free(p->points[i].file);
		free(p->points[i].path);
		free(p->points[i].interface);
		free(p->points[i].netns);
		free(p->points[i].filter);
	}
	free(p->points);
	free(p->dir);
	free(p->stats_path);
	free(p);
}
