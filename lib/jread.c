/* jread.c - JSON files that one room hands another, read with each complaint naming file and place. */
#include "lib/jread.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/utf8.h"

int
jread_open(struct jread *r, const char *path, size_t max_bytes, const char *schema, struct err *e)
{
	json_error_t why;
	const char *have;
	char *data;
	size_t len;
	int rc = fs_read(path, max_bytes, &data, &len, e);

	if (rc < 0)
		return rc;
	*r = (struct jread){.path = path, .e = e};
	r->root = json_loadb(data, len, JSON_REJECT_DUPLICATES, &why);
	free(data);
	if (r->root == NULL)
		return err_set(e, EINVAL, "%s:%d: %s", path, why.line, why.text);
	have = json_string_value(json_object_get(r->root, "schema"));
	if (have != NULL && strcmp(have, schema) == 0)
		return 0;
	rc = err_set(e, EINVAL, "%s: schema is '%s', wanted '%s'", path, have ? have : "", schema);
	json_decref(r->root);
	r->root = NULL;
	return rc;
}

int
jread_end(struct jread *r)
{
	json_decref(r->root);
	r->root = NULL;
	return r->complaints > 0 ? -EINVAL : 0;
}

void
jread_complain(struct jread *r, const char *where, const char *fmt, ...)
{
	char text[256];
	size_t used;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	utf8_tidy(text); /* what the file says must not make a second line of it */
	if (r->complaints++ == 0) {
		err_set(r->e, EINVAL, "%s: %s: %s", r->path, where, text);
		return;
	}
	if (r->e == NULL)
		return;
	used = strlen(r->e->text);
	if (used + strlen(where) + strlen(text) + 16 < sizeof(r->e->text))
		snprintf(r->e->text + used, sizeof(r->e->text) - used, "; %s: %s", where, text);
	else if (used + 6 < sizeof(r->e->text) && strcmp(r->e->text + used - 3, "...") != 0)
		snprintf(r->e->text + used, sizeof(r->e->text) - used, "; ...");
}

static const json_t *
get(const json_t *object, const char *in, const char *key, char where[static 160])
{
	snprintf(where, 160, "%s%s%s", in, in[0] != '\0' ? "." : "", key);
	return json_object_get(object, key);
}

const char *
jread_str(struct jread *r, const json_t *object, const char *in, const char *key,
	const char *otherwise)
{
	char where[160];
	const json_t *v = get(object, in, key, where);

	if (v == NULL && otherwise != NULL)
		return otherwise;
	if (v == NULL)
		jread_complain(r, where, "missing");
	else if (!json_is_string(v))
		jread_complain(r, where, "not a string");
	else
		return json_string_value(v);
	return otherwise != NULL ? otherwise : "";
}

int64_t
jread_int(struct jread *r, const json_t *object, const char *in, const char *key, int64_t min,
	int64_t max, int64_t otherwise)
{
	char where[160];
	const json_t *v = get(object, in, key, where);
	json_int_t value = json_integer_value(v);

	if (v == NULL && otherwise != JREAD_NEEDED)
		return otherwise;
	if (v == NULL)
		jread_complain(r, where, "missing");
	else if (!json_is_integer(v))
		jread_complain(r, where, "not a whole number");
	else if (value < min || value > max)
		jread_complain(r, where, "%lld is not between %lld and %lld", (long long)value,
			(long long)min, (long long)max);
	else
		return value;
	return otherwise != JREAD_NEEDED ? otherwise : min;
}

double
jread_number(struct jread *r, const json_t *object, const char *in, const char *key, double min,
	double max)
{
	char where[160];
	const json_t *v = get(object, in, key, where);
	double value = json_number_value(v);

	if (v == NULL)
		jread_complain(r, where, "missing");
	else if (!json_is_number(v))
		jread_complain(r, where, "not a number");
	else if (!(value >= min && value <= max))
		jread_complain(r, where, "%g is not between %g and %g", value, min, max);
	else
		return value;
	return min;
}

json_t *
jread_array(struct jread *r, const json_t *object, const char *in, const char *key)
{
	char where[160];
	const json_t *v = get(object, in, key, where);

	if (v == NULL)
		jread_complain(r, where, "missing");
	else if (!json_is_array(v))
		jread_complain(r, where, "not a list");
	else
		return json_object_get(object, key);
	return NULL;
}
