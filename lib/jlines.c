/* jlines.c - files of JSON objects, one a line, the first with the schema; read one by one in bounded memory. */
#include "lib/jlines.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jlines {
	FILE *file;
	const char *name;
	char *owned_name;
	unsigned long line;
	bool cut;
	char place[512]; /* "NAME:LINE" */
	char text[JLINES_LINE_BYTES];
};

/* One whole line into l->text. Returns 1, 0 at the end, -EINVAL (too long), -errno. */
static int
read_line(struct jlines *l, size_t *ret_len, struct err *e)
{
	size_t len = 0;
	int c;

	snprintf(l->place, sizeof(l->place), "%s:%lu", l->name, l->line + 1);
	while ((c = getc_unlocked(l->file)) != EOF && c != '\n') {
		if (len < sizeof(l->text))
			l->text[len] = (char)c;
		len += len <= sizeof(l->text);
	}
	if (c == EOF) {
		if (ferror(l->file))
			return err_sys(e, errno != 0 ? errno : EIO, "%s", l->name);
		l->cut = len > 0;
		return 0;
	}
	l->line++;
	if (len >= sizeof(l->text))
		return err_set(
			e, EINVAL, "%s: a line of more than %d bytes", l->place, JLINES_LINE_BYTES);
	*ret_len = len;
	return 1;
}

int
jlines_next(struct jlines *l, struct jread *ret, struct err *e)
{
	json_error_t why;
	json_t *value;
	size_t len = 0;
	int rc = read_line(l, &len, e);

	if (rc <= 0)
		return rc;
	value = json_loadb(l->text, len, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(value)) {
		for (char *c = why.text; value == NULL && *c != '\0'; c++)
			*c = iscntrl((unsigned char)*c) ? '?' : *c; /* it quotes the line */
		rc = err_set(
			e, EINVAL, "%s: %s", l->place, value == NULL ? why.text : "not an object");
		json_decref(value);
		return rc;
	}
	*ret = (struct jread){.path = l->place, .root = value, .e = e};
	return 1;
}

static int
check_schema(struct jlines *l, const char *schema, struct err *e)
{
	struct jread r;
	const char *have;
	int rc = jlines_next(l, &r, e);

	if (rc == 0)
		return err_set(e, EINVAL, "%s: empty, or cut in its first line", l->name);
	if (rc < 0)
		return rc;
	have = json_string_value(json_object_get(r.root, "schema"));
	if (have == NULL || strcmp(have, schema) != 0)
		jread_complain(&r, "schema", "'%s', wanted '%s'", have ? have : "", schema);
	return jread_end(&r);
}

static int
begin(FILE *file, const char *name, char *owned_name, const char *schema, struct jlines **ret,
	struct err *e)
{
	struct jlines *l = malloc(sizeof(*l));
	int rc;

	if (l == NULL)
		abort();
	l->file = file;
	l->name = name;
	l->owned_name = owned_name;
	l->line = 0;
	l->cut = false;
	rc = check_schema(l, schema, e);
	if (rc < 0) {
		jlines_free(l);
		return rc;
	}
	*ret = l;
	return 0;
}

int
jlines_open(const char *path, const char *schema, struct jlines **ret, struct err *e)
{
	FILE *file = fopen(path, "re");
	char *name;

	if (file == NULL)
		return err_sys(e, errno, "%s", path);
	name = strdup(path);
	if (name == NULL)
		abort();
	return begin(file, name, name, schema, ret, e);
}

int
jlines_open_bytes(const void *data, size_t len, const char *name, const char *schema,
	struct jlines **ret, struct err *e)
{
	FILE *file;

	if (len == 0)
		return err_set(e, EINVAL, "%s: empty, or cut in its first line", name);
	file = fmemopen((void *)(uintptr_t)data, len, "r"); /* read only: it is not written to */
	if (file == NULL)
		return err_sys(e, errno, "%s", name);
	return begin(file, name, NULL, schema, ret, e);
}

size_t
jlines_line(const struct jlines *l)
{
	return (size_t)l->line;
}

bool
jlines_cut(const struct jlines *l)
{
	return l->cut;
}

void
jlines_free(struct jlines *l)
{
	if (l == NULL)
		return;
	fclose(l->file);
	free(l->owned_name);
	free(l);
}
