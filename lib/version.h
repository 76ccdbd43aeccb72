/* version.h - which catchment this is. */
#ifndef LIB_VERSION_H
#define LIB_VERSION_H

/* The release, as in "0.1". */
const char *version_release(void);

/* What `git describe --always --dirty` said at build time; "unknown" when it was not built from a git checkout. */
const char *version_commit(void);

#endif
