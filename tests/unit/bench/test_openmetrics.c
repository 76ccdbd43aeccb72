/*
 * test_openmetrics.c - what a DNS load writes for Prometheus, against a strict reader of the format, and promtool where it is.
 *
 * Source: OpenMetrics 1.0, "Text format", "Histogram", "Canonical Numbers".
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/load/dns_show.h"
#include "lib/fs.h"
#include "lib/hist.h"

enum { NAME_BYTES = 128, LINES = 1024, LABELS_BYTES = 512 };

/* The family being read, and what all before left behind. */
struct reader {
	char name[NAME_BYTES], type[32], unit[32];
	bool has_help, has_samples, has_sum, has_count;
	double bucket, last_le, count;
	bool has_infinity;
	char series[LINES][LABELS_BYTES]; /* each name with labels, to be seen once */
	size_t series_n;
	char families[LINES][NAME_BYTES];
	size_t families_n;
	char why[LABELS_BYTES + 64]; /* the first thing that is wrong */
};

static bool
wrong(struct reader *r, const char *why, const char *where)
{
	if (r->why[0] == '\0')
		snprintf(r->why, sizeof(r->why), "%s: %.400s", why, where);
	return false;
}

static size_t
name_length(const char *s)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*s) && *s != '_')
		return 0;
	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m + 1 && text[n - m - 1] == '_' && strcmp(text + n - m, end) == 0;
}

/* What can only be judged when all samples of a family were seen. */
static bool
end_family(struct reader *r)
{
	if (r->name[0] == '\0')
		return true;
	if (r->unit[0] != '\0' && !ends_in(r->name, r->unit))
		return wrong(r, "the name does not end in the unit", r->name);
	if (strcmp(r->type, "histogram") == 0 && r->has_samples && !r->has_infinity)
		return wrong(r, "a histogram without +Inf", r->name);
	if (r->has_sum != r->has_count)
		return wrong(r, "a sum and a count only go together", r->name);
	if (r->has_count && r->count != r->bucket)
		return wrong(r, "the count is not that of +Inf", r->name);
	return true;
}

static bool
begin_family(struct reader *r, const char *name)
{
	if (!end_family(r))
		return false;
	for (size_t i = 0; i < r->families_n; i++)
		if (strcmp(r->families[i], name) == 0)
			return wrong(r, "a family twice, or not in one piece", name);
	snprintf(r->families[r->families_n++], NAME_BYTES, "%s", name);
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->type[0] = r->unit[0] = '\0';
	r->has_help = r->has_samples = r->has_sum = r->has_count = r->has_infinity = false;
	r->bucket = 0;
	r->last_le = -1;
	return true;
}

/* "# TYPE name type" and its likes. */
static bool
take_metadata(struct reader *r, const char *line)
{
	char word[8], name[NAME_BYTES];
	int at = 0;

	if (sscanf(line, "# %7[A-Z] %127[a-zA-Z0-9_]%n", word, name, &at) != 2 || line[at] != ' ' ||
		line[at + 1] == '\0')
		return wrong(r, "no metadata", line);
	if (strcmp(name, r->name) != 0 && !begin_family(r, name))
		return false;
	if (r->has_samples)
		return wrong(r, "metadata behind samples", line);
	if (strcmp(word, "TYPE") == 0 && r->type[0] == '\0')
		snprintf(r->type, sizeof(r->type), "%s", line + at + 1);
	else if (strcmp(word, "UNIT") == 0 && r->unit[0] == '\0')
		snprintf(r->unit, sizeof(r->unit), "%s", line + at + 1);
	else if (strcmp(word, "HELP") == 0 && !r->has_help)
		r->has_help = true;
	else
		return wrong(r, "metadata of no kind, or twice", line);
	return strcmp(word, "TYPE") != 0 || strcmp(r->type, "counter") == 0 ||
		strcmp(r->type, "gauge") == 0 || strcmp(r->type, "histogram") == 0 ||
		wrong(r, "no type that is used here", line);
}

/* {a="b",c="d"}; `le` is what its label le says. Returns where it ends, NULL if it is none. */
static const char *
take_labels(struct reader *r, const char *s, char le[static 32])
{
	le[0] = '\0';
	if (*s != '{')
		return s;
	do {
		size_t name = name_length(++s), n = 0;
		bool is_le = name == 2 && strncmp(s, "le", 2) == 0;

		if (name == 0 || strncmp(s + name, "=\"", 2) != 0)
			return NULL;
		for (s += name + 2; *s != '"'; s++) {
			if (*s == '\\' && strchr("\\\"n", *++s) == NULL)
				return NULL;
			if (*s == '\0' || (unsigned char)*s < ' ')
				return NULL;
			if (is_le && n < 31)
				le[n++] = *s;
		}
		if (is_le)
			le[n] = '\0';
		s++;
	} while (*s == ',');
	(void)r;
	return *s == '}' ? s + 1 : NULL;
}

static bool
take_bucket(struct reader *r, const char *le, double value, const char *line)
{
	bool infinite = strcmp(le, "+Inf") == 0;
	double at = infinite ? 0 : strtod(le, NULL);

	if (le[0] == '\0' || r->has_infinity || (!infinite && at <= r->last_le))
		return wrong(r, "buckets are not in order", line);
	if (!infinite && strpbrk(le, ".e") == NULL)
		return wrong(r, "a bound that is no canonical number", line);
	if (value < r->bucket)
		return wrong(r, "buckets do not add up", line);
	r->bucket = value;
	r->last_le = at;
	r->has_infinity = infinite;
	return true;
}

/* May a sample of this suffix be in this family? Notes what the suffix means. */
static bool
take_suffix(struct reader *r, const char *suffix, const char *le, double value, const char *line)
{
	if (strcmp(r->type, "gauge") == 0)
		return suffix[0] == '\0' || wrong(r, "a gauge has no suffix", line);
	if (value < 0)
		return wrong(r, "below zero", line);
	if (strcmp(r->type, "counter") == 0)
		return strcmp(suffix, "_total") == 0 || wrong(r, "a counter ends in _total", line);
	if (strcmp(suffix, "_bucket") == 0)
		return take_bucket(r, le, value, line);
	if (strcmp(suffix, "_sum") == 0) {
		r->has_sum = true;
	} else if (strcmp(suffix, "_count") == 0) {
		r->has_count = true;
		r->count = value;
	} else {
		return wrong(r, "a histogram has no such sample", line);
	}
	return true;
}

static bool
take_sample(struct reader *r, const char *line)
{
	size_t name = name_length(line), family = strlen(r->name);
	char le[32], suffix[32], *end;
	const char *at = take_labels(r, line + name, le);
	double value;

	if (name == 0 || at == NULL || *at != ' ')
		return wrong(r, "no sample", line);
	if (family == 0 || r->type[0] == '\0' || strncmp(line, r->name, family) != 0 ||
		name < family || name - family >= sizeof(suffix))
		return wrong(r, "a sample without its family", line);
	for (size_t i = 0; i < r->series_n; i++)
		if (strlen(r->series[i]) == (size_t)(at - line) &&
			strncmp(r->series[i], line, (size_t)(at - line)) == 0)
			return wrong(r, "a sample twice", line);
	snprintf(r->series[r->series_n++], LABELS_BYTES, "%.*s", (int)(at - line), line);
	snprintf(suffix, sizeof(suffix), "%.*s", (int)(name - family), line + family);
	value = strtod(at + 1, &end);
	if (end == at + 1 || *end != ' ')
		return wrong(r, "no value", line);
	at = end + 1;
	if (strtod(at, &end) <= 0 || *end != '\0')
		return wrong(r, "no instant", line);
	r->has_samples = true;
	return take_suffix(r, suffix, le, value, line);
}

/* Is it OpenMetrics from its first to its last byte? `why` is "" then. */
static void
read_page(const char *text, char *why, size_t size)
{
	struct reader *r = calloc(1, sizeof(*r));
	bool good = true, eof = false;

	assert_non_null(r);
	for (const char *at = text; good && *at != '\0';) {
		const char *newline = strchr(at, '\n');
		char line[LABELS_BYTES];

		if (newline == NULL || (size_t)(newline - at) >= sizeof(line) ||
			r->series_n == LINES || eof) {
			good = wrong(r, eof ? "more behind the end" : "no line", at);
			break;
		}
		snprintf(line, sizeof(line), "%.*s", (int)(newline - at), at);
		at = newline + 1;
		if (strcmp(line, "# EOF") == 0)
			eof = end_family(r);
		else if (line[0] == '#')
			good = take_metadata(r, line);
		else
			good = take_sample(r, line);
	}
	if (!eof)
		wrong(r, "no # EOF", "");
	snprintf(why, size, "%s", r->why);
	free(r);
}

static void
test_reader(void **state)
{
	static const char disorder[] =
		"# TYPE a histogram\na_bucket{le=\"2.0\"} 1 1\na_bucket{le=\"1.0\"} 1 1\n"
		"a_bucket{le=\"+Inf\"} 1 1\n# EOF\n";
	/* What it must not take: a check that cannot fail is none. */
	static const char *const bad[] = {"", "# TYPE a gauge\na 1 1\n", "a 1 1\n# EOF\n",
		"# TYPE a gauge\na 1 1\na 1 1\n# EOF\n", "# TYPE a gauge\na 1 1\n# EOF\n\n",
		"# TYPE a counter\na 1 1\n# EOF\n", "# TYPE a counter\na_total -1 1\n# EOF\n",
		"# TYPE a gauge\n# UNIT a seconds\na 1 1\n# EOF\n",
		"# TYPE a gauge\na{x=\"y} 1 1\n# EOF\n",
		"# TYPE a gauge\na{x=\"\\y\"} 1 1\n# EOF\n",
		"# TYPE a gauge\na{x=\"y\"}1 1\n# EOF\n", "# TYPE a gauge\na x 1\n# EOF\n",
		"# TYPE a gauge\na 1 1\n# TYPE b gauge\nb 1 1\n# TYPE a gauge\n# EOF\n",
		"# TYPE a histogram\na_bucket{le=\"1.0\"} 1 1\n# EOF\n",
		"# TYPE a histogram\na_bucket{le=\"1\"} 1 1\na_bucket{le=\"+Inf\"} 1 1\n# EOF\n",
		"# TYPE a histogram\na_bucket{le=\"1.0\"} 2 1\na_bucket{le=\"+Inf\"} 1 1\n# EOF\n",
		disorder, "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 1\na_count 1 1\n# EOF\n",
		"# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 1\na_count 2 1\na_sum 1 1\n# EOF\n"};
	char why[640];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		read_page(bad[i], why, sizeof(why));
		if (why[0] == '\0')
			fail_msg("taken: %s", bad[i]);
	}
	read_page("# TYPE a_seconds histogram\n# UNIT a_seconds seconds\n# HELP a_seconds x y\n"
		  "a_seconds_bucket{le=\"1e-05\"} 0 1.5\na_seconds_bucket{le=\"1.0\"} 1 1.5\n"
		  "a_seconds_bucket{le=\"+Inf\"} 1 1.5\na_seconds_count 1 1.5\na_seconds_sum 0.5 "
		  "1.5\n"
		  "# TYPE b counter\nb_total{x=\"\\\"\\\\\\n\",y=\"\"} 1 1\n# EOF\n",
		why, sizeof(why));
	assert_string_equal(why, "");
}

/* A load with some of everything, and an NSID that wants escaping. */
static void
some_load(struct dns_result *r)
{
	static const uint8_t odd[] = "hkg\"\\\n", plain[] = "tyo";
	struct dns_stats *s = &r->stats;

	memset(r, 0, sizeof(*r));
	r->began.ns = 1800000000123456789;
	r->sent_qps = 999.5;
	r->answered_qps = 998.25;
	r->sending_ns = 1000000000;
	for (unsigned i = 0; i < DNS_RCODES; i++)
		s->rcodes[i] = i;
	for (int64_t ns = 5000; ns < 8000000000; ns = ns * 3 / 2) {
		hist_add(&s->latency, ns);
		hist_add(&s->latency_intended, ns + 1000);
		hist_add(&s->lateness, 1000);
		s->answered++;
	}
	s->sent = s->answered + 3;
	s->timed_out = s->unreachable = s->lost_connection = 1;
	assert_int_equal(dns_timeline_new(100000000, 1000000000, &r->timeline), 0);
	dns_timeline_sent(r->timeline, 0);
	dns_timeline_answered(r->timeline, 0, 5000, odd, sizeof(odd) - 1);
	dns_timeline_answered(r->timeline, 0, 5000, plain, sizeof(plain) - 1);
	dns_timeline_answered(r->timeline, 0, 5000, NULL, 0);
}

static void
check_load(const struct dns_plan *p, const struct dns_result *r, const char *path)
{
	char *text, why[640];
	struct err e;

	assert_int_equal(dns_write_openmetrics(p, r, path, &e), 0);
	assert_int_equal(fs_read(path, 1 << 20, &text, NULL, &e), 0);
	read_page(text, why, sizeof(why));
	if (why[0] != '\0')
		fail_msg("%s", why);
	free(text);
}

static void
test_load(void **state)
{
	char folder[] = "/tmp/test_openmetrics.XXXXXX", path[64], blocks[64], command[256];
	struct dns_plan p = {0};
	struct dns_result r, none = {.began = {1}};
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/load.txt", folder);
	snprintf(blocks, sizeof(blocks), "%s/data", folder);
	some_load(&r);
	check_load(&p, &r, path);
	if (system("promtool --version >/dev/null 2>&1") == 0) {
		snprintf(command, sizeof(command),
			"promtool tsdb create-blocks-from openmetrics %s %s >/dev/null", path,
			blocks);
		assert_int_equal(system(command), 0);
	}
	p.window = 8;
	check_load(&p, &r, path);
	none.began.ns = 1800000000123456789;
	check_load(&p, &none, path);
	dns_timeline_free(r.timeline);
	assert_int_equal(fs_remove_tree(folder, &e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader), cmocka_unit_test(test_load)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
