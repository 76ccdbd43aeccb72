/* linelog.c - the lines that services wrote to their logs while the recorder looked, one at a time. */
#include "lib/linelog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/jlines.h"

static const char schema[] = "catchment.lines/1";

struct linelog {
	struct jlines *lines;
	json_t *text; /* of the last line given out */
};

static int
begin(struct jlines *lines, struct linelog **ret)
{
	struct linelog *l = calloc(1, sizeof(*l));

	if (l == NULL)
		abort();
	l->lines = lines;
	*ret = l;
	return 0;
}

int
linelog_open(const char *path, struct linelog **ret, struct err *e)
{
	struct jlines *lines;
	int rc = jlines_open(path, schema, &lines, e);

	return rc < 0 ? rc : begin(lines, ret);
}

int
linelog_open_bytes(
	const void *data, size_t len, const char *name, struct linelog **ret, struct err *e)
{
	struct jlines *lines;
	int rc = jlines_open_bytes(data, len, name, schema, &lines, e);

	return rc < 0 ? rc : begin(lines, ret);
}

static void
read_name(struct jread *r, const char *key, char to[static LINELOG_NAME_BYTES])
{
	const char *text = jread_str(r, r->root, "", key, NULL);

	if (json_is_string(json_object_get(r->root, key)) &&
		(text[0] == '\0' || strlen(text) >= LINELOG_NAME_BYTES))
		jread_complain(r, key, "'%.80s' is no name", text);
	snprintf(to, LINELOG_NAME_BYTES, "%.*s", LINELOG_NAME_BYTES - 1, text);
}

int
linelog_next(struct linelog *l, struct linelog_line *ret, struct err *e)
{
	struct linelog_line line = {0};
	struct jread r;
	const json_t *cut;
	int rc = jlines_next(l->lines, &r, e);

	if (rc <= 0)
		return rc;
	line.line = jlines_line(l->lines);
	line.at.ns = jread_int(&r, r.root, "", "at", 1, INT64_MAX, JREAD_NEEDED);
	read_name(&r, "node", line.node);
	read_name(&r, "service", line.service);
	line.text = jread_str(&r, r.root, "", "text", NULL);
	cut = json_object_get(r.root, "cut");
	if (cut != NULL && !json_is_boolean(cut))
		jread_complain(&r, "cut", "neither true nor false");
	line.cut = json_is_true(cut);
	json_decref(l->text);
	l->text = json_incref(json_object_get(r.root, "text"));
	rc = jread_end(&r);
	if (rc < 0)
		return rc;
	*ret = line;
	return 1;
}

bool
linelog_cut(const struct linelog *l)
{
	return jlines_cut(l->lines);
}

void
linelog_free(struct linelog *l)
{
	if (l == NULL)
		return;
	json_decref(l->text);
	jlines_free(l->lines);
	free(l);
}
