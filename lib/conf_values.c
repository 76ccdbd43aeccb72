/* conf_values.c - typed values out of a YAML map, each bad one complained of with what it should look like. */
#include "lib/conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/num.h"

const char *
conf_str(struct conf *c, const struct conf_node *map, const char *key, const char *otherwise)
{
	const char *text = conf_text(c, conf_get(c, map, key), key);

	if (text != NULL && text[0] == '\0') {
		conf_complain(c, conf_get(c, map, key), "'%s' is empty", key);
		return otherwise;
	}
	return text == NULL ? otherwise : text;
}

bool
conf_bool(struct conf *c, const struct conf_node *map, const char *key, bool otherwise)
{
	const char *text = conf_text(c, conf_get(c, map, key), key);

	if (text == NULL)
		return otherwise;
	if (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0)
		return true;
	if (strcmp(text, "false") == 0 || strcmp(text, "no") == 0)
		return false;
	conf_complain(c, conf_get(c, map, key), "'%s': '%s' is not true or false", key, text);
	return otherwise;
}

/* One complaint for every kind of number: what it was, and what it should look like. */
static void
bad_number(struct conf *c, const struct conf_node *map, const char *key, const char *text, int rc,
	const char *like)
{
	conf_complain(c, conf_get(c, map, key), "'%s': '%s' is %s (%s)", key, text,
		rc == -ERANGE ? "out of range" : "not understood", like);
}

int64_t
conf_duration_ns(struct conf *c, const struct conf_node *map, const char *key, int64_t otherwise_ns)
{
	const char *text = conf_text(c, conf_get(c, map, key), key);
	int64_t ns;
	int rc;

	if (text == NULL)
		return otherwise_ns;
	rc = num_duration_ns(text, &ns);
	if (rc == 0)
		return ns;
	bad_number(c, map, key, text, rc, "a duration like 300ms, 2s, 1.5min");
	return otherwise_ns;
}

uint64_t
conf_u64(struct conf *c, const struct conf_node *map, const char *key, uint64_t min, uint64_t max,
	uint64_t otherwise)
{
	const char *text = conf_text(c, conf_get(c, map, key), key);
	uint64_t value;
	char like[80];
	int rc;

	if (text == NULL)
		return otherwise;
	rc = num_u64(text, min, max, &value);
	if (rc == 0)
		return value;
	snprintf(like, sizeof(like), "a whole number from %llu to %llu", (unsigned long long)min,
		(unsigned long long)max);
	bad_number(c, map, key, text, rc, like);
	return otherwise;
}

double
conf_double(struct conf *c, const struct conf_node *map, const char *key, double min, double max,
	double otherwise)
{
	const char *text = conf_text(c, conf_get(c, map, key), key);
	double value;
	char like[80];
	int rc;

	if (text == NULL)
		return otherwise;
	rc = num_double(text, min, max, &value);
	if (rc == 0)
		return value;
	snprintf(like, sizeof(like), "a number from %g to %g", min, max);
	bad_number(c, map, key, text, rc, like);
	return otherwise;
}

/* A number that one of num.h's readers takes, and what it should look like. */
static double
read_like(struct conf *c, const struct conf_node *map, const char *key, double otherwise,
	int (*read)(const char *, double *), const char *like)
{
	const char *text = conf_text(c, conf_get(c, map, key), key);
	double value;
	int rc;

	if (text == NULL)
		return otherwise;
	rc = read(text, &value);
	if (rc == 0)
		return value;
	bad_number(c, map, key, text, rc, like);
	return otherwise;
}

double
conf_qps(struct conf *c, const struct conf_node *map, const char *key, double otherwise_qps)
{
	return read_like(c, map, key, otherwise_qps, num_qps, "queries per second like 10, 5k");
}

double
conf_ratio(struct conf *c, const struct conf_node *map, const char *key, double otherwise)
{
	return read_like(c, map, key, otherwise, num_ratio, "a share like 30% or 0.3");
}

uint64_t
conf_bps(struct conf *c, const struct conf_node *map, const char *key, uint64_t otherwise_bps)
{
	const char *text = conf_text(c, conf_get(c, map, key), key);
	uint64_t bps;
	int rc;

	if (text == NULL)
		return otherwise_bps;
	rc = num_bps(text, &bps);
	if (rc == 0)
		return bps;
	bad_number(c, map, key, text, rc, "bits per second like 100M, 1Gbit");
	return otherwise_bps;
}
