/* fuzz_topology.c - any bytes as topology.yaml; one without complaints has to hold together. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lab/topology.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct topology *t)
{
	for (size_t i = 0; i < t->nodes_len; i++)
		if (t->nodes[i].city >= t->cities_len || t->nodes[i].role >= t->roles_len ||
			topology_node(t, t->nodes[i].name) != (int)i)
			abort();
	for (size_t i = 0; i < t->links_len; i++) {
		const struct topo_link *link = &t->links[i];

		if (link->delay_ns < 0 || link->name[0] == '\0')
			abort();
		for (int end = 0; end < 2; end++)
			if (link->node[end] >= t->nodes_len ||
				link->iface[end] >= t->nodes[link->node[end]].ifaces_len ||
				t->nodes[link->node[end]].ifaces[link->iface[end]].link != i)
				abort();
	}
	for (size_t i = 0; i < t->cities_len; i++)
		if (t->cities[i].expect_site != NULL &&
			(topology_access(t, i) < 0 ||
				topology_site(t, t->cities[i].expect_site) < 0))
			abort();
}

/* With a root file system that has nothing: everybody still has something to run. */
static void
leave_out(struct topology *t)
{
	for (size_t i = 0; i < t->services_len; i++) {
		if (t->services[i].optional && t->services[i].run.argv[0][0] != '/')
			abort();
		if (t->services[i].optional)
			topology_leave_out(t, i);
	}
	for (size_t i = 0; i < t->services_len; i++)
		if (t->services[i].run.argv[0] == NULL || t->services[i].without != NULL)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct topology *t;

	if (topology_parse("t", (const char *)data, size, &t) < 0)
		abort();
	if (conf_complaints(t->conf) == 0) {
		check(t);
		leave_out(t);
		check(t);
	}
	topology_free(t);
	return 0;
}
