/* request.h - a request to the link emulator, read and checked as far as it goes without its links' state. */
#ifndef LAB_WIRE_REQUEST_H
#define LAB_WIRE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/wire/impair.h"
#include "lab/wire/names.h"
#include "lib/err.h"

#define WIRE_FOR_MAX_NS (24 * 3600 * NS_PER_S)

enum wire_op { WIRE_OP_SET, WIRE_OP_STATS, WIRE_OP_CHANGES };

/* What a set asks for. */
struct wire_set {
	uint32_t *dirs; /* [n], ascending, none twice: 2 * link, and 1 more from b to a */
	size_t n;
	bool reset; /* every knob of `mask` as the link began, `value` is not used */
	uint32_t mask;
	struct wire_impair value;
	int64_t for_ns; /* 0: until further notice */
	bool seeded;	/* restart the random numbers */
	uint64_t seed;
};

struct wire_request {
	enum wire_op op;
	struct wire_set set;
	uint64_t since; /* changes: from this id */
	size_t from;	/* stats: from this link */
	size_t max;	/* stats: so many */
	bool reset;	/* stats: start anew what was told */
};

/* Does it name both directions of each of its links? */
bool wire_set_both(const struct wire_set *s);

/* Most links in one reply of stats, and what is taken when none is said. */
enum { WIRE_STATS_MAX = 64 };

/*
 * Read one JSON text (doc/formats.md).
 *
 *      text, len_bytes any bytes
 *      ret             out; wire_request_done() it; written only on success
 *
 * Returns 0, -EINVAL (bad request), -ENOENT (no such link), -ENOMEM, with `e` filled.
 */
int wire_request_read(const char *text, size_t len_bytes, const struct wire_names *names,
	struct wire_request *ret, struct err *e);
void wire_request_done(struct wire_request *r);

#endif
