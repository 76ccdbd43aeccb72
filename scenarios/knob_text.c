/* knob_text.c - a value into the lines of a configuration file that a knob means, and out of them. */
#include "scenarios/knob_text.h"

#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/num.h"

enum { MAX_TIMES = 64 };

struct patterns {
	regex_t line, from, to;
	bool has_from, has_to;
};

/* knobs_add_file() has compiled them before: what fails here is memory. */
static int
compile(const struct knob_place *p, struct patterns *ret, struct err *e)
{
	*ret = (struct patterns){0};
	if (regcomp(&ret->line, p->line, REG_EXTENDED) != 0)
		return err_set(e, EINVAL, "'%s' is no extended regular expression", p->line);
	ret->has_from =
		p->from != NULL && regcomp(&ret->from, p->from, REG_EXTENDED | REG_NOSUB) == 0;
	ret->has_to = p->to != NULL && regcomp(&ret->to, p->to, REG_EXTENDED | REG_NOSUB) == 0;
	return 0;
}

static void
release(struct patterns *r)
{
	regfree(&r->line);
	if (r->has_from)
		regfree(&r->from);
	if (r->has_to)
		regfree(&r->to);
}

/* Is this line, of those that come one after the other, within from and to? */
static bool
is_within(const struct patterns *r, const char *line, bool *inside)
{
	if (!r->has_from)
		return true;
	if (*inside && r->has_to && regexec(&r->to, line, 0, NULL, 0) == 0)
		*inside = false;
	if (!*inside)
		*inside = regexec(&r->from, line, 0, NULL, 0) == 0;
	return *inside;
}

static const char *
value_text(const struct knob_place *p, bool whole, double value, char out[static KNOB_TEXT_BYTES])
{
	double there = value * p->multiply / p->divide;

	if (p->words != NULL) {
		snprintf(out, KNOB_TEXT_BYTES, "%s",
			value >= 0 && value < (double)p->words_len ? p->words[(size_t)value] : "");
		return out;
	}
	/* A third of a hold time has to be whole where the hold time has to be. */
	return knob_show_value((whole ? floor(there + 1e-9) : there) + p->plus, out);
}

/* One {...} of a template; `*none` is set when it comes no time at all. */
static int
expand(struct buf *out, const char *what, size_t len, const char *line, const char *value,
	bool *none, struct err *e)
{
	static const char times[] = "value times ";
	uint64_t n;

	if (len == 4 && strncmp(what, "line", 4) == 0)
		buf_add(out, line);
	else if (len == 5 && strncmp(what, "value", 5) == 0)
		buf_add(out, value);
	else if (len > sizeof(times) - 1 && strncmp(what, times, sizeof(times) - 1) == 0) {
		if (num_u64(value, 0, MAX_TIMES, &n) < 0)
			return err_set(
				e, EINVAL, "set: %s times is not 0 to %d times", value, MAX_TIMES);
		*none |= n == 0;
		for (uint64_t i = 0; i < n; i++) {
			buf_add(out, i == 0 ? "" : " ");
			buf_add_len(out, what + sizeof(times) - 1, len - (sizeof(times) - 1));
		}
	} else
		return err_set(e, EINVAL,
			"set: {%.*s} is none of {line}, {value}, {value times TEXT}", (int)len,
			what);
	return 0;
}

/* The template's lines, one after the other, without a newline behind the last. */
static int
fill(struct buf *out, const char *set, const char *line, const char *value, struct err *e)
{
	bool first = true;
	int rc = 0;

	while (rc == 0 && *set != '\0') {
		size_t len = strcspn(set, "\n");
		const char *end = set + len;
		struct buf one = {0};
		bool none = false;

		for (const char *at = set; rc == 0 && at < end;) {
			const char *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;

			if (close == NULL) {
				buf_add_len(&one, at++, 1);
				continue;
			}
			rc = expand(&one, at + 1, (size_t)(close - at - 1), line, value, &none, e);
			at = close + 1;
		}
		if (!none) {
			buf_add(out, first ? "" : "\n");
			buf_add(out, one.data != NULL ? one.data : "");
			first = false;
		}
		buf_done(&one);
		set = end + (*end == '\n');
	}
	return rc;
}

static int
set_line(struct buf *out, const struct knob_place *p, const char *value, const char *line,
	const regmatch_t group[static 2], struct err *e)
{
	if (p->set != NULL)
		return fill(out, p->set, line, value, e);
	buf_add_len(out, line, (size_t)group[1].rm_so);
	buf_add(out, value);
	buf_add(out, line + group[1].rm_eo);
	return 0;
}

int
knob_text_set(const struct knob_place *p, bool whole, double value, const char *text, char **ret,
	size_t *ret_lines, struct err *e)
{
	char shown[KNOB_TEXT_BYTES];
	struct patterns r;
	struct buf out = {0};
	bool inside = false;
	size_t lines = 0;
	int rc = compile(p, &r, e);

	if (rc < 0)
		return rc;
	value_text(p, whole, value, shown);
	while (rc == 0 && *text != '\0') {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		regmatch_t group[2];

		if (line == NULL)
			abort();
		if (is_within(&r, line, &inside) && regexec(&r.line, line, 2, group, 0) == 0 &&
			(p->set != NULL || group[1].rm_so >= 0)) {
			rc = set_line(&out, p, shown, line, group, e);
			lines++;
		} else {
			buf_add(&out, line);
		}
		if (text[len] == '\n')
			buf_add(&out, "\n");
		text += len + (text[len] == '\n');
		free(line);
	}
	release(&r);
	if (rc == 0)
		rc = buf_check(&out, e);
	if (rc < 0) {
		buf_done(&out);
		return rc;
	}
	*ret = out.data != NULL ? out.data : strdup("");
	*ret_lines = lines;
	return 0;
}

static int
read_group(const struct knob_place *p, const char *line, regmatch_t group, double *ret)
{
	char number[KNOB_TEXT_BYTES];
	size_t len = (size_t)(group.rm_eo - group.rm_so);
	double value;

	if (len >= sizeof(number))
		return -EINVAL;
	memcpy(number, line + group.rm_so, len);
	number[len] = '\0';
	for (size_t i = 0; i < p->words_len; i++)
		if (strcmp(p->words[i], number) == 0) {
			*ret = (double)i;
			return 0;
		}
	if (p->words_len > 0)
		return -EINVAL;
	if (num_double(number, -1e15, 1e15, &value) < 0)
		return -EINVAL;
	*ret = (value - p->plus) * p->divide / p->multiply;
	return 0;
}

int
knob_text_now(const struct knob_place *p, const char *text, double *ret)
{
	struct patterns r;
	bool inside = false;
	int rc = -ENOENT;

	if (compile(p, &r, NULL) < 0)
		return -EINVAL;
	while (rc == -ENOENT && *text != '\0') {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		regmatch_t group[2];

		if (line == NULL)
			abort();
		if (is_within(&r, line, &inside) && regexec(&r.line, line, 2, group, 0) == 0)
			rc = r.line.re_nsub != 1 || group[1].rm_so < 0
				? -ENODATA
				: read_group(p, line, group[1], ret);
		text += len + (text[len] == '\n');
		free(line);
	}
	release(&r);
	return rc;
}
