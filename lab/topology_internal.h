/* topology_internal.h - what reading and cross-checking a topology share. */
#ifndef LAB_TOPOLOGY_INTERNAL_H
#define LAB_TOPOLOGY_INTERNAL_H

#include "lab/topology.h"

/* calloc that cannot fail: a topology is small, and half of one is of no use. */
void *topo_alloc(size_t n, size_t size);

/*
 * Services: new ones, and others than before for those that are known already. Roles: all of them;
 * or, in a variant, other services and bridges for some.
 */
void topo_read_services(struct topology *t, const struct conf_node *root);
void topo_read_roles(struct topology *t, const struct conf_node *root);
void topo_change_roles(struct topology *t, const struct conf_node *root);
void topo_free_services(struct topology *t);

/* Who is to reach whom; a variant's word replaces the topology's. */
void topo_read_expect(struct topology *t, const struct conf_node *root);

/* Read the nodes and links sections once cities, services and roles stand. */
void topo_read_nodes(struct topology *t, const struct conf_node *root);
void topo_read_links(struct topology *t, const struct conf_node *root);

/* The resolvers of a node; whether they fit it: run by its role, at addresses of its local prefixes. */
void topo_read_resolvers(struct topology *t, const struct conf_node *entry, struct topo_node *node);
void topo_check_resolvers(
	struct topology *t, const struct conf_node *at, const struct topo_node *node);

/* The sites that are asked by addresses of their own; whether they have some, once anycast addresses stand. */
void topo_read_unicast(struct topology *t, const struct conf_node *root);

/* A list of addresses or prefixes; bad ones are complained about and left out. */
size_t topo_read_inets(
	struct topology *t, const struct conf_node *map, const char *key, struct inet **ret);

/* Names become files, interfaces and JSON keys: letters, digits and '-', at most 24. */
bool topo_check_name(
	struct topology *t, const struct conf_node *at, const char *name, const char *what);

/* What Linux takes as an interface's name and what is a plain file name: no '%', '/', ':'. */
bool topo_is_ifname(const char *name);

/* What no single entry shows: addresses used twice, unequal subnets, nodes without links... */
void topo_cross_check(struct topology *t, const struct conf_node *root);

#endif
