/*
 * topology.h - the network as topology.yaml states it: cities, nodes, links, who should serve whom.
 *
 * Loading collects every mistake with file and line (lib/conf.h) and needs no privileges. All
 * strings and arrays belong to the topology and live until topology_free().
 */
#ifndef LAB_TOPOLOGY_H
#define LAB_TOPOLOGY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/wire/impair.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/inet.h"

enum { TOPO_IFNAME_BYTES = 16, TOPO_LINK_NAME_BYTES = 64 };

/*
 * What the way between a client and its access network adds to a round trip: lognormal. Modelled, not
 * emulated: clients sit inside the access network's node, no link is between.
 */
struct topo_last_mile {
	int64_t median_ns; /* 0: nothing is added */
	double spread;	   /* geometric standard deviation; 1: all have the median */
	int64_t max_ns;	   /* longer ones are cut to it */
};

struct topo_city {
	const char *name, *title;
	double lat, lon;
	struct topo_last_mile last_mile;
	const char *expect_site; /* whom it should reach; NULL when nothing is expected */
	const char *because;
};

enum topo_ready {
	TOPO_READY_SPAWNED,    /* running is enough */
	TOPO_READY_VTY,	       /* FRR's socket answers */
	TOPO_READY_BIRD,       /* BIRD's socket answers */
	TOPO_READY_COMMAND,    /* a command in the node exits 0 */
	TOPO_READY_KEEPALIVED, /* its own dump names the state */
};

enum topo_sessions {
	TOPO_SESSIONS_NONE,
	TOPO_SESSIONS_FRR,
	TOPO_SESSIONS_BIRD,
	TOPO_SESSIONS_OPENBGPD
};

struct topo_argv {
	char **argv; /* NULL-terminated */
};

struct topo_service {
	const char *name;
	struct topo_argv run;
	struct topo_argv *prepare; /* run to their end before each start */
	size_t prepare_len;
	enum topo_ready ready;
	const char *ready_arg; /* socket path, or keepalived's state */
	struct topo_argv ready_command;
	enum topo_sessions sessions;
	int64_t restart_ns; /* after an end that nobody asked for; 0: it stays away */
	bool optional;	    /* left out where the root file system has no such program */
	const char *
		without; /* an optional service; NULL: it is all the same to this one. Where that one is left out ... */
	struct topo_argv run_without; /* ... this runs in place of `run` */
	bool left_out; /* topology_fit(): in no role any more, though it stays in `services` */
};

struct topo_bridge {
	const char *name;
	bool all_links; /* every link interface of the node is a port; else none is */
};

struct topo_role {
	const char *name;
	const char **layers;
	size_t layers_len;
	size_t *services; /* indices into topology.services, in starting order */
	size_t services_len;
	struct topo_bridge *bridges;
	size_t bridges_len;
	bool forward;
};

struct topo_iface {
	char name[TOPO_IFNAME_BYTES];
	uint8_t mac[6];
	struct inet *addrs;
	size_t addrs_len;
	size_t link; /* index into topology.links */
	int end;     /* 0: a, 1: b */
};

/* Resolves names for the users in a node's local prefixes. */
struct topo_resolver {
	size_t service;	    /* index into topology.services, one of the node's role */
	struct inet *addrs; /* also in the node's `loopback` */
	size_t addrs_len;
};

struct topo_node {
	const char *name;
	size_t role, city;
	const char *site; /* NSID of its DNS server; NULL when it has none */
	bool anycast;	  /* originates the service prefix */
	struct inet *loopback, *local;
	size_t loopback_len, local_len;
	struct topo_resolver *resolvers;
	size_t resolvers_len;
	struct topo_iface *ifaces;
	size_t ifaces_len;
};

struct topo_link {
	char name[TOPO_LINK_NAME_BYTES]; /* "a-node:if--b-node:if" */
	size_t node[2], iface[2];	 /* iface: index into that node's ifaces */
	int64_t delay_ns;		 /* one way */
	bool stretched;			 /* the delay was made from distance and stretch */
	struct wire_impair impair;	 /* of both directions, beside the delay */
};

struct topology {
	struct conf *conf;
	struct conf *variant_conf; /* of variant.yaml; NULL when the variant has none */
	char *variant;		   /* its name; NULL when none was loaded */
	const char *variant_summary;
	int64_t rest_ns; /* a variant's: whole for so long, it has forgotten the fault before */
	const char *name;
	double stretch;
	struct topo_last_mile last_mile; /* of cities that say nothing of their own */
	struct inet *anycast_prefixes, *anycast_addrs;
	size_t anycast_prefixes_len, anycast_addrs_len;
	const char *zone, *answer;
	size_t *unicast; /* nodes that are asked by an address of their own, as before anycast */
	size_t unicast_len;
	struct topo_city *cities;
	size_t cities_len;
	struct topo_service *services;
	size_t services_len;
	struct topo_role *roles;
	size_t roles_len;
	struct topo_node *nodes;
	size_t nodes_len;
	struct topo_link *links;
	size_t links_len;
};

/*
 * Read and check a topology. Mistakes do not stop it: ask conf_complaints(ret->conf); a topology
 * with complaints may only be reported on and freed.
 *
 * Returns 0, or -errno with `e` filled when the file cannot be read at all.
 */
int topology_load(const char *path, struct topology **ret, struct err *e);

/* The same of text in memory; `name` stands where the path would in complaints. Returns 0. */
int topology_parse(const char *name, const char *data, size_t len, struct topology **ret);

/*
 * Read what a variant changes of a topology that has no complaints: other services, roles,
 * expected catchments (the file `variant.yaml` of its folder; it may be absent, then nothing
 * changes). Afterwards `t->variant` is its name, and complaints are those of `t->variant_conf`.
 *
 * Returns 0, or -errno with `e` filled when the file is there and cannot be read.
 */
int topology_load_variant(struct topology *t, const char *name, const char *dir, struct err *e);

/* The same of text in memory. Returns 0. */
int topology_parse_variant(struct topology *t, const char *name, const char *data, size_t len);
void topology_free(struct topology *t);

/*
 * Make a network without complaints fit a root file system: the optional services whose programs it lacks are left out,
 * that is marked so and taken from the roles, and who is to run otherwise without them does.
 *
 *      rootfs          its folder; layers do not count
 *
 * Returns 0, or -errno with `e` filled when it cannot be looked into.
 */
int topology_fit(struct topology *t, const char *rootfs, struct err *e);

/* The same for one service, whatever a root file system has. */
void topology_leave_out(struct topology *t, size_t service);

/* [{"service", "program"}, ...] of what is left out. To be decref'd. */
json_t *topology_left_out_json(const struct topology *t);

/* Fill in the default of `max_ns` 0, ten medians. Returns NULL, or what is wrong, static text. */
const char *topo_last_mile_check(struct topo_last_mile *m);

/* The address of a node's own in a family, the first on its loopback that is not the service's; NULL: none. */
const struct inet *topology_own_addr(const struct topology *t, size_t node, int family);

/* Indices by name, -1 if there is none. */
int topology_node(const struct topology *t, const char *name);
int topology_city(const struct topology *t, const char *name);
int topology_service(const struct topology *t, const char *name);

/* The node that serves as a site of this name, or -1. */
int topology_site(const struct topology *t, const char *site);

/* The access node of a city: the one whose `local` prefixes hold the probes; or -1. */
int topology_access(const struct topology *t, size_t city);

/* Does the node's role run that service? A variant may have changed what it runs. */
bool topology_runs(const struct topology *t, const struct topo_node *node, size_t service);

/* The first address of a family (AF_INET, AF_INET6) that a resolver is asked at; NULL if there is none. */
const struct inet *topology_resolver_addr(const struct topo_resolver *r, int family);

#endif
