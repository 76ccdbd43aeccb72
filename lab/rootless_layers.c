/* rootless_layers.c - layers whose files belong to nobody in the user namespace are copied, so that nodes own them. */
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/place.h"
#include "lab/rootless.h"
#include "lib/fs.h"

/* Files of the host's root, say: overlayfs cannot copy one up, since its owner has no id in here. */
static bool
all_ours(const char *stack)
{
	char *const roots[] = {(char *)(uintptr_t)stack, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	bool ours = true;

	for (FTSENT *f; fts != NULL && ours && (f = fts_read(fts)) != NULL;)
		ours = f->fts_info == FTS_NS || f->fts_statp->st_uid == 0;
	if (fts != NULL)
		fts_close(fts);
	return ours;
}

static int
copy(const char *from, const char *to, struct err *e)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execlp("cp", "cp", "-R", "--preserve=mode,timestamps", "--", from, to, NULL);
		_exit(127);
	}
	if (pid < 0)
		return err_sys(e, errno, "fork");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, errno, "cp");
	if (status != 0)
		return err_set(e, EIO,
			"cannot copy the files of %s to %s (what cp said stands above)", from, to);
	return 0;
}

int
rootless_own_layers(
	const char *lab_dir, const char *stacks[], char (*copies)[PLACE_BYTES + 48], struct err *e)
{
	char dir[PLACE_BYTES + 16];
	int rc = 0;

	if (!rootless_inside())
		return 0;
	snprintf(dir, sizeof(dir), "%s/layers", lab_dir);
	for (size_t i = 0; rc == 0 && stacks[i] != NULL; i++) {
		if (all_ours(stacks[i]))
			continue;
		rc = fs_mkdirs(dir, e);
		snprintf(copies[i], sizeof(copies[i]), "%s/%zu", dir, i);
		if (rc == 0)
			rc = copy(stacks[i], copies[i], e);
		stacks[i] = copies[i];
	}
	return rc;
}
