/* knobs.c - what an operator may turn: a name, and which lines of which nodes' files a value of it goes into. */
#include "scenarios/knobs.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/num.h"

static const double largest = 1e9;

static bool
is_name(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 40 &&
		strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len && text[0] != '-';
}

/* Is it an expression, with so many groups as its use wants? */
static void
check_pattern(struct conf *c, const struct conf_node *at, const char *key, const char *text,
	bool wants_group)
{
	regex_t re;
	char why[128];
	int rc;

	if (text == NULL)
		return;
	rc = regcomp(&re, text, REG_EXTENDED);
	if (rc != 0) {
		regerror(rc, &re, why, sizeof(why));
		conf_complain(
			c, at, "%s: '%s' is no extended regular expression: %s", key, text, why);
		return;
	}
	if (wants_group && re.re_nsub != 1)
		conf_complain(c, at,
			"%s: '%s' has %zu groups; the value goes into the one that it has, or "
			"'set' says "
			"what the line becomes",
			key, text, re.re_nsub);
	regfree(&re);
}

/* A text or a list of texts. */
static void
read_at(struct conf *c, const struct conf_node *map, struct knob_place *p)
{
	const struct conf_node *n = conf_need(c, map, "at");
	bool is_list = n != NULL && conf_kind(n) == CONF_LIST;
	size_t len = n == NULL ? 0 : is_list ? conf_len(c, n) : 1;

	p->at = calloc(len + 1, sizeof(*p->at));
	if (p->at == NULL)
		abort();
	for (size_t i = 0; i < len; i++) {
		const char *text = conf_text(c, is_list ? conf_at(c, n, i) : n, "a layer or node");

		if (text != NULL)
			p->at[p->at_len++] = text;
	}
}

/* Words of a list, each once. Returns how many there are; the first `max` of them are in `ret`. */
static size_t
read_words(
	struct conf *c, const struct conf_node *list, const char *key, const char **ret, size_t max)
{
	size_t n;

	if (!conf_is_list(c, list, key))
		return 0;
	n = conf_len(c, list);
	for (size_t i = 0; i < n && i < max; i++) {
		const char *word = conf_text(c, conf_at(c, list, i), key);

		ret[i] = word == NULL ? "" : word;
		if (word != NULL && (word[0] == '\0' || strlen(word) >= KNOB_TEXT_BYTES))
			conf_complain(c, conf_at(c, list, i),
				"%s: '%s' is not a word of 1 to %d characters", key, word,
				KNOB_TEXT_BYTES - 1);
		for (size_t k = 0; k < i; k++)
			if (word != NULL && strcmp(ret[k], word) == 0)
				conf_complain(c, conf_at(c, list, i), "%s: '%s' twice", key, word);
	}
	return n;
}

/* What a knob of words writes here: its own names of them, or the knob's. */
static void
read_place_words(
	struct conf *c, const struct conf_node *map, const struct knob *k, struct knob_place *p)
{
	const struct conf_node *list = conf_get(c, map, "words");
	static const char *const numeric[] = {"multiply", "divide", "plus"};

	if (list != NULL && k->words_len == 0) {
		conf_complain(c, list, "words: the knob's values are numbers");
		return;
	}
	for (size_t i = 0; i < 3 && k->words_len > 0; i++)
		if (conf_get(c, map, numeric[i]) != NULL)
			conf_complain(c, conf_get(c, map, numeric[i]),
				"%s: the knob's values are words", numeric[i]);
	if (k->words_len == 0)
		return;
	p->words = calloc(KNOB_WORDS, sizeof(*p->words));
	if (p->words == NULL)
		abort();
	memcpy(p->words, k->words, sizeof(k->words));
	p->words_len = k->words_len;
	if (list != NULL && read_words(c, list, "words", p->words, KNOB_WORDS) != k->words_len)
		conf_complain(c, list, "words: the knob has %zu values", k->words_len);
}

static void
read_place(struct conf *c, const struct conf_node *map, const struct knob *k, struct knob_place *p)
{
	static const char *const keys[] = {"at", "file", "line", "set", "from", "to", "multiply",
		"divide", "plus", "words", NULL};

	p->multiply = p->divide = 1;
	if (!conf_is_map(c, map, "a place"))
		return;
	conf_known(c, map, keys);
	p->conf_line = conf_line(c, map);
	read_at(c, map, p);
	conf_need(c, map, "file");
	conf_need(c, map, "line");
	p->file = conf_str(c, map, "file", "");
	p->line = conf_str(c, map, "line", "");
	p->set = conf_str(c, map, "set", NULL);
	p->from = conf_str(c, map, "from", NULL);
	p->to = conf_str(c, map, "to", NULL);
	p->multiply = conf_double(c, map, "multiply", 1e-9, 1e9, 1);
	p->divide = conf_double(c, map, "divide", 1e-9, 1e9, 1);
	p->plus = conf_double(c, map, "plus", -1e9, 1e9, 0);
	read_place_words(c, map, k, p);
	if (p->file[0] != '\0' && (p->file[0] != '/' || strstr(p->file, "..") != NULL))
		conf_complain(c, conf_get(c, map, "file"),
			"file: '%s' is not a path from the node's root", p->file);
	if (p->to != NULL && p->from == NULL)
		conf_complain(c, conf_get(c, map, "to"), "to: wants 'from' as well");
	if (p->line[0] != '\0')
		check_pattern(c, conf_get(c, map, "line"), "line", p->line, p->set == NULL);
	check_pattern(c, conf_get(c, map, "from"), "from", p->from, false);
	check_pattern(c, conf_get(c, map, "to"), "to", p->to, false);
}

static void
read_range(struct conf *c, const struct conf_node *map, struct knob *k)
{
	const struct conf_node *range = conf_need(c, map, "range");
	const char *low, *high;

	k->max = largest;
	if (!conf_is_list(c, range, "range"))
		return;
	if (conf_len(c, range) != 2) {
		conf_complain(c, range, "range: is not [LEAST, MOST]");
		return;
	}
	low = conf_text(c, conf_at(c, range, 0), "range");
	high = conf_text(c, conf_at(c, range, 1), "range");
	if (low == NULL || high == NULL)
		return;
	if (num_double(low, -largest, largest, &k->min) < 0 ||
		num_double(high, -largest, largest, &k->max) < 0 || k->min > k->max)
		conf_complain(c, range, "range: [%s, %s] is not [LEAST, MOST]", low, high);
}

/* `values:` in place of a range: the knob's values are these words. */
static void
read_values(struct conf *c, const struct conf_node *map, struct knob *k)
{
	static const char *const numeric[] = {"unit", "kind", "range"};
	const struct conf_node *list = conf_get(c, map, "values");
	size_t n = read_words(c, list, "values", k->words, KNOB_WORDS);

	for (size_t i = 0; i < 3; i++)
		if (conf_get(c, map, numeric[i]) != NULL)
			conf_complain(c, conf_get(c, map, numeric[i]),
				"%s: the knob's values are words", numeric[i]);
	if (n < 2 || n > KNOB_WORDS) {
		if (conf_kind(list) == CONF_LIST)
			conf_complain(c, list, "values: 2 to %d words", KNOB_WORDS);
		n = n < 2 ? 2 : KNOB_WORDS;
	}
	for (size_t i = 0; i < n; i++)
		k->words[i] = k->words[i] == NULL ? "" : k->words[i];
	k->words_len = n;
	k->whole = true;
	k->min = 0;
	k->max = (double)(n - 1);
}

static void
read_kind(struct conf *c, const struct conf_node *map, struct knob *k)
{
	const char *kind = conf_str(c, map, "kind", "number");

	k->unit = conf_str(c, map, "unit", "");
	k->whole = strcmp(kind, "integer") == 0;
	if (!k->whole && strcmp(kind, "number") != 0)
		conf_complain(
			c, conf_get(c, map, "kind"), "kind: '%s' is not number or integer", kind);
}

static void
read_knob(struct conf *c, const struct conf_node *map, struct knob *k)
{
	static const char *const keys[] = {
		"about", "unit", "kind", "range", "values", "now", "places", NULL};
	const struct conf_node *places;

	if (!conf_is_map(c, map, k->name))
		return;
	conf_known(c, map, keys);
	conf_need(c, map, "about");
	k->about = conf_str(c, map, "about", "");
	k->now = conf_str(c, map, "now", NULL);
	if (conf_get(c, map, "values") != NULL) {
		read_values(c, map, k);
	} else {
		read_kind(c, map, k);
		read_range(c, map, k);
	}
	places = conf_need(c, map, "places");
	if (!conf_is_list(c, places, "places"))
		return;
	if (conf_len(c, places) == 0)
		conf_complain(c, places, "places: a knob that sets nothing");
	k->places = calloc(conf_len(c, places) + 1, sizeof(*k->places));
	if (k->places == NULL)
		abort();
	for (size_t i = 0; i < conf_len(c, places); i++)
		read_place(c, conf_at(c, places, i), k, &k->places[k->places_len++]);
}

static void
free_knob(struct knob *k)
{
	for (size_t i = 0; i < k->places_len; i++) {
		free(k->places[i].at);
		free(k->places[i].words);
	}
	free(k->places);
}

/* The knob of that name, or room for it. */
static struct knob *
slot(struct knobs *k, const char *name)
{
	struct knob *list;

	for (size_t i = 0; i < k->len; i++)
		if (strcmp(k->list[i].name, name) == 0) {
			free_knob(&k->list[i]);
			return &k->list[i];
		}
	list = realloc(k->list, (k->len + 1) * sizeof(*list));
	if (list == NULL)
		abort();
	k->list = list;
	return &k->list[k->len++];
}

static void
read_knobs(struct knobs *k, struct conf *c, bool is_variant)
{
	static const char *const own[] = {"summary", "knobs", NULL};
	const struct conf_node *root = conf_root(c), *map;

	if (!conf_is_map(c, root, "a file of knobs"))
		return;
	if (!is_variant)
		conf_known(c, root, own);
	map = is_variant ? conf_get(c, root, "knobs") : conf_need(c, root, "knobs");
	if (map == NULL || !conf_is_map(c, map, "knobs"))
		return;
	for (size_t i = 0; i < conf_len(c, map); i++) {
		const char *name = conf_key_at(c, map, i);
		struct knob *one;

		if (!is_name(name)) {
			conf_complain(c, conf_key_node_at(c, map, i),
				"'%s': a knob's name is 1 to 40 of a-z, 0-9 and '-'", name);
			continue;
		}
		one = slot(k, name);
		*one = (struct knob){.name = name,
			.about = "",
			.unit = "",
			.max = largest,
			.path = conf_path(c),
			.conf_line = conf_line(c, conf_key_node_at(c, map, i))};
		read_knob(c, conf_at(c, map, i), one);
	}
}

int
knobs_add_file(struct knobs *k, const char *path, bool is_variant, struct err *e)
{
	struct conf *c;
	int rc;

	if (k->confs_len == KNOBS_FILES)
		return err_set(e, EINVAL, "more than %d files of knobs", KNOBS_FILES);
	rc = conf_load(path, &c, e);
	if (rc < 0)
		return rc;
	k->confs[k->confs_len++] = c;
	read_knobs(k, c, is_variant);
	if (conf_report(c) == 0)
		return 0;
	return err_set(e, EINVAL, "%s: %zu mistake%s", path, conf_complaints(c),
		conf_complaints(c) == 1 ? "" : "s");
}

void
knobs_done(struct knobs *k)
{
	for (size_t i = 0; i < k->len; i++)
		free_knob(&k->list[i]);
	free(k->list);
	for (size_t i = 0; i < k->confs_len; i++)
		conf_free(k->confs[i]);
	*k = (struct knobs){0};
}

const struct knob *
knobs_find(const struct knobs *k, const char *name)
{
	for (size_t i = 0; i < k->len; i++)
		if (strcmp(k->list[i].name, name) == 0)
			return &k->list[i];
	return NULL;
}
