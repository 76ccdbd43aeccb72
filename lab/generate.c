/* generate.c - write a generated network whole or not at all: beside its place, checked, then moved. */
#include "lab/generate.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/generate_internal.h"
#include "lab/place.h"
#include "lab/topology.h"
#include "lib/fs.h"

static int
create(const char *dir, const char *name, FILE **ret, struct err *e)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name), rc;
	char *slash;

	if (n >= (int)sizeof(path))
		return err_set(e, ENAMETOOLONG, "%s: path too long", dir);
	slash = strrchr(path, '/');
	*slash = '\0';
	rc = fs_mkdirs(path, e);
	*slash = '/';
	if (rc < 0)
		return rc;
	*ret = fopen(path, "we");
	return *ret == NULL ? err_sys(e, errno, "%s", path) : 0;
}

static int
write_city(const struct generate_plan *p, size_t city, const char *dir, struct err *e)
{
	static const struct {
		const char *prefix, *file;
		void (*write)(const struct generate_plan *p, size_t city, FILE *f);
	} files[] = {
		{"", "etc/frr/bgpd.conf", generate_pop_bgpd},
		{"", "etc/frr/zebra.conf", generate_pop_zebra},
		{"", "etc/frr/staticd.conf", generate_pop_staticd},
		{"", "etc/knot/site.conf", generate_pop_knot},
		{"acc-", "etc/bird/bird.conf", generate_access_bird},
		{"acc-", "etc/unbound/unbound.conf.d/addresses.conf", generate_access_unbound},
		{"acc-", "etc/bind/addresses.conf", generate_access_bind},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(files) / sizeof(files[0]); i++) {
		char name[128];
		FILE *f;

		snprintf(name, sizeof(name), "nodes/%s%s/%s", files[i].prefix,
			generate_places[city].code, files[i].file);
		rc = create(dir, name, &f, e);
		if (rc < 0)
			return rc;
		files[i].write(p, city, f);
		rc = generate_finish(f, name, e);
	}
	return rc;
}

static int
write_carrier(const struct generate_plan *p, const struct generate_carrier *c, const char *dir,
	struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->cities_len; i++) {
		char name[128];
		FILE *f;

		snprintf(name, sizeof(name), "nodes/%c-%s/etc/bird/bird.conf", c->letter,
			generate_places[c->cities[i]].code);
		rc = create(dir, name, &f, e);
		if (rc < 0)
			return rc;
		generate_carrier_bird(p, c, c->cities[i], f);
		rc = generate_finish(f, name, e);
	}
	return rc;
}

static int
write_own(const struct generate_plan *p, const char *data, const char *dir, struct err *e)
{
	char *services = NULL;
	FILE *f;
	int rc = generate_sections(data, &services, e);

	if (rc == 0)
		rc = create(dir, "topology.yaml", &f, e);
	if (rc == 0) {
		generate_topology(p, f, services);
		rc = generate_finish(f, "topology.yaml", e);
	}
	free(services);
	if (rc == 0 && p->pops > 1)
		rc = create(dir, "scenarios/dns-crash.yaml", &f, e);
	if (rc == 0 && p->pops > 1) {
		generate_scenario(p, f);
		rc = generate_finish(f, "scenarios/dns-crash.yaml", e);
	}
	for (size_t i = 0; rc == 0 && i < p->pops; i++)
		rc = write_city(p, i, dir, e);
	for (size_t k = 0; rc == 0 && k < p->regions_len + p->has_backbone; k++)
		rc = write_carrier(p, &p->carriers[k], dir, e);
	return rc;
}

/* What we wrote must be what a reader of topologies takes. */
static int
check(const char *dir, struct err *e)
{
	char path[PATH_MAX];
	struct topology *t;
	int rc;

	snprintf(path, sizeof(path), "%s/topology.yaml", dir);
	rc = topology_load(path, &t, e);
	if (rc == 0 && conf_complaints(t->conf) > 0)
		rc = err_set(
			e, EPROTO, "a mistake of the generator: %s", conf_complaint(t->conf, 0));
	if (rc == 0 || rc == -EPROTO)
		topology_free(t);
	return rc;
}

static int
check_empty(const char *path, struct err *e)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL)
		return errno == ENOENT ? 0 : err_sys(e, errno, "%s", path);
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = -ENOTEMPTY;
	closedir(dir);
	return rc < 0 ? err_set(e, ENOTEMPTY, "%s is not empty", path) : 0;
}

int
generate_network(const struct generate_options *o, struct generate_counts *ret, struct err *e)
{
	struct generate_plan *p;
	char dir[PLACE_BYTES], scratch[PLACE_BYTES + 16];
	size_t len = strlen(o->dir);
	int rc;

	if (o->pops < 1 || o->pops > GENERATE_POPS_MAX)
		return err_set(
			e, EINVAL, "%u PoPs: 1 to %d are possible", o->pops, GENERATE_POPS_MAX);
	if (len == 0 || len >= sizeof(dir))
		return err_set(e, ENAMETOOLONG, "'%s' is not a folder's name", o->dir);
	memcpy(dir, o->dir, len + 1);
	while (len > 1 && dir[len - 1] == '/')
		dir[--len] = '\0';
	rc = check_empty(dir, e);
	if (rc < 0)
		return rc;
	snprintf(scratch, sizeof(scratch), "%s.XXXXXX", dir);
	if (mkdtemp(scratch) == NULL)
		return err_sys(e, errno, "%s", dir);
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		abort();
	generate_plan_make(p, o->pops, o->seed);
	rc = write_own(p, o->data, scratch, e);
	if (rc == 0)
		rc = generate_copy_layers(o->data, scratch, o->pops > GENERATE_BRISK_POPS, e);
	if (rc == 0)
		rc = check(scratch, e);
	if (rc == 0 && (chmod(scratch, 0755) < 0 || rename(scratch, dir) < 0))
		rc = err_sys(e, errno, "%s", dir);
	if (rc < 0)
		fs_remove_tree(scratch, NULL);
	else if (ret != NULL)
		generate_count(p, ret);
	free(p);
	return rc;
}
