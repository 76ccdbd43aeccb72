/* num.c - the one place where numbers with units enter: "300ms", "5kqps", "1MiB", "2%". */
#include "lib/num.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *suffix;
	double scale;
};

/*
 * Split "12.5ms" into a value and its unit. Accepts digits with at most one point; no sign, no
 * exponent, no blanks, no hex: what strtod would also take is not what people mean in a config.
 */
static int
split(const char *text, double *ret_value, const char **ret_rest)
{
	size_t digits = 0, i = 0;
	char *end;

	if (text == NULL)
		return -EINVAL;
	for (int points = 0; text[i] != '\0'; i++) {
		if (text[i] == '.' && points++ == 0)
			continue;
		if (!isdigit((unsigned char)text[i]))
			break;
		digits++;
	}
	if (digits == 0 || text[i ? i - 1 : 0] == '.')
		return -EINVAL;
	errno = 0;
	*ret_value = strtod(text, &end);
	if (errno != 0 || end != text + i)
		return end != text + i ? -EINVAL : -ERANGE;
	*ret_rest = text + i;
	return 0;
}

static int
scaled(const char *text, const struct unit *units, double limit, double *ret)
{
	double value;
	const char *rest;
	int rc = split(text, &value, &rest);

	if (rc < 0)
		return rc;
	for (; units->suffix != NULL; units++) {
		if (strcmp(rest, units->suffix) != 0)
			continue;
		value *= units->scale;
		if (!(value <= limit))
			return -ERANGE;
		*ret = value;
		return 0;
	}
	return -EINVAL;
}

int
num_duration_ns(const char *text, int64_t *ret_ns)
{
	static const struct unit units[] = {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6},
		{"s", 1e9}, {"min", 60e9}, {"h", 3600e9}, {NULL, 0}};
	double ns;
	int rc;

	if (text != NULL && strcmp(text, "0") == 0) {
		*ret_ns = 0;
		return 0;
	}
	rc = scaled(text, units, 9e18, &ns);
	if (rc == 0)
		*ret_ns = llround(ns);
	return rc;
}

int
num_qps(const char *text, double *ret_qps)
{
	static const struct unit units[] = {{"", 1}, {"qps", 1}, {"k", 1e3}, {"kqps", 1e3},
		{"M", 1e6}, {"Mqps", 1e6}, {NULL, 0}};

	return scaled(text, units, 1e9, ret_qps);
}

static int
whole(const char *text, const struct unit *units, uint64_t *ret)
{
	double value;
	int rc = scaled(text, units, 9e18, &value);

	if (rc == 0)
		*ret = (uint64_t)llround(value);
	return rc;
}

int
num_bps(const char *text, uint64_t *ret_bps)
{
	static const struct unit units[] = {{"", 1}, {"bit", 1}, {"k", 1e3}, {"kbit", 1e3},
		{"M", 1e6}, {"Mbit", 1e6}, {"mbit", 1e6}, {"G", 1e9}, {"Gbit", 1e9}, {"gbit", 1e9},
		{NULL, 0}};

	return whole(text, units, ret_bps);
}

int
num_bytes(const char *text, uint64_t *ret_bytes)
{
	static const struct unit units[] = {{"", 1}, {"B", 1}, {"kB", 1e3}, {"MB", 1e6},
		{"GB", 1e9}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {NULL, 0}};

	return whole(text, units, ret_bytes);
}

int
num_ratio(const char *text, double *ret_ratio)
{
	static const struct unit units[] = {{"", 1}, {"%", 0.01}, {NULL, 0}};

	return scaled(text, units, 1, ret_ratio);
}

int
num_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	unsigned long long value;

	if (text == NULL || text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return -EINVAL;
	errno = 0;
	value = strtoull(text, NULL, 10);
	if (errno != 0 || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int
num_double(const char *text, double min, double max, double *ret)
{
	double value;
	const char *rest;
	int negative = text != NULL && text[0] == '-';
	int rc = split(negative ? text + 1 : text, &value, &rest);

	if (rc < 0)
		return rc;
	if (*rest != '\0')
		return -EINVAL;
	value = negative ? -value : value;
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

const char *
num_show_ns(int64_t ns, char out[static 24])
{
	double v = (double)ns, a = fabs(v);

	if (ns == 0)
		snprintf(out, 24, "0 s");
	else if (a >= 9.9995e8)
		snprintf(out, 24, "%.2f s", v / 1e9);
	else if (a >= 9.995e6)
		snprintf(out, 24, "%.0f ms", v / 1e6);
	else if (a >= 9.995e5)
		snprintf(out, 24, "%.1f ms", v / 1e6);
	else
		snprintf(out, 24, "%.0f µs", v / 1e3);
	return out;
}
