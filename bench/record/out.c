/* out.c - a file of JSON objects, one a line, being written; the first failure is kept until somebody asks. */
#include "bench/record/out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUFFER_BYTES = 1 << 18 };

struct out {
	const char *path;
	FILE *file;
	int failed; /* errno, or 0 */
};

int
out_open(const char *path, const char *schema, struct out **ret, struct err *e)
{
	struct out *o = calloc(1, sizeof(*o));

	if (o == NULL)
		abort();
	o->path = path;
	o->file = fopen(path, "we");
	if (o->file == NULL) {
		int code = errno;

		free(o);
		return err_sys(e, code, "%s", path);
	}
	setvbuf(o->file, NULL, _IOFBF, BUFFER_BYTES);
	out_add(o, json_pack("{s:s}", "schema", schema));
	*ret = o;
	return 0;
}

void
out_add(struct out *o, json_t *object)
{
	errno = 0;
	if (o->failed == 0 && object == NULL)
		o->failed = ENOMEM;
	if (o->failed == 0 &&
		(json_dumpf(object, o->file, JSON_COMPACT) < 0 ||
			putc_unlocked('\n', o->file) == EOF))
		o->failed = errno != 0 ? errno : EIO;
	json_decref(object);
}

int
out_flush(struct out *o, struct err *e)
{
	errno = 0;
	if (o->failed == 0 && fflush(o->file) != 0)
		o->failed = errno != 0 ? errno : EIO;
	return o->failed == 0 ? 0 : err_sys(e, o->failed, "%s: cannot write", o->path);
}

int
out_close(struct out *o, struct err *e)
{
	int rc;

	if (o == NULL)
		return 0;
	rc = out_flush(o, e);
	if (fclose(o->file) != 0 && rc == 0)
		rc = err_sys(e, errno, "%s: cannot write", o->path);
	free(o);
	return rc;
}
