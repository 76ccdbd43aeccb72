/* direct.h - a plan made from a command line: few addresses, one question, asked slowly. */
#ifndef PROBES_DIRECT_H
#define PROBES_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"
#include "probes/plan.h"

enum {
	DIRECT_TARGETS = 256,
	DIRECT_MAX_QPS = 10, /* of each address, unless the user says that more is all right */
	DIRECT_SURE_MAX_QPS = 1000, /* even then */
	DIRECT_TCP_MAX_QPS = 100,   /* even then: each leaves a port in TIME-WAIT for a minute */
};

struct direct {
	char *const *addresses;
	int addresses_len;
	const char *name;
	const char *type;   /* "TXT", "TYPE257" */
	const char *class;  /* "IN" or "CH" */
	const char *source; /* NULL: the one that the kernel would take */
	const char *answers_path;
	double rate_qps; /* of each address */
	uint64_t count;	 /* queries to each address; 0: by duration */
	int64_t duration_ns;
	int64_t timeout_ns;
	uint16_t port;
	uint64_t seed;
	bool unique; /* names below `name`, each asked once */
	bool nsid;
	bool recurse;
	bool may_send_more;
	bool tcp; /* a connection for each query */
};

/*
 * Make a plan of it. Sends nothing.
 *
 * Returns 0; -EINVAL (makes no sense) or -ENETUNREACH, -EADDRNOTAVAIL (not from here), with `e`
 * filled. Free with plan_free.
 */
int direct_plan(const struct direct *d, struct plan **ret, struct err *e);

#endif
