/* names.h - from a link's name to its number, in labs of thousands of links. */
#ifndef LAB_WIRE_NAMES_H
#define LAB_WIRE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

enum { WIRE_NAME_BYTES = 64 };

struct wire_names {
	size_t n;
	char (*name)[WIRE_NAME_BYTES]; /* [n] */
	uint32_t *sorted;	       /* [n] */
};

/* Room for n names, to be filled in before wire_names_sort(). Returns 0 or -ENOMEM. */
int wire_names_init(struct wire_names *s, size_t n, struct err *e);
void wire_names_done(struct wire_names *s);

/* Returns 0, or -EINVAL when two are the same. */
int wire_names_sort(struct wire_names *s, struct err *e);

/* The number of a name, or -1. */
int32_t wire_names_find(const struct wire_names *s, const char *name);

#endif
