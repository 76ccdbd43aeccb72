/* conf_inherit.c - a document that takes over from another what it does not say itself. */
#include <stdlib.h>
#include <string.h>

#include "lib/conf_internal.h"

static bool
is_listed(const char *key, const char *const list[])
{
	for (size_t i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], key) == 0)
			return true;
	return false;
}

static size_t
nodes_of(const yaml_document_t *doc)
{
	return (size_t)(doc->nodes.top - doc->nodes.start);
}

/* A node like `from`, without what it contains; its line is kept. */
static void
add_node(yaml_document_t *doc, const yaml_node_t *from)
{
	int id = from->type == YAML_SEQUENCE_NODE
		? yaml_document_add_sequence(doc, NULL, YAML_ANY_SEQUENCE_STYLE)
		: from->type == YAML_MAPPING_NODE
		? yaml_document_add_mapping(doc, NULL, YAML_ANY_MAPPING_STYLE)
		: yaml_document_add_scalar(doc, NULL, from->data.scalar.value,
			  (int)from->data.scalar.length, YAML_ANY_SCALAR_STYLE);

	if (id == 0)
		abort();
	doc->nodes.top[-1].start_mark = from->start_mark;
	doc->nodes.top[-1].end_mark = from->end_mark;
}

/* All nodes of `from` behind those of `doc`: what was number n is then number n + offset. */
static void
add_nodes(yaml_document_t *doc, const yaml_document_t *from)
{
	int offset = (int)nodes_of(doc), n = 0;

	for (const yaml_node_t *node = from->nodes.start; node < from->nodes.top; node++)
		add_node(doc, node);
	for (const yaml_node_t *node = from->nodes.start; node < from->nodes.top; node++) {
		int id = offset + ++n, done = 1;

		if (node->type == YAML_SEQUENCE_NODE)
			for (const yaml_node_item_t *item = node->data.sequence.items.start;
				done && item < node->data.sequence.items.top; item++)
				done = yaml_document_append_sequence_item(doc, id, *item + offset);
		else if (node->type == YAML_MAPPING_NODE)
			for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
				done && pair < node->data.mapping.pairs.top; pair++)
				done = yaml_document_append_mapping_pair(
					doc, id, pair->key + offset, pair->value + offset);
		if (!done)
			abort();
	}
}

static int
id_of(const struct conf *c, const struct conf_node *n)
{
	return (int)((const yaml_node_t *)(const void *)n - c->doc.nodes.start) + 1;
}

/*
 * The pairs of `from` whose key `map` lacks, but for those of `own`; where both have a key of `merged`, the same for the
 * two maps. Nodes are found by number, since adding pairs may move them.
 */
static void
add_pairs(struct conf *c, int map_id, int from_id, const char *const own[],
	const char *const merged[])
{
	static const char *const none[] = {NULL};
	const yaml_node_t *from = yaml_document_get_node(&c->doc, from_id);
	size_t n = (size_t)(from->data.mapping.pairs.top - from->data.mapping.pairs.start);

	for (size_t i = 0; i < n; i++) {
		yaml_node_pair_t pair =
			yaml_document_get_node(&c->doc, from_id)->data.mapping.pairs.start[i];
		const struct conf_node *map =
			(const struct conf_node *)(const void *)yaml_document_get_node(
				&c->doc, map_id);
		const struct conf_node *value =
			(const struct conf_node *)(const void *)yaml_document_get_node(
				&c->doc, pair.value);
		const char *key =
			(const char *)yaml_document_get_node(&c->doc, pair.key)->data.scalar.value;
		const struct conf_node *mine = conf_get(c, map, key);

		if (is_listed(key, own))
			continue;
		if (mine == NULL &&
			!yaml_document_append_mapping_pair(&c->doc, map_id, pair.key, pair.value))
			abort();
		if (mine != NULL && is_listed(key, merged) && conf_kind(mine) == CONF_MAP &&
			conf_kind(value) == CONF_MAP)
			add_pairs(c, id_of(c, mine), pair.value, none, none);
	}
}

void
conf_inherit(struct conf *c, const struct conf *base, const char *const own[],
	const char *const merged[])
{
	size_t files = c->files_len, nodes = c->has_doc ? nodes_of(&c->doc) : 0;

	for (size_t i = 0; i < base->files_len; i++)
		conf_add_file(c, base->files[i].path, nodes + base->files[i].first);
	for (size_t i = 0; i < base->complaints_len; i++) {
		char *text = strdup(base->complaints[i].text);

		if (text == NULL)
			abort();
		conf_keep_complaint(
			c, files + base->complaints[i].file, base->complaints[i].line, text);
	}
	if (conf_root(c) == NULL || conf_root(base) == NULL ||
		conf_kind(conf_root(c)) != CONF_MAP || conf_kind(conf_root(base)) != CONF_MAP)
		return;
	add_nodes(&c->doc, &base->doc);
	add_pairs(c, 1, (int)nodes + 1, own, merged);
}
