/*
 * conf_daemon.h - what a node's daemons are configured to do, as far as `lab validate` compares it.
 *
 * The scanners read what is asked of them here and step over the rest of each language: what they do not
 * know is never an error, that is for the daemon to say. Text is any bytes; every list, file and
 * nesting is bounded, and what is beyond the bound is left out.
 */
#ifndef LAB_CONF_DAEMON_H
#define LAB_CONF_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/inet.h"

enum {
	DC_NAME_BYTES = 64,
	DC_PATH_BYTES = 512,
	DC_MAX_ENTRIES = 8192, /* of each list */
	DC_MAX_FILES = 64,
	DC_MAX_FILE_BYTES = 4 << 20,
	DC_MAX_INCLUDES = 8, /* files within files */
};

enum dc_family { DC_V4 = 1, DC_V6 = 2 };

enum dc_as_kind { DC_AS_UNKNOWN, DC_AS_NUMBER, DC_AS_INTERNAL, DC_AS_EXTERNAL };

struct dc_place {
	size_t file; /* index into daemon_conf.files */
	int line;
};

struct dc_session {
	struct dc_place at;
	struct inet peer; /* family 0: whoever is at `peer_if` */
	bool dynamic;	  /* `peer` is a range from which anybody may come */
	bool multihop, shutdown;
	char peer_if[DC_NAME_BYTES]; /* "": not said */
	uint32_t local_as, other_as; /* 0: not known; other_as: also answered to (FRR's local-as) */
	enum dc_as_kind remote_kind;
	uint32_t remote_as;
	struct inet local; /* family 0: not said */
	char local_if[DC_NAME_BYTES];
	unsigned int families; /* enum dc_family, or'ed */
};

struct dc_name { /* an interface that something in the configuration is about */
	struct dc_place at;
	char name[DC_NAME_BYTES]; /* may be a shell pattern */
	const char *what;	  /* "OSPF", "Babel"... static storage */
};

struct dc_address {
	struct dc_place at;
	char ifname[DC_NAME_BYTES];
	struct inet addr;
};

struct dc_prefix { /* an origin: to be announced; or a static route's next hop */
	struct dc_place at;
	struct inet inet;
};

struct daemon_conf {
	char **files; /* as shown to people */
	size_t files_len;
	uint32_t local_as;     /* of the daemon as a whole; 0: not said */
	struct inet router_id; /* family 0: not said */
	struct dc_place id_at;
	struct dc_session *sessions;
	size_t sessions_len;
	struct dc_name *names;
	size_t names_len;
	struct dc_address *addrs;
	size_t addrs_len;
	struct dc_prefix *origins, *vias;
	size_t origins_len, vias_len;
};

/* How a scanner gets at a file that another one includes. */
struct dc_source {
	/*
	 * Paths that a pattern stands for, as the daemon would see them, sorted. Writes at most `max`,
	 * returns how many there are of them.
	 */
	size_t (*expand)(void *arg, const char *pattern, char (*ret)[DC_PATH_BYTES], size_t max);

	/*
	 * A file's text, NUL-terminated, to be freed, and the name to show people. Returns 0 or -errno.
	 */
	int (*read)(void *arg, const char *path, char **ret_data, size_t *ret_len,
		char shown[static DC_PATH_BYTES]);
	void *arg;
};

/*
 * Read one file and what it includes, and add what it says to `c`. Zero `c` before the first.
 *
 *      path    as the daemon in the node sees it
 *
 * Each returns 0, or -errno when that first file cannot be read; an included one that is not there is left out.
 */
int conf_frr_read(struct daemon_conf *c, const struct dc_source *from, const char *path);
int conf_bird_read(struct daemon_conf *c, const struct dc_source *from, const char *path);
int conf_openbgpd_read(struct daemon_conf *c, const struct dc_source *from, const char *path);
int conf_keepalived_read(struct daemon_conf *c, const struct dc_source *from, const char *path);
void daemon_conf_done(struct daemon_conf *c);

/* ---- for the scanners ---- */

/*
 * Open a file for scanning. Returns its index for dc_place, with the text to be freed; or -errno.
 */
int dc_open(struct daemon_conf *c, const struct dc_source *from, const char *path, char **ret_data,
	size_t *ret_len);

/* One more entry of a list, zeroed but for its place; NULL when the list is full. */
struct dc_session *dc_add_session(struct daemon_conf *c, const struct dc_session *like);
void dc_add_name(struct daemon_conf *c, struct dc_place at, const char *name, const char *what);
void dc_add_address(
	struct daemon_conf *c, struct dc_place at, const char *ifname, const struct inet *addr);
void dc_add_origin(struct daemon_conf *c, struct dc_place at, const char *prefix);
void dc_add_via(struct daemon_conf *c, struct dc_place at, const char *address);

/* The path of an `include` seen from the file that has it. */
void dc_include_path(const char *from, const char *path, char ret[static DC_PATH_BYTES]);

/* An AS number, plain or as 1.10; 0 when it is none. */
uint32_t dc_as(const char *text);

/* "internal", "external" or a number into remote_kind and remote_as; else both are left alone. */
void dc_set_remote(struct dc_session *s, const char *text);

/* An address, or "fe80::1%eth0", into peer and peer_if. Returns whether it was one. */
bool dc_set_peer(struct dc_session *s, const char *text);

/* Copy text into a field of DC_NAME_BYTES, cut to fit. */
void dc_copy(char to[static DC_NAME_BYTES], const char *text);

#endif
