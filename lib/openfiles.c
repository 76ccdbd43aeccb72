/* openfiles.c - room for as many open files as a command is going to need. */
#include "lib/openfiles.h"

#include <errno.h>
#include <sys/resource.h>

enum { SPARE_FILES = 64 };

int
openfiles_allow(size_t files, struct err *e)
{
	rlim_t wanted = (rlim_t)files + SPARE_FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return err_sys(e, errno, "cannot read the limit of open files");
	if (limit.rlim_cur >= wanted)
		return 0;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return err_sys(e, errno, "%llu open files are needed (ulimit -n)",
			(unsigned long long)wanted);
	return 0;
}
