/* conf.c - YAML files checked against what we know: every complaint is kept with its file and line. */
#include "lib/conf_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"

enum { CONF_MAX_BYTES = 4 << 20, CONF_MAX_DEPTH = 16, CONF_MAX_VALUES = 1000000 };

#define CONF_TOO_DEEP "nested too deeply (more than 16 levels)"

static const yaml_node_t *
as_yaml(const struct conf_node *n)
{
	return (const yaml_node_t *)(const void *)n;
}

static const struct conf_node *
as_conf(const yaml_node_t *n)
{
	return (const struct conf_node *)(const void *)n;
}

static const struct conf_node *
node_by_id(const struct conf *c, int id)
{
	yaml_document_t *doc = (yaml_document_t *)(uintptr_t)&c->doc;

	return as_conf(yaml_document_get_node(doc, id));
}

void
conf_add_file(struct conf *c, const char *path, size_t first)
{
	struct conf_file *grown = realloc(c->files, (c->files_len + 1) * sizeof(*grown));
	char *copy = strdup(path);

	if (grown == NULL || copy == NULL)
		abort();
	c->files = grown;
	grown[c->files_len++] = (struct conf_file){.path = copy, .first = first};
}

void
conf_keep_complaint(struct conf *c, size_t file, int line, char *text)
{
	struct complaint *grown;

	for (size_t i = 0; i < c->complaints_len && i < 1000; i++)
		if (strcmp(c->complaints[i].text, text) == 0) {
			free(text);
			return;
		}
	grown = realloc(c->complaints, (c->complaints_len + 1) * sizeof(*grown));
	if (grown == NULL)
		abort();
	c->complaints = grown;
	grown[c->complaints_len++] = (struct complaint){.file = file, .line = line, .text = text};
	c->sorted = false;
}

/* Keep a complaint: one line whatever the file holds, and once although an alias shows it twice. */
static void
complain_at(struct conf *c, size_t file, int line, const char *text)
{
	size_t size = strlen(c->files[file].path) + strlen(text) + 24;
	char *whole = malloc(size);

	if (whole == NULL)
		abort();
	snprintf(whole, size, "%s:%d: %s", c->files[file].path, line, text);
	for (char *p = whole; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	conf_keep_complaint(c, file, line, whole);
}

size_t
conf_file_of(const struct conf *c, const struct conf_node *n)
{
	size_t number = (size_t)(as_yaml(n) - c->doc.nodes.start), file = c->files_len - 1;

	while (file > 0 && c->files[file].first > number)
		file--;
	return file;
}

void
conf_complain(struct conf *c, const struct conf_node *at, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (at == NULL)
		complain_at(c, 0, 1, text);
	else
		complain_at(c, conf_file_of(c, at), conf_line(c, at), text);
}

static bool
has_nul(const struct conf_node *n)
{
	const yaml_node_t *y = as_yaml(n);

	return y->type == YAML_SCALAR_NODE &&
		strlen((const char *)y->data.scalar.value) != y->data.scalar.length;
}

struct key {
	const char *text;
	const struct conf_node *node;
	size_t index;
};

static int
by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* Keys of a map: each plain text, none twice. Sorted, since a hostile file has very many. */
static void
check_keys(struct conf *c, const struct conf_node *map)
{
	struct key *keys = calloc(conf_len(c, map) + 1, sizeof(*keys));
	size_t n = 0;

	if (keys == NULL)
		abort();
	for (size_t i = 0; i < conf_len(c, map); i++) {
		const struct conf_node *node = conf_key_node_at(c, map, i);

		if (conf_kind(node) != CONF_SCALAR || has_nul(node))
			conf_complain(c, node, "a key must be plain text");
		else
			keys[n++] = (struct key){conf_key_at(c, map, i), node, i};
	}
	qsort(keys, n, sizeof(*keys), by_key);
	for (size_t i = 1; i < n; i++)
		if (strcmp(keys[i - 1].text, keys[i].text) == 0)
			conf_complain(c, keys[i].node, "'%s' is given twice", keys[i].text);
	free(keys);
}

/*
 * An alias makes the document a graph: a node that contains itself would be walked for ever, and
 * nested aliases grow exponentially. Walking with a depth and a step budget bounds both.
 */
static void
check_shape(struct conf *c, const struct conf_node *n, int depth, int *steps)
{
	if (*steps <= 0)
		return;
	if (depth > CONF_MAX_DEPTH) {
		conf_complain(c, n, CONF_TOO_DEEP);
		*steps = 0;
		return;
	}
	if (--*steps == 0) {
		conf_complain(
			c, n, "too much (more than %d values, aliases followed)", CONF_MAX_VALUES);
		return;
	}
	if (has_nul(n))
		conf_complain(c, n, "a text must not contain a NUL character");
	if (conf_kind(n) == CONF_MAP)
		check_keys(c, n);
	for (size_t i = 0; i < conf_len(c, n); i++)
		check_shape(c, conf_at(c, n, i), depth + 1, steps);
}

/*
 * libyaml's loader takes time by the square of the depth, so depth is looked at first, event by
 * event. What else is wrong is left to the loader. Returns whether it is shallow enough.
 */
static bool
check_depth(struct conf *c, const char *data, size_t len)
{
	yaml_parser_t parser;
	int depth = 0;
	bool more = true;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)data, len);
	while (more && depth <= CONF_MAX_DEPTH + 1) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event))
			break;
		if (event.type == YAML_SEQUENCE_START_EVENT ||
			event.type == YAML_MAPPING_START_EVENT)
			depth++;
		if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT)
			depth--;
		if (depth > CONF_MAX_DEPTH + 1)
			complain_at(c, 0, (int)event.start_mark.line + 1, CONF_TOO_DEEP);
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return depth <= CONF_MAX_DEPTH + 1;
}

/* What libyaml could not read. Bytes that are no text carry an offset only, the rest has a place. */
static void
complain_of_syntax(struct conf *c, const yaml_parser_t *parser, const char *data, size_t len)
{
	const char *problem = parser->problem ? parser->problem : "not valid YAML";
	size_t line = parser->problem_mark.line + 1;
	char text[256];

	snprintf(text, sizeof(text), "%s", problem);
	if (parser->error == YAML_READER_ERROR) {
		line = 1;
		for (size_t i = 0; i < len && i < parser->problem_offset; i++)
			line += data[i] == '\n';
	} else if (parser->context != NULL) {
		snprintf(text, sizeof(text), "%s (%s that begins in line %zu)", problem,
			parser->context, parser->context_mark.line + 1);
	}
	complain_at(c, 0, (int)line, text);
}

static void
parse(struct conf *c, const char *data, size_t len)
{
	yaml_parser_t parser;
	yaml_document_t second;
	int steps = CONF_MAX_VALUES;

	if (!check_depth(c, data, len))
		return;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)data, len);
	if (!yaml_parser_load(&parser, &c->doc)) {
		complain_of_syntax(c, &parser, data, len);
		yaml_parser_delete(&parser);
		return;
	}
	c->has_doc = true;
	if (conf_root(c) == NULL) {
		complain_at(c, 0, 1, "the file is empty");
	} else {
		check_shape(c, conf_root(c), 0, &steps);
		if (!yaml_parser_load(&parser, &second)) {
			complain_of_syntax(c, &parser, data, len);
		} else {
			if (yaml_document_get_root_node(&second) != NULL)
				complain_at(c, 0, (int)second.start_mark.line + 1,
					"a second document in the same file");
			yaml_document_delete(&second);
		}
	}
	yaml_parser_delete(&parser);
	if (c->complaints_len > 0) { /* what is malformed is not walked further */
		yaml_document_delete(&c->doc);
		c->has_doc = false;
	}
}

int
conf_parse(const char *name, const char *data, size_t len, struct conf **ret)
{
	struct conf *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	conf_add_file(c, name, 0);
	parse(c, data, len);
	*ret = c;
	return 0;
}

int
conf_load(const char *path, struct conf **ret, struct err *e)
{
	char *data;
	size_t len;
	int rc = fs_read(path, CONF_MAX_BYTES, &data, &len, e);

	if (rc < 0)
		return rc;
	rc = conf_parse(path, data, len, ret);
	free(data);
	return rc;
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->complaints_len; i++)
		free(c->complaints[i].text);
	free(c->complaints);
	if (c->has_doc)
		yaml_document_delete(&c->doc);
	for (size_t i = 0; i < c->files_len; i++)
		free(c->files[i].path);
	free(c->files);
	free(c);
}

const char *
conf_path(const struct conf *c)
{
	return c->files[0].path;
}

size_t
conf_files(const struct conf *c)
{
	return c->files_len;
}

const char *
conf_file(const struct conf *c, size_t i)
{
	return c->files[i].path;
}

const struct conf_node *
conf_root(const struct conf *c)
{
	yaml_document_t *doc = (yaml_document_t *)(uintptr_t)&c->doc;

	return c->has_doc ? as_conf(yaml_document_get_root_node(doc)) : NULL;
}

size_t
conf_complaints(const struct conf *c)
{
	return c->complaints_len;
}

static int
by_line(const void *a, const void *b)
{
	const struct complaint *x = a, *y = b;

	if (x->file != y->file)
		return (x->file > y->file) - (x->file < y->file);
	return x->line != y->line ? (x->line > y->line) - (x->line < y->line)
				  : strcmp(x->text, y->text);
}

const char *
conf_complaint(struct conf *c, size_t i)
{
	if (!c->sorted && c->complaints_len > 0)
		qsort(c->complaints, c->complaints_len, sizeof(*c->complaints), by_line);
	c->sorted = true;
	return i < c->complaints_len ? c->complaints[i].text : NULL;
}

size_t
conf_report(struct conf *c)
{
	for (size_t i = 0; i < c->complaints_len; i++)
		fprintf(stderr, "%s\n", conf_complaint(c, i));
	return c->complaints_len;
}

enum conf_kind
conf_kind(const struct conf_node *n)
{
	switch (as_yaml(n)->type) {
	case YAML_SEQUENCE_NODE:
		return CONF_LIST;
	case YAML_MAPPING_NODE:
		return CONF_MAP;
	default:
		return CONF_SCALAR;
	}
}

int
conf_line(const struct conf *c, const struct conf_node *n)
{
	(void)c;
	return (int)as_yaml(n)->start_mark.line + 1;
}

bool
conf_is_map(struct conf *c, const struct conf_node *n, const char *what)
{
	if (n != NULL && conf_kind(n) != CONF_MAP)
		conf_complain(c, n, "%s must be a map (key: value)", what);
	return n != NULL && conf_kind(n) == CONF_MAP;
}

bool
conf_is_list(struct conf *c, const struct conf_node *n, const char *what)
{
	if (n != NULL && conf_kind(n) != CONF_LIST)
		conf_complain(c, n, "%s must be a list", what);
	return n != NULL && conf_kind(n) == CONF_LIST;
}

const char *
conf_text(struct conf *c, const struct conf_node *n, const char *what)
{
	if (n == NULL)
		return NULL;
	if (conf_kind(n) != CONF_SCALAR) {
		conf_complain(c, n, "%s must be a single value", what);
		return NULL;
	}
	return (const char *)as_yaml(n)->data.scalar.value;
}

size_t
conf_len(const struct conf *c, const struct conf_node *n)
{
	const yaml_node_t *y = as_yaml(n);

	(void)c;
	if (y == NULL)
		return 0;
	if (y->type == YAML_SEQUENCE_NODE)
		return (size_t)(y->data.sequence.items.top - y->data.sequence.items.start);
	if (y->type == YAML_MAPPING_NODE)
		return (size_t)(y->data.mapping.pairs.top - y->data.mapping.pairs.start);
	return 0;
}

const struct conf_node *
conf_at(const struct conf *c, const struct conf_node *n, size_t i)
{
	const yaml_node_t *y = as_yaml(n);

	if (i >= conf_len(c, n))
		return NULL;
	if (y->type == YAML_SEQUENCE_NODE)
		return node_by_id(c, y->data.sequence.items.start[i]);
	return node_by_id(c, y->data.mapping.pairs.start[i].value);
}

const struct conf_node *
conf_key_node_at(const struct conf *c, const struct conf_node *map, size_t i)
{
	const yaml_node_t *y = as_yaml(map);

	if (y == NULL || y->type != YAML_MAPPING_NODE || i >= conf_len(c, map))
		return NULL;
	return node_by_id(c, y->data.mapping.pairs.start[i].key);
}

const char *
conf_key_at(const struct conf *c, const struct conf_node *map, size_t i)
{
	const struct conf_node *key = conf_key_node_at(c, map, i);

	if (key == NULL || conf_kind(key) != CONF_SCALAR)
		return NULL;
	return (const char *)as_yaml(key)->data.scalar.value;
}

const struct conf_node *
conf_get(const struct conf *c, const struct conf_node *map, const char *key)
{
	for (size_t i = 0; i < conf_len(c, map); i++) {
		const char *have = conf_key_at(c, map, i);

		if (have != NULL && strcmp(have, key) == 0)
			return conf_at(c, map, i);
	}
	return NULL;
}

const struct conf_node *
conf_need(struct conf *c, const struct conf_node *map, const char *key)
{
	const struct conf_node *n = conf_get(c, map, key);

	if (n == NULL)
		conf_complain(c, map, "'%s' is missing", key);
	return n;
}

void
conf_known(struct conf *c, const struct conf_node *map, const char *const keys[])
{
	for (size_t i = 0; i < conf_len(c, map); i++) {
		const char *have = conf_key_at(c, map, i);
		bool known = false;

		for (size_t k = 0; have != NULL && keys[k] != NULL; k++)
			known = known || strcmp(have, keys[k]) == 0;
		if (!known)
			conf_complain(c, conf_key_node_at(c, map, i), "unknown key '%s'",
				have ? have : "?");
	}
}
