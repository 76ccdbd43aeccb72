/* version.c - which catchment this is; the one file that is compiled anew for each commit. */
#include "lib/version.h"

const char *
version_release(void)
{
	return CATCHMENT_VERSION;
}

const char *
version_commit(void)
{
	return CATCHMENT_COMMIT;
}
