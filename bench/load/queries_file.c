/* queries_file.c - queries from a file as dnsperf reads it, and from words of the command line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/load/qtype.h"
#include "bench/load/queries_internal.h"
#include "bench/load/query_mistakes.h"
#include "bench/load/query_pool.h"
#include "lib/dnswrite.h"
#include "lib/fs.h"
#include "lib/num.h"

enum { FILE_MAX_BYTES = 1 << 30, SHOWN_BYTES = 64 };

/* A word of a line. */
struct word {
	const char *at;
	size_t len;
};

struct reader {
	struct query_pool pool;
	const struct query_form *form;
	struct query_mistakes wrong;
	const char
		*path; /* or the whole text of a query of the command line: line_number is 0 then */
	size_t line_number;
	/* The type before, as it was written: most lines have the same few. */
	struct word type_text;
	uint16_t type;
};

/* As much of a word as fits into a message, and nothing that a terminal would obey. */
static const char *
show(const struct word *w, char out[static SHOWN_BYTES])
{
	size_t n = w->len < SHOWN_BYTES - 4 ? w->len : SHOWN_BYTES - 4;

	for (size_t i = 0; i < n; i++)
		out[i] = w->at[i] < ' ' || w->at[i] > '~' ? '?' : w->at[i];
	snprintf(out + n, 4, "%s", n < w->len ? "..." : "");
	return out;
}

/* "FILE:LINE: 'WORD' what" */
static void
wrong(struct reader *r, const struct word *w, const char *what)
{
	struct word all = {r->path, strlen(r->path)};
	char word[SHOWN_BYTES], query[SHOWN_BYTES];

	if (r->line_number > 0)
		query_mistake(
			&r->wrong, "%s:%zu: '%s' %s", r->path, r->line_number, show(w, word), what);
	else
		query_mistake(
			&r->wrong, "--query '%s': '%s' %s", show(&all, query), show(w, word), what);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word; the line moves behind it. */
static struct word
take_word(struct word *line)
{
	struct word w;

	while (line->len > 0 && is_blank(*line->at)) {
		line->at++;
		line->len--;
	}
	w = (struct word){line->at, 0};
	while (w.len < line->len && !is_blank(w.at[w.len]))
		w.len++;
	line->at += w.len;
	line->len -= w.len;
	return w;
}

static bool
take_type(struct reader *r, struct word w)
{
	if (w.len == r->type_text.len && memcmp(w.at, r->type_text.at, w.len) == 0)
		return true;
	r->type_text = (struct word){"", 0};
	if (qtype_parse(w.at, w.len, &r->type) < 0)
		wrong(r, &w, "is no record type");
	else if (!qtype_asks(r->type))
		wrong(r, &w, "is not asked with a query");
	else
		r->type_text = w;
	return r->type_text.len > 0;
}

/* Name and type to the pool. Returns 0 or -ENOMEM; what is wrong with them is noted. */
static int
take_query(struct reader *r, struct word name, struct word type, double weight)
{
	uint8_t wire[DNS_NAME_WIRE_BYTES];
	int n = dnswrite_name(name.at, name.len, wire);
	char why[96];

	if (n < 0) {
		snprintf(why, sizeof(why), "is no name: %s", dnswrite_why(n));
		wrong(r, &name, why);
	} else if (r->form->random_prefix && !query_pool_takes_label((size_t)n)) {
		wrong(r, &name, "leaves no room for a label in front");
	} else if (take_type(r, type)) {
		return query_pool_add(&r->pool, wire, (size_t)n, r->type, weight, false);
	}
	return 0;
}

static int
take_line(struct reader *r, struct word line)
{
	struct word name, type;

	r->line_number++;
	if (line.len == 0 || *line.at == ';')
		return 0;
	name = take_word(&line);
	if (name.len == 0 || *name.at == ';')
		return 0;
	type = take_word(&line);
	if (type.len > 0)
		return take_query(r, name, type, 1);
	wrong(r, &name, "has no type behind it");
	return 0;
}

static int
take_lines(struct reader *r, const char *data, size_t len)
{
	const char *end = data + len;
	int rc = 0;

	while (data < end && rc == 0) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		size_t line = (size_t)((newline == NULL ? end : newline) - data);

		rc = take_line(r, (struct word){data, line});
		data += line + 1;
	}
	return rc;
}

int
queries_from_file(const char *path, const struct query_form *form, struct queries **ret,
	struct buf *mistakes, struct err *e)
{
	struct reader r = {.form = form, .wrong = {.text = mistakes}, .type_text = {"", 0}};
	bool standard_input = strcmp(path, "-") == 0;
	const char *name = standard_input ? "standard input" : path;
	char *data;
	size_t len;
	int rc = fs_read_any(standard_input ? "/dev/stdin" : path, FILE_MAX_BYTES, &data, &len, e);

	if (rc < 0)
		return rc;
	r.path = name;
	rc = take_lines(&r, data, len);
	if (rc < 0)
		rc = err_set(e, -rc, "%s: out of memory", name);
	else if (r.wrong.n > 0)
		rc = err_set(e, EINVAL, "%s: %zu of its lines cannot be asked", name, r.wrong.n);
	else if (r.pool.n == 0)
		rc = err_set(e, EINVAL, "%s: no query in it", name);
	else
		rc = query_pool_dress(&r.pool, form, ret, e);
	query_pool_done(&r.pool);
	free(data);
	return rc;
}

/* ---- the command line ---- */

enum { WEIGHT_MAX = 1000000 };

static uint64_t
common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static int
take_wish(struct reader *r, const char *text)
{
	struct word line = {text, strlen(text)}, name = take_word(&line), type = take_word(&line),
		    weight = take_word(&line), rest = take_word(&line);
	uint64_t times = 1;
	char number[24];

	r->path = text;
	snprintf(number, sizeof(number), "%.*s", weight.len < sizeof(number) ? (int)weight.len : 0,
		weight.at);
	if (rest.len > 0)
		wrong(r, &rest, "is too much: 'NAME [TYPE [WEIGHT]]'");
	else if (weight.len > 0 && num_u64(number, 1, WEIGHT_MAX, &times) < 0)
		wrong(r, &weight, "is no weight: a whole number from 1 to 1000000");
	else
		return take_query(
			r, name, type.len > 0 ? type : (struct word){"A", 1}, (double)times);
	return 0;
}

/* As long as it takes to have each exactly as often as its weight says. */
static size_t
exact_length(const struct query_pool *p)
{
	uint64_t total = 0, divisor = 0;

	for (size_t i = 0; i < p->n; i++) {
		total += (uint64_t)p->ask[i].weight;
		divisor = common_divisor(divisor, (uint64_t)p->ask[i].weight);
	}
	total /= divisor;
	return total < QUERY_POOL_SEQUENCE ? (size_t)total : QUERY_POOL_SEQUENCE;
}

int
queries_from_list(const char *const *list, size_t n, const struct query_form *form, uint64_t seed,
	struct queries **ret, struct buf *mistakes, struct err *e)
{
	struct reader r = {.form = form, .wrong = {.text = mistakes}, .type_text = {"", 0}};
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = take_wish(&r, list[i]);
	if (rc < 0)
		err_set(e, -rc, "out of memory");
	else if (r.wrong.n > 0)
		rc = err_set(e, EINVAL, "%zu of the queries cannot be asked", r.wrong.n);
	else if (exact_length(&r.pool) == r.pool.n)
		rc = query_pool_dress(&r.pool, form, ret, e);
	else
		rc = query_pool_mix(&r.pool, form, exact_length(&r.pool), seed, ret, e);
	query_pool_done(&r.pool);
	return rc;
}
