/* request.c - a request to the link emulator, read and checked as far as it goes without its links' state. */
#include "lab/wire/request.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static const uint32_t all_knobs = (1U << WIRE_KNOBS) - 1;

enum way { WAY_NONE, WAY_A2B, WAY_B2A, WAY_BOTH };

/* The links of a set as they are read: what their directions are is known at its end. */
struct draft {
	struct wire_set *set;
	uint32_t *links;
	enum way *ways; /* WAY_NONE: the one of the whole set */
	size_t n;
	enum way way;
};

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int
read_way(const json_t *v, enum way *ret, struct err *e)
{
	const char *text = json_string_value(v);

	if (text != NULL && strcmp(text, "both") == 0)
		*ret = WAY_BOTH;
	else if (text != NULL && strcmp(text, "a2b") == 0)
		*ret = WAY_A2B;
	else if (text != NULL && strcmp(text, "b2a") == 0)
		*ret = WAY_B2A;
	else
		return err_set(e, EINVAL, "dir must be both, a2b or b2a");
	return 0;
}

/* A name, or {"link": name, "dir": way}. */
static int
read_link(const json_t *v, const struct wire_names *names, struct draft *d, struct err *e)
{
	const json_t *way = json_object_get(v, "dir");
	const char *name = json_string_value(json_is_object(v) ? json_object_get(v, "link") : v);
	int32_t i = name != NULL ? wire_names_find(names, name) : -1;

	if (i < 0)
		return err_set(e, ENOENT, "no link is named %.64s", name ? name : "(not text)");
	d->links[d->n] = (uint32_t)i;
	return way != NULL ? read_way(way, &d->ways[d->n], e) : 0;
}

/* A list of them, or "*". */
static int
read_links(const json_t *v, const struct wire_names *names, struct draft *d, struct err *e)
{
	const char *text = json_string_value(v);
	bool all = text != NULL && strcmp(text, "*") == 0;
	size_t n = all ? names->n : json_array_size(v);

	if (n == 0)
		return err_set(e, EINVAL, "links must be a list of names, or \"*\"");
	d->links = calloc(n, sizeof(*d->links));
	d->ways = calloc(n, sizeof(*d->ways));
	if (d->links == NULL || d->ways == NULL)
		return err_set(e, ENOMEM, "out of memory");
	for (d->n = 0; d->n < n; d->n++) {
		int rc = 0;

		if (all)
			d->links[d->n] = (uint32_t)d->n;
		else
			rc = read_link(json_array_get(v, d->n), names, d, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* From links to directions. */
static int
spread(struct draft *d, struct err *e)
{
	struct wire_set *s = d->set;
	size_t kept = 0;

	if (d->n == 0)
		return err_set(e, EINVAL, "links must be a list of names, or \"*\"");
	s->dirs = calloc(2 * d->n, sizeof(*s->dirs));
	if (s->dirs == NULL)
		return err_set(e, ENOMEM, "out of memory");
	for (size_t i = 0; i < d->n; i++) {
		enum way way = d->ways[i] != WAY_NONE ? d->ways[i] : d->way;

		if (way & WAY_A2B)
			s->dirs[s->n++] = 2 * d->links[i];
		if (way & WAY_B2A)
			s->dirs[s->n++] = 2 * d->links[i] + 1;
	}
	qsort(s->dirs, s->n, sizeof(*s->dirs), by_number);
	for (size_t i = 0; i < s->n; i++)
		if (kept == 0 || s->dirs[kept - 1] != s->dirs[i])
			s->dirs[kept++] = s->dirs[i];
	s->n = kept;
	return 0;
}

bool
wire_set_both(const struct wire_set *s)
{
	for (size_t i = 0; i < s->n; i += 2)
		if (i + 1 == s->n || s->dirs[i] % 2 == 1 || s->dirs[i + 1] != s->dirs[i] + 1)
			return false;
	return true;
}

static int
read_knob(enum wire_knob k, const json_t *v, struct wire_set *s, struct err *e)
{
	const struct wire_knob_spec *spec = &wire_knobs[k];
	double value = json_number_value(v);

	if (spec->kind == WIRE_KNOB_FLAG || spec->kind == WIRE_KNOB_NOT) {
		if (!json_is_boolean(v))
			return err_set(e, EINVAL, "%s must be true or false", spec->key);
		value = json_is_true(v) == (spec->kind == WIRE_KNOB_FLAG);
	} else if (!json_is_number(v) || (spec->kind == WIRE_KNOB_WHOLE && !json_is_integer(v)) ||
		!(value >= spec->min && value <= spec->max)) {
		return err_set(e, EINVAL, "%s must be a %snumber, %s", spec->key,
			spec->kind == WIRE_KNOB_WHOLE ? "whole " : "", spec->range);
	}
	wire_knob_put(&s->value, k, value);
	s->mask |= 1U << k;
	return 0;
}

static int
read_whole(const char *key, const json_t *v, int64_t min, int64_t max, int64_t *ret, struct err *e)
{
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return err_set(e, EINVAL, "%s must be a whole number, %lld to %lld", key,
			(long long)min, (long long)max);
	*ret = json_integer_value(v);
	return 0;
}

static int
read_flag(const char *key, const json_t *v, bool *ret, struct err *e)
{
	if (!json_is_boolean(v))
		return err_set(e, EINVAL, "%s must be true or false", key);
	*ret = json_is_true(v);
	return 0;
}

static int
read_set_key(const char *key, const json_t *v, const struct wire_names *names, struct draft *d,
	struct err *e)
{
	struct wire_set *s = d->set;
	int64_t number = 0;
	int rc;

	if (strcmp(key, "op") == 0)
		return 0;
	if (strcmp(key, "links") == 0)
		return read_links(v, names, d, e);
	if (strcmp(key, "dir") == 0)
		return read_way(v, &d->way, e);
	if (strcmp(key, "reset") == 0)
		return read_flag(key, v, &s->reset, e);
	if (strcmp(key, "for_ns") == 0)
		return read_whole(key, v, 1, WIRE_FOR_MAX_NS, &s->for_ns, e);
	if (strcmp(key, "seed") == 0) {
		rc = read_whole(key, v, 0, INT64_MAX, &number, e);
		s->seeded = rc == 0;
		s->seed = (uint64_t)number;
		return rc;
	}
	for (int k = 0; k < WIRE_KNOBS; k++)
		if (strcmp(key, wire_knobs[k].key) == 0)
			return read_knob((enum wire_knob)k, v, s, e);
	return err_set(e, EINVAL, "set has no key %.64s", key);
}

/* What the keys of a set mean together. */
static int
finish_set(struct wire_set *s, struct err *e)
{
	const uint32_t queue = 1U << WIRE_QUEUE_NS | 1U << WIRE_QUEUE_BYTES;
	bool both = wire_set_both(s);

	if (s->reset && (s->mask != 0 || s->for_ns > 0))
		return err_set(e, EINVAL, "a reset sets nothing else, and not for a time");
	if (s->reset)
		s->mask = both ? all_knobs : all_knobs & ~(1U << WIRE_DOWN);
	if (s->mask == 0 && !s->seeded)
		return err_set(e, EINVAL, "set needs something to set");
	if (s->mask == 0 && s->for_ns > 0)
		return err_set(e, EINVAL, "a seed is not set for a time");
	if ((s->mask & 1U << WIRE_DOWN) && !both)
		return err_set(e, EINVAL, "carrier has no direction: both ends lose it");
	if (s->mask & queue) /* the one that is said replaces the other */
		s->mask |= queue;
	return 0;
}

static int
read_keys(json_t *request, const struct wire_names *names, struct draft *d, struct err *e)
{
	const char *key;
	json_t *v;

	json_object_foreach(request, key, v)
	{
		int rc = read_set_key(key, v, names, d, e);

		if (rc < 0)
			return rc;
	}
	return spread(d, e);
}

static int
read_set(json_t *request, const struct wire_names *names, struct wire_set *s, struct err *e)
{
	struct draft d = {.set = s, .way = WAY_BOTH};
	int rc = read_keys(request, names, &d, e);

	free(d.links);
	free(d.ways);
	return rc < 0 ? rc : finish_set(s, e);
}

static int
read_stats(const json_t *request, struct wire_request *r, struct err *e)
{
	const json_t *from = json_object_get(request, "from"),
		     *max = json_object_get(request, "max");
	const json_t *reset = json_object_get(request, "reset");
	int64_t number = 0;
	int rc = 0;

	r->max = WIRE_STATS_MAX;
	if (from != NULL && (rc = read_whole("from", from, 0, 1 << 30, &number, e)) == 0)
		r->from = (size_t)number;
	if (rc == 0 && max != NULL &&
		(rc = read_whole("max", max, 0, WIRE_STATS_MAX, &number, e)) == 0)
		r->max = (size_t)number;
	if (rc == 0 && reset != NULL)
		rc = read_flag("reset", reset, &r->reset, e);
	return rc;
}

static int
read_op(json_t *request, const struct wire_names *names, struct wire_request *r, struct err *e)
{
	const char *op = json_string_value(json_object_get(request, "op"));
	const json_t *since = json_object_get(request, "since");
	int64_t number = 0;
	int rc;

	if (op != NULL && strcmp(op, "set") == 0) {
		r->op = WIRE_OP_SET;
		return read_set(request, names, &r->set, e);
	}
	if (op != NULL && strcmp(op, "stats") == 0) {
		r->op = WIRE_OP_STATS;
		return read_stats(request, r, e);
	}
	if (op == NULL || strcmp(op, "changes") != 0)
		return err_set(e, EINVAL, "op must be set, stats or changes");
	r->op = WIRE_OP_CHANGES;
	rc = since != NULL ? read_whole("since", since, 0, INT64_MAX, &number, e) : 0;
	r->since = (uint64_t)number;
	return rc;
}

int
wire_request_read(const char *text, size_t len_bytes, const struct wire_names *names,
	struct wire_request *ret, struct err *e)
{
	struct wire_request r = {0};
	json_error_t why;
	json_t *request = json_loadb(text, len_bytes, JSON_REJECT_DUPLICATES, &why);
	int rc;

	if (request == NULL)
		return err_set(e, EINVAL, "not JSON: %.150s", why.text);
	rc = read_op(request, names, &r, e);
	json_decref(request);
	if (rc < 0)
		wire_request_done(&r);
	else
		*ret = r;
	return rc;
}

void
wire_request_done(struct wire_request *r)
{
	free(r->set.dirs);
	r->set.dirs = NULL;
}
