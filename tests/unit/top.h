/* top.h - a folder of a test program's own: there before its tests, gone after them. */
#ifndef TESTS_UNIT_TOP_H
#define TESTS_UNIT_TOP_H

#include <stdlib.h>

#include "lib/fs.h"

static char top[] = "/tmp/catchment-unit.XXXXXX";

static inline int
make_top(void **state)
{
	(void)state;
	return mkdtemp(top) == NULL ? -1 : 0;
}

static inline int
remove_top(void **state)
{
	(void)state;
	return fs_remove_tree(top, NULL);
}

#endif
