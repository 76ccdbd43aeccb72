/* knob_value.c - a knob's value as a text: read, checked against what the knob takes, and shown. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/num.h"
#include "scenarios/knobs.h"

static const double largest = 1e9;

static double
unit_ns(const char *unit)
{
	return strcmp(unit, "s") == 0 ? 1e9 : strcmp(unit, "ms") == 0 ? 1e6 : 0;
}

static int
parse_word(const struct knob *k, const char *text, double *ret, struct err *e)
{
	char all[KNOB_WORDS * (KNOB_TEXT_BYTES + 2)] = "";

	for (size_t i = 0; i < k->words_len; i++) {
		if (strcmp(k->words[i], text) == 0) {
			*ret = (double)i;
			return 0;
		}
		strcat(strcat(all, i == 0 ? "" : ", "), k->words[i]);
	}
	return err_set(e, EINVAL, "%s: '%s' is none of %s", k->name, text, all);
}

int
knob_parse_value(const struct knob *k, const char *text, double *ret, struct err *e)
{
	const char *gap = k->unit[0] != '\0' ? " " : "";
	double value;
	int64_t ns;

	if (k->words_len > 0)
		return parse_word(k, text, ret, e);
	if (num_double(text, -largest, largest, &value) < 0) {
		if (unit_ns(k->unit) <= 0 || num_duration_ns(text, &ns) < 0)
			return err_set(e, EINVAL, "%s: '%s' is not a number%s%s", k->name, text,
				k->unit[0] != '\0' ? " of " : "", k->unit);
		value = (double)ns / unit_ns(k->unit);
	}
	if (k->whole && fabs(value - round(value)) > 1e-9)
		return err_set(e, EINVAL, "%s: '%s' is not a whole number%s%s: %s", k->name, text,
			k->unit[0] != '\0' ? " of " : "", k->unit, k->about);
	if (value < k->min - 1e-12 || value > k->max + 1e-12)
		return err_set(e, EINVAL, "%s: '%s' is not from %g to %g%s%s", k->name, text,
			k->min, k->max, gap, k->unit);
	*ret = k->whole ? round(value) : value;
	return 0;
}

const char *
knob_show(const struct knob *k, double value, char out[static KNOB_TEXT_BYTES])
{
	if (k->words_len == 0)
		return knob_show_value(value, out);
	snprintf(out, KNOB_TEXT_BYTES, "%s",
		value >= 0 && value < (double)k->words_len ? k->words[(size_t)value] : "?");
	return out;
}

json_t *
knob_words_json(const struct knob *k)
{
	json_t *list = json_array();

	for (size_t i = 0; i < k->words_len; i++)
		json_array_append_new(list, json_string(k->words[i]));
	return list;
}

const char *
knob_show_value(double value, char out[static KNOB_TEXT_BYTES])
{
	if (fabs(value - round(value)) < 1e-9 && fabs(value) < 1e15)
		snprintf(out, KNOB_TEXT_BYTES, "%.0f", fabs(value) < 0.5 ? 0 : value);
	else
		snprintf(out, KNOB_TEXT_BYTES, "%g", value);
	return out;
}
