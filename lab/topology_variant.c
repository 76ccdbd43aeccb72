/* topology_variant.c - read variant.yaml: what a variant of the service changes of the network it runs in. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/topology_internal.h"

static const int64_t REST_MAX_NS = 600 * NS_PER_S;

/* A city can be expected somewhere only if somebody there asks; the topology's own are checked as a whole. */
static void
check_expect(struct topology *t, const struct conf_node *root)
{
	const struct conf_node *map = conf_get(t->conf, root, "expect");

	for (size_t i = 0; map != NULL && conf_kind(map) == CONF_MAP && i < conf_len(t->conf, map);
		i++) {
		const char *name = conf_key_at(t->conf, map, i);
		int city = topology_city(t, name);

		if (city >= 0 && topology_access(t, (size_t)city) < 0)
			conf_complain(t->conf, conf_key_node_at(t->conf, map, i),
				"expect: no node in '%s' has local prefixes to ask from", name);
	}
}

static void
read_variant(struct topology *t)
{
	/* knobs: is scenarios/knobs.c's */
	static const char *const keys[] = {
		"summary", "services", "roles", "expect", "rest", "knobs", NULL};
	const struct conf_node *root = conf_root(t->conf);

	if (!conf_is_map(t->conf, root, "a variant"))
		return;
	conf_known(t->conf, root, keys);
	if (conf_need(t->conf, root, "summary") != NULL)
		t->variant_summary = conf_str(t->conf, root, "summary", "");
	t->rest_ns = conf_duration_ns(t->conf, root, "rest", 0);
	if (t->rest_ns < 0 || t->rest_ns > REST_MAX_NS)
		conf_complain(t->conf, conf_get(t->conf, root, "rest"), "rest: 0 to 10 minutes");
	topo_read_services(t, root);
	topo_change_roles(t, root);
	topo_read_expect(t, root);
	check_expect(t, root);
}

/* The readers speak of, and complain to, t->conf: for this long that is the variant's. */
static void
read_into(struct topology *t)
{
	struct conf *own = t->conf;

	t->conf = t->variant_conf;
	read_variant(t);
	t->conf = own;
}

static void
set_name(struct topology *t, const char *name)
{
	t->variant = strdup(name);
	if (t->variant == NULL)
		abort();
}

int
topology_load_variant(struct topology *t, const char *name, const char *dir, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	set_name(t, name);
	snprintf(path, sizeof(path), "%s/variant.yaml", dir);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	rc = conf_load(path, &t->variant_conf, e);
	if (rc == 0)
		read_into(t);
	return rc;
}

int
topology_parse_variant(struct topology *t, const char *name, const char *data, size_t len)
{
	set_name(t, name);
	conf_parse("variant.yaml", data, len, &t->variant_conf);
	read_into(t);
	return 0;
}
