/* reader.c - typed access to a JSON file: what is missing is tolerated, what is wrong is named by its key. */
#include "reports/reader.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *
type_name(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "something else";
}

void
reader_complain(struct reader *r, const char *at, const char *key, const char *what)
{
	if (r->rc < 0)
		return;
	r->rc = err_set(r->e, EINVAL, "%s: %s%s%s: %s", r->file, at,
		at[0] == '\0' || key[0] == '\0' || key[0] == '[' ? "" : ".", key, what);
}

static void
wrong_type(
	struct reader *r, const char *at, const char *key, const char *wanted, const json_t *value)
{
	char what[96];

	snprintf(what, sizeof(what), "%s is wanted, not %s", wanted, type_name(value));
	reader_complain(r, at, key, what);
}

static json_t *
look_up(const struct reader *r, json_t *object, const char *key)
{
	json_t *value = r->rc < 0 || object == NULL ? NULL : json_object_get(object, key);

	return value == NULL || json_is_null(value) ? NULL : value;
}

const char *
reader_str(struct reader *r, json_t *object, const char *at, const char *key)
{
	json_t *value = look_up(r, object, key);

	if (value == NULL)
		return NULL;
	if (!json_is_string(value)) {
		wrong_type(r, at, key, "a string", value);
		return NULL;
	}
	return json_string_value(value);
}

double
reader_num(struct reader *r, json_t *object, const char *at, const char *key)
{
	json_t *value = look_up(r, object, key);

	if (value == NULL)
		return NAN;
	if (!json_is_number(value)) {
		wrong_type(r, at, key, "a number", value);
		return NAN;
	}
	return json_number_value(value);
}

bool
reader_bool(struct reader *r, json_t *object, const char *at, const char *key, bool otherwise)
{
	json_t *value = look_up(r, object, key);

	if (value == NULL)
		return otherwise;
	if (!json_is_boolean(value)) {
		wrong_type(r, at, key, "true or false", value);
		return otherwise;
	}
	return json_is_true(value);
}

json_t *
reader_object(struct reader *r, json_t *object, const char *at, const char *key)
{
	json_t *value = look_up(r, object, key);

	if (value != NULL && !json_is_object(value)) {
		wrong_type(r, at, key, "an object", value);
		return NULL;
	}
	return value;
}

json_t *
reader_list(struct reader *r, json_t *object, const char *at, const char *key, size_t max)
{
	json_t *value = look_up(r, object, key);
	char what[64];

	if (value == NULL)
		return NULL;
	if (!json_is_array(value)) {
		wrong_type(r, at, key, "a list", value);
		return NULL;
	}
	if (json_array_size(value) > max) {
		snprintf(what, sizeof(what), "more than %zu entries", max);
		reader_complain(r, at, key, what);
		return NULL;
	}
	return value;
}

json_t *
reader_entry(struct reader *r, json_t *list, size_t i, const char *list_at, const char *list_key,
	char at[static READER_AT_BYTES])
{
	json_t *value = json_array_get(list, i);

	snprintf(at, READER_AT_BYTES, "%s%s%s[%zu]", list_at, list_at[0] == '\0' ? "" : ".",
		list_key, i);
	if (r->rc < 0)
		return NULL;
	if (!json_is_object(value)) {
		wrong_type(r, at, "", "an object", value);
		return NULL;
	}
	return value;
}

void
reader_join(char out[static READER_AT_BYTES], const char *at, const char *key)
{
	bool alone = at[0] == '\0' || key[0] == '\0';

	if (snprintf(out, READER_AT_BYTES, "%s%s%s", at, alone ? "" : ".", key) >= READER_AT_BYTES)
		out[READER_AT_BYTES - 2] = '~';
}

void *
reader_alloc(struct reader *r, size_t n, size_t size)
{
	void *memory = r->rc < 0 ? NULL : calloc(n == 0 ? 1 : n, size);

	if (memory == NULL && r->rc == 0)
		r->rc = err_sys(r->e, ENOMEM, "%s", r->file);
	return memory;
}

double *
reader_numbers(struct reader *r, json_t *object, const char *at, const char *key, size_t max,
	size_t *ret_n)
{
	json_t *list = reader_list(r, object, at, key, max);
	double *numbers;
	char index[32], where[READER_AT_BYTES];

	*ret_n = 0;
	if (list == NULL)
		return NULL;
	numbers = reader_alloc(r, json_array_size(list), sizeof(*numbers));
	for (size_t i = 0; numbers != NULL && i < json_array_size(list); i++) {
		json_t *value = json_array_get(list, i);

		if (!json_is_number(value) && !json_is_null(value)) {
			snprintf(index, sizeof(index), "[%zu]", i);
			reader_join(where, at, key);
			wrong_type(r, where, index, "a number", value);
			break;
		}
		numbers[i] = json_number_value(value);
		*ret_n = i + 1;
	}
	return numbers;
}
