/* validate_internal.h - the nodes with their configurations read, as the checks walk them. */
#ifndef LAB_VALIDATE_INTERNAL_H
#define LAB_VALIDATE_INTERNAL_H

#include "lab/conf_daemon.h"
#include "lab/validate.h"

struct seen { /* one node's configuration */
	struct daemon_conf conf;
	char **layers;
	bool speaks; /* has a daemon whose sessions we read, and its file */
};

struct validation {
	const struct topology *t;
	struct seen *nodes; /* one per node of the topology */
	size_t *segments;   /* per link: equal numbers are one layer-2 segment */
	struct findings *out;
	bool strict;
};

enum { WARNING = 0, ERROR = 1 };

/* Keep a finding. `at` is in the configuration of `node`. */
void complain(struct validation *v, int severity, const char *kind, size_t node, struct dc_place at,
	const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Where an address is: on an interface, or (iface SIZE_MAX) on the loopback or in a local prefix. */
struct owner {
	size_t node, iface;
};

/*
 * Who has an address; of several, as with an anycast one, who is next to `from`. Returns false when
 * nobody has.
 */
bool find_owner(const struct validation *v, size_t from, const struct inet *a, struct owner *ret);
bool node_has(const struct validation *v, size_t node, const struct inet *a);

/* 127.0.0.0/8 or ::1: whoever is meant is on the node itself. */
bool is_loopback(const struct inet *a);
bool is_link_local(const struct inet *a);

/* The interface of `node` that is on the same segment as another node's; SIZE_MAX when there is none. */
size_t facing(const struct validation *v, size_t node, const struct owner *other);

/* Does the node have an interface like this: a link's, a bridge, lo? `name` may be a shell pattern. */
bool has_interface(const struct validation *v, size_t node, const char *name);

/* validate_session.c: all that needs both ends of a session. */
void check_sessions(struct validation *v, size_t node);

/* validate_resolver.c: is each resolver told of the addresses that users ask it at? `from` reads the node's files. */
void check_resolvers(struct validation *v, size_t node, const struct dc_source *from);

/* validate_node.c: interfaces, addresses, next hops, router ids, the service's prefixes. */
void check_node(struct validation *v, size_t node);

#endif
