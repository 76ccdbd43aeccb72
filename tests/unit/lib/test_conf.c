/* test_conf.c - a YAML file is taken whole, or every mistake in it is told with its line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/conf.h"
#include "lib/fs.h"

/* All complaints, a line each, in a buffer that the next call overwrites. */
static const char *
told(struct conf *c)
{
	static char all[8192];
	size_t used = 0;

	all[0] = '\0';
	for (size_t i = 0; i < conf_complaints(c); i++)
		used += (size_t)snprintf(
			all + used, sizeof(all) - used, "%s\n", conf_complaint(c, i));
	return all;
}

static struct conf *
parsed(const char *text, size_t len)
{
	struct conf *c;

	assert_int_equal(conf_parse("f", text, len, &c), 0);
	return c;
}

/* What stands between here and the readers: shape and syntax. `told` NULL: it is taken. */
static void
shapes(void **state)
{
	static const char nul[] = "a: 1\nb: \"x\\0y\"\n", nul_key[] = "\"a\\0b\": 1\n",
			  raw_nul[] = "a: 1\nb: x\0y\n";
	static const struct {
		const char *text;
		size_t len;
		const char *told;
	} rows[] = {
#define TEXT(t) t, sizeof(t) - 1
		{TEXT("a: 1\nb: [x, y]\n"), ""},
		{TEXT("a: 1\r\nb: 2\r\n"), ""},
		{TEXT("\xef\xbb\xbf"
		      "a: 1\n"),
			""},
		{TEXT("%YAML 1.1\n---\na: 1\n...\n"), ""},
		{TEXT(""), "f:1: the file is empty\n"},
		{TEXT("# nothing but this\n\n"), "f:1: the file is empty\n"},
		{TEXT("a: 1\nb: 2\na: 3\na: 4\n"),
			"f:3: 'a' is given twice\nf:4: 'a' is given twice\n"},
		{TEXT("x:\n  k: {z: 1, z: 2}\nx: 1\n"),
			"f:2: 'z' is given twice\nf:3: 'x' is given twice\n"},
		{TEXT("? [a, b]\n: 1\n"), "f:1: a key must be plain text\n"},
		{TEXT(nul), "f:2: a text must not contain a NUL character\n"},
		{TEXT(nul_key), "f:1: a key must be plain text\n"},
		{TEXT(raw_nul), "f:2: control characters are not allowed\n"},
		{TEXT("a: 1\nb: 2\nc: \x1b[31m\n"), "f:3: control characters are not allowed\n"},
		{TEXT("a: 1\nb: \xff\xfe\n"), "f:2: invalid leading UTF-8 octet\n"},
		{TEXT("a: 1\n\tb: 2\n"),
			"f:2: found a tab character that violates indentation (while scanning a "
			"plain scalar that begins in line 1)\n"},
		{TEXT("a:\n  - x\n b: 1\n"),
			"f:3: did not find expected key (while parsing a block mapping that begins "
			"in line 1)\n"},
		{TEXT("a: 1\nb: \"never closed\nc: 2\n"),
			"f:4: found unexpected end of stream (while scanning a quoted scalar that "
			"begins in line 2)\n"},
		{TEXT("a: [1, 2\nb: 3\n"),
			"f:2: did not find expected ',' or ']' (while parsing a flow sequence that "
			"begins in line 1)\n"},
		{TEXT("a: *nobody\n"), "f:1: found undefined alias\n"},
		{TEXT("a: 1\n---\nb: 2\n"), "f:2: a second document in the same file\n"},
		{TEXT("a: 1\n...\n}\n"), "f:3: did not find expected <document start>\n"},
		/* An alias shows the same mistake twice; it is one mistake. */
		{TEXT("a: &x {k: 1, k: 2}\nb: *x\n"), "f:1: 'k' is given twice\n"},
#undef TEXT
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf *c = parsed(rows[i].text, rows[i].len);

		assert_string_equal(told(c), rows[i].told);
		assert_int_equal(conf_root(c) == NULL, rows[i].told[0] != '\0');
		conf_free(c);
	}
	conf_free(NULL);
}

static void
aliases(void **state)
{
	struct conf *c = parsed("a: &x [1, 2]\nb: *x\n", 19);

	(void)state;
	assert_string_equal(told(c), "");
	assert_ptr_equal(conf_get(c, conf_root(c), "a"), conf_get(c, conf_root(c), "b"));
	assert_int_equal(conf_len(c, conf_get(c, conf_root(c), "b")), 2);
	conf_free(c);

	c = parsed("a: &x\n  b: [*x]\n", 16);
	assert_string_equal(told(c), "f:1: nested too deeply (more than 16 levels)\n");
	conf_free(c);
}

/* Ten lists of ten times the list before: 10^10 values for whoever walks them. */
static void
billion_laughs(void **state)
{
	char text[4096];
	size_t used = (size_t)snprintf(text, sizeof(text), "a0: &a0 lol\n");
	struct conf *c;

	(void)state;
	for (int i = 1; i <= 10; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "%s*a%d", k ? ", " : "", i - 1);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "]\n");
	}
	c = parsed(text, used);
	assert_int_equal(conf_complaints(c), 1);
	assert_non_null(strstr(told(c), "too much (more than 1000000 values, aliases followed)"));
	assert_null(conf_root(c));
	conf_free(c);
}

static void
deep(void **state)
{
	static const size_t depths[] = {15, 16, 17, 900, 200000};

	(void)state;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		char *text = malloc(2 * depths[i] + 1);
		struct conf *c;

		assert_non_null(text);
		memset(text, '[', depths[i]);
		memset(text + depths[i], ']', depths[i]);
		c = parsed(text, 2 * depths[i]);
		/* A list in a list is one level deeper; the outermost is at level 0. */
		assert_int_equal(conf_complaints(c), depths[i] > 17);
		conf_free(c);
		free(text);
	}
}

/* As many keys as fit must not take time by their square. */
static void
many_keys(void **state)
{
	enum { KEYS = 300000 };
	size_t size = KEYS * 14 + 64, used = 0;
	char *text = malloc(size);
	struct conf *c;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < KEYS; i++)
		used += (size_t)snprintf(text + used, size - used, "k%d: 1\n", i);
	used += (size_t)snprintf(text + used, size - used, "k7: again\n");
	c = parsed(text, used);
	assert_string_equal(told(c), "f:300001: 'k7' is given twice\n");
	conf_free(c);
	free(text);
}

static void
files(void **state)
{
	char dir[] = "/tmp/test_conf.XXXXXX", path[64], *big = calloc(1, 5 << 20);
	struct err e = {0};
	struct conf *c = NULL;

	(void)state;
	assert_non_null(big);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.yaml", dir);
	assert_int_equal(conf_load(path, &c, &e), -ENOENT);
	assert_non_null(strstr(e.text, path));
	assert_int_equal(conf_load(dir, &c, &e), -EISDIR);
	assert_null(c);
	memset(big, '#', 5 << 20);
	assert_int_equal(fs_write(path, big, 5 << 20, NULL), 0);
	assert_int_equal(conf_load(path, &c, &e), -EFBIG);
	assert_null(c);
	memset(big, ' ', 4 << 20); /* just what is allowed, and nothing in it */
	assert_int_equal(fs_write(path, big, 4 << 20, NULL), 0);
	assert_int_equal(conf_load(path, &c, &e), 0);
	assert_non_null(strstr(conf_complaint(c, 0), ":1: the file is empty"));
	assert_string_equal(conf_path(c), path);
	conf_free(c);
	free(big);
	fs_remove_tree(dir, NULL);
}

static void
typed(void **state)
{
	static const char text[] = "s: word\nb: yes\nd: 300ms\nu: 7\nf: -2.5\nq: 5k\nr: 10M\n"
				   "p: 30%\nl: [1]\n";
	static const char *const keys[] = {"s", "b", "d", "u", "f", "q", "r", "p", "l", NULL};
	struct conf *c = parsed(text, sizeof(text) - 1);
	const struct conf_node *map = conf_root(c);

	(void)state;
	conf_known(c, map, keys);
	assert_string_equal(conf_str(c, map, "s", "-"), "word");
	assert_true(conf_bool(c, map, "b", false));
	assert_int_equal(conf_duration_ns(c, map, "d", 0), 300000000);
	assert_int_equal(conf_u64(c, map, "u", 1, 9, 0), 7);
	assert_true(conf_double(c, map, "f", -3, 3, 0) == -2.5);
	assert_true(conf_qps(c, map, "q", 0) == 5000);
	assert_int_equal(conf_bps(c, map, "r", 0), 10000000);
	assert_true(conf_ratio(c, map, "p", 0) > 0.299 && conf_ratio(c, map, "p", 0) < 0.301);
	assert_int_equal(conf_kind(conf_get(c, map, "l")), CONF_LIST);
	assert_int_equal(conf_line(c, conf_get(c, map, "l")), 9);
	/* Absent: what was asked for instead, and no complaint. */
	assert_string_equal(conf_str(c, map, "no", "-"), "-");
	assert_true(conf_bool(c, map, "no", true));
	assert_int_equal(conf_duration_ns(c, map, "no", 3), 3);
	assert_int_equal(conf_u64(c, map, "no", 5, 9, 1), 1);
	assert_null(conf_get(c, map, "no"));
	assert_null(conf_at(c, map, 9));
	assert_null(conf_key_at(c, map, 9));
	assert_int_equal(conf_len(c, NULL), 0);
	assert_false(conf_is_map(c, NULL, "nothing"));
	assert_string_equal(told(c), "");
	conf_free(c);
}

/* Asked for in any order, told in the order of the file; none stops the rest. */
static void
all_told(void **state)
{
	static const char text[] = "b: perhaps\nd: 300\nu: 10\nf: x\nq: fast\nr: 1 M\np: 2\n"
				   "s:\nl: {}\nextra: 1\ne: \"a\\nb\\e[31m\"\nn: [a]\n";
	static const char *const keys[] = {
		"s", "b", "d", "u", "f", "q", "r", "p", "l", "e", "n", NULL};
	struct conf *c = parsed(text, sizeof(text) - 1);
	const struct conf_node *map = conf_root(c);

	(void)state;
	assert_int_equal(conf_u64(c, map, "e", 1, 9, 4), 4);
	assert_null(conf_text(c, conf_get(c, map, "n"), "n"));
	assert_true(conf_ratio(c, map, "p", 0.5) == 0.5);
	assert_int_equal(conf_bps(c, map, "r", 6), 6);
	assert_true(conf_qps(c, map, "q", 5) == 5);
	assert_true(conf_double(c, map, "f", -1, 1, 0.5) == 0.5);
	assert_int_equal(conf_u64(c, map, "u", 1, 9, 2), 2);
	assert_int_equal(conf_duration_ns(c, map, "d", 1), 1);
	assert_true(conf_bool(c, map, "b", true));
	assert_string_equal(conf_str(c, map, "s", "-"), "-");
	assert_false(conf_is_list(c, conf_get(c, map, "l"), "l"));
	assert_false(conf_is_map(c, conf_get(c, map, "n"), "n"));
	assert_null(conf_need(c, map, "wanted"));
	conf_known(c, map, keys);
	assert_string_equal(told(c),
		"f:1: 'b': 'perhaps' is not true or false\n"
		"f:1: 'wanted' is missing\n"
		"f:2: 'd': '300' is not understood (a duration like 300ms, 2s, 1.5min)\n"
		"f:3: 'u': '10' is out of range (a whole number from 1 to 9)\n"
		"f:4: 'f': 'x' is not understood (a number from -1 to 1)\n"
		"f:5: 'q': 'fast' is not understood (queries per second like 10, 5k)\n"
		"f:6: 'r': '1 M' is not understood (bits per second like 100M, 1Gbit)\n"
		"f:7: 'p': '2' is out of range (a share like 30% or 0.3)\n"
		"f:8: 's' is empty\n"
		"f:9: l must be a list\n"
		"f:10: unknown key 'extra'\n"
		"f:11: 'e': 'a?b?[31m' is not understood (a whole number from 1 to 9)\n"
		"f:12: n must be a map (key: value)\n"
		"f:12: n must be a single value\n");
	conf_free(c);
}

/* What the header says: merge keys are not resolved, so nobody believes that they were. */
static void
merge_keys(void **state)
{
	static const char text[] = "a: &x {k: 1}\nb:\n  <<: *x\n  j: 2\n";
	static const char *const keys[] = {"k", "j", NULL};
	struct conf *c = parsed(text, sizeof(text) - 1);

	(void)state;
	conf_known(c, conf_get(c, conf_root(c), "b"), keys);
	assert_string_equal(told(c), "f:3: unknown key '<<'\n");
	conf_free(c);
}

/* What a document takes over, and whose file a mistake in it is told of. */
static void
inherited(void **state)
{
	static const char mine[] = "own: me\nm: {a: 1}\nn: {a: 1}\nlist: [x]\n";
	static const char base[] = "# first\nown: base\nm: {a: 2, b: 3}\nn: {b: 2}\n"
				   "list: [y, z]\nmore: [&k 5, *k]\nown2: 1\n";
	static const char *const own[] = {"own", "own2", NULL}, *const merged[] = {"m", NULL};
	struct conf *c = parsed(mine, sizeof(mine) - 1), *b, *deeper;
	const struct conf_node *root, *more;

	(void)state;
	assert_int_equal(conf_parse("g", base, sizeof(base) - 1, &b), 0);
	assert_int_equal(conf_parse("h", "last: 9\n", 8, &deeper), 0);
	conf_inherit(b, deeper, own, merged);
	conf_inherit(c, b, own, merged);
	conf_free(deeper);
	conf_free(b);
	root = conf_root(c);
	assert_string_equal(conf_str(c, root, "own", ""), "me");
	assert_null(conf_get(c, root, "own2"));
	assert_int_equal(conf_u64(c, conf_get(c, root, "m"), "a", 0, 9, 0), 1);
	assert_int_equal(conf_u64(c, conf_get(c, root, "m"), "b", 0, 9, 0), 3);
	assert_null(conf_get(c, conf_get(c, root, "n"), "b"));
	assert_int_equal(conf_len(c, conf_get(c, root, "list")), 1);
	more = conf_get(c, root, "more");
	assert_int_equal(conf_len(c, more), 2);
	assert_string_equal(conf_text(c, conf_at(c, more, 1), "more"), "5");
	assert_int_equal(conf_u64(c, root, "last", 0, 9, 0), 9);
	conf_complain(c, conf_get(c, root, "last"), "late");
	conf_complain(c, conf_at(c, more, 1), "odd");
	conf_complain(c, conf_get(c, root, "list"), "short");
	assert_string_equal(told(c), "f:4: short\ng:6: odd\nh:1: late\n");
	assert_int_equal(conf_files(c), 3);
	assert_string_equal(conf_path(c), "f");
	assert_string_equal(conf_file(c, 2), "h");
	conf_free(c);
}

/* What is wrong with the other is told, and nothing is taken over where there is nothing. */
static void
inherits_mistakes(void **state)
{
	static const char *const none[] = {NULL};
	static const struct {
		const char *mine, *base, *told;
	} rows[] = {
		{"a: 1\n", "b: [\n",
			"g:2: did not find expected node content (while parsing a flow "
			"node that begins in line 2)\n"},
		{"a: 1\n", "", "g:1: the file is empty\n"},
		{"", "b: 1\n", "f:1: the file is empty\n"},
		{"a: 1\n", "- b\n", ""},
		{"- a\n", "b: 1\n", ""},
		{"a: {x: 1}\n", "a: 5\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf *c = parsed(rows[i].mine, strlen(rows[i].mine)), *b;

		assert_int_equal(conf_parse("g", rows[i].base, strlen(rows[i].base), &b), 0);
		conf_inherit(c, b, none, (const char *const[]){"a", NULL});
		conf_free(b);
		assert_string_equal(told(c), rows[i].told);
		conf_free(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(aliases),
		cmocka_unit_test(billion_laughs),
		cmocka_unit_test(deep),
		cmocka_unit_test(many_keys),
		cmocka_unit_test(files),
		cmocka_unit_test(typed),
		cmocka_unit_test(all_told),
		cmocka_unit_test(merge_keys),
		cmocka_unit_test(inherited),
		cmocka_unit_test(inherits_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
